"""A template's step sheet, made for networks of other kinds than the article's."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.utils import cell as address
from openpyxl.utils import get_column_letter

import tracer
from tracer.matrices import stem
from tracer.workbook.fitting import LAYER, fitted
from tracer.workbook.layout import Layout
from tracer.workbook.style import PLAIN
from tracer.workbook.template import BLOCKS, Template
from tracer.workbook.templatesheet import Sheet, TemplateCell

SHIPPED = ("article", "stacked")
PAINTED = (("bg_color", "#FFFF00"),)
#: What a network may do without; each optimiser brings some of it.
OPTIONAL = [name for name in BLOCKS if name.startswith(("velocity_", "m_", "v_", "momentum", "beta_", "epsilon", "t"))]
PLAIN_NAMES = [name for name in BLOCKS if name not in OPTIONAL]
WHOLE = {title: Template.read(title, BLOCKS).step for title in SHIPPED}


def named(names, layers):
    """The matrices of a network with so many hidden layers."""
    several = [[f"{name}_{k}" for k in range(1, layers + 1)] if name in LAYER else [name] for name in names]
    return list(names) if layers == 1 else [name for names in several for name in names]


def sheet(texts, merged=(), painted=(), **parts):
    """A small template: texts by address."""

    def place(at):
        letters, row = address.coordinate_from_string(at)
        return row, address.column_index_from_string(letters)

    spans = [(*place(area.split(":")[0]), *place(area.split(":")[1])) for area in merged]
    cells = [TemplateCell(*place(at), text, PLAIN, "General") for at, text in texts.items()]
    cells += [TemplateCell(*place(at), "", PAINTED, "General") for at in painted]
    corners = [*spans, *((0, 0, cell.row, cell.column) for cell in cells)]
    made = Sheet(
        cells=tuple(sorted(cells, key=lambda cell: (cell.row, cell.column))),
        blocks={cell.placeholder: (cell.row, cell.column) for cell in cells if cell.placeholder in BLOCKS},
        merged={span[:2]: span for span in spans},
        widths={},
        heights={},
        freeze=(1, 1),
        page=WHOLE["article"].page,
        last_row=max(corner[2] for corner in corners),
        last_column=max(corner[3] for corner in corners),
    )
    return replace(made, **parts)


def texts(sheet):
    return {f"{get_column_letter(cell.column)}{cell.row}": cell.text for cell in sheet.cells}


def areas(sheet):
    return [f"{get_column_letter(b)}{a}:{get_column_letter(d)}{c}" for a, b, c, d in sheet.merged.values()]


@pytest.mark.parametrize("template", SHIPPED)
def test_a_network_with_everything_gets_the_template_as_it_is(template):
    assert fitted(WHOLE[template], BLOCKS, 1) is WHOLE[template]


@pytest.mark.parametrize(("template", "last"), [("article", (11, 22)), ("stacked", (39, 7))])
def test_the_plain_network_sees_nothing_of_what_others_need(template, last):
    plain = fitted(WHOLE[template], PLAIN_NAMES, 1)
    assert set(plain.blocks) == set(PLAIN_NAMES)
    assert (plain.last_row, plain.last_column) == last
    assert plain.blocks == {name: WHOLE[template].blocks[name] for name in PLAIN_NAMES}
    assert plain.merged == WHOLE[template].merged
    assert max(plain.heights) <= last[0] + 1
    assert fitted(plain, PLAIN_NAMES, 1) == plain


@given(st.sampled_from(SHIPPED), st.integers(1, 4), st.sets(st.sampled_from(OPTIONAL)))
def test_every_matrix_has_one_place_and_none_stands_on_another(template, layers, optional):
    names = named([*PLAIN_NAMES, *optional], layers)
    check(fitted(WHOLE[template], names, layers), names)


@given(
    st.lists(
        st.sampled_from([*BLOCKS[:12], "wh.heading", "X.heading", "text", "key.current", "painted", ""]),
        max_size=30,
    ),
    st.integers(1, 8),
    st.lists(st.tuples(*[st.integers(1, 8)] * 4), max_size=4),
    st.integers(1, 3),
    st.data(),
)
def test_so_it_is_in_any_arrangement(contents, columns, spans, layers, data):
    cells = {}
    for k, content in enumerate(contents):
        if content and f"{{{{{content}}}}}" not in cells.values():
            at = f"{get_column_letter(k % columns + 1)}{k // columns + 1}"
            cells[at] = {"text": "some text", "painted": ""}.get(content, f"{{{{{content}}}}}")
    painted = [at for at, text in cells.items() if not text]
    made = sheet({at: text for at, text in cells.items() if text} | {"I9": "end"}, painted=painted)
    made = replace(made, merged=free_of_texts(made, spans))
    names = named(data.draw(st.sets(st.sampled_from(sorted(made.blocks)))) if made.blocks else [], layers)
    check(fitted(made, names, layers), names)


def free_of_texts(sheet, spans):
    merged, taken = {}, {(cell.row, cell.column) for cell in sheet.cells if cell.text}
    for a, b, c, d in spans:
        area = {(row, column) for row in range(a, c + 1) for column in range(b, d + 1)}
        if len(area) > 1 and not (area - {(a, b)}) & taken:
            merged[a, b] = (a, b, c, d)
            taken |= area
    return merged


def check(sheet, names):
    assert sorted(sheet.blocks) == sorted(names)
    assert {cell.placeholder: (cell.row, cell.column) for cell in sheet.cells if cell.placeholder in names} == (
        sheet.blocks
    )
    places = [(cell.row, cell.column) for cell in sheet.cells]
    assert len(places) == len(set(places))
    assert all(row <= sheet.last_row and column <= sheet.last_column for row, column in places)
    texts = {(cell.row, cell.column) for cell in sheet.cells if cell.text}
    merged = [
        (row, column)
        for a, b, c, d in sheet.merged.values()
        for row in range(a, c + 1)
        for column in range(b, d + 1)
        if (row, column) == (a, b) or (row, column) not in texts or pytest.fail(f"{a, b} covers text")
    ]
    assert len(merged) == len(set(merged))
    blocks = Layout(sheet, {name: (3, 2) for name in names}).areas.values()
    cells = [at for area in blocks for row in area.addresses for at in row]
    assert len(cells) == len(set(cells))


def test_layers_stand_side_by_side_and_the_rest_to_their_right():
    network = fitted(WHOLE["article"], named(PLAIN_NAMES, 3), 3)
    column = {name: column for name, (_, column) in network.blocks.items()}
    order = ["X", *(f"{name}_{k}" for k in (1, 2, 3) for name in ("wh", "bh", "hiddenlayer_activations")), "wout", "E"]
    assert [column[name] for name in order] == sorted({column[name] for name in order})
    assert column["X"] == 2  # data stand with the first layer
    assert column["wh_2"] - column["wh_1"] == 10  # B to J and the gap after them
    assert column["wout"] == 12 + 20
    assert network.last_column == 22 + 20
    assert areas(network) == ["B3:AP3", "B4:AP4"]
    assert {row for name, (row, _) in network.blocks.items() if stem(name) == "wh"} == {8}
    assert [network.widths[4 + 10 * k] for k in range(3)] == [WHOLE["article"].widths[4]] * 3
    headings = {cell.placeholder for cell in network.cells if cell.placeholder.endswith(".heading")}
    assert headings == {f"{name}.heading" for name in network.blocks}


def test_the_state_of_an_optimiser_stands_under_its_weights():
    names = [*PLAIN_NAMES, "momentum", *(f"velocity_{name}" for name in ("wh", "bh", "wout", "bout"))]
    network = fitted(WHOLE["article"], named(names, 2), 2)
    for name in named(["wh", "bh", "wout", "bout"], 2):
        assert network.blocks[f"velocity_{name}"] == (14, network.blocks[name][1])
    assert network.blocks["momentum"][0] == network.blocks["lr"][0]
    assert network.last_row == 14


def test_what_is_not_the_layers_stays_with_the_first():
    made = sheet(
        {"A1": "title", "B2": "note", "B3": "{{ wh }}", "C2": "between", "D3": "{{bh}}", "F3": "{{wout}}"},
        painted=["B4", "E4"],
        widths={2: 20.0, 5: 1.0, 6: 30.0},
        freeze=(3, 6),
    )
    two = fitted(made, ["wh_1", "wh_2", "bh_1", "bh_2", "wout"], 2)
    assert texts(two) == {
        **{"A1": "title", "B2": "note", "B3": "{{wh_1}}", "C2": "between", "D3": "{{bh_1}}", "J3": "{{wout}}"},
        **{"F3": "{{wh_2}}", "H3": "{{bh_2}}", "B4": "", "E4": "", "F4": "", "I4": ""},
    }
    assert two.widths == {2: 20.0, 5: 1.0, 6: 20.0, 9: 1.0, 10: 30.0}
    assert (two.freeze, two.last_column) == ((3, 10), 10)


def test_blocks_of_all_layers_between_two_runs_part_them():
    made = sheet({"A1": "{{wh}}", "B1": "{{X}}", "C1": "{{bh.heading}} here", "C2": "{{bh}}"})
    two = fitted(made, ["wh_1", "wh_2", "X", "bh_1", "bh_2"], 2)
    assert texts(two) == {
        **{"A1": "{{wh_1}}", "B1": "{{wh_2}}", "C1": "{{X}}"},
        **{"D1": "{{bh_1.heading}} here", "E1": "{{bh_2.heading}} here", "D2": "{{bh_1}}", "E2": "{{bh_2}}"},
    }


@pytest.mark.parametrize(
    ("merged", "expected"),
    [
        ("A1:F1", ["A1:J1"]),  # across all layers
        ("A1:D1", ["A1:H1"]),  # into them: it ends with the last
        ("A3:A4", ["A3:A4"]),
        ("B3:C3", ["B3:C3", "F3:G3"]),  # a block's, so each layer's
        ("D3:E4", ["D3:E4", "H3:I4"]),
        ("B1:D1", ["B1:D1"]),  # text within the first layer
        ("C1:F1", ["C1:J1"]),
        ("A4:C4", ["A4:G4"]),
        ("A3:A3", []),
    ],
)
def test_merged_cells_reach_as_far_as_before(merged, expected):
    start = merged.split(":")[0]
    texts = {"B3": "{{wh}}", "D3": "{{bh}}", "F3": "{{wout}}"}
    made = sheet({**texts, **({} if start in texts else {start: "title"})}, merged=[merged])
    assert areas(fitted(made, ["wh_1", "wh_2", "bh_1", "bh_2", "wout"], 2)) == expected


def test_merged_cells_do_not_grow_over_a_block():
    made = sheet({"A1": "title", "C1": "{{wh}}", "D1": "{{bh}}", "A2": "x", "B2": "{{X}}"}, merged=["A1:B1"])
    made = replace(made, merged={(1, 1): (1, 1, 1, 2)})
    assert areas(fitted(made, ["wh_1", "wh_2", "bh_1", "bh_2", "X"], 2)) == ["A1:B1"]
    into = sheet({"A1": "title", "B2": "{{wh}}", "C1": "{{bh}}"}, merged=["A1:B1"])
    assert areas(fitted(into, ["wh_1", "wh_2", "bh_1", "bh_2"], 2)) == ["A1:B1"]


def test_rows_and_columns_for_what_is_absent_go_with_the_gaps_before_them():
    made = sheet(
        {
            **{"A1": "title", "A3": "{{X}}", "C3": "{{momentum}}", "D3": "{{epsilon}}", "F3": "{{y}}"},
            **{"A5": "{{velocity_wout.heading}}", "A6": "{{velocity_wout}}", "A8": "{{wout}}", "F8": "{{t}}"},
        },
        merged=["A1:D1", "A5:A6", "F8:F9"],
        painted=["A4", "C8"],
        widths={2: 2.0, 3: 3.0, 4: 4.0, 5: 5.0, 6: 6.0},
        heights={4: 14.0, 5: 15.0, 6: 16.0, 7: 17.0, 8: 18.0},
        freeze=(6, 4),
    )
    fit = fitted(made, ["X", "y", "wout"], 1)
    assert texts(fit) == {"A1": "title", "A3": "{{X}}", "C3": "{{y}}", "A5": "{{wout}}"}
    assert fit.widths == {2: 5.0, 3: 6.0}
    assert fit.heights == {4: 17.0, 5: 18.0}
    assert (fit.merged, fit.freeze) == ({}, (4, 2))
    assert (fit.last_row, fit.last_column) == (6, 3)


def test_a_row_or_column_with_other_text_stays():
    made = sheet({"A1": "{{X}}", "A3": "{{momentum.heading}}", "B3": "{{momentum}}", "C3": "notes", "B5": "sum"})
    assert texts(fitted(made, ["X"], 1)) == {"A1": "{{X}}", "C3": "notes", "B5": "sum"}


def test_names_that_end_in_a_number_are_not_all_layers():
    assert [stem(name) for name in ("wh_12", "velocity_bh_1", "beta_2", "wout", "X_1")] == [
        *("wh", "velocity_bh", "beta_2", "wout", "X_1")
    ]
    names = [*PLAIN_NAMES, "beta_1", "beta_2"]
    assert {"beta_1", "beta_2"} <= set(fitted(WHOLE["article"], named(names, 2), 2).blocks)


@pytest.mark.parametrize("template", SHIPPED)
def test_a_place_is_needed_only_by_networks_that_use_it(request, tmp_path, template):
    from openpyxl import load_workbook

    book = load_workbook(request.config.rootpath / "templates" / f"{template}.xlsx")
    for row in book["Step"].iter_rows():
        for cell in row:
            if cell.value in ("{{momentum}}", "{{momentum.heading}}", "{{velocity_bh}}"):
                cell.value = None
    book.save(tmp_path / "mine.xlsx")
    assert set(Template.read(tmp_path / "mine.xlsx", PLAIN_NAMES).step.blocks) == set(PLAIN_NAMES)
    for name, names, layers in (
        ("momentum", [*PLAIN_NAMES, "momentum"], 1),
        ("velocity_bh", [*named(PLAIN_NAMES, 2), "velocity_bh_1"], 2),
    ):
        with pytest.raises(tracer.TracerError, match=rf"has no place for {name}; put {{{{{name}}}}} into a cell"):
            Template.read(tmp_path / "mine.xlsx", names, layers)


def test_layers_of_blocks_that_stand_one_under_another_go_below():
    network = fitted(WHOLE["stacked"], named(PLAIN_NAMES, 2), 2)
    below = ["wh_1", "bh_1", "hidden_layer_input_1", "hiddenlayer_activations_1", "wh_2", "bh_2", "wout"]
    rows = [network.blocks[name][0] for name in below]
    assert rows == sorted(set(rows))
    assert {column for _, column in network.blocks.values()} == {WHOLE["stacked"].blocks["wh"][1]}
    headings = {cell.placeholder: (cell.row, cell.column) for cell in network.cells if "heading" in cell.placeholder}
    assert all(headings[f"{name}.heading"] == (network.blocks[name][0], 2) for name in below)
