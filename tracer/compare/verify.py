"""Holds a workbook against a spreadsheet engine: do its formulas give what the trace says?"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tracer import boundary
from tracer.compare.engines import ENGINES, Lookup
from tracer.engine import run
from tracer.errors import TracerError, nearest
from tracer.lessons import chain_rule
from tracer.trace import Trace
from tracer.workbook import names
from tracer.workbook.files import lesson_in, load
from tracer.workbook.losssheet import thinned
from tracer.workbook.reader import Reading

RELATIVE = 1e-12
ABSOLUTE = 1e-14
#: Outputs that are nearer than this are equally large.
TIE = 1e-9


@dataclass(frozen=True)
class Difference:
    """One cell: what it gives and what the trace says.

    Attributes:
        magnitude: of the numbers that it is a sum of; where they cancel, what rounding leaves is measured by them.
    """

    sheet: str
    address: str
    name: str
    found: Any
    expected: float
    magnitude: float = 1.0

    @property
    def size(self) -> float:
        """Absolute; infinite where no number was found. NaN stands for the error #N/A."""
        if math.isnan(self.expected):
            return 0.0 if self.found == "#N/A" else math.inf
        return abs(self.found - self.expected) if is_number(self.found) else math.inf

    @property
    def agrees(self) -> bool:
        """Within 1e-12 of the expected value, or within 1e-14 of it absolutely (of the magnitude, if that is known)."""
        relative = 0.0 if math.isnan(self.expected) else RELATIVE * abs(self.expected)
        return self.size <= max(ABSOLUTE * self.magnitude, relative)

    def __str__(self) -> str:
        found = repr(self.found) if is_number(self.found) else self.found or "nothing"
        expected = "#N/A" if math.isnan(self.expected) else repr(self.expected)
        return f"{self.sheet}!{self.address} ({self.name}): {found}, expected {expected}"


@dataclass(frozen=True)
class Verdict:
    """How one engine judged a workbook.

    Attributes:
        engine: its name, or `stored values` for what the file itself says.
        checked: how many cells were compared.
        largest: the cell with the largest difference; None when nothing was compared.
        wrong: the cells that do not agree, in the order of the steps.
    """

    engine: str
    checked: int
    largest: Difference | None
    wrong: tuple[Difference, ...]

    @property
    def agrees(self) -> bool:
        return not self.wrong


def verify(path: str | Path, engine: str = "ironcalc") -> list[Verdict]:
    """Recalculate a workbook from the inputs in it, and compare every cell with the steps run afresh on them.

    The values stored in the file are held against the same run, unless the program that saved it stored none.

    Args:
        engine: `ironcalc`, `libreoffice` or `all`.

    Raises:
        TracerError: the workbook cannot be read, holds no formulas, or the engine is missing or fails.
    """
    if engine != "all" and engine not in ENGINES:
        raise TracerError(f"there is no engine {engine!r}{nearest(str(engine), [*ENGINES, 'all'])}")
    if lesson_in(Path(path)):
        return _verify_lesson(Path(path), engine)
    reading = Reading(path)
    trace = run(reading.network(), reading.epochs, keep=reading.recorded)
    cells = list(_cells(reading, trace))
    formulas = reading.formulas()
    live = [cell for cell in cells if formulas[cell[0]].cell(cell[1] + 1, cell[2] + 1).data_type == "f"]
    if not live:
        raise TracerError(
            f"{path}: holds no formulas (was it written with --formulas none?); there is nothing to recalculate"
        )
    verdicts = []
    if any(reading.value(*cell[:3]) is not None for cell in live):
        verdicts.append(_judge("stored values", cells, reading.value))
    for name in ENGINES if engine == "all" else [engine]:
        verdicts.append(_judge(name, cells, ENGINES[name](Path(path))))
    return verdicts


def _verify_lesson(path: Path, engine: str) -> list[Verdict]:
    """A lesson has no trace: what engines compute is held against what the lesson stored beside its formulas."""
    content = path.read_bytes()
    formulas, stored = load(content), load(content, values=True)
    cells: list[_Cell] = []
    for sheet in formulas:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                value: Any = stored[sheet.title][cell.coordinate].value
                if not is_number(value):
                    raise TracerError(
                        f"{path}: {sheet.title}!{cell.coordinate} has no number beside its formula, and a lesson has "
                        "no trace to hold it against; write it again with tracer run --preset"
                    )
                cells.append((sheet.title, cell.row - 1, cell.column - 1, cell.coordinate, "stored", value, 1.0))
    return [_judge(name, cells, ENGINES[name](path)) for name in (ENGINES if engine == "all" else [engine])]


