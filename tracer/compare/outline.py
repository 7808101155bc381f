"""A tree as lines of text: all that it says, a line a thing, in one order; no two trees that differ have the same."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tracer.compare.descriptions import name, place
from tracer.compare.trees import UNORDERED, Node
from tracer.escapes import escaped, printable

#: What holds no more elements than this, itself among them, stands on one line.
SMALL = 16
#: Parts that programs write and people hardly ever change: their lines would be most of the text.
_DIGESTED = ("theme",)
_WORDS = {
    "absoluteAnchor": "drawing",
    "cfRule": "conditional format",
    "dataValidation": "validation",
    "hyperlink": "link",
    "oneCellAnchor": "drawing",
    "threadedComment": "comment",
    "twoCellAnchor": "drawing",
}
_PLAIN = re.compile(r"[^\s\"'(),=\\]+")


class Entry(NamedTuple):
    """A line.

    Attributes:
        address: the cell or cells; empty for none.
        path: what it is, from the tree's root: `chart, plotArea, barChart, series 2`.
        text: what it says.
    """

    address: str
    path: str
    text: str


def outline(root: Node) -> Iterator[Entry]:
    """The lines of a tree."""
    if own := _own(root):
        yield Entry("", root.tag, own)
    for child in _ordered(root):
        word, address = _word(child), place(child)
        if child.part in _DIGESTED:
            yield Entry(address, word, f"{_own(child)} content={_digest(child)}".strip())
        elif _is_list(child):
            for thing in _ordered(child):
                yield from _entries(thing, _joined(word, _word(thing)), place(thing) or address)
        else:
            yield from _entries(child, word, address)


def _entries(node: Node, path: str, address: str) -> Iterator[Entry]:
    if _fits(node, SMALL) >= 0:
        yield Entry(address, path, _said(node, address))
        return
    children = _ordered(node)
    if not _is_list(node):
        yield Entry(address, path, _said(node, address, folded=True))
    seen: dict[str, int] = {}
    for child in children:
        word, here = _word(child), place(child)
        seen[word] = number = seen.get(word, 0) + 1
        if word and not here and sum(_word(other) == word for other in children) > 1:
            word += f" {number}"
        if child.children or _is_list(node):
            yield from _entries(child, _joined(path, word), here or address)


def _is_list(node: Node) -> bool:
    """Whether it says nothing but what stands in it, each of which has its line."""
    return bool(node.children) and not node.attributes and not node.text and (node.tag in UNORDERED or not name(node))


def _word(node: Node) -> str:
    if node.part == "chart":
        return node.part
    return _WORDS.get(node.tag) or printable(name(node)) or ("" if _is_list(node) or node.children else node.tag)


def _joined(path: str, word: str) -> str:
    return f"{path}, {word}" if path and word else path or word


def _ordered(node: Node) -> Sequence[Node]:
    return sorted(node.children, key=lambda child: child.content) if node.tag in UNORDERED else node.children


def _fits(node: Node, room: int) -> int:
    """How much room is left behind a node; less than 0 where it does not fit."""
    room -= 1
    for child in node.children:
        if room < 0:
            break
        room = _fits(child, room)
    return room


def _digest(node: Node) -> str:
    content = repr(node.content).encode()
    return f"{zlib.crc32(content):08x}{zlib.adler32(content):08x}"


def _own(node: Node, address: str = "") -> str:
    """Attributes and text, without what stands inside and without the address where that is told before."""
    at = next(((key, address) for key in ("sqref", "ref") if address and node.attributes.get(key) == address), None)
    words = [f"{key}={_quoted(value)}" for key, value in sorted(node.attributes.items()) if (key, value) != at]
    return " ".join([*words, *([_in_quotes(node.text)] if node.text else [])])


def _said(node: Node, address: str = "", folded: bool = False) -> str:
    """All of a node in a line.

    Args:
        address: where it is, told before.
        folded: whether what stands in it and holds more has lines of its own, and only its name here.
    """
    parts = []
    for child in _ordered(node):
        if folded and child.children:
            parts.append(f"{child.tag} …")
        elif list(child.attributes) == ["val"] and not child.text and not child.children:
            parts.append(f"{child.tag}={_quoted(child.attributes['val'])}")
        elif not child.attributes and not child.children:
            parts.append(f"{child.tag} {_in_quotes(child.text)}" if child.text else child.tag)
        else:
            parts.append(f"{child.tag}({_said(child)})")
    return " ".join(filter(None, (_own(node, address), ", ".join(parts))))


def _quoted(value: str) -> str:
    return value if _PLAIN.fullmatch(value) and value.isprintable() else _in_quotes(value)


def _in_quotes(value: str) -> str:
    return '"' + escaped(value).replace('"', '\\"') + '"'
