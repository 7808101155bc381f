"""Holds a workbook against a spreadsheet engine: do its formulas give what the trace says?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tracer.compare.engines import ENGINES, STARTED, Lookup
from tracer.compare.sheets import SHEETS
from tracer.engine import run
from tracer.engines.calculation import Calculation
from tracer.errors import TracerError, nearest
from tracer.reading import is_missing
from tracer.rounding import Rounded, bound
from tracer.trace import Trace
from tracer.values import times
from tracer.workbook import recognition
from tracer.workbook.expectation import Computed, Expected, Place
from tracer.workbook.reader import Reading
from tracer.xlsx.addresses import Range, address
from tracer.xlsx.book import Book
from tracer.xlsx.values import Values

#: Of a number: two that are nearer agree.
RELATIVE = 1e-12
#: Of the bound that rounding has: the run and the engine both round, and the bound is of the first order.
ROUNDING = 4
#: Of the largest number of a block that is given or recorded, and that another program may have saved with 15 digits.
RECORDED = 2e-14
#: Of numbers that others are sums of, where no expression tells how.
MAGNITUDE = 1e-14
#: Smaller numbers are 0 for some programs.
TINY = 1e-300
#: Of lessons, which have no trace: absolutely.
LESSON = 1e-14


@dataclass(frozen=True)
class Difference:
    """One cell: what it gives and what the trace says.

    Attributes:
        found: a number, a text, an error, a bool; None for an empty cell.
        expected: NaN stands for the error #N/A.
        allowed: how far from it the cell may be.
    """

    sheet: str
    address: str
    name: str
    found: Any
    expected: float
    allowed: float = 0.0

    @property
    def size(self) -> float:
        """Absolute; infinite where no number was found."""
        if math.isnan(self.expected):
            return 0.0 if self.found == "#N/A" else math.inf
        return abs(self.found - self.expected) if is_number(self.found) else math.inf

    @property
    def agrees(self) -> bool:
        """Within what is allowed, or within 1e-12 of the expected value."""
        relative = 0.0 if math.isnan(self.expected) else RELATIVE * abs(self.expected)
        return self.size <= max(self.allowed, relative)

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
    chosen = list(ENGINES) if engine == "all" else [engine]
    path = Path(path)
    if _is_lesson(path):
        return _verify_lesson(path, chosen)
    reading = Reading(path)
    # They work while the run is repeated here.
    started = {name: STARTED[name](path) for name in chosen}
    trace = run(reading.network(), reading.epochs, keep=reading.recorded)
    blocks = list(_expected(reading, trace))
    areas: dict[str, dict[str, Range]] = {}
    for block in blocks:
        title, name = block.place
        area = reading.blocks(title).get(name)
        shape = area and (area.bottom - area.top + 1, area.right - area.left + 1)
        if area is None or shape != block.values.shape:
            size = times(block.values.shape)
            raise TracerError(f"{path}: sheet {title!r} has no block named {name} of {size} cells")
        areas.setdefault(title, {})[name] = area
    stored = {title: reading.values(title, list(wanted)) for title, wanted in areas.items()}
    live = [values for title, wanted in areas.items() for values in (stored[title][name] for name in wanted)]
    if not any(any(values.formulas) for values in live):
        raise TracerError(
            f"{path}: holds no formulas (was it written with --formulas none?); there is nothing to recalculate"
        )
    verdicts = []
    if any(_stores_values(values) for values in live):
        verdicts.append(Judgement(areas, stored.__getitem__).verdict("stored values", blocks))
    for name, calculation in started.items():
        verdicts.append(Judgement(areas, _asked(name, calculation, areas)).verdict(name, blocks))
    return verdicts


def _stores_values(values: Values) -> bool:
    """Whether it holds a value beside a formula."""
    formulas = np.frombuffer(values.formulas, dtype=np.uint8) > 0
    numbers = np.frombuffer(values.numbers)
    return bool((formulas & np.isfinite(numbers)).any()) or any(formulas[place] for place in values.others)


def _asked(
    name: str, calculation: Calculation, areas: dict[str, dict[str, Range]]
) -> Callable[[str], dict[str, Values]]:
    """What an engine says of a sheet's blocks."""
    if name == "ironcalc":
        try:
            calculation.wait()
        except TracerError as error:
            raise TracerError(f"{error}; try --engine libreoffice") from None
    return lambda title: dict(zip(areas[title], calculation.areas(title, list(areas[title].values()))))


def _expected(reading: Reading, trace: Trace) -> Iterator[Expected]:
    """Every block of every sheet, in the order in which they are computed."""
    recorded = {(epoch, number) for epoch, number, _ in reading.updates(trace.network)}
    updates = [update for update in trace.updates if (update.epoch, update.number) in recorded]
    for kind in SHEETS:
        if not kind.titles:
            yield from kind.expected(trace, updates, "", {})
        for title in [title for title in kind.titles if title in reading.titles][:1]:
            yield from kind.expected(trace, updates, title, reading.areas(title))


