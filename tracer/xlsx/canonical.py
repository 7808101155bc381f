"""A formula in one spelling: programs write the same formula in several ways."""

from __future__ import annotations

import math
import re
from functools import lru_cache
from typing import NamedTuple

from tracer.xlsx.addresses import COLUMNS, ROWS, number, parse_range
from tracer.xlsx.references import CONSTANTS, CORNER, TOKEN, Reference, parse_sheet
from tracer.xlsx.titles import quoted

_PREFIX = re.compile(r"^(?:_xl(?:fn|ws|udf)\.)+", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_CLOSE = re.compile(r"\s*+\)")
_PART = re.compile(r"\[((?:[^\[\]']|'.)*+)\]|[:,]", re.DOTALL)


@lru_cache(4096)
def canonical(formula: str) -> str:
    """A formula in the one spelling of its meaning: two formulas that mean the same in every workbook are one text.

    What does not matter: case outside of texts, blanks around operators (between two ranges a blank is the
    intersection, and stays), quotes that a sheet's name does not need, `TRUE()` for `TRUE`, `A1:A1` for `A1`, corners
    in another order, `A1:A1048576` for `A:A`, how a number is written, `[@Net]` for `[[#This Row],[Net]]`, and the
    prefixes of newer functions (`_xlfn.`). A unary plus does matter: `SUM(+A1)` counts a text that `SUM(A1)` skips.

    >>> canonical("=sum( 'Data'!a1:A1, _xlfn.STDEV.S($B$2:A1) )*1.50&TRUE()")
    'SUM(data!A1,STDEV.S(A1:$B$2))*1.5&TRUE'
    """
    formula = formula.strip().removeprefix("=").strip()
    parts: list[str] = []
    at = 0
    for match in TOKEN.finditer(formula):
        if match.start() < at:
            continue  # the parentheses of `TRUE()` hold nothing
        _join(parts, formula[at : match.start()])
        at = match.end()
        if match["text"]:
            parts.append(match[0])
            continue
        if match["name"] and _is_call(match) and match["name"].upper() in CONSTANTS and not match["sheet"]:
            close = _CLOSE.match(formula, at)
            if close:
                at = close.end()
                parts.append(match["name"].upper())
                continue
        parts.append(_spelt(match))
    _join(parts, formula[at:])
    return "".join(parts).strip()


def _is_call(match: re.Match[str]) -> bool:
    return (match["after"] or "").endswith("(")


def _join(parts: list[str], gap: str) -> None:
    """Add what stands between two tokens: operators without blanks, or the blank that is an operator itself."""
    if not gap:
        return
    bare = _SPACES.sub("", gap).upper()
    if bare:
        parts.append(bare)
    elif parts and not parts[-1].endswith("("):
        parts.append(" ")


def _spelt(match: re.Match[str]) -> str:
    """A token in its one spelling; texts stay as they are."""
    if match["area"]:
        return _sheet(match["sheet"]) + _area(match["area"])
    if match["name"]:
        name = match["name"].upper()
        if _is_call(match):
            return _sheet(match["sheet"]) + _PREFIX.sub("", name) + "("
        return _sheet(match["sheet"]) + name + _specifier(match["after"] or "")
    if match["number"]:
        value = float(match["number"])
        if value < 1e15 and value.is_integer():
            return str(int(value))
        return repr(value).upper() if math.isfinite(value) else match[0].upper()
    return match[0].upper()


def _sheet(prefix: str | None) -> str:
    """The sheet of a reference: in lower case, as titles are compared, with quotes only where they must be."""
    title = parse_sheet(prefix)
    if title is None:
        return ""
    return f"{quoted(title.lower())}!"


def _area(source: str) -> str:
    """A range with its first corner top left; a dollar goes with its row or column."""
    first, colon, last = source.upper().partition(":")
    if not colon:
        return first
    columns, rows = [], []
    for corner in (first, last):
        match = CORNER.fullmatch(corner)
        assert match is not None
        column_dollar, column, row_dollar, row = match.groups()
        if column:
            columns.append((number(column), column_dollar + column))
        if row:
            rows.append((int(row), (row_dollar or ("" if column else column_dollar)) + row))
    columns.sort()
    rows.sort()
    if [at for at, _ in columns] == [1, COLUMNS]:
        columns, rows = [], rows or [(1, "1"), (ROWS, str(ROWS))]
    elif columns and [at for at, _ in rows] == [1, ROWS]:
        rows = []
    if not columns or not rows:
        first, last = (text for _, text in columns or rows)
        return f"{first}:{last}"
    first, last = (column + row for (_, column), (_, row) in zip(columns, rows))
    return first if first == last else f"{first}:{last}"


def _specifier(source: str) -> str:
    """What stands behind a table's name, with brackets around each part; its data are meant without any."""
    inner = source[1:-1].strip()
    if inner.startswith("@"):
        column = inner[1:].strip()
        inner = "[#This Row]," + (column if not column or column.startswith("[") else f"[{column}]")
    elif inner and not inner.startswith("["):
        inner = f"[{inner}]"
    parts = "".join(part[0].upper() for part in _PART.finditer(inner))
    parts = parts.removeprefix("[#DATA]").strip(",")
    return f"[{parts}]" if parts else ""


class Skeleton(NamedTuple):
    """A formula without the cells that it reads.

    Attributes:
        text: with a mark where each reference stands.
        references: each with how it is anchored: `$A$1:A1`.
    """

    text: str
    references: tuple[tuple[Reference, str], ...]


@lru_cache(4096)
def skeleton(formula: str) -> Skeleton:
    """What a formula does, and what it does it with, apart.

    >>> skeleton("SUM($A$1:A7)*2").text
    'SUM(\x00)*2'
    """
    found: list[tuple[Reference, str]] = []

    def take(match: re.Match[str]) -> str:
        sheet = parse_sheet(match["sheet"])
        area = parse_range(match["area"]) if match["area"] else None
        if area is not None:
            found.append((Reference(sheet, area, None), re.sub("[A-Za-z]+", "A", re.sub("[0-9]+", "1", match["area"]))))
        elif sheet is not None and match["name"]:
            found.append((Reference(sheet, None, match["name"].lower(), match["after"] or ""), ""))
        else:
            return match[0]
        return "\0" + ((match["after"] or "") if area is None else "")

    return Skeleton(TOKEN.sub(take, canonical(formula)), tuple(found))
