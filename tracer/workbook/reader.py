""".xlsx -> Trace: what the writer wrote, bit for bit; or only the inputs, of a workbook that somebody changed."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl.workbook import Workbook as OpenpyxlWorkbook
from openpyxl.worksheet.worksheet import Worksheet

from tracer.errors import TracerError, one_line
from tracer.network import Network
from tracer.steps import ACTIVATIONS, steps
from tracer.trace import Trace
from tracer.workbook import names
from tracer.workbook.files import load
from tracer.workbook.layout import Area

_RANGE = re.compile(r"(?:'((?:[^']|'')+)'|([^'!]+))!\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")


class Reading:
    """A workbook of ours, opened for reading.

    Attributes:
        path: for messages.
        sheets: the cached values, by sheet title.
    """

    def __init__(self, path: str | Path) -> None:
        """
        Raises:
            TracerError: the file cannot be read, or is not a workbook that tracer wrote.
        """
        self.path = Path(path)
        try:
            content = self.path.read_bytes()
        except OSError as error:
            raise TracerError(
                f"{path}: cannot be read ({error.strerror}); write it with `tracer run --out {path}`"
            ) from None
        try:
            self._book = load(content, values=True)
        except Exception as error:  # openpyxl lets whatever its parsers meet through
            raise TracerError(f"{path}: not an .xlsx workbook ({one_line(error)})") from None
        self._content = content
        self._properties = {item.name: item.value for item in self._book.custom_doc_props.props}
        version = self._properties.get(names.MARK)
        if version is None:
            raise TracerError(f"{path}: not a workbook that tracer wrote; write one with `tracer run`")
        if str(version) != names.FORMAT:
            raise TracerError(f"{path}: format {version} of a tracer workbook; this tracer reads format {names.FORMAT}")
        self.titles = list(self._book.sheetnames)

    @property
    def epochs(self) -> int:
        epochs = self._properties.get(names.EPOCHS)
        if not isinstance(epochs, (int, float)) or not 1 <= epochs == int(epochs) <= len(self.titles):
            raise TracerError(
                f"{self.path}: document property {names.EPOCHS!r} is {epochs!r}; expected the number of epochs"
            )
        return int(epochs)

    def formulas(self) -> OpenpyxlWorkbook:
        """The same workbook with formulas in place of their values."""
        return load(self._content)

    def areas(self, title: str) -> dict[str, Area]:
        """Where the named blocks of a sheet stand; names that point to other sheets or nowhere are left out."""
        areas = {}
        for name, defined in self._sheet(title).defined_names.items():
            match = _RANGE.fullmatch(defined.attr_text or "")
            if match and (match[1] or match[2]).replace("''", "'") == title:
                first, last = _position(match[3], match[4]), _position(match[5] or match[3], match[6] or match[4])
                areas[name] = Area(*first, last[0] - first[0] + 1, last[1] - first[1] + 1)
        return areas

    def matrix(self, title: str, name: str, areas: Mapping[str, Area]) -> np.ndarray:
        """The cached numbers of a block.

        Raises:
            TracerError: there is no such block, or a cell of it holds no number.
        """
        if name not in areas:
            raise TracerError(
                f"{self.path}: sheet {title!r} has no block named {name}; "
                "the name was deleted or points elsewhere (in Excel: Formulas, Name Manager)"
            )
        area, sheet = areas[name], self._sheet(title)
        values = np.empty((area.rows, area.columns))
        for i in range(area.rows):
            for j in range(area.columns):
                value = sheet.cell(area.row + i + 1, area.column + j + 1).value
                if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                    raise TracerError(f"{self.path}: {title}!{area.address(i, j)} ({name}[{i}, {j}]) {_found(value)}")
                values[i, j] = value
        return values

    def value(self, title: str, row: int, column: int) -> Any:
        """The cached value of a cell (counted from 0); None where there is none."""
        return self._sheet(title).cell(row + 1, column + 1).value

    def network(self) -> Network:
        """The inputs on `Step 0` and `Step 1`, as they are in the file now."""
        activation = self._properties.get(names.ACTIVATION)
        if activation not in ACTIVATIONS:
            known = ", ".join(ACTIVATIONS)
            raise TracerError(
                f"{self.path}: document property {names.ACTIVATION!r} is {activation!r}; expected one of: {known}"
            )
        inputs: dict[str, Any] = {}
        for title, given in (("Step 0", ("X", "y")), ("Step 1", ("wh", "bh", "wout", "bout", "lr"))):
            areas = self.areas(title)
            inputs |= {name: self.matrix(title, name, areas) for name in given}
        lr = float(inputs.pop("lr")[0, 0])
        try:
            network = Network(
                **inputs, lr=lr, activation=activation, name=str(self._properties.get(names.NAME, self.path.stem))
            )
        except TracerError as error:
            raise TracerError(f"{self.path}: {error}") from None
        seed = self._properties.get(names.SEED)
        network.seed = int(seed) if isinstance(seed, (int, float)) else None
        return network

    def trace(self) -> Trace:
        """Everything that was recorded."""
        network = self.network()
        filled: dict[tuple[int, str], list[np.ndarray]] = {}
        for epoch in range(1, self.epochs + 1):
            for step in steps(network.activation):
                title = names.step_sheet(epoch, step.number)
                areas = self.areas(title)
                for symbol in step.expressions:
                    matrix = self.matrix(title, symbol.name, areas)
                    recorded = filled.setdefault((step.number, symbol.name), [])
                    if recorded and recorded[0].shape != matrix.shape:
                        raise TracerError(
                            f"{self.path}: {symbol.name} on {title!r} is {matrix.shape[0]} × {matrix.shape[1]}, "
                            f"and {recorded[0].shape[0]} × {recorded[0].shape[1]} in the first epoch"
                        )
                    recorded.append(matrix)
        return Trace(network, {key: np.stack(matrices) for key, matrices in filled.items()})

    def _sheet(self, title: str) -> Worksheet:
        if title not in self.titles:
            raise TracerError(f"{self.path}: has no sheet {title!r}; it was deleted or renamed")
        return self._book[title]


def read_excel(path: str | Path) -> Trace:
    """The trace in a workbook that `to_excel` or `tracer run` wrote, every double equal bit for bit.

    Raises:
        TracerError: the file cannot be read, is not such a workbook, or holds no number where one belongs.
    """
    return Reading(path).trace()


def _position(letters: str, row: str) -> tuple[int, int]:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(row) - 1, column - 1


def _found(value: Any) -> str:
    if value is None:
        return (
            "holds no number: the cell is empty, or the program that saved the file stored no values beside formulas; "
            "open it in Excel or LibreOffice and save it"
        )
    return f"holds {value!r}; expected a number"
