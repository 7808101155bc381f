"""A person's own data: a table from a file, as the inputs X and the targets y of a network."""

from __future__ import annotations

import csv
import io
import math
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from tracer.errors import TracerError, listing, nearest, one_line

SCALES = ("none", "minmax", "standard", "article")
#: What stands for a missing value, in any case.
MISSING = frozenset(("", "na", "nan", "-nan", "+nan", "n/a", "null", "none"))
#: A number as it is written where the decimal sign is a comma.
DECIMAL_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
#: How many rows the separator is guessed from.
SAMPLE = 50

MEND = "correct it, delete the row, or choose other columns"
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


class Column:
    """A column of the file, found by the name in row 1; its cells start in row 2."""

    def __init__(self, index: int, name: str, cells: Sequence[Any], comma: bool) -> None:
        self.letter = xl_col_to_name(index)
        self.name = name
        self.cells = cells
        self.comma = comma
        self.title = f"column {name!r} ({self.letter})" if name else f"column {self.letter}"

    @cached_property
    def numbers(self) -> list[float | None]:
        """The cells as numbers; None for what is missing or text. Truth values are 1 and 0 where all cells are such."""
        truths = [truth(cell) for cell in self.cells]
        if all(value is not None or missing(cell) for value, cell in zip(truths, self.cells)):
            return truths
        return [number(cell, self.comma) for cell in self.cells]

    @cached_property
    def is_text(self) -> bool:
        """Whether no more than half of what is there is numbers, be it with another decimal sign than the file's."""
        present = [(cell, value) for cell, value in zip(self.cells, self.numbers) if not missing(cell)]
        texts = sum(value is None and number(cell, not self.comma) is None for cell, value in present)
        return bool(present) and 2 * texts >= len(present)

    def values(self) -> list[float]:
        """The cells as finite numbers.

        Raises:
            TracerError: one is missing, text, or not finite; the message names the first.
        """
        for row, (cell, value) in enumerate(zip(self.cells, self.numbers), 2):
            if value is None or not math.isfinite(value):
                example = "1,5 (this file has decimal commas)" if self.comma else "1.5"
                raise TracerError(
                    f"row {row}, {self.title} is {problem(cell, value)}; expected a number such as {example}; {MEND}"
                )
        return [value for value in self.numbers if value is not None]

    def labels(self) -> list[str]:
        """The cells as text.

        Raises:
            TracerError: one is missing; the message names the first.
        """
        for row, (cell, value) in enumerate(zip(self.cells, self.numbers), 2):
            if missing(cell) or (value is not None and math.isnan(value)):
                raise TracerError(f"row {row}, {self.title} is {problem(cell, value)}; expected a class; {MEND}")
        return [str(cell) for cell in self.cells]


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
    return np.array([[float(label == name) for name in classes] for label in labels]), tuple(classes)


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


def read_table(path: Path) -> list[Column]:
    """All columns of a file, but for those that are wholly blank."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise TracerError(
            f"ends in {path.suffix!r}, which is not read; expected {listing(READERS, 'or')}; save it as one of these"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TracerError(f"cannot be read ({error.strerror}); give the path of a data file") from None
    rows, comma = reader(content)
    rows = [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in rows]
    while rows and blank(rows[-1]):
        rows.pop()
    if not rows:
        raise TracerError("is empty; expected the names of the columns in row 1 and a sample in each row below")
    for number, row in enumerate(rows, 1):
        if blank(row):
            raise TracerError(
                f"row {number} is blank; expected {'a sample' if number > 1 else 'names'}; delete the row"
            )
    if len(rows) == 1:
        raise TracerError("has a header and no rows below it; expected a sample in each row from row 2")
    header = ["" if name is None else str(name) for name in rows[0]]
    columns = [Column(index, name, cells, comma) for index, (name, cells) in enumerate(zip(header, zip(*rows[1:])))]
    columns = [column for column in columns if column.name or not blank(column.cells)]
    seen: dict[str, Column] = {}
    for column in columns:
        if column.name and column.name in seen:
            letters = f"{seen[column.name].letter} and {column.letter}"
            raise TracerError(f"row 1 has the name {column.name!r} twice (columns {letters}); rename one")
        seen[column.name] = column
    return columns


def read_text(content: bytes, separator: str | None = None) -> tuple[list[list[Any]], bool]:
    """The rows of a text file, and whether its numbers have decimal commas; None sniffs the separator."""
    import pandas as pd

    text = decoded(content)
    separator = separator or sniffed(text)
    if not text.strip():
        return [], False
    if not text.splitlines()[0].strip(" "):
        raise TracerError("row 1 is blank; expected the names of the columns; delete the row")
    try:
        frame = pd.read_csv(
            io.StringIO(text, newline=""),
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            na_filter=False,
            skip_blank_lines=False,
            skipinitialspace=True,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise TracerError(untidy(text, separator, error)) from None
    rows = frame.to_numpy(dtype=object).tolist()
    comma = separator != "," and any(DECIMAL_COMMA.fullmatch(cell.strip()) for row in rows[1:] for cell in row)
    return rows, comma


def decoded(content: bytes) -> str:
    """UTF-8, UTF-16 where a byte order mark says it, or else Windows-1252."""
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise TracerError("cannot be read (it is not text in UTF-8); save it as CSV in UTF-8")


def records(text: str, separator: str) -> Iterator[list[str]]:
    """The rows as the csv module splits them."""
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)


def sniffed(text: str) -> str:
    """The separator that splits the first rows alike; failing that, the one that splits the header the most."""
    headers: dict[str, int] = {}
    for separator in "\t;,":
        try:
            widths = [len(row) for row in islice(records(text, separator), SAMPLE) if "".join(row).strip(" \t;,")]
        except csv.Error:
            continue
        if widths and widths[0] > 1 and len(set(widths)) == 1:
            return separator
        headers[separator] = widths[0] if widths else 0
    return max(",;\t", key=lambda separator: headers.get(separator, 0))


def untidy(text: str, separator: str, error: Exception) -> str:
    """Why a text file is not a table."""
    row = width = 0
    try:
        for row, cells in enumerate(records(text, separator), 1):
            if row == 1:
                width = len(cells)
            elif len(cells) > width:
                return f"row {row} has {len(cells)} cells and the header in row 1 has {width}; make them equally many"
    except csv.Error:
        pass
    if "EOF inside string" in str(error):
        return f"row {row} has a quotation mark that is never closed; close it or remove it"
    return f"cannot be read as a table ({one_line(error)})"


def read_excel(content: bytes) -> tuple[list[list[Any]], bool]:
    """The rows of a workbook's first sheet; NaN where a cell holds an error."""
    import pandas as pd

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what openpyxl leaves out, such as validation of input
            frame = pd.read_excel(
                io.BytesIO(content), sheet_name=0, header=None, dtype=object, na_filter=False, engine="openpyxl"
            )
    except Exception as error:  # whatever a broken package leads to
        raise TracerError(f"cannot be read as an Excel workbook ({one_line(error)}); save it anew as .xlsx") from None
    return frame.to_numpy(dtype=object).tolist(), False


