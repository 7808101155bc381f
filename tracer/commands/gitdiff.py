"""`tracer git-diff`."""

from __future__ import annotations

from typing import Annotated

import typer


def git_diff(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="PATH [OLD-FILE OLD-HEX OLD-MODE NEW-FILE NEW-HEX NEW-MODE [NEW-PATH RENAME]]",
            help="As git gives them; or PATH OLD-FILE NEW-FILE, as for git difftool.",
            show_default=False,
        ),
    ],
    only: Annotated[
        list[str] | None, typer.Option(help="Compare only these; see tracer diff.", show_default=False)
    ] = None,
    ignore: Annotated[list[str] | None, typer.Option(help="Leave these out.", show_default=False)] = None,
    rtol: Annotated[float, typer.Option(help="Numbers agree within this share of the larger one.")] = 0.0,
    atol: Annotated[float, typer.Option(help="Numbers agree within this.")] = 0.0,
    every: Annotated[bool, typer.Option("--all", help="List every origin and every consequence.")] = False,
) -> None:
    """Compare two versions of a workbook for git: an external diff driver (see docs/git.md).

    Exit status 0 whatever differs, and for files that cannot be read: git would end with any other.
    """
    from tracer.compare.criteria import Criteria
    from tracer.report import git

    change, console = git.change(arguments), None
    if git.coloured():
        from rich.console import Console
        from rich.text import Text

        console = Console(highlight=False, force_terminal=True)
    for line in change.header:
        if console:
            console.print(Text(line, style="bold"), soft_wrap=True)
        else:
            print(line)
    for part in git.report(change, Criteria(only, ignore, rtol, atol), every):
        if isinstance(part, str) and not console:
            print(part)
            continue
        if console is None:
            from tracer import terminal

            console = terminal.console()
        console.print(part, markup=False)
    print()


# A path may begin with a dash.
git_diff.context_settings = {"ignore_unknown_options": True, "allow_interspersed_args": False}  # type: ignore[attr-defined]
