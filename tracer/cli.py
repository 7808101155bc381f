"""The command line: its commands, and how it ends."""

from __future__ import annotations

import io
import os
import sys
from typing import Annotated

import typer

from tracer.commands.diff import diff
from tracer.commands.run import init, presets, run
from tracer.commands.workbooks import show, textconv, verify
from tracer.errors import TracerError

app = typer.Typer(
    name="tracer",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for command in (run, presets, init, show, verify, diff, textconv):
    app.command()(command)


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
