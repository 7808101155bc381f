"""Reads mathematical notation, as the sheet `Math` has it, and computes it."""

import re

import numpy as np

SIGNS = {"−": "-", "ᵀ": ".T", "⊙": "*", "√(": "sqrt(", "Σ↓(": "sum_0(", "Σ→(": "sum_1(", "Σ(": "sum_all("}
SIGNS |= {"max↓(": "max_0(", "max→(": "max_1(", "π": "pi"}


class Block(np.ndarray):
    """A matrix whose `@` takes numbers too, as `·` does."""

    def __matmul__(self, other):
        return self * other if np.ndim(other) == 0 else np.matmul(self.view(np.ndarray), other).view(Block)

    def __rmatmul__(self, other):
        return other * self


def block(matrix):
    return np.asarray(matrix, float).view(Block)


FUNCTIONS = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "pi": np.pi,
    "where": lambda condition, a, b: block(np.where(condition, a, b)),
    "sum_all": np.sum,
    "sum_0": lambda m: np.sum(m, axis=0, keepdims=True),
    "sum_1": lambda m: np.sum(m, axis=1, keepdims=True),
    "max_0": lambda m: np.max(m, axis=0, keepdims=True),
    "max_1": lambda m: np.max(m, axis=1, keepdims=True),
}


class Reader:
    """
    Args:
        letters: what stands for what, by letter; each value is a number or a matrix.
    """

    def __init__(self, values):
        self.values = dict(values)
        self.functions = {}

    def define(self, text):
        """`σ(x) = 1 / (1 + exp(−x))`"""
        head, body = text.split(" = ")
        name = head.removesuffix("(x)")
        source = self._python(body).replace("·", "*")  # of numbers
        self.functions[name] = lambda x: eval(source, FUNCTIONS | self.functions | self._names() | {"x": x})

    def __call__(self, text, **more):
        """The value of a formula."""
        return eval(self._python(text).replace("·", "@"), FUNCTIONS | self.functions | self._names() | more)

    def _names(self):
        return {f"v{number}": value for number, value in enumerate(self.values.values())}

    def _python(self, text):
        names = {letter: f"v{number}" for number, letter in enumerate(self.values)}
        known = "|".join(re.escape(letter) for letter in sorted(names, key=len, reverse=True))
        text = re.sub(rf"(?<![A-Za-z_0-9])({known})(?![A-Za-z_0-9(₀-₉])", lambda found: names[found[1]], text)
        for sign, said in {**SIGNS, "²": "**2", "³": "**3", "^": "**", "ⁿ": f"**{names.get('n')}"}.items():
            text = text.replace(sign, said)
        text = re.sub(r"\|([^|]+)\|", r"abs(\1)", text)
        while "{" in text:
            text = re.sub(r"\{([^{}]*) if ([^{}]*), else ([^{}]*)\}", r"where(\2, \1, \3)", text)
        return text
