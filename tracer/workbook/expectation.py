"""What a sheet should hold: blocks of numbers, and how each is computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from tracer.expr import Expression
from tracer.trace import Trace, Update
from tracer.workbook.layout import Area


class Place(NamedTuple):
    """A block: its sheet's title and its name there."""

    title: str
    name: str


class Computed(NamedTuple):
    """How something is computed.

    Attributes:
        reads: the blocks that the expression's symbols stand for, by their names.
    """

    expression: Expression
    reads: Mapping[str, Place]


@dataclass(frozen=True, eq=False)
class Expected:
    """A block, as a run of the steps says that it is.

    Attributes:
        place: where it stands.
        values: its numbers; NaN stands for the error #N/A, and what is masked may be anything.
        source: the block whose numbers it shows, in the same order or cut off; None for one that shows none.
        computed: how its cells are computed; None where they show another block, or are given.
        rows: how some rows of it are computed, where each is by itself.
        magnitude: of the numbers that its numbers are sums of, where no expression tells.
    """

    place: Place
    values: np.ndarray
    source: Place | None = None
    computed: Computed | None = None
    rows: Mapping[int, Computed] = field(default_factory=dict)
    magnitude: np.ndarray | float = 0.0


class SheetKind(NamedTuple):
    """A kind of sheet; each is described in the module that writes it.

    Attributes:
        titles: what it is called, and then what it was called in workbooks written earlier; empty for step sheets, of
            which there are many.
        expected: what it should hold: given a trace, the updates that have step sheets, the title that the sheet has in
            a workbook, and where its named blocks stand.
    """

    titles: tuple[str, ...]
    expected: Callable[[Trace, Sequence[Update], str, Mapping[str, Area]], Iterator[Expected]]
