"""`tracer diff`."""

from __future__ import annotations

import io
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tracer import streams
from tracer.errors import TracerError
from tracer.escapes import printable
from tracer.reading import is_folder

if TYPE_CHECKING:
    from tracer.report.diff import Diff
    from tracer.report.folderdiff import FolderDiff

#: What takes longer than so many seconds has a progress bar.
MOMENT = 0.5


class Format(StrEnum):
    text = "text"
    json = "json"
    html = "html"
    xlsx = "xlsx"
    junit = "junit"


class Recalculate(StrEnum):
    auto = "auto"
    never = "never"
    ironcalc = "ironcalc"
    libreoffice = "libreoffice"


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="The workbook, or folder, as it was.", show_default=False)],
    b: Annotated[str, typer.Argument(metavar="B", help="The workbook, or folder, as it is.", show_default=False)],
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
    recalculate: Annotated[
        Recalculate, typer.Option(help="Who computes values that a file does not store, where they are needed.")
    ] = Recalculate.auto,
    every: Annotated[bool, typer.Option("--all", help="List the consequences too, and every origin.")] = False,
    format: Annotated[
        Format,
        typer.Option(help="How to report: in the terminal, as JSON, a page, B with marks, or for a CI server."),
    ] = Format.text,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Write the report to this file (of folders, pages and copies: to this folder).", show_default=False
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Overwrite a file that is no such report.")] = False,
) -> None:
    """Compare two workbooks, whoever wrote them: what differs, and which cells it starts in.

    Two folders: every two .xlsx or .xlsm files of the same relative path.

    Exit status 0: equal; 1: different; 2: could not be compared.
    """
    are_folders = is_folder(a) and is_folder(b)
    if format is Format.xlsx and out is None and are_folders:
        raise TracerError("the marked copies of two folders' files are a folder; say which with --out FOLDER")
    if format is Format.xlsx and out is None and sys.stdout.isatty():
        raise TracerError("a terminal cannot show a workbook; say where to write it with --out report.xlsx")
    from tracer.progress import bar
    from tracer.report.diff import diff as compare

    if out and are_folders and format is Format.html:
        from tracer.report.folderpage import index_path

        out = index_path(out)
    if out and not (are_folders and format is Format.xlsx):
        from tracer.report.files import check_report

        check_report(out, format.value, (a, b), force)
    with bar("comparing", "files", MOMENT) as progress:
        found = compare(
            a, b, only=only, ignore=ignore, rtol=rtol, atol=atol, recalculate=recalculate, progress=progress
        )
    report(found, format, out, every=every, force=force)
    if failed := found.failed:
        from tracer.numbers import count

        raise TracerError(f"{count(len(failed), 'file')} could not be compared: {failed[0].error}")
    if found:
        raise typer.Exit(1)


def report(found: Diff | FolderDiff, format: Format, out: Path | None, *, every: bool, force: bool) -> None:
    """Write or print a report, and a line that sums up: on standard error, where a report takes standard output."""
    makers = {Format.json: found.to_json, Format.html: found.to_html, Format.junit: found.to_junit}
    said = found.summary[0].upper() + found.summary[1:]
    if format in makers:
        from tracer.report.files import encoded

        text = makers[format](out, force=force)
        if out is None:
            sys.stdout.buffer.write(encoded(text))
    elif format is Format.xlsx:
        file = io.BytesIO()
        found.to_excel(out or file, force=force)
        sys.stdout.buffer.write(file.getvalue())
    elif out:
        from tracer import terminal
        from tracer.report.files import write_text
        from tracer.report.terminal import report as diff_report

        write_text(out, "text", terminal.plain(*diff_report(found, every)), found.sources, force)
    elif not found and not sys.stdout.isatty():
        # All that there is to say, and no colours to say it in: loading those takes longer than comparing.
        print(printable(said))
    else:
        from tracer import terminal
        from tracer.report.terminal import report as diff_report

        console = terminal.console()
        for part in diff_report(found, every):
            console.print(part)
    if out:
        print(printable(f"{said}; written to {out}"))
    elif format is not Format.text:
        sys.stdout.flush()  # where the report cannot be written, that is all that there is to say
        streams.say(printable(said))
