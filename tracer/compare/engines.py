"""Spreadsheet engines that recalculate a workbook: IronCalc, embedded, and LibreOffice, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracer.errors import TracerError, one_line
from tracer.workbook.files import load

#: Recalculated values: sheet title, row and column (from 0) to a number, a text, an error (`#NUM!`) or None.
Lookup = Callable[[str, int, int], Any]

#: LibreOffice trusts the values cached in a file that it did not write; 0 is "always recalculate".
_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
#: Seconds after which LibreOffice is given up on.
PATIENCE = 300


def ironcalc(path: Path) -> Lookup:
    """
    Raises:
        TracerError: IronCalc cannot load or recalculate the file.
    """
    import ironcalc as engine

    try:
        model = engine.load_from_xlsx(str(path), "en", "UTC", "en")
        model.evaluate()
        sheets = {sheet["name"]: index for index, sheet in enumerate(model.get_worksheets_properties())}
    except BaseException as error:  # a panic in its Rust code is no Exception
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            raise
        raise TracerError(
            f"{path}: IronCalc cannot recalculate it ({one_line(error)}); try --engine libreoffice"
        ) from None
    return lambda title, row, column: model.get_cell_value(sheets[title], row + 1, column + 1)


def libreoffice(path: Path) -> Lookup:
    """
    Raises:
        TracerError: LibreOffice is not installed, or cannot recalculate the file.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if not program:
        raise TracerError(
            "LibreOffice is not installed; install it (Debian and Ubuntu: libreoffice-calc), or use --engine ironcalc"
        )
    with tempfile.TemporaryDirectory(prefix="tracer-") as folder:
        profile, source, result = (
            Path(folder, "profile"),
            Path(folder, "in", "book.xlsx"),
            Path(folder, "out", "book.xlsx"),
        )
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_RECALCULATE)
        source.parent.mkdir()
        shutil.copyfile(path, source)
        command = [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(result.parent),
            str(source),
        ]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
        except subprocess.TimeoutExpired:
            raise TracerError(f"{path}: LibreOffice did not finish within {PATIENCE} seconds") from None
        if not result.exists():
            said = (done.stderr or done.stdout).strip().splitlines()
            raise TracerError(
                f"{path}: LibreOffice cannot recalculate it ({said[-1] if said else 'it gave no reason'})"
            )
        book = load(result.read_bytes(), values=True)
    return lambda title, row, column: book[title].cell(row + 1, column + 1).value


ENGINES: dict[str, Callable[[Path], Lookup]] = {"ironcalc": ironcalc, "libreoffice": libreoffice}