#: Sheet title, row, column (from 0), address, what it is (`d_output[2, 0]`), what it should be, and its magnitude.
_Cell = tuple[str, int, int, str, str, float, float]


def _cells(reading: Reading, trace: Trace) -> Iterator[_Cell]:
    """Every cell of every block, the results on the overview, and the sheet `Boundary`."""
    sheets: list[tuple[str, dict[str, np.ndarray]]] = []
    magnitude = 1.0
    recorded = {(epoch, number) for epoch, number, _ in reading.updates(trace.network)}
    for update in trace.updates:
        if (update.epoch, update.number) in recorded:
            for step in trace.steps:
                title = names.step_sheet(update.epoch, step.number, update.number)
                sheets.append((title, dict(trace.state_of(update, step.number))))
    losses = names.loss_sheet(reading.titles)
    if losses in reading.titles:
        found = trace.history
        columns = {"epoch": found.epochs.astype(float), "loss": found.loss, "accuracy": found.accuracy}
        there = reading.areas(losses)
        chosen = thinned(len(found))
        sheets.append(
            (
                losses,
                {
                    name: values[chosen, np.newaxis]
                    for name, values in columns.items()
                    if values is not None and name in there
                },
            )
        )
    if names.OVERVIEW in reading.titles:
        loss = trace.history.loss[-1:, np.newaxis]
        results = {"loss": loss, "y": trace["y"], "output": trace["output"], "lr": trace["lr"]}
        if trace.history.accuracy is not None:
            results["accuracy"] = trace.history.accuracy[-1:, np.newaxis]
        there = reading.areas(names.OVERVIEW)
        # It shows only the first samples.
        sheets.append(
            (
                names.OVERVIEW,
                {name: results[name][: area.rows, : area.columns] for name, area in there.items() if name in results},
            )
        )
    if names.BOUNDARY in reading.titles and "boundary" in reading.areas(names.BOUNDARY):
        points = reading.areas(names.BOUNDARY)["boundary"].rows
        weights = {name: trace[name] for name in trace.network.initial}
        grid = boundary.grid(trace.network, weights, points)
        magnitude = boundary.magnitude(trace.network, grid)
        sheets.append((names.BOUNDARY, decided(grid)))
    for title, blocks in ((chain_rule.TITLE, chain_rule.partials), (chain_rule.TRAINING, chain_rule.trained)):
        if title in reading.titles:
            sheets.append((title, blocks(trace)))
    for title, matrices in sheets:
        areas, scale = reading.areas(title), magnitude if title == names.BOUNDARY else 1.0
        for name, matrix in matrices.items():
            if name not in areas or (areas[name].rows, areas[name].columns) != matrix.shape:
                size = "{} × {}".format(*matrix.shape)
                raise TracerError(f"{reading.path}: sheet {title!r} has no block named {name} of {size} cells")
            area = areas[name]
            for i, row in enumerate(matrix.tolist()):
                for j, expected in enumerate(row):
                    if expected is not None:
                        place = title, area.row + i, area.column + j, area.address(i, j)
                        yield *place, f"{name}[{i}, {j}]", expected, scale


def decided(grid: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The numbers of the sheet `Boundary`, its classes masked where rounding decides which output is the largest."""
    if "class" not in grid:
        return grid
    second, first = np.sort(grid["output"], axis=1)[:, -2:].T
    tie = first - second < TIE
    return {
        **grid,
        "class": np.ma.masked_array(grid["class"], tie[:, np.newaxis]),
        "boundary": np.ma.masked_array(grid["boundary"], tie.reshape(grid["boundary"].shape)),
    }


def _judge(engine: str, cells: list[_Cell], lookup: Lookup) -> Verdict:
    differences = [
        Difference(title, address, name, lookup(title, row, column), expected, magnitude)
        for title, row, column, address, name, expected, magnitude in cells
    ]
    largest = max(differences, key=lambda difference: difference.size, default=None)
    return Verdict(engine, len(cells), largest, tuple(cell for cell in differences if not cell.agrees))


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
