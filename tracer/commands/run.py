"""`tracer run`, `tracer init` and `tracer presets`."""

from __future__ import annotations

import signal
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tracer import streams
from tracer.errors import TracerError
from tracer.escapes import printable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tracer.presets import Preset

# What trains and writes is loaded where it is called, because `tracer --help` and completions need only the options.


class Formulas(StrEnum):
    cell = "cell"
    matrix = "matrix"
    none = "none"


def _option(help: str, **more: Any) -> Any:
    said = help.replace("[", r"\[")  # which Typer would take for markup, and leave out
    return typer.Option(help=said, show_default=False, **more)


DATA, NETWORK, TRAINING, WORKBOOK = "Data", "Network", "Training", "Workbook"


def run(
    network: Annotated[
        Path | None,
        typer.Argument(
            metavar="[NETWORK.toml]", help="A network file; without one, the article's walkthrough.", show_default=False
        ),
    ] = None,
    preset: Annotated[
        str | None, _option("A network or lesson of the article: see tracer presets.", metavar="NAME")
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
    step7_lr: Annotated[
        bool | None,
        typer.Option(
            "--step7-lr/--no-step7-lr",
            help="Step 7 times the learning rate, as the text over its picture has it.",
            show_default=False,
            rich_help_panel=TRAINING,
        ),
    ] = None,
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
    skip: Annotated[
        int | None, _option("Random numbers taken before the first weight. [default: 0]", rich_help_panel=TRAINING)
    ] = None,
    seed: Annotated[int | None, _option("What they and the order are drawn with.", rich_help_panel=TRAINING)] = None,
    sheets: Annotated[
        str | None,
        _option(
            "Epochs with step sheets: first,last or 1,10,100 or every:1000 or all or none. [default: first,last]",
            rich_help_panel=WORKBOOK,
        ),
    ] = None,
    boundary: Annotated[
        int | None,
        _option(
            "For two inputs: a sheet with what the network answers at so many points along each axis, such as 41.",
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
        "hidden": hidden and whole_numbers(hidden), "activation": activation and names(activation),
        "output_activation": output_activation, "loss": loss, "bias": bias, "samples": samples,
        "lr": lr, "optimizer": optimizer, "momentum": momentum, "beta_1": beta_1, "beta_2": beta_2, "epsilon": epsilon,
        "step7_lr": step7_lr, "batch": batch, "shuffle": shuffle, "init": init, "skip": skip, "seed": seed,
    }  # fmt: skip
    of_run = {
        "epochs": epochs, "sheets": sheets, "boundary": boundary, "formulas": formulas and formulas.value,
        "template": template, "out": out and str(out), "frame": frame and str(frame),
    }  # fmt: skip
    from tracer import api
    from tracer.presets import named
    from tracer.selection import DEFAULT, check_epochs, select
    from tracer.workbook.frame import write_frame
    from tracer.workbook.size import check_size
    from tracer.writing import Writing

    if preset is not None and not (lesson := named(preset)).is_network:
        given = {**of_network, **of_run, "like": like, "network": network}
        _write_lesson(lesson, given, force)
        return
    wanted, said = api.described(network, {**of_network, **of_run}, like=like, preset=preset)
    path = Path(said.get("out") or Path("outputs", f"{wanted.name}.xlsx"))
    chosen, count_of_epochs = said.get("sheets", DEFAULT), check_epochs(said.get("epochs", 1))
    check_size(wanted, count_of_epochs, chosen, said.get("template"), said.get("boundary"))
    frame = Path(said["frame"]) if said.get("frame") else None
    _check_targets(path, frame, force)
    if chosen != "none" and not select(chosen, count_of_epochs):
        raise TracerError(
            f"sheets is {chosen!r}, and there is no such epoch, only 1 to {count_of_epochs:,}; "
            "say 'none' if no epoch is to get its sheets"
        )
    from tracer import terminal
    from tracer.progress import bar

    with bar("training", "epochs", 2.0) as progress, Interruption() as interruption:
        keep = "all" if frame else chosen
        trace = api.run(wanted, epochs=count_of_epochs, keep=keep, progress=progress, stop=interruption.happened)
    look = {key: said[key] for key in ("formulas", "template", "boundary") if key in said}
    _check_targets(path, frame, force)  # again: training may have taken hours
    with Writing() as files:  # both, or neither
        if frame:
            files.write(frame, partial(write_frame, trace, frame.suffix))
        files.write(path, partial(trace.to_excel, sheets=chosen, **look))
    written = [epoch for epoch in select(chosen, trace.epochs) if epoch in trace.recorded]
    terminal.console().print(terminal.summary(trace, path, written, said.get("frame")))
    if wanted.unreachable:
        streams.say(f"tracer: note: {wanted.unreachable}")
    if interruption.happened():
        streams.say(
            f"tracer: interrupted after epoch {trace.epochs:,} of {count_of_epochs:,}; {path} holds what there is"
        )
    if trace.divergence:
        streams.say(f"tracer: {trace.divergence}; {path} ends before that")
        raise typer.Exit(1)


def _check_targets(path: Path, frame: Path | None, force: bool) -> None:
    from tracer.workbook.files import check_target
    from tracer.workbook.frame import check_frame

    check_target(path, force)
    if frame:
        check_frame(frame, force)


def _write_lesson(lesson: Preset, options: Mapping[str, Any], force: bool) -> None:
    """A preset that is no network takes only `--out` and `--template`."""
    others = [key for key, value in options.items() if value is not None and key not in ("out", "template")]
    if others:
        raise TracerError(
            f"--{others[0].replace('_', '-')} is of networks, and the preset {lesson.name} is a lesson; "
            "it takes --out, --template and --force"
        )
    path = Path(options["out"] or Path("outputs", f"{lesson.name}.xlsx"))
    lesson.write(path, template=options["template"], force=force)
    print(printable(f"{path} written: {lesson.says}"))


def whole_numbers(text: str) -> list[int]:
    """The neurons of each hidden layer, as `--hidden` says them."""
    words = _words(text)
    if not all(word.isdecimal() and len(word) < 10 for word in words):
        raise TracerError(f"--hidden is {text!r}; expected the neurons of each hidden layer, such as 4 or 4,3")
    return [int(word) for word in words]


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


def names(text: str) -> list[str] | str:
    """One name for all, or one for each layer, as `--activation` says them."""
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


def init(
    file: Annotated[Path, typer.Argument(metavar="[FILE.toml]", help="What to write.")] = Path("network.toml"),
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
) -> None:
    """Write a commented network file to start from."""
    from tracer.networkfile import example
    from tracer.writing import check, replace

    check(file, force=force, option="name", example="network.toml")
    replace(file, lambda out: out.write(example().encode()))
    print(printable(f"{file} written; edit it, then: tracer run {file}"))


def presets() -> None:
    """List the networks and lessons of the article, a line each."""
    from tracer import terminal
    from tracer.presets import PRESETS

    terminal.console().print(terminal.pairs((found.name, found.says) for found in PRESETS.values()))
