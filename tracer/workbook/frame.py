"""A trace as a table in a file: every number that was recorded, one a row."""

from __future__ import annotations

from pathlib import Path

from tracer.errors import TracerError
from tracer.trace import Trace
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


def check_frame(path: Path) -> None:
    """Before anything is run for it.

    Raises:
        TracerError: the suffix is neither .csv nor .parquet, or pyarrow is missing for the latter.
    """
    if path.suffix.lower() not in (".csv", ".parquet"):
        raise TracerError(f"{path}: --frame writes .csv and .parquet; give a name that ends in one of them")
    if path.suffix.lower() == ".parquet":
        try:
            import pyarrow  # noqa: F401
        except ImportError:
            raise TracerError(f"{path}: Parquet needs pyarrow; pip install pyarrow, or write a .csv") from None
