"""XML from strangers: no entities, no documents that it points to, no bottomless nesting."""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from tracer.errors import TracerError

#: Nested deeper than any office document is.
DEPTH = 200


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
    builder, depth = TreeBuilder(), 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH:
            raise TracerError(f"{where}: XML nested more than {DEPTH} deep, which no workbook is; it was not read")
        builder.start(local(name), {local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(local(name))

    found = parser(where)
    found.StartElementHandler, found.EndElementHandler = start, end
    found.CharacterDataHandler = builder.data
    feed(found, data, where, last=True)
    return builder.close()


def local(name: str) -> str:
    """A name without its namespace."""
    return name.rpartition("}")[2]


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
