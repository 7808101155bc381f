"""Commands that are run while the site is built, and what they print."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.color import ColorType
from rich.console import Console
from rich.style import Style
from rich.text import Text

#: What a page has room for.
COLUMNS = 92
#: Seconds after which a command is given up on.
PATIENCE = 300


class CommandError(Exception):
    """A command ended otherwise than the page says."""


class Session:
    """A folder of its own for the commands of a page, one after another; it is gone when the page is done.

    They run as in a terminal with colours, so that what they print is what readers see in theirs.
    """

    def __init__(self) -> None:
        self._temporary = TemporaryDirectory(prefix="tracer-docs-")
        self.folder = Path(self._temporary.name)
        programs = Path(sys.executable).parent  # where `tracer` is, and the Python that has it
        self._environment = {
            **os.environ,
            "PATH": f"{programs}{os.pathsep}{os.environ.get('PATH', '')}",
            "COLUMNS": str(COLUMNS),
            "FORCE_COLOR": "1",
            "COLORTERM": "truecolor",
            "TERM": "xterm-256color",
            "PYTHONIOENCODING": "utf-8",
            "PYTHONUNBUFFERED": "1",  # what goes to standard error stays where it was said
            "GIT_CONFIG_GLOBAL": os.devnull,
            "LC_ALL": "C.UTF-8",
        }

    def shell(self, command: str, status: int = 0) -> str:
        """What a line of shell prints, on standard output and standard error alike.

        Raises:
            CommandError: its exit status is another one.
        """
        return self._run(["bash", "-o", "pipefail", "-c", command], None, command, status)

    def python(self, source: str, status: int = 0) -> str:
        """What a Python program prints.

        Raises:
            CommandError: its exit status is another one.
        """
        return self._run([sys.executable, "-"], source, "the Python program", status)

    def write(self, name: str, content: str) -> None:
        """A file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")

    def _run(self, words: list[str], source: str | None, name: str, status: int) -> str:
        done = subprocess.run(
            words,
            input=source,
            stdin=subprocess.DEVNULL if source is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=self.folder,
            env=self._environment,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )
        if done.returncode != status:
            raise CommandError(
                f"{name!r} ended with exit status {done.returncode}; expected {status}. It printed:\n{done.stdout}"
            )
        return done.stdout


def commands(lines: list[str]) -> Iterator[str]:
    """The commands in some lines; one that ends in a backslash goes on in the next."""
    command: list[str] = []
    for line in lines:
        command.append(line)
        if not line.endswith("\\"):
            if any(command):
                yield "\n".join(command)
            command = []
    if command:
        yield "\n".join(command)


def markup(printed: str) -> str:
    """Text with a terminal's colours as HTML: classes for the sixteen that a theme decides, `style` for all others."""
    console = Console()
    lines = Text.from_ansi(printed.rstrip("\n")).split("\n")
    return "\n".join("".join(_span(part.text, part.style) for part in line.render(console)).rstrip() for line in lines)


def _span(text: str, style: Style | None) -> str:
    if not style or (not text.strip() and not style.bgcolor):
        return escape(text)
    classes = [name for name in ("bold", "dim", "italic", "underline") if getattr(style, name)]
    colours = []
    for name, key, colour in (("ink", "color", style.color), ("paper", "background", style.bgcolor)):
        if colour is None or colour.type is ColorType.DEFAULT:
            continue
        if colour.type is ColorType.STANDARD:
            classes.append(f"{name}-{colour.number}")
        else:
            colours.append(f"{key}:{colour.get_truecolor().hex}")
    if not classes and not colours:
        return escape(text)
    by_class = f' class="{" ".join(classes)}"' if classes else ""
    by_style = f' style="{";".join(colours)}"' if colours else ""
    return f"<span{by_class}{by_style}>{escape(text)}</span>"
