"""Workbook files: read whole, and written whole or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import warnings
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from openpyxl import Workbook, load_workbook

from tracer.errors import TracerError
from tracer.workbook.names import LESSON, MARK


def load(content: bytes, *, values: bool = False) -> Workbook:
    """A workbook's formulas, or its stored values.

    What openpyxl warns of (parts that it does not know) does not matter to us, and would follow the user around.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_workbook(BytesIO(content), data_only=values)


def replace(path: Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside its target, then rename it into place.

    A process that is killed on the way leaves the old file as it was.

    Raises:
        TracerError: the folder cannot be written.
    """
    target = Path(os.path.realpath(path))  # a link keeps pointing at what it points at
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with beside.open("xb") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, beside)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise TracerError(f"{path}: cannot be written ({error.strerror or error}); choose another place") from None


def check_target(path: Path, force: bool) -> None:
    """Refuse to overwrite what is not a workbook of ours.

    Raises:
        TracerError: a folder, or (unless `force`) a file of somebody else's.
    """
    if path.is_dir():
        raise TracerError(f"{path}: is a folder; give the path of a file, such as {path / 'walkthrough.xlsx'}")
    if path.exists() and not force and not is_ours(path):
        raise TracerError(
            f"{path}: exists and is not a workbook that tracer wrote; --force overwrites it, or choose another --out"
        )
    if path.suffix.lower() != ".xlsx":
        raise TracerError(f"{path}: a workbook's name ends in .xlsx; write, for example, {path}.xlsx")


def lesson_in(path: Path) -> bool:
    """Whether a file is a lesson, which has no trace."""
    return re.search(rf"""\bname=["']{LESSON}["']""", _properties(path)) is not None


def is_ours(path: Path) -> bool:
    """Whether a file is a workbook that tracer wrote (it may have been saved again since)."""
    return re.search(rf"""\bname=["'](?:{MARK}|{LESSON})["']""", _properties(path)) is not None


def _properties(path: Path) -> str:
    """The properties that a program has added to a workbook; nothing where there are none, or no workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.open("docProps/custom.xml").read(1_000_000).decode("utf-8", "replace")
    except (OSError, KeyError, ValueError, NotImplementedError, RuntimeError, zipfile.BadZipFile):
        return ""
