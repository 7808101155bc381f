"""Holds a workbook against a reference: formulas and styles exactly, numbers to 1e-12.

python tests/reference.py outputs/walkthrough.xlsx other.xlsx
"""

import math
import sys

from openpyxl import load_workbook


def content(path, data_only):
    """Every cell of every sheet: its value or formula, and how it looks."""
    book = load_workbook(path, data_only=data_only)
    cells = {}
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                value = getattr(cell.value, "text", cell.value)  # an array formula's text
                look = tuple(map(repr, (cell.font, cell.fill, cell.border, cell.alignment, cell.number_format)))
                cells[sheet.title, cell.coordinate] = (value, look)
    shape = {
        sheet.title: (
            sorted(map(str, sheet.merged_cells.ranges)),
            {letter: dimension.width for letter, dimension in sheet.column_dimensions.items()},
            {number: dimension.height for number, dimension in sheet.row_dimensions.items()},
            {name: defined.attr_text for name, defined in sheet.defined_names.items()},
            sheet.freeze_panes,
        )
        for sheet in book
    }
    return cells, shape


def differences(reference, other):
    """What differs, a line each."""
    found = []
    for data_only in (False, True):
        (cells, shape), (others, other_shape) = content(reference, data_only), content(other, data_only)
        if shape != other_shape:
            found.append("sheets, merged cells, sizes, names or panes differ")
        for place in sorted(cells.keys() | others.keys()):
            (value, look), (other_value, other_look) = cells.get(place, (None, ())), others.get(place, (None, ()))
            numbers = isinstance(value, float) and isinstance(other_value, (int, float))
            same = math.isclose(value, other_value, rel_tol=1e-12, abs_tol=1e-14) if numbers else value == other_value
            if not same:
                found.append(f"{place}: {value!r} became {other_value!r}")
            elif look != other_look:
                found.append(f"{place}: looks different")
    return found


if __name__ == "__main__":
    found = differences(*sys.argv[1:])
    print("\n".join(found[:20]) or "equal to the reference")
    sys.exit(bool(found))
