"""The command line: parse, call, print."""

from __future__ import annotations

import io
import os
import signal
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracer import api
from tracer.errors import TracerError
from tracer.numbers import count
from tracer.selection import DEFAULT, check_epochs, select
from tracer.workbook.files import check_target, replace
from tracer.workbook.frame import check_frame, write_frame
from tracer.workbook.size import check_size

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


def _option(help: str, **more: Any) -> Any:
    return typer.Option(help=help, show_default=False, **more)


DATA, NETWORK, TRAINING, WORKBOOK = "Data", "Network", "Training", "Workbook"


@app.command()
def run(
    network: Annotated[
        Path | None,
        typer.Argument(
            metavar="[NETWORK.toml]", help="A network file; without one, the article's walkthrough.", show_default=False
        ),
    ] = None,
    like: Annotated[Path | None, _option("Repeat the run of this workbook.", metavar="BOOK.xlsx")] = None,
    data: Annotated[
        Path | None, _option("Samples: CSV, TSV, Excel or Parquet.", metavar="FILE", rich_help_panel=DATA)
    ] = None,
    target: Annotated[str | None, _option("What to predict: COLUMN[,COLUMN].", rich_help_panel=DATA)] = None,
    columns: Annotated[
        str | None,
        _option("From which columns; without, all others, which have to be numbers.", rich_help_panel=DATA),
    ] = None,
    scale: Annotated[str | None, _option("none, minmax, standard or article.", rich_help_panel=DATA)] = None,
    hidden: Annotated[str | None, _option("Neurons of each hidden layer: 4 or 4,3.", rich_help_panel=NETWORK)] = None,
    activation: Annotated[
        str | None,
        _option(
            "sigmoid, tanh, relu, leaky_relu, elu, softplus, gelu or linear; one for each layer, or one for all.",
            rich_help_panel=NETWORK,
        ),
    ] = None,
    output_activation: Annotated[
        str | None, _option("Of the output: one of these, or softmax.", rich_help_panel=NETWORK)
    ] = None,
    loss: Annotated[
        str | None, _option("squared_error, binary_cross_entropy or cross_entropy.", rich_help_panel=NETWORK)
    ] = None,
    bias: Annotated[
        bool | None,
        typer.Option(
            "--bias/--no-bias", help="Whether layers have biases.", show_default=False, rich_help_panel=NETWORK
        ),
    ] = None,
    samples: Annotated[str | None, _option("In rows, or in columns.", rich_help_panel=NETWORK)] = None,
    epochs: Annotated[int | None, _option("How many. [default: 1]", rich_help_panel=TRAINING)] = None,
    lr: Annotated[float | None, _option("Learning rate. [default: 0.1]", rich_help_panel=TRAINING)] = None,
    optimizer: Annotated[str | None, _option("gradient_descent, momentum or adam.", rich_help_panel=TRAINING)] = None,
    momentum: Annotated[float | None, _option("Of momentum. [default: 0.9]", rich_help_panel=TRAINING)] = None,
    beta_1: Annotated[float | None, _option("Of adam. [default: 0.9]", rich_help_panel=TRAINING)] = None,
    beta_2: Annotated[float | None, _option("Of adam. [default: 0.999]", rich_help_panel=TRAINING)] = None,
    epsilon: Annotated[float | None, _option("Of adam. [default: 1e-08]", rich_help_panel=TRAINING)] = None,
    batch: Annotated[int | None, _option("Samples in an update; without, all.", rich_help_panel=TRAINING)] = None,
    shuffle: Annotated[
        bool | None,
        typer.Option(
            "--shuffle/--no-shuffle", help="Another order in each epoch.", show_default=False, rich_help_panel=TRAINING
        ),
    ] = None,
    init: Annotated[
        str | None, _option("Initial weights: uniform, normal, xavier, he or zeros.", rich_help_panel=TRAINING)
    ] = None,
    seed: Annotated[int | None, _option("What they and the order are drawn with.", rich_help_panel=TRAINING)] = None,
    sheets: Annotated[
        str | None,
        _option(
            "Epochs with step sheets: first,last or 1,10,100 or every:1000 or all or none. [default: first,last]",
            rich_help_panel=WORKBOOK,
        ),
    ] = None,
    formulas: Annotated[
        Formulas | None,
        _option(
            "One formula a cell, one array formula a block (matrix), or values only (none). [default: cell]",
            rich_help_panel=WORKBOOK,
        ),
    ] = None,
    template: Annotated[
        str | None,
        _option(
            "What it looks like: article, stacked, or the path of your copy. [default: article]",
            rich_help_panel=WORKBOOK,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        _option(
            "The workbook to write. [default: outputs/walkthrough.xlsx, or outputs/NETWORK.xlsx]",
            rich_help_panel=WORKBOOK,
        ),
    ] = None,
    frame: Annotated[
        Path | None,
        _option("Write the whole recorded run as a table too: FILE.csv or FILE.parquet.", rich_help_panel=WORKBOOK),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite a file that tracer did not write.", rich_help_panel=WORKBOOK)
    ] = False,
) -> None:
    """Train a network and write every step as a live, colour-coded workbook.

    Exit status 0: done; 1: training diverged, and the workbook ends before that; 2: it could not be done.
    """
    of_network = {
        "data": data and str(data), "target": target, "columns": columns, "scale": scale,
        "hidden": hidden and _whole_numbers(hidden), "activation": activation and _names(activation),
        "output_activation": output_activation, "loss": loss, "bias": bias, "samples": samples,
        "lr": lr, "optimizer": optimizer, "momentum": momentum, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon,
        "batch": batch, "shuffle": shuffle, "init": init, "seed": seed,
    }  # fmt: skip
    of_run = {
        "epochs": epochs, "sheets": sheets, "formulas": formulas and formulas.value, "template": template,
        "out": out and str(out), "frame": frame and str(frame),
    }  # fmt: skip
    wanted, said = api.described(network, like, {**of_network, **of_run})
    path = Path(said.get("out") or Path("outputs", f"{wanted.name}.xlsx"))
    chosen, count_of_epochs = said.get("sheets", DEFAULT), check_epochs(said.get("epochs", 1))
    check_size(wanted, count_of_epochs, chosen, said.get("template"))
    check_target(path, force)
    if said.get("frame"):
        check_frame(Path(said["frame"]))
    from tracer import terminal

    with terminal.training() as progress, Interruption() as interruption:
        keep = "all" if said.get("frame") else chosen
        trace = api.run(wanted, epochs=count_of_epochs, keep=keep, progress=progress, stop=interruption.happened)
    trace.to_excel(
        path, formulas=said.get("formulas", "cell"), template=said.get("template"), sheets=chosen, force=force
    )
    if said.get("frame"):
        write_frame(trace, Path(said["frame"]))
    written = [epoch for epoch in select(chosen, trace.epochs) if epoch in trace.recorded]
    terminal.console().print(terminal.summary(trace, path, written))
    if interruption.happened():
        print(
            f"tracer: interrupted after epoch {trace.epochs:,} of {count_of_epochs:,}; {path} holds what there is",
            file=sys.stderr,
        )
    if trace.divergence:
        print(f"tracer: {trace.divergence}; {path} ends before that", file=sys.stderr)
        raise typer.Exit(1)


def _whole_numbers(text: str) -> list[int]:
    words = _words(text)
    if not all(word.isdecimal() for word in words):
        raise TracerError(f"--hidden is {text!r}; expected the neurons of each hidden layer, such as 4 or 4,3")
    return [int(word) for word in words]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def _names(text: str) -> list[str] | str:
    words = _words(text)
    return words if len(words) > 1 else words[0]


class Interruption:
    """Ctrl-C, heard but not obeyed at once: training ends after its epoch. A second one ends it as usual."""

    def __enter__(self) -> Interruption:
        self._heard = False
        self._before = signal.getsignal(signal.SIGINT)
        signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *failure: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _hear(self, number: int, frame: object) -> None:
        if self._heard:
            raise KeyboardInterrupt
        self._heard = True

    def happened(self) -> bool:
        return self._heard


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE.toml]", help="What to write.")] = Path("network.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a commented network file to start from."""
    from tracer.networkfile import example

    if file.is_dir() or (file.exists() and not force):
        raise TracerError(f"{file}: is there already; give another name, or --force to overwrite a file")
    replace(file, lambda out: out.write(example().encode()))
    print(f"{file} written; edit it, then: tracer run {file}")


@app.command()
def show(
    book: Book,
    step: Annotated[
        int | None, typer.Option(help="Which step, 0 to 11; without it, every step.", show_default=False)
    ] = None,
    epoch: Annotated[
        int | None, typer.Option(help="Which epoch; without it, the first that has sheets.", show_default=False)
    ] = None,
    update: Annotated[int, typer.Option(help="Which update of the epoch.")] = 1,
) -> None:
    """Print a step in the terminal, in the colours of its sheet."""
    trace = api.read_excel(book)
    chosen = range(len(trace.steps)) if step is None else [step]
    epoch = (trace.recorded or (1,))[0] if epoch is None else epoch
    states = [trace.state(epoch, number, update) for number in chosen]
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
    if status == INTERRUPTED:
        # Where a Ctrl-C came while a module was loaded, Python would end itself with a signal, whatever the status.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)
    sys.exit(status or 0)
