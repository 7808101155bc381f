"""What follows from the template: in workbooks of ours looks and places are not set by hand, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from tracer.compare.difference import Difference
from tracer.compare.runs import Run
from tracer.workbook import mark, names

#: What a template says of a sheet, and what the shape of a network does to it.
_LOOKS = ("styles", "formats", "merges", "widths", "settings")
_PLACES = ("merges", "widths", "settings")


def laid_out(
    computed: list[Difference], rest: list[Difference], relaid: Collection[str], run: Run
) -> tuple[list[Difference], list[Difference]]:
    """Differences of cells and of all else, with those that follow from another template or shape as consequences.

    Args:
        relaid: the sheets whose blocks stand elsewhere.
        run: what was given to the runs, from which follows how they are shown.
    """
    properties = {found.label: found for found in rest if found.kind == "properties"}
    template = f"property {mark.TEMPLATE}"

    def cause(found: Difference) -> str | None:
        """The label of the property that a difference follows from; empty where the shape of the network does it."""
        if found.sheet == names.NETWORK:  # its first lines say what properties say
            said = mark.property_of(found.before.value) or mark.property_of(found.after.value)
            if f"property {said}" in properties:
                return f"property {said}"
        if run.explains(found):
            return ""
        if template not in properties:
            return "" if found.sheet in relaid and found.kind in _PLACES else None
        heading = found.kind == "values" and found.role == "origin" and not found.label
        return template if found.kind in _LOOKS or (heading and found.sheet in relaid) else None

    reached: Counter[str] = Counter()

    def judged(found: Difference) -> Difference:
        label = cause(found)
        if label is None:
            return found
        reached[label] += 1
        return replace(found, role="consequence", reaches=0)

    computed, rest = [judged(found) for found in computed], [judged(found) for found in rest]
    rest = [
        replace(found, reaches=reached[found.label]) if reached[found.label] and found.kind == "properties" else found
        for found in rest
    ]
    first = [found for found in rest if found.kind == "properties" and found.label == template]
    return computed, [*first, *(found for found in rest if found not in first)]
