"""The language in which a step of training is written: matrices, and what is done with them.

    hidden_layer_input = X @ wh + bh

is an object here, not a number. Everything else about a step (its values, its formula in a cell, its text,
what it reads) is a rendering of that object (`rendering.py`), so that no two of them can disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

Shape = tuple[int, int]
#: 0 runs down a column, 1 along a row.
Axis = Literal[0, 1]


class Expression:
    """A matrix that is computed from others. Operators build larger expressions."""

    __array_ufunc__ = None  # a NumPy number on the left leaves the operator to us

    def __add__(self, other: Operand) -> Expression:
        return Elementwise("+", self, lift(other))

    def __radd__(self, other: Operand) -> Expression:
        return Elementwise("+", lift(other), self)

    def __sub__(self, other: Operand) -> Expression:
        return Elementwise("-", self, lift(other))

    def __rsub__(self, other: Operand) -> Expression:
        return Elementwise("-", lift(other), self)

    def __mul__(self, other: Operand) -> Expression:
        return Elementwise("*", self, lift(other))

    def __rmul__(self, other: Operand) -> Expression:
        return Elementwise("*", lift(other), self)

    def __truediv__(self, other: Operand) -> Expression:
        return Elementwise("/", self, lift(other))

    def __rtruediv__(self, other: Operand) -> Expression:
        return Elementwise("/", lift(other), self)

    def __pow__(self, other: Operand) -> Expression:
        return Elementwise("**", self, lift(other))

    def __rpow__(self, other: Operand) -> Expression:
        return Elementwise("**", lift(other), self)

    def __lt__(self, other: Operand) -> Expression:
        return Elementwise("<", self, lift(other))

    def __gt__(self, other: Operand) -> Expression:
        return Elementwise(">", self, lift(other))

    def __neg__(self) -> Expression:
        return Negative(self)

    def __abs__(self) -> Expression:
        return Elementary("abs", self)

    def __matmul__(self, other: Expression) -> Expression:
        return Product(self, other)

    @property
    def T(self) -> Expression:
        return Transpose(self)


Operand = Expression | float


@dataclass(frozen=True, eq=False)
class Symbol(Expression):
    """A matrix with a name; `text` is how the article's formulas write it, where they do not use the name."""

    name: str
    text: str = ""


@dataclass(frozen=True, eq=False)
class Number(Expression):
    value: float


@dataclass(frozen=True, eq=False)
class Elementwise(Expression):
    """`left operator right`, number by number; a single row, column or number is repeated to fit."""

    operator: Literal["+", "-", "*", "/", "**", "<", ">"]
    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Negative(Expression):
    operand: Expression


@dataclass(frozen=True, eq=False)
class Product(Expression):
    """The matrix product, row times column."""

    left: Expression
    right: Expression


@dataclass(frozen=True, eq=False)
class Transpose(Expression):
    operand: Expression


@dataclass(frozen=True, eq=False)
class Elementary(Expression):
    """A function of each number by itself."""

    function: Literal["exp", "log", "tanh", "sqrt", "abs"]
    operand: Expression


@dataclass(frozen=True, eq=False)
class Reduction(Expression):
    """Of each column (axis 0, which leaves one row), of each row (axis 1, one column), or of everything (None)."""

    function: Literal["sum", "max"]
    operand: Expression
    axis: Axis | None


@dataclass(frozen=True, eq=False)
class Where(Expression):
    """`body` where `condition` holds, else `otherwise`, number by number.

    Both are computed everywhere, so that neither may overflow where the other one is taken.
    """

    condition: Expression
    body: Expression
    otherwise: Expression


@dataclass(frozen=True, eq=False)
class Limit(Expression):
    """`body`, which tends to `value` where `beyond` holds.

    Floating point gets there by itself, through an infinity: 1 / (1 + exp(1000)) is 1 / inf is 0. A
    spreadsheet has no infinity (its EXP(1000) is an error), so it has to be told.
    """

    body: Expression
    beyond: Expression
    value: Expression


@dataclass(frozen=True, eq=False)
class Call(Expression):
    """A named function of one matrix, such as `sigmoid(hidden_layer_input)`."""

    function: Function
    argument: Expression

    @property
    def body(self) -> Expression:
        return self.function.definition(self.argument)


