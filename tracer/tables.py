"""Tables from files: CSV, TSV, Excel and Parquet as columns whose cells are numbers, classes or missing."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from tracer import reading
from tracer.errors import TracerError, listing, one_line
from tracer.xlsx.addresses import COLUMNS

#: What stands for a missing value, in any case.
MISSING = frozenset(("", "na", "nan", "-nan", "+nan", "n/a", "null", "none"))
#: A number as it is written where the decimal sign is a comma.
DECIMAL_COMMA = re.compile(r"[+-]?(\d+,\d*|,\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)
#: How many rows the separator is guessed from.
SAMPLE = 50

#: A file has at most so many bytes, and a table so many cells: each is an object, and then a cell of a sheet.
SIZE, CELLS = 1 << 26, 4_000_000

MEND = "correct it, delete the row, or choose other columns"


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


def read_table(path: Path) -> list[Column]:
    """All columns of a file, but for those that are wholly blank."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise TracerError(
            f"ends in {path.suffix!r}, which is not read; expected {listing(READERS, 'or')}; save it as one of these"
        )
    rows, comma = reader(reading.content(path, SIZE, "give the path of a data file"))
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
    if not text.strip():
        return [], False
    if not re.match(r"[^\r\n]*", text)[0].strip(" "):  # type: ignore[index]
        raise TracerError("row 1 is blank; expected the names of the columns; delete the row")
    check_cells(max(text.count(mark) for mark in "\r\n"), 1)
    separator = separator or sniffed(text)
    check_cells(1 + text.count(separator), 1 + text.partition("\n")[0].count(separator))
    try:
        frame = pd.read_csv(
            io.BytesIO(text.encode()),
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


def check_cells(cells: int, columns: int) -> None:
    """
    Raises:
        TracerError: there are more than are read, before anything is made of them.
    """
    if columns > COLUMNS:
        raise TracerError(f"has more than {COLUMNS:,} columns, and a sheet has no more; choose fewer")
    if cells > CELLS:
        raise TracerError(f"has about {cells:,} cells, and at most {CELLS:,} are read; choose fewer rows or columns")


def read_excel(content: bytes) -> tuple[list[list[Any]], bool]:
    """The rows of a workbook's first sheet; NaN where a cell holds an error."""
    from tracer import exceltable

    try:
        return exceltable.rows(content, CELLS), False
    except TracerError as error:
        reason = str(error).removeprefix("workbook: ")
        raise TracerError(f"cannot be read as an Excel workbook ({reason})") from None


def read_parquet(content: bytes) -> tuple[list[list[Any]], bool]:
    """The rows of a Parquet file under a row of names; None where a value is missing."""
    import pandas as pd

    try:
        import pyarrow.parquet

        about = pyarrow.parquet.read_metadata(io.BytesIO(content))
        check_cells(about.num_rows * about.num_columns, about.num_columns)
        frame = pd.read_parquet(io.BytesIO(content), engine="pyarrow")
        if any(name is not None for name in frame.index.names):
            frame = frame.reset_index()
    except ImportError:
        raise TracerError("cannot be read without pyarrow: pip install pyarrow") from None
    except TracerError:
        raise
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
