"""A diff in the terminal: origins as a table, or line by line where there is little room, and a line that sums up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console, ConsoleOptions, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from tracer.compare import programs
from tracer.compare.difference import Diff, Difference
from tracer.compare.folders import FolderDiff
from tracer.compare.measure import kind_of
from tracer.compare.wording import cut
from tracer.escapes import printable

#: So many origins are listed unless all are wanted.
ORIGINS = 30
#: So many files.
FILES = 30
#: In a narrower terminal a table would break every address.
ROOM = 110


def report(found: Diff | FolderDiff, every: bool = False) -> Iterator[RenderableType]:
    """What differs, part by part: of two workbooks, or of each pair of files in two folders."""
    if isinstance(found, Diff):
        yield difference(found, every)
        return
    for file in found.having("different"):
        diff = file.diff
        assert diff is not None
        yield Text.assemble((printable(file.path), "bold"), f"  {printable(diff.summary)}")
        yield Group(*_parts(diff, every))
    yield from _listed(f"only in {found.a}", [file.path for file in found.having("only in a")], every)
    yield from _listed(f"only in {found.b}", [file.path for file in found.having("only in b")], every)
    yield from _listed("could not be compared", [file.error for file in found.having("failed")], True)
    yield _sum(found)


def difference(diff: Diff, every: bool = False, consequences: int = 0) -> Group:
    """The origins, the consequences, then a line that sums up.

    Args:
        every: whether all of them are listed.
        consequences: how many are listed otherwise.
    """
    return Group(*_parts(diff, every, consequences), _sum(diff))


def _listed(heading: str, lines: list[str], every: bool) -> Iterator[RenderableType]:
    if not lines:
        return
    shown = lines if every else lines[:FILES]
    yield Text(printable(heading), style="bold")
    yield from (Text(f"  {printable(line)}") for line in shown)
    if len(shown) < len(lines):
        yield Text(f"  … {len(lines) - len(shown):,} more (--all)", style="dim")
    yield ""


def _sum(found: Diff | FolderDiff) -> Text:
    said = printable(found.summary)
    return Text(said[0].upper() + said[1:], style="bold red" if found else "bold green")


def _parts(diff: Diff, every: bool, consequences: int = 0) -> Iterator[RenderableType]:
    routine = {} if every else programs.routine(diff)
    origins = [entry for number, entry in enumerate(diff) if entry.role == "origin" and number not in routine]
    shown = origins if every else origins[:ORIGINS]
    if shown:
        yield _Differences("starts here", shown)
    if len(shown) < len(origins):
        yield Text(f"… {len(origins) - len(shown):,} more origins (--all)", style="dim")
    if routine:
        yield Text(f"{printable(programs.line(diff, routine.values()))} (--all lists them)", style="dim")
    followers = diff.consequences if every else diff.consequences[:consequences]
    if followers:
        yield _Differences("follows", followers)
    if followers and len(followers) < len(diff.consequences):
        yield Text(f"… {len(diff.consequences) - len(followers):,} more consequences (--all)", style="dim")


class _Differences:
    """Differences as a table, as far as the terminal is wide."""

    def __init__(self, heading: str, entries: Sequence[Difference]) -> None:
        self.heading, self.entries = heading, entries

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[RenderableType]:
        if options.max_width < ROOM:
            yield from self._lines()
        else:
            yield self._table()

    def _table(self) -> Table:
        table = Table(box=SIMPLE_HEAD)
        for title in (self.heading, "cell", "A", "B", "difference"):
            table.add_column(title, overflow="fold")
        if reaching := any(entry.role == "origin" for entry in self.entries):
            table.add_column("reaches", justify="right")
        for entry in self.entries:
            cells = [_name(entry), entry.place, *_sides(entry), size(entry), *([reach(entry)] if reaching else [])]
            table.add_row(*(Text(printable(cell)) for cell in cells))
        return table

    def _lines(self) -> Iterator[RenderableType]:
        yield Text(self.heading, style="dim")
        for entry in self.entries:
            before, after = _sides(entry)
            heading = Text.assemble((printable(_name(entry)), "bold"), "  ", printable(entry.place))
            if many := reach(entry):
                heading.append(f"  reaches {many}", style="dim")
            said = Text(f"{before} → {after}")
            if more := size(entry):
                said.append(f"  {printable(more)}", style="dim")
            yield Padding(heading, (0, 0, 0, 2))
            yield Padding(said, (0, 0, 0, 4))
        yield ""


def _sides(entry: Difference) -> Iterable[str]:
    return map(printable, cut(entry.before.shown, entry.after.shown))


def _name(entry: Difference) -> str:
    """What it is about: its label, or what the cell holds, or the kind."""
    if entry.label or entry.kind not in ("values", "formulas"):
        return entry.label or entry.kind
    return kind_of(entry.before if kind_of(entry.after) == "empty" else entry.after)


def size(entry: Difference) -> str:
    """How large it is, or of what kind."""
    if entry.kind in ("values", "formulas"):
        return entry.measure or (kind_of(entry.after) if entry.label else "")
    parts = [entry.measure or (entry.kind if entry.label else "")]
    if entry.cells > 1:
        parts.append(f"{entry.cells:,} cells")
    return ", ".join(filter(None, parts))


def reach(entry: Difference) -> str:
    """How many cells are computed from it."""
    return "unknown" if entry.reaches is None else f"{entry.reaches:,}" if entry.reaches else ""
