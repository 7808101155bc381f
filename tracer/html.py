"""Matrices as coloured HTML tables, for a notebook."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from tracer.numbers import shown

PAINT = {
    "current": "background:#ffeb3b;color:#000;font-weight:bold;border:2px solid #7a6a00",
    "source": "background:#ffb74d;color:#000;border:2px dashed #8a4b00",
    "known": "border:1px solid #bbb",
}
SAID = {"current": "filled now", "source": "used for it", "known": ""}
#: Longer matrices are cut, and the table says so.
ROWS = 30


def tables(title: str, formulas: Sequence[str], blocks: Sequence[tuple[str, str, np.ndarray]]) -> str:
    """A step as HTML: its title, its formulas, and a table for each (name, role, matrix)."""
    parts = [f"<p><b>{escape(title)}</b></p>"]
    parts += [f"<pre>{escape(formula)}</pre>" for formula in formulas]
    parts.append('<div style="display:flex;flex-wrap:wrap;gap:1em;align-items:flex-start">')
    parts += [table(name, role, matrix) for name, role, matrix in blocks]
    return "\n".join([*parts, "</div>"])


def table(name: str, role: str, matrix: np.ndarray) -> str:
    said = f" <i>({SAID[role]})</i>" if SAID[role] else ""
    lines = [f'<table><caption style="white-space:nowrap">{escape(name)}{said}</caption>']
    style = f"{PAINT[role]};padding:2px 6px;text-align:right"
    for row in shown(matrix[:ROWS]):
        lines.append("<tr>" + "".join(f'<td style="{style}">{cell}</td>' for cell in row) + "</tr>")
    if len(matrix) > ROWS:
        lines.append(f'<tr><td colspan="{matrix.shape[1]}">… {len(matrix) - ROWS} more rows</td></tr>')
    return "".join([*lines, "</table>"])
