"""How two workbooks speak of the same cells, where sheets have other titles, or rows and blocks stand elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

from tracer.compare.alignment import Alignment
from tracer.compare.pairing import Pair
from tracer.xlsx.addresses import Range
from tracer.xlsx.canonical import canonical, skeleton
from tracer.xlsx.cells import Formula
from tracer.xlsx.references import Reference


class Terms:
    """
    Attributes:
        alignments: of pairs of sheets, by their numbers; none for those whose cells stand at the same addresses.
    """

    def __init__(self, together: Sequence[Pair]) -> None:
        self._pairs = {pair.a.title.lower(): number for number, pair in enumerate(together) if pair.a}
        self._titles = {pair.a.title.lower(): pair.title for pair in together if pair.a}
        self._renamed = any(pair.renamed for pair in together)
        self.alignments: dict[int, Alignment] = {}

    def title(self, title: str) -> str:
        """The title in B of a sheet of A."""
        return self._titles.get(title.lower(), title)

    def pair(self, title: str) -> int | None:
        """The number of the pair in which a sheet of A is."""
        return self._pairs.get(title.lower())

    @property
    def same(self) -> bool:
        """Whether every sheet and every cell of A has the same title and address in B."""
        return not (self._renamed or self.alignments)

    def agree(self, ours: Formula, theirs: Formula, pair: int | None = None) -> bool:
        """Whether a formula of A and one of B read the same cells in the same way.

        Args:
            pair: the number of the sheets on which they stand.
        """
        if ours.kind != theirs.kind or (ours.area is None) != (theirs.area is None):
            return False
        # How far a dynamic array goes follows from its values.
        same_area = ours.area == theirs.area or ours.kind == "dynamic"
        if same_area and ours.text == theirs.text and pair not in self.alignments:
            return True
        if not (self._renamed or self.alignments):
            return same_area and canonical(ours.text) == canonical(theirs.text)
        if ours.area and theirs.area and ours.kind != "dynamic" and not self._corresponds(ours.area, theirs.area, pair):
            return False
        says_a, says_b = skeleton(ours.text), skeleton(theirs.text)
        return (
            says_a.text == says_b.text
            and len(says_a.references) == len(says_b.references)
            and all(
                anchored_a == anchored_b and self._same(a, b, pair)
                for (a, anchored_a), (b, anchored_b) in zip(says_a.references, says_b.references)
            )
        )

    def _same(self, a: Reference, b: Reference, pair: int | None) -> bool:
        if a.sheet is None or b.sheet is None:
            if a.sheet is not b.sheet:
                return False
        else:
            first, colon, last = a.sheet.partition(":")
            if (self.title(first) + colon + (self.title(last) if colon else "")).lower() != b.sheet.lower():
                return False
            pair = self._pairs.get(first.lower())
        if a.area is None or b.area is None:
            return a[1:] == b[1:]
        return self._corresponds(a.area, b.area, pair)

    def _corresponds(self, a: Range, b: Range, pair: int | None) -> bool:
        alignment = None if pair is None else self.alignments.get(pair)
        return a == b if alignment is None else alignment.corresponds(a, b)
