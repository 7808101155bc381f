"""Two versions of a workbook as git hands them to an external diff driver."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tracer.compare.criteria import Criteria
from tracer.compare.workbooks import compare
from tracer.errors import TracerError
from tracer.escapes import printable
from tracer.numbers import count
from tracer.xlsx.book import Book

if TYPE_CHECKING:
    from rich.console import RenderableType

#: What git gives in place of a version that is not there.
NOTHING = os.devnull
#: So many consequences are listed unless all are wanted.
CONSEQUENCES = 10
#: How a file begins that stands for one that is stored elsewhere.
_POINTER = b"version https://git-lfs.github.com/spec/"


class Version(NamedTuple):
    """One of the two.

    Attributes:
        name: as git calls it: `a/book.xlsx`.
        file: where its bytes are; `NOTHING` where there is none.
        mode: `100644`; a point where git does not say.
    """

    name: str
    file: str
    mode: str = "."

    @property
    def is_there(self) -> bool:
        return self.file not in (NOTHING, "/dev/null")


class Change(NamedTuple):
    """
    Attributes:
        old, new: the two versions; of a path that a merge left in conflict, none.
        renamed: what git says of a path that changed.
    """

    path: str
    old: Version | None
    new: Version | None
    renamed: str = ""

    @property
    def header(self) -> list[str]:
        """The lines above the comparison, as git writes them."""
        if self.old is None or self.new is None:
            return [f"* Unmerged path {printable(self.path)}: ours (A) and theirs (B)"]
        lines = [f"diff --tracer {self.old.name} {self.new.name}"]
        if not self.old.is_there:
            lines.append(f"new file mode {self.new.mode}")
        elif not self.new.is_there:
            lines.append(f"deleted file mode {self.old.mode}")
        elif self.old.mode != self.new.mode:
            lines += [f"old mode {self.old.mode}", f"new mode {self.new.mode}"]
        return [*map(printable, lines), *map(printable, self.renamed.splitlines())]


def change(arguments: Sequence[str]) -> Change:
    """What git's arguments say: the path alone where a merge left it in conflict; the path, then file, object and mode
    of both versions; behind them, for a renamed file, its new path and what git says of it.

    Three arguments are a path and the files of two versions, as `git difftool` has them.

    Raises:
        TracerError: it is another number of arguments.
    """
    match list(arguments):
        case [path]:
            return Change(path, None, None)
        case [path, old, new]:
            return Change(path, Version(f"a/{path}", old), Version(f"b/{path}", new))
        case [path, old, _, old_mode, new, _, new_mode, *more] if len(more) in (0, 2):
            later, renamed = more or (path, "")
            return Change(path, Version(f"a/{path}", old, old_mode), Version(f"b/{later}", new, new_mode), renamed)
    raise TracerError(
        f"git-diff got {count(len(arguments), 'argument')}; expected the 1, 7 or 9 of an external diff driver of git, "
        "or a path and two files"
    )


def report(change: Change, criteria: Criteria, every: bool = False) -> Iterator[RenderableType]:
    """What differs between two versions, part by part; what cannot be compared is a line that says why.

    Args:
        every: whether all origins and consequences are listed.
    """
    try:
        with _versions(change) as (old, new):
            yield from _compared(old, new, criteria, every)
    except TracerError as error:
        yield f"Cannot be compared: {error}"


def _compared(old: Version, new: Version, criteria: Criteria, every: bool) -> Iterator[RenderableType]:
    if not old.is_there and not new.is_there:
        return
    if not old.is_there or not new.is_there:
        with _open(new if new.is_there else old) as book:
            yield f"{'Added' if new.is_there else 'Deleted'}: {_contents(book)}"
        return
    with ExitStack() as stack:
        first, second = (stack.enter_context(_open(version)) for version in (old, new))
        if first.package.same(second.package):
            return  # its mode or its path is all that changed
        found = compare(first, second, criteria)
    if not found:
        yield found.summary[0].upper() + found.summary[1:]
        return
    from tracer.report import terminal

    yield terminal.difference(found, every, CONSEQUENCES)


@contextmanager
def _versions(change: Change) -> Iterator[tuple[Version, Version]]:
    """Both versions; of a path in conflict, ours and theirs."""
    if change.old is not None and change.new is not None:
        yield change.old, change.new
        return
    with tempfile.TemporaryDirectory() as folder:
        sides = []
        for number, side in (("2", "ours"), ("3", "theirs")):
            file = Path(folder, side)
            done = subprocess.run(["git", "cat-file", "blob", f":{number}:{change.path}"], capture_output=True)
            file.write_bytes(done.stdout)
            sides.append(Version(f"{side}/{change.path}", NOTHING if done.returncode else str(file)))
        yield sides[0], sides[1]


@contextmanager
def _open(version: Version) -> Iterator[Book]:
    """A version, by the name that git has for it and not by that of its temporary file.

    Raises:
        TracerError: it cannot be read.
    """
    try:
        with Book(version.file, version.name) as book:
            yield book
    except TracerError as error:
        said = str(error).removeprefix(f"{printable(version.file)}: ").removeprefix(f"{printable(version.name)}: ")
        if _is_pointer(version.file):
            said = "is a pointer of Git LFS and not the workbook; fetch that with: git lfs pull"
        raise TracerError(f"{version.name}: {said}") from None


def _is_pointer(file: str) -> bool:
    try:
        with Path(file).open("rb") as opened:
            return opened.read(len(_POINTER)) == _POINTER
    except OSError:
        return False


def _contents(book: Book) -> str:
    """`2 sheets: Data (120 cells, 20 formulas), Notes (3 cells)`."""
    sheets = []
    for sheet in book.sheets:
        cells = formulas = 0
        for _, _, cell in book.cells(sheet) if sheet.kind == "worksheet" else ():
            cells += cell.value is not None or cell.formula is not None
            formulas += cell.formula is not None
        parts = [count(cells, "cell"), *([count(formulas, "formula")] if formulas else [])]
        sheets.append(f"{printable(sheet.title)} ({', '.join(parts) if sheet.kind == 'worksheet' else sheet.kind})")
    return f"{count(len(sheets), 'sheet')}: {', '.join(sheets)}"


def coloured() -> bool:
    """Whether whoever reads what git prints sees colours: a terminal, or a pager that git has started for one."""
    if os.environ.get("NO_COLOR") or not (os.isatty(1) or os.environ.get("GIT_PAGER_IN_USE") in ("1", "true")):
        return False
    try:
        command = ["git", "config", "--get-colorbool", "color.diff", "true"]
        return subprocess.run(command, capture_output=True, text=True).stdout.strip() != "false"
    except OSError:
        return True
