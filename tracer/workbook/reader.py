""".xlsx -> Trace: what the writer wrote, bit for bit; or only the inputs, of a workbook that somebody changed."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from openpyxl.workbook import Workbook as OpenpyxlWorkbook
from openpyxl.worksheet.worksheet import Worksheet

from tracer import networkfile
from tracer.data import Scaling
from tracer.engine import history_of
from tracer.errors import TracerError, one_line
from tracer.matrices import hidden_layers
from tracer.network import Network
from tracer.optimizers import OPTIMIZERS
from tracer.selection import select
from tracer.steps import order
from tracer.trace import Divergence, History, Trace, Update
from tracer.values import times
from tracer.workbook import mark, names
from tracer.workbook.files import load
from tracer.workbook.layout import Area
from tracer.workbook.plainsheet import FIRST
from tracer.workbook.template import shipped

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
        version = self._properties.get(mark.MARK)
        if mark.LESSON in self._properties:
            raise TracerError(
                f"{path}: is the lesson {self._properties[mark.LESSON]}, which has no trace to read; "
                "open it in a spreadsheet, or write a workbook with a trace with `tracer run`"
            )
        if version is None:
            raise TracerError(f"{path}: not a workbook that tracer wrote; write one with `tracer run`")
        if str(version) != mark.FORMAT:
            raise TracerError(f"{path}: format {version} of a tracer workbook; this tracer reads format {mark.FORMAT}")
        self.titles = list(self._book.sheetnames)

    @cached_property
    def options(self) -> networkfile.Options:
        """What the sheet `Network` says.

        Raises:
            TracerError: the sheet is missing or no network file.
        """
        column = self._sheet(names.NETWORK).iter_rows(min_row=FIRST + 1, min_col=2, max_col=2, values_only=True)
        lines = [str(value) for (value,) in column if value is not None]
        try:
            options = networkfile.parse("\n".join(lines))
        except TracerError as error:
            raise TracerError(f"{self.path}: sheet {names.NETWORK!r}: {error}") from None
        epochs = options.get("epochs")
        if isinstance(epochs, bool) or not isinstance(epochs, int) or epochs < 1:
            raise TracerError(
                f"{self.path}: sheet {names.NETWORK!r} says epochs = {epochs!r}; expected the number of epochs"
            )
        return options

    @cached_property
    def epochs(self) -> int:
        """How many epochs were trained.

        Raises:
            TracerError: the sheet `Loss` is missing, or says otherwise.
        """
        asked, broke_off = self.options["epochs"], self.divergence
        epochs = asked if broke_off is None or broke_off.update > 1 else broke_off.epoch - 1
        losses = names.loss_sheet(self.titles)
        if epochs > 1 or losses in self.titles:
            areas = self.areas(losses)
            last = self.matrix(losses, "epoch", areas)[-1, 0]
            if last != epochs:
                raise TracerError(
                    f"{self.path}: sheet {names.NETWORK!r} says epochs = {asked}, and {losses!r} ends with "
                    f"epoch {last:g}; one of them was changed"
                )
        return epochs

    @property
    def recorded(self) -> tuple[int, ...]:
        """The epochs that have step sheets."""
        try:
            return select(self.options.get("sheets", "all"), self.epochs)
        except TracerError as error:
            raise TracerError(f"{self.path}: sheet {names.NETWORK!r}: {error}") from None

    @cached_property
    def divergence(self) -> Divergence | None:
        """Where training broke off, if it did.

        Raises:
            TracerError: the file's property that says it is damaged.
        """
        said = self._properties.get(mark.DIVERGENCE)
        if said is None:
            return None
        try:
            epoch, update, step, name, row, column, value = json.loads(str(said))
            return Divergence(int(epoch), int(update), int(step), str(name), int(row), int(column), float(value))
        except (ValueError, TypeError, OverflowError):
            raise TracerError(
                f"{self.path}: its property {mark.DIVERGENCE!r} is {str(said)!r}; write the workbook again"
            ) from None

    def updates(self, network: Network) -> Iterator[tuple[int, int, np.ndarray]]:
        """What has step sheets: epoch, number and samples of each update."""
        end = (self.divergence.epoch, self.divergence.update) if self.divergence else (math.inf, 1)
        for epoch in self.recorded:
            for number, samples in enumerate(network.batches(epoch), 1):
                if (epoch, number) < end:
                    yield epoch, number, samples

    def formulas(self) -> OpenpyxlWorkbook:
        """The same workbook with formulas in place of their values."""
        return load(self._content)

    def areas(self, title: str) -> dict[str, Area]:
        """Where the named blocks of a sheet stand; names that point to other sheets or nowhere are left out."""
        areas = {}
        for name, defined in self._sheet(title).defined_names.items():
            match = _RANGE.fullmatch(defined.attr_text or "")
            if match and (match[1] or match[2]).replace("''", "'") == title:
                one, other = _position(match[3], match[4]), _position(match[5] or match[3], match[6] or match[4])
                (top, bottom), (left, right) = (sorted(pair) for pair in zip(one, other))
                areas[name] = Area(top, left, bottom - top + 1, right - left + 1)
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

    def given(self) -> networkfile.Options:
        """The options, and the inputs as they are in the file now.

        They are on `Step 0` and `Step 1`, or on `Data` where those show less.

        Raises:
            TracerError: one of them is missing or does not fit.
        """
        options = self.options
        started = 1 in self.recorded
        data, start = names.step_sheet(1, 0), names.step_sheet(1, 1)
        if names.DATA in self.titles or not started or options.get("batch") or options.get("shuffle"):
            data = names.DATA
        start = start if started else names.DATA
        areas = {title: self.areas(title) for title in (data, start)}
        inputs: dict[str, Any] = {name: self.matrix(data, name, areas[data]) for name in ("X", "y")}
        optimizer = OPTIMIZERS.get(str(options.get("optimizer")), OPTIMIZERS["gradient_descent"])
        for name in ("lr", *(symbol.name for symbol in optimizer.constants)):
            inputs[name] = float(self.matrix(start, name, areas[start])[0, 0])
        expected = self._weights(options)
        inputs |= {name: self.matrix(start, name, areas[start]) for name in expected}
        look = str(self._properties.get(mark.TEMPLATE, "")).rpartition(" ")[0]
        template = {"template": look} if look in shipped() else {}
        return {**self.options, **template, **inputs, **self._names_of_data()}

    def _names_of_data(self) -> dict[str, Any]:
        """The data's column names and row labels, where the sheet `Data` has them."""
        if names.DATA not in self.titles:
            return {}
        areas = self.areas(names.DATA)
        return {
            key: tuple(
                str(self.value(names.DATA, area.row + i, area.column + j))
                for i in range(area.rows)
                for j in range(area.columns)
            )
            for key, area in areas.items()
            if key in ("features", "outputs", "rows")
        } | self._scaling(areas)

    def _scaling(self, areas: Mapping[str, Area]) -> dict[str, Any]:
        if "subtract" not in areas or "divide" not in areas:
            return {}
        subtract, divide = (self.matrix(names.DATA, name, areas) for name in ("subtract", "divide"))
        kind = str(self.value(names.DATA, areas["subtract"].row - 1, areas["subtract"].column)).split()[0]
        return {"scaling": Scaling(kind, subtract, divide)}

    @property
    def name(self) -> str:
        """What the network is called."""
        return str(self._properties.get(mark.NAME, self.path.stem))

    def network(self) -> Network:
        """The network as the file describes it now.

        Raises:
            TracerError: something is missing or does not fit.
        """
        try:
            return networkfile.build(Network, self.given(), Path(), self.name)
        except TracerError as error:
            raise TracerError(str(error) if str(self.path) in str(error) else f"{self.path}: {error}") from None

    def _weights(self, options: networkfile.Options) -> list[str]:
        """The names of the weights and biases that a network of these options starts from."""
        hidden = options.get("hidden")
        layers = hidden_layers(len(hidden) if isinstance(hidden, list) else 1)
        pairs = [*((layer.wh.name, layer.bh.name) for layer in layers), ("wout", "bout")]
        return [name for pair in pairs for name in (pair if options.get("bias", True) else pair[:1])]

    def trace(self) -> Trace:
        """Everything that was recorded."""
        network = self.network()
        updates = [self._update(network, *update) for update in self.updates(network)]
        return Trace(network, updates, self._history(network, updates), self.divergence)

    def _update(self, network: Network, epoch: int, number: int, samples: np.ndarray) -> Update:
        start = names.step_sheet(epoch, 1, number)
        areas = self.areas(start)
        given = {name: self.matrix(start, name, areas) for name in network.carried}
        filled: dict[str, np.ndarray] = {}
        for step in network.steps:
            title = names.step_sheet(epoch, step.number, number)
            areas = self.areas(title)
            for symbol in step.expressions:
                filled[symbol.name] = self.matrix(title, symbol.name, areas)
        for name, matrix in given.items():
            if matrix.shape != network.carried[name].shape:
                expected = times(network.carried[name].shape)
                raise TracerError(f"{self.path}: {name} on {start!r} is {times(matrix.shape)}; expected {expected}")
        ordered = {symbol.name: filled[symbol.name] for _, symbol, _ in order(network.steps)}
        return Update(epoch, number, samples, given, ordered)

    def _history(self, network: Network, updates: list[Update]) -> History:
        """What the sheet `Loss` says; a single epoch has none, and is judged by what its steps filled."""
        title = names.loss_sheet(self.titles)
        if title in self.titles:
            areas = self.areas(title)
            epochs = self.matrix(title, "epoch", areas)[:, 0].astype(int)
            loss = self.matrix(title, "loss", areas)[:, 0].copy()
            accuracy = self.matrix(title, "accuracy", areas)[:, 0].copy() if "accuracy" in areas else None
            return History(epochs, loss, accuracy)
        if not updates:
            raise TracerError(f"{self.path}: has neither step sheets nor a sheet {title!r}; nothing is recorded")
        return history_of(network, updates)

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
