"""What the page says of cells and differences, as text that is safe in HTML."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from tracer.compare.difference import Difference, Side
from tracer.compare.moments import unit
from tracer.compare.wording import cut, value_text
from tracer.escapes import escaped, printable
from tracer.xlsx.cells import Cell, Error

#: Kinds of differences that say how cells look, not what is in them.
LOOKS = ("formats", "styles", "caches", "merges", "widths", "settings")
#: Longer texts in a cell are cut around what differs.
LONG = 24


class Text(NamedTuple):
    """What a cell shows, and which way it is aligned: as a `number`, a `text`, or in the `middle`."""

    said: str
    kind: str


def html(text: str) -> str:
    """Any text, for an element or an attribute in quotation marks."""
    return escape(printable(text), quote=True)


def plain(cell: Cell, number_format: str, date1904: bool) -> Text | None:
    """A cell around the differences; None where it shows nothing."""
    value = cell.value
    if value is None:
        return Text(_short(str(cell.formula)), "text") if cell.formula else None
    if isinstance(value, bool | Error):
        return Text(value_text(cell), "middle")
    if isinstance(value, str):
        return Text(_short(value), "text") if value else None
    return Text(value_text(cell, number_format, date1904) if unit(number_format) else digits(value), "number")


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 2 * LONG else text[: 2 * LONG - 1] + "…"


def differing(entry: Difference) -> tuple[str, str]:
    """What the two cells of a difference show: short, and enough to tell one from the other."""
    a, b = entry.before.value, entry.after.value
    if entry.size is not None and entry.before.shown == value_text(Cell(a, None, 0)):
        return told_apart(a, b)
    before, after = (_unquoted(side, entry) for side in (entry.before, entry.after))
    return cut(before, after, LONG)


def _unquoted(side: Side, entry: Difference) -> str:
    if side.value is None and side.formula is None:
        return ""
    texts = all(isinstance(value, str | None) for value in (entry.before.value, entry.after.value))
    return side.shown[1:-1] if texts and side.shown.startswith('"') else side.shown


def digits(value: float, precision: int = 6) -> str:
    """A number with so many digits; whole numbers with all of theirs."""
    if value == value // 1 and abs(value) < 1e15:
        return value_text(Cell(value, None, 0))
    text = f"{value:.{precision}g}"
    return f"{value:.0f}" if "e+" in text and abs(value) < 1e15 else text


def told_apart(a: float, b: float) -> tuple[str, str]:
    """Two numbers with as few digits as tell them apart."""
    for precision in range(6, 17):
        found = digits(a, precision), digits(b, precision)
        if found[0] != found[1]:
            return found
    return value_text(Cell(a, None, 0)), value_text(Cell(b, None, 0))


def sides(entry: Difference) -> tuple[str, str]:
    """Both sides as HTML, with what differs marked."""
    before, after = cut(entry.before.shown, entry.after.shown)
    if any(side.value is None and side.formula is None for side in (entry.before, entry.after)):
        return html(before), html(after)
    start = _alike(before, after)
    # What numbers have in common at their ends says nothing.
    numbers = entry.size is not None and entry.kind == "values"
    end = 0 if numbers else _alike(before[start:][::-1], after[start:][::-1])
    return _marked(before, start, len(before) - end), _marked(after, start, len(after) - end)


def _marked(text: str, start: int, end: int) -> str:
    middle = f"<b>{html(text[start:end])}</b>" if start < end else ""
    return html(text[:start]) + middle + html(text[end:])


def beside(side: Side) -> str:
    """What a side says beside what is shown: the formula of a value, the value of a formula."""
    if side.formula is None:
        return ""
    formula = escaped(side.formula)
    return formula if side.shown != formula else side.value_shown


def mark(entry: Difference) -> str:
    """`origin`, `follows` or `looks`: how a difference is marked."""
    if entry.kind in LOOKS:
        return "looks"
    return "origin" if entry.role == "origin" else "follows"


def _alike(before: str, after: str) -> int:
    """How many characters two texts begin with alike."""
    return next((at for at, (x, y) in enumerate(zip(before, after)) if x != y), min(len(before), len(after)))
