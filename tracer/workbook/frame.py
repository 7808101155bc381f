"""A trace as a table in a file: every number that was recorded, one a row."""

from __future__ import annotations

from pathlib import Path

from tracer.errors import TracerError
from tracer.trace import COLUMNS, Trace
from tracer.workbook.files import replace


def write_frame(trace: Trace, path: Path) -> None:
    """
    Raises:
        TracerError: the suffix is neither .csv nor .parquet, pyarrow is missing for the latter, or the file cannot be
            written.
    """
    check_frame(path)
    frame = trace.to_frame()
    if path.suffix.lower() == ".csv":
        replace(path, lambda file: frame.to_csv(file, index=False, lineterminator="\n"))
    else:
        replace(path, lambda file: frame.to_parquet(file, index=False))


def check_frame(path: Path, force: bool = False) -> None:
    """Before anything is run for it.

    Raises:
        TracerError: the suffix is neither .csv nor .parquet, pyarrow is missing for the latter, or (unless `force`)
            there is a file that is no such table.
    """
    if path.suffix.lower() not in (".csv", ".parquet") or path.is_dir():
        raise TracerError(f"{path}: --frame writes .csv and .parquet; give the path of a file that ends in one of them")
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise TracerError(f"{path}: Parquet needs pyarrow; pip install pyarrow, or write a .csv") from None
    if path.exists() and not force and not _is_frame(path):
        raise TracerError(
            f"{path}: exists and is not a table that tracer wrote; --force overwrites it, or choose another --frame"
        )


def _is_frame(path: Path) -> bool:
    """Whether a file has the columns of a trace."""
    try:
        if path.suffix.lower() == ".csv":
            with path.open("rb") as file:
                return file.readline().strip() == ",".join(COLUMNS).encode()
        from pyarrow import parquet

        return tuple(parquet.read_schema(path).names) == COLUMNS
    except (OSError, ValueError):  # pyarrow's errors are ValueErrors
        return False
