"""How cells look: the style table of a workbook, resolved so that looks of different tables can be compared."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import dataclass, field

from tracer.xlsx import numberformats, xml
from tracer.xlsx.package import Package

#: The palette that `indexed` colours mean (18.8.27); its first eight are there twice.
_EIGHT = "000000 FFFFFF FF0000 00FF00 0000FF FFFF00 FF00FF 00FFFF "
_INDEXED = (
    _EIGHT + _EIGHT + "800000 008000 000080 808000 800080 008080 C0C0C0 808080 "
    "9999FF 993366 FFFFCC CCFFFF 660066 FF8080 0066CC CCCCFF 000080 FF00FF FFFF00 00FFFF 800080 800000 008080 0000FF "
    "00CCFF CCFFFF CCFFCC FFFF99 99CCFF FF99CC CC99FF FFCC99 3366FF 33CCCC 99CC00 FFCC00 FF9900 FF6600 666699 969696 "
    "003366 339966 003300 333300 993300 993366 333399 333333"
).split()
#: A theme colour's number in the names of the theme part (20.1.6.2), and Office's own colours for them.
_THEME = {
    "lt1": "FFFFFF", "dk1": "000000", "lt2": "EEECE1", "dk2": "1F497D", "accent1": "4F81BD", "accent2": "C0504D",
    "accent3": "9BBB59", "accent4": "8064A2", "accent5": "4BACC6", "accent6": "F79646", "hlink": "0000FF",
    "folHlink": "800080",
}  # fmt: skip
_ALIGNMENT = {
    "horizontal": ("horizontal", "general"), "vertical": ("vertical", "bottom"), "wrapText": ("wrapped", "0"),
    "indent": ("indent", "0"), "textRotation": ("rotation", "0"), "shrinkToFit": ("shrunk to fit", "0"),
    "readingOrder": ("reading order", "0"), "justifyLastLine": ("last line justified", "0"),
    "relativeIndent": ("relative indent", "0"),
}  # fmt: skip
#: The extension that gives a cell a control, such as a checkbox.
_COMPLEMENT = "{C7286773-470A-42A8-94C5-96B5CB345126}"
_SIDES = ("left", "right", "top", "bottom")


@dataclass(frozen=True)
class Look:
    """How a cell looks, apart from its number format.

    Attributes:
        properties: what is not the default, as sorted pairs: `("fill", "#FFF04D")`.
    """

    properties: tuple[tuple[str, str], ...] = ()

    def change(self, other: Look) -> tuple[str, str]:
        """What differs, as text for each side: `fill #FFF04D, bold` and `fill none`."""
        ours, theirs = dict(self.properties), dict(other.properties)
        keys = sorted(key for key in {**ours, **theirs} if ours.get(key) != theirs.get(key))
        return tuple(  # type: ignore[return-value]
            ", ".join(_said(key, side.get(key)) for key in keys) for side in (ours, theirs)
        )


def _said(key: str, value: str | None) -> str:
    if value is None:
        return f"not {key}" if key in _MARKS.values() else f"no {key}"
    return key if value == "yes" else f"{key} {value}"


_MARKS = {"b": "bold", "i": "italic", "strike": "struck out", "outline": "outlined", "shadow": "shadowed",
          "condense": "condensed", "extend": "extended"}  # fmt: skip


@dataclass
class Styles:
    """The looks and number formats of a workbook, by the index that cells give."""

    looks: list[Look] = field(default_factory=lambda: [Look()])
    formats: list[str] = field(default_factory=lambda: ["General"])

    def look(self, index: int) -> Look:
        return self.looks[index] if 0 <= index < len(self.looks) else self.looks[0]

    def format(self, index: int) -> str:
        return self.formats[index] if 0 <= index < len(self.formats) else self.formats[0]


def read(package: Package, part: str | None, theme: str | None) -> Styles:
    """
    Raises:
        TracerError: the table is damaged.
    """
    if part is None or part not in package.parts:
        return Styles()
    root = package.xml(part)
    palette = read_palette(package, theme, root)
    codes = {_number(element, "numFmtId"): element.get("formatCode", "") for element in root.iterfind("numFmts/numFmt")}
    fonts = [font(element, palette) for element in root.iterfind("fonts/font")]
    fills = [_fill(element, palette) for element in root.iterfind("fills/fill")]
    borders = [_border(element, palette) for element in root.iterfind("borders/border")]
    found = Styles([], [])
    for element in root.iterfind("cellXfs/xf"):
        properties: dict[str, str] = {}
        for table, key in ((fonts, "fontId"), (fills, "fillId"), (borders, "borderId")):
            index = _number(element, key)
            properties |= table[index] if 0 <= index < len(table) else {}
        properties |= _alignment(element.find("alignment")) | _protection(element.find("protection"))
        properties |= _entry(element)
        found.looks.append(Look(tuple(sorted(properties.items()))))
        found.formats.append(_format(_number(element, "numFmtId"), codes))
    return found if found.looks else Styles()


def _format(number: int, codes: Mapping[int, str]) -> str:
    return (codes[number] or "General") if number in codes else numberformats.name(number)


def true(value: str | None) -> bool:
    """Whether an attribute says yes, as the schema's booleans may be spelt."""
    return value in ("1", "true", "on")


