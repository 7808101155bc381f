"""`tracer diff` where cells stand elsewhere: rows and columns put in, other templates, networks of other shapes."""

import io

import numpy as np
import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tracer


def table(rows, columns):
    """A sheet with one number for each name of a row and of a column, the sum of each row, and a sheet that reads both.

    Names are numbers; a number depends on both, so that no two rows or columns are alike.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    data, total = book.add_worksheet("Data"), book.add_worksheet("Total")
    last = xlsxwriter.utility.xl_col_to_name(len(columns) - 1)
    sums = []
    for i, row in enumerate(rows):
        values = [row * 1000 + column * 7 + (row * column) % 13 for column in columns]
        sums.append(sum(values))
        data.write_row(i, 0, values)
        data.write_formula(i, len(columns), f"=SUM(A{i + 1}:{last}{i + 1})", None, sums[-1])
    column = xlsxwriter.utility.xl_col_to_name(len(columns))
    total.write_formula(0, 0, f"=SUM(Data!${column}$1:${column}${len(rows)})", None, sum(sums))
    total.write_formula(1, 0, f"=Data!{column}{len(rows)}*2", None, sums[-1] * 2)
    book.close()
    return file


def expanded(address):
    """`3:5` or `C:D` as the names of rows or columns."""
    first, _, last = address.partition(":")
    if first.isdigit():
        return set(range(int(first), int(last) + 1))
    number = openpyxl.utils.column_index_from_string
    return set(range(number(first), number(last) + 1))


NAMES = st.lists(st.integers(1, 900), min_size=6, max_size=12, unique=True)


def edited(data, names, new):
    """The names with some taken out, or some put in between (sums and references do not grow at their ends).

    Not both: a row taken out beside one put in is a row that changed.
    """
    if data.draw(st.booleans()):
        gone = data.draw(st.sets(st.sampled_from(names[:-1]), max_size=3))
        return [name for name in names if name not in gone]
    kept = list(names)
    for name in data.draw(st.sets(st.sampled_from(new), max_size=3)):
        kept.insert(data.draw(st.integers(1, len(kept) - 1)), name)
    return kept


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(st.data())
def test_rows_and_columns_put_in_and_taken_out_are_found_no_more_and_no_fewer(data):
    rows, columns = data.draw(NAMES), data.draw(NAMES)
    other_rows, other_columns = edited(data, rows, [1000, 1111, 1222]), edited(data, columns, [1000, 1111, 1222])
    found = tracer.diff(table(rows, columns), table(other_rows, other_columns), ignore="parts")
    put_in = [entry for entry in found if entry.kind == "insertions"]
    for label, before, after in (("rows", rows, other_rows), ("columns", columns, other_columns)):
        added, removed = set(), set()
        for entry in put_in:
            if entry.label == label:
                added |= expanded(entry.address) if entry.address else set()
                removed |= expanded(entry.address_before) if entry.address_before else set()
        assert added == {i for i, name in enumerate(after, 1) if name not in before}
        assert removed == {i for i, name in enumerate(before, 1) if name not in after}
    assert {entry.kind for entry in found.origins} <= {"insertions"}
    # What is left is what the sums say: of every row, where columns differ, and the total.
    sums = {entry.place for entry in found.consequences}
    stay = [(i, name) for i, name in enumerate(other_rows, 1) if name in rows]
    letter = openpyxl.utils.get_column_letter(len(other_columns) + 1)
    ours, theirs = ([*map(sum, cells(names, cols))] for names, cols in ((rows, columns), (other_rows, other_columns)))
    expected = {f"Data!{letter}{i}" for i, name in stay if ours[rows.index(name)] != theirs[i - 1]}
    expected |= {"Total!A1"} if sum(ours) != sum(theirs) else set()
    expected |= {"Total!A2"} if ours[-1] != theirs[-1] else set()
    assert sums == expected


def cells(rows, columns):
    return [[row * 1000 + column * 7 + (row * column) % 13 for column in columns] for row in rows]


def test_the_mirror_of_an_insertion_is_a_removal():
    a, b = table([1, 2, 3, 4, 5], [1, 2, 3]), table([1, 2, 9, 3, 4, 5], [1, 2, 3])
    (there,), (back,) = tracer.diff(a, b).origins, tracer.diff(b, a).origins
    assert (there.place, there.place_before, back.place_before) == ("Data!3:3", "", "Data!3:3")
    assert there.before == back.after
    assert there.reaches == back.reaches == 1


def test_a_changed_cell_below_an_insertion_is_one_change():
    def write(rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        file = io.BytesIO()
        book.save(file)
        return file

    rows = [[name, len(name), f"=B{i}*2"] for i, name in enumerate(["alpha", "beta", "gamma", "delta", "epsilon"], 1)]
    other = [list(row) for row in rows]
    other[4][1] = 99
    other = [[*row[:2], f"=B{i}*2"] for i, row in enumerate([*other[:1], ["new", 1, ""], *other[1:]], 1)]
    found = tracer.diff(write(rows), write(other))
    said = [(entry.kind, entry.place_before, entry.place) for entry in found]
    assert said == [
        ("insertions", "", "Sheet!2:2"),
        ("values", "Sheet!B5", "Sheet!B6"),
        ("values", "Sheet!C5", "Sheet!C6"),
    ]


def test_a_formula_that_did_not_move_with_its_row_is_an_origin():
    """As `openpyxl.insert_rows` leaves them."""
    book = openpyxl.Workbook()
    for i, name in enumerate(["alpha", "beta", "gamma", "delta"], 1):
        book.active.append([name, i * 1.5, f"=B{i}*2"])
    a, b = io.BytesIO(), io.BytesIO()
    book.save(a)
    book.active.insert_rows(3)
    book.save(b)
    found = tracer.diff(a, b)
    assert [(entry.kind, entry.place) for entry in found.origins] == [
        ("insertions", "Sheet!3:3"),
        ("formulas", "Sheet!C4"),
        ("formulas", "Sheet!C5"),
    ]


def test_merged_cells_widths_and_formats_move_with_their_rows():
    def write(shift):
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet, bold = book.add_worksheet("Data"), book.add_format({"bold": True})
        if shift:
            sheet.write_row(1, 0, ["new", "row", "here"])
        for i in range(6):
            at = i + (shift and i > 0)
            sheet.write_row(at, 0, [f"name {i}", i * 1.25, i * i + 0.5], bold if i == 3 else None)
            sheet.set_row(at, 30 if i == 4 else None)
        sheet.merge_range(7 + shift, 0, 8 + shift, 1, "merged", bold)
        sheet.conditional_format(1 + shift, 1, 4 + shift, 1, {"type": "cell", "criteria": ">", "value": 2})
        book.close()
        return file

    (found,) = tracer.diff(write(0), write(1), ignore="parts")
    assert (found.kind, found.place) == ("insertions", "Data!2:2")


@pytest.fixture(scope="module", params=["cell", "matrix"])
def write(request, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shapes")

    def write(name, network=None, **options):
        path = folder / f"{name}.xlsx"
        tracer.run(network, epochs=2).to_excel(path, formulas=request.param, **options)
        return path

    return write


def test_another_template_is_the_one_origin_and_all_looks_follow(write):
    a, b = write("article"), write("stacked", template="stacked")
    found = tracer.diff(a, b)
    (origin,) = found.origins
    assert origin.label == "property tracer template"
    assert (origin.before.value.split()[0], origin.after.value.split()[0]) == ("article", "stacked")
    assert origin.reaches == len(found.consequences) > 0
    assert not tracer.diff(a, b, only="formulas")  # the same arithmetic, wherever it stands
    values = [entry for entry in found if entry.kind == "values"]
    assert all(isinstance(entry.before.value or entry.after.value, str) for entry in values)  # headings at the most


def test_another_hidden_width_is_compared_block_by_block(write):
    known = tracer.Network.walkthrough()
    wider = tracer.Network(
        known.X,
        known.y,
        wh=np.hstack([known.wh, [[0.1], [0.2], [0.3], [0.4]]]),
        bh=np.hstack([known.bh, [[0.5]]]),
        wout=np.vstack([known.wout, [[0.6]]]),
        bout=known.bout,
        lr=known.lr,
        name=known.name,
    )
    a, b = write("three"), write("four", wider)
    found = tracer.diff(a, b)
    origins = {entry.label: entry for entry in found.origins if entry.kind == "insertions"}
    assert list(origins) == ["Step 1 · wh[:, 3]", "Step 1 · bh[:, 3]", "Step 1 · wout[3, :]"]
    # Beside them the number of hidden neurons, on the overview and in the network file, and nothing else.
    said = [entry for entry in found.origins if entry.kind != "insertions"]
    assert [(entry.sheet, entry.before.value, entry.after.value) for entry in said] == [
        ("Network", "hidden = [3]", "hidden = [4]"),
    ]
    # Of the blocks, the consequences are the cells that differ at equal places in the blocks.
    first, second = tracer.read_excel(a), tracer.read_excel(b)
    expected = set()
    for epoch in (1, 2):
        for step in range(12):
            ours, theirs = first.state(epoch, step), second.state(epoch, step)
            sheet = f"Step {step}" if epoch == 1 else f"Epoch {epoch} · Step {step}"
            for name in ours:
                rows, columns = np.minimum(ours[name].shape, theirs[name].shape)
                for i, j in np.argwhere(ours[name][:rows, :columns] != theirs[name][:rows, :columns]):
                    index = f"[{i}, {j}]" if theirs[name].size > 1 else ""
                    expected.add(f"{sheet} · {name}{index}")
    changed = {entry.label for entry in found if entry.kind == "values" and entry.sheet.startswith(("Step", "Epoch"))}
    assert changed == expected
    mirror = tracer.diff(b, a)
    assert sorted((entry.place, entry.role, entry.kind) for entry in mirror) == sorted(
        (entry.place_before or entry.place, entry.role, entry.kind) for entry in found
    )


def test_a_sheet_that_only_one_workbook_has_is_the_origin_of_what_reads_it():
    def write(with_rates):
        file = io.BytesIO()
        book = xlsxwriter.Workbook(file, {"in_memory": True})
        sheet = book.add_worksheet("Data")
        sheet.write_formula("A1", "=Rates!A1*2", None, 4 if with_rates else "#REF!")
        sheet.write_formula("A2", "=A1+1", None, 5 if with_rates else "#REF!")
        if with_rates:
            book.add_worksheet("Rates").write("A1", 2)
        book.close()
        return file

    found = tracer.diff(write(True), write(False), ignore="parts")
    (origin,) = found.origins
    assert (origin.kind, origin.sheet, origin.reaches) == ("sheets", "Rates", 2)
    assert [entry.address for entry in found.consequences] == ["A1", "A2"]


def test_a_renamed_sheet_is_known_though_a_row_and_a_column_were_put_in():
    def write(title, names, subjects):
        book = openpyxl.Workbook()
        book.active.title = title
        book.active.append(["Name", *subjects, "Sum"])
        last = openpyxl.utils.get_column_letter(len(subjects) + 1)
        for row, name in enumerate(names, 2):
            marks = [len(name) * 7 + ord(subject[0]) for subject in subjects]
            book.active.append([name, *marks, f"=SUM(B{row}:{last}{row})"])
        book.create_sheet("Other").append(["nothing", "here", "changes"])
        file = io.BytesIO()
        book.save(file)
        return file

    names = ["Ada", "Bo", "Charles", "Diana", "Edith", "Florence"]
    a = write("Marks", names, ["Maths", "Physics"])
    b = write("Marks 2026", [*names[:2], "Newton", *names[2:]], ["Maths", "Chemistry", "Physics"])
    found = tracer.diff(a, b)
    assert [(entry.kind, entry.label, entry.place) for entry in found.origins] == [
        ("insertions", "columns", "'Marks 2026'!C:C"),
        ("insertions", "rows", "'Marks 2026'!4:4"),
        ("sheets", "sheet", "'Marks 2026'"),
    ]
