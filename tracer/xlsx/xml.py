"""XML from strangers: no entities, no documents that it points to, no bottomless nesting."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from tracer.errors import TracerError

#: Nested deeper than any office document is.
DEPTH = 200
#: More elements than a part that is held whole has.
ELEMENTS = 2_000_000

_RELATIONSHIPS = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_DECLARATION = re.compile(rb"(?:\xef\xbb\xbf)?(<\?xml\s[^<>]*\?>)?\s*")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([^\"']*)")
#: A reference to a character, or an ampersand that begins none.
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos);|#0*([0-9]{1,7});|#x0*([0-9A-Fa-f]{1,6});)?")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
#: Bytes that XML 1.0 has no place for.
_CONTROLS = bytes({*range(32)} - {9, 10, 13})


def parser(where: str) -> expat.XMLParserType:
    """An expat parser that refuses what an office document never has: a DTD, and with it every entity.

    Names come without their namespace: `row`, whatever the prefix, in transitional and in strict documents.
    """
    found = expat.ParserCreate(namespace_separator="}")
    found.buffer_text = True

    def refuse(*_: object) -> None:
        raise TracerError(f"{where}: declares a document type or entities, which no workbook does; it was not read")

    found.StartDoctypeDeclHandler = refuse
    found.EntityDeclHandler = refuse
    return found


def feed(found: expat.XMLParserType, chunk: bytes, where: str, last: bool = False) -> None:
    """
    Raises:
        TracerError: not well-formed.
    """
    try:
        found.Parse(chunk, last)
    except expat.ExpatError as error:
        raise TracerError(
            f"{where}: damaged XML at line {error.lineno}, column {error.offset} ({expat.ErrorString(error.code)}); "
            "save the file again, or get another copy"
        ) from None
    except (ValueError, LookupError) as error:  # an encoding that there is not, a number that is none
        raise TracerError(f"{where}: cannot be read ({error}); save the file again, or get another copy") from None


def parse(data: bytes, where: str) -> Element:
    """A part as elements with local names.

    Raises:
        TracerError: not well-formed, nested too deep, or with a document type.
    """
    found = parser(where)
    build = Builder(where)
    found.StartElementHandler, found.EndElementHandler = build.start, build.end
    found.CharacterDataHandler = build.data
    feed(found, data, where, last=True)
    return build.close()


def check_depth(depth: int, where: str) -> None:
    """
    Raises:
        TracerError: deeper than any document is.
    """
    if depth > DEPTH:
        raise TracerError(f"{where}: XML nested more than {DEPTH} deep, which no workbook has; it was not read")


class Builder:
    """Elements with local names, within limits."""

    def __init__(self, where: str) -> None:
        self._where, self._tree = where, TreeBuilder()
        self._depth = self._elements = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """
        Raises:
            TracerError: nested too deep, or too many.
        """
        self._depth += 1
        self._elements += 1
        check_depth(self._depth, self._where)
        if self._elements > ELEMENTS:
            raise TracerError(
                f"{self._where}: XML of more than {ELEMENTS:,} elements, which no workbook has; it was not read"
            )
        self._tree.start(local(name), {attribute(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(local(name))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()


def is_plain(head: bytes, root: bytes) -> bool:
    """Whether a part begins as nearly every one does: in UTF-8, without comments, its root element without a prefix.

    Args:
        head: up to where what it holds begins.
    """
    declared = _DECLARATION.match(head)
    assert declared is not None
    encoding = _ENCODING.search(declared[1] or b"")
    if encoding and encoding[1].lower() not in (b"utf-8", b"utf8", b"us-ascii"):
        return False
    rest = head[declared.end() :]
    return re.match(rb"<%s[\s>]" % root, rest) is not None and b"<!" not in rest and b"<?" not in rest


def is_text(data: bytes) -> bool:
    """Whether bytes are UTF-8 of nothing but characters that XML may hold.

    Cheap, for what is read without a parser.
    """
    if len(data.translate(None, _CONTROLS)) != len(data):
        return False
    if data.isascii():
        return True
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return b"\xef\xbf\xbe" not in data and b"\xef\xbf\xbf" not in data


def characters(source: str) -> str:
    """Character data as a parser would hand it on: line ends and references resolved.

    Raises:
        ValueError: a parser would refuse it.
    """
    if "]]>" in source:
        raise ValueError("]]>")
    if "\r" in source:
        source = source.replace("\r\n", "\n").replace("\r", "\n")
    return _REFERENCE.sub(_character, source) if "&" in source else source


def markup(text: str) -> str:
    """Text as character data, which `characters` turns back into it."""
    return escape(text, quote=False).replace("\r", "&#13;")


def _character(match: re.Match[str]) -> str:
    name, decimal, hexadecimal = match.groups()
    if name:
        return _ENTITIES[name]
    if not (decimal or hexadecimal):
        raise ValueError("&")
    code = int(decimal) if decimal else int(hexadecimal, 16)
    if not (code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000):
        raise ValueError(match[0])
    return chr(code)


def fragment(data: bytes) -> Element:
    """A few elements out of a part, with their prefixes cut off.

    Raises:
        ValueError: not well-formed, or nested too deep.
    """
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise ValueError(f"nested more than {DEPTH} deep")
        builder.start(name.rpartition(":")[2], attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(":")[2])

    found = expat.ParserCreate()
    found.buffer_text = True
    found.StartElementHandler, found.EndElementHandler = start, end
    found.CharacterDataHandler = builder.data
    try:
        found.Parse(b"<fragment>" + data + b"</fragment>", True)
    except expat.ExpatError as error:
        raise ValueError(error) from None
    return builder.close()


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


def attribute(name: str) -> str:
    """The name of an attribute without its namespace, but `r:id` for one that points at another part."""
    namespace, _, bare = name.rpartition("}")
    return f"r:{bare}" if namespace in _RELATIONSHIPS else bare


def content(element: Element, drop: Callable[[Element], bool] = lambda _: False) -> tuple:
    """An element as nested tuples that are equal where the elements say the same.

    The order of attributes and white space between elements do not matter.

    Args:
        drop: which elements say nothing.
    """
    children = tuple(content(child, drop) for child in element if not drop(child))
    text = element.text or ""
    return (
        element.tag,
        tuple(sorted(element.attrib.items())),
        text if text.strip() or not len(element) else "",
        children,
    )