def _number(element: xml.Element, key: str) -> int:
    try:
        return int(element.get(key, 0))
    except ValueError:
        return 0


def font(element: xml.Element, palette: Palette) -> dict[str, str]:
    """How a font looks: of the style table, or of a run of characters inside a text."""
    found: dict[str, str] = {}
    for child in element:
        value = child.get("val")
        if child.tag in _MARKS and (value is None or true(value)):
            found[_MARKS[child.tag]] = "yes"
        elif child.tag == "u" and value != "none":
            found["underline"] = value or "single"
        elif child.tag == "vertAlign" and value and value != "baseline":
            found["script"] = value
        elif child.tag in ("name", "rFont") and value:
            found.setdefault("font", value)
        elif child.tag == "scheme" and (named := palette.fonts.get(value or "")):
            found["font"] = named
        elif child.tag == "sz" and value:
            found["size"] = _plain(value)
        elif child.tag == "color" and palette.hex(child) not in (None, "#000000"):
            found["colour"] = str(palette.hex(child))
    return found


def _plain(number: str) -> str:
    try:
        return f"{float(number):g}"
    except ValueError:
        return number


def _fill(element: xml.Element, palette: Palette) -> dict[str, str]:
    pattern = element.find("patternFill")
    if pattern is None:
        gradient = element.find("gradientFill")
        if gradient is None:
            return {}
        stops = [
            f"{palette.hex(stop.find('color')) or 'none'} at {stop.get('position', '0')}"
            for stop in gradient.iterfind("stop")
        ]
        return {"fill": " to ".join([*stops, *(f"{key} {value}" for key, value in sorted(gradient.attrib.items()))])}
    kind = pattern.get("patternType", "none")
    front, back = (palette.hex(pattern.find(key)) for key in ("fgColor", "bgColor"))
    if kind == "none":
        return {}
    return {"fill": front or "automatic"} if kind == "solid" else {"fill": f"{kind} {front or ''} {back or ''}".strip()}


def _border(element: xml.Element, palette: Palette) -> dict[str, str]:
    found = {}
    for child in element:
        style = child.get("style", "none")
        if style == "none":
            continue
        color = palette.hex(child.find("color")) or "#000000"
        line = style if color == "#000000" else f"{style} {color}"
        side = {"start": "left", "end": "right"}.get(child.tag, child.tag)
        if side in _SIDES:
            found[f"{side} border"] = line
        elif side == "diagonal":
            ways = [key for key in ("diagonalUp", "diagonalDown") if true(element.get(key))]
            found |= {way: line for way in ways}
    return found


