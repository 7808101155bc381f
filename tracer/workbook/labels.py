"""Names of columns and samples, which head the blocks of the data."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tracer.network import Network
from tracer.workbook.layout import Layout


def labels(network: Network, samples: np.ndarray) -> dict[str, np.ndarray]:
    """What stands above (`X.columns`) and beside (`X.rows`) the blocks of some samples, as texts in the shape in which
    they stand; only what the data have names for."""
    names = {"X": network.features, "y": network.outputs, "output": network.outputs}
    chosen = [network.rows[sample] for sample in samples] if network.rows else []
    in_rows = network.architecture.axis == 1
    found = {}
    for block, own in names.items():
        above, beside = (own, chosen) if in_rows else (chosen, own)
        found[f"{block}.columns"], found[f"{block}.rows"] = np.array([above], object), np.array([beside], object).T
    return {name: texts for name, texts in found.items() if texts.size and name != "output.rows"}


def widen_for_rows(layout: Layout, widths: dict[int, float], found: Mapping[str, np.ndarray]) -> None:
    """Make the columns wide enough in which names stand beside blocks."""
    for name, texts in found.items():
        if name.endswith(".rows") and name in layout.areas:
            column = layout.areas[name].column
            widths[column] = max(widths.get(column, 0.0), min(max(map(len, texts.flat)) * 0.85 + 1.5, 24))
