"""Expressions in mathematical notation, as Unicode text: `u₁ = X·W₁ + b₁`, `−h₁ᵀ·(e₂ ⊙ Y′)`."""

from __future__ import annotations

from collections.abc import Mapping

from tracer.expr import Axis, Call, Elementwise, Expression, Function, Negative, Product, Symbol, reads
from tracer.matrices import beta_1, beta_2, epsilon, lr, momentum, t
from tracer.rendering import BINDING, TIGHTEST, Rendering

_DIGITS = "0123456789"
SUBSCRIPT = str.maketrans(_DIGITS, "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPT = str.maketrans(_DIGITS + "n", "⁰¹²³⁴⁵⁶⁷⁸⁹ⁿ")
#: Where a sum runs: over everything, down each column, along each row.
ALONG = {None: "", 0: "↓", 1: "→"}
#: Numbers, not matrices: before and after them `·` is the product of numbers. x is a function's argument.
NUMBERS = {symbol.name for symbol in (lr, momentum, beta_1, beta_2, epsilon, t, Symbol("x"))}
#: A factor of a product stands in parentheses if it binds no tighter than this.
FACTOR = BINDING["*"] + 1


class Notation(Rendering):
    """`·` is the matrix product, `⊙` the product number by number, as are powers; ᵀ transposes.

    Args:
        letters: what to write for a matrix, by its name; without one, the name.
        functions: likewise for functions.
    """

    pi = "π"

    def __init__(self, letters: Mapping[str, str] | None = None, functions: Mapping[str, str] | None = None) -> None:
        self.letters = letters or {}
        self.functions = functions or {}

    def __call__(self, expression: Expression, binding: int = 0) -> str:
        match expression:
            case Elementwise("*", left, right):
                if self(left) == self(right):
                    return self(left**2, binding)
                text = self._times(left, right)
                return f"({text})" if BINDING["*"] < binding else text
            case Elementwise("**", base, exponent):
                raised = self(exponent, TIGHTEST)
                raised = raised.translate(SUPERSCRIPT) if SUPERSCRIPT.keys() >= set(map(ord, raised)) else f"^{raised}"
                text = f"{self(base, TIGHTEST)}{raised}"
                return f"({text})" if BINDING["**"] < binding else text
            case Elementwise("+" | "-" as operator, left, right):
                added = self(right, BINDING["+"] + 1)
                if operator == "+" and added.startswith("−"):
                    operator, added = "-", added[1:]
                text = f"{self(left, BINDING['+'])} {operator.replace('-', '−')} {added}"
                return f"({text})" if BINDING["+"] < binding else text
            case Negative(operand):
                text = f"−{self(operand, BINDING['*'])}"
                return f"({text})" if BINDING["unary"] < binding else text
        return super().__call__(expression, binding).replace("-", "−")

    def symbol(self, symbol: Symbol) -> str:
        return self.letters.get(symbol.name, symbol.name)

    def product(self, product: Product, binding: int) -> str:
        left = self(product.left, BINDING["*"] if isinstance(product.left, Product) else FACTOR)
        text = f"{left}·{self(product.right, BINDING['unary'] + 1)}"
        return f"({text})" if BINDING["*"] < binding else text

    def transpose(self, operand: Expression) -> str:
        return f"{self(operand, TIGHTEST)}ᵀ"

    def function(self, name: str, *arguments: Expression) -> str:
        match name:
            case "where":
                condition, body, otherwise = map(self, arguments)
                return f"{{{body} if {condition}, else {otherwise}}}"
            case "sqrt":
                return f"√({self(arguments[0])})"
            case "abs":
                return f"|{self(arguments[0])}|"
        return super().function(name, *arguments)

    def reduction(self, name: str, operand: Expression, axis: Axis | None) -> str:
        return f"{name.replace('sum', 'Σ')}{ALONG[axis]}({self(operand)})"

    def call(self, call: Call, binding: int) -> str:
        name = call.function.name
        return f"{self.functions.get(name, name)}({self(call.argument)})"

    def equation(self, symbol: Symbol, *forms: Expression) -> str:
        """`δ₂ = e₂ ⊙ Y′`"""
        return " = ".join(map(self, (symbol, *forms)))

    def partial(self, of: Symbol, by: Symbol) -> str:
        """`∂Y/∂u₂`"""
        return f"∂{self(of)}/∂{self(by)}"

    def definition(self, function: Function) -> str:
        """`σ(x) = 1 / (1 + exp(−x))`"""
        call = Call(function, Symbol("x"))
        return f"{self(call)} = {self(call.body)}"

    def _times(self, left: Expression, right: Expression) -> str:
        ours, theirs = self(left, BINDING["*"]), self(right, FACTOR)
        if isinstance(right, Negative):
            theirs = f"({theirs})"
        if isinstance(left, Elementwise) and left.operator == "/":
            ours = f"({ours})"
        if _is_number(left) or _is_number(right):
            return f"{ours}·{self(right, BINDING['*']) if isinstance(right, Product) else theirs}"
        return f"{f'({ours})' if isinstance(left, Product) else ours} ⊙ {theirs}"


def _is_number(expression: Expression) -> bool:
    return NUMBERS.issuperset(reads(expression))
