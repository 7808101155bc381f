"""What the parts of a workbook say beside the cells, as trees that are equal where they say the same.

A tree says the same as another whatever the prefixes, the order of what has none, the numbers by which parts,
formats and authors are named, and the defaults that a file spells out. What stands in A stands in the terms of B:
addresses where they moved to, sheets by the titles that they have there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from tracer.compare import meaningless
from tracer.compare.placement import Placement
from tracer.errors import TracerError
from tracer.numbers import whole
from tracer.xlsx import schema, xml
from tracer.xlsx.addresses import address
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.package import Relationship
from tracer.xlsx.strings import decoded

#: Larger parts are compared by their checksums only.
LARGEST = 1 << 23
#: Parts nested deeper in parts than this, and elements in elements, are compared as text.
PARTS, DEPTH = 12, 120

_XML = (".xml", ".vml", ".rels")
#: Parts that sheets and the workbook mean only where their XML names them. Any other kind is meant by being there.
_NAMED = frozenset([
    "drawing", "vmlDrawing", "legacyDrawing", "image", "hyperlink", "table", "tableSingleCells", "externalLink",
    "oleObject", "package", "control", "ctrlProp", "chart", "chartEx", "chartUserShapes", "externalLinkPath",
    "externalLinkLongPath", "xlPathMissing", "slicer", "slicerCache", "timeline", "timelineCache",
    "customProperty", "diagramData", "diagramLayout", "diagramQuickStyle", "diagramColors", "diagramDrawing",
    "audio", "video", "media", "printerSettings", "pivotCacheRecords", "worksheet", "chartsheet", "dialogsheet",
    "xlMacrosheet", "xlIntlMacrosheet",
])  # fmt: skip
#: What else a book compares, each in its own way.
_ELSEWHERE = frozenset([
    "worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet", "sharedStrings", "styles",
    "officeDocument", "core-properties", "extended-properties", "custom-properties", "comments",
    "threadedComment", "person",
])  # fmt: skip
_AREAS = frozenset(["ref", "sqref"])
_FORMULAS = frozenset([
    "f", "formula", "formula1", "formula2", "calculatedColumnFormula", "totalsRowFormula", "oldFormula",
    "FmlaMacro", "FmlaLink", "FmlaRange", "FmlaGroup", "FmlaPict", "FmlaTxbx",
])  # fmt: skip
_FORMULA_ATTRIBUTES = frozenset([
    "textlink", "fmlaLink", "fmlaRange", "fmlaGroup", "fmlaTxbx", "fmlaPict", "linkedCell", "listFillRange",
    "location",
])  # fmt: skip
_COLOUR = frozenset(["rgb", "theme", "indexed", "auto", "tint"])
#: What holds the conditional formats of a sheet, in the order in which they hold.
RULES = "conditionalFormats"
#: The order of what these hold means nothing.
UNORDERED = frozenset([
    "worksheet", "chartsheet", "workbook", "hyperlinks", "mergeCells", "dataValidations", "protectedRanges",
    "ignoredErrors", "customProperties", "cellWatches", "tableParts", "commentList", "font", "rPr", "dxf",
    "sparklineGroups", "sparklines", "rowBreaks", "colBreaks", "extLst", "ext", "table",
    "conditionalFormatting", "sheetPr", "sheetView", "notes", "properties", "rest", "externalReferences/none",
])  # fmt: skip
#: Identifiers that programs give anew, and that other places repeat: told by the order in which they come first.
_IDENTIFIERS = {
    "axId@val": "axis",
    "crossAx@val": "axis",
    "cNvPr@id": "shape",
    "stCxn@id": "shape",
    "endCxn@id": "shape",
    "shape@id": "drawn",
    "control@shapeId": "drawn",
    "oleObject@shapeId": "drawn",
    "threadedComment@id": "thread",
    "threadedComment@parentId": "thread",
}


@dataclass(eq=False, slots=True)
class Node:
    """An element, or a part, as it is compared.

    Attributes:
        attributes: those that say something, in one spelling.
        part: the kind of part that it is the root of; empty for others.
        shown: texts as the file has them, where they are compared in another spelling; by attribute, or empty.
        parent: the element that it stands in.
        otherwise: what it may be in the other workbook as well, where rows were put in.
    """

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)
    part: str = ""
    shown: dict[str, str] = field(default_factory=dict)
    otherwise: list[Node] = field(default_factory=list)
    parent: str = ""
    _content: tuple | None = None

    @property
    def content(self) -> tuple:
        """Nested tuples, equal for nodes that say the same."""
        if self._content is None:
            children: Iterable[tuple] = (child.content for child in self.children)
            if self.tag in UNORDERED:
                children = sorted(children)
            self._content = self.tag, tuple(sorted(self.attributes.items())), self.text, tuple(children)
        return self._content

    def same(self, other: Node) -> bool:
        return self.content == other.content or any(node.content == other.content for node in self.otherwise)

    def find(self, *path: str) -> Node | None:
        node: Node | None = self
        for tag in path:
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> Iterator[Node]:
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.all(tag)

    def say(self, attribute: str = "") -> str:
        """An attribute, or the text, as the file has it."""
        value = self.attributes.get(attribute, "") if attribute else self.text
        return self.shown.get(attribute, value) if value else value


@dataclass
class _Place:
    """Where an element stands: which part, and what it points at."""

    kind: str
    related: Mapping[str, Relationship]
    pair: int | None
    depth: int
    identifiers: dict[tuple[str, str], str]


class Trees:
    """Reads the parts of one workbook.

    Args:
        placement: where its cells are in the other.
        equal: which parts are known to say the same in both workbooks; they are not read.
    """

    def __init__(self, book: Book, placement: Placement, equal: Callable[[str], bool]) -> None:
        self._book, self._placement, self._equal = book, placement, equal
        self._package = book.package
        self._seen: dict[str, Node | None] = {}

    def sheet(self, sheet: Sheet, root: xml.Element, pair: int | None) -> Node:
        """Everything that a sheet says beside its cells.

        Args:
            root: the sheet without its rows.
            pair: its number.
        """
        place = self._place(sheet.part, sheet.kind, pair)
        rules = list(_rules(root))
        node = self._one(root, (), place)
        elsewhere = ("sheetData", "cols", "mergeCells", "conditionalFormatting")
        node.children = [child for child in node.children if child.tag not in elsewhere]
        if rules:
            node.children.append(Node(RULES, children=[self._rule(*rule, place) for rule in rules]))
        self._notes(node, place)
        node.children += self._implied(place, node)
        return node

    def workbook(self) -> Node:
        """Everything that belongs to no sheet."""
        part = self._package.workbook
        place = self._place(part, "workbook", None)
        root = self._book.settings
        node = self._one(root, (), place)
        node.children = [child for child in node.children if child.tag not in ("sheets", "definedNames")]
        node.children += self._implied(place, node)
        node.children += self._implied(self._place("", "", None), Node("package"))
        known = self._book.part("styles")
        styles = None if known is None or self._equal(known) else self._book.style_sheet
        if styles is not None:
            place = _Place("styles", {}, None, 0, {})
            for name in ("tableStyles",):
                for element in styles.iterfind(name):
                    node.children += self._element(element, ("styleSheet",), place)
        return node

    def _place(self, part: str, kind: str, pair: int | None, depth: int = 0) -> _Place:
        return _Place(kind, self._package.relationships(part), pair, depth, {})

    # Parts

    def _implied(self, place: _Place, owner: Node) -> list[Node]:
        """What a part means without naming it."""
        return [
            node
            for related in sorted(place.related.values(), key=lambda found: (found.kind, _natural(found.target)))
            if related.kind not in _NAMED and related.kind not in _ELSEWHERE
            for node in (self._opaque(related) if self._equal(related.target) else self._target(related, place))
        ]

    def _target(self, related: Relationship, place: _Place) -> list[Node]:
        """What a relationship points at; nothing for what is not compared."""
        if meaningless.whole(related.kind):
            return []
        if related.external:
            return [Node(related.kind, {"target": related.target})]
        if related.fragment:
            return [Node(related.kind, {"target": "#" + self._placement.formula(related.fragment, place.pair)})]
        if related.target not in self._package.parts:
            return [Node(related.kind, {"target": "missing"})]
        if related.kind in _ELSEWHERE:
            return []
        return [self._part(related, place)]

    def _opaque(self, related: Relationship) -> list[Node]:
        """A part by its checksum."""
        if meaningless.whole(related.kind) or related.external:
            return []
        size = self._package.parts[related.target].file_size
        said = {"bytes": f"{size:,}", "content": self._digest(related.target)}
        return [Node(related.kind, said, part=related.kind)]

    def _part(self, related: Relationship, place: _Place) -> Node:
        part, kind = related.target, related.kind
        if part in self._seen:
            known = self._seen[part]
            from hashlib import sha256  # here, because few parts are named twice

            said = "itself" if known is None else sha256(repr(known.content).encode()).hexdigest()
            return Node(kind, {"again": said}, part=kind)
        self._seen[part] = None
        size = self._package.parts[part].file_size
        root = self._xml(part) if size <= LARGEST and part.lower().endswith(_XML) else None
        if root is None or place.depth >= PARTS:
            (node,) = self._opaque(related)
            self._seen[part] = node
            return node
        inner = self._place(part, kind, place.pair, place.depth + 1)
        node = self._one(root, (), inner)
        node.part = kind
        node.children += self._implied(inner, node)
        self._seen[part] = node
        return node

    def _xml(self, part: str) -> xml.Element | None:
        """The elements of a part; None for old drawings in HTML's spelling."""
        try:
            return self._package.xml(part)
        except TracerError:
            if part.lower().endswith(".vml"):
                return None
            raise

    def _digest(self, part: str) -> str:
        return "{:08x}{:x}".format(*self._package.checksum(part) or (0, 0))

    # Elements

    def _one(self, element: xml.Element, path: tuple[str, ...], place: _Place) -> Node:
        found = self._element(element, path, place, kept=True)
        return found[0] if found else Node(element.tag)

    def _element(self, element: xml.Element, path: tuple[str, ...], place: _Place, kept: bool = False) -> list[Node]:
        """
        Args:
            path: of what it stands in.
            kept: whether it is there even if it says nothing.
        """
        tag, above = element.tag, path
        path = (*path, tag)
        if meaningless.element(place.kind, path) or tag == "conditionalFormattings":
            return []
        if tag == "AlternateContent":
            chosen = element.find("Choice")
            if chosen is None:
                chosen = element.find("Fallback")
            if chosen is None:
                return []
            return [node for child in chosen for node in self._element(child, above, place)]
        if len(path) > DEPTH:
            return [Node(tag, text=repr(xml.content(element)))]
        if tag in ("from", "to") and (corner := self._corner(element, place)):
            return [corner]
        node = Node(tag, parent=above[-1] if above else "")
        if element.attrib:
            self._attributes(element, path, place, node)
        self._text(element, place, node)
        for child in element:
            node.children += self._element(child, path, place)
        if not kept and meaningless.empty(tag) and not (node.text or node.children or set(node.attributes) - {"uri"}):
            return []
        if _says_nothing(node):
            return []
        if tag == "twoCellAnchor":
            node.otherwise += self._unstretched(element, node, place)
        return [node]

    # Places of shapes

    def _corner(self, element: xml.Element, place: _Place) -> Node | None:
        """A corner of a shape: its cell, and how far into it."""
        try:
            row, column = (int(element.findtext(name) or "") + 1 for name in ("row", "col"))
        except ValueError:
            return None
        at = address(*self._placement.position(row, column, place.pair))
        return Node(element.tag, {"cell": at, "x": element.findtext("colOff", ""), "y": element.findtext("rowOff", "")})

    def _unstretched(self, element: xml.Element, node: Node, place: _Place) -> Iterator[Node]:
        """The same shape as high as before, where rows were put in behind it; spreadsheets may also stretch it."""
        first, last = node.find("from"), node.find("to")
        try:
            rows = [int(element.findtext(f"{corner}/row") or "") for corner in ("from", "to")]
            offset = int(element.findtext("to/rowOff") or 0)
        except ValueError:
            return
        there = self._placement.as_high(rows[0] + 1, rows[1] + 1, offset, place.pair)
        if there is None or first is None or last is None:
            return
        column = last.attributes["cell"].rstrip("0123456789")
        corner = Node("to", last.attributes | {"cell": f"{column}{there[0]}", "y": str(there[1])})
        yield replace(node, children=[corner if child is last else child for child in node.children], _content=None)

    def _attributes(self, element: xml.Element, path: tuple[str, ...], place: _Place, node: Node) -> None:
        if _COLOUR.issuperset(element.attrib) and (colour := self._book.palette.hex(element)):
            node.attributes["colour"] = colour
            return
        for key, value in element.attrib.items():
            if meaningless.attribute(place.kind, path, key):
                continue
            if key.startswith("r:") or (key in ("relid", "pict", "href") and value in place.related):
                self._reference(key, value, place, node)
            elif key.endswith(("dxfId", "DxfId")) and (index := whole(value)) is not None:
                look = self._look(index, place)
                look.tag = key[:-2]
                node.children.append(look)
            elif (spelt := self._spelt(element, path, key, value, place, node)) is not None:
                node.attributes[key] = spelt

    def _spelt(
        self, element: xml.Element, path: tuple[str, ...], key: str, value: str, place: _Place, node: Node
    ) -> str | None:
        """The value of an attribute, in one spelling and in the terms of B; None for a default."""
        tag = element.tag
        if key in _AREAS:
            return self._placement.areas(value, self._sheet_of(element, place))
        if key in _FORMULA_ATTRIBUTES or (tag == "cfvo" and key == "val" and element.get("type") == "formula"):
            node.shown[key] = value
            return self._placement.formula(value, place.pair) or None
        if key == "sheet" and "ref" in element.attrib:
            return self._placement.title(value)
        if f"{tag}@{key}" in _IDENTIFIERS:
            return self._identifier(_IDENTIFIERS[f"{tag}@{key}"], value, place)
        if tag == "brk" and key == "id" and (line := whole(value)) is not None:
            row, column = (line + 1, 1) if "rowBreaks" in path else (1, line + 1)
            return str(self._placement.position(row, column, place.pair)["colBreaks" in path] - 1)
        return schema.spelt(path[-2] if len(path) > 1 else "", tag, key, value)

    def _sheet_of(self, element: xml.Element, place: _Place) -> int | None:
        """The sheet that an address is on: its own, or the one that stands beside it."""
        title = element.get("sheet")
        return place.pair if title is None else self._placement.pair(title)

    def _reference(self, key: str, value: str, place: _Place, node: Node) -> None:
        related = place.related.get(value)
        if related is None:
            if value:
                node.attributes[key] = "missing"
            return
        for target in self._target(related, place):
            if list(target.attributes) == ["target"]:
                node.attributes["target" if key == "r:id" else key] = target.attributes["target"]
            else:
                node.children.append(target)

    def _identifier(self, family: str, value: str, place: _Place) -> str:
        value = re.sub(r"^_x0000_s", "", value)
        if family == "drawn" and not value.isdecimal():
            return value  # which part of a header it is
        return place.identifiers.setdefault((family, value), f"{family} {len(place.identifiers) + 1}")

    def _text(self, element: xml.Element, place: _Place, node: Node) -> None:
        tag = element.tag
        text = "".join([element.text or "", *(child.tail or "" for child in element)])
        if tag == "t":
            node.text = decoded(text) if len(text) < 1 << 16 else text
        elif not text.strip():
            return
        elif tag in _FORMULAS:
            node.text = self._placement.formula(text, place.pair)
            node.shown[""] = text.strip()
        elif tag == "sqref":
            node.text = self._placement.areas(text, place.pair)
        else:
            node.text = text.strip() if len(element) else text

    def _look(self, index: int, place: _Place) -> Node:
        looks = self._book.differential_formats
        if not 0 <= index < len(looks):
            return Node("dxf", {"look": "missing"})
        return self._one(looks[index], (), _Place("styles", {}, None, place.depth, {}))

    # Conditional formats

    def _rule(self, element: xml.Element, areas: str, more: tuple[xml.Element, str, str] | None, place: _Place) -> Node:
        path = ("worksheet", "conditionalFormatting")
        node = self._one(element, path, place)
        node.attributes["sqref"] = self._placement.areas(areas, place.pair)
        if more is not None:
            extended = self._one(more[0], path, place)
            extended.tag = "extension"
            extended.attributes.pop("id", None)
            marks = " ".join(part.get("uri", "") for part in element.iterfind("extLst/ext"))
            extended.attributes |= {"sqref": self._placement.areas(more[1], place.pair), "uri": f"{more[2]} {marks}"}
            node.children.append(extended)
        node.attributes.pop("priority", None)
        node.attributes.pop("id", None)
        node.children = [child for child in node.children if child.tag != "extLst" or not _is_mark(child)]
        return node

    # Notes

    def _notes(self, sheet: Node, place: _Place) -> None:
        """A note and its box are one thing; so are comments and who wrote them."""
        boxes = self._boxes(sheet)
        notes: list[Node] = []
        for related in place.related.values():
            if related.target not in self._package.parts:
                continue
            if related.kind == "comments":
                notes += self._written(self._package.xml(related.target), boxes, place)
            elif related.kind == "threadedComment":
                notes += self._threads(self._package.xml(related.target), place)
        for at, box in boxes.items():
            notes.append(Node("note", {"ref": self._placement.area(at, place.pair)}, children=[box]))
        if notes:
            sheet.children.append(Node("notes", children=notes, part="comments"))

    def _boxes(self, sheet: Node) -> dict[str, Node]:
        """Take the boxes of notes out of the drawings of a sheet, by their cell."""
        boxes: dict[str, Node] = {}
        for owner in sheet.children:
            for drawing in owner.children if owner.tag == "legacyDrawing" else ():
                rest = []
                for shape in drawing.children:
                    data = shape.find("ClientData")
                    row, column = (data.find(name) if data else None for name in ("Row", "Column"))
                    at = _cell(row.text, column.text) if row and column else ""
                    if data is None or data.attributes.get("ObjectType") != "Note" or not at or at in boxes:
                        rest.append(shape)
                    else:
                        boxes[at] = _box(shape, data)
                drawing.children = rest
        sheet.children = [
            child
            for child in sheet.children
            if child.tag != "legacyDrawing" or child.attributes or any(part.children for part in child.children)
        ]
        return boxes

    def _written(self, root: xml.Element, boxes: dict[str, Node], place: _Place) -> Iterator[Node]:
        authors = [element.text or "" for element in root.iterfind("authors/author")]
        inner = _Place("comments", {}, place.pair, 1, {})
        for element in root.iterfind("commentList/comment"):
            node = self._one(element, ("comments", "commentList"), inner)
            node.tag = "note"
            number = whole(node.attributes.pop("authorId", ""))
            node.attributes["author"] = authors[number] if number is not None and number < len(authors) else ""
            if (text := node.find("text")) and (plain := text.find("t")):
                text.children[text.children.index(plain)] = Node("r", children=[plain])
            at = element.get("ref", "").replace("$", "")
            if box := boxes.pop(at, None):
                node.children.append(box)
            yield node

    def _threads(self, root: xml.Element, place: _Place) -> Iterator[Node]:
        people = self._book.people
        inner = _Place("threadedComment", {}, place.pair, 1, {})
        for element in root.iterfind("threadedComment"):
            node = self._one(element, ("ThreadedComments",), inner)
            person = node.attributes.pop("personId", "")
            node.attributes["author"] = people.get(person, "")
            yield node


