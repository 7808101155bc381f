"""Templates: workbooks that people edit, which say where everything goes and what it looks like.

A `Step` sheet and an `Overview` sheet hold placeholders, such as `{{wh}}`; a `Key` sheet holds one painted cell
for each role, such as `{{current}}`, with what it means in the cell to its right. docs/templates.md is the
description for those who edit them.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from tracer import reading
from tracer.errors import TracerError, listing, nearest, one_line
from tracer.matrices import stem
from tracer.workbook.fitting import fitted
from tracer.workbook.page import page
from tracer.workbook.style import Palette, Style, style
from tracer.workbook.templatefile import SIZE
from tracer.workbook.templatefile import read as read_workbook
from tracer.workbook.templatesheet import PLACEHOLDER, Sheet, TemplateCell

#: What a cell of a block is, and so how it is painted.
ROLES = ("current", "source", "given", "weights", "known")

#: What any network may need a place for, whether or not this one does: templates serve all of them.
BLOCKS = (
    *("X", "y", "wh", "bh", "wout", "bout", "lr"),
    *("hidden_layer_input", "hiddenlayer_activations", "output_layer_input", "output"),
    *("E", "slope_output_layer", "slope_hidden_layer", "d_output", "Error_at_hidden_layer", "d_hiddenlayer"),
    *("momentum", "beta_1", "beta_2", "epsilon", "t"),
    *(f"{state}_{name}" for state in ("velocity", "m", "v") for name in ("wh", "bh", "wout", "bout")),
)
#: Names of the data's columns above blocks, and of the samples beside them; a template may do without.
LABELS = ("X.columns", "X.rows", "y.columns", "y.rows", "output.columns")
HEADINGS = tuple(f"{name}.heading" for name in BLOCKS)
#: Cells that show how a role is painted.
LEGEND = {f"key.{role}" for role in ROLES}
#: Text of a step sheet.
STEP_TEXTS = {"epoch", "step.name", "step.number", "step.title", "step.phase", "step.formula", "step.definitions"}
STEP_LINKS = {"overview", "step.previous", "step.next"}
#: Text of the overview.
OVERVIEW_TEXTS = {"name", "hint", "shown", "loss.formula", "accuracy.heading"}
#: Lists on the overview: each takes as many rows as it needs.
OVERVIEW_LISTS = {"key", "steps.name", "steps.title", "steps.formula", "parameters.name", "parameters.value"}
OVERVIEW_BLOCKS = {"y", "output", "loss", "accuracy"}
#: Names above and beside what the overview shows.
OVERVIEW_LABELS = ("output.columns", "y.columns", "y.rows")


@dataclass(frozen=True)
class Role:
    """How a role is painted and what readers are told about it."""

    style: Style
    label: str


@dataclass(frozen=True)
class Template:
    """What a workbook looks like.

    Attributes:
        source: where it came from, for messages.
        mark: its name and a checksum of its file, which say whether two workbooks have the same.
        normal: name and size of the font that the column widths are counted in.
    """

    source: str
    mark: str
    step: Sheet
    overview: Sheet
    roles: Mapping[str, Role]
    normal: tuple[str, float] = ("Calibri", 11)

    @classmethod
    def read(
        cls, path: str | Path | None, names: Collection[str], layers: int = 1, labels: Collection[str] = ()
    ) -> Template:
        """
        Args:
            path: a workbook, or the name of a template that comes with tracer; None for the article's.
            names: the matrices of the network, each of which needs its place.
            layers: how many hidden layers the network has; those of several end in `_1`, `_2` and so on.
            labels: those of `LABELS` that the data have; where the template has no place for one, it is left out.

        Raises:
            TracerError: it is no template; the message names sheet and cell.
        """
        template = _read(path)
        for name in names:
            needed = stem(name) if layers > 1 else name
            if needed not in template.step.blocks:
                raise TracerError(
                    f"{template.source}: sheet 'Step' has no place for {needed}; put {{{{{needed}}}}} into a cell"
                )
        return replace(template, step=fitted(template.step, {*names, *labels}, layers))


def _read(path: str | Path | None) -> Template:
    """A template as it is in its file, made for no network yet."""
    path = "article" if path is None else path
    file: Path | Traversable = Path(path)
    if str(path) in shipped():
        file = files("tracer.templates").joinpath(f"{path}.xlsx")
    remedy = f"give a template's path, or one of {listing(shipped(), 'or')}"
    try:
        content = file.read_bytes() if not isinstance(file, Path) else reading.content(file, SIZE, remedy)
    except TracerError as error:
        raise TracerError(f"{path}: {error}") from None
    try:
        return _parse(content, str(path))
    except TracerError:
        raise
    except Exception as error:  # openpyxl lets whatever its parsers meet through, some of it late
        raise TracerError(
            f"{path}: not an .xlsx workbook ({one_line(error)}); a template is a copy of templates/article.xlsx"
        ) from None


@lru_cache(maxsize=8)
def _parse(content: bytes, source: str) -> Template:
    """The template in a file's bytes; whoever writes many workbooks of one look reads it once."""
    book = read_workbook(content, source)
    for title in ("Step", "Key"):
        if title not in book.sheetnames or not isinstance(book[title], Worksheet):
            found = listing(map(repr, book.sheetnames))
            raise TracerError(
                f"{source}: not a template, it has no sheet {title!r} (it has {found}); "
                "start from a copy of templates/article.xlsx"
            )
    palette = Palette(book.loaded_theme)
    step = _sheet(book["Step"], source, palette, (*BLOCKS, *LABELS), [*STEP_TEXTS, *STEP_LINKS, *HEADINGS, *LEGEND])
    roles = _roles(book["Key"], source, palette)
    if "Overview" in book.sheetnames:
        lists = OVERVIEW_BLOCKS | OVERVIEW_LISTS | {*OVERVIEW_LABELS}
        overview = _sheet(book["Overview"], source, palette, lists, OVERVIEW_TEXTS | LEGEND)
    else:
        overview = _read("article").overview
    normal = palette.typeface(book._named_styles["Normal"].font)  # type: ignore[attr-defined]
    return Template(
        source,
        f"{Path(source).stem} {zlib.crc32(content):08x}",
        step,
        overview,
        roles,
        (normal["font_name"] or "Calibri", normal["font_size"] or 11),
    )


