"""Numbers as people read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def shown(matrix: np.ndarray, decimals: int = 3) -> list[list[str]]:
    """A matrix with a few decimals: whole numbers without, very large and very small ones in scientific notation."""
    whole = bool((matrix == matrix.round()).all() and (abs(matrix) < 1e6).all())
    return [[number(value, 0 if whole else decimals) for value in row] for row in matrix.tolist()]


def number(value: float, decimals: int = 3) -> str:
    small = decimals > 0 and 0 < abs(value) < 0.5 * 10**-decimals
    return f"{value:.2e}" if small or abs(value) >= 1e6 else f"{value:.{decimals}f}"


def count(many: int, noun: str) -> str:
    """`1 sample`, `3 samples`."""
    return f"{many:,} {noun}" if many == 1 else f"{many:,} {noun}s"


def whole(digits: str | bytes) -> int | None:
    """The whole number that plain digits spell, at most 18 of them; None for anything else.

    What only `isdecimal` was asked about may have thousands of digits, which `int` refuses.

    >>> whole("12"), whole(b"7"), whole("-1"), whole("²"), whole("9" * 5000)
    (12, 7, None, None, None)
    """
    return int(digits) if digits.isdigit() and digits.isascii() and len(digits) <= 18 else None
