"""What a sheet says beside its cells: merged cells, widths, panes, printing, validation, links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tracer.compare.alignment import Alignment
from tracer.xlsx import xml
from tracer.xlsx.addresses import COLUMNS, letters, parse_range
from tracer.xlsx.package import Relationship
from tracer.xlsx.references import rewritten
from tracer.xlsx.styles import true

#: What is compared elsewhere, or says nothing that a person set: where the cursor stood, how large the sheet is.
_ELSEWHERE = frozenset(
    [
        "sheetData",
        "cols",
        "mergeCells",
        "dimension",
        "sheetViews",
        "sheetFormatPr",
        "drawing",
        "legacyDrawing",
        "legacyDrawingHF",
        "tableParts",
        "picture",
        "oleObjects",
        "controls",
        "phoneticPr",
        "sheetCalcPr",
        "cellWatches",
        "smartTags",
    ]
)
_VIEW = {"showGridLines": "1", "rightToLeft": "0", "zoomScale": "100", "view": "normal", "showFormulas": "0",
         "showZeros": "1", "showRowColHeaders": "1"}  # fmt: skip
#: Attributes that name other parts, or that programs write anew at every save.
_DROPPED = frozenset(("id", "uid", "codeName", "topLeftCell", "dxfId", "Ignorable"))

#: A kind, an address, and what the two sides say.
Found = tuple[str, str, str | None, str | None]


def compare(
    a: xml.Element,
    b: xml.Element,
    related_a: Mapping[str, Relationship],
    related_b: Mapping[str, Relationship],
    looks_a: list[str],
    looks_b: list[str],
    alignment: Alignment | None = None,
) -> Iterator[Found]:
    """What two sheets say differently.

    Args:
        related_a, related_b: what the sheets point at, for links.
        looks_a, looks_b: the looks that conditional formats give, by number.
        alignment: where what stands in A is in B.
    """
    yield from _merges(a, b, alignment)
    yield from _widths(a, b, alignment)
    ours, theirs = _said(a, related_a, looks_a, alignment), _said(b, related_b, looks_b, None)
    for name in {**ours, **theirs}:
        before, after = ours.get(name), theirs.get(name)
        if before != after:
            yield "settings", "", _text_of(name, before, after), _text_of(name, after, before)


def _merges(a: xml.Element, b: xml.Element, alignment: Alignment | None) -> Iterator[Found]:
    ours, theirs = (
        dict.fromkeys(
            _moved(element.get("ref", "").replace("$", ""), aligned)
            for element in sheet.iterfind("mergeCells/mergeCell")
        )
        for sheet, aligned in ((a, alignment), (b, None))
    )
    for area in ours:
        if area not in theirs:
            yield "merges", area, "merged", "not merged"
    for area in theirs:
        if area not in ours:
            yield "merges", area, "not merged", "merged"


#: A whole sheet, in the other of its two spellings.
WHOLE = "A1:XFD1048576"


def _moved(area: str, alignment: Alignment | None) -> str:
    """A range of A where it is in B, without dollars; one that is gone stays as it was."""
    area = "A:XFD" if area == WHOLE else area.replace("$", "")
    parsed = parse_range(area) if alignment else None
    there = alignment.image(parsed) if alignment and parsed else None
    return str(there) if there else area


def columns(sheet: xml.Element) -> dict[int, xml.Element]:
    """What a sheet says of its columns, by number; of two that speak of one column, the one that starts first."""
    runs: list[tuple[int, int, xml.Element]] = []
    for element in sheet.iterfind("cols/col"):
        first, last = element.get("min", ""), element.get("max", "")
        if first.isdecimal() and last.isdecimal():
            runs.append((int(first), min(int(last), COLUMNS), element))
    found: dict[int, xml.Element] = {}
    free = 1
    for low, high, element in sorted(runs, key=lambda run: run[:2]):
        found |= dict.fromkeys(range(max(low, free), high + 1), element)
        free = max(free, high + 1)
    return found


def _widths(a: xml.Element, b: xml.Element, alignment: Alignment | None) -> Iterator[Found]:
    ours, theirs = ({column: _column(element) for column, element in columns(sheet).items()} for sheet in (a, b))
    if alignment:
        ours = {there: said for column, said in ours.items() if (there := alignment.columns.to_b(column))}
        theirs = {column: said for column, said in theirs.items() if alignment.columns.to_a(column)}
    runs: list[tuple[int, int, str, str]] = []
    for column in sorted(ours.keys() | theirs.keys()):
        before, now = ours.get(column, "default"), theirs.get(column, "default")
        if before == now:
            continue
        if runs and runs[-1][1:] == (column - 1, before, now):
            runs[-1] = (runs[-1][0], column, before, now)
        else:
            runs.append((column, column, before, now))
    for first, last, before, now in runs:
        yield "widths", f"{letters(first)}:{letters(last)}", before, now
    defaults = [_default_size(sheet) for sheet in (a, b)]
    if defaults[0] != defaults[1]:
        yield "widths", "", f"default {defaults[0]}", f"default {defaults[1]}"


def _column(element: xml.Element) -> str:
    said = []
    if true(element.get("customWidth")):
        said.append(_width(element.get("width", "")))
    if true(element.get("hidden")):
        said.append("hidden")
    if element.get("outlineLevel", "0") != "0":
        said.append(f"outline level {element.get('outlineLevel')}")
    return ", ".join(said) or "default"


def _width(width: str) -> str:
    """In characters; programs round to their own pixels, so that hundredths say nothing."""
    try:
        return f"width {round(float(width), 1):g}"
    except (ValueError, OverflowError):
        return f"width {width}"


def _default_size(sheet: xml.Element) -> str:
    element = sheet.find("sheetFormatPr")
    said = []
    if element is not None and (width := element.get("defaultColWidth")):
        said.append(_width(width))
    if element is not None and true(element.get("customHeight")):
        said.append(f"height {element.get('defaultRowHeight')}")
    return ", ".join(said) or "size"


def _said(
    sheet: xml.Element, related: Mapping[str, Relationship], looks: list[str], alignment: Alignment | None
) -> dict[str, tuple]:
    """Every other element by name, in a form that is equal where it says the same."""
    found: dict[str, tuple] = {}
    views = _views(sheet)
    if views:
        found["view"] = views
    for element in sheet:
        if element.tag not in _ELSEWHERE:
            said = _plain(element, related, looks, alignment)
            if said[1] or said[2] or said[3]:
                found[element.tag] = (*found.get(element.tag, ()), said)
    return {name: tuple(sorted(said, key=repr)) for name, said in found.items()}


def _views(sheet: xml.Element) -> tuple:
    view = sheet.find("sheetViews/sheetView")
    if view is None:
        return ()
    said = [
        (key, _value(view.get(key, default)))
        for key, default in _VIEW.items()
        if _value(view.get(key, default)) != default
    ]
    pane = view.find("pane")
    if pane is not None:
        said += [
            (key, _value(pane.get(key, default)))
            for key, default in (("xSplit", "0"), ("ySplit", "0"), ("state", "split"))
        ]
    return tuple(said)


def _plain(
    element: xml.Element, related: Mapping[str, Relationship], looks: list[str], alignment: Alignment | None
) -> tuple:
    attributes = []
    for key, value in element.attrib.items():
        if key == "id" and value in related and related[value].kind == "hyperlink":
            attributes.append(("target", related[value].target))
        elif key == "dxfId" and value.isdecimal() and int(value) < len(looks):
            attributes.append(("look", looks[int(value)]))
        elif key in ("ref", "sqref"):
            attributes.append(
                (key, " ".join(sorted(_moved(area, alignment) for area in value.replace("$", "").split())))
            )
        elif key not in _DROPPED:
            attributes.append((key, _value(value)))
    text = (element.text or "").strip()
    if alignment and element.tag.startswith("formula"):
        text = rewritten(text, lambda sheet, area: alignment.image(area) if sheet is None else area)
    inner = tuple(_plain(child, related, looks, alignment) for child in element)
    return element.tag, tuple(sorted(attributes)), text, inner


def _value(value: str) -> str:
    if value in ("true", "false"):
        return "1" if value == "true" else "0"
    try:
        return f"{float(value):.10g}"
    except ValueError:
        return value


def _text_of(name: str, said: tuple | None, other: tuple | None) -> str | None:
    """What a sheet says of something that the other does not, on one line."""
    if said is None:
        return None
    alone = [entry for entry in said if entry not in (other or ())] or said
    return f"{name}: " + "; ".join(dict.fromkeys(map(_text, alone)))


def _text(entry: tuple) -> str:
    if len(entry) == 2:
        return f"{entry[0]} {entry[1]}"
    _, attributes, text, children = entry
    inner = [f"{key} {value}" for key, value in attributes] + ([text] if text else [])
    return " ".join([*inner, *(f"{child[0]} {_text(child)}".strip() for child in children)])
