"""The language: one Python function gives an expression when called on symbols, and NumPy's answer on arrays."""

import ironcalc
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.expr import Function, Number, Symbol, exp, lift, limit, reads, shape, symbols, total
from tracer.rendering import Text, evaluate
from tracer.workbook.formulas import BlockFormula, CellFormula
from tracer.workbook.layout import Area

#: Four matrices whose shapes leave every operation possible: A is 2 × 3, B 3 × 2, C 2 × 3, r 1 × 3, k 1 × 1.
SHAPES = {"A": (2, 3), "B": (3, 2), "C": (2, 3), "r": (1, 3), "k": (1, 1)}
AREAS = {
    "A": Area(0, 0, 2, 3),
    "B": Area(0, 4, 3, 2),
    "C": Area(4, 0, 2, 3),
    "r": Area(7, 0, 1, 3),
    "k": Area(7, 4, 1, 1),
}

#: Recipes for 2 × 3 results: each is called with symbols, and with arrays.
LEAVES = [
    lambda m: m["A"],
    lambda m: m["C"],
    lambda m: m["B"].T,
    lambda m: m["r"] + m["A"],
    lambda m: m["A"] * m["k"],
    lambda m: 2 - m["C"],
]


def joined(recipe, other, operator):
    operations = {
        "+": lambda m: recipe(m) + other(m),
        "-": lambda m: recipe(m) - other(m),
        "*": lambda m: recipe(m) * other(m),
        "/": lambda m: recipe(m) / (other(m) * other(m) + 1),
        "neg": lambda m: -recipe(m) - -other(m),
    }
    return operations[operator]


recipes = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(joined, inner, inner, st.sampled_from(["+", "-", "*", "/", "neg"])),
    max_leaves=6,
)
matrices = st.integers(0, 2**32 - 1).map(
    lambda seed: {name: np.random.RandomState(seed).uniform(-2, 2, size) for name, size in SHAPES.items()}
)
SYMBOLS = {name: Symbol(name) for name in SHAPES}


@given(recipes, matrices)
def test_values_are_numpys_to_the_last_bit(recipe, values):
    expression = lift(recipe(SYMBOLS))
    assert np.array_equal(evaluate(expression, values), recipe(values))
    assert shape(expression, SHAPES) == recipe(values).shape


def recalculated(values, formulas, arrays):
    """What IronCalc makes of formulas at K1, on a sheet that holds the matrices."""
    model = ironcalc.create("book", "en", "UTC", "en")
    for name, area in AREAS.items():
        for i, row in enumerate(values[name]):
            for j, value in enumerate(row):
                model.update_cell_with_number(0, area.row + i + 1, area.column + j + 1, float(value))
    rows, columns = len(formulas), len(formulas[0])
    for i in range(rows):
        for j in range(columns):
            if arrays:
                model.set_user_array_formula(0, i + 1, j + 11, 1, 1, formulas[i][j])
            else:
                model.set_user_input(0, i + 1, j + 11, formulas[i][j])
    model.evaluate()
    return np.array([[model.get_cell_value(0, i + 1, j + 11) for j in range(columns)] for i in range(rows)], float)


@given(recipes, matrices)
@settings(max_examples=60, deadline=None)
def test_cell_formulas_give_numpys_values_in_a_spreadsheet(recipe, values):
    formulas, arrays = CellFormula(AREAS).block(lift(recipe(SYMBOLS)), 2, 3)
    np.testing.assert_allclose(recalculated(values, formulas, arrays), recipe(values), rtol=1e-12, atol=1e-13)


PRODUCTS = {
    "row times column": lambda m: m["A"] @ m["B"],
    "rows": lambda m: m["A"] @ m["C"].T,
    "columns": lambda m: m["A"].T @ m["C"],
    "column times row": lambda m: m["A"].T @ m["B"].T,
    "one inside": lambda m: m["r"].T @ m["k"],
    "outer": lambda m: m["r"].T @ m["r"],
    "in a sum": lambda m: m["k"] - m["A"] @ m["B"] * m["k"] / 3,
}


@pytest.mark.parametrize("kind", PRODUCTS)
def test_every_product_of_named_matrices_has_a_cell_formula(kind):
    recipe = PRODUCTS[kind]
    values = {name: np.random.RandomState(7).uniform(-2, 2, size) for name, size in SHAPES.items()}
    expected = recipe(values)
    formulas, arrays = CellFormula(AREAS).block(recipe(SYMBOLS), *expected.shape)
    np.testing.assert_allclose(recalculated(values, formulas, arrays), expected, rtol=1e-12)


