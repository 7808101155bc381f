"""The rest of a workbook: the parts that sheets and the workbook point at, paired by how they are reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tracer.xlsx import xml
from tracer.xlsx.book import Book
from tracer.xlsx.package import Relationship

#: Compared elsewhere, or written anew at every save.
_ELSEWHERE = frozenset(
    [
        "worksheet",
        "chartsheet",
        "dialogsheet",
        "xlMacrosheet",
        "sharedStrings",
        "styles",
        "calcChain",
        "officeDocument",
        "core-properties",
        "extended-properties",
        "custom-properties",
        "hyperlink",
        "printerSettings",
        "sheetMetadata",
        "rdRichValue",
        "richData",
    ]
)
_XML = (".xml", ".vml", ".rels")
#: Larger parts are compared by their checksums only.
LARGEST = 1 << 25
#: In a chart: its ranges, which are compared as such, and copies of the cells' values.
_RANGES = ("f",)
_COPIES = ("numCache", "strCache", "multiLvlStrCache")
_PARTS_OF_SERIES = {"tx": "name", "cat": "categories", "val": "values", "xVal": "x", "yVal": "y", "bubbleSize": "sizes"}

#: The title of a sheet in B, or None for the workbook; then kinds and ordinals: `drawing 1`, `chart 2`.
Key = tuple[str | None, tuple[str, ...]]
#: Kind, title of a sheet, label, and what the two sides say.
Found = tuple[str, str | None, str, str | None, str | None]


def parts(book: Book, rename: Callable[[str], str]) -> dict[Key, str]:
    """The parts of a workbook by how they are reached, each once.

    Args:
        rename: the title in B of a sheet of this workbook.
    """
    found: dict[Key, str] = {}
    seen: set[str] = {sheet.part for sheet in book.sheets} | {book.package.workbook}

    def walk(part: str, sheet: str | None, path: tuple[str, ...]) -> None:
        ordinals: dict[str, int] = {}
        for related in _in_order(book, part):
            if related.external or related.target not in book.package.parts or related.target in seen:
                continue
            if related.kind in _ELSEWHERE or len(path) > 20:
                continue
            seen.add(related.target)
            ordinals[related.kind] = ordinals.get(related.kind, 0) + 1
            key = (*path, f"{related.kind} {ordinals[related.kind]}")
            found[sheet, key] = related.target
            walk(related.target, sheet, key)

    for sheet in book.sheets:
        walk(sheet.part, rename(sheet.title), ())
    walk(book.package.workbook, None, ())
    walk("", None, ())
    return found


def _in_order(book: Book, part: str) -> list[Relationship]:
    return sorted(
        book.package.relationships(part).values(), key=lambda related: (related.kind, _natural(related.target))
    )


def _natural(name: str) -> tuple[int, str]:
    digits = "".join(letter for letter in name.rpartition("/")[2] if letter.isdigit())
    return (int(digits[:9] or 0), name)


def compare(a: Book, b: Book, rename: Callable[[str], str], agree: Callable[[str, str], bool]) -> Iterator[Found]:
    """What differs in parts and charts.

    Args:
        agree: whether a range of A and one of B, as formulas, are the same cells.
    """
    ours, theirs = parts(a, rename), parts(b, str)
    for key in {**ours, **theirs}:
        sheet, path = key
        label = ", ".join(path)
        part_a, part_b = ours.get(key), theirs.get(key)
        if part_a is None or part_b is None:
            yield "parts", sheet, label, part_a and "there", part_b and "there"
            continue
        if a.package.checksum(part_a) != b.package.checksum(part_b):
            yield from _contents(a, part_a, b, part_b, sheet, label, agree)


def _contents(
    a: Book, part_a: str, b: Book, part_b: str, sheet: str | None, label: str, agree: Callable[[str, str], bool]
) -> Iterator[Found]:
    sizes = [book.package.parts[part].file_size for book, part in ((a, part_a), (b, part_b))]
    if max(sizes) > LARGEST or not all(part.lower().endswith(_XML) for part in (part_a, part_b)):
        yield "parts", sheet, label, f"{sizes[0]:,} bytes", f"{sizes[1]:,} other bytes"  # their checksums differ
        return
    root_a, root_b = a.package.xml(part_a), b.package.xml(part_b)
    is_chart = root_a.tag == root_b.tag == "chartSpace"
    if is_chart:
        ours, theirs = dict(_ranges(root_a)), dict(_ranges(root_b))
        for name in {**ours, **theirs}:
            before, after = ours.get(name), theirs.get(name)
            if before is None or after is None or not agree(before, after):
                yield "charts", sheet, f"{label}, {name}", before, after
    _anonymous(root_a)
    _anonymous(root_b)
    drop = _drawn_from_cells if is_chart else _keep
    if xml.content(root_a, drop) != xml.content(root_b, drop):
        yield "parts", sheet, label, "content", "other content"


def _anonymous(root: xml.Element) -> None:
    """Take out what names other parts, or is drawn anew at every save."""
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if key in ("uid", "uniqueId", "Ignorable") or (
                key in ("id", "embed", "link", "pict", "relid") and value.startswith("rId")
            ):
                del element.attrib[key]


def _keep(element: xml.Element) -> bool:
    return False


def _drawn_from_cells(element: xml.Element) -> bool:
    return element.tag in _RANGES or element.tag in _COPIES


def _ranges(chart: xml.Element) -> Iterator[tuple[str, str]]:
    """What a chart shows: `series 1 values` and the formula."""
    number = titles = 0
    for element in chart.iter():
        if element.tag == "ser":
            number += 1
            for child in element:
                if child.tag in _PARTS_OF_SERIES and (text := _formula(child)):
                    yield f"series {number} {_PARTS_OF_SERIES[child.tag]}", text
        elif element.tag == "title" and (text := _formula(element)):
            titles += 1
            yield f"title {titles}", text


def _formula(element: xml.Element) -> str:
    return next((found.text or "" for found in element.iter("f")), "")
