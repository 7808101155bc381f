"""What marks a workbook as ours, and what reading it back needs beside its numbers: a few facts, kept in two places.

In the file's properties they are found at once, and some programs drop those (web spreadsheets export none). So they
are cells as well, which every program keeps: the first lines of the sheet `Network`, comments of the network file,

    # tracer = 2
    # name = "walkthrough"
    # template = "article 12ab34cd"
    # diverged = [1, 5, "loss", 0, 0, inf]

of which the last is there only where training broke off. Its epoch is the number of epochs that the network file says.
A lesson, which has no sheet `Network`, has a line of text on its first sheet, in the cell `LESSON_CELL`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tracer.trace import Divergence

# Traces and network files are loaded by who reads or writes a mark: comparisons of any workbooks ask for names only.

#: Custom document property that marks a workbook as ours; its value is the version of the format.
MARK = "tracer"
FORMAT = "2"
NAME = "tracer name"
TEMPLATE = "tracer template"
DIVERGENCE = "tracer divergence"
#: Marks a workbook of ours that is a lesson, and has no trace; its value is the lesson's name.
LESSON = "tracer lesson"

#: Row and column, from 0, of the line on a lesson's first sheet: B3.
LESSON_CELL = (2, 1)
_LESSON_LINE = re.compile(r"Lesson ([\w-]+), written by tracer")
_PROPERTIES = {"tracer": MARK, "name": NAME, "template": TEMPLATE, "diverged": DIVERGENCE}
_COMMENT = re.compile(rf"# *({'|'.join(_PROPERTIES)}) *= *(.*\S) *")
#: Characters that a custom property takes.
LONGEST = 255


@dataclass(frozen=True)
class Mark:
    """
    Attributes:
        format: the version of the format.
        name: what the network is called.
        template: the template's name and a checksum of its file.
        divergence: where training broke off, if it did.
    """

    name: str
    template: str
    divergence: Divergence | None = None
    format: str = FORMAT

    def properties(self) -> dict[str, str]:
        """The file's custom properties, all of them text."""
        import json

        properties = {MARK: self.format, NAME: self.name[:LONGEST], TEMPLATE: self.template[-LONGEST:]}
        if self.divergence:
            properties[DIVERGENCE] = json.dumps(astuple(self.divergence))
        return properties

    def lines(self) -> list[str]:
        """The first lines of the sheet `Network`."""
        from tracer.networkfile import toml

        lines = [f"# tracer = {self.format}"]
        for key, text in (("name", self.name[:LONGEST]), ("template", self.template[-LONGEST:])):
            lines.append(f"# {key} = {toml(text)}")
        if self.divergence:
            _, update, step, name, row, column, value = astuple(self.divergence)
            lines.append(f"# diverged = [{update}, {step}, {toml(name)}, {row}, {column}, {float(value)!r}]")
        return lines


def read_lines(lines: Iterable[str], epochs: int = 0) -> Mark | None:
    """The mark in the lines of a sheet `Network`; None where they have none.

    Args:
        epochs: how many the network file says, which is the epoch of a divergence.

    Raises:
        ValueError: a line of it is damaged.
    """
    import tomllib

    from tracer.trace import Divergence

    found = {match[1]: match[2] for match in map(_COMMENT.fullmatch, lines) if match}
    if "tracer" not in found:
        return None
    try:
        values = tomllib.loads("\n".join(f"{key} = {text}" for key, text in found.items()))
        divergence = None
        if "diverged" in values:
            update, step, name, row, column, value = values["diverged"]
            divergence = Divergence(epochs, int(update), int(step), str(name), int(row), int(column), float(value))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise ValueError(f"one of its first lines is damaged ({error})") from None
    name, template = (str(values.get(key, "")) for key in ("name", "template"))
    return Mark(name, template, divergence, str(values["tracer"]))


def property_of(line: object) -> str | None:
    """The custom property that says what a line of the sheet `Network` says; None for any other line."""
    match = _COMMENT.fullmatch(line) if isinstance(line, str) else None
    return _PROPERTIES[match[1]] if match else None


def lesson_line(name: str) -> str:
    """What a lesson's first sheet says of itself, in `LESSON_CELL`."""
    return f"Lesson {name}, written by tracer"


def lesson_of(text: str) -> str | None:
    """The lesson's name in what `LESSON_CELL` holds; None for any other text."""
    match = _LESSON_LINE.fullmatch(text.strip())
    return match[1] if match else None
