"""How large a workbook would be: worked out, and refused if need be, before anything is computed."""

from __future__ import annotations

from bisect import bisect_left
from pathlib import Path

import numpy as np

from tracer.errors import TracerError
from tracer.expr import Shape
from tracer.network import Network
from tracer.numbers import count
from tracer.selection import select
from tracer.workbook.labels import labels
from tracer.workbook.layout import Layout
from tracer.workbook.limits import check_sheets
from tracer.workbook.template import Sheet, Template
from tracer.xlsx.addresses import COLUMNS, ROWS

#: Cells of all step sheets: each takes some 300 bytes of memory and 14 µs until it is written, and no spreadsheet opens
#: many more.
CELLS = 10_000_000


def check_size(
    network: Network, epochs: int, sheets: str, template: str | Path | None, boundary: int | None = None
) -> None:
    """
    Args:
        epochs: that will be trained.
        sheets: which of them get step sheets.
        template: what the workbook will look like.
        boundary: points along each axis of the sheet `Boundary`; None or 0 for none.

    Raises:
        TracerError: there would be more sheets than a workbook holds, more cells than are written, or a step sheet
            larger than a sheet can be; the message has the figures, and how many samples would fit. Or there can be no
            such sheet `Boundary`.
    """
    chosen = select(sheets, epochs)
    check_sheets(len(chosen), network.updates, len(network.steps), bool(boundary))
    if boundary:
        from tracer.workbook.boundarylayout import check_boundary  # here, because most runs draw none

        check_boundary(network, boundary)
    samples = np.arange(network.sample_count)[: network.batch]
    look = Template.read(template, list(network.sizes(samples)), len(network.hidden), tuple(labels(network, samples)))
    rows, columns = _grid(network, samples, look.step)
    if not chosen or (rows <= ROWS and columns <= COLUMNS):
        _check_cells(network, samples, len(chosen) * network.updates * len(network.steps))
        return

    def too_large(size: int) -> bool:
        rows, columns = _grid(network, samples[:size], look.step)
        return rows > ROWS or columns > COLUMNS

    fitting = bisect_left(range(1, len(samples) + 1), True, key=too_large)
    remedy = (
        f"{count(fitting, 'sample')} would fit: use --batch {fitting} or less, or fewer samples"
        if fitting
        else "not even one sample would fit; use fewer features or hidden neurons"
    )
    raise TracerError(
        f"a step sheet would take {rows:,} rows × {columns:,} columns, and a sheet has at most {ROWS:,} × {COLUMNS:,}; "
        f"{remedy}, or a template that arranges blocks otherwise, or --sheets none"
    )


def _check_cells(network: Network, samples: np.ndarray, sheets: int) -> None:
    """
    Raises:
        TracerError: step sheets would have more cells than are written.
    """
    cells = sum(rows * columns for rows, columns in network.sizes(samples).values())
    if cells * sheets > CELLS:
        raise TracerError(
            f"{count(sheets, 'step sheet')} of {cells:,} numbers would have {cells * sheets:,} cells, and at most "
            f"{CELLS:,} are written; use --batch with fewer samples, fewer outputs or epochs, or --sheets none"
        )


def _grid(network: Network, samples: np.ndarray, sheet: Sheet) -> Shape:
    beside = {name: texts.shape for name, texts in labels(network, samples).items()}
    return Layout(sheet, {**network.sizes(samples), **beside}).size
