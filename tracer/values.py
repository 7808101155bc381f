"""What people give: checked, with messages that say where it stands and what was expected."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from tracer.errors import TracerError, nearest
from tracer.numbers import count


def matrix(value: Any, place: str, flat: str | None = None) -> np.ndarray:
    """Rows of numbers as a float64 matrix.

    Args:
        value: a list of lists, an array or a data frame.
        place: what to call it in a message.
        flat: what a flat list stands for: one "row", one "column", or (None) nothing.

    Raises:
        TracerError: empty, ragged, not a number, NaN or infinite; the message says which row and column.
    """
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    if hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)):
        raise TracerError(f"{place} is {kind(value)}; expected rows of numbers, such as [[1, 0], [0, 1]]")
    rows = list(value)
    if flat and rows and not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows] if flat == "row" else [[number] for number in rows]
    if not rows:
        raise TracerError(f"{place} is empty; expected rows of numbers")
    for number, row in enumerate(rows, 1):
        if not isinstance(row, (list, tuple)):
            raise TracerError(f"{place}, row {number} is {kind(row)}; expected a row of numbers in brackets")
        if not row:
            raise TracerError(f"{place}, row {number} is empty; expected numbers")
        if len(row) != len(rows[0]):
            raise TracerError(
                f"{place}, row {number} has {count(len(row), 'number')} and row 1 has {len(rows[0])}; "
                "make the rows equally long"
            )
        for column, cell in enumerate(row, 1):
            problem = not_finite(cell)
            if problem:
                raise TracerError(f"{place}, row {number}, column {column} is {problem}; expected a finite number")
    return np.array([[float(cell) for cell in row] for row in rows])


def not_finite(value: Any) -> str | None:
    """What is wrong with a value that should be a finite number; None when nothing is."""
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        return kind(value)
    try:
        finite = np.isfinite(float(value))
    except OverflowError:
        return "too large for a double"
    return None if finite else {"nan": "NaN", "inf": "infinite", "-inf": "infinite"}[str(float(value))]


def positive(value: Any, place: str) -> float:
    """A finite number above zero."""
    problem = not_finite(value)
    if problem or value <= 0:
        raise TracerError(f"{place} is {problem or value}; expected a number above 0, such as 0.1")
    return float(value)


def check_seed(seed: Any) -> None:
    """
    Raises:
        TracerError: it is no seed of NumPy's generator.
    """
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or not 0 <= seed < 2**32:
        raise TracerError(f"[training] seed is {seed!r}; expected a whole number from 0 to {2**32 - 1}")


#: More numbers than anybody takes from a generator before the weights.
MOST_SKIPPED = 10**6


def skipped(value: Any, place: str) -> int:
    """How many numbers of a generator are passed over."""
    is_whole = isinstance(value, (int, np.integer)) and not isinstance(value, bool)
    if not is_whole or not 0 <= value <= MOST_SKIPPED:
        raise TracerError(f"{place} is {value!r}; expected a whole number from 0 to {MOST_SKIPPED:,}")
    return int(value)


def whole(value: Any, place: str, what: str) -> int:
    """A whole number of something, at least 1."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 1:
        raise TracerError(f"{place} is {value!r}; expected a whole number of {what}, at least 1")
    return int(value)


def share(value: Any, place: str) -> float:
    """A number from 0 up to, and without, 1."""
    problem = not_finite(value)
    if problem or not 0 <= value < 1:
        raise TracerError(f"{place} is {problem or value}; expected a number from 0 to below 1, such as 0.9")
    return float(value)


def choice(value: Any, place: str, known: Collection[str]) -> str:
    """One of some words; a hyphen is as good as an underscore."""
    word = value.replace("-", "_") if isinstance(value, str) else value
    if not isinstance(word, str) or word not in known:
        raise TracerError(f"{place} is {value!r}, which is none{nearest(str(value), known)}")
    return word


def flag(value: Any, place: str) -> bool:
    if not isinstance(value, bool):
        raise TracerError(f"{place} is {kind(value)}; expected true or false")
    return value


def times(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape))


def kind(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, str):
        return f"text ({value!r})" if len(value) <= 40 else f"text ({value[:40]!r}…)"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if isinstance(value, dict):
        return "a section"
    if value is None:
        return "missing"
    return str(value)
