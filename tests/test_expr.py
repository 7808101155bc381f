"""The language: one Python function gives an expression when called on symbols, and NumPy's answer on arrays."""

import ironcalc
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracer.expr import (
    Function,
    Number,
    Symbol,
    calls,
    exp,
    largest,
    lift,
    limit,
    log,
    reads,
    shape,
    sqrt,
    symbols,
    tanh,
    total,
    where,
)
from tracer.rendering import NumPy, Text, evaluate
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

#: What symbols and arrays are both given to: the language's function, and NumPy's written plainly.
BOTH = {
    "exp": (exp, np.exp),
    "log": (log, np.log),
    "tanh": (tanh, np.tanh),
    "sqrt": (sqrt, np.sqrt),
    "sum": (total, lambda m, axis: np.sum(m, axis=axis, keepdims=True)),
    "max": (largest, lambda m, axis: np.max(m, axis=axis, keepdims=True)),
    "where": (where, np.where),
}


def either(name, *arguments):
    ours, numpys = BOTH[name]
    return (numpys if any(isinstance(argument, np.ndarray) for argument in arguments) else ours)(*arguments)


def joined(recipe, other, operator):
    operations = {
        "+": lambda m: recipe(m) + other(m),
        "-": lambda m: recipe(m) - other(m),
        "*": lambda m: recipe(m) * other(m),
        "/": lambda m: recipe(m) / (other(m) * other(m) + 1),
        "**": lambda m: (abs(recipe(m)) + 1) ** tanh_of(other(m)) - 2 ** tanh_of(recipe(m)),
        "neg": lambda m: -recipe(m) - -other(m),
        "neg **": lambda m: -(tanh_of(recipe(m)) ** 2) - (-tanh_of(other(m))) ** 3,
        "exp": lambda m: either("exp", -abs(recipe(m))) * other(m),
        "log": lambda m: either("log", abs(recipe(m)) + 1) - either("sqrt", abs(other(m))),
        "where": lambda m: either("where", recipe(m) < other(m), recipe(m), 2 * other(m)),
        "limits": lambda m: either("where", recipe(m) > 0.5, recipe(m), 1 * m["k"]) + other(m),
        "rows": lambda m: either("sum", m["A"] * m["r"] - m["k"], 1) * recipe(m) - either("max", m["C"], 1) + other(m),
        "columns": lambda m: recipe(m) / (either("sum", m["A"] * m["A"], 0) + 1) - either("max", m["A"], 0) * other(m),
        "all": lambda m: recipe(m) + other(m) * either("sum", m["A"] * m["B"].T, None),
    }
    return operations[operator]


def tanh_of(m):
    return either("tanh", m)