def read_parquet(content: bytes) -> tuple[list[list[Any]], bool]:
    """The rows of a Parquet file under a row of names; None where a value is missing."""
    import pandas as pd

    try:
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
        if any(name is not None for name in frame.index.names):
            frame = frame.reset_index()
    except ImportError:
        raise TracerError("cannot be read without pyarrow: pip install pyarrow") from None
    except Exception as error:  # whatever a broken file leads to
        raise TracerError(f"cannot be read as Parquet ({one_line(error)}); save it anew") from None
    columns = []
    for index in range(frame.shape[1]):
        series = frame.iloc[:, index]
        cells = series.astype(object).tolist()
        columns.append([None if gone else cell for cell, gone in zip(cells, series.isna().tolist())])
    names = [str(name) for name in frame.columns]
    return ([names, *map(list, zip(*columns))] if names else []), False


READERS: dict[str, Callable[[bytes], tuple[list[list[Any]], bool]]] = {
    ".csv": read_text,
    ".tsv": partial(read_text, separator="\t"),
    ".txt": read_text,
    ".xlsx": read_excel,
    ".xlsm": read_excel,
    ".parquet": read_parquet,
}


def blank(cells: Sequence[Any]) -> bool:
    return all(isinstance(cell, str) and not cell for cell in cells)


def missing(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and cell.lower() in MISSING)


def truth(cell: Any) -> float | None:
    """1 or 0 for a truth value; None for anything else."""
    if isinstance(cell, str):
        return {"true": 1.0, "false": 0.0}.get(cell.lower())
    return float(cell) if isinstance(cell, bool) else None


def number(cell: Any, comma: bool) -> float | None:
    """A cell as Python's float() reads it, but 1_000 is text; None for what is missing or no number."""
    if missing(cell) or isinstance(cell, bool):
        return None
    if isinstance(cell, str):
        if "_" in cell or (comma and "." in cell):
            return None
        if comma and DECIMAL_COMMA.fullmatch(cell):
            cell = cell.replace(",", ".")
        try:
            return float(cell)
        except ValueError:
            return None
    if isinstance(cell, (int, float, Decimal)):
        try:
            return float(cell)
        except OverflowError:
            return math.inf
    return None


def problem(cell: Any, value: float | None = None) -> str:
    """What is wrong with a cell that should be a finite number, `value` being what it was read as."""
    if missing(cell):
        return f"missing ({cell!r})" if cell else "missing"
    if value is not None and math.isnan(value):
        return "an error, such as #N/A"
    short = str(cell) if len(str(cell)) <= 40 else f"{str(cell)[:40]}…"
    if value is not None and math.isinf(value):
        return "infinite" if "inf" in short.lower() else f"too large for a double ({short})"
    if isinstance(cell, str):
        return f"text ({short!r})"
    return short.lower() if isinstance(cell, bool) else short
