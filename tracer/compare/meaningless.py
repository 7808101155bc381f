"""What is not compared beside the cells, and why: one table, which the documentation shows."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

#: What everything else of a part is called, in the table.
ALL = "all of it"
UNUSED = "what nothing refers to"
BLACK = "black text and lines are drawn as automatic ones; a solid fill shows no second colour"


class Place(NamedTuple):
    """What means nothing.

    Attributes:
        part: the kind of part, as its relationship says (`worksheet`, `chart`), `workbook`, or `*` for any.
        paths: elements (`selection`, `bookViews/workbookView`) and attributes (`calcPr@calcId`, `@uid`), by the ends of
            their paths; `ALL` for the whole part; in parentheses under which condition.
        reason: in a line.
    """

    part: str
    paths: tuple[str, ...]
    reason: str


#: Elements of drawings and charts that say, with this value, what holds without them.
SAID = (
    ("dispBlanksAs", "gap"), ("prstDash", "solid"), ("roundedCorners", "0"), ("overlay", "0"), ("smooth", "0"),
    ("explosion", "0"), ("delete", "0"), ("invertIfNegative", "0"), ("autoTitleDeleted", "0"),
)  # fmt: skip

#: What is left out wherever it stands.
TABLE = (
    Place("calcChain", (ALL,), "the order in which a program computed last; every program finds its own"),
    Place("printerSettings", (ALL,), "what the driver of one printer keeps for itself"),
    Place("thumbnail", (ALL,), "a small picture of the workbook as it was when it was saved"),
    Place("sheetMetadata", (ALL,), "what marks a formula as a dynamic array; compared where its cell is"),
    Place(
        "workbook",
        (
            "fileVersion",
            "fileRecoveryPr",
            "workbookPr@defaultThemeVersion",
            "calcPr@calcId",
            "absPath",
            "revisionPtr",
            "documentId",
            "calcFeatures",
            "extCalcPr",
            "fileSharing@userName",
        ),
        "which program saved the file, who, where and in which version",
    ),
    Place(
        "workbook",
        ("calcPr@fullCalcOnLoad", "calcPr@calcCompleted", "calcPr@concurrentCalc", "calcPr@concurrentManualCount"),
        "when and how a program computes, not what",
    ),
    Place(
        "workbook",
        (
            "workbookView@xWindow",
            "workbookView@yWindow",
            "workbookView@windowWidth",
            "workbookView@windowHeight",
            "workbookView@tabRatio",
            "workbookView@activeTab",
            "workbookView@firstSheet",
            "workbookView@minimized",
            "customWorkbookView@xWindow",
            "customWorkbookView@yWindow",
            "customWorkbookView@windowWidth",
            "customWorkbookView@windowHeight",
            "customWorkbookView@tabRatio",
            "customWorkbookView@activeSheetId",
        ),
        "where the window stood, and which sheet was in front",
    ),
    Place("workbook", ("sheet@sheetId", "pivotCache@cacheId"), "numbers that every program gives anew"),
    Place("workbook", ("workbookPr@codeName",), "what macros call the workbook; macros are compared as they are"),
    Place(
        "worksheet",
        ("dimension", "sheetFormatPr@outlineLevelRow", "sheetFormatPr@outlineLevelCol"),
        "follows from the cells, the rows and the columns",
    ),
    Place(
        "*",
        (
            "selection",
            "sheetView@topLeftCell",
            "sheetView@tabSelected",
            "sheetView@workbookViewId",
            "pane@topLeftCell",
            "pane@activePane",
            "customSheetView@topLeftCell",
        ),
        "where the cursor stood, and how far the sheet was scrolled",
    ),
    Place(
        "*",
        ("sheetView@zoomScaleNormal", "sheetView@zoomScaleSheetLayoutView", "sheetView@zoomScalePageLayoutView"),
        "the zoom of views that are not shown",
    ),
    Place("*", ("sheetPr@codeName",), "what macros call the sheet; macros are compared as they are"),
    Place(
        "*",
        ("pageSetup@horizontalDpi", "pageSetup@verticalDpi", "pageSetup@r:id", "pageSetup@usePrinterDefaults"),
        "what one printer can do",
    ),
    Place("*", ("phoneticPr@fontId",), "the font of phonetic readings, by a number that every program gives anew"),
    Place("*", ("sheetFormatPr@dyDescent", "row@dyDescent", "row@spans"), "what Excel keeps to draw faster"),
    Place("*", ("col@bestFit",), "that a width was fitted; the width is compared"),
    Place(
        "*",
        ("@uid", "@uniqueId", "uniqueId", "creationId", "@Ignorable", "@count", "@uniqueCount", "@Requires"),
        "identifiers that programs draw anew, and counts of what follows",
    ),
    Place("*", ("AlternateContent/Fallback",), "what programs show that do not know what it stands for"),
    Place("comments", ("comment@shapeId", "comment@guid"), "identifiers that programs draw anew"),
    Place(
        "vmlDrawing",
        ("shapelayout", "shapetype", "shape@spid", "shape@gfxdata"),
        "how old drawings are numbered and drawn by default",
    ),
    Place(
        "note",
        ("textbox", "Anchor", "Row", "Column", "Visible", "MoveWithCells", "SizeWithCells", "shape@id", "shape@type"),
        "where the box of a note hangs, and its text once more; text, cell, size, colours and visibility are compared",
    ),
    Place("threadedComment", ("threadedComment@id",), "numbers that every program gives anew"),
    Place("person", ("person@id", "person@userId", "person@providerId"), "accounts; the names are compared"),
    Place("drawing", ("cNvPr@id",), "numbers that every program gives anew; what refers to them is compared"),
    Place(
        "drawing",
        (
            "twoCellAnchor/*/spPr/xfrm/off",
            "twoCellAnchor/*/spPr/xfrm/ext",
            "twoCellAnchor/*/xfrm/off",
            "twoCellAnchor/*/xfrm/ext",
            "oneCellAnchor/*/spPr/xfrm/off",
            "oneCellAnchor/*/xfrm/off",
        ),
        "where a shape stands in points; the cells that it stands on are compared",
    ),
    Place(
        "*", ("font/family", "font/charset", "rPr/family", "rPr/charset"), "what stands in for a font that is missing"
    ),
    Place(
        "styles",
        ("font/scheme", "font/name (of a theme's font)"),
        "whether a font is the theme's, and its name then; which font results is compared",
    ),
    Place("sharedStrings", ("rPr (as the cell's font)",), "what a part of a text says that holds for its cell anyway"),
    Place(
        "styles",
        (
            "cellStyleXfs",
            "cellStyles",
            "xf@xfId",
            "xf@applyNumberFormat",
            "xf@applyFont",
            "xf@applyFill",
            "xf@applyBorder",
            "xf@applyAlignment",
            "xf@applyProtection",
        ),
        "the named style that a look comes from; the looks of cells are compared",
    ),
    Place(
        "styles",
        (
            "fonts@knownFonts",
            "slicerStyles",
            "timelineStyles",
            "tableStyles@defaultTableStyle",
            "tableStyles@defaultPivotStyle",
            "mruColors",
        ),
        "what a program offers for the next font, table or slicer",
    ),
    Place("styles", (UNUSED,), "formats, fonts, fills, borders and looks that no cell and no rule refers to"),
    Place("styles", ("patternFill (of the kind none)",), "no fill, as without it"),
    Place("styles", ("color (black)", "patternFill/bgColor (of a solid fill)", "color@indexed (64 and above)"), BLACK),
    Place("styles", ("xf@pivotButton",), "the button of a field, which follows from the pivot table"),
    Place("sharedStrings", (UNUSED,), "texts that no cell refers to"),
    Place("sharedStrings", ("rPh", "phoneticPr"), "how Japanese texts are read aloud"),
    Place("worksheet", ("col@customWidth",), "that a width was set; the width is compared"),
    Place("worksheet", ("row@ht (without customHeight)",), "the height that a program found for the fonts of a row"),
    Place("worksheet", ("row@thickTop", "row@thickBot"), "follows from the borders of cells"),
    Place("worksheet", ("cfRule@priority (in the same order)",), "numbers of an order, which is compared"),
    Place("workbook", ("definedName (_xlnm._FilterDatabase)",), "the range of a filter once more"),
    Place("*", ("ext@uri (of what is not compared)",), "the number of an extension of which nothing is compared"),
    Place(
        "core-properties",
        ("creator", "lastModifiedBy", "created", "modified", "revision", "lastPrinted", "language"),
        "who saved the file when, and in which language",
    ),
    Place("custom-properties", ("property@fmtid", "property@pid"), "numbers that every program gives anew"),
    Place(
        "extended-properties",
        (
            "Application",
            "AppVersion",
            "DocSecurity",
            "ScaleCrop",
            "HeadingPairs",
            "TitlesOfParts",
            "LinksUpToDate",
            "SharedDoc",
            "HyperlinksChanged",
            "TotalTime",
            "Template",
        ),
        "which program saved the file, and a list of its sheets",
    ),
    Place("*", ("@space",), "says only that blanks of a text are kept"),
    Place("table", ("table@id", "tableColumn@id", "@tableId"), "numbers that every program gives anew"),
    Place(
        "*",
        (
            "pivotCacheDefinition@refreshedBy",
            "pivotCacheDefinition@refreshedDate",
            "pivotCacheDefinition@refreshedDateIso",
            "pivotCacheDefinition@refreshedVersion",
            "pivotCacheDefinition@createdVersion",
            "pivotCacheDefinition@minRefreshableVersion",
            "pivotCacheDefinition@recordCount",
            "pivotTableDefinition@cacheId",
            "pivotTableDefinition@updatedVersion",
            "pivotTableDefinition@createdVersion",
            "pivotTableDefinition@minRefreshableVersion",
            "connection@refreshedVersion",
            "connection@minRefreshableVersion",
        ),
        "who refreshed a pivot table or a query, when, and with which version",
    ),
    Place(
        "*", ("numCache", "strCache", "multiLvlStrCache"), "in a chart: copies of cells, which are compared themselves"
    ),
    Place(
        "*", ("r (without text)", *(f"{tag} ({value})" for tag, value in SAID)), "what a chart shows without being told"
    ),
    Place("*", ("pageMargins (beyond twelve digits)",), "the last digits of lengths, which programs write differently"),
    Place("chart", ("chartSpace/lang",), "the language of the program that wrote the chart"),
)


#: Elements that say nothing while nothing stands in them; what is the default is left out before.
EMPTY = frozenset([
    "cols", "hyperlinks", "mergeCells", "conditionalFormatting", "conditionalFormattings", "dataValidations",
    "rowBreaks", "colBreaks", "sheetPr", "outlinePr", "pageSetUpPr", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter",
    "sheetProtection", "sheetFormatPr", "tableParts", "extLst", "ext", "controls", "oleObjects",
    "protectedRanges", "scenarios", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "customSheetViews", "sheetCalcPr", "sheetViews", "sheetView", "definedNames", "externalReferences",
    "calcPr", "workbookPr", "workbookProtection", "fileSharing", "webPublishing", "webPublishObjects",
    "functionGroups", "bookViews", "workbookView", "pivotCaches", "customWorkbookViews", "tableStyles",
    "colors", "mruColors", "phoneticPr", "dataConsolidate", "dataRefs", "legacyDrawing", "layout", "spPr",
    "lstStyle", "clientData", "avLst", "sparklineGroups", "sparklines", "tableStyleInfo",
    "calculatedColumnFormula", "totalsRowFormula", "drawing", "picture", "sheetData", "dxfs", "ln",
])  # fmt: skip


@cache
def _drops() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """By the last word of a path: the kinds of part, and what stands before that word."""
    drops: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {}
    for place in TABLE:
        for path in place.paths:
            owner, at, attribute = path.rpartition("@")
            words = tuple(word for word in owner.split("/") if word) if at else tuple(path.split("/"))
            key, before = (f"@{attribute}", words) if at else (words[-1], words[:-1])
            drops[key] = (*drops.get(key, ()), (place.part, before))
    return drops


def _stands(key: str, part: str, path: tuple[str, ...]) -> bool:
    return any(
        known in ("*", part)
        and len(before) <= len(path)
        and all(word in ("*", there) for word, there in zip(before, path[len(path) - len(before) :]))
        for known, before in _drops().get(key, ())
    )


def whole(part: str) -> bool:
    """Whether nothing of a kind of part is compared."""
    return _stands(ALL, part, ())


def element(part: str, path: tuple[str, ...]) -> bool:
    """Whether an element, the last of a path, means nothing."""
    return bool(path) and _stands(path[-1], part, path[:-1])


def attribute(part: str, path: tuple[str, ...], name: str) -> bool:
    """Whether an attribute of the last element of a path means nothing."""
    return _stands(f"@{name}", part, path)


def empty(tag: str) -> bool:
    """Whether an element says nothing while nothing stands in it."""
    return tag in EMPTY


_HEAD = """\
# What is not compared, and why

[`tracer diff`](diff.md) compares everything that a workbook says: of every part that its sheets and the workbook refer
to, each attribute, each text and each element, but for what this page lists. It is made from the table in
`tracer/compare/meaningless.py`, and a test changes every kind of place in workbooks of several programs, one at a time,
and expects the diff to see it, or to find it here.

Three things hold everywhere. What an attribute says by default (ECMA-376) says nothing when a file spells it out. So
does an element in which nothing stands (`<cols/>`), where it only holds others. And the order of what has none (links,
validations, notes, names), prefixes, blanks between elements and the names of parts in the archive say nothing.

A part is written as its relationship calls it; `*` is any. `calcPr@calcId` is an attribute of an element, and what
stands in parentheses is the condition.

| part | what | why it is not compared |
|---|---|---|
"""


def page() -> str:
    """The table as a page of the documentation, in Markdown."""
    rows = []
    for place in TABLE:
        listed = ", ".join(path if path in (ALL, UNUSED) else f"`{path}`" for path in place.paths)
        part = "any" if place.part == "*" else f"`{place.part}`"
        rows.append(f"| {part} | {listed} | {place.reason} |\n")
    return _HEAD + "".join(rows)