def _says_nothing(node: Node) -> bool:
    """Whether a chart would be the same without it: a run without text, and what holds without being said."""
    if node.tag == "r" and [child.tag for child in node.children] == ["t"]:
        return node.children[0].content == Node("t").content
    return (node.tag, node.attributes.get("val")) in meaningless.SAID


def _cell(row: str, column: str) -> str:
    try:
        return address(int(row) + 1, int(column) + 1)
    except ValueError:
        return ""


def _box(shape: Node, data: Node) -> Node:
    """The box of a note: what of it is not where it hangs."""
    style = dict(part.strip().partition(":")[::2] for part in shape.attributes.get("style", "").split(";"))
    box = Node("box")
    for key, value in shape.attributes.items():
        if key != "style" and not meaningless.attribute("note", ("shape",), key):
            box.attributes[key] = value
    box.attributes |= {key: _points(style[key]) for key in ("width", "height") if key in style}
    if style.get("visibility") != "hidden":
        box.attributes["visible"] = "1"
    for child in (*shape.children, *data.children):
        if child is not data and not meaningless.element("note", (child.tag,)):
            box.children.append(child)
    return box


def _points(length: str) -> str:
    """A length in points, of which a pixel is three quarters."""
    length = length.strip()
    if not re.fullmatch(r"[0-9.]+px", length) or length.count(".") > 1:
        return length
    return f"{float(length[:-2]) * 0.75:g}pt"


