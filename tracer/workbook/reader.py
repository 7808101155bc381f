""".xlsx -> Trace: what the writer wrote, bit for bit; or only the inputs, of a workbook that somebody changed."""

from __future__ import annotations

import json
import math
import warnings
import weakref
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tracer import networkfile
from tracer.data import Scaling
from tracer.engine import history_of
from tracer.engines.calculation import Calculation
from tracer.engines.ironcalc import IronCalc
from tracer.errors import RecalculatedWarning, TracerError
from tracer.matrices import hidden_layers
from tracer.network import Network
from tracer.optimizers import OPTIMIZERS
from tracer.reading import is_missing
from tracer.selection import select
from tracer.steps import order
from tracer.trace import Divergence, History, Trace, Update
from tracer.values import times
from tracer.workbook import mark, names, recognition
from tracer.workbook.layout import Area
from tracer.workbook.template import shipped
from tracer.xlsx.addresses import Range
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.values import MOST, Values, read


class Reading:
    """A workbook of ours, opened for reading.

    Attributes:
        path: for messages.
        titles: of its sheets.
    """

    def __init__(self, path: str | Path) -> None:
        """
        Raises:
            TracerError: the file cannot be read, or is not a workbook that tracer wrote.
        """
        self.path = Path(path)
        if is_missing(path):
            raise TracerError(f"{path}: cannot be read (no such file); write it with `tracer run --out {path}`")
        self._book = Book(self.path)
        weakref.finalize(self, self._book.package.close)
        if lesson := recognition.lesson_name(self._book):
            raise TracerError(
                f"{path}: is the lesson {lesson}, which has no trace to read; "
                "open it in a spreadsheet, or write a workbook with a trace with `tracer run`"
            )
        if not recognition.is_run(self._book):
            raise TracerError(f"{path}: not a workbook that tracer wrote; write one with `tracer run`")
        version = self._mark.format
        if version != mark.FORMAT:
            raise TracerError(f"{path}: format {version} of a tracer workbook; this tracer reads format {mark.FORMAT}")
        self.titles = [sheet.title for sheet in self._book.sheets]
        #: The title of the sheet of losses.
        self.losses = names.loss_sheet(self.titles)
        self._blocks = recognition.blocks(self._book)
        self._values: dict[str, dict[str, Values]] = {}
        #: What IronCalc computed, where the file lacks a value.
        self._calculation: Calculation | None = None

    @cached_property
    def _lines(self) -> list[str]:
        return recognition.network_lines(self._book)

    @cached_property
    def _mark(self) -> mark.Mark:
        """What the file's properties say of it; where a program dropped those, what its sheet `Network` says."""
        properties = self._book.properties
        if mark.MARK in properties:
            name, template = properties.get(mark.NAME, self.path.stem), properties.get(mark.TEMPLATE, "")
            return mark.Mark(name, template, self._property_of_divergence(), properties[mark.MARK])
        try:
            # The epoch of a divergence is that of the options.
            epochs = networkfile.parse("\n".join(self._lines)).get("epochs", 0)
            found = mark.read_lines(self._lines, epochs if isinstance(epochs, int) else 0)
        except (ValueError, TracerError) as error:
            raise TracerError(f"{self.path}: sheet {names.NETWORK!r}: {error}") from None
        return found or mark.Mark(self.path.stem, "")

    def _property_of_divergence(self) -> Divergence | None:
        text = self._book.properties.get(mark.DIVERGENCE)
        if text is None:
            return None
        try:
            epoch, update, step, name, row, column, value = json.loads(text)
            return Divergence(int(epoch), int(update), int(step), str(name), int(row), int(column), float(value))
        except (ValueError, TypeError, OverflowError, RecursionError):
            raise TracerError(
                f"{self.path}: its property {mark.DIVERGENCE!r} is {text!r}; write the workbook again"
            ) from None

    @cached_property
    def options(self) -> networkfile.Options:
        """What the sheet `Network` says.

        Raises:
            TracerError: the sheet is missing or no network file.
        """
        self._sheet(names.NETWORK)
        try:
            options = networkfile.parse("\n".join(self._lines))
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
        if epochs > 1 or self.losses in self.titles:
            areas = self.areas(self.losses)
            last = self.matrix(self.losses, "epoch", areas)[-1, 0]
            if last != epochs:
                raise TracerError(
                    f"{self.path}: sheet {names.NETWORK!r} says epochs = {asked}, and {self.losses!r} ends with "
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

    @property
    def divergence(self) -> Divergence | None:
        """Where training broke off, if it did."""
        return self._mark.divergence

    def updates(self, network: Network) -> Iterator[tuple[int, int, np.ndarray]]:
        """What has step sheets: epoch, number and samples of each update."""
        end = (self.divergence.epoch, self.divergence.update) if self.divergence else (math.inf, 1)
        for epoch in self.recorded:
            for number, samples in enumerate(network.batches(epoch), 1):
                if (epoch, number) < end:
                    yield epoch, number, samples

    def areas(self, title: str) -> dict[str, Area]:
        """Where the named blocks of a sheet stand."""
        self._sheet(title)
        return {name: _area(area) for name, area in self._blocks[title].items()}

    def blocks(self, title: str) -> dict[str, Range]:
        """Where the named blocks of a sheet stand, counted from 1."""
        self._sheet(title)
        return self._blocks[title]

    def values(self, title: str, wanted: Sequence[str] = ()) -> dict[str, Values]:
        """The stored values of the blocks of a sheet, by name; of all but those that are larger than can be read.

        Args:
            wanted: their names; none for all.
        """
        if title not in self._values:
            self._values[title] = self._read(title, self.blocks(title))
        if missing := [name for name in wanted if name not in self._values[title]]:
            self._values[title] |= self._read(title, {name: self.blocks(title)[name] for name in missing})
        return self._values[title]

    def _read(self, title: str, areas: Mapping[str, Range]) -> dict[str, Values]:
        """As many of them as fit, the small ones first."""
        wanted: dict[str, Range] = {}
        room = MOST
        for name, area in sorted(areas.items(), key=lambda block: block[1].cells):
            room -= area.cells
            if room < 0:
                break
            wanted[name] = area
        return dict(zip(wanted, read(self._book, self._sheet(title), list(wanted.values()))))

    def matrix(self, title: str, name: str, areas: Mapping[str, Area]) -> np.ndarray:
        """The numbers of a block: those that the file stores, or, where it stores none, what IronCalc computes.

        Raises:
            TracerError: there is no such block, or a cell of it holds no number.
        """
        if name not in areas:
            raise TracerError(
                f"{self.path}: sheet {title!r} has no block named {name}; "
                "the name was deleted or points elsewhere (in Excel: Formulas, Name Manager)"
            )
        area, values = areas[name], self.values(title).get(name)
        if values is None:
            raise TracerError(f"{self.path}: {title}: the block {name} has {times(area.shape)} cells, too many to read")
        numbers = np.frombuffer(values.numbers)
        absent = np.flatnonzero(~np.isfinite(numbers))
        if self._calculation or (len(absent) and self._lacks_values(values, absent)):
            calculation = self._recalculated(f"{title}!{area.address()}")
            (values,) = calculation.areas(title, [self._blocks[title][name]])
            numbers = np.frombuffer(values.numbers)
            absent = np.flatnonzero(~np.isfinite(numbers))
        if len(absent):
            i, j = divmod(int(absent[0]), area.columns)
            value = values.at(int(absent[0]))
            what = "is empty" if value is None else f"holds {value!r}"
            raise TracerError(f"{self.path}: {title}!{area.address(i, j)} ({name}[{i}, {j}]) {what}; expected a number")
        return numbers.reshape(area.shape).copy()

    def _lacks_values(self, values: Values, absent: np.ndarray) -> bool:
        """Whether the program that saved the file stored no value beside a formula."""
        return any(values.formulas[at] and at not in values.others for at in absent.tolist())

    def _recalculated(self, where: str) -> Calculation:
        if self._calculation is None:
            self._calculation = IronCalc(self.path)
            try:
                self._calculation.wait()
            except TracerError as error:
                raise TracerError(
                    f"{self.path}: {where} holds a formula without a value, as the program that saved it stored none, "
                    f"and {str(error).removeprefix(f'{self.path}: ')}; open it in Excel or LibreOffice and save it"
                ) from None
            warnings.warn(
                f"{self.path}: stores no values beside its formulas; these are IronCalc's",
                RecalculatedWarning,
                stacklevel=2,
            )
        return self._calculation

    def texts(self, title: str, name: str) -> list[str]:
        """The texts of a block, row by row."""
        values = self.values(title)[name]
        cells = (values.at(place) for place in range(len(values.numbers)))
        return [f"{cell:.15g}" if isinstance(cell, float) else str(cell) for cell in cells]

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
        look = self._mark.template.rpartition(" ")[0]
        template = {"template": look} if look in shipped() else {}
        return {**self.options, **template, **inputs, **self._names_of_data()}

    def _names_of_data(self) -> dict[str, Any]:
        """The data's column names and row labels, where the sheet `Data` has them."""
        if names.DATA not in self.titles:
            return {}
        areas = self.areas(names.DATA)
        labels = {key: tuple(self.texts(names.DATA, key)) for key in ("features", "outputs", "rows") if key in areas}
        return labels | self._scaling(areas)

    def _scaling(self, areas: Mapping[str, Area]) -> dict[str, Any]:
        if "subtract" not in areas or "divide" not in areas:
            return {}
        subtract, divide = (self.matrix(names.DATA, name, areas) for name in ("subtract", "divide"))
        place = self._blocks[names.DATA]["subtract"]
        above = Range(place.top - 1, place.left, place.top - 1, place.left)
        text = read(self._book, self._sheet(names.DATA), [above])[0].at(0) if place.top > 1 else None
        if not isinstance(text, str) or not text.split():
            raise TracerError(f"{self.path}: {names.DATA}!{above} holds {text!r}; expected the kind of scaling")
        return {"scaling": Scaling(text.split()[0], subtract, divide)}

    @property
    def name(self) -> str:
        """What the network is called."""
        return self._mark.name

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
        if self.losses in self.titles:
            areas = self.areas(self.losses)
            epochs = self.matrix(self.losses, "epoch", areas)[:, 0].astype(int)
            loss = self.matrix(self.losses, "loss", areas)[:, 0].copy()
            accuracy = self.matrix(self.losses, "accuracy", areas)[:, 0].copy() if "accuracy" in areas else None
            return History(epochs, loss, accuracy)
        if not updates:
            raise TracerError(f"{self.path}: has neither step sheets nor a sheet {self.losses!r}; nothing is recorded")
        return history_of(network, updates)

    def _sheet(self, title: str) -> Sheet:
        sheet = self._book.sheet(title)
        if sheet is None:
            raise TracerError(f"{self.path}: has no sheet {title!r}; it was deleted or renamed")
        if sheet.kind != "worksheet":
            raise TracerError(f"{self.path}: {title!r} is a {sheet.kind}; expected a sheet with cells")
        return sheet


def read_excel(path: str | Path) -> Trace:
    """The trace in a workbook that `to_excel` or `tracer run` wrote, every double equal bit for bit.

    Raises:
        TracerError: the file cannot be read, is not such a workbook, or holds no number where one belongs.
    """
    return Reading(path).trace()


def _area(area: Range) -> Area:
    return Area(area.top - 1, area.left - 1, area.bottom - area.top + 1, area.right - area.left + 1)
