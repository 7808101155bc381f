"""A trace as a table in a file: every number that was recorded, one a row."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from tracer.errors import TracerError
from tracer.trace import COLUMNS, Trace
from tracer.writing import check


def write_frame(trace: Trace, suffix: str, file: BinaryIO) -> None:
    """
    Args:
        suffix: `.csv` or `.parquet`.
        file: open for writing bytes.
    """
    frame = trace.to_frame()
    if suffix.lower() == ".csv":
        frame.to_csv(file, index=False, lineterminator="\n")
    else:
        frame.to_parquet(file, index=False)


def check_frame(path: Path, force: bool = False) -> None:
    """Before anything is run for it.

    Raises:
        TracerError: the suffix is neither .csv nor .parquet, pyarrow is missing for the latter, (unless `force`)
            there is a file that is no such table, or it cannot be written.
    """
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise TracerError(f"{path}: --frame writes .csv and .parquet; give the path of a file that ends in one of them")
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise TracerError(f"{path}: Parquet needs pyarrow; pip install pyarrow, or write a .csv") from None
    otherwise = "exists and is not a table that tracer wrote"
    check(path, force=force, is_ours=_is_frame, otherwise=otherwise, option="--frame", example="run.csv")


def _is_frame(path: Path) -> bool:
    """Whether a file has the columns of a trace."""
    try:
        if path.suffix.lower() == ".csv":
            with path.open("rb") as file:
                return file.readline(1000).strip() == ",".join(COLUMNS).encode()
        from pyarrow import parquet

        return tuple(parquet.read_schema(path).names) == COLUMNS
    except (OSError, ValueError):  # pyarrow's errors are ValueErrors
        return False
