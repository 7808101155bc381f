"""What follows from the template: in workbooks of ours looks and places are not set by hand, cell by cell."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tracer.compare.difference import Difference
from tracer.workbook import names

#: What a template says of a sheet, and what the shape of a network does to it.
_LOOKS = ("styles", "formats", "merges", "widths", "settings")
_PLACES = ("merges", "widths", "settings")


def laid_out(
    computed: list[Difference], rest: list[Difference], relaid: Collection[str]
) -> tuple[list[Difference], list[Difference]]:
    """Differences of cells and of all else, with those that follow from another template or shape as consequences.

    Args:
        relaid: the sheets whose blocks stand elsewhere.
    """
    template = next((found for found in rest if found.label == f"property {names.TEMPLATE}"), None)
    if template is None and not relaid:
        return computed, rest

    def follows(found: Difference) -> bool:
        if template is None:
            return found.sheet in relaid and found.kind in _PLACES
        heading = found.kind == "values" and found.role == "origin" and not found.label
        return found.kind in _LOOKS or (heading and found.sheet in relaid)

    def judged(found: Difference) -> Difference:
        return replace(found, role="consequence", reaches=0) if follows(found) else found

    many = sum(map(follows, computed)) + sum(map(follows, rest))
    computed, rest = [judged(found) for found in computed], [judged(found) for found in rest]
    if template is not None:
        rest = [replace(template, reaches=many), *(found for found in rest if found is not template)]
    return computed, rest
