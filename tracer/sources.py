"""Expressions as people write them in Python and in R; the engine's own Python is in `rendering.py`."""

from __future__ import annotations

import dataclasses
import math
from collections import Counter
from collections.abc import Mapping

from tracer.expr import (
    Axis,
    Call,
    Elementary,
    Elementwise,
    Expression,
    Function,
    Limit,
    Number,
    Product,
    Reduction,
    Shape,
    Symbol,
    calls,
    children,
    reads,
    shape,
)
from tracer.rendering import BINDING, TIGHTEST, NumPy, Rendering


class Source(Rendering):
    """What both languages share: named functions are called, and whole numbers have no decimal point."""

    def number(self, value: float) -> str:
        return Rendering.number(self, value)

    def call(self, call: Call, binding: int) -> str:
        body = call.body
        if isinstance(body, Elementary) and body.function == call.function.name:
            return self(body, binding)
        _, *others = parameters(call.function)
        return f"{call.function.name}({', '.join([self(call.argument), *others])})"


class Python(Source, NumPy):
    """The same operations in the same order as the engine's, so that both round alike."""

    pi = "np.pi"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        along = "" if axis is None else f", axis={axis}, keepdims=True"
        return f"np.{name}({self(operand)}{along})"


class R(Source):
    """Base R. Where a row or a column stands beside a matrix, R does not repeat it by itself: `sweep` does.

    Args:
        shapes: rows and columns of the matrices; 1 only where that is so in every network.
    """

    power = "^"

    def __init__(self, shapes: Mapping[str, Shape]) -> None:
        self.shapes = shapes

    def __call__(self, expression: Expression, binding: int = 0) -> str:
        if isinstance(expression, Elementwise):
            left, right = (shape(side, self.shapes) for side in (expression.left, expression.right))
            if left != right and (1, 1) not in (left, right):
                return self.sweep(expression, left, right)
        return super().__call__(expression, binding)

    def sweep(self, expression: Elementwise, left: Shape, right: Shape) -> str:
        sign = self.power if expression.operator == "**" else expression.operator
        matrix, line, operator = expression.left, expression.right, f'"{sign}"'
        if math.prod(left) < math.prod(right):
            matrix, line, operator = line, matrix, f"function(a, b) b {sign} a"
        margin = 2 if shape(line, self.shapes)[0] == 1 else 1
        return f"sweep({self(matrix)}, {margin}, {self(line)}, {operator})"

    def function(self, name: str, *arguments: Expression) -> str:
        return super().function("ifelse" if name == "where" else name, *arguments)

    def product(self, product: Product, binding: int) -> str:
        text = f"{self(product.left, TIGHTEST)} %*% {self(product.right, TIGHTEST)}"
        return f"({text})" if binding > BINDING["+"] else text

    def transpose(self, operand: Expression) -> str:
        return f"t({self(operand)})"

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        if axis is None:
            return f"{name}({self(operand)})"
        if name == "sum":
            return f"{('colSums', 'rowSums')[axis]}({self(operand)})"
        return f"apply({self(operand)}, {(2, 1)[axis]}, {name})"


def parameters(function: Function) -> list[str]:
    """Of a function in a script: its argument, and the matrices that it reads beside it."""
    return ["x", *(name for name in reads(function.definition(Symbol("x"))) if name != "x")]


def functions(expressions: list[Expression]) -> list[Function]:
    """The named functions that expressions call, each once, after those that it calls itself."""
    found: dict[str, Function] = {}
    for expression in expressions:
        for function in calls(expression):
            found |= {f.name: f for f in functions([function.definition(Symbol("x"))])}
            found[function.name] = function
    return list(found.values())


def overflows(function: Function) -> bool:
    """Whether it may go through an infinity on the way to its answer."""
    return any(isinstance(part, Limit) for part in _parts(function.definition(Symbol("x"))))


def statements(function: Function) -> tuple[list[tuple[Symbol, Expression]], Expression]:
    """The body of a function as lines: what is used twice gets a name, so do sums and maxima; and what it returns."""
    body = function.definition(Symbol("x"))
    parts = _parts(body)
    uses = Counter(id(operand) for part in parts for operand in _operands(part))
    named: dict[int, Symbol] = {}
    lines: list[tuple[Symbol, Expression]] = []
    for part in parts[:-1]:
        again = uses[id(part)] > 1 and not isinstance(part, (Symbol, Number))
        if again or (isinstance(part, Reduction) and part.axis is not None):
            noun = _noun(part)
            same = sum(symbol.name.startswith(noun) for symbol, _ in lines)
            lines.append((Symbol(f"{noun}_{same + 1}" if same else noun), _with_names(part, named)))
            named[id(part)] = lines[-1][0]
    return lines, _with_names(body, named)


def _parts(expression: Expression) -> list[Expression]:
    """Everything that the text of an expression is made of, each once, operands first."""
    found = {id(part): part for operand in _operands(expression) for part in _parts(operand)}
    return [*found.values(), expression]


def _operands(expression: Expression) -> tuple[Expression, ...]:
    if isinstance(expression, Call):
        return (expression.argument,)
    return (expression.body,) if isinstance(expression, Limit) else children(expression)


def _noun(expression: Expression) -> str:
    """What the numbers of an expression are called."""
    match expression:
        case Elementary("exp"):
            return "exponentials"
        case Elementary("log"):
            return "logarithms"
        case Reduction("sum"):
            return "sums"
        case Reduction("max"):
            return "maxima"
        case Elementwise("<" | ">"):
            return "condition"
    return "part"


def _with_names(expression: Expression, named: Mapping[int, Symbol]) -> Expression:
    """An expression in which some parts are read by their names."""
    if id(expression) in named:
        return named[id(expression)]
    operands = {
        field.name: _with_names(part, named)
        for field in dataclasses.fields(expression)  # type: ignore[arg-type]  # every expression is a dataclass
        if isinstance(part := getattr(expression, field.name), Expression)
    }
    return dataclasses.replace(expression, **operands) if operands else expression  # type: ignore[type-var]
