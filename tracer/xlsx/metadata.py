"""What a workbook says of cells in its part of metadata: which formulas are dynamic arrays."""

from __future__ import annotations

from tracer.numbers import whole
from tracer.xlsx import xml

_DYNAMIC = "XLDAPR"


def dynamic_arrays(root: xml.Element) -> frozenset[int]:
    """The numbers of cell metadata, from 1, that say that a formula is a dynamic array ([MS-XLSX] 2.3.11)."""
    types = [element.get("name") for element in root.iterfind("metadataTypes/metadataType")]
    properties = [
        any(element.get("fDynamic") in ("1", "true") for element in block.iter("dynamicArrayProperties"))
        for future in root.iterfind("futureMetadata")
        if future.get("name") == _DYNAMIC
        for block in future.iterfind("bk")
    ]
    numbers = set()
    for number, block in enumerate(root.iterfind("cellMetadata/bk"), 1):
        for record in block.iterfind("rc"):
            kind, value = whole(record.get("t", "")), whole(record.get("v", ""))
            if kind is None or value is None or not 1 <= kind <= len(types):
                continue
            if types[kind - 1] == _DYNAMIC and value < len(properties) and properties[value]:
                numbers.add(number)
    return frozenset(numbers)