def test_a_row_times_a_column_is_an_array_formula_and_can_be_copied_across_its_block():
    A, B = SYMBOLS["A"], SYMBOLS["B"]
    formulas, arrays = CellFormula(AREAS).block(A @ B + SYMBOLS["k"], 2, 2)
    assert arrays
    assert formulas[0] == ["=MMULT($A1:$C1,E$1:E$3)+$E$8", "=MMULT($A1:$C1,F$1:F$3)+$E$8"]
    assert formulas[1][0] == "=MMULT($A2:$C2,E$1:E$3)+$E$8"


def test_vectors_that_lie_alike_need_no_array_formula():
    formulas, arrays = CellFormula(AREAS).block(SYMBOLS["A"] @ SYMBOLS["C"].T, 2, 2)
    assert not arrays
    assert formulas[0][1] == "=SUMPRODUCT($A1:$C1,$A$6:$C$6)"


def test_sums():
    values = {name: np.random.RandomState(3).uniform(-2, 2, size) for name, size in SHAPES.items()}
    A, C = SYMBOLS["A"], SYMBOLS["C"]
    columns, _ = CellFormula(AREAS).block(total(A, axis=0), 1, 3)
    assert columns == [["=SUM(A$1:A$2)", "=SUM(B$1:B$2)", "=SUM(C$1:C$2)"]]
    np.testing.assert_allclose(recalculated(values, columns, False), values["A"].sum(axis=0, keepdims=True))
    products, _ = CellFormula(AREAS).block(total(A * C, axis=0), 1, 3)
    np.testing.assert_allclose(
        recalculated(values, products, False), (values["A"] * values["C"]).sum(axis=0, keepdims=True)
    )
    everything, _ = CellFormula(AREAS).block(total(A * C) / 2, 1, 1)
    np.testing.assert_allclose(recalculated(values, everything, False), [[(values["A"] * values["C"]).sum() / 2]])


def test_block_formulas_go_by_names():
    X, wh, bh = symbols("X wh bh")
    formula = BlockFormula(lambda name: name)
    assert formula(X @ wh + bh) == "MMULT(X,wh)+bh"
    assert formula(X @ wh.T) == "MMULT(X,TRANSPOSE(wh))"
    assert formula(total(X * X) / 2) == "SUMPRODUCT(X*X)/2"
    assert formula(1 / (1 + exp(-X))) == "1/(1+EXP(-X))"


def test_text_keeps_the_parentheses_that_the_order_of_evaluation_needs():
    a, b, c = symbols("a b c")
    text = Text()
    assert text(a - (b - c)) == "a - (b - c)"
    assert text(a - b - c) == "a - b - c"
    assert text(a * (b + c)) == "a * (b + c)"
    assert text(a / (b * c)) == "a / (b * c)"
    assert text(-(a + b)) == "-(a + b)"
    assert text(-a * b) == "-a * b"
    assert text((a + b).T) == "(a + b).Transpose"


def test_a_limit_is_told_only_to_spreadsheets():
    x = Symbol("x")
    bounded = limit(1 / (1 + exp(-x)), beyond=x < -709, value=0)
    assert Text()(bounded) == "1 / (1 + exp(-x))"
    assert BlockFormula(lambda name: name)(bounded) == "IF(x<-709,0,1/(1+EXP(-x)))"
    assert evaluate(bounded, {"x": np.array([[-1000.0, 0.0, 1000.0]])}).tolist() == [[0.0, 0.5, 1.0]]


def test_what_an_expression_reads():
    a, b, c = symbols("a b c")
    square = Function("square", lambda x: x * x)
    assert reads(square(b) + a @ c.T - b) == ("b", "a", "c")
    assert reads(Number(3)) == ()


@pytest.mark.parametrize(
    "expression", [Symbol("A") @ Symbol("C"), Symbol("A") + Symbol("B"), Symbol("r") @ Symbol("A")], ids=Text()
)
def test_shapes_that_do_not_fit_are_refused(expression):
    with pytest.raises(ValueError, match=r"a \d × \d matrix (times|beside) a"):
        shape(expression, SHAPES)
