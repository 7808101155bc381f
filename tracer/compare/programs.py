"""Which program saved a workbook, and what of a diff is that program's doing, everywhere, and nobody's change."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tracer.errors import TracerError
from tracer.numbers import count
from tracer.xlsx.book import Book

if TYPE_CHECKING:
    from tracer.compare.difference import Diff, Difference

#: How a workbook looks and is printed: what programs write anew when they save. Cells are not among it.
_KINDS = ("widths", "settings", "styles", "formats", "caches", "parts")
#: What people set, and programs keep.
_MEANT = re.compile("validation|conditional|protect|filter|hyperlink|calculat", re.IGNORECASE)
#: What is on so many sheets alike is everywhere.
_MANY = 3
#: So many digits every spreadsheet program keeps; some of them keep no more.
DIGITS = 15


def program(book: Book) -> str:
    """`LibreOffice 15.0000`: its name and version, as far as the file says; empty where it does not."""
    part = next(
        (found.target for found in book.package.relationships("").values() if found.kind == "extended-properties"), ""
    )
    if part not in book.package.parts:
        return ""
    try:
        root = book.package.xml(part)
    except TracerError:
        return ""  # a damaged description keeps nobody from comparing
    application, version = (" ".join(root.findtext(tag, "").split()) for tag in ("Application", "AppVersion"))
    if "openpyxl" in application.lower():
        application = "openpyxl"
    return f"{application.partition('/')[0].strip()} {version}".strip()


def routine(diff: Diff) -> dict[int, Difference]:
    """The origins that come of another program having saved B, by their number in the diff: last digits of what
    formulas compute, and what it wrote anew on every sheet. They are differences like all others, told in one line.
    """
    if diff.programs[0] == diff.programs[1]:
        return {}
    found = {number: entry for number, entry in enumerate(diff.differences) if _is_digits(entry)}
    alike: dict[tuple[str, ...], dict[int, Difference]] = {}
    for number, entry in enumerate(diff.differences):
        if entry.role == "origin" and entry.kind in _KINDS and not _is_meant(entry):
            alike.setdefault(_signature(entry), {})[number] = entry
    for group in alike.values():
        sheets = {entry.sheet for entry in group.values()}
        if None in sheets or len(sheets) >= min(_MANY, diff.sheets):
            found |= group
    return found


def _is_digits(entry: Difference) -> bool:
    """Whether it is a formula's value, the same in its first 15 digits."""
    if entry.role != "origin" or entry.kind != "values" or entry.size is None:
        return False
    if not (entry.before.formula and entry.after.formula):
        return False  # what somebody typed
    return f"{entry.before.value:.{DIGITS}g}" == f"{entry.after.value:.{DIGITS}g}"


def _is_meant(entry: Difference) -> bool:
    """Whether it is of a kind that people set, by the name before the colon."""
    return any(_MEANT.search(text.partition(":")[0]) for text in (entry.label, entry.before.shown, entry.after.shown))


def _signature(entry: Difference) -> tuple[str, ...]:
    """The same for the same thing on other sheets."""
    if entry.kind in ("widths", "caches"):
        return (entry.kind,)
    label = entry.label.rpartition(" · ")[2] if entry.sheet else entry.label
    side = entry.after if entry.before.value is None else entry.before
    words = side.shown if entry.kind in ("styles", "formats") else ""
    return entry.kind, re.sub(r"\d+", "", label.partition(",")[0]), words


def line(diff: Diff, entries: Iterable[Difference]) -> str:
    """`LibreOffice saved B: 51 widths, 105 settings, 8 last digits within 1e-15`"""
    kinds: dict[str, int] = {}
    largest = 0.0
    for entry in entries:
        kind = "last digits" if entry.kind == "values" else entry.kind
        kinds[kind] = kinds.get(kind, 0) + 1
        largest = max(largest, entry.size.relative if entry.size and entry.kind == "values" else 0.0)
    said = [
        f"{many:,} last digit{'s' if many > 1 else ''} within {_above(largest):.0e}"
        if kind == "last digits"
        else count(many, kind.removesuffix("s"))
        for kind, many in kinds.items()
    ]
    name = re.sub(r" [\d.]+$", "", diff.programs[1]) or "another program"
    return f"{name} saved B: {', '.join(said)}"


def _above(size: float) -> float:
    """The next power of ten: a round bound."""
    bound = 1e-15
    while bound < size:
        bound *= 10
    return bound
