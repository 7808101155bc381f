"""What stands beside the cells, in words: conditional formats, notes, validations, links, charts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import NamedTuple

from tracer.compare.trees import Node
from tracer.errors import printable
from tracer.xlsx import schema
from tracer.xlsx.addresses import letters, parse_range

#: So many words of what only one workbook has.
WORDS = 12


class Description(NamedTuple):
    """A thing in words.

    Attributes:
        name: what it is: `note`, `conditional format`.
        which: what tells it from others of its kind: `by Ann`, `cell value > 5`; empty for nothing.
        text: what it says.
    """

    name: str
    which: str
    text: str

    @property
    def label(self) -> str:
        joint = ", " if self.name == "conditional format" else " "
        return joint.join(filter(None, (self.name, self.which)))


#: What elements are called; nothing where what stands in them says enough.
_NAMES = {
    "pageSetup": "page setup",
    "pageMargins": "margins",
    "headerFooter": "header and footer",
    "oddHeader": "header",
    "oddFooter": "footer",
    "evenHeader": "header of even pages",
    "evenFooter": "footer of even pages",
    "firstHeader": "header of the first page",
    "firstFooter": "footer of the first page",
    "printOptions": "printing",
    "sheetProtection": "protection",
    "workbookProtection": "protection",
    "protectedRange": "protected range",
    "sheetPr": "sheet",
    "outlinePr": "outline",
    "pageSetUpPr": "page setup",
    "tabColor": "tab colour",
    "sheetView": "view",
    "sheetFormatPr": "default size",
    "autoFilter": "filter",
    "filterColumn": "column",
    "sortState": "sorting",
    "rowBreaks": "page breaks",
    "colBreaks": "page breaks between columns",
    "brk": "break",
    "ignoredError": "ignored error",
    "calcPr": "calculation",
    "workbookPr": "workbook",
    "fileSharing": "file sharing",
    "workbookView": "window",
    "tableColumn": "column",
    "tableStyleInfo": "style",
    "tableStyle": "table style",
    "externalReference": "external link",
    "sparklineGroup": "sparklines",
    "ser": "series",
    "val": "values",
    "cat": "categories",
    "xVal": "x",
    "yVal": "y",
    "bubbleSize": "sizes",
    "rFont": "font",
    "sz": "size",
    "b": "bold",
    "i": "italic",
    "u": "underline",
    "color": "colour",
    "box": "box",
    "text": "text",
    "r": "run",
    "pivotTableDefinition": "pivot table",
    "pivotCacheDefinition": "source of a pivot table",
    "from": "upper left corner",
    "to": "lower right corner",
    "cNvPr": "",
    "hlinkClick": "link",
}
_SILENT = frozenset([
    "worksheet", "chartsheet", "workbook", "package", "sheetViews", "hyperlinks", "dataValidations",
    "conditionalFormatting", "conditionalFormats", "mergeCells", "notes", "extLst", "ext", "sparklineGroups",
    "drawing", "wsDr",
    "graphicFrame", "graphic", "graphicData", "chart", "chartSpace", "tx", "rich", "strRef", "numRef",
    "externalReferences", "externalLink", "externalBook", "bookViews", "legacyDrawing", "tableParts",
    "tablePart", "tableColumns", "f", "rPr", "pivotCaches", "pivotCache", "protectedRanges", "ignoredErrors",
    "nvPicPr", "nvSpPr", "blipFill", "styleSheet", "xml", "customProperties", "tableStyles", "extension",
    "formula",
])  # fmt: skip
_ATTRIBUTES = {
    "ref": "range",
    "sqref": "range",
    "fullPrecision": "full precision",
    "iterate": "iteration",
    "iterateCount": "iterations",
    "iterateDelta": "smallest change",
    "calcMode": "mode",
    "lockStructure": "structure locked",
    "lockWindows": "windows locked",
    "readOnlyRecommended": "read-only recommended",
    "defaultRowHeight": "row height",
    "defaultColWidth": "column width",
    "descr": "description",
    "paperSize": "paper size",
}
_OPERATORS = {
    "equal": "=",
    "notEqual": "<>",
    "greaterThan": ">",
    "lessThan": "<",
    "greaterThanOrEqual": ">=",
    "lessThanOrEqual": "<=",
}


def name(node: Node) -> str:
    """What an element is called in a path; nothing where it needs no name."""
    if node.tag in ("sp", "pic", "cxnSp", "grpSp"):
        kind = {"sp": "shape", "pic": "picture", "cxnSp": "line", "grpSp": "group"}[node.tag]
        drawn = next(node.all("cNvPr"), None)
        return f"{kind} {quoted(drawn.attributes['name'])}" if drawn and "name" in drawn.attributes else kind
    if node.tag == "table" and "name" in node.attributes:
        return f"table {node.attributes['name']}"
    if (
        node.tag in ("tableColumn", "pivotTableDefinition", "protectedRange", "tableStyle")
        and "name" in node.attributes
    ):
        return f"{_NAMES[node.tag]} {quoted(node.attributes['name'])}"
    return "" if node.tag in _SILENT else _NAMES.get(node.tag, node.tag)


def attribute(key: str) -> str:
    """What an attribute is called."""
    return "" if key in ("val", "target") else _ATTRIBUTES.get(key, key)


def value(node: Node, key: str) -> str:
    """The value of an attribute, in words; the default where the file says nothing."""
    if key in node.attributes:
        text = node.say(key)
    elif (default := schema.default(node.parent, node.tag, key)) is not None:
        text = default
    else:
        return "nothing"
    if schema.is_boolean(node.tag, key) and text in ("0", "1"):
        return "yes" if text == "1" else "no"
    return printable(text) or "nothing"


def is_silent(node: Node) -> bool:
    """Whether it only holds others, which say enough of it."""
    if node.tag in ("ext", "extLst"):
        return bool(node.children)
    return (
        node.tag in _SILENT and bool(node.children) and not node.attributes and not node.text and node.part != "chart"
    )


def quoted(text: str) -> str:
    return f'"{printable(text)}"'


def describe(node: Node) -> Description | None:
    """A thing that is told as a whole; None for one that is told by its parts."""
    writer = _THINGS.get(node.tag)
    return writer(node) if writer else None


def summary(node: Node) -> str:
    """What only one workbook has, in a few words."""
    if thing := describe(node):
        return ": ".join(filter(None, (thing.which, thing.text))) or "there"
    if texts := [part.text for part in node.all("t") if part.text]:
        return quoted(" ".join(texts))
    if ranges := [part.say() for part in node.all("f") if part.text]:
        return printable(", ".join(ranges[:WORDS]))
    words: list[str] = []
    _words(node, words)
    if len(words) > WORDS:
        words = [*words[:WORDS], "…"]
    return ", ".join(words) or "there"


def _words(node: Node, words: list[str]) -> None:
    for key in node.attributes:
        if len(words) <= WORDS and key not in ("content", "again"):
            words.append(f"{attribute(key) or name(node)} {value(node, key)}".strip())
    if node.text and len(words) <= WORDS:
        words.append(printable(node.say()))
    for child in node.children:
        if len(words) > WORDS:
            return
        if thing := describe(child):
            words.append(": ".join(filter(None, (thing.name, thing.which, thing.text))))
        else:
            if not child.attributes and not child.text and not child.children:
                words.append(name(child))
            _words(child, words)


# Things


def _rule(node: Node) -> Description:
    formulas = [child.say() for child in node.children if child.tag in ("formula", "f")]
    kind, operator = node.attributes.get("type", ""), node.attributes.get("operator", "")
    text = node.attributes.get("text", "")
    rank, bottom = node.attributes.get("rank", ""), "bottom" in node.attributes
    whens: dict[str, Callable[[], str]] = {
        "cellIs": lambda: "cell value " + _condition(operator, formulas),
        "expression": lambda: f"={', '.join(formulas)}",
        "containsText": lambda: f"contains {quoted(text)}",
        "notContainsText": lambda: f"does not contain {quoted(text)}",
        "beginsWith": lambda: f"begins with {quoted(text)}",
        "endsWith": lambda: f"ends with {quoted(text)}",
        "top10": lambda: f"{'bottom' if bottom else 'top'} {rank}{' %' if 'percent' in node.attributes else ''}",
        "aboveAverage": lambda: "below average" if node.attributes.get("aboveAverage") == "0" else "above average",
        "duplicateValues": lambda: "duplicates",
        "uniqueValues": lambda: "unique values",
        "containsBlanks": lambda: "blank",
        "notContainsBlanks": lambda: "not blank",
        "containsErrors": lambda: "errors",
        "notContainsErrors": lambda: "no errors",
        "timePeriod": lambda: node.attributes.get("timePeriod", "a period"),
        "colorScale": lambda: "colour scale",
        "dataBar": lambda: "data bar",
        "iconSet": lambda: "icons",
    }
    when = whens.get(kind, lambda: kind)()
    parts = []
    for child in node.children:
        if child.tag == "dxf":
            parts.append(look(child) or "no look")
        elif child.tag in ("colorScale", "dataBar", "iconSet"):
            parts.append(_scale(child))
    if node.attributes.get("stopIfTrue") == "1":
        parts.append("stops there")
    return Description("conditional format", printable(when), ", ".join(parts) or "no look")


def _condition(operator: str, formulas: list[str]) -> str:
    if operator in ("between", "notBetween") and len(formulas) > 1:
        return f"{'not ' if operator == 'notBetween' else ''}between {formulas[0]} and {formulas[1]}"
    return " ".join([_OPERATORS.get(operator, operator), *formulas])


def _scale(node: Node) -> str:
    points = []
    for point in node.children:
        if point.tag == "cfvo":
            said = (point.attributes.get("type", ""), point.say("val") or (point.find("f") or Node("f")).say())
            points.append(" ".join(filter(None, said)))
    colours = [child.attributes["colour"] for child in node.children if "colour" in child.attributes]
    words = [f"{key} {value(node, key)}" for key in node.attributes]
    return ", ".join(
        [*words, *map(" ".join, zip(colours, points))] if len(colours) == len(points) else [*words, *colours, *points]
    )


def look(node: Node) -> str:
    """What a conditional format or a style of a table changes: `fill #FF0000, bold`."""
    words: list[str] = []
    for child in node.children:
        if child.tag == "font":
            for mark in child.children:
                if mark.tag == "color":
                    words.append(f"text {_colour(mark)}")
                elif mark.tag in ("b", "i", "strike", "u", "outline", "shadow"):
                    told = {"b": "bold", "i": "italic", "strike": "struck out", "u": "underlined"}.get(
                        mark.tag, mark.tag
                    )
                    words.append(f"not {told}" if mark.attributes.get("val") in ("0", "none") else told)
                else:
                    words.append(f"{name(mark)} {mark.attributes.get('val', '')}".strip())
        elif child.tag == "fill" and (pattern := child.find("patternFill")):
            front, back = pattern.find("fgColor"), pattern.find("bgColor")
            kind = pattern.attributes.get("patternType", "solid")
            if kind == "solid":
                words.append(f"fill {_colour(back or front)}")
            else:
                words.append(" ".join(["fill", kind, *(_colour(side) for side in (front, back) if side)]))
        elif child.tag == "border":
            for side in child.children:
                line = side.find("color")
                if "style" in side.attributes:
                    words.append(
                        " ".join([side.tag, "border", side.attributes["style"], *([_colour(line)] if line else [])])
                    )
        elif child.tag == "numFmt":
            words.append(f"format {child.attributes.get('formatCode', '')}")
        else:
            inner: list[str] = []
            _words(child, inner)
            words.append(" ".join([name(child), *inner]))
    return printable(", ".join(words))


def _colour(node: Node | None) -> str:
    if node is None:
        return "none"
    if "colour" in node.attributes:
        return node.attributes["colour"]
    return (
        "automatic" if "auto" in node.attributes else " ".join(f"{k} {v}" for k, v in node.attributes.items()) or "none"
    )


def _validation(node: Node) -> Description:
    kind = node.attributes.get("type", "none")
    formulas = [(child.find("f") or child).say() for tag in ("formula1", "formula2") if (child := node.find(tag))]
    told = {"whole": "whole number", "decimal": "number", "textLength": "length of text", "none": "any value"}
    if kind == "list":
        parts = [f"list {', '.join(formulas)}"]
    elif kind == "custom":
        parts = [f"={', '.join(formulas)}"]
    else:
        parts = [told.get(kind, kind)]
        if formulas:
            parts[0] += " " + _condition(node.attributes.get("operator", "between"), formulas)
    parts += [
        f"{attribute(key)} {quoted(text) if key in _MESSAGES else value(node, key)}"
        for key, text in node.attributes.items()
        if key not in ("type", "operator", "sqref", "allowBlank", "showInputMessage", "showErrorMessage")
    ]
    parts += ["blank allowed"] if node.attributes.get("allowBlank") == "1" else []
    return Description("validation", "", printable(", ".join(parts)))


_MESSAGES = ("prompt", "promptTitle", "error", "errorTitle")


def _link(node: Node) -> Description:
    target, place = node.attributes.get("target", ""), node.say("location")
    text = target + ("#" + place if place else "")
    more = [f"{key} {quoted(node.attributes[key])}" for key in ("display", "tooltip") if key in node.attributes]
    return Description("link", "", ", ".join([printable(text), *more]))


def _note(node: Node) -> Description:
    author = node.attributes.get("author", "")
    kind = "comment" if node.tag == "threadedComment" else "note"
    text = node.find("text")
    said = text.text + "".join(part.text for part in text.all("t")) if text else ""
    done = " (resolved)" if node.attributes.get("done") == "1" else ""
    return Description(kind, f"by {printable(author)}" if author else "", quoted(said) + done)


def _pane(node: Node) -> Description:
    frozen = node.attributes.get("state", "split")
    try:
        rows, columns = (int(float(node.attributes.get(key, "0"))) for key in ("ySplit", "xSplit"))
    except (ValueError, OverflowError):
        rows = columns = 0
    if not frozen.startswith("frozen"):
        return Description(
            "panes", "", "split " + json.dumps(node.attributes, ensure_ascii=True)[1:-1].replace('"', "")
        )
    parts = [f"rows up to {rows}"] if rows else []
    parts += [f"columns up to {letters(columns)}"] if columns else []
    return Description("panes", "", f"{' and '.join(parts) or 'nothing'} frozen")


def _title(node: Node) -> Description | None:
    text = "".join(part.text for part in node.all("t")) or "".join(part.say() for part in node.all("f"))
    return Description("title", "", quoted(text)) if text else None


def _image(node: Node) -> Description | None:
    if "content" not in node.attributes:
        return None
    return Description(node.tag, "", f"{node.attributes.get('bytes', '')} bytes ({node.attributes['content'][:8]})")


def _range(node: Node) -> Description | None:
    return Description("", "", printable(node.say())) if node.text else None


_THINGS: dict[str, Callable[[Node], Description | None]] = {
    "cfRule": _rule,
    "dataValidation": _validation,
    "hyperlink": _link,
    "note": _note,
    "threadedComment": _note,
    "pane": _pane,
    "title": _title,
    "image": _image,
}


def place(node: Node) -> str:
    """Where on its sheet a thing stands: the cell or cells; empty for none."""
    for key in ("sqref", "ref"):
        if text := node.attributes.get(key):
            return text if all(parse_range(area) for area in text.split()) else ""
    corner = node.find("from")
    if corner and "cell" in corner.attributes:
        return corner.attributes["cell"]
    if sqref := node.find("sqref"):
        return sqref.text
    return ""
