"""Benchmarks, as ratios of two things timed in turn within one run (absolute times depend on the machine).

make bench
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import xlsxwriter
from openpyxl import load_workbook
from openpyxl.worksheet.formula import ArrayFormula
from xlsxwriter.utility import xl_col_to_name

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


def small_files(folder: Path) -> None:
    """`tracer diff` of two equal small files, and `tracer textconv`, against only importing the command line's library.

    The equal files are packed anew, so that their sheets have to be brought together.
    """
    a, b = folder / "small a.xlsx", folder / "small b.xlsx"
    book = xlsxwriter.Workbook(str(a))
    sheet = book.add_worksheet("Data")
    for row in range(20):
        sheet.write_row(row, 0, [f"item {row}", row * 1.5])
        sheet.write_formula(row, 2, f"=B{row + 1}*2", None, row * 3)
    book.close()
    with zipfile.ZipFile(a) as old, zipfile.ZipFile(b, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    program = str(Path(sys.executable).with_name("tracer"))
    typer = [sys.executable, "-c", "import typer"]
    commands = {"tracer diff, equal small files": ["diff", str(a), str(b)], "tracer textconv": ["textconv", str(a)]}
    for name, command in commands.items():
        ours, theirs, ratio = paired(
            lambda command=command: subprocess.run([program, *command], check=True, capture_output=True),  # type: ignore[misc]
            lambda: subprocess.run(typer, check=True),
            runs=25,
        )
        note = f"({ours * 1000:.0f} ms / {theirs * 1000:.0f} ms)"
        report(f"{name} / import typer", ratio, "<= 2.0", ratio <= 2.0, note)


def cells_per_second(folder: Path, name: str, trace: tracer.Trace) -> None:
    """Writing a trace against a bare XlsxWriter loop that writes the same cells with the same formats."""
    path, bare = folder / "ours.xlsx", folder / "bare.xlsx"
    trace.to_excel(path, sheets="all")
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

    ours, theirs, ratio = paired(lambda: trace.to_excel(path, sheets="all"), loop, runs=5)
    note = f"({count:,} cells: {count / ours:,.0f} / {count / theirs:,.0f} a second)"
    report(f"cells a second / bare XlsxWriter loop, {name}", 1 / ratio, ">= 0.8", 1 / ratio >= 0.8, note)


def peak_memory(code: str, *arguments: object) -> int:
    """MiB that a process of its own takes at most."""
    # Not ru_maxrss: a new process starts with that of the one that started it.
    code += "; print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout) // 1024


def article_loop(network: tracer.Network, epochs: int) -> None:
    """The article's listing in plain NumPy, with the history of its error kept."""
    X, y, lr = network.X, network.y, network.lr
    wh, bh, wout, bout = (matrix.copy() for matrix in network.initial.values())
    errors = []
    for _ in range(epochs):
        hidden_layer_input = np.dot(X, wh) + bh
        hiddenlayer_activations = 1 / (1 + np.exp(-hidden_layer_input))
        output_layer_input = np.dot(hiddenlayer_activations, wout) + bout
        output = 1 / (1 + np.exp(-output_layer_input))
        E = y - output
        slope_output_layer = output * (1 - output)
        slope_hidden_layer = hiddenlayer_activations * (1 - hiddenlayer_activations)
        d_output = E * slope_output_layer
        Error_at_hidden_layer = d_output.dot(wout.T)
        d_hiddenlayer = Error_at_hidden_layer * slope_hidden_layer
        wout += hiddenlayer_activations.T.dot(d_output) * lr
        bout += np.sum(d_output, axis=0, keepdims=True) * lr
        wh += X.T.dot(d_hiddenlayer) * lr
        bh += np.sum(d_hiddenlayer, axis=0, keepdims=True) * lr
        errors.append(np.sum(E * E) / 2)


def training() -> None:
    """5,000 epochs of the article's network against the article's loop, and the memory of a million."""
    network = tracer.Network.walkthrough()
    for name, keep, target in (("history kept", "none", 1.3), ("every matrix kept", "all", 2.5)):
        ours, theirs, ratio = paired(
            lambda keep=keep: tracer.run(network, epochs=5000, keep=keep),  # type: ignore[misc]
            lambda: article_loop(network, 5000),
            runs=9,
        )
        note = f"({ours * 1000:.0f} ms / {theirs * 1000:.0f} ms)"
        report(f"5,000 epochs / the article's loop, {name}", ratio, f"<= {target}", ratio <= target, note)
    code = "import sys, tracer; tracer.run(epochs=int(sys.argv[1]), keep='none')"
    one, million = peak_memory(code, 1), peak_memory(code, 1_000_000)
    more = million - one
    note = f"({million} MiB / {one} MiB, the whole process)"
    report("memory of a million epochs over that of one, MiB", more, "<= 100", more <= 100, note)