def _alignment(element: xml.Element | None) -> dict[str, str]:
    found = {}
    for key, (name, default) in _ALIGNMENT.items() if element is not None else ():
        value = element.get(key, default)  # type: ignore[union-attr]
        value = {"true": "1", "false": "0"}.get(value, value)
        if value != default:
            found[name] = "yes" if name in ("wrapped", "shrunk to fit") else value
    return found


def _protection(element: xml.Element | None) -> dict[str, str]:
    if element is None:
        return {}
    found = {} if element.get("locked") is None or true(element.get("locked")) else {"unlocked": "yes"}
    return found | ({"hidden formula": "yes"} if true(element.get("hidden")) else {})


def _entry(element: xml.Element) -> dict[str, str]:
    """What a look says of how a cell is typed into: behind an apostrophe, as a checkbox."""
    found = {"typed behind an apostrophe": "yes"} if true(element.get("quotePrefix")) else {}
    extensions = [extension for extension in element.iterfind("extLst/ext") if extension.get("uri") == _COMPLEMENT]
    controls = [control.get("i", "") for extension in extensions for control in extension.iterfind("xfComplement")]
    return found | ({"control": " ".join(controls)} if controls else {})


class Palette:
    """The colours of one workbook, and the fonts of its theme.

    Attributes:
        fonts: by `major` (headings) and `minor` (everything else).
    """

    def __init__(self, theme: Mapping[str, str], indexed: list[str], fonts: Mapping[str, str]) -> None:
        self.fonts = fonts
        self._theme = [theme.get(name, standard) for name, standard in _THEME.items()]
        self._indexed = indexed

    def hex(self, element: xml.Element | None) -> str | None:
        """`#RRGGBB`; None for no colour or an automatic one."""
        if element is None or true(element.get("auto")):
            return None
        try:
            if rgb := element.get("rgb"):
                base = rgb[-6:]
                int(base, 16)
            elif (theme := element.get("theme")) is not None:
                base = self._theme[int(theme)]
            elif (index := element.get("indexed")) is not None:
                base = self._indexed[int(index)]
            else:
                return None
            return "#" + tinted(base, float(element.get("tint", 0)))
        except (ValueError, IndexError, OverflowError):
            return None


def tinted(color: str, tint: float) -> str:
    """`RRGGBB`, darker (tint down to -1) or lighter (up to 1) in its HLS lightness (ECMA-376 part 1, 18.8.19)."""
    if not tint:
        return color.upper()
    red, green, blue = (int(color[i : i + 2], 16) / 255 for i in (0, 2, 4))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    lightness = lightness * (1 + tint) if tint < 0 else lightness * (1 - tint) + tint
    return "".join(
        f"{round(part * 255):02X}" for part in colorsys.hls_to_rgb(hue, min(max(lightness, 0), 1), saturation)
    )


def read_palette(package: Package, theme: str | None, styles: xml.Element) -> Palette:
    """The colours of a workbook: its theme's, and what its own table has instead of the standard ones."""
    colors = {}
    root = package.xml(theme) if theme in package.parts else xml.Element("theme")  # type: ignore[arg-type]
    scheme = root.find(".//clrScheme")
    for entry in scheme if scheme is not None else ():
        value = next(iter(entry), None)
        if value is not None:
            colors[entry.tag] = value.get("lastClr") or value.get("val") or "000000"
    indexed = [(element.get("rgb") or "000000")[-6:] for element in styles.iterfind("colors/indexedColors/rgbColor")]
    fonts = {}
    for kind in ("major", "minor"):
        latin = root.find(f".//fontScheme/{kind}Font/latin")
        if latin is not None and (typeface := latin.get("typeface")):
            fonts[kind] = typeface
    return Palette(colors, indexed + _INDEXED[len(indexed) :], fonts)
