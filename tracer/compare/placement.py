"""Addresses and formulas of one workbook as the other would write them, in one spelling."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tracer.compare.alignment import Blocks
from tracer.compare.terms import Terms
from tracer.xlsx.addresses import ROWS, Range, parse_range
from tracer.xlsx.canonical import skeleton
from tracer.xlsx.references import Reference

#: A whole sheet, in the other of its two spellings.
_WHOLE = "A1:XFD1048576"


@dataclass(frozen=True)
class Heights:
    """How high the rows of a sheet are, in points.

    Attributes:
        rows: those that say it.
    """

    rows: Mapping[int, float]
    default: float

    def of(self, row: int) -> int:
        """In the unit of drawings."""
        return round(self.rows.get(row, self.default) * 12_700)

    def between(self, first: int, last: int) -> int:
        """From the top of one row to the top of another."""
        inside = [height for row, height in self.rows.items() if first <= row < last]
        return round((sum(inside) + max(last - first - len(inside), 0) * self.default) * 12_700)


class Placement:
    """
    Args:
        terms: what became of the sheets and cells of A; None for B, whose own terms all others are said in.
        heights: of the rows of both workbooks, by pair, where rows were put in.
    """

    def __init__(self, terms: Terms | None = None, heights: Mapping[int, tuple[Heights, Heights]] = {}) -> None:
        self._terms, self._heights = terms, heights

    def title(self, title: str) -> str:
        """What a sheet is called in B."""
        return self._terms.title(title) if self._terms else title

    def area(self, text: str, pair: int | None) -> str:
        """A range without dollars; one that is gone stays as it was.

        Args:
            pair: the sheets on which it is.
        """
        text = text.replace("$", "")
        area = parse_range("A:XFD" if text == _WHOLE else text)
        return str(self._image(area, pair) or area) if area else text

    def areas(self, text: str, pair: int | None) -> str:
        """Several, in one order."""
        return " ".join(sorted(self.area(area, pair) for area in text.split()))

    def position(self, row: int, column: int, pair: int | None) -> tuple[int, int]:
        """A cell; one that is gone stays where it was."""
        alignment = self._terms.alignments.get(pair) if self._terms and pair is not None else None
        return (alignment.to_b(row, column) if alignment else None) or (row, column)

    def pair(self, title: str) -> int | None:
        return self._terms.pair(title) if self._terms else None

    def as_high(self, top: int, bottom: int, below: int, pair: int | None) -> tuple[int, int] | None:
        """The last row in B of a shape that is as high there as in A, and how far it reaches into it.

        Args:
            top, bottom: rows in A.
            below: how far into the last, in 914,400ths of an inch; how far into the first stays.
        """
        if pair is None or pair not in self._heights:
            return None
        ours, theirs = self._heights[pair]
        left = ours.between(top, bottom) + below
        row = self.position(top, 1, pair)[0]
        while left >= (height := theirs.of(row)) and row < ROWS:
            left, row = left - height, row + 1
        return row, left

    def formula(self, text: str, pair: int | None) -> str:
        """
        Args:
            pair: the sheets on which it stands.
        """
        bones = skeleton(text.strip().removeprefix("="))
        parts = bones.text.split("\0")
        if len(parts) != len(bones.references) + 1:
            return text
        spelt = [parts[0]]
        for (reference, anchors), rest in zip(bones.references, parts[1:]):
            spelt += self._reference(reference, anchors, pair), rest
        return "".join(spelt)

    def _reference(self, reference: Reference, anchors: str, pair: int | None) -> str:
        sheet = ""
        if reference.sheet is not None:
            first, colon, last = reference.sheet.partition(":")
            pair = self._terms.pair(first) if self._terms else None
            sheet = "'" + (self.title(first) + colon + (self.title(last) if colon else "")).lower() + "'!"
        if reference.area is None:
            return sheet + (reference.name or "").lower()
        area = self._image(reference.area, pair)
        return sheet + (_anchored(area, anchors) if area else "#REF!")

    def _image(self, area: Range, pair: int | None) -> Range | None:
        alignment = self._terms.alignments.get(pair) if self._terms and pair is not None else None
        if alignment is None:
            return area
        # A template moves blocks and what stands on them; anything else stays.
        return alignment.image(area) or (area if isinstance(alignment, Blocks) else None)


def _anchored(area: Range, anchors: str) -> str:
    """An area with the dollars of `$A$1:A1`; one cell once."""
    marks = [("$A" in corner, "$1" in corner) for corner in anchors.split(":")]
    corners = str(area).split(":")
    if len(corners) < len(marks) and len(set(marks)) > 1:
        corners *= 2
    return ":".join(_dollars(corner, *mark) for corner, mark in zip(corners, (*marks, marks[-1])))


def _dollars(corner: str, column: bool, row: bool) -> str:
    name = corner.rstrip("0123456789")
    number = corner[len(name) :]
    return f"{'$' if column and name else ''}{name}{'$' if row and number else ''}{number}"
