"""How a sheet is printed and shown, copied from a template."""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl.worksheet.worksheet import Worksheet
from xlsxwriter.worksheet import Worksheet as Output

from tracer.workbook.style import Palette


@dataclass(frozen=True)
class Page:
    """Print settings and view of a sheet.

    Attributes:
        fit: pages across and down to fit on (0: as many as it takes), or None to print at `scale` percent.
        margins: left, right, top, bottom in inches.
        header, footer: in the spreadsheet's own notation (`&L...&C...&R...`).
    """

    landscape: bool
    paper: int
    fit: tuple[int, int] | None
    scale: int
    margins: tuple[float, float, float, float]
    centered: tuple[bool, bool]
    header: str
    footer: str
    gridlines_shown: bool
    gridlines_printed: bool
    zoom: int
    tab_color: str | None


def page(sheet: Worksheet, palette: Palette) -> Page:
    """The settings of a template's sheet."""
    setup, properties = sheet.page_setup, sheet.sheet_properties
    fit = None
    if properties.pageSetUpPr is not None and properties.pageSetUpPr.fitToPage:
        fit = (
            1 if setup.fitToWidth is None else int(setup.fitToWidth),
            1 if setup.fitToHeight is None else int(setup.fitToHeight),
        )
    margins = sheet.page_margins
    return Page(
        landscape=setup.orientation == "landscape",
        paper=int(setup.paperSize or 9),
        fit=fit,
        scale=int(setup.scale or 100),
        margins=(margins.left, margins.right, margins.top, margins.bottom),
        centered=(bool(sheet.print_options.horizontalCentered), bool(sheet.print_options.verticalCentered)),
        header=str(sheet.oddHeader or ""),
        footer=str(sheet.oddFooter or ""),
        gridlines_shown=sheet.sheet_view.showGridLines is not False,
        gridlines_printed=bool(sheet.print_options.gridLines),
        zoom=int(sheet.sheet_view.zoomScale or 100),
        tab_color=palette.hex(properties.tabColor),
    )


def apply(settings: Page, sheet: Output) -> None:
    """Give a sheet that is being written the settings of the template."""
    if settings.landscape:
        sheet.set_landscape()
    sheet.set_paper(settings.paper)
    left, right, top, bottom = settings.margins
    sheet.set_margins(left, right, top, bottom)
    if settings.fit:
        sheet.fit_to_pages(*settings.fit)
    elif settings.scale != 100:
        sheet.set_print_scale(settings.scale)
    if settings.centered[0]:
        sheet.center_horizontally()
    if settings.centered[1]:
        sheet.center_vertically()
    if settings.header:
        sheet.set_header(settings.header)
    if settings.footer:
        sheet.set_footer(settings.footer)
    # XlsxWriter: 0 shows and prints no grid hidden, 1 hides it in print, 2 on the screen too.
    sheet.hide_gridlines(0 if settings.gridlines_printed else 1 if settings.gridlines_shown else 2)
    sheet.set_zoom(settings.zoom)
    if settings.tab_color:
        sheet.set_tab_color(settings.tab_color)
