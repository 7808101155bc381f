"""Grids as HTML: for each band of lines, the sheet of A beside that of B."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tracer.compare.difference import Difference
from tracer.numbers import count
from tracer.report.grid import Grid, Position
from tracer.report.places import Band
from tracer.report.texts import LOOKS, beside, differing, html, mark
from tracer.xlsx.addresses import letters

#: Columns are at least and at most so many characters wide.
NARROW, WIDE = 4, 22
#: Two grids of together more characters than this are printed one below the other.
PRINTED = 130


def sheet(grid: Grid, entries: Sequence[Difference]) -> Iterator[str]:
    """The bands of a pair of sheets, with the gaps between them."""
    titles = (f'<b class="side">{side}</b> {html(title)}' for side, title in zip("AB", (grid.sheets.a, grid.sheets.b)))
    yield f'<div class="pair titles">{"".join(f"<p>{title}</p>" for title in titles)}</div>\n'
    next_line = 1
    for band in grid.bands:
        yield _gap(band.top - next_line)
        yield _pair(grid, band, entries)
        next_line = band.bottom + 1
    yield _gap(grid.last + 1 - next_line)


def _gap(lines: int) -> str:
    return f'<p class="gap">… {count(lines, "row")}</p>\n' if lines > 0 else ""


def _pair(grid: Grid, band: Band, entries: Sequence[Difference]) -> str:
    said = _Cells(grid, entries)
    columns = _with_gaps(band.columns)
    widths = [_width(said, band, column) if column else 0 for column in columns]
    wide = " wide" if 2 * sum(widths) > PRINTED else ""
    halves = (said.half(side, band, columns, widths) for side in (0, 1))
    return f'<div class="pair{wide}">{"".join(halves)}</div>\n'


def _with_gaps(columns: list[int]) -> list[int]:
    """The columns, and 0 where some are left out."""
    found = []
    last = 0
    for column in columns:
        found += [0, column] if column > last + 1 else [column]
        last = column
    return found


def _width(said: _Cells, band: Band, column: int) -> int:
    """Of a column in both sheets: the longest text, rounded up to even."""
    lines = range(band.top, band.bottom + 1)
    longest = max(len(said.text(side, (line, column))[0]) for line in lines for side in (0, 1))
    return min(max(longest + longest % 2, NARROW), WIDE)


class _Cells:
    """The cells of a grid as HTML, whose cells need no end tags: without them the page is half as long."""

    def __init__(self, grid: Grid, entries: Sequence[Difference]) -> None:
        self.grid, self.entries = grid, entries
        self._ids = {grid.targets[number]: number for number in grid.links.values()}

    def half(self, side: int, band: Band, columns: list[int], widths: list[int]) -> str:
        """One sheet of a band."""
        title = html((self.grid.sheets.a, self.grid.sheets.b)[side])
        parts = [f'<div class="half"><table aria-label="{"AB"[side]}: {title}"><colgroup><col class="head">']
        parts += [f'<col class="w{width}">' if width else '<col class="gap">' for width in widths]
        parts.append("\n<tr><th>")
        for column in columns:
            at = self.grid.sheets.columns.at(column)[side] if column else None
            parts.append(self._heading(side, (band.top - 1, column), letters(at) if at else "…" if not column else ""))
        for line in range(band.top, band.bottom + 1):
            row = self.grid.sheets.rows.at(line)[side]
            if row is None:
                parts.append(f'</tr>\n<tr class="none"><th><td colspan="{len(columns)}">')
                continue
            parts.append("</tr>\n<tr>" + self._heading(side, (line, 0), str(row)))
            parts += [self._cell(side, (line, column)) if column else "<td>" for column in columns]
        return "".join(parts) + "\n</table></div>"

    def text(self, side: int, at: Position) -> tuple[str, str]:
        """What a cell shows, and its alignment; of two cells that differ, what tells them apart."""
        text = self.grid.texts[side].get(at)
        kind = text.kind if text else "number"
        for number in self.grid.marks[side].get(at, ()):
            if self.entries[number].cells == 1 and self.entries[number].kind not in LOOKS:
                said = differing(self.entries[number])[side]
                return said, "text" if said.startswith(("=", "{=")) else kind
        return text.said if text else "", kind

    def _cell(self, side: int, at: Position) -> str:
        said, kind = self.text(side, at)
        marks = self.grid.marks[side].get(at)
        if not marks and kind == "number":
            return f"<td>{html(said)}"
        return f"<td{self._attributes(side, at, '' if kind == 'number' else kind)}>{html(said)}"

    def _heading(self, side: int, at: Position, said: str) -> str:
        return f"<th{self._attributes(side, at)}>{said}"

    def _attributes(self, side: int, at: Position, kind: str = "") -> str:
        marks = self.grid.marks[side].get(at, [])
        classes = sorted({mark(self.entries[number]) for number in marks} | ({kind} if kind else set()))
        found = f' class="{" ".join(classes)}"' if classes else ""
        if marks:
            found += f' data-d="{" ".join(map(str, marks))}"'
            told = next((number for number in marks if self.entries[number].kind not in LOOKS), None)
            found += f' title="{_title(self.entries[told])}"' if told is not None else ""
        if (side, at) in self._ids:
            found += f' id="c{self._ids[side, at]}"'
        return found


def _title(entry: Difference) -> str:
    """What pointing at a cell says."""
    lines = [f"{entry.label}  {entry.place}".strip() if len(entry.place) < 100 else entry.label]
    for name, side in (("A", entry.before), ("B", entry.after)):
        more = beside(side)
        lines.append(f"{name}: {side.shown}" + (f"   {more}" if more else ""))
    return "&#10;".join(html(line if len(line) <= 300 else line[:299] + "…") for line in lines)
