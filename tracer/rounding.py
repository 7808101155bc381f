"""How far rounding may take a number: expressions evaluated on numbers beside bounds of their errors.

A bound holds, to the first order, for whoever computes the expression in doubles: sums in any order, functions right to
a few last bits, and the difference of two numbers that agree to their last digits taken for 0, as spreadsheets do.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from tracer.expr import (
    Call,
    Elementary,
    Elementwise,
    Expression,
    Limit,
    Negative,
    Number,
    Product,
    Reduction,
    Symbol,
    Transpose,
    Where,
)

#: The last bit of 1.
EPSILON = 2.0**-52
#: Last bits by which an engine's functions may be wrong.
FUNCTION = 4
#: Numbers that are nearer than this to one another are equal for an engine that compares absolutely.
NEAR = 2 * EPSILON
#: A sum or difference so small against its terms, in last bits, is 0 for some spreadsheets; and numbers so near are
#: equal for them.
SNAPPED = 64


class Rounded(NamedTuple):
    """
    Attributes:
        value: numbers.
        error: how far from them those of another program may be, number by number.
    """

    value: np.ndarray
    error: np.ndarray


@dataclass
class _Pass:
    """One evaluation.

    Attributes:
        flipped: whether conditions that nobody can be sure of are taken the other way, all of them.
        unsure: whether there were any.
    """

    matrices: Mapping[str, Rounded]
    flipped: bool
    unsure: bool = False


Bound = Callable[[_Pass], Rounded]


def bound(expression: Expression, matrices: Mapping[str, Rounded]) -> Rounded:
    """The value of an expression and the bound of its error, given those of the matrices that it reads."""
    with np.errstate(all="ignore"):  # an infinity where a condition chooses something else
        evaluate, first = _compiled(expression), _Pass(matrices, flipped=False)
        value, error = evaluate(first)
        if first.unsure:
            other = evaluate(_Pass(matrices, flipped=True))
            error = np.maximum(error, np.abs(value - other.value) + other.error)
        return Rounded(value, np.where(np.isnan(error), np.inf, error))


@lru_cache(maxsize=4096)
def _compiled(expression: Expression) -> Bound:
    match expression:
        case Symbol(name):
            return lambda run: run.matrices[name]
        case Number(number):
            constant = Rounded(np.array([[float(number)]]), np.zeros((1, 1)))
            return lambda run: constant
        case Elementwise(operator, left, right):
            return _of_two(_OPERATORS[operator], _compiled(left), _compiled(right))
        case Product(left, right):
            return _of_two(_product, _compiled(left), _compiled(right))
        case Negative(operand):
            return _of_one(lambda a: Rounded(-a.value, a.error), _compiled(operand))
        case Transpose(operand):
            return _of_one(lambda a: Rounded(a.value.T, a.error.T), _compiled(operand))
        case Elementary(function, operand):
            return _of_one(_FUNCTIONS[function], _compiled(operand))
        case Reduction(function, operand, axis):
            reduced = _sum if function == "sum" else _max
            return _of_one(lambda a: reduced(a, axis), _compiled(operand))
        case Where(condition, body, otherwise):
            parts = _compiled(condition), _compiled(body), _compiled(otherwise)
            return lambda run: _where(run, *(part(run) for part in parts))
        case Limit(body, beyond, value):
            limits = _compiled(beyond), _compiled(body), _compiled(value)
            return lambda run: _limit(*(part(run) for part in limits))
        case Call():
            return _compiled(expression.body)
    raise TypeError(f"not an expression: {expression!r}")


def _of_one(rule: Callable[[Rounded], Rounded], operand: Bound) -> Bound:
    return lambda run: rule(operand(run))


def _of_two(rule: Callable[[Rounded, Rounded], Rounded], left: Bound, right: Bound) -> Bound:
    return lambda run: rule(left(run), right(run))


def _rounded(value: np.ndarray, error: np.ndarray, bits: float = 1) -> Rounded:
    """A value with the error that it inherits, and its own rounding."""
    return Rounded(value, error + bits * EPSILON * np.abs(value))


def _sum_of_two(a: Rounded, b: Rounded, sign: float) -> Rounded:
    value = a.value + sign * b.value
    size = np.abs(value)
    largest = np.maximum(np.abs(a.value), np.abs(b.value))
    snapped = np.where(size <= SNAPPED * EPSILON * largest, size, 0.0)
    return _rounded(value, a.error + b.error + snapped)


def _times(a: Rounded, b: Rounded) -> Rounded:
    error = np.abs(a.value) * b.error + np.abs(b.value) * a.error + a.error * b.error
    nothing = ((a.value == 0) & (a.error == 0)) | ((b.value == 0) & (b.error == 0))
    return _rounded(a.value * b.value, np.where(nothing, 0.0, error))


def _divided(a: Rounded, b: Rounded) -> Rounded:
    value = a.value / b.value
    least = np.abs(b.value) - b.error
    error = np.where(least > 0, (a.error + np.abs(value) * b.error) / least, np.inf)
    exact = (a.error == 0) & (b.error == 0)
    return _rounded(value, np.where(exact, 0.0, error))


def _power(a: Rounded, b: Rounded) -> Rounded:
    value = a.value**b.value
    size, base = np.abs(value), np.abs(a.value)
    of_base = np.where(a.error > 0, np.abs(b.value) * (base + a.error) ** (b.value - 1) * a.error, 0.0)
    logarithm = np.abs(np.log(np.where(base > 0, base, 1.0)))
    bits = FUNCTION * (1 + np.abs(b.value) * logarithm)  # of exp(b * log(a))
    return Rounded(value, of_base + size * logarithm * b.error + bits * EPSILON * size)


def _comparison(holds: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> Callable[[Rounded, Rounded], Rounded]:
    def rule(a: Rounded, b: Rounded) -> Rounded:
        value = holds(a.value, b.value)
        apart = np.abs(a.value - b.value)
        near = a.error + b.error + SNAPPED * EPSILON * np.maximum(np.abs(a.value), np.abs(b.value)) + NEAR
        unsure = (apart <= near) & ((apart > 0) | (a.error + b.error > 0))
        return Rounded(value, unsure.astype(float))

    return rule


_OPERATORS: dict[str, Callable[[Rounded, Rounded], Rounded]] = {
    "+": lambda a, b: _sum_of_two(a, b, 1.0),
    "-": lambda a, b: _sum_of_two(a, b, -1.0),
    "*": _times,
    "/": _divided,
    "**": _power,
    "<": _comparison(np.less),
    ">": _comparison(np.greater),
}


def _exp(a: Rounded) -> Rounded:
    value = np.exp(a.value)
    near = a.error < 1
    error = np.where(near, value * np.expm1(np.where(near, a.error, 0.0)), np.exp(a.value + a.error) - value)
    return _rounded(value, error, FUNCTION)


def _log(a: Rounded) -> Rounded:
    value = np.log(a.value)
    least = a.value - a.error
    error = np.where(a.error > 0, np.where(least > 0, a.error / least, np.inf), 0.0)
    return _rounded(value, error, FUNCTION)


def _tanh(a: Rounded) -> Rounded:
    value = np.tanh(a.value)
    nearest = np.maximum(np.abs(a.value) - a.error, 0.0)  # where it is steepest
    return _rounded(value, a.error / np.cosh(nearest) ** 2, FUNCTION)


def _sqrt(a: Rounded) -> Rounded:
    value = np.sqrt(a.value)
    roots = value + np.sqrt(np.maximum(a.value - a.error, 0.0))
    return _rounded(value, np.where(a.error > 0, np.where(roots > 0, a.error / roots, np.sqrt(a.error)), 0.0))


_FUNCTIONS: dict[str, Callable[[Rounded], Rounded]] = {
    "exp": _exp,
    "log": _log,
    "tanh": _tanh,
    "sqrt": _sqrt,
    "abs": lambda a: Rounded(np.abs(a.value), a.error),
}


def _product(a: Rounded, b: Rounded) -> Rounded:
    size, other = np.abs(a.value), np.abs(b.value)
    terms = size @ other
    error = size @ b.error + a.error @ (other + b.error) + (a.value.shape[1] + 1) * EPSILON * terms
    value = a.value @ b.value
    return Rounded(value, error + np.where(np.abs(value) <= SNAPPED * EPSILON * terms, np.abs(value), 0.0))


def _sum(a: Rounded, axis: int | None) -> Rounded:
    terms = np.abs(a.value).sum(axis=axis, keepdims=True)
    count = a.value.size // max(terms.size, 1)
    value = a.value.sum(axis=axis, keepdims=True)
    error = a.error.sum(axis=axis, keepdims=True) + count * EPSILON * terms
    return Rounded(value, error + np.where(np.abs(value) <= SNAPPED * EPSILON * terms, np.abs(value), 0.0))


def _max(a: Rounded, axis: int | None) -> Rounded:
    return Rounded(a.value.max(axis=axis, keepdims=True), a.error.max(axis=axis, keepdims=True))


def _where(run: _Pass, condition: Rounded, body: Rounded, otherwise: Rounded) -> Rounded:
    chosen = condition.value
    if condition.error.any():
        run.unsure = True
        if run.flipped:
            chosen = chosen ^ (condition.error > 0)
    return Rounded(np.where(chosen, body.value, otherwise.value), np.where(chosen, body.error, otherwise.error))


def _limit(beyond: Rounded, body: Rounded, value: Rounded) -> Rounded:
    """NumPy has the body everywhere, and spreadsheets the value where the condition holds."""
    apart = np.abs(body.value - value.value) + value.error
    inside = np.where(np.isfinite(body.error), body.error, 0.0)
    error = np.where(beyond.value, apart, body.error)
    return Rounded(body.value, np.where(beyond.error > 0, np.maximum(apart, inside), error))
