"""Runs that tracer wrote: what was given, and what follows from it though no formula says so.

Where an epoch before has no sheets, its numbers were recorded: they are constants, computed from what was given at
steps 0 and 1 of the first epoch. Likewise all that the writer wrote, words and formulas, follows from the options.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tracer.compare.alignment import Position
from tracer.compare.cellwise import Change, Only
from tracer.compare.difference import Difference
from tracer.compare.labels import Labels
from tracer.compare.pairing import Pair
from tracer.matrices import stem
from tracer.workbook import mark, names

#: The lines on the sheet `Network` from which initial weights and biases are drawn.
_DRAWN = ("seed", "skip", "init")
_WEIGHTS = ("wh", "bh", "wout", "bout")
#: Sheets without steps that the writer writes.
_WRITTEN = {names.OVERVIEW, names.LOSS, names.LOSS_BEFORE, names.BOUNDARY, names.MATH}


@dataclass
class Run:
    """The nodes of differences (see `causes`) between two runs, by what they follow from; others are in none.

    Attributes:
        options: lines on the sheet `Network`.
        drawn: initial weights, where what they are drawn from differs.
        given: data, initial weights, learning rate.
        named: what the run is called.
        grown: those of `given` that are data, weights, ... beyond what the other has, so that blocks have other sizes.
        diverged: whether one of them broke off, so that they have other epochs.
        recorded: numbers, and the line breaks of headings above them.
        written: words, formulas, sheets and blocks.
    """

    options: list[int] = field(default_factory=list)
    drawn: list[int] = field(default_factory=list)
    given: list[int] = field(default_factory=list)
    named: list[int] = field(default_factory=list)
    grown: list[int] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    written: list[int] = field(default_factory=list)
    diverged: bool = False

    @property
    def follows(self) -> list[tuple[list[int], list[int]]]:
        """Causes, and what follows from each of them."""
        pairs = [
            (self.options, self.drawn),
            (self.options + self.given, self.recorded),
            (self.options + self.named + (self.given if self.diverged else self.grown), self.written),
        ]
        return [(sources, nodes) for sources, nodes in pairs if sources and nodes]

    def explains(self, difference: Difference) -> bool:
        """Whether something beside the cells follows: what the writer lays out and formats."""
        if difference.label == f"property {mark.DIVERGENCE}":
            return bool(self.options or self.given)
        if difference.sheet is None or not (_is_written(difference.sheet) or difference.sheet == names.DATA):
            return False
        if self.options or self.grown or (self.given and self.diverged):
            return difference.kind not in ("values", "formulas", "insertions", "properties")
        return bool(self.given) and difference.kind in ("formats", "widths", "charts", "parts")


def run(
    changes: Sequence[Change],
    defined: Sequence[str | None],
    only: Sequence[tuple[int, Only | None]],
    pairs: Sequence[Pair],
    a: Labels,
    b: Labels,
) -> Run:
    """What follows from what between two workbooks of ours; nothing for others.

    Args:
        defined: the sheets of the names that differ.
    """
    result = Run()
    if not (a.ours and b.ours):
        return result
    result.diverged = a.diverged != b.diverged
    drawn = _draws_differ(changes, pairs)
    for node, change in enumerate(changes):
        _sort(node, change, result, pairs[change.pair], a, b, drawn)
    for node, title in enumerate(defined, len(changes)):
        if title is not None and _is_written(title):
            result.written.append(node)
    for node, (number, part) in enumerate(only, len(changes) + len(defined)):
        pair = pairs[number]
        labels, sheet = (b, pair.b) if pair.b and (part is None or part.region.side == "b") else (a, pair.a)
        assert sheet is not None
        if part is None:
            if _is_written(sheet.title) or sheet.title == names.DATA:
                result.written.append(node)
        elif _is_new(part, sheet.title, a, b):
            result.written.append(node)
        elif any(_is_given(labels, sheet.title, at) for at in part.cells):
            result.given.append(node)
            result.grown.append(node)
        elif sheet.title == names.NETWORK:
            (result.recorded if result.diverged else result.options).append(node)
        elif _is_written(sheet.title):
            result.written.append(node)
    return result


def _sort(node: int, change: Change, result: Run, pair: Pair, a: Labels, b: Labels, drawn: bool) -> None:
    sides = [
        (labels, sheet.title, at)
        for labels, sheet, at in ((a, pair.a, change.at_a), (b, pair.b, change.at_b))
        if sheet is not None and at is not None
    ]
    titles = {title for _, title, _ in sides}
    constant = not any(cell is not None and cell.formula is not None for cell in (change.a, change.b))
    values = [cell.value for cell in (change.a, change.b) if cell is not None and cell.value is not None]
    if names.NETWORK in titles and (property := next(filter(None, map(mark.property_of, values)), None)):
        if property == mark.NAME:
            result.named.append(node)
        elif property == mark.DIVERGENCE:
            result.recorded.append(node)
    elif names.NETWORK in titles:
        if result.diverged and any(str(value).startswith("epochs = ") for value in values):
            result.recorded.append(node)  # as many as there were before one broke off
        elif constant and any(" = " in str(value) for value in values):
            result.options.append(node)
        else:
            result.written.append(node)
    elif titles == {names.DATA} and len(values) == 1 and isinstance(values[0], str):
        result.written.append(node)  # the heading of a block that only one has
    elif constant and (names.DATA in titles or any(_is_given(*side) for side in sides)):
        weights = any(_is_weight(*side) for side in sides)
        (result.drawn if drawn and weights else result.given).append(node)
    elif all(map(_is_written, titles)):
        numbers = all(isinstance(value, float) for value in values)
        wrapped = len({"".join(str(value).split()) for value in values}) == 1  # as wide as the numbers below
        if constant and (numbers or wrapped):
            result.recorded.append(node)
        elif change.formula or constant:
            result.written.append(node)


def _is_new(part: Only, title: str, a: Labels, b: Labels) -> bool:
    """Whether it is a block that the other run has not at all, as those of another optimizer."""
    name = part.region.label
    return (name in a.blocks(title)) != (name in b.blocks(title))


def _draws_differ(changes: Sequence[Change], pairs: Sequence[Pair]) -> bool:
    lines = [
        str(cell.value)
        for change in changes
        if pairs[change.pair].title == names.NETWORK
        for cell in (change.a, change.b)
        if cell is not None
    ]
    return any(line.partition(" = ")[0] in _DRAWN for line in lines)


def _is_written(title: str) -> bool:
    return title in _WRITTEN or names.parse_step_sheet(title) is not None


def _is_given(labels: Labels, title: str, at: Position) -> bool:
    """Whether a cell is of a block that the run started from, where it stands first."""
    if title == names.DATA:
        return True
    name = labels.block(title, *at)
    parsed = names.parse_step_sheet(title)
    if name is None or parsed is None:
        return False
    epoch, update, step = parsed
    return (epoch, update) == (1, 1) and step <= 1 and name not in labels.blocks(names.DATA)


def _is_weight(labels: Labels, title: str, at: Position) -> bool:
    name = labels.block(title, *at)
    return name is not None and stem(name) in _WEIGHTS
