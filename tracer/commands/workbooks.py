"""`tracer show` and `tracer verify`: what is in a workbook of ours."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tracer.errors import TracerError


class Engine(StrEnum):
    ironcalc = "ironcalc"
    libreoffice = "libreoffice"
    all = "all"


Book = Annotated[Path, typer.Argument(metavar="BOOK.xlsx", help="A workbook that tracer wrote.", show_default=False)]


def show(
    book: Annotated[
        Path | None, typer.Argument(metavar="BOOK.xlsx", help="A workbook that tracer wrote.", show_default=False)
    ] = None,
    step: Annotated[
        int | None, typer.Option(help="Which step, 0 to 11; without it, every step.", show_default=False)
    ] = None,
    epoch: Annotated[
        int | None, typer.Option(help="Which epoch; without it, the first that has sheets.", show_default=False)
    ] = None,
    update: Annotated[int, typer.Option(help="Which update of the epoch.")] = 1,
    math: Annotated[
        bool,
        typer.Option(
            "--math",
            help="The derivation instead: for BOOK.xlsx or a network file; without one, for the article's network.",
        ),
    ] = False,
) -> None:
    """Print a step in the terminal, in the colours of its sheet."""
    from tracer import api

    if math:
        if step is not None or epoch is not None:
            raise TracerError("--math shows the derivation, of no step or epoch; take --step and --epoch out")
        sections = api.derive(book)
        from tracer import terminal

        terminal.console().print(terminal.derivation(sections))
        return
    if book is None:
        raise TracerError("show needs a workbook, such as tracer show outputs/walkthrough.xlsx (--math needs none)")
    trace = api.read_excel(book)
    chosen = range(len(trace.steps)) if step is None else [step]
    epoch = (trace.recorded or (1,))[0] if epoch is None else epoch
    states = [trace.state(epoch, number, update) for number in chosen]
    from tracer import terminal

    for state in states:
        terminal.console().print(terminal.step(state))


def verify(
    book: Book,
    engine: Annotated[Engine, typer.Option(help="What recalculates it.")] = Engine.ironcalc,
) -> None:
    """Recalculate a workbook with a spreadsheet engine and compare every cell with the trace.

    Exit status 0: all agree; 1: some do not; 2: it could not be done.
    """
    from tracer import api

    judged = api.verify(book, engine=engine.value)
    from tracer import terminal

    terminal.console().print(terminal.verdicts(judged))
    if not all(verdict.agrees for verdict in judged):
        raise typer.Exit(1)