def write_large(path: Path, changes: int) -> None:
    """20,000 × 50 cells, half of them formulas with their values; so many inputs are changed, and what reads them."""
    draw = np.random.RandomState(0)
    values = draw.uniform(size=(20_000, 25))
    values.ravel()[np.random.RandomState(1).choice(values.size, changes, replace=False)] += 1e-6
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    formats = [book.add_format({"num_format": "0.000"}), book.add_format({"bold": True, "bg_color": "#FFF04D"})]
    sheet = book.add_worksheet("Data")
    for i, row in enumerate(values.tolist()):
        for j, value in enumerate(row):
            sheet.write_number(i, 2 * j, value, formats[0])
            sheet.write_formula(i, 2 * j + 1, f"={xl_col_to_name(2 * j)}{i + 1}*2", formats[1], value * 2)
    book.close()


def naive_difference(a: Path, b: Path) -> set[str]:
    """Cells whose value, formula or format differs, as openpyxl reads them."""
    found = set()
    for values in (False, True):
        ours, theirs = (load_workbook(path, data_only=values) for path in (a, b))
        for sheet, other in zip(ours, theirs):
            for row, other_row in zip(sheet.iter_rows(), other.iter_rows()):
                for cell, other_cell in zip(row, other_row):
                    if cell.value != other_cell.value or (not values and _look(cell) != _look(other_cell)):
                        found.add(cell.coordinate)
    return found


def _look(cell) -> tuple:
    """The quickest that openpyxl has: numbers into style tables, which are the same in both files here."""
    return cell.number_format, cell._style


def differences(folder: Path) -> None:
    """`tracer.diff` against the same comparison with openpyxl, and the memory of a process that does it."""
    a, b = folder / "a.xlsx", folder / "b.xlsx"
    write_large(a, 0)
    write_large(b, 500)
    start = time.perf_counter()
    expected = naive_difference(a, b)
    theirs = time.perf_counter() - start
    for name, other, target in (("about 1,000 cells differ", b, 60), ("equal files", a, 200)):
        times = []
        for _ in range(5):
            start = time.perf_counter()
            found = tracer.diff(a, other)
            times.append(time.perf_counter() - start)
        assert {entry.address for entry in found} == (expected if other is b else set())
        ours = statistics.median(times)
        ratio = theirs / ours
        report(
            f"openpyxl / tracer.diff, {name}",
            ratio,
            f">= {target}",
            ratio >= target,
            f"({theirs:.1f} s / {ours:.3f} s)",
        )
    peak = peak_memory("import sys, tracer; tracer.diff(*sys.argv[1:])", a, b)
    report("peak memory of tracer.diff, MiB", peak, "<= 150", peak <= 150, "(the whole process)")


#: What `verification` measured before verify compared arrays: 41 µs a cell, 22 s for the workbook.
BEFORE = 11.0


def verification(folder: Path) -> None:
    """`tracer.verify` of a workbook of 500,000 cells against what its engine takes to load and evaluate the file."""
    import ironcalc

    path = str(folder / "large.xlsx")
    draw = np.random.RandomState(0)
    network = tracer.Network(draw.uniform(size=(300, 20)), draw.uniform(size=(300, 3)), hidden=16, name="large")
    tracer.run(network, epochs=2).to_excel(path, sheets="all")
    checked = tracer.verify(path)[-1].checked

    def engine() -> None:
        ironcalc.load_from_xlsx(path, "en", "UTC", "en").evaluate()

    ours, theirs, ratio = paired(lambda: tracer.verify(path), engine, runs=5)
    note = (
        f"({checked:,} cells, {ours / checked * 1e6:.1f} µs each: {ours:.2f} s / {theirs:.2f} s; before {BEFORE:.0f})"
    )
    report("tracer.verify / IronCalc's load and evaluation", ratio, f"<= {BEFORE / 3:.1f}", ratio <= BEFORE / 3, note)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole_process(folder)
        small_files(folder)
        training()
        cells_per_second(folder, "walkthrough, 1 epoch", tracer.run(epochs=1))
        cells_per_second(folder, "walkthrough, 20 epochs", tracer.run(epochs=20))
        draw = np.random.RandomState(0)
        large = tracer.Network(draw.uniform(size=(150, 20)), draw.uniform(size=(150, 3)), hidden=16, name="large")
        cells_per_second(folder, "150 × 20 data, 16 neurons, 1 epoch", tracer.run(large))
        differences(folder)
        verification(folder)


if __name__ == "__main__":
    main()
