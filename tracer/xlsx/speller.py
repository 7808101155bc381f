"""Rows that are spelt in another way than nearly every program does, spelt anew in that way."""

from __future__ import annotations

import re
from html import escape

from tracer.errors import TracerError
from tracer.xlsx import xml
from tracer.xlsx.addresses import COLUMNS, ROWS, letters, number

#: More than a row of 16,384 cells with long texts takes.
MOST = 1 << 25
_CELL = re.compile(r"([A-Za-z]{1,3})0*([0-9]{1,7})")
#: What a cell holds, in the order in which it is spelt.
_CONTENT = ("f", "v", "is")
_TEXT = ("t", "r", "rPr", "rPh")


class Speller:
    """Handlers for a parser of a sheet.

    Attributes:
        settings: everything of the sheet but its rows.
    """

    def __init__(self, where: str) -> None:
        self._where = where
        self.settings = xml.Builder(where)
        self._rows: list[tuple[int, bytes]] = []
        self._outside = 0
        self._path: list[str] | None = None  # within the element of all rows
        self._row = self._column = self._size = 0
        self._row_tag = self._cell_tag = ""
        self._cells: dict[int, str] = {}
        self._content: dict[str, list[str]] = {}

    def take(self) -> list[tuple[int, bytes]]:
        """The rows since the last call, with their numbers."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """
        Raises:
            TracerError: a row or a cell that no sheet has, or that is there already.
        """
        tag, path = xml.local(name), self._path
        if path is None:
            self.settings.start(name, attributes)
            if tag == "sheetData":
                self._path = []
            else:
                self._outside += 1
            return
        path.append(tag)
        xml.check_depth(self._outside + len(path), self._where)
        own = {key: value for key, value in attributes.items() if "}" not in key}
        if path == ["row"]:
            self._begin_row(own)
        elif path == ["row", "c"]:
            self._begin_cell(own)
        elif self._counts(path):
            content = self._content.setdefault(path[2], [])
            if len(path) == 3 and content:
                raise self._damaged(f"cell {letters(self._column)}{self._row} holds two <{tag}>")
            self._add(f"<{tag}{'' if tag in ('v', 't') else _attributes(own)}>")

    def data(self, text: str) -> None:
        """
        Raises:
            TracerError: a row that is too long.
        """
        path = self._path
        if path is None:
            self.settings.data(text)
        elif self._counts(path) and path[-1] in ("f", "v", "t"):
            self._add(xml.markup(text))

    def _add(self, text: str) -> None:
        """Add to what the cell holds."""
        self._size += len(text)
        if self._size > MOST:
            raise TracerError(f"{self._where}: a row of more than {MOST:,} bytes, as no workbook has; it was not read")
        assert self._path is not None
        self._content[self._path[2]].append(text)

    def end(self, name: str) -> None:
        path = self._path
        if path is None or not path:
            self._outside -= path is None
            self._path = None
            self.settings.end(name)
            return
        if path == ["row"]:
            cells = "".join(self._cells[column] for column in sorted(self._cells))
            self._rows.append((self._row, f"{self._row_tag}{cells}</row>".encode()))
        elif path == ["row", "c"]:
            content = "".join("".join(self._content.get(tag, ())) for tag in _CONTENT)
            self._cells[self._column] = f"{self._cell_tag}{content}</c>"
        elif self._counts(path):
            self._content[path[2]].append(f"</{path[-1]}>")
        path.pop()

    @staticmethod
    def _counts(path: list[str]) -> bool:
        """Whether an element is part of what a cell holds."""
        if path[:2] != ["row", "c"] or path[2:3] not in (["f"], ["v"], ["is"]):
            return False
        inner = path[3:]
        return not inner or (path[2] == "is" and (inner[:2] == ["r", "rPr"] or all(tag in _TEXT for tag in inner)))

    def _begin_row(self, given: dict[str, str]) -> None:
        at = given.get("r", str(self._row + 1))
        if not (at.isascii() and at.isdigit()) or len(at) > 7 or not 1 <= int(at) <= ROWS:
            raise self._damaged(f"a row is numbered {at[:40]!r}; expected 1 to {ROWS:,}")
        self._row, self._column, self._size = int(at), 0, 0
        self._row_tag = f"<row{_attributes(given | {'r': str(self._row)})}>"
        self._cells = {}

    def _begin_cell(self, given: dict[str, str]) -> None:
        column, row = self._column + 1, self._row
        if "r" in given:
            match = _CELL.fullmatch(given["r"])
            if match is None:
                raise self._damaged(
                    f"a cell of row {row} is at {given['r'][:40]!r}; expected an address such as A{row}"
                )
            column, row = number(match[1]), int(match[2])
        if row != self._row or not 1 <= column <= COLUMNS:
            raise self._damaged(f"row {self._row} holds a cell {given.get('r', 'too many')}")
        if column in self._cells:
            raise self._damaged(f"cell {letters(column)}{row} is there twice")
        self._column, self._content = column, {}
        self._cell_tag = f"<c{_attributes(given | {'r': f'{letters(column)}{row}'})}>"

    def _damaged(self, what: str) -> TracerError:
        return TracerError(f"{self._where}: {what}; save the file again, or get another copy")


def _attributes(given: dict[str, str]) -> str:
    return "".join(' {}="{}"'.format(key, escape(value, False).replace('"', "&quot;")) for key, value in given.items())
