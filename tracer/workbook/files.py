"""Workbook files: read whole, and which of them may be overwritten."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook, load_workbook

from tracer.errors import TracerError, one_line
from tracer.workbook.recognition import is_ours
from tracer.writing import check


def load(content: bytes, *, values: bool = False) -> Workbook:
    """A workbook's formulas, or its stored values.

    What openpyxl warns of (parts that it does not know) does not matter to us, and would follow the user around.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return load_workbook(BytesIO(content), data_only=values)
        except Exception as error:  # openpyxl lets whatever its parsers meet through
            raise TracerError(f"not an .xlsx workbook ({one_line(error)})") from None


def check_target(path: Path, force: bool) -> None:
    """Refuse to overwrite what is not a workbook of ours.

    Raises:
        TracerError: a folder or a device, or (unless `force`) a file of somebody else's; or it cannot be written.
    """
    otherwise = "exists and is not a workbook that tracer wrote"
    check(path, force=force, is_ours=is_ours, otherwise=otherwise, example="walkthrough.xlsx")
    if path.suffix.lower() != ".xlsx":
        raise TracerError(f"{path}: a workbook's name ends in .xlsx; write, for example, {path}.xlsx")
