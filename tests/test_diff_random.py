"""`tracer diff` on random workbooks with random edits, held against plain Python over the same graph."""

import io

import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from xlsxwriter.utility import xl_rowcol_to_cell

import tracer

SHEETS = ("Data", "Other sheet", "It's")
WIDTH = 4


@st.composite
def graphs(draw):
    """Cells in calculation order: a number, or the sum of earlier ones (with a factor), by cell, range or name."""
    many = draw(st.integers(3, 24))
    cells = []
    for at in range(many):
        if at < 2 or draw(st.booleans()):
            cells.append(("number", draw(st.integers(0, 99)), ()))
        else:
            sources = draw(st.lists(st.integers(0, at - 1), min_size=1, max_size=3, unique=True))
            kind = draw(st.sampled_from(["cells", "name", "array"]))
            cells.append((kind, draw(st.integers(1, 5)), tuple(sources)))
    return cells


def place(at):
    """Cells go over the sheets in turn."""
    return SHEETS[at % len(SHEETS)], *divmod(at // len(SHEETS), WIDTH)


def computed(cells):
    values = []
    for kind, number, sources in cells:
        values.append(number if kind == "number" else number * sum(values[source] for source in sources))
    return values


def workbook(cells):
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheets = {title: book.add_worksheet(title) for title in SHEETS}
    values = computed(cells)
    for at, (kind, number, sources) in enumerate(cells):
        title, row, column = place(at)

        def reference(source, own=title):
            sheet, there_row, there_column = place(source)
            address = xl_rowcol_to_cell(there_row, there_column)
            return address if sheet == own else "'{}'!{}".format(sheet.replace("'", "''"), address)

        if kind == "number":
            sheets[title].write_number(row, column, number)
            continue
        if kind == "name":
            for source in sources:
                book.define_name(f"from_{source}", "=" + reference(source, None))
            text = "+".join(f"from_{source}" for source in sources)
        else:
            text = f"SUM({','.join(map(reference, sources))})"
        formula = f"=({text})*{number}"
        if kind == "array":
            sheets[title].write_array_formula(row, column, row, column, formula, None, values[at])
        else:
            sheets[title].write_formula(row, column, formula, None, values[at])
    book.close()
    return file


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(graphs(), st.data())
def test_origins_consequences_and_reach_are_those_of_the_graph(cells, data):
    edited = list(cells)
    for at in data.draw(st.sets(st.integers(0, len(cells) - 1), max_size=3)):
        kind, number, sources = cells[at]
        # Other numbers than there are, so that no row put in explains them.
        edited[at] = (kind, number + 1000 + at, sources)
    a, b = workbook(cells), workbook(edited)
    before, after = computed(cells), computed(edited)
    differs = [x != y for x, y in zip(before, after)]
    formula = [cell[0] != "number" and cell != other for cell, other in zip(cells, edited)]
    expected = {}
    for at, (kind, _, sources) in enumerate(cells):
        if differs[at] or formula[at]:
            follows = kind != "number" and not formula[at] and any(differs[source] for source in sources)
            expected[at] = "consequence" if follows else "origin"
    reached = {}  # a formula that differs is computed from what it reads like any other cell
    for at in expected:
        seen, wave = set(), {at} if differs[at] else set()
        while wave:
            wave = {n for n in expected if n not in seen and wave.intersection(cells[n][2])}
            wave_values = {n for n in wave if differs[n]}
            seen |= wave
            wave = wave_values
        reached[at] = len(seen)
    found = tracer.diff(a, b, ignore="parts")
    numbers = {(place(at)[0], xl_rowcol_to_cell(*place(at)[1:])): at for at in range(len(cells))}
    assert {numbers[entry.sheet, entry.address]: entry.role for entry in found} == expected
    for entry in found.origins:
        at = numbers[entry.sheet, entry.address]
        assert entry.kind == ("formulas" if formula[at] else "values")
        assert entry.reaches == reached[at]
        if differs[at]:
            assert (entry.before.value, entry.after.value) == (before[at], after[at])
    for entries in (found.origins, found.consequences):  # none comes before what it is computed from
        order = [numbers[entry.sheet, entry.address] for entry in entries]
        assert all(not set(cells[at][2]) & set(order[i + 1 :]) for i, at in enumerate(order))
    mirror = tracer.diff(b, a, ignore="parts")
    assert [(e.place, e.role, e.reaches, e.after, e.before) for e in mirror] == [
        (e.place, e.role, e.reaches, e.before, e.after) for e in found
    ]
    assert not tracer.diff(a, a)