class Judgement:
    """Holds blocks against what an engine says of them, in the order in which they are computed.

    How far a number may be from the expected one follows from what it is computed of: from how far those are from what
    was expected of them, as far as they agree, and from the rounding of the expression itself, which is large where
    numbers cancel.
    """

    def __init__(self, areas: dict[str, dict[str, Range]], asked: Callable[[str], dict[str, Values]]) -> None:
        """
        Args:
            areas: where the blocks stand, by sheet and name.
            asked: what the engine says of the blocks of a sheet.
        """
        self._areas = areas
        self._asked = asked
        self._values: dict[str, dict[str, Values]] = {}
        #: Of the blocks so far, what they should be, and how far from it they are.
        self._known: dict[Place, Rounded] = {}
        self._checked = 0
        self._largest: tuple[float, Expected, int, float] | None = None
        self._wrong: list[tuple[Expected, int, float]] = []

    def verdict(self, engine: str, blocks: Sequence[Expected]) -> Verdict:
        for block in blocks:
            self._judge(block)
        sheets = {title: number for number, title in enumerate(dict.fromkeys(block.place.title for block in blocks))}
        wrong = sorted(self._wrong, key=lambda cell: sheets[cell[0].place.title])
        largest = self._difference(*self._largest[1:]) if self._largest else None
        return Verdict(engine, self._checked, largest, tuple(self._difference(*cell) for cell in wrong))

    def _judge(self, block: Expected) -> None:
        title, name = block.place
        if title not in self._values:
            self._values[title] = self._asked(title)
        values = self._values[title][name]
        expected = np.ma.getdata(block.values)
        apart = np.abs(np.frombuffer(values.numbers).reshape(expected.shape) - expected)
        allowed = self._allowed(block, expected)
        agrees = apart <= allowed
        size = apart
        if not agrees.all():
            size = np.where(np.isnan(apart), np.inf, apart)
            for place in np.flatnonzero(np.isnan(expected)).tolist():
                if values.others.get(place) == "#N/A":
                    size.flat[place] = 0.0
            agrees = size <= np.where(np.isnan(allowed), 0.0, allowed)
        masked = np.ma.getmaskarray(block.values) if isinstance(block.values, np.ma.MaskedArray) else None
        if masked is not None:
            agrees, size = agrees | masked, np.where(masked, -1.0, size)
        self._checked += expected.size if masked is None else int((~masked).sum())
        self._known[block.place] = Rounded(expected, np.where(agrees, np.minimum(apart, allowed), 0.0))
        if size.size:
            place = int(size.argmax())
            if size.flat[place] >= 0 and (self._largest is None or size.flat[place] > self._largest[0]):
                self._largest = float(size.flat[place]), block, place, float(allowed.flat[place])
        for place in np.flatnonzero(~agrees).tolist():
            self._wrong.append((block, place, float(allowed.flat[place])))

    def _allowed(self, block: Expected, expected: np.ndarray) -> np.ndarray:
        """How far from what is expected the cells of a block may be."""
        size = np.abs(expected)
        allowed = RELATIVE * size + (TINY + MAGNITUDE * np.abs(block.magnitude))
        if block.computed:
            allowed = allowed + ROUNDING * self._rounding(block.computed)
        elif block.source in self._known:
            error = self._known[block.source].error
            rows, columns = expected.shape
            error = error.reshape(expected.shape) if error.size == expected.size else error[:rows, :columns]
            allowed = allowed + ROUNDING * error
        elif size.size:
            allowed = allowed + RECORDED * np.nanmax(size)
        for row, computed in block.rows.items():
            allowed[row] = RELATIVE * size[row] + ROUNDING * self._rounding(computed)[0]
        return allowed

    def _rounding(self, computed: Computed) -> np.ndarray:
        known = self._known
        if not all(place in known for place in computed.reads.values()):
            return np.zeros((1, 1))
        return bound(computed.expression, {name: known[place] for name, place in computed.reads.items()}).error

    def _difference(self, block: Expected, place: int, allowed: float) -> Difference:
        title, name = block.place
        area = self._areas[title][name]
        i, j = divmod(place, block.values.shape[1])
        at = address(area.top + i, area.left + j)
        expected = float(np.ma.getdata(block.values)[i, j])
        found = self._values[title][name].at(place)
        return Difference(title, at, f"{name}[{i}, {j}]", found, expected, allowed)


def _is_lesson(path: Path) -> bool:
    if is_missing(path):
        return False  # which the reader says
    with Book(path) as book:
        return recognition.lesson_name(book) is not None


def _verify_lesson(path: Path, engines: list[str]) -> list[Verdict]:
    """A lesson has no trace: what engines compute is held against what the lesson stored beside its formulas."""
    cells: list[tuple[str, int, int, float]] = []
    with Book(path) as book:
        for sheet in book.sheets:
            for row, column, cell in book.cells(sheet) if sheet.kind == "worksheet" else ():
                if cell.formula is None:
                    continue
                if not is_number(cell.value):
                    raise TracerError(
                        f"{path}: {sheet.title}!{address(row, column)} has no number beside its formula, and a lesson "
                        "has no trace to hold it against; write it again with tracer run --preset"
                    )
                cells.append((sheet.title, row, column, float(cell.value)))  # type: ignore[arg-type]
    return [_judge_lesson(name, cells, ENGINES[name](path)) for name in engines]


def _judge_lesson(engine: str, cells: list[tuple[str, int, int, float]], lookup: Lookup) -> Verdict:
    differences = [
        Difference(title, address(row, column), "stored", lookup(title, row - 1, column - 1), stored, LESSON)
        for title, row, column, stored in cells
    ]
    largest = max(differences, key=lambda difference: difference.size, default=None)
    return Verdict(engine, len(cells), largest, tuple(cell for cell in differences if not cell.agrees))


def is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and not math.isnan(value)
