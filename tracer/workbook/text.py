"""How wide and high text and numbers are, near enough to size columns and rows."""

from __future__ import annotations

import re

import numpy as np

_DECIMALS = re.compile(r"0\.([0#?]+)")


def wrapped(text: str, width: float) -> str:
    """A name broken after underscores (or at spaces) where it is longer than a width in characters."""
    lines = [""]
    for part in re.findall(r"[^_ ]+[_ ]*|[_ ]+", text):
        if lines[-1] and len((lines[-1] + part).rstrip()) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(line.rstrip(" ") for line in lines)


def height(text: str, size: float) -> float:
    """Points that lines of text take."""
    return (text.count("\n") + 1) * size * 1.3 + 2


def suited(number_format: str, matrix: np.ndarray) -> str:
    """A number format that has conditions, such as `[=0]0;[=1]0;0.00`, made to suit a block.

    LibreOffice shows no minus sign where the last of such sections applies, so that one is used alone; and none at all
    where every number is whole.
    """
    if not number_format.startswith("["):
        return number_format
    return "General" if (matrix == np.round(matrix)).all() else number_format.rpartition(";")[2]


def widest(matrix: np.ndarray, number_format: str) -> int:
    """Characters that the longest number of a matrix takes in a format."""
    if number_format == "General":
        # Excel shows up to 11 characters, fewer where the column is narrower, and never less than the whole part.
        return max(min(len(f"{value:.6g}"), 11) for value in matrix.ravel()[:10_000].tolist())
    decimals = max((len(digits) for digits in _DECIMALS.findall(number_format)), default=0)
    largest, smallest = float(matrix.max()), float(matrix.min())
    return max(len(f"{largest:.{decimals}f}"), len(f"{smallest:.{decimals}f}"))
