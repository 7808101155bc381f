"""A person's own data: a table from a file, as the inputs X and the targets y of a network."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from tracer.errors import TracerError, nearest
from tracer.tables import CELLS, Column, missing, problem, read_table

#: A target of text has at most so many classes, each of which is an output; a column of more rows in which every text
#: is different names its rows.
CLASSES, NAMES = 1_000, 100
SCALES = ("none", "minmax", "standard", "article")
MEND_SCALE = "choose other columns with --columns, or --scale none"


@dataclass(frozen=True, eq=False)
class Scaling:
    """How X was scaled: `X_scaled = (X_raw - subtract) / divide`, to the bit.

    Attributes:
        kind: minmax, standard or article.
        subtract, divide: 1 × f, a number for each column of X.
    """

    kind: str
    subtract: np.ndarray
    divide: np.ndarray


@dataclass(frozen=True, eq=False)
class Data:
    """What a data file holds for training: n samples, f features, o outputs.

    Attributes:
        X: n × f, float64, scaled where that was asked for.
        y: n × o, float64, never scaled.
        features: f headings, of the columns of X.
        outputs: o headings, of the columns of y; the classes where the target is text.
        samples: n labels, of the rows; () where the file has none.
        scaling: what X was scaled with; None when it was not.
    """

    X: np.ndarray
    y: np.ndarray
    features: tuple[str, ...]
    outputs: tuple[str, ...]
    samples: tuple[str, ...]
    scaling: Scaling | None


def read(path: str | Path, target: list[str], columns: list[str] | None = None, scale: str = "none") -> Data:
    """The inputs and targets that a data file holds: a table with names in row 1 and a sample in each row below.

    Args:
        path: a .csv, .tsv, .txt, .xlsx, .xlsm (first sheet) or .parquet file.
        target: the columns to be learned; one of text becomes a 0/1 column for each class.
        columns: the columns of X, in this order; when left out, every numeric column that is no target.
        scale: "none", "minmax" (each column to 0..1), "standard" (each column to mean 0, population standard
            deviation 1) or "article" (`X -= X.min(); X /= X.max()` over all of X).

    Raises:
        TracerError: it cannot be read or does not fit; the message names the file, the row and the column as a
            spreadsheet counts them.
    """
    if scale not in SCALES:
        raise TracerError(f"scale is {scale!r}, which is none{nearest(scale, SCALES)}")
    path = Path(path)
    try:
        return select(read_table(path), target, columns, scale)
    except TracerError as error:
        raise TracerError(f"{path}: {error}") from None


def select(table: list[Column], target: list[str], columns: list[str] | None, scale: str) -> Data:
    """What was asked for, out of all columns."""
    targets = named(table, target, "target")
    chosen = None if columns is None else named(table, columns, "column of X")
    for column in targets:
        if column in (chosen or ()):
            raise TracerError(f"{column.title} is a target and also among the columns of X; leave one out")
    samples = row_labels(table[0]) if table[0] not in (*targets, *(chosen or ())) else ()
    if chosen is None:
        chosen = [column for column in table if column not in targets and not (samples and column is table[0])]
        for column in chosen:
            if not column.name:
                raise TracerError(f"{column.title} has no name in row 1; name it, or choose the others with --columns")
    if not chosen:
        raise TracerError("no column is left for X; expected at least one beside the target")
    for column in chosen:
        if column.is_text:
            row, cell = column_text(column)
            raise TracerError(
                f"{column.title} is {problem(cell)} in row {row}; expected a column of numbers; "
                "choose the columns of X with --columns"
            )
    X = np.array([column.values() for column in chosen]).T.copy()
    y, outputs = outputs_of(targets)
    scaling = None if scale == "none" else scaling_of(X, scale, [column.title for column in chosen])
    if scaling:
        X = (X - scaling.subtract) / scaling.divide
    return Data(X, y, tuple(column.name for column in chosen), outputs, samples, scaling)


def named(table: list[Column], names: list[str], role: str) -> list[Column]:
    """The columns of these names."""
    known = {column.name: column for column in table if column.name}
    if not names:
        raise TracerError(f"no {role} is named; expected at least one (known: {', '.join(known)})")
    for name in names:
        if name not in known:
            raise TracerError(f"there is no column {name!r}{nearest(name, known)}")
        if names.count(name) > 1:
            raise TracerError(f"{known[name].title} is named twice as {role}; name it once")
    return [known[name] for name in names]


#: Digits with what stands in and around numbers, without any letter.
_AMOUNT = re.compile(r"[^\w-]*-?[^\w-]*\d[\d.,'\s]*[^\w-]*")


def row_labels(column: Column) -> tuple[str, ...]:
    """The cells of a column which names the rows; () when it does not."""
    if not column.is_text or any(missing(cell) for cell in column.cells):
        return ()
    labels = tuple(map(str, column.cells))
    if all(_AMOUNT.fullmatch(label) for label in labels):
        return ()  # numbers, written in a way that needs saying so: `$1.50`, `1.234,5`
    return labels if len(set(labels)) == len(labels) else ()


def column_text(column: Column) -> tuple[int, Any]:
    """Row and content of the first cell that is text."""
    return next(
        (row, cell)
        for row, (cell, value) in enumerate(zip(column.cells, column.numbers), 2)
        if value is None and not missing(cell)
    )


def outputs_of(targets: list[Column]) -> tuple[np.ndarray, tuple[str, ...]]:
    """y, n × o, and its headings: numbers as they are, one column of text as a 0/1 column for each class."""
    text = [column for column in targets if column.is_text]
    if not text:
        y = np.array([column.values() for column in targets]).T.copy()
        return y, tuple(column.name for column in targets)
    if len(targets) > 1:
        row, cell = column_text(text[0])
        raise TracerError(
            f"{text[0].title} is {problem(cell)} in row {row}; a target of text must be the only one; "
            "name it alone, or name columns of numbers"
        )
    labels = text[0].labels()
    classes = sorted(set(labels))
    if len(classes) == 1:
        raise TracerError(f"{text[0].title} holds one class only ({classes[0]!r}); expected at least two to tell apart")
    count = len(classes)
    if count > CLASSES or count * len(labels) > CELLS or (count == len(labels) and count > NAMES):
        what = (
            "names its rows, and is no class to learn" if count == len(labels) else f"at most {CLASSES:,} are learned"
        )
        raise TracerError(
            f"{text[0].title} has {count:,} different values in {len(labels):,} rows; each would be an output of its "
            f"own ({what}); choose another --target"
        )
    places = {name: place for place, name in enumerate(classes)}
    y = np.zeros((len(labels), count))
    y[np.arange(len(labels)), [places[label] for label in labels]] = 1.0
    return y, tuple(classes)


def scaling_of(X: np.ndarray, kind: str, titles: list[str]) -> Scaling:
    """What X (n × f) is scaled with.

    Raises:
        TracerError: a column (for "article", X as a whole) has nothing to scale; the message names it.
    """
    least, most = X.min(axis=0, keepdims=True), X.max(axis=0, keepdims=True)
    if kind == "article":
        least, most = np.full_like(least, X.min()), np.full_like(most, X.max())
        titles = ["X"] * len(titles)
    for title, low, high in zip(titles, least[0].tolist(), most[0].tolist()):
        if low == high:
            raise TracerError(f"{title} is {low!r} throughout, which {kind} cannot scale; {MEND_SCALE}")
    with np.errstate(all="ignore"):
        if kind == "standard":
            scaling = Scaling(kind, X.mean(axis=0, keepdims=True), X.std(axis=0, keepdims=True))
        else:
            scaling = Scaling(kind, least, most - least)
    for title, low, high, divide in zip(titles, least[0].tolist(), most[0].tolist(), scaling.divide[0].tolist()):
        if not 0 < divide < math.inf:
            raise TracerError(f"{title} goes from {low!r} to {high!r}, which {kind} cannot scale; {MEND_SCALE}")
    return scaling
