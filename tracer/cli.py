"""The command line: its commands, and how it ends."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from tracer import streams
from tracer.errors import RecalculatedWarning, TracerError, fault
from tracer.escapes import printable

#: The modules in `tracer.commands` by command, in the order of the list that `tracer --help` prints.
COMMANDS = {
    "run": "run",
    "presets": "run",
    "init": "run",
    "show": "workbooks",
    "verify": "workbooks",
    "diff": "diff",
    "script": "script",
    "textconv": "textconv",
    "git-diff": "gitdiff",
}


class Commands(TyperGroup):
    """Commands that are loaded when they are called: one that compares workbooks needs nothing that trains networks."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.commands = dict.fromkeys(COMMANDS)  # type: ignore[assignment]  # typing mistakes are corrected from its keys

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS and self.commands[cmd_name] is None:
            self.commands[cmd_name] = _command(cmd_name)
        return self.commands.get(cmd_name)


def _command(name: str) -> Any:
    function = getattr(import_module(f"tracer.commands.{COMMANDS[name]}"), name.replace("-", "_"))
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, context_settings=getattr(function, "context_settings", None))(function)
    return typer.main.get_command(alone)


app = typer.Typer(name="tracer", cls=Commands, no_args_is_help=True, pretty_exceptions_enable=False)


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


def _print_warning(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
    """What a person should know, on a line; where in the code it was said, they need not."""
    said = f"tracer: {message}" if category is RecalculatedWarning else f"{category.__name__}: {message}"
    streams.say(printable(said))


def main() -> None:
    """Run the command line.

    An error is one line on standard error and exit status 2; so is a fault of ours, which never looks like an answer.
    """
    streams.prepare()
    warnings.showwarning = _print_warning
    message, status = _ending()
    if message:
        streams.say("tracer: " + printable(" ".join(message.split("\n"))))
    if status == INTERRUPTED:
        # Where a Ctrl-C came while a module was loaded, Python would end itself with a signal, whatever the status.
        os._exit(status)
    sys.exit(status)


def _ending() -> tuple[str, int]:
    """Runs the command: what is to be told in the end, and the exit status."""
    try:
        try:
            status = app(standalone_mode=False)
        except typer.Exit as stop:
            status = stop.exit_code
        if status == INTERRUPTED:  # as Typer tells of it
            raise KeyboardInterrupt
        sys.stdout.flush()
        return "", int(status or 0)
    except TracerError as error:
        message, status = str(error), 2
    except (KeyboardInterrupt, typer.Abort):
        message, status = "interrupted; no file was changed", INTERRUPTED
    except streams.OutputClosed:
        message, status = "", 0
    except streams.OutputError as error:
        message, status = str(error), 2
    except MemoryError:
        message, status = "this machine's memory is too small for that", 2
    except (Exception, SystemExit) as error:  # a library that ends the process has not answered either
        # Typer's own errors (an unknown option, a number that is none) say what to print.
        typers = getattr(error, "format_message", None)
        message, status = typers() if typers else fault(error), 2
    try:
        sys.stdout.flush()
    except (streams.OutputClosed, streams.OutputError):
        streams.discard()
    return message, status
