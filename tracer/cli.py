"""The command line: parse, call, print."""

from __future__ import annotations

import io
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracer import api
from tracer.errors import TracerError
from tracer.numbers import count
from tracer.workbook.limits import check_epochs

if TYPE_CHECKING:
    from tracer.report.diff import Diff, FolderDiff

app = typer.Typer(
    name="tracer",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"tracer {version('tracer')}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True)
    ] = False,
) -> None:
    """The arithmetic of a neural network, step by step, as live workbooks."""


class Formulas(StrEnum):
    cell = "cell"
    matrix = "matrix"
    none = "none"


class Engine(StrEnum):
    ironcalc = "ironcalc"
    libreoffice = "libreoffice"
    all = "all"


Book = Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="A workbook that tracer wrote.", show_default=False)]


@app.command()
def run(
    network: Annotated[
        Path | None,
        typer.Argument(
            metavar="[NETWORK.toml]", help="A network file; without one, the article's walkthrough.", show_default=False
        ),
    ] = None,
    epochs: Annotated[int, typer.Option(help="How many training iterations to record.")] = 1,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The workbook to write. [default: outputs/walkthrough.xlsx, or outputs/NETWORK.xlsx]",
            show_default=False,
        ),
    ] = None,
    formulas: Annotated[
        Formulas, typer.Option(help="One formula a cell, one array formula a block (matrix), or values only (none).")
    ] = Formulas.cell,
    template: Annotated[
        str | None,
        typer.Option(
            help="What it looks like: article, stacked, or the path of your copy. [default: article]",
            show_default=False,
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that tracer did not write.")] = False,
) -> None:
    """Train a network and write every step as a live, colour-coded workbook."""
    check_epochs(epochs)
    trace = api.run(network, epochs=epochs)
    path = out or Path("outputs", f"{trace.network.name}.xlsx")
    trace.to_excel(path, formulas=formulas.value, template=template, force=force)
    from tracer import terminal

    terminal.console().print(terminal.summary(trace, path, sheets=1 + epochs * len(trace.steps)))


@app.command()
def show(
    book: Book,
    step: Annotated[
        int | None, typer.Option(help="Which step, 0 to 11; without it, every step.", show_default=False)
    ] = None,
    epoch: Annotated[int, typer.Option(help="Which epoch.")] = 1,
) -> None:
    """Print a step in the terminal, in the colours of its sheet."""
    trace = api.read_excel(book)
    chosen = range(len(trace.steps)) if step is None else [step]
    states = [trace.state(epoch, number) for number in chosen]
    from tracer import terminal

    for state in states:
        terminal.console().print(terminal.step(state))


@app.command()
def verify(
    book: Book,
    engine: Annotated[Engine, typer.Option(help="What recalculates it.")] = Engine.ironcalc,
) -> None:
    """Recalculate a workbook with a spreadsheet engine and compare every cell with the trace.

    Exit status 0: all agree; 1: some do not; 2: it could not be done.
    """
    judged = api.verify(book, engine=engine.value)
    from tracer import terminal

    terminal.console().print(terminal.verdicts(judged))
    if not all(verdict.agrees for verdict in judged):
        raise typer.Exit(1)


class Format(StrEnum):
    text = "text"
    json = "json"
    html = "html"
    xlsx = "xlsx"
    junit = "junit"


@app.command()
def diff(
    a: Annotated[Path, typer.Argument(metavar="A", help="The workbook, or folder, as it was.", show_default=False)],
    b: Annotated[Path, typer.Argument(metavar="B", help="The workbook, or folder, as it is.", show_default=False)],
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Compare only these: kinds (values, formulas, styles, ...), Sheet!A1:C3, sheets (globs), names.",
            show_default=False,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None, typer.Option(help="Leave these out; the same words as for --only.", show_default=False)
    ] = None,
    rtol: Annotated[float, typer.Option(help="Numbers agree within this share of the larger one.")] = 0.0,
    atol: Annotated[float, typer.Option(help="Numbers agree within this.")] = 0.0,
    every: Annotated[bool, typer.Option("--all", help="List the consequences too, and every origin.")] = False,
    format: Annotated[
        Format,
        typer.Option(help="How to report: in the terminal, as JSON, a page, B with marks, or for a CI server."),
    ] = Format.text,
    out: Annotated[
        Path | None, typer.Option(help="Write the report to this file; without it, print it.", show_default=False)
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is no such report.")] = False,
) -> None:
    """Compare two workbooks, whoever wrote them: what differs, and which cells it starts in.

    Two folders: every two .xlsx or .xlsm files of the same relative path.

    Exit status 0: equal; 1: different; 2: could not be compared.
    """
    if format is Format.xlsx and out is None and sys.stdout.isatty():
        raise TracerError("a terminal cannot show a workbook; say where to write it with --out report.xlsx")
    from tracer import terminal

    with terminal.progress() as progress:
        found = api.diff(a, b, only=only, ignore=ignore, rtol=rtol, atol=atol, progress=progress)
    report(found, format, out, every=every, force=force)
    if failed := found.failed:
        raise TracerError(f"{count(len(failed), 'file')} could not be compared: {failed[0].error}")
    if found:
        raise typer.Exit(1)


def report(found: Diff | FolderDiff, format: Format, out: Path | None, *, every: bool, force: bool) -> None:
    """Write or print a report, and a line that sums up: on standard error, where a report takes standard output."""
    from tracer import terminal
    from tracer.report.files import encoded, write_text

    makers = {Format.json: found.to_json, Format.html: found.to_html, Format.junit: found.to_junit}
    said = found.summary[0].upper() + found.summary[1:]
    if format in makers:
        text = makers[format](out, force=force)
        if out is None:
            sys.stdout.buffer.write(encoded(text))
    elif format is Format.xlsx:
        file = io.BytesIO()
        found.to_excel(out or file, force=force)
        sys.stdout.buffer.write(file.getvalue())
    elif out:
        write_text(out, "text", terminal.plain(*terminal.report(found, every)), found.sources, force)
    else:
        console = terminal.console()
        for part in terminal.report(found, every):
            console.print(part)
    if out:
        print(f"{said}; written to {out}")
    elif format is not Format.text:
        print(said, file=sys.stderr)


@app.command()
def textconv(
    file: Annotated[Path, typer.Argument(metavar="FILE.xlsx", help="Any workbook.", show_default=False)],
) -> None:
    """Print a workbook as stable text, a line a cell, for `git diff` (see docs/diff.md)."""
    from tracer.textconv import lines
    from tracer.xlsx.book import Book

    with Book(file) as book:
        for line in lines(book):
            print(line)


#: Exit status after Ctrl-C: 128 + SIGINT, as shells have it.
INTERRUPTED = 130


def main() -> None:
    """Run the command line; an error is one line on standard error and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ● shows a question mark
    message = ""
    try:
        status = app(standalone_mode=False)
    except TracerError as error:
        message, status = str(error), 2
    except typer.Exit as stop:
        status = stop.exit_code
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except BrokenPipeError:
        # Whoever reads our output (`| head`) has enough; nothing is left to be flushed to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except MemoryError:
        message, status = "this machine's memory is too small for that; use fewer samples, neurons or epochs", 2
    except Exception as error:
        # Typer's own errors (an unknown option, a number that is none) say what to print.
        if not hasattr(error, "format_message"):
            raise
        message, status = error.format_message(), 2
    if status == INTERRUPTED:
        message = "interrupted; no file was changed"
    if message:
        print("tracer: " + message.replace("\n", " "), file=sys.stderr)
    sys.exit(status or 0)
