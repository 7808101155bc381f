"""XML from strangers: no entities, no documents that it points to, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable
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
        if self._depth > DEPTH or self._elements > ELEMENTS:
            what = f"more than {ELEMENTS:,} elements" if self._depth <= DEPTH else f"nested more than {DEPTH} deep"
            raise TracerError(f"{self._where}: XML of {what}, which no workbook has; it was not read")
        self._tree.start(local(name), {attribute(key): value for key, value in attributes.items()})

    def end(self, name: str) -> None:
        self._depth -= 1
        self._tree.end(local(name))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()


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
