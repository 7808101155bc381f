"""Expressions as text in some language: as the article writes them, and as NumPy runs them.

A rendering says how its language writes a symbol, a product or a sum, and inherits the rest; the spreadsheet's
are in `workbook/formulas.py`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from tracer.expr import (
    Axis,
    Call,
    Elementary,
    Elementwise,
    Expression,
    Function,
    Limit,
    Negative,
    Number,
    Product,
    Reduction,
    Symbol,
    Transpose,
    Where,
)

#: How tightly an operator binds, loosest first; a function call or a symbol binds tightest.
BINDING = {"<": 1, ">": 1, "+": 2, "-": 2, "*": 3, "/": 3, "unary": 4, "**": 5}
TIGHTEST = 6


class Rendering:
    """An expression as text in some infix language.

    Parentheses are kept where the order of evaluation needs them, so that every language rounds alike, and where
    languages disagree: 2 ** 3 ** 2 is 512 in Python and 64 in a spreadsheet, -2 ** 2 is -4 and 4.
    """

    space = " "
    power = "^"
    #: How the language writes π.
    pi = "pi"

    def __call__(self, expression: Expression, binding: int = 0) -> str:
        match expression:
            case Symbol():
                return self.symbol(expression)
            case Number(value):
                text = self.number(value)
                return f"({text})" if value < 0 and binding > BINDING["unary"] else text
            case Elementwise(operator, left, right):
                own = BINDING[operator]
                chained = operator in ("+", "-", "*", "/")
                sign = self.power if operator == "**" else operator
                text = f"{self(left, own if chained else own + 1)}{self.space}{sign}{self.space}{self(right, own + 1)}"
                return f"({text})" if own < binding else text
            case Negative(operand):
                text = f"-{self(operand, TIGHTEST)}"
                return f"({text})" if BINDING["unary"] < binding else text
            case Product():
                return self.product(expression, binding)
            case Transpose(operand):
                return self.transpose(operand)
            case Elementary(function, operand):
                return self.function(function, operand)
            case Reduction(function, operand, axis):
                return self.reduction(function, operand, axis)
            case Where(condition, body, otherwise):
                return self.function("where", condition, body, otherwise)
            case Limit():
                return self.limit(expression, binding)
            case Call():
                return self.call(expression, binding)
        raise TypeError(f"not an expression: {expression!r}")

    def symbol(self, symbol: Symbol) -> str:
        return symbol.name

    def number(self, value: float) -> str:
        return self.pi if value == math.pi else repr(float(value)).removesuffix(".0")

    def function(self, name: str, *arguments: Expression) -> str:
        return f"{name}({f',{self.space}'.join(map(self, arguments))})"

    def product(self, product: Product, binding: int) -> str:
        raise NotImplementedError

    def transpose(self, operand: Expression) -> str:
        raise NotImplementedError

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        raise NotImplementedError

    def limit(self, limit: Limit, binding: int) -> str:
        return self(limit.body, binding)

    def call(self, call: Call, binding: int) -> str:
        return self(call.body, binding)


class Text(Rendering):
    """As the article writes it: `matrix_dot_product(X, wh) + bh`."""

    def symbol(self, symbol: Symbol) -> str:
        return symbol.text or symbol.name

    def product(self, product: Product, binding: int) -> str:
        return f"matrix_dot_product({self(product.left)}, {self(product.right)})"

    def transpose(self, operand: Expression) -> str:
        return f"{self(operand, TIGHTEST)}.Transpose"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        return f"{name}({self(operand)})" if axis is None else f"{name}({self(operand)}, axis={axis})"

    def call(self, call: Call, binding: int) -> str:
        return f"{call.function.name}({self(call.argument)})"


class NumPy(Rendering):
    """Python source on float64 arrays, `np` being NumPy.

    `np.dot` and a sum over one axis that keeps its dimensions are what the article's listing uses: the same
    calls round the same way, to the last bit.
    """

    power = "**"

    def number(self, value: float) -> str:
        return repr(float(value))  # whole ones too: np.where(x > 0, 1, 0) would be integers

    def function(self, name: str, *arguments: Expression) -> str:
        return f"np.{super().function(name, *arguments)}"

    def product(self, product: Product, binding: int) -> str:
        return f"np.dot({self(product.left)}, {self(product.right)})"

    def transpose(self, operand: Expression) -> str:
        return f"{self(operand, TIGHTEST)}.T"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        function = {"sum": "np.add", "max": "np.maximum"}[name]  # what np.sum and np.max call, after a detour
        return f"{function}.reduce({self(operand)}, axis={axis}, keepdims=True)"


def definition(function: Function, rendering: Rendering) -> str:
    """`sigmoid(x) = 1 / (1 + exp(-x))`."""
    return f"{function.name}(x) = {rendering(function.definition(Symbol('x')))}"


def evaluate(expression: Expression, matrices: Mapping[str, np.ndarray]) -> np.ndarray:
    """The value of one expression, given those of the matrices that it reads."""
    with np.errstate(over="ignore"):  # see Limit
        return eval(NumPy()(expression), {"np": np}, dict(matrices))
