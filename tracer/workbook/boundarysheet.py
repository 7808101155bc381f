"""The sheet `Boundary`: what the network answers all over the plane of its two inputs, as a map beside the data."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from tracer import boundary
from tracer.expr import reads
from tracer.trace import Trace, Update
from tracer.workbook import boundarywords, names
from tracer.workbook.book import IGNORED, Book
from tracer.workbook.boundarylayout import LEFT, LIMITS, SIDE, SMALLEST, TOP, Layout
from tracer.workbook.expectation import Computed, Expected, Place, SheetKind
from tracer.workbook.formulas import BlockFormula, CellFormula, literal
from tracer.workbook.heatmap import color, write_key
from tracer.workbook.layout import Area
from tracer.workbook.plainsheet import FIRST, LABEL, MODERN, NOTE, add_plain_sheet, flush
from tracer.workbook.scatter import Axis, scatter
from tracer.workbook.source import Source
from tracer.workbook.style import Style, with_number_format

#: Between the headings and the map, in pixels; the chart begins there.
GAP = 12
#: The plot of the chart is no smaller than this.
CHART = 300
#: A cell of the map so large has room for its number.
ROOMY = 34
#: So many numbers are seen along an axis, at most.
TICKS = 11
#: Nothing of a number is seen.
HIDDEN = ";;;"
#: Of all that stands to the right of the pictures, whose rows are low.
SMALL = 8

HEADING: Style = (("bold", True), ("font_size", 10), ("valign", "bottom"))
HEAD: Style = (("align", "right"), ("bottom", 1), ("bottom_color", "#8C8C8C"), ("font_size", SMALL))
TICK: Style = (("font_color", "#595959"), ("font_size", SMALL))
LINE: Style = (("font_family", MODERN), ("font_name", "Consolas"), ("font_size", SMALL))
BESIDE: Style = (("align", "right"), ("font_color", "#595959"), ("font_size", SMALL), ("indent", 1))
LINK: Style = (("font_color", "#1D4ED8"), ("font_size", 9), ("underline", 1))
#: What a spreadsheet has where there is no number; charts leave it out.
NOT_THERE = "#N/A"


def write_boundary(book: Book, trace: Trace, points: int, weights: Source | None, data: Source) -> None:
    """
    Args:
        points: of the grid, along each axis.
        weights: where the weights stand as training left them; None where they do nowhere.
        data: where X and y of all samples stand.
    """
    BoundarySheet(book, trace, points, weights, data).write()


class BoundarySheet:
    """Writes the sheet; the arguments are those of `write_boundary`."""

    def __init__(self, book: Book, trace: Trace, points: int, weights: Source | None, data: Source) -> None:
        network = trace.network
        self.book, self.network, self.points, self.epochs = book, network, points, trace.epochs
        self.weights, self.data = weights, data
        self.layout = Layout(network, points)
        self.areas = self.layout.areas
        self.values = boundary.grid(network, {name: trace[name] for name in network.initial}, points)
        self.levels = boundary.levels(network) if network.widths[-1] == 1 else None
        self.inputs = boundarywords.inputs(network)
        #: Decimals that tell the numbers along each axis apart.
        spans = (self.values["step"] * (points - 1)).ravel().tolist()
        self.decimals = [min(max(2 - math.floor(math.log10(span)), 0), 9) for span in spans]

    def write(self) -> None:
        note = boundarywords.note(self.network, self.book.formulas != "none")
        self.sheet = add_plain_sheet(self.book, names.BOUNDARY, "Boundary", note)
        weights = self.weights.title if self.weights else ""
        first = self.areas[next(iter(self.network.initial))].address()
        origins = boundarywords.origins(self.network, weights, self.epochs, first)
        self.sheet.write_string(2, 1, origins, self.book.formats[NOTE])
        self._set_sizes()
        self._put_limits()
        self._put_axes()
        self._put_weights()
        self._put_points()
        self._put_map()
        self._put_samples()
        for name, area in self.areas.items():
            self.book.define(names.BOUNDARY, name, area)
        self._write_headings()
        self._draw()

    def _set_sizes(self) -> None:
        sheet, pixels = self.sheet, self.layout.pixels
        sheet.set_column_pixels(1, 1, 22)
        sheet.set_column_pixels(2, 2, 52)
        sheet.set_column_pixels(LEFT, LEFT + self.points - 1, pixels)
        sheet.set_column_pixels(LEFT + self.points, LEFT + self.points, 24)
        sheet.set_default_row(0.75 * SMALLEST)  # points; pixels are smaller
        for row in (1, 2):
            sheet.set_row_pixels(row, 18)
        sheet.set_row_pixels(FIRST, 32)
        sheet.set_row_pixels(TOP - 1, GAP)
        for row in range(TOP, TOP + self.points):
            sheet.set_row_pixels(row, pixels)
        sheet.set_row_pixels(TOP + self.points, 46)
        for row in range(TOP + self.points + 1, self._end + 1):
            sheet.set_row_pixels(row, 18)
        for name in self.layout.groups:
            area = self.areas[name]
            sheet.set_column_pixels(area.column - 1, area.column - 1, 56)
            wide = max(62, math.ceil((len(name) * 6 + 6) / area.columns))
            sheet.set_column_pixels(area.column, area.last_column, wide)
        if self.points * pixels > SIDE:
            sheet.set_zoom(max(25, 100 * SIDE // (self.points * pixels)))

    def _put(self, name: str, formulas: list[list[str]], style: Style, arrays: bool = False) -> None:
        self._put_cells(self.areas[name], self.values[name], formulas, style, arrays)

    def _put_cells(
        self, area: Area, matrix: np.ndarray, formulas: list[list[str]], style: Style, arrays: bool = False
    ) -> None:
        if self.book.formulas == "none":
            self.book.put_values(self.sheet, area, matrix, style)
        else:
            self.book.put_cells(self.sheet, area, matrix, style, formulas, arrays)

    def _style(self, role: str, number_format: str) -> Style:
        """A role of the template, small enough for low rows."""
        look = with_number_format(flush(self.book.template.roles[role].style), number_format)
        return tuple(sorted({**dict(look), "font_size": SMALL}.items()))

    def _put_limits(self) -> None:
        """What places the grid: the range of the data, by formulas of the data."""
        formulas: dict[str, list[str]] = {name: [] for name in LIMITS}
        for k in (0, 1):
            smallest, largest, margin, first, _ = (self.areas[name].address(0, k) for name in LIMITS)
            formulas["smallest"].append(f"=MIN({self.data.of_all('X', k)})")
            formulas["largest"].append(f"=MAX({self.data.of_all('X', k)})")
            share = f"{literal(boundary.MARGIN)}*({largest}-{smallest})"
            formulas["margin"].append(f"=IF({largest}>{smallest},{share},{literal(boundary.ALONE)})")
            formulas["first"].append(f"={smallest}-{margin}")
            formulas["step"].append(f"=({largest}+{margin}-{first})/{self.points - 1}")
        for name in LIMITS:
            self._put(name, [formulas[name]], self._style("known", f"0.{'0' * (max(self.decimals) + 1)}"))

    def _put_axes(self) -> None:
        """The numbers along the map; each is there, some are seen."""
        looks = {
            "across": {"align": "center", "rotation": 90, "valign": "top"},
            "up": {"align": "right", "indent": 1, "valign": "vcenter"},
        }
        every = ticks(self.points)
        for k, (name, look) in enumerate(looks.items()):
            first, step = (Area(0, k, 1, 1).within(self.areas[limit]).range for limit in ("first", "step"))
            for (i, j), value in np.ndenumerate(self.values[name]):
                at = j if name == "across" else self.points - 1 - i
                seen = _fixed(self.decimals[k]) if at % every == 0 else HIDDEN
                style = tuple(sorted({**dict(TICK), **look, "num_format": seen}.items()))
                cell = Area(i, j, 1, 1).within(self.areas[name])
                self._put_cells(cell, np.array([[value]]), [[f"={first}+{at}*{step}"]], style)

    def _put_weights(self) -> None:
        """The weights, linked to where training left them; biases in rows."""
        style = self._style("weights", "0.000")
        for name, matrix in self.network.initial.items():
            if self.weights is None:
                self.book.put_values(self.sheet, self.areas[name], self.values[name], style)
                continue
            cells = self.weights.cells(name)
            if matrix.shape != self.values[name].shape:
                cells = [list(line) for line in zip(*cells)]
            self._put(name, [[f"={cell}" for cell in row] for row in cells], style)

    def _put_points(self) -> None:
        """A row for each point: its coordinates, and what the steps make of them."""
        across, up = self.areas["across"], self.areas["up"]
        pairs = [(across.address(0, j), up.address(i)) for i in range(self.points) for j in range(self.points)]
        self._put("X", [[f"={x}", f"={y}"] for x, y in pairs], self._style("given", _fixed(max(self.decimals) + 1)))
        style = self._style("known", "0.000")
        shapes = {name: area.shape for name, area in self.areas.items()}
        for symbol, expression in boundary.computed(self.network):
            name = symbol.name
            if self.book.formulas == "matrix":
                for part, formula in BlockFormula(lambda read: read, shapes).block(expression):
                    matrix = self.values[name][part.row : part.last_row + 1, part.column : part.last_column + 1]
                    self.book.put_array(self.sheet, part.within(self.areas[name]), matrix, style, formula)
            else:
                cells, arrays = CellFormula(self.areas).block(expression, *self.areas[name].shape)
                self._put(name, cells, style, arrays)
        if not self.levels:
            outputs = self.areas["output"]
            ranges = [f"{outputs.address(i)}:{outputs.address(i, outputs.columns - 1)}" for i in range(outputs.rows)]
            self._put("class", [[f"=MATCH(MAX({cells}),{cells},0)"] for cells in ranges], self._style("known", "0"))

    def _put_map(self) -> None:
        """Each cell shows the answer at its point, which stands in the point's row."""
        shown = self.areas["output" if self.levels else "class"]
        area = self.areas["boundary"]
        numbers = ("0.00" if self.levels else "0") if self.layout.pixels >= ROOMY else HIDDEN
        style: Style = (("align", "center"), ("font_size", 9), ("num_format", numbers), ("valign", "vcenter"))
        cells = [[f"={shown.address(i * self.points + j)}" for j in range(self.points)] for i in range(self.points)]
        self._put("boundary", cells, style)
        color(self.book, self.sheet, area, self.levels, self.network.widths[-1])

    def _put_samples(self) -> None:
        """The data for the chart: the second input stands in the column of the sample's class, #N/A in the others."""
        area, matrix = self.areas["samples"], self.values["samples"]
        style = self._style("given", _fixed(max(self.decimals) + 1))
        elsewhere = np.isnan(matrix)
        if self.book.formulas == "none":
            for i, j in np.argwhere(~elsewhere).tolist():
                self.book.put_values(self.sheet, Area(i, j, 1, 1).within(area), matrix[i : i + 1, j : j + 1], style)
            return
        outputs = self.network.widths[-1]
        formulas = []
        for sample in range(area.rows):
            first, second = self.data.of_one("X", sample, 0), self.data.of_one("X", sample, 1)
            if self.levels:
                above = f"{self.data.of_one('y', sample, 0)}>{literal(self.levels[1])}"
                chosen = [f"=IF({above},NA(),{second})", f"=IF({above},{second},NA())"]
            else:
                targets = self.data.of_one("y", sample, 0, outputs - 1)
                largest = f"MATCH(MAX({targets}),{targets},0)"
                chosen = [f"=IF({largest}={k},{second},NA())" for k in range(1, outputs + 1)]
            formulas.append([f"={first}", *chosen])
        self.book.put_cells(self.sheet, area, np.where(elsewhere, NOT_THERE, matrix.astype(object)), style, formulas)
        unseen = self.book.formats[(("font_color", "#D1D5DB"),)]
        corners = area.row, area.column, area.last_row, area.last_column
        self.sheet.conditional_format(*corners, {"type": "errors", "format": unseen})
        self.sheet.ignore_errors({**IGNORED, "eval_error": area.range.replace("$", "")})

    def _write_headings(self) -> None:
        """What the pictures, their axes, colours, and the columns to the right of them are called."""
        sheet, formats, layout = self.sheet, self.book.formats, self.layout
        below, right = TOP + self.points, LEFT + self.points - 1
        sheet.write_string(FIRST, LEFT, boundarywords.heading(self.network), formats[HEADING])
        sheet.write_string(FIRST, layout.chart, boundarywords.data(self.network), formats[HEADING])
        axis: Style = (("align", "center"), *LABEL, ("valign", "vcenter"))
        sheet.merge_range(below + 1, LEFT, below + 1, right, self.inputs[0], formats[axis])
        sheet.merge_range(TOP, 1, below - 1, 1, self.inputs[1], formats[(*axis, ("rotation", 90))])
        write_key(self.book, sheet, below + 3, LEFT, boundarywords.key(self.network), self.levels is not None)
        place = self.areas["X"].column
        target = names.link(names.BOUNDARY, Area(FIRST, place, 1, 1).address())
        said = f"How each cell is computed: from {Area(FIRST, place, 1, 1).address()} on"
        sheet.write_url(self._end, LEFT, target, formats[LINK], said)
        shorter = CHART - self.points * layout.pixels  # than the chart, in pixels
        sheet.print_area(0, 0, self._end + max(0, -(-shorter // SMALLEST)), layout.chart)
        sheet.fit_to_pages(1, 1)

        sheet.write_string(FIRST, place, "How each cell of the map is computed: a row for each point", formats[HEADING])
        for k, line in enumerate(layout.lines):
            sheet.write_string(TOP + k, place, line, formats[LINE])
        for name in (*LIMITS, *self.network.initial):
            area = self.areas[name]
            sheet.write_string(area.row, area.column - 1, name, formats[BESIDE])
        heads = {
            "X": self.inputs,
            "output": boundarywords.outputs(self.network),
            "class": ("",),
            "samples": (self.inputs[0], *boundarywords.classes(self.network)),
        }
        for name in layout.groups:
            area = self.areas[name]
            own = heads.get(name, tuple(str(number + 1) for number in range(area.columns)))
            for k, text in enumerate(own):
                title = name if k == 0 else ""
                sheet.write_string(
                    layout.heads, area.column + k, title, formats[(("bold", True), ("font_size", SMALL))]
                )
                sheet.write_string(layout.heads + 1, area.column + k, text, formats[HEAD])

    @property
    def _end(self) -> int:
        """The last row of what stands below the map: the name of its axis, the key, and a link."""
        return TOP + self.points + 4 + len(boundarywords.key(self.network))

    def _draw(self) -> None:
        """The chart of the samples, as large as the map where that is large enough, its points at the same height."""
        pixels = self.layout.pixels
        side = (self.points - 1) * pixels
        side, above = (side, GAP + pixels // 2) if side >= CHART else (CHART, GAP)
        unit = ticks(self.points) * self.values["step"][0]
        lines = (self.values["across"][0], self.values["up"][::-1, 0])
        axes = [
            Axis(name, float(line[0]), float(line[-1]), float(step), _fixed(decimals))
            for name, line, step, decimals in zip(self.inputs, lines, unit, self.decimals)
        ]
        across, up = axes
        chart, width = scatter(self.book, self.areas["samples"], self.values["samples"], across, up, above, side)
        self.sheet.set_column_pixels(self.layout.chart, self.layout.chart, width + 8)
        said = "The data in the plane of the two inputs, a series for each class"
        self.sheet.insert_chart(TOP - 1, self.layout.chart, chart, {"description": said})


def ticks(points: int) -> int:
    """Every how many points of an axis a number is seen: so that the last one is too, where that is possible."""
    last = points - 1
    least = -(-last // (TICKS - 1))
    return next((every for every in range(least, 2 * least) if last % every == 0), least)


def _fixed(decimals: int) -> str:
    """`0.00`"""
    return f"0.{'0' * decimals}" if decimals else "0"


#: Outputs that are nearer than this are equally large.
TIE = 1e-9


def expected(trace: Trace, updates: Sequence[Update], title: str, areas: Mapping[str, Area]) -> Iterator[Expected]:
    """What the network answers all over the plane, from the corners of the grid to the map."""
    if "boundary" not in areas:
        return
    points = areas["boundary"].rows
    network = trace.network
    values = decided(boundary.grid(network, {name: trace[name] for name in network.initial}, points))
    # Coordinates are sums of these, and may be near 0.
    far = np.abs(values["smallest"]) + np.abs(values["largest"]) + values["margin"]
    wide = {name: far for name in (*LIMITS, "X")} | {"across": far[:, :1], "up": far[:, 1:]}
    last = trace.updates[-1]
    computed = {symbol.name: expression for symbol, expression in boundary.computed(network)}
    for name in network.initial:
        step = next(step.number for step in trace.steps if step.number > 1 and name in step.current)
        source = Place(names.step_sheet(last.epoch, step, last.number), name)
        yield Expected(Place(title, name), values[name], source)
    for name, matrix in values.items():
        place = Place(title, name)
        if name in computed:
            taken = {read: Place(title, read) for read in reads(computed[name])}
            yield Expected(place, matrix, computed=Computed(computed[name], taken))
        elif name == "boundary":
            yield Expected(place, matrix, Place(title, "class" if "class" in values else "output"))
        elif name not in network.initial:
            yield Expected(place, matrix, magnitude=wide.get(name, 0.0))


def decided(grid: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The sheet's numbers, its classes masked where rounding decides which output is the largest."""
    if "class" not in grid:
        return grid
    second, first = np.sort(grid["output"], axis=1)[:, -2:].T
    tie = first - second < TIE
    return {
        **grid,
        "class": np.ma.masked_array(grid["class"], tie[:, np.newaxis]),
        "boundary": np.ma.masked_array(grid["boundary"], tie.reshape(grid["boundary"].shape)),
    }


SHEET = SheetKind((names.BOUNDARY,), expected)