def _is_mark(node: Node) -> bool:
    """Whether it holds nothing but the mark by which another part of the sheet says more."""
    return all(child.tag == "id" for extension in node.children for child in extension.children)


def _rules(root: xml.Element) -> Iterator[tuple[xml.Element, str, tuple[xml.Element, str, str] | None]]:
    """The conditional formats of a sheet in the order in which they hold, with their areas, and what newer programs say
    of them elsewhere: a rule, its areas, and the number of the extension."""
    extended: list[tuple[xml.Element, str, str]] = []
    for extension in root.iterfind("extLst/ext"):
        for block in extension.iterfind("conditionalFormattings/conditionalFormatting"):
            areas = block.findtext("sqref") or ""
            extended += [(rule, areas, extension.get("uri", "")) for rule in block.iterfind("cfRule")]
    marked: dict[str, list[tuple[xml.Element, str, str]]] = {}
    for entry in extended:
        marked.setdefault(entry[0].get("id", ""), []).append(entry)
    rules: list[tuple[xml.Element, str, tuple[xml.Element, str, str] | None]] = []
    for block in root.iterfind("conditionalFormatting"):
        for rule in block.iterfind("cfRule"):
            waiting = marked.get(rule.findtext("extLst/ext/id") or "-")
            rules.append((rule, block.get("sqref", ""), waiting.pop(0) if waiting else None))
    rules += [(rule, areas, None) for waiting in marked.values() for rule, areas, _ in waiting]
    yield from sorted(rules, key=lambda found: _priority(found[0]))


def _priority(rule: xml.Element) -> int:
    try:
        return int(rule.get("priority", 1 << 31))
    except ValueError:
        return 1 << 31


def _natural(name: str) -> tuple[int, str]:
    digits = "".join(letter for letter in name.rpartition("/")[2] if letter.isdecimal())
    return int(digits[:9] or 0), name
