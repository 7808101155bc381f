"""The style of a template's cell, as properties that the writer's library (XlsxWriter) takes."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from openpyxl.cell import Cell
from openpyxl.styles import Font
from openpyxl.styles.colors import COLOR_INDEX, Color

from tracer.xlsx.styles import tinted

#: XlsxWriter's properties of a format, sorted, so that equal styles are equal keys.
Style = tuple[tuple[str, Any], ...]

PLAIN: Style = ()

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
#: A theme colour's index, as cells give it, in the names of the theme part (ECMA-376 part 1, 20.1.6.2: the light
#: and dark pairs stand in the other order there).
_THEME = (
    "lt1",
    "dk1",
    "lt2",
    "dk2",
    "accent1",
    "accent2",
    "accent3",
    "accent4",
    "accent5",
    "accent6",
    "hlink",
    "folHlink",
)
_PATTERNS = (
    "none", "solid", "mediumGray", "darkGray", "lightGray", "darkHorizontal", "darkVertical", "darkDown", "darkUp",
    "darkGrid", "darkTrellis", "lightHorizontal", "lightVertical", "lightDown", "lightUp", "lightGrid", "lightTrellis",
    "gray125", "gray0625",
)  # fmt: skip
_BORDERS = (
    None, "thin", "medium", "dashed", "dotted", "thick", "double", "hair", "mediumDashed", "dashDot",
    "mediumDashDot", "dashDotDot", "mediumDashDotDot", "slantDashDot",
)  # fmt: skip
_SHOWN_WHEN_BLANK = {"bg_color", "pattern", "left", "right", "top", "bottom"}
_UNDERLINES = {"single": 1, "double": 2, "singleAccounting": 33, "doubleAccounting": 34}
_VERTICAL = {
    "center": "vcenter",
    "justify": "vjustify",
    "distributed": "vdistributed",
    "top": "top",
    "bottom": "bottom",
}
_HORIZONTAL = {"centerContinuous": "center_across"}


class Palette:
    """Resolves the colours of one workbook (plain, indexed, or from its theme with a tint), and its theme's fonts."""

    def __init__(self, theme: bytes | None) -> None:
        self.theme = _theme_colors(theme) if theme else {}
        self.fonts = _theme_fonts(theme) if theme else {}

    def hex(self, color: Color | None) -> str | None:
        """`#RRGGBB`, or None for no colour or an automatic one."""
        if color is None:
            return None
        if color.type == "rgb" and isinstance(color.rgb, str):
            base = color.rgb[-6:]
        elif color.type == "theme" and color.theme < len(_THEME):
            base = self.theme.get(_THEME[color.theme], "000000" if color.theme % 2 else "FFFFFF")
        elif color.type == "indexed" and color.indexed < len(COLOR_INDEX):
            base = COLOR_INDEX[color.indexed][-6:]
        else:
            return None
        return "#" + tinted(base, color.tint or 0.0)

    def typeface(self, font: Font) -> dict[str, Any]:
        """What a font is shown as: where it has a scheme, its theme's font, whatever its own name says.

        Written without a scheme, since the workbook that it goes to has a theme of its own.
        """
        themed = self.fonts.get(font.scheme or "")
        return {
            "font_name": themed or font.name,
            "font_family": 0 if themed else int(font.family or 0),
            "font_charset": None if themed else font.charset,
            "font_size": font.sz,
        }


def style(cell: Cell, palette: Palette) -> Style:
    """Font, fill, borders, alignment, number format and protection of a cell; `PLAIN` for one without any."""
    if not cell.has_style:
        return PLAIN
    properties: dict[str, Any] = {
        **_font(cell, palette),
        **_fill(cell, palette),
        **_border(cell, palette),
        **_alignment(cell),
    }
    if cell.number_format != "General":
        properties["num_format"] = cell.number_format
    if not cell.protection.locked:
        properties["locked"] = False
    if cell.protection.hidden:
        properties["hidden"] = True
    return tuple(sorted((key, value) for key, value in properties.items() if value is not None))


def shows_when_blank(base: Style) -> bool:
    """Whether an empty cell of this style looks different from one without: it has a fill or a border."""
    return not _SHOWN_WHEN_BLANK.isdisjoint(key for key, _ in base)


def with_number_format(base: Style, number_format: str) -> Style:
    """A role's style with a block's own number format (none when the block says General)."""
    if number_format == "General":
        return base
    return tuple(sorted({**dict(base), "num_format": number_format}.items()))


def _font(cell: Cell, palette: Palette) -> dict[str, Any]:
    font = cell.font
    return {
        **palette.typeface(font),
        "bold": font.b or None,
        "italic": font.i or None,
        "underline": _UNDERLINES.get(font.u),
        "font_strikeout": font.strike or None,
        "font_script": {"superscript": 1, "subscript": 2}.get(font.vertAlign),
        "font_color": palette.hex(font.color),
    }


def _fill(cell: Cell, palette: Palette) -> dict[str, Any]:
    fill = cell.fill
    if fill.tagname == "gradientFill":  # XlsxWriter has none for cells: its first colour stands for it
        return {"bg_color": palette.hex(fill.stop[0].color) if fill.stop else None}
    pattern = fill.patternType
    if pattern not in _PATTERNS or pattern == "none":
        return {}
    front, back = palette.hex(fill.fgColor), palette.hex(fill.bgColor)
    if pattern == "solid":
        return {"bg_color": front}
    return {"pattern": _PATTERNS.index(pattern), "fg_color": front, "bg_color": back}


def _border(cell: Cell, palette: Palette) -> dict[str, Any]:
    properties: dict[str, Any] = {}
    for side in ("left", "right", "top", "bottom"):
        line = getattr(cell.border, side)
        if line is not None and line.style in _BORDERS and line.style:
            properties[side] = _BORDERS.index(line.style)
            properties[f"{side}_color"] = palette.hex(line.color)
    return properties


def _alignment(cell: Cell) -> dict[str, Any]:
    alignment = cell.alignment
    horizontal = alignment.horizontal if alignment.horizontal != "general" else None
    return {
        "align": _HORIZONTAL.get(horizontal or "", horizontal),
        "valign": _VERTICAL.get(alignment.vertical or ""),
        "text_wrap": alignment.wrap_text or None,
        "indent": int(alignment.indent) or None,
        "rotation": _rotation(alignment.textRotation),
        "shrink": alignment.shrink_to_fit or None,
    }


def _rotation(degrees: int | None) -> int | None:
    """The file counts 91 to 180 for downwards and 255 for stacked letters; XlsxWriter -1 to -90 and 270."""
    if not degrees:
        return None
    if degrees == 255:
        return 270
    return degrees if degrees <= 90 else 90 - degrees


def _theme_fonts(theme: bytes) -> dict[str, str]:
    """The fonts of a theme by what a font's scheme calls them: `minor` is that of bodies, `major` that of headings."""
    fonts = {}
    root = ElementTree.fromstring(theme)
    for scheme in ("minor", "major"):
        latin = root.find(f".//{_DRAWING}fontScheme/{_DRAWING}{scheme}Font/{_DRAWING}latin")
        if latin is not None and latin.get("typeface"):
            fonts[scheme] = latin.attrib["typeface"]
    return fonts


def _theme_colors(theme: bytes) -> dict[str, str]:
    colors = {}
    scheme = ElementTree.fromstring(theme).find(f".//{_DRAWING}clrScheme")
    for entry in scheme if scheme is not None else ():
        value = next(iter(entry), None)
        if value is not None:
            colors[entry.tag.removeprefix(_DRAWING)] = value.get("lastClr") or value.get("val") or "000000"
    return colors
