"""What differs between two workbooks: one entry a cell, or a range of cells that changed alike, or a part."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from tracer.compare.moments import Unit, moment_text, unit
from tracer.compare.wording import value_text
from tracer.errors import TracerError
from tracer.escapes import escaped, printable
from tracer.numbers import count
from tracer.xlsx.cells import Cell
from tracer.xlsx.titles import quoted

if TYPE_CHECKING:
    import pandas

#: What can differ, in the order of reports, and what each word means.
KINDS = {
    "values": "the value of a cell, computed or typed",
    "formulas": "the formula of a cell",
    "insertions": "rows, columns and parts of blocks that only one of the workbooks has",
    "caches": "a formula whose value only one of the files stores",
    "formats": "number formats",
    "styles": "font, fill, border, alignment, protection",
    "merges": "merged cells",
    "widths": "widths of columns, heights of rows, what is hidden",
    "names": "defined names",
    "sheets": "sheets added, removed, renamed, moved, hidden",
    "charts": "what charts show: their ranges, titles, axes and looks",
    "settings": "what else a sheet or the workbook says: panes, printing, validation, conditional formats, links",
    "properties": "title, subject, keywords and custom properties of the document",
    "parts": "what sheets and the workbook refer to: notes, pictures, tables, pivot tables, links, themes, macros",
}
Role = Literal["origin", "consequence"]


class Size(NamedTuple):
    """How far apart two numbers are: absolutely, relative to the larger, in units in the last place."""

    absolute: float
    relative: float
    ulps: int


class Side(NamedTuple):
    """One workbook's half of a difference.

    Attributes:
        value: of a cell, or a text that describes the thing; None for nothing.
        formula: of a cell, with `=`.
        shown: as reports print it, on one line.
        unit: what a number counts, by its number format.
        date1904: whether days count from 1904.
    """

    value: Any
    formula: str | None
    shown: str
    unit: Unit = ""
    date1904: bool = False

    @property
    def value_shown(self) -> str:
        """The value as reports print it, where `shown` is the formula."""
        value = self.value
        moment = moment_text(value, self.unit, self.date1904) if type(value) is float else None
        return moment or value_text(Cell(value, None, 0))


@dataclass(frozen=True)
class Difference:
    """One difference.

    Attributes:
        kind: one of `KINDS`.
        sheet: its title in B (in A for what only A has); None for what concerns the whole workbook.
        address: the cell or cells in B (`C5`, `B8:E10 G8`); empty for what has none, and for rows that only A has.
        address_before: the same in A; rows may have been put in above.
        sheet_before: the title of the sheet in A; None where A has none.
        before, after: what A and B say.
        label: what people call the cell: `Step 7 · d_output[2, 0]`; or what else it is about.
        role: `consequence` where only the value differs, and what it is computed from differs too; else `origin`.
        reaches: how many differing cells are computed from it, directly or not; None where that was not counted.
        cells: how many cells it is about.
        size: of a difference of two numbers.
    """

    kind: str
    sheet: str | None
    address: str
    before: Side
    after: Side
    label: str = ""
    role: Role = "origin"
    reaches: int | None = 0
    cells: int = 1
    size: Size | None = None
    sheet_before: str | None = None
    address_before: str = ""

    @property
    def place(self) -> str:
        """`'Step 7'!D5`, as a formula would write it: in B, or in A for what only A has."""
        return _place(self.sheet, self.address or self.address_before)

    @property
    def place_before(self) -> str:
        """The same in A; empty for what only B has."""
        only_b = self.address and not self.address_before
        return "" if only_b else _place(self.sheet_before, self.address_before)

    @property
    def measure(self) -> str:
        """How large it is, in words: `+0.5 (+50%)`, `+3 days`, `differs at character 3: …`; empty for what has no size.

        Of cells, how far apart they are; of all else, where two texts that look alike differ.
        """
        from tracer.compare.lookalikes import look_alike, where  # here, because most differences are never printed
        from tracer.compare.measure import measure

        if self.kind in ("values", "formulas"):
            return measure(self.before, self.after, self.size.ulps if self.size else None)
        a, b = self.before.value, self.after.value
        return where(a, b) if isinstance(a, str) and isinstance(b, str) and look_alike(a, b) else ""

    @property
    def where(self) -> str:
        """Label and place, on one line."""
        label, place = printable(self.label), printable(self.place)
        return f"{label} ({place})" if label and place else label or place

    def __str__(self) -> str:
        said = f"{self.where}: {self.before.shown} became {self.after.shown}"
        hint = self.measure if isinstance(self.before.value, str) and isinstance(self.after.value, str) else ""
        return f"{said} ({hint})" if hint.startswith("differs at") else said


def _place(sheet: str | None, address: str) -> str:
    if sheet is None:
        return ""
    return f"{quoted(sheet)}!{address}" if address else quoted(sheet)


@dataclass(frozen=True)
class Diff:
    """What differs between workbook A and workbook B. True when anything does; iterates over the differences.

    Attributes:
        a, b: the names of the two.
        differences: origins first, in calculation order, then how things look and the document; consequences last.
        sheets: how many sheets were compared.
        unknown: whether there are formulas without values, stored or computed, so that nothing tells what a change does
            to them: `reaches` is None then.
        notes: how they were compared, where that is not as they stand: what computed values, what rows go by.
        recalculated: whether an engine computed values that one of them does not store.
        programs: which program saved the two, as far as they say.
        sources: the two files, as they were given (paths, or open files), for reports that show what is around a
            difference.
    """

    a: str
    b: str
    differences: tuple[Difference, ...] = ()
    sheets: int = 0
    unknown: bool = False
    notes: tuple[str, ...] = ()
    recalculated: bool = False
    programs: tuple[str, str] = ("", "")
    sources: tuple[Any, Any] = field(default=(None, None), repr=False, compare=False)

    @property
    def origins(self) -> tuple[Difference, ...]:
        """Where the differences start."""
        return tuple(found for found in self.differences if found.role == "origin")

    @property
    def consequences(self) -> tuple[Difference, ...]:
        """Cells that differ because cells that they are computed from differ."""
        return tuple(found for found in self.differences if found.role == "consequence")

    def __bool__(self) -> bool:
        return bool(self.differences)

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.differences)

    def __len__(self) -> int:
        return len(self.differences)

    @property
    def summary(self) -> str:
        """One line."""
        if not self:
            said = f"equal ({count(self.sheets, 'sheet')} compared)"
        else:
            origins = self.origins
            kinds = {kind: sum(found.kind == kind for found in origins) for kind in KINDS}
            listed = ", ".join(f"{many:,} in {kind}" for kind, many in kinds.items() if many)
            consequences = count(len(self.consequences), "consequence")
            if self.unknown:
                consequences = f"at least {consequences}" if self.consequences else "unknown consequences"
            said = f"different: {count(len(origins), 'origin')} ({listed}), {consequences}"
        if self.unknown:
            said += "; the values of some formulas are not stored, and those were compared by their text"
        return "; ".join([said, *self.notes])

    def __repr__(self) -> str:
        return printable(f"<Diff {self.a} -> {self.b}: {self.summary}>")

    def to_frame(self) -> pandas.DataFrame:
        """A row a difference: role, kind, sheet, address, label, before, after, formulas, sizes, reach."""
        import pandas

        return pandas.DataFrame(
            [
                {
                    "role": found.role,
                    "kind": found.kind,
                    "sheet": found.sheet,
                    "address": found.address,
                    "label": found.label,
                    "sheet_before": found.sheet_before,
                    "address_before": found.address_before,
                    "before": found.before.value,
                    "after": found.after.value,
                    "formula_before": found.before.formula,
                    "formula_after": found.after.formula,
                    "absolute": found.size.absolute if found.size else None,
                    "relative": found.size.relative if found.size else None,
                    "ulps": found.size.ulps if found.size else None,
                    "reaches": found.reaches,
                    "cells": found.cells,
                }
                for found in self.differences
            ],
            columns=[
                *("role", "kind", "sheet", "address", "label", "sheet_before", "address_before"),
                *("before", "after", "formula_before", "formula_after"),
                *("absolute", "relative", "ulps", "reaches", "cells"),
            ],
        )


@dataclass(frozen=True)
class Tolerance:
    """When two numbers agree: |a - b| <= max(atol, rtol * max(|a|, |b|)). With both 0, bit for bit.

    Every NaN agrees with every NaN; -0.0 and 0.0 differ only where everything must be exact.
    """

    rtol: float = 0.0
    atol: float = 0.0

    def __post_init__(self) -> None:
        """
        Raises:
            TracerError: a tolerance is negative or infinite.
        """
        for name, value in (("rtol", self.rtol), ("atol", self.atol)):
            if not 0 <= value < math.inf:
                raise TracerError(f"--{name} is {value}; expected a number that is not negative, such as 1e-9")

    def loosened(self, rtol: float) -> Tolerance:
        """With at least so large a relative tolerance."""
        return Tolerance(max(self.rtol, rtol), self.atol)

    def agree(self, a: Any, b: Any) -> bool:
        """Whether two values of cells do; values of different types never do."""
        if type(a) is float and type(b) is float:
            if a == b:
                return bool(self.rtol or self.atol) or math.copysign(1, a) == math.copysign(1, b)
            if a != a and b != b:
                return True
            if math.isinf(a) or math.isinf(b):
                return False
            return abs(a - b) <= max(self.atol, self.rtol * max(abs(a), abs(b)))
        return type(a) is type(b) and a == b


def size(a: Any, b: Any) -> Size | None:
    """Of the difference of two finite numbers; None for anything else."""
    if type(a) is not float or type(b) is not float or not (math.isfinite(a) and math.isfinite(b)):
        return None
    largest = max(abs(a), abs(b))
    absolute = b - a
    return Size(absolute, abs(absolute) / largest if largest else 0.0, abs(_steps(a) - _steps(b)))


def _steps(number: float) -> int:
    """How many doubles lie between 0 and a number, with its sign."""
    (bits,) = struct.unpack("<q", struct.pack("<d", number))
    return bits if bits >= 0 else -(bits & 0x7FFF_FFFF_FFFF_FFFF) - 1


NOTHING = Side(None, None, "nothing")


def told(text: str | None) -> Side:
    """A side that is described, not computed."""
    return NOTHING if text is None else Side(text, None, printable(text) or "nothing")


def cell_side(cell: Cell | None, number_format: str, date1904: bool, *, formula: bool) -> Side:
    """A cell as a side of a difference.

    Args:
        formula: whether it is the formula that matters.
    """
    if cell is None or (cell.value is None and cell.formula is None):
        return Side(None, None, "empty")
    text = str(cell.formula) if cell.formula else None
    if formula and text:
        return Side(cell.value, text, escaped(text), unit(number_format), date1904)
    return Side(cell.value, text, value_text(cell, number_format, date1904), unit(number_format), date1904)
