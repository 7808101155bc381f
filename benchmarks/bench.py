"""Benchmarks, as ratios of two things timed in turn within one run (absolute times depend on the machine).

make bench
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula

import tracer


def paired(ours: Callable[[], object], theirs: Callable[[], object], runs: int) -> tuple[float, float, float]:
    """Median seconds of both, and the median of the ratios ours / theirs, run in turn after a warm-up."""
    times: list[tuple[float, float]] = []
    for run in range(runs + 1):
        pair = []
        for function in (ours, theirs):
            start = time.perf_counter()
            function()
            pair.append(time.perf_counter() - start)
        if run:
            times.append((pair[0], pair[1]))
    return (
        statistics.median(ours for ours, _ in times),
        statistics.median(theirs for _, theirs in times),
        statistics.median(ours / theirs for ours, theirs in times),
    )


def report(name: str, measured: float, target: str, met: bool, note: str) -> None:
    print(f"{name:<58} {measured:6.2f}   target {target:<8} {'met' if met else 'MISSED':<7} {note}")


def whole_process(folder: Path) -> None:
    """`tracer run --epochs 1` against only importing what it needs."""
    out = str(folder / "walkthrough.xlsx")
    run = [str(Path(sys.executable).with_name("tracer")), "run", "--epochs", "1", "--out", out]
    imports = [sys.executable, "-c", "import numpy, openpyxl, typer, xlsxwriter"]
    ours, theirs, ratio = paired(
        lambda: subprocess.run(run, check=True, capture_output=True),
        lambda: subprocess.run(imports, check=True),
        runs=15,
    )
    note = f"({ours * 1000:.0f} ms / {theirs * 1000:.0f} ms)"
    report("tracer run --epochs 1 / importing its libraries", ratio, "<= 2.0", ratio <= 2.0, note)


def cells_per_second(folder: Path, name: str, trace: tracer.Trace) -> None:
    """Writing a trace against a bare XlsxWriter loop that writes the same cells with the same formats."""
    path, bare = folder / "ours.xlsx", folder / "bare.xlsx"
    trace.to_excel(path)
    formulas, values = load_workbook(path), load_workbook(path, data_only=True)
    sheets, count = [], 0
    for sheet in formulas:
        cells = []
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is None and not cell.has_style:
                    continue
                look = (cell.font.b, cell.font.name, cell.font.sz, cell.fill.fgColor.rgb, cell.number_format)
                value = values[sheet.title][cell.coordinate].value
                cells.append((cell.row - 1, cell.column - 1, cell.value, value, look))
        sheets.append((sheet.title, cells))
        count += len(cells)

    def loop() -> None:
        book = xlsxwriter.Workbook(str(bare), {"in_memory": True})
        formats: dict = {}
        for title, cells in sheets:
            sheet = book.add_worksheet(title)
            for row, column, content, value, look in cells:
                if look not in formats:
                    bold, font, size, fill, number_format = look
                    formats[look] = book.add_format(
                        {"bold": bold, "font_name": font, "font_size": size, "bg_color": f"#{str(fill)[-6:]}"}
                        | {"num_format": number_format, "border": 1}
                    )
                cell_format = formats[look]
                if isinstance(content, ArrayFormula):
                    sheet.write_array_formula(row, column, row, column, content.text, cell_format, value)
                elif content is None:
                    sheet.write_blank(row, column, None, cell_format)
                elif isinstance(content, str) and content.startswith("="):
                    sheet.write_formula(row, column, content, cell_format, value)
                elif isinstance(content, str):
                    sheet.write_string(row, column, content, cell_format)
                else:
                    sheet.write_number(row, column, content, cell_format)
        book.close()

    ours, theirs, ratio = paired(lambda: trace.to_excel(path), loop, runs=5)
    note = f"({count:,} cells: {count / ours:,.0f} / {count / theirs:,.0f} a second)"
    report(f"cells a second / bare XlsxWriter loop, {name}", 1 / ratio, ">= 0.8", 1 / ratio >= 0.8, note)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole_process(folder)
        cells_per_second(folder, "walkthrough, 1 epoch", tracer.run(epochs=1))
        cells_per_second(folder, "walkthrough, 20 epochs", tracer.run(epochs=20))
        draw = np.random.RandomState(0)
        large = tracer.Network(draw.uniform(size=(150, 20)), draw.uniform(size=(150, 3)), hidden=16, name="large")
        cells_per_second(folder, "150 × 20 data, 16 neurons, 1 epoch", tracer.run(large))


if __name__ == "__main__":
    main()