def shipped() -> list[str]:
    """The names of the templates that come with tracer."""
    return sorted(file.name[:-5] for file in files("tracer.templates").iterdir() if file.name.endswith(".xlsx"))


def _sheet(sheet: Worksheet, source: str, palette: Palette, blocks: Collection[str], texts: Collection[str]) -> Sheet:
    """
    Args:
        blocks: placeholders that take a cell for themselves and grow.
        texts: placeholders that are replaced by text.
    """
    cells: list[TemplateCell] = []
    places: dict[str, tuple[int, int]] = {}
    for row in sheet.iter_rows():
        for cell in row:
            text = "" if cell.value is None else str(cell.value)
            found = TemplateCell(cell.row, cell.column, text, style(cell, palette), cell.number_format)
            if text:
                place = f"{source}: {sheet.title}!{cell.coordinate}"
                if cell.data_type == "f":
                    raise TracerError(
                        f"{place} holds a formula; a template holds text and placeholders, since blocks move"
                    )
                _check_placeholders(found, place, blocks, texts)
            if found.placeholder in places:
                first = f"{get_column_letter(places[found.placeholder][1])}{places[found.placeholder][0]}"
                raise TracerError(f"{place} asks for {found.text} again ({first} has it); a block has one place")
            if found.placeholder in blocks:
                places[found.placeholder] = (cell.row, cell.column)
            if text or found.style:
                cells.append(found)
    return Sheet(
        cells=tuple(cells),
        blocks=places,
        merged={
            (area.min_row, area.min_col): (area.min_row, area.min_col, area.max_row, area.max_col)
            for area in sheet.merged_cells.ranges
        },
        widths=_widths(sheet),
        heights={number: dimension.height for number, dimension in sheet.row_dimensions.items() if dimension.height},
        freeze=_freeze(sheet, cells),
        page=page(sheet, palette),
        last_row=sheet.max_row,
        last_column=sheet.max_column,
    )


def _check_placeholders(cell: TemplateCell, place: str, blocks: Collection[str], texts: Collection[str]) -> None:
    for name in PLACEHOLDER.findall(cell.text):
        if name not in blocks and name not in texts:
            raise TracerError(
                f"{place} asks for {{{{{name}}}}}, which does not exist{nearest(name, [*blocks, *texts])}"
            )
        alone = name in blocks or name in STEP_LINKS or name in LEGEND
        if alone and not cell.placeholder:
            raise TracerError(
                f"{place} has other text beside {{{{{name}}}}}; this placeholder stands alone in its cell"
            )


def _freeze(sheet: Worksheet, cells: list[TemplateCell]) -> tuple[int, int]:
    """The first row and column that scroll: as the template has it, else everything above the blocks stays.

    LibreOffice saves no panes when it converts without a window.
    """
    pane = sheet.sheet_view.pane
    if pane is not None and pane.state in ("frozen", "frozenSplit"):
        # Not its topLeftCell: that is where the lower part is scrolled to.
        return int(pane.ySplit or 0) + 1, int(pane.xSplit or 0) + 1
    placeholders = [
        cell for cell in cells if cell.placeholder and cell.placeholder not in STEP_LINKS | STEP_TEXTS | LEGEND
    ]
    return min((cell.row for cell in placeholders), default=1), 1


def _widths(sheet: Worksheet) -> dict[int, float]:
    """Widths by column; a file gives one width for a run of columns."""
    widths = {}
    for dimension in sheet.column_dimensions.values():
        if dimension.width and dimension.min:
            for number in range(dimension.min, min(dimension.max or dimension.min, sheet.max_column) + 1):
                widths[number] = 0.0 if dimension.hidden else dimension.width
    return widths


def _roles(sheet: Worksheet, source: str, palette: Palette) -> dict[str, Role]:
    roles = {}
    for row in sheet.iter_rows():
        for cell in row:
            match = PLACEHOLDER.fullmatch(str(cell.value or "").strip())
            if not match:
                continue
            if match[1] not in ROLES:
                place = f"{source}: Key!{cell.coordinate}"
                raise TracerError(f"{place} paints {{{{{match[1]}}}}}, which is no role{nearest(match[1], ROLES)}")
            label = sheet.cell(cell.row, cell.column + 1).value
            roles[match[1]] = Role(style(cell, palette), str(label or match[1]))
    missing = [role for role in ROLES if role not in roles]
    if missing:
        remedy = f"put {{{{{missing[0]}}}}} into a cell and paint it"
        raise TracerError(f"{source}: sheet 'Key' paints no cell for {listing(missing)}; {remedy}")
    return roles
