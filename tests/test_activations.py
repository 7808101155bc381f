"""Values and slopes: against NumPy written plainly, finite differences, and PyTorch."""

import warnings
from decimal import Decimal, localcontext

import numpy as np
import pytest
import pytorch
from hypothesis import given
from hypothesis import strategies as st

from tracer.activations import ACTIVATIONS, softmax
from tracer.expr import Symbol, calls
from tracer.rendering import NumPy, Text, definition, evaluate

x = Symbol("x")
ELEMENTWISE = [name for name in ACTIVATIONS if name != "softmax"]
#: What may overflow on the way, see `expr.Limit`.
OVERFLOWS = {"sigmoid", "share"}

#: Doubles up to 1e300, with those that go wrong most often.
numbers = st.one_of(
    st.floats(-1e300, 1e300),
    st.floats(-30, 30),
    st.sampled_from([0.0, -0.0, 5e-324, -5e-324, 1e-310, -1e-310, 709.0, -709.0, 1e3, -1e3, 1e300, -1e300]),
)


def value(name, values):
    return strict(ACTIVATIONS[name].value(x), values)


def slope(name, values):
    activation = ACTIVATIONS[name]
    at = value(name, values) if activation.slope_of == "answer" else values
    return strict(activation.slope(x), at)


def strict(expression, values):
    """The value of an expression of x, where everything that NumPy warns of is an error."""
    overflows = OVERFLOWS & {function.name for function in calls(expression)}
    values = np.atleast_2d(np.asarray(values, float))
    with warnings.catch_warnings(), np.errstate(all="raise", under="ignore", over="ignore" if overflows else "raise"):
        warnings.simplefilter("error")
        result = eval(NumPy()(expression), {"np": np, "x": values})
    assert result.dtype == float
    assert np.isfinite(result).all()
    assert evaluate(expression, {"x": values}).tobytes() == result.tobytes()
    return result


PLAIN = {
    "sigmoid": lambda x: np.where(x >= 0, 1 / (1 + np.exp(-np.abs(x))), np.exp(-np.abs(x)) / (1 + np.exp(-np.abs(x)))),
    "tanh": np.tanh,
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.maximum(x, 0.01 * x),
    "elu": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
    "softplus": lambda x: np.logaddexp(x, 0),
    "gelu": lambda x: 0.5 * x * (1 + np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x * x * x))),
    "linear": lambda x: x,
}


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(st.lists(numbers, min_size=1, max_size=8))
def test_values_are_numpys_written_plainly(name, values):
    with np.errstate(over="ignore"):
        expected = PLAIN[name](np.array([values]))
    np.testing.assert_allclose(value(name, values), expected, rtol=1e-14, atol=1e-15)


