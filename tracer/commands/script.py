"""`tracer script`."""

from __future__ import annotations

import inspect
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from tracer.commands.run import WORKBOOK, names, run, whole_numbers
from tracer.escapes import printable


class ScriptLanguage(StrEnum):
    python = "python"
    r = "r"


def script(
    language: Annotated[
        ScriptLanguage | None,
        typer.Option(help="Without it, what --out ends in, or else python.", show_default=False),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="The file to write, such as walkthrough.py; without it, print.", show_default=False),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file if it is there.")] = False,
    **of_run: Any,
) -> None:
    """Write a network as a plain script from scratch, in Python (NumPy only) or R (base R only).

    It prints the numbers of the run: its losses, and in the end every weight, bias and output with 17 digits.
    """
    from tracer import api
    from tracer.languages import LANGUAGES
    from tracer.writing import check, replace

    said = {
        **of_run,
        "data": of_run["data"] and str(of_run["data"]),
        "hidden": of_run["hidden"] and whole_numbers(of_run["hidden"]),
        "activation": of_run["activation"] and names(of_run["activation"]),
    }
    if language is None:
        language = ScriptLanguage.r if out and out.suffix.lower() == ".r" else ScriptLanguage.python
    if out:
        check(out, force=force, example="network.py")
    source = api.script(language=language.value, **said)
    if not out:
        sys.stdout.write(source)
        return
    replace(out, lambda file: file.write(source.encode()))
    print(printable(f"{out} written; run it: {LANGUAGES[language].command} {out}"))


def _like_run() -> inspect.Signature:
    """What `tracer run` takes, but for its workbook, and what `script` takes beside it."""
    shared = [
        parameter
        for parameter in inspect.signature(run, eval_str=True).parameters.values()
        if parameter.annotation.__metadata__[0].rich_help_panel != WORKBOOK
    ]
    own = [
        parameter.replace(kind=inspect.Parameter.POSITIONAL_OR_KEYWORD)
        for parameter in inspect.signature(script, eval_str=True).parameters.values()
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD
    ]
    return inspect.Signature([*shared, *own])


script.__signature__ = _like_run()  # type: ignore[attr-defined]  # where Typer looks for options
