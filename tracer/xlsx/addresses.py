"""Cells and ranges: `C5`, `B8:E10`, in numbers that count from 1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple, cast

#: A sheet's size.
ROWS, COLUMNS = 1_048_576, 16_384

_RANGE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})(?::\$?([A-Za-z]{1,3})\$?([0-9]{1,7}))?")
_COLUMNS = re.compile(r"\$?([A-Za-z]{1,3}):\$?([A-Za-z]{1,3})")
_ROWS = re.compile(r"\$?([0-9]{1,7}):\$?([0-9]{1,7})")


@lru_cache(COLUMNS)
def letters(column: int) -> str:
    """3 -> `C`"""
    name = ""
    while column:
        column, digit = divmod(column - 1, 26)
        name = chr(65 + digit) + name
    return name


@lru_cache(COLUMNS)
def number(name: str) -> int:
    """`C` -> 3"""
    column = 0
    for letter in name.upper():
        column = column * 26 + ord(letter) - 64
    return column


def address(row: int, column: int) -> str:
    return f"{letters(column)}{row}"


class Range(NamedTuple):
    """A rectangle of cells, both corners included."""

    top: int
    left: int
    bottom: int
    right: int

    def __contains__(self, cell: object) -> bool:
        row, column = cast(tuple[int, int], cell)
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        if self.top == 1 and self.bottom == ROWS:
            return f"{letters(self.left)}:{letters(self.right)}"
        if self.left == 1 and self.right == COLUMNS:
            return f"{self.top}:{self.bottom}"
        first = address(self.top, self.left)
        last = address(self.bottom, self.right)
        return first if first == last else f"{first}:{last}"

    @property
    def cells(self) -> int:
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)


def parse_range(source: str) -> Range | None:
    """`B8:E10`, `C5`, `B:C`, `5:8`, dollars or not; None for anything else."""
    if match := _RANGE.fullmatch(source):
        left, top = number(match[1]), int(match[2])
        right, bottom = (number(match[3]), int(match[4])) if match[3] else (left, top)
    elif match := _COLUMNS.fullmatch(source):
        left, right, top, bottom = number(match[1]), number(match[2]), 1, ROWS
    elif match := _ROWS.fullmatch(source):
        left, right, top, bottom = 1, COLUMNS, int(match[1]), int(match[2])
    else:
        return None
    found = Range(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
    return found if found.top >= 1 and found.bottom <= ROWS and found.right <= COLUMNS else None


def ranges(cells: Iterable[tuple[int, int]]) -> list[Range]:
    """Few rectangles that together cover exactly these cells, each once, in reading order."""
    runs: list[Range] = []
    for row, column in sorted(set(cells)):
        last = runs[-1] if runs else None
        if last and last.top == row and last.right == column - 1:
            runs[-1] = last._replace(right=column)
        else:
            runs.append(Range(row, column, row, column))
    open_runs: dict[tuple[int, int], int] = {}
    found: list[Range] = []
    for run in runs:
        at = open_runs.get((run.left, run.right))
        if at is not None and found[at].bottom == run.top - 1:
            found[at] = found[at]._replace(bottom=run.bottom)
        else:
            open_runs[run.left, run.right] = len(found)
            found.append(run)
    return found