OPERATIONS = ["+", "-", "*", "/", "**", "neg", "neg **", "exp", "log", "where", "limits", "rows", "columns", "all"]
recipes = st.recursive(
    st.sampled_from(LEAVES),
    lambda inner: st.builds(joined, inner, inner, st.sampled_from(OPERATIONS)),
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


def test_sums_and_maxima_of_rows():
    A, C, r = SYMBOLS["A"], SYMBOLS["C"], SYMBOLS["r"]
    rows, arrays = CellFormula(AREAS).block(total(A, axis=1), 2, 1)
    assert rows == [["=SUM($A1:$C1)"], ["=SUM($A2:$C2)"]]
    assert not arrays
    softmax, arrays = CellFormula(AREAS).block(exp(A - largest(A, 1)) / total(exp(A - largest(A, 1)), 1), 2, 3)
    assert softmax[1][2] == "=EXP(C2-MAX($A2:$C2))/SUMPRODUCT(EXP($A2:$C2-MAX($A2:$C2)))"
    assert not arrays
    _, arrays = CellFormula(AREAS).block(largest(A * C, 1), 2, 1)
    assert arrays  # MAX computes products of cells nowhere else
    columns, _ = CellFormula(AREAS).block(largest(A, 0) * r, 1, 3)
    assert columns == [["=MAX(A$1:A$2)*A$8", "=MAX(B$1:B$2)*B$8", "=MAX(C$1:C$2)*C$8"]]


def test_a_condition_on_one_cell_needs_no_array_formula_and_one_on_several_does():
    A, k = SYMBOLS["A"], SYMBOLS["k"]
    formulas, arrays = CellFormula(AREAS).block(where(A > 0, A, 0.01 * A), 2, 3)
    assert (formulas[0][0], arrays) == ("=IF(A1>0,A1,0.01*A1)", False)
    for expression in (total(where(A > 0, A, 0), axis=0), total(where(A > 0, A, k)), total(limit(A, A < 0, 0), axis=1)):
        _, arrays = CellFormula(AREAS).block(expression, *shape(expression, SHAPES))
        assert arrays


def recalculated_block(values, recipe):
    """What IronCalc makes of the formulas of a block."""
    expression = recipe(SYMBOLS)
    rows, columns = shape(expression, SHAPES)
    model = ironcalc.create("book", "en", "UTC", "en")
    for name, area in AREAS.items():
        for i, j in np.ndindex(area.shape):
            model.update_cell_with_number(0, area.row + i + 1, area.column + j + 1, float(values[name][i, j]))
        title, size = model.get_worksheets_properties()[0]["name"], area.range
        model.new_defined_name(f"the_{name}", None, f"{title}!{size}")
    for part, formula in BlockFormula(lambda name: f"the_{name}", SHAPES).block(expression):
        model.set_user_array_formula(0, part.row + 1, part.column + 11, part.columns, part.rows, formula)
    model.evaluate()
    return np.array([[model.get_cell_value(0, i + 1, j + 11) for j in range(columns)] for i in range(rows)], float)


BLOCKS = {
    "number by number": lambda m: tanh_of(m["A"]) ** 3 - either("sqrt", abs(m["C"])) / (m["k"] + 3),
    "condition": lambda m: either("where", m["A"] > m["C"], m["A"] * 2, m["r"] * m["C"]),
    "products": lambda m: m["A"] @ m["B"] @ m["C"] + m["B"].T,
    "sums of columns": lambda m: m["A"] * either("sum", m["C"] * m["r"], 0),
    "sums of rows": lambda m: m["A"] * either("sum", m["r"] - m["C"], 1),
    "sums of a product's columns": lambda m: either("sum", m["B"] @ m["A"] * m["k"], 0) + m["A"],
    "sums of a product's rows": lambda m: either("sum", m["A"] @ m["B"], 1) + m["A"],
    "sum of a sum": lambda m: either("sum", either("sum", m["A"], 0), 0) + either("sum", m["A"].T @ m["C"], 0),
    "sum of everything": lambda m: m["A"] / either("sum", m["A"] * m["A"], None),
    "maximum of everything": lambda m: m["A"] - either("max", m["A"] + m["C"], None) * either("max", m["C"], None),
    "maxima of rows": lambda m: m["A"] * m["r"] - either("max", m["A"] - m["k"], 1) * either("sum", m["C"], 1),
    "maxima of columns": lambda m: m["A"] * m["r"] - either("max", m["A"] - m["k"], 0) * either("sum", m["C"], 0),
    "a maximum of one row": lambda m: m["r"] - either("max", m["r"], 1),
    "maxima of a row's columns": lambda m: m["r"] * 3 - either("max", m["A"], 0),
}


@pytest.mark.parametrize("kind", BLOCKS)
def test_block_formulas_give_numpys_values_in_a_spreadsheet(kind):
    values = {name: np.random.RandomState(5).uniform(-2, 2, size) for name, size in SHAPES.items()}
    expected = BLOCKS[kind](values)
    np.testing.assert_allclose(recalculated_block(values, BLOCKS[kind]), expected, rtol=1e-12)
    if "product" not in kind and "sum of a sum" not in kind:  # products are of named matrices in a cell
        formulas, arrays = CellFormula(AREAS).block(BLOCKS[kind](SYMBOLS), *expected.shape)
        np.testing.assert_allclose(recalculated(values, formulas, arrays), expected, rtol=1e-12)


def test_maxima_of_a_block_take_a_formula_for_each_row_or_column():
    A, r, k = SYMBOLS["A"], SYMBOLS["r"], SYMBOLS["k"]
    block = BlockFormula(lambda name: name, SHAPES).block
    assert block(A - largest(A, 1) + r * k) == [
        (Area(0, 0, 1, 3), "=INDEX(A,1,0)-MAX(INDEX(A,1,0))+r*k"),
        (Area(1, 0, 1, 3), "=INDEX(A,2,0)-MAX(INDEX(A,2,0))+r*k"),
    ]
    assert block(A - largest(A, 0) + r * k)[2] == (Area(0, 2, 2, 1), "=INDEX(A,0,3)-MAX(INDEX(A,0,3))+INDEX(r,1,3)*k")
    assert block(largest(A, 1)) == [
        (Area(0, 0, 1, 1), "=MAX(INDEX(A,1,0))"),
        (Area(1, 0, 1, 1), "=MAX(INDEX(A,2,0))"),
    ]


A, B, C, r = (SYMBOLS[name] for name in "ABCr")


@pytest.mark.parametrize(
    "expression",
    [total(largest(A, 1)), largest(A, 1) + largest(A, 0), largest(A, 1) + A @ B, largest(A, 1) + B.T],
    ids=Text(),
)
def test_blocks_without_a_formula_are_refused(expression):
    with pytest.raises(TypeError, match=r"maximum of each row|number by number"):
        BlockFormula(lambda name: name, SHAPES).block(expression)


@pytest.mark.parametrize(
    "expression",
    [total(A.T, axis=0), total(A, axis=0).T, total(A * total(A, axis=0), axis=1), total(A @ B, axis=0)],
    ids=Text(),
)
def test_cells_without_a_formula_are_refused(expression):
    with pytest.raises(TypeError, match="a cell formula can only"):
        CellFormula(AREAS).block(expression, *shape(expression, SHAPES))


def test_block_formulas_go_by_names():
    X, wh, bh = symbols("X wh bh")
    formula = BlockFormula(lambda name: name, {"X": (4, 3), "wh": (3, 2), "bh": (1, 2)})
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
    assert text((a < b) < c) == "(a < b) < c"


def test_powers_and_signs_are_parenthesised_where_languages_disagree():
    """Without them, Python takes -2 ** 2 for -4 and 2 ** 3 ** 2 for 512, a spreadsheet for 4 and 64."""
    a, b, c = symbols("a b c")
    text, excel, numpy = Text(), BlockFormula(lambda name: name, {}), NumPy()
    assert text(2**a) == "2 ^ a"
    for expression, parenthesised in {
        -(a**b): "-(a^b)",
        (-a) ** b: "(-a)^b",
        a ** (b**c): "a^(b^c)",
        (a**b) ** c: "(a^b)^c",
        a ** (-b): "a^(-b)",
        a ** Number(-2): "a^(-2)",
        a * b**c: "a*b^c",
        (a * b) ** c: "(a*b)^c",
        1 - a**b: "1-a^b",
    }.items():
        assert excel(expression) == text(expression).replace(" ", "") == parenthesised
        values = {"a": np.array([[1.5]]), "b": np.array([[2.0]]), "c": np.array([[3.0]])}
        assert evaluate(expression, values) == eval(parenthesised.replace("^", "**"), dict(values))
        assert "**" in numpy(expression)


def test_numbers_of_any_size():
    x = Symbol("x")
    for value, text in {3: "3", 0.5: "0.5", 1e-300: "1e-300", 1e300: "1e+300", 2.0: "2"}.items():
        assert Text()(x * value) == f"x * {text}"
        assert BlockFormula(lambda name: name, {})(x * value) == f"x*{text.upper()}"
    assert NumPy()(where(x > 0, 1, 0)) == "np.where(x > 0.0, 1.0, 0.0)"  # no integers


def test_functions_have_their_names_in_every_language():
    x = Symbol("x")
    expression = where(x > 0, log(x), sqrt(abs(tanh(exp(x)))))
    assert Text()(expression) == "where(x > 0, log(x), sqrt(abs(tanh(exp(x)))))"
    assert NumPy()(expression) == "np.where(x > 0.0, np.log(x), np.sqrt(np.abs(np.tanh(np.exp(x)))))"
    assert BlockFormula(lambda name: name, {})(expression) == "IF(x>0,LN(x),SQRT(ABS(TANH(EXP(x)))))"
    assert Text()(largest(x, 1) + total(x, 0)) == "max(x, axis=1) + sum(x, axis=0)"
    assert NumPy()(largest(x, 1)) == "np.maximum.reduce(x, axis=1, keepdims=True)"


def test_a_function_of_an_elementary_name_needs_no_definition():
    x = Symbol("x")
    named = Function("tanh", tanh)
    double = Function("double", lambda x: named(2 * x))
    assert calls(double(x)) == (double,)
    assert Text()(named(x)) == "tanh(x)"


def test_a_limit_is_told_only_to_spreadsheets():
    x = Symbol("x")
    bounded = limit(1 / (1 + exp(-x)), beyond=x < -709, value=0)
    assert Text()(bounded) == "1 / (1 + exp(-x))"
    assert BlockFormula(lambda name: name, {})(bounded) == "IF(x<-709,0,1/(1+EXP(-x)))"
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
