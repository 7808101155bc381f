"""Makes a template's sheet for a network: hidden layers repeat, and what the network lacks goes.

A template has places for one hidden layer and for everything that any network may have. Where each row and column
of the result comes from is said by `Lines`; cells, merged cells, widths and heights all follow those.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from tracer.matrices import HIDDEN, stem
from tracer.workbook.templatesheet import PLACEHOLDER, Sheet, TemplateCell

#: What each hidden layer has for itself, with what optimisers keep of it.
LAYER = {f"{state}{name}" for state in ("", "velocity_", "m_", "v_") for name in HIDDEN}


def fitted(sheet: Sheet, names: Collection[str], layers: int) -> Sheet:
    """
    Args:
        sheet: a template's.
        names: the matrices of the network.
        layers: how many hidden layers it has.
    """
    if layers == 1:
        repeated = sheet
    elif _is_stacked(sheet):
        repeated = _transposed(_with_layers(_transposed(sheet), layers))
    else:
        repeated = _with_layers(sheet, layers)
    return _without_the_absent(repeated, frozenset(names))


def _is_stacked(sheet: Sheet) -> bool:
    """Whether a layer's blocks stand one under another, so that the next layer's go below them, not beside them."""
    places = [place for name, place in sheet.blocks.items() if name in LAYER]
    return len(places) > 1 and len({column for _, column in places}) == 1


def _transposed(sheet: Sheet) -> Sheet:
    """Rows as columns and columns as rows."""
    return replace(
        sheet,
        cells=tuple(replace(cell, row=cell.column, column=cell.row) for cell in sheet.cells),
        blocks={name: (column, row) for name, (row, column) in sheet.blocks.items()},
        merged={(left, top): (left, top, right, bottom) for (top, left), (_, _, bottom, right) in sheet.merged.items()},
        widths=sheet.heights,
        heights=sheet.widths,
        freeze=(sheet.freeze[1], sheet.freeze[0]),
        last_row=sheet.last_column,
        last_column=sheet.last_row,
    )


@dataclass(frozen=True)
class Lines:
    """The rows or columns of a result: each one's number in the template, and which copy of that it is."""

    origins: Sequence[tuple[int, int]]

    def first(self, number: int) -> int:
        """Where a line stands now, or begins to; where it is gone, the one after it."""
        found = (new for new, (old, _) in enumerate(self.origins, 1) if old >= number)
        return next(found, len(self.origins) + 1)

    def last(self, number: int) -> int:
        """Where its last copy stands; where it is gone, the one before it."""
        return max((new for new, (old, _) in enumerate(self.origins, 1) if old <= number), default=0)


def _with_layers(sheet: Sheet, layers: int) -> Sheet:
    """The columns of the hidden layer once for each; what is not the layer's stays with the first."""
    asked = [(cell.column, name in LAYER) for cell in sheet.cells for name in _asked(cell, sheet)]
    hidden = {column for column, of_layer in asked if of_layer}
    end = _columns(sheet) + 1
    columns: list[tuple[int, int]] = []
    while (column := columns[-1][0] + 1 if columns else 1) < end:
        if column not in hidden:
            columns.append((column, 1))
            continue
        stop = min((other for other, _ in asked if other > column and other not in hidden), default=end)
        last = max(other for other in hidden if other < stop)
        unit = range(column, min(last + 2, stop))  # with a spacer, so that the copies stand apart
        columns.extend((number, copy) for copy, number in product(range(1, layers + 1), unit))
    repeating = {cell for cell in sheet.cells if not cell.text or not LAYER.isdisjoint(_asked(cell, sheet))}
    cells = [
        (_of_layer(cell, copy), copy)
        for cell in sheet.cells
        for copy in range(1, layers + 1)
        if copy == 1 or cell in repeating
    ]
    return _moved(sheet, cells, _left(_rows(sheet), set(), set()), Lines(columns))


def _asked(cell: TemplateCell, sheet: Sheet) -> list[str]:
    """The matrices that a cell is there for, as their block or their heading."""
    found = PLACEHOLDER.findall(cell.text)
    return [name.removesuffix(".heading") for name in found if name in sheet.blocks or name.endswith(".heading")]


def _of_layer(cell: TemplateCell, layer: int) -> TemplateCell:
    def named(match: re.Match[str]) -> str:
        name, dot, heading = match[1].partition(".")
        return f"{{{{{name}_{layer}{dot}{heading}}}}}" if name in LAYER else match[0]

    return replace(cell, text=PLACEHOLDER.sub(named, cell.text))


def _rows(sheet: Sheet) -> int:
    """How many rows a sheet says anything of."""
    return max(sheet.last_row, sheet.freeze[0], *sheet.heights)


def _columns(sheet: Sheet) -> int:
    return max(sheet.last_column, sheet.freeze[1], *sheet.widths)