def test_the_sigmoid_is_the_articles_to_the_last_bit():
    values = np.random.RandomState(0).normal(0, 100, (100, 100))
    with np.errstate(over="ignore"):
        assert value("sigmoid", values).tobytes() == (1 / (1 + np.exp(-values))).tobytes()


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(st.lists(st.floats(-30, 30).filter(lambda x: abs(x) > 1e-4), min_size=1, max_size=8))
def test_slopes_are_finite_differences(name, values):
    values, h = np.array([values]), 1e-5
    difference = (value(name, values + h) - value(name, values - h)) / (2 * h)
    np.testing.assert_allclose(slope(name, values), difference, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("name", ELEMENTWISE)
@given(st.lists(numbers, min_size=1, max_size=8))
def test_slopes_are_finite_at_any_input_and_settle_far_from_0(name, values):
    result = slope(name, values)  # which is strict
    assert (np.abs(result) < 1.2).all()
    beyond = {"sigmoid": (0, 0), "tanh": (0, 0), "leaky_relu": (0.01, 1), "linear": (1, 1)}.get(name, (0, 1))
    far = np.array([value for value in values if abs(value) > 40])
    if far.size:
        np.testing.assert_allclose(slope(name, far), [np.where(far > 0, beyond[1], beyond[0])], atol=1e-15)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_values_and_slopes_are_pytorchs(name):
    values, slopes = pytorch.recorded()["activations"][name]
    np.testing.assert_allclose(value(name, pytorch.INPUTS), [values], rtol=1e-14, atol=1e-15)
    np.testing.assert_allclose(slope(name, pytorch.INPUTS), [slopes], rtol=1e-13, atol=1e-15)


PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459")


def exact_gelu(x):
    """gelu's tanh form and its slope, in sixty digits."""
    with localcontext(prec=60, Emin=-(10**9), Emax=10**9):
        x = Decimal(x)
        root, cubic = (2 / PI).sqrt(), Decimal("0.044715")
        z = root * (x + cubic * x**3)
        up, down = z.exp(), (-z).exp()
        tanh = (up - down) / (up + down)
        steep = root * (1 + 3 * cubic * x**2)
        value = x / 2 * (2 * up / (up + down))  # 1 + tanh, of which sixty digits leave nothing far on the left
        return float(value), float(up / (up + down) + x / 2 * (2 / (up + down)) ** 2 * steep), float(tanh)


def test_gelu_keeps_its_digits_where_tanh_is_near_one():
    """Its tanh form has no digit left at -7: 1 + tanh(z) is 0 or 1e-16 there. What is left over comes from exp."""
    inputs = [*np.linspace(-40, 40, 1601), 1e3, -1e3]
    expected = [exact_gelu(float(x)) for x in inputs]
    values, slopes = value("gelu", inputs)[0], slope("gelu", inputs)[0]
    for x, found, steep, (answer, slant, _) in zip(inputs, values, slopes, expected):
        assert found == pytest.approx(answer, rel=2e-13, abs=1e-300), x  # 1e-16 of an exponent up to 700
        near_zero = abs(x + 0.7525) < 0.3  # where the slope goes through 0
        assert steep == pytest.approx(slant, rel=1e-12 if near_zero else 2e-13, abs=1e-16 if near_zero else 1e-300), x
    at = inputs.index(-7.0)
    assert (values[at], slopes[at]) == pytest.approx(expected[at][:2], rel=1e-14)


def test_pytorch_still_says_what_is_recorded():
    pytest.importorskip(
        "torch", reason="PyTorch is not installed: pytorch.json was NOT held against it (pip install torch)"
    )
    recorded, answers = pytorch.recorded(), pytorch.answers()
    for kind, functions in answers.items():
        assert functions.keys() == recorded[kind].keys()
        for name, pair in functions.items():
            for found, expected in zip(recorded[kind][name], pair):
                np.testing.assert_allclose(found, expected, rtol=1e-15, atol=1e-300, err_msg=name)


@st.composite
def layers(draw):
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    row = st.lists(numbers, min_size=columns, max_size=columns)
    return np.array(draw(st.lists(row, min_size=rows, max_size=rows)))


@given(layers())
def test_softmax_of_rows_and_of_columns(inputs):
    rows = strict(softmax(1).value(x), inputs)
    expected = []
    for row in inputs.tolist():
        shares = [np.exp(max(number - max(row), -1e3)) for number in row]
        expected.append([share / sum(shares) for share in shares])
    np.testing.assert_allclose(rows, expected, rtol=1e-14)
    columns = strict(softmax(0).value(x), inputs.T.copy())
    np.testing.assert_allclose(columns, rows.T, rtol=1e-14)


def test_an_activation_for_samples_in_columns():
    assert ACTIVATIONS["tanh"].along(0) is ACTIVATIONS["tanh"]
    function = ACTIVATIONS["softmax"].along(0).value
    assert definition(function, Text()) == "softmax(x) = exp(x - max(x, axis=0)) / sum(exp(x - max(x, axis=0)), axis=0)"
    assert ACTIVATIONS["softmax"].slope is None


def test_what_sheets_show():
    shown = {call.name: definition(call, Text()) for name in ELEMENTWISE for call in calls(ACTIVATIONS[name].value(x))}
    assert shown["relu"] == "relu(x) = where(x > 0, x, 0)"
    assert shown["elu"] == "elu(x) = where(x > 0, x, exp(-abs(x)) - 1)"
    assert shown["gelu"] == "gelu(x) = x * share(x)"
    assert shown["share"] == "share(x) = 1 / (1 + exp(-2 * sqrt(2 / pi) * (x + 0.044715 * x ^ 3)))"
    assert "tanh" not in shown  # tanh(x) = tanh(x) would tell nobody anything
    explained = [call.name for call in calls(ACTIVATIONS["gelu"].slope(x))]
    assert explained == ["derivatives_gelu", "share", "derivatives_share", "bounded"]
    slopes = {ACTIVATIONS[name].slope.name for name in ELEMENTWISE}
    assert slopes == {f"derivatives_{name}" for name in ELEMENTWISE}
