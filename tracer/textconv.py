"""A workbook as stable text, for `git diff`: everything that a comparison of workbooks sees, in lines.

A line a cell, with its address; or a line a row, without, so that a row put in is one line.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tracer.compare import settings
from tracer.compare.outline import outline
from tracer.compare.placement import Placement
from tracer.compare.trees import Trees
from tracer.compare.wording import value_text
from tracer.errors import TracerError
from tracer.escapes import escaped, printable
from tracer.numbers import count
from tracer.reading import is_file
from tracer.xlsx import rows, xml
from tracer.xlsx.addresses import Range, address, letters
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.cells import Cell
from tracer.xlsx.relative import relative
from tracer.xlsx.strings import Text

#: So many characters wait until the file is known to be whole; a longer text is printed as it is read.
HELD = 1 << 24


def text(path: str, by_row: bool = False) -> Iterator[str]:
    """The lines of a file; of one that cannot be read, one line that says why.

    `git diff` ends where this program fails, and shows nothing of the files behind.

    Raises:
        TracerError: there is no such file.
    """
    if not is_file(path):
        with Book(path):
            pass  # says what is wrong, of most that is no file
    held: list[str] | None = []
    size = 0
    try:
        with Book(path) as book:
            for line in lines(book, by_row):
                if held is None:
                    yield line
                    continue
                held.append(line)
                size += len(line)
                if size > HELD:
                    yield from held
                    held = None
    except TracerError as error:
        held = [unreadable(error, path)]
    yield from held or ()


def unreadable(error: TracerError, path: str) -> str:
    """The line of a file that cannot be read: why, and a checksum, so that it changes with the file.

    It lacks the file's name, because git has another for it at every call.
    """
    import hashlib

    said = "cannot be read: " + str(error).removeprefix(f"{printable(path)}: ").removeprefix("cannot be read ")
    try:
        with Path(path).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return f"{said} ({count(file.tell(), 'byte')}, sha256 {digest[:16]})"
    except (OSError, ValueError):
        return said


def lines(book: Book, by_row: bool = False) -> Iterator[str]:
    """Properties, names, and what else belongs to no sheet, then each sheet: its cells, then what stands beside them.

    Args:
        by_row: a line a row in place of a line a cell.

    Raises:
        TracerError: a sheet is damaged.
    """
    for name, value in sorted(book.properties.items()):
        yield _line(f"property {escaped(name)}", f'"{escaped(value)}"', book.property_types.get(name, ""))
    for defined in sorted(book.names.values(), key=lambda found: (found.sheet or "", found.name)):
        scope = escaped(defined.sheet) + "!" if defined.sheet else ""
        marks = (f"{key} {escaped(value)}" for key, value in defined.marks)
        yield _line(f"name {scope}{escaped(defined.name)}", f"={escaped(defined.text)}", *marks)
    trees = Trees(book, Placement(), equal=lambda part: False)
    for entry in outline(trees.workbook()):
        yield _line("workbook", entry.path, entry.text)
    yield _line("look of the workbook", ", ".join(map(" ".join, book.styles.look(0).properties)))
    for number, sheet in enumerate(book.sheets):
        kind = "" if sheet.kind == "worksheet" else sheet.kind
        yield _line(f"sheet {escaped(sheet.title)}", kind, "" if sheet.state == "visible" else sheet.state)
        reading = _Reading(book, sheet)
        if sheet.kind == "worksheet":
            yield from reading.by_row() if by_row else reading.by_cell()
        yield from reading.beside(trees, number)


def _line(*fields: str) -> str:
    """Fields between tabs; whatever a file holds, and wherever, the tabs are the only controls."""
    return "\t".join(map(printable, filter(None, fields)))


def _runs(text: Text) -> str:
    """The formatting inside a text: `characters 1-5 bold, colour #FF0000`."""
    parts, start = [], 1
    for run in text.runs:
        end = start + run.length - 1
        if run.font is not None:
            said = ", ".join(key if value == "yes" else f"{key} {value}" for key, value in sorted(run.font.items()))
            parts.append(f"characters {start}-{end} {said}")
        start = end + 1
    return "; ".join(parts)


class _Reading:
    """One sheet."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self._book, self._sheet, self._title = book, sheet, escaped(sheet.title)
        self._attributes: dict[bytes, bytes] = {}
        self._looks: dict[int, str] = {}

    def _rows(self) -> Iterator[tuple[int, dict[int, Cell], str]]:
        """Number, cells, and what is said of the row itself."""

        def told(row: int, attributes: dict[bytes, bytes]) -> None:
            self._attributes = attributes

        for row, cells in self._book.rows(self._sheet, told=told):
            size = settings.row_size(self._attributes)
            style = settings.row_style(self._attributes)
            said = [*([size] if size != "automatic" else []), *([f"look {self._look(style)}"] if style else [])]
            yield row, cells, ", ".join(said)

    def by_cell(self) -> Iterator[str]:
        """A line a cell that holds something, then one for each area of one look, and for rows of one size."""
        areas, sizes = Areas(), Areas()
        for row, cells, size in self._rows():
            for column, cell in cells.items():
                if held := self._held(cell):
                    formula = escaped(str(cell.formula)) if cell.formula else ""
                    yield _line(f"{self._title}!{address(row, column)}", held, formula, *self._shown(cell))
            areas.add(row, self._runs(cells))
            sizes.add(row, [(1, 1, size)] if size else [])
        for area, look in areas:
            yield _line(f"{self._title}!{area}", f"look {look}")
        for area, size in sizes:
            yield _line(f"{self._title}!{area.top}:{area.bottom}", f"row {size}")

    def by_row(self) -> Iterator[str]:
        """A line a row, and one for rows between in which nothing stands."""
        last = 0
        for row, cells, size in self._rows():
            fields = [field for column, cell in cells.items() if (field := self._field(row, column, cell))]
            fields += [
                f"look {letters(left)}{':' + letters(right) if right > left else ''} {look}"
                for left, right, look in self._runs(cells)
            ]
            fields += [f"row {size}"] if size else []
            if fields:
                if row > last + 1:
                    yield f"({count(row - last - 1, 'empty row')})"
                yield _line(*fields)
                last = row

    def _field(self, row: int, column: int, cell: Cell) -> str:
        held = self._held(cell)
        if not held:
            return ""
        formula = ""
        if cell.formula:
            area = cell.formula.area
            said = str(cell.formula._replace(text=relative(cell.formula.text, row)))
            if area:  # its size in place of its address
                said = said.replace(f" over {area}", f" over {area.bottom - row + 1} × {area.right - column + 1}")
            formula = escaped(said)
        return " ".join(filter(None, (letters(column), held, formula, *self._shown(cell))))

    def _held(self, cell: Cell) -> str:
        """The value, all of its bits; empty for a cell that holds nothing."""
        if cell.value is None and cell.formula is None:
            return ""
        shown = value_text(cell, self._book.styles.format(cell.style), self._book.date1904)
        if isinstance(cell.value, float) and (exact := value_text(cell)) != shown:
            return f"{shown} ({exact})"
        return shown

    def _shown(self, cell: Cell) -> tuple[str, str]:
        """The number format, and the formatting inside a text."""
        style = self._book.styles.format(cell.style)
        runs = _runs(cell.value) if isinstance(cell.value, Text) else ""
        return f"[{escaped(style)}]" if style != "General" else "", escaped(runs)

    def _look(self, style: int) -> str:
        """How a style differs from that of cells of which nothing is said; empty where it does not."""
        if style not in self._looks:
            styles = self._book.styles
            said = [styles.look(0).change(styles.look(style))[1]]
            said += [f"format {styles.format(style)}"] if styles.format(style) != styles.format(0) else []
            self._looks[style] = printable(", ".join(filter(None, said)))
        return self._looks[style]

    def _runs(self, cells: dict[int, Cell]) -> list[tuple[int, int, str]]:
        """Neighbours of one look in a row: first and last column, and the look."""
        runs: list[tuple[int, int, str]] = []
        for column, cell in sorted(cells.items()):
            look = self._look(cell.style)
            if look and runs and runs[-1][1:] == (column - 1, look):
                runs[-1] = (runs[-1][0], column, look)
            elif look:
                runs.append((column, column, look))
        return runs

    def beside(self, trees: Trees, number: int) -> Iterator[str]:
        """Columns, merged cells, and everything else of the sheet."""
        is_grid = self._sheet.kind == "worksheet"
        package, part = self._book.package, self._sheet.part
        root = rows.settings(package, part) if is_grid else package.xml(part)
        yield from self._columns(root)
        for element in root.iterfind("mergeCells/mergeCell"):
            yield _line(f"{self._title}!{escaped(element.get('ref', '').replace('$', ''))}", "merged")
        for entry in outline(trees.sheet(self._sheet, root, number)):
            where = f"{self._title}!{escaped(entry.address)}" if entry.address else self._title
            yield _line(where, entry.path, entry.text)

    def _columns(self, root: xml.Element) -> Iterator[str]:
        sizes = settings.sizes(root)
        areas = Areas()
        for column, element in sorted(settings.columns(root).items()):
            look = self._look(settings.column_style(element))
            said = [sizes[column] if sizes[column] != "default" else "", f"look {look}" if look else ""]
            areas.add(column, [(1, 1, ", ".join(filter(None, said)))] if any(said) else [])
        for area, text in areas:
            yield _line(f"{self._title}!{letters(area.top)}:{letters(area.bottom)}", f"column {text}")


class Areas:
    """Few rectangles in which the same is said, put together row by row; iterates over them in reading order."""

    def __init__(self) -> None:
        self._open: dict[tuple[int, int, str], tuple[int, int]] = {}
        self._closed: list[tuple[Range, str]] = []

    def add(self, row: int, runs: list[tuple[int, int, str]]) -> None:
        """
        Args:
            runs: first and last column, and what is said of the cells between.
        """
        before, self._open = self._open, {}
        for run in runs:
            top, bottom = before.get(run, (row, row - 1))
            if bottom == row - 1:
                before.pop(run, None)
            else:
                top = row
            self._open[run] = (top, row)
        self._close(before)

    def _close(self, rows: dict[tuple[int, int, str], tuple[int, int]]) -> None:
        self._closed += [(Range(top, run[0], bottom, run[1]), run[2]) for run, (top, bottom) in rows.items()]

    def __iter__(self) -> Iterator[tuple[Range, str]]:
        self._close(self._open)
        self._open = {}
        yield from sorted(self._closed)