@dataclass(frozen=True, eq=False)
class Function:
    """A name for an expression with one parameter: `Function("square", lambda x: x * x)`."""

    name: str
    definition: Callable[[Expression], Expression]

    def __call__(self, argument: Expression) -> Expression:
        return Call(self, argument)


def lift(operand: Operand) -> Expression:
    return operand if isinstance(operand, Expression) else Number(operand)


def symbols(names: str) -> Iterator[Symbol]:
    """`X, y = symbols("X y")`."""
    return (Symbol(name) for name in names.split())


def exp(operand: Expression) -> Expression:
    return Elementary("exp", operand)


def log(operand: Expression) -> Expression:
    return Elementary("log", operand)


def tanh(operand: Expression) -> Expression:
    return Elementary("tanh", operand)


def sqrt(operand: Operand) -> Expression:
    return Elementary("sqrt", lift(operand))


def total(operand: Expression, axis: Axis | None = None) -> Expression:
    return Reduction("sum", operand, axis)


def largest(operand: Expression, axis: Axis | None = None) -> Expression:
    return Reduction("max", operand, axis)


def where(condition: Expression, body: Operand, otherwise: Operand) -> Expression:
    return Where(condition, lift(body), lift(otherwise))


def limit(body: Expression, beyond: Expression, value: Operand) -> Expression:
    return Limit(body, beyond, lift(value))


def children(expression: Expression) -> tuple[Expression, ...]:
    """The expressions that this one is directly made of, left to right; a call is opened into its body."""
    match expression:
        case Elementwise(_, left, right) | Product(left, right):
            return (left, right)
        case Negative(operand) | Transpose(operand) | Elementary(_, operand) | Reduction(_, operand, _):
            return (operand,)
        case Where(condition, body, otherwise):
            return (condition, body, otherwise)
        case Limit(body, beyond, value):
            return (beyond, value, body)
        case Call():
            return (expression.body,)
    return ()


def substituted(expression: Expression, values: Mapping[str, Expression]) -> Expression:
    """An expression with others in place of some of the matrices that it reads, by their names."""
    if isinstance(expression, Symbol):
        return values.get(expression.name, expression)
    parts = {field: part for field, part in vars(expression).items() if isinstance(part, Expression)}
    return replace(expression, **{field: substituted(part, values) for field, part in parts.items()})  # type: ignore[type-var]


def reads(expression: Expression) -> tuple[str, ...]:
    """The names of the matrices that an expression reads, each once, in the order in which they appear."""
    if isinstance(expression, Symbol):
        return (expression.name,)
    return tuple(dict.fromkeys(name for child in children(expression) for name in reads(child)))


def calls(expression: Expression) -> tuple[Function, ...]:
    """The named functions that an expression calls, each once: those that its text needs explained.

    Neither what a limit tends to is in the text, nor needs an elementary function by its own name a word.
    """
    here: tuple[Function, ...] = ()
    if isinstance(expression, Call):
        own = isinstance(expression.body, Elementary) and expression.body.function == expression.function.name
        here = () if own else (expression.function,)
    shown = (expression.body,) if isinstance(expression, Limit) else children(expression)
    return tuple(dict.fromkeys((*here, *(call for child in shown for call in calls(child)))))


def shape(expression: Expression, shapes: Mapping[str, Shape]) -> Shape:
    """Rows and columns of an expression, given those of the matrices that it reads.

    Raises:
        ValueError: the shapes do not fit together.
    """
    match expression:
        case Symbol(name):
            return shapes[name]
        case Number():
            return (1, 1)
        case Product(left, right):
            (rows, inner), (other, columns) = shape(left, shapes), shape(right, shapes)
            if inner != other:
                raise ValueError(f"a {rows} × {inner} matrix times a {other} × {columns} one")
            return (rows, columns)
        case Transpose(operand):
            rows, columns = shape(operand, shapes)
            return (columns, rows)
        case Reduction(_, operand, axis):
            rows, columns = shape(operand, shapes)
            return (1 if axis != 1 else rows, 1 if axis != 0 else columns)
    rows, columns = 1, 1
    for child in children(expression):
        child_rows, child_columns = shape(child, shapes)
        if (1 not in (rows, child_rows) and rows != child_rows) or (
            1 not in (columns, child_columns) and columns != child_columns
        ):
            raise ValueError(f"a {rows} × {columns} matrix beside a {child_rows} × {child_columns} one")
        rows, columns = max(rows, child_rows), max(columns, child_columns)
    return (rows, columns)