def _without_the_absent(sheet: Sheet, names: frozenset[str]) -> Sheet:
    """Rows and columns that were there for what the network lacks go, with the blank ones before them."""
    absent = {cell for cell in sheet.cells if (asked := _asked(cell, sheet)) and names.isdisjoint(asked)}
    if not absent:
        return sheet
    cells = [cell for cell in sheet.cells if cell not in absent]
    texts = [cell for cell in cells if cell.text]
    # Labels stand in rows of their own, but in columns that are spacers without them.
    blocks = {cell for cell in absent if not is_label(cell)}
    alone = {cell.row for cell in absent - blocks} - {cell.row for cell in blocks}
    rows = _left(_rows(sheet), {cell.row for cell in absent}, {cell.row for cell in texts}, alone)
    columns = _left(_columns(sheet), {cell.column for cell in blocks}, {cell.column for cell in texts})
    gone = {(cell.row, cell.column) for cell in absent}
    merged = {place: area for place, area in sheet.merged.items() if place not in gone}
    return _moved(replace(sheet, merged=merged), [(cell, 1) for cell in cells], rows, columns)


def is_label(cell: TemplateCell) -> bool:
    """Whether a cell is there for names of columns or samples."""
    return cell.placeholder.endswith((".columns", ".rows"))


def _left(count: int, emptied: set[int], filled: set[int], alone: Collection[int] = ()) -> Lines:
    """All of so many lines but those that were emptied, and hold nothing else, with the blank ones before them.

    Those in `alone` leave the blank ones where they are.
    """
    kept: list[tuple[int, int]] = []
    for number in range(1, count + 1):
        if number not in emptied or number in filled:
            kept.append((number, 1))
            continue
        while kept and number not in alone and kept[-1][0] not in emptied | filled:
            kept.pop()
    return Lines(kept)


def _moved(sheet: Sheet, cells: Iterable[tuple[TemplateCell, int]], rows: Lines, columns: Lines) -> Sheet:
    """
    Args:
        cells: what to keep, each with the copy of its column that it goes into.
    """
    row_at = {origin: row for row, (origin, _) in enumerate(rows.origins, 1)}
    column_at = {origin: column for column, origin in enumerate(columns.origins, 1)}
    moved = [
        replace(cell, row=row_at[cell.row], column=column_at[cell.column, copy])
        for cell, copy in cells
        if cell.row in row_at and (cell.column, copy) in column_at
    ]
    moved.sort(key=lambda cell: (cell.row, cell.column))
    blocks = {stem(name) for name in sheet.blocks}
    return replace(
        sheet,
        cells=tuple(moved),
        blocks={cell.placeholder: (cell.row, cell.column) for cell in moved if stem(cell.placeholder) in blocks},
        merged=_merged(sheet, moved, rows, columns),
        widths={new: sheet.widths[old] for new, (old, _) in enumerate(columns.origins, 1) if old in sheet.widths},
        heights={new: sheet.heights[old] for new, (old, _) in enumerate(rows.origins, 1) if old in sheet.heights},
        freeze=(rows.first(sheet.freeze[0]), columns.first(sheet.freeze[1])),
        last_row=rows.last(sheet.last_row),
        last_column=columns.last(sheet.last_column),
    )


def _merged(
    sheet: Sheet, moved: Sequence[TemplateCell], rows: Lines, columns: Lines
) -> dict[tuple[int, int], tuple[int, int, int, int]]:
    """Merged cells repeat with what repeats; those that reach further grow with it, where they cover no text."""
    present = {(cell.row, cell.column) for cell in moved}
    texts = {(cell.row, cell.column) for cell in moved if cell.text}
    #: What each merged area may become, the best first.
    choices: list[list[tuple[int, int, int, int]]] = []
    for row, column, last_row, last_column in sheet.merged.values():
        top, bottom = rows.first(row), rows.last(last_row)
        starts = [new for new, (old, _) in enumerate(columns.origins, 1) if old == column and (top, new) in present]
        starts = starts or [columns.first(column)]
        if columns.last(column) > columns.first(last_column):  # all of it is in what repeats
            choices[:0] = [[(top, start, bottom, start + last_column - column)] for start in starts]
        else:
            last, first = columns.last(last_column), columns.first(last_column)
            choices.append([(top, start, bottom, end) for start in starts for end in (last, min(first, last))])
    merged: dict[tuple[int, int], tuple[int, int, int, int]] = {}
    covered: set[tuple[int, int]] = set()
    for areas in choices:
        for top, left, bottom, right in areas:
            area = set(product(range(top, bottom + 1), range(left, right + 1)))
            if len(area) > 1 and texts.isdisjoint(area - {(top, left)}) and covered.isdisjoint(area):
                merged[top, left] = (top, left, bottom, right)
                covered |= area
                break
    return merged
