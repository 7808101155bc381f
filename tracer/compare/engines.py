"""The engines that recalculate workbooks, by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from tracer.engines.calculation import Calculation
from tracer.engines.ironcalc import IronCalc
from tracer.engines.libreoffice import LibreOffice

#: Recalculated values: sheet title, row and column (from 0) to a number, a text, an error (`#NUM!`) or None.
Lookup = Callable[[str, int, int], Any]

#: What starts each; the workbook is recalculated when the first value is asked for.
STARTED: dict[str, Callable[[Path | BinaryIO], Calculation]] = {"ironcalc": IronCalc, "libreoffice": LibreOffice}


def ironcalc(source: Path | BinaryIO) -> Calculation:
    """
    Raises:
        TracerError: IronCalc cannot load or recalculate the file.
    """
    return _waited(IronCalc(source))


def libreoffice(source: Path | BinaryIO) -> Calculation:
    """
    Raises:
        TracerError: LibreOffice is not installed, or cannot recalculate the file.
    """
    return _waited(LibreOffice(source))


def _waited(calculation: Calculation) -> Calculation:
    calculation.wait()
    return calculation


ENGINES: dict[str, Callable[[Path | BinaryIO], Calculation]] = {"ironcalc": ironcalc, "libreoffice": libreoffice}
