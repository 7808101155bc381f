"""What a formula reads: its references to cells and names, found in its text."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from tracer.xlsx.addresses import COLUMNS, ROWS, Range, letters, number, parse_range

#: Text, then everything that may be a reference; whatever is in no group stays as it is. No formula, however odd,
#: takes more than a few looks at each character: quantifiers are possessive, and a column's name in a table is short.
_BRACKETS = r"\[(?:[^\[\]]|\[(?:[^\[\]']|'.){0,1000}+\])*+\]"
TOKEN = re.compile(
    rf"""
      (?P<text>"(?:[^"]|"")*+"?)
    | (?P<error>\#(?:REF!|N/A|NAME\?|NULL!|NUM!|VALUE!|DIV/0!|SPILL!|CALC!|GETTING_DATA))
    | (?P<sheet>'(?:[^']|'')*+'!
               |(?<![\w.])(?:\[[^\[\]]*\])?(?:[^\W\d][\w.]*+(?::[^\W\d][\w.]*+)?!|[\w.]++!))?
      (?:
        (?P<area>\$?[A-Za-z]{{1,3}}\$?[0-9]{{1,7}}(?::\$?[A-Za-z]{{1,3}}\$?[0-9]{{1,7}})?
                |\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}
                |\$?[0-9]{{1,7}}:\$?[0-9]{{1,7}})(?![\w.(\[!])
      | (?P<name>[^\W\d][\w.\\?]*+|\\[\w.\\?]*+)(?P<after>\s*+\(|(?:{_BRACKETS})?)
      )
    | '(?:[^']|'')*+'?
    | (?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?)
    | {_BRACKETS}
    """,
    re.VERBOSE,
)
CONSTANTS = ("TRUE", "FALSE")
CORNER = re.compile(r"(\$?)([A-Za-z]{1,3})?(\$?)([0-9]{1,7})?")
_COLUMN_SPECIFIER = re.compile(r"\[([^\[\]]*)\]")


class Reference(NamedTuple):
    """One place in a formula.

    Attributes:
        sheet: as written (`Step 7`, `Jan:Mar`, `[1]Data`), without quotes; None for the formula's own.
        area: the cells; None where it is a name.
        name: a defined name or a table; None where it is an area.
        columns: of a table: what stands in its brackets.
    """

    sheet: str | None
    area: Range | None
    name: str | None
    columns: str = ""


@lru_cache(4096)
def references(formula: str) -> tuple[Reference, ...]:
    """Everything that a formula refers to, in order; functions and constants are left out.

    >>> references("SUM('Step 6'!B2:C3)*lr")
    (Reference(sheet='Step 6', area=Range(top=2, left=2, bottom=3, right=3), name=None, columns=''), \
Reference(sheet=None, area=None, name='lr', columns=''))
    """
    found = []
    for match in TOKEN.finditer(formula):
        sheet = parse_sheet(match["sheet"])
        if match["area"]:
            area = parse_range(match["area"])
            if area:
                found.append(Reference(sheet, area, None))
        elif match["name"] and not (match["after"] or "").endswith("(") and match["name"].upper() not in CONSTANTS:
            found.append(Reference(sheet, None, match["name"], match["after"] or ""))
    return tuple(found)


def parse_sheet(prefix: str | None) -> str | None:
    """The sheet that a reference's prefix names: `'It''s'!` -> `It's`; None for none."""
    if not prefix:
        return None
    prefix = prefix[:-1]
    return prefix[1:-1].replace("''", "'") if prefix.startswith("'") else prefix


def table_columns(columns: str) -> list[str]:
    """The columns that a table reference names: `[[#This Row],[Price]]` -> `#This Row`, `Price`."""
    inner = _COLUMN_SPECIFIER.findall(columns[1:-1]) or [columns[1:-1]]
    return [part.strip().lstrip("@") or "#This Row" for part in inner if part.strip()]


def shifted(formula: str, rows: int, columns: int) -> str:
    """The formula, copied so many rows down and columns to the right: what `$` does not hold moves."""
    if not rows and not columns:
        return formula

    def move(match: re.Match[str]) -> str:
        if not match["area"]:
            return match[0]
        corners = [_moved(corner, rows, columns) for corner in match["area"].split(":")]
        return (match["sheet"] or "") + ("#REF!" if "" in corners else ":".join(corners))

    return TOKEN.sub(move, formula)


def _moved(corner: str, rows: int, columns: int) -> str:
    match = CORNER.fullmatch(corner)
    assert match is not None
    # A corner of `$5:$8` has only a row: its dollar stands in the first group.
    row_dollar = match[3] or (match[1] if not match[2] else "")
    found = ""
    if match[2]:
        column = number(match[2]) + (0 if match[1] else columns)
        if not 1 <= column <= COLUMNS:
            return ""
        found = match[1] + letters(column)
    if match[4]:
        row = int(match[4]) + (0 if row_dollar else rows)
        if not 1 <= row <= ROWS:
            return ""
        found += row_dollar + str(row)
    return found


def rewritten(formula: str, image: Callable[[str | None, Range], Range | None]) -> str:
    """The formula with other cells in place of those that it names; what has no image becomes `#REF!`.

    Args:
        image: given a sheet's title (None for the formula's own) and an area.
    """

    def move(match: re.Match[str]) -> str:
        area = parse_range(match["area"]) if match["area"] else None
        if area is None:
            return match[0]
        there = image(parse_sheet(match["sheet"]), area)
        return (match["sheet"] or "") + (str(there) if there else "#REF!")

    return TOKEN.sub(move, formula)
