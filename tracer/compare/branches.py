"""What differs between two trees: each difference with its path in words, and both sides."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import NamedTuple

from tracer.compare import descriptions, meaningless
from tracer.compare.trees import RULES, UNORDERED, Node
from tracer.errors import printable
from tracer.xlsx.addresses import Range, parse_range

_IDENTITIES = ("sqref", "ref", "name", "id", "r", "idx", "cell", "min", "target", "uri", "numId", "fld", "x")
#: Of settings that only one file has, fewer than this are told one by one, with the defaults of the other.
FEW = 4
#: What is called by its number even where it is the only one.
NUMBERED = ("ser", "externalReference")
ANCHORS = ("twoCellAnchor", "oneCellAnchor", "absoluteAnchor")
_CHARTS = ("chart", "chartEx", "chartUserShapes", "chartStyle", "chartColorStyle")


class Found(NamedTuple):
    """A difference.

    Attributes:
        kind: one of the kinds of differences.
        label: what differs: `chart 1, title`.
        address: the cell or cells, in B; empty for none.
        before, after: what the sides say; None for nothing.
    """

    kind: str
    label: str
    address: str
    before: str | None
    after: str | None


class Trail(NamedTuple):
    """How a node is reached."""

    kind: str = "settings"
    words: tuple[str, ...] = ()
    address: str = ""

    def into(self, node: Node, word: str) -> Trail:
        """The trail of a child.

        Args:
            word: what it is called; empty for nothing.
        """
        kind = self.kind
        if node.part:
            kind = "charts" if node.part in _CHARTS or kind == "charts" else "parts"
        elif node.tag == "sheetFormatPr":
            kind = "widths"
        words = self.words
        if node.tag == "ser":
            words = tuple(known for known in words if known not in ("plotArea",) and not known.endswith("Chart"))
        return Trail(kind, (*words, word) if word else words, descriptions.place(node) or self.address)

    def found(self, before: str | None, after: str | None, more: str = "") -> Found:
        return Found(self.kind, ", ".join(filter(None, (*self.words, more))), self.address, before, after)


class Branches:
    """
    Args:
        a, b: the trees of a sheet, of the workbook.
    """

    def __init__(self, a: Node, b: Node) -> None:
        self._a, self._b = a, b
        self._charts: dict[int, int] = {}
        for tree in (a, b):
            for number, chart in enumerate(_charts(tree), 1):
                self._charts[id(chart)] = number

    def __iter__(self) -> Iterator[Found]:
        yield from self._inside(self._a, self._b, Trail())

    def _inside(self, a: Node, b: Node, trail: Trail) -> Iterator[Found]:
        for key in {**a.attributes, **b.attributes}:
            if a.attributes.get(key) != b.attributes.get(key):
                yield trail.found(*_told(a, b, key), descriptions.attribute(key))
        if a.text != b.text:
            yield trail.found(_shown(a, b), _shown(b, a))
        yield from self._children(a, b, trail)

    def _children(self, a: Node, b: Node, trail: Trail) -> Iterator[Found]:
        ours, theirs = _unequal(a.children, b.children)
        if not ours and not theirs:
            orders = [[child.content for child in node.children] for node in (a, b)]
            if any(child.otherwise for child in a.children) or orders[0] == orders[1] or a.tag in UNORDERED:
                return
            if a.tag != RULES or _overtaken(a.children, orders[1]):
                yield trail.found(_order(a), _order(b), "order")
            return
        for x, y in _paired(ours, theirs):
            yield from self._pair(x, y, trail, a if x is not None else b, b if y is not None else a)

    def _pair(self, x: Node | None, y: Node | None, trail: Trail, a: Node, b: Node) -> Iterator[Found]:
        node = y or x
        assert node is not None
        inner = trail.into(node, self._word(node, b if y else a, trail))
        if (x is None or y is None) and not trail.words and descriptions.is_silent(node):
            bare = Node(node.tag, node.attributes, part=node.part)
            x, y = x or bare, y or bare  # told by what stands in it
        elif meaningless.empty(node.tag) and len(node.attributes) < FEW and not descriptions.describe(node):
            x, y = x or Node(node.tag), y or Node(node.tag)  # what a file does not say is the default
        if x is None or y is None:
            thing = descriptions.describe(node)
            if thing:
                inner = trail.into(node, thing.name)
            yield inner.found(_summary(x), _summary(y))
            return
        before, after = descriptions.describe(x), descriptions.describe(y)
        if before is None or after is None or before == after:
            if before is not None and before == after:
                inner = trail.into(node, before.label)
                places = descriptions.place(x), descriptions.place(y)
                if places[0] != places[1]:
                    yield inner.found(*places, "range")
                    x, y = (_without_place(side) for side in (x, y))
            yield from self._inside(x, y, inner)
            return
        same = before.which == after.which
        inner = trail.into(node, after.label if same else after.name)
        sides = [thing.text if same else f"{thing.which}: {thing.text}" for thing in (before, after)]
        places = descriptions.place(x), descriptions.place(y)
        if places[0] != places[1]:
            sides = [f"{place}: {side}" if place else side for place, side in zip(places, sides)]
        yield inner.found(*sides)

    def _word(self, node: Node, parent: Node, trail: Trail) -> str:
        """What a node is called after what it stands in; nothing where that says it."""
        if node.tag in ANCHORS:
            chart = next(_charts(node), None)
            return f"chart {self._charts[id(chart)]}" if chart else next(map(descriptions.name, _drawn(node)), "shape")
        if parent.tag in ANCHORS and node in _drawn(parent):
            return ""
        if node.part in _CHARTS and id(node) in self._charts:
            word = f"chart {self._charts[id(node)]}"
            return "" if word in trail.words else word
        word = descriptions.name(node)
        alike = [child for child in parent.children if child.tag == node.tag]
        if node.tag in NUMBERED or (
            len(alike) > 1 and word and word == descriptions.name(alike[0]) == descriptions.name(alike[-1])
        ):
            word += f" {next(at for at, child in enumerate(alike, 1) if child is node)}"
        return word


def _drawn(anchor: Node) -> list[Node]:
    return [child for child in anchor.children if child.tag in ("sp", "pic", "cxnSp", "grpSp", "graphicFrame")]


def _overtaken(rules: Sequence[Node], order: list[tuple]) -> bool:
    """Whether of two rules for the same cells the other one holds first there."""
    places = [(order.index(rule.content), _areas(rule)) for rule in rules]
    return any(
        later < earlier and any(_overlap(one, two) for one in ours for two in theirs)
        for at, (earlier, ours) in enumerate(places)
        for later, theirs in places[at + 1 :]
    )


def _areas(rule: Node) -> list[Range]:
    return [area for text in rule.attributes.get("sqref", "").split() if (area := parse_range(text))]


def _overlap(a: Range, b: Range) -> bool:
    return a.top <= b.bottom and b.top <= a.bottom and a.left <= b.right and b.left <= a.right


def _summary(node: Node | None) -> str | None:
    return None if node is None else descriptions.summary(node)


def _charts(node: Node) -> Iterator[Node]:
    if node.part in ("chart", "chartEx"):
        yield node
    for child in node.children:
        yield from _charts(child)


def _told(a: Node, b: Node, key: str) -> tuple[str, str]:
    before, after = descriptions.value(a, key), descriptions.value(b, key)
    if before == after:
        before, after = (printable(node.attributes.get(key, "nothing")) for node in (a, b))
    return before, after


def _shown(node: Node, other: Node) -> str | None:
    """A text as the file has it, or as it is compared where that tells no difference."""
    if not node.text:
        return None
    return printable(node.say() if node.say() != other.say() else node.text)


def _order(node: Node) -> str:
    names = [str(_identity(child) or descriptions.name(child) or child.tag) for child in node.children]
    return printable(", ".join(names[:20]) + (", …" if len(names) > 20 else ""))


def _without_place(node: Node) -> Node:
    attributes = {key: text for key, text in node.attributes.items() if key not in ("ref", "sqref")}
    return Node(node.tag, attributes, node.text, node.children, node.part, node.shown)


def _unequal(a: Sequence[Node], b: Sequence[Node]) -> tuple[list[Node], list[Node]]:
    """The nodes of both that have no equal on the other side."""
    free: dict[Hashable, list[Node]] = {}
    for node in b:
        free.setdefault(node.content, []).append(node)
    ours, taken = [], set()
    for node in a:
        for content in (node.content, *(other.content for other in node.otherwise)):
            if free.get(content):
                taken.add(id(free[content].pop(0)))
                break
        else:
            ours.append(node)
    return ours, [node for node in b if id(node) not in taken]


def _paired(a: Sequence[Node], b: Sequence[Node]) -> Iterator[tuple[Node | None, Node | None]]:
    """Which node became which: what stands at the same place or has the same name, what is equal elsewhere, the only
    ones of their kind, those that have no name in their order."""
    pairs: dict[int, Node] = {}
    left = list(a)
    free = list(b)

    def take(key: Callable[[Node], Hashable | None]) -> None:
        nonlocal left, free
        by_key: dict[Hashable, list[Node]] = {}
        for node in free:
            if (found := key(node)) is not None:
                by_key.setdefault((node.tag, found), []).append(node)
        rest = []
        for node in left:
            candidates = by_key.get((node.tag, key(node)))
            if candidates:
                pairs[id(candidates.pop(0))] = node
            else:
                rest.append(node)
        left, free = rest, [node for node in free if id(node) not in pairs]

    take(_identity)
    take(lambda node: _without_place(node).content if descriptions.place(node) else None)
    for only in {node.tag for node in left}:
        ours, theirs = ([node for node in side if node.tag == only] for side in (left, free))
        if len(ours) == len(theirs) == 1:
            take(lambda node, only=only: 0 if node.tag == only else None)  # type: ignore[misc]
    take(lambda node: 0 if _identity(node) is None else None)
    gone = [(node, None) for node in left]
    yield from ((pairs.get(id(node)), node) for node in b)
    yield from gone


def _identity(node: Node) -> Hashable | None:
    """What tells a node from others of its kind."""
    if node.tag == "cfRule":
        return node.attributes.get("sqref"), node.attributes.get("type"), node.attributes.get("operator")
    for key in _IDENTITIES:
        if key in node.attributes:
            return node.attributes[key]
    if node.tag in (*ANCHORS, "sp", "pic", "graphicFrame", "cxnSp", "grpSp"):
        drawn = next(node.all("cNvPr"), None)
        return drawn.attributes.get("name") if drawn else None
    if node.tag == "ser" and (index := node.find("idx")):
        return index.attributes.get("val")
    return None
