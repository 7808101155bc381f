"""Where formulas of one sheet find the blocks of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.expr import Axis
from tracer.workbook import names
from tracer.workbook.layout import Area


@dataclass(frozen=True)
class Source:
    """Blocks on a sheet, as formulas refer to them.

    Attributes:
        title: the sheet's.
        areas: where the blocks stand on it, by name.
        axis: along which the numbers of one sample lie in X and y: 1 in rows, 0 in columns.
    """

    title: str
    areas: Mapping[str, Area]
    axis: Axis

    def cells(self, name: str) -> list[list[str]]:
        """Every cell of a block, by row."""
        return [[names.reference(self.title) + cell for cell in row] for row in self.areas[name].addresses]

    def of_all(self, name: str, k: int) -> str:
        """Feature k (or output k) of all samples."""
        area = self.areas[name]
        part = Area(0, k, area.rows, 1) if self.axis else Area(k, 0, 1, area.columns)
        return names.reference(self.title) + part.within(area).range

    def of_one(self, name: str, sample: int, k: int, last: int | None = None) -> str:
        """Feature k (or output k) of a sample, or those from k to the last."""
        ends = [(sample, at) if self.axis else (at, sample) for at in (k, *([] if last is None else [last]))]
        return names.reference(self.title) + ":".join(self.areas[name].address(*end) for end in ends)
