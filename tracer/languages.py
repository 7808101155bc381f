"""How a script is spelt in Python and in R: matrices, functions, loops, what is printed."""

from __future__ import annotations

import textwrap
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from tracer import sources
from tracer.expr import Shape
from tracer.network import Network

#: Lines of numbers are about so long at most.
WIDTH = 110
#: So many rows are written below one another, as in a matrix on paper; more are packed.
ROWS = 12
#: Rscript takes a minute to read an expression of 10,000 lines, and no time for many of so many.
PART = 200


class Language(ABC):
    """What a script is put together from; what takes several lines is a list of them.

    Attributes:
        needs: what runs a script.
        suffix, command: of a file, and what runs it.
        arrow: assigns.
        indent: of what is in a loop or a function.
        gap: blank lines around a function.
        counter: a count of updates, 0 at first. NumPy rounds the powers of an array otherwise than those of a number.
    """

    needs: str
    suffix: str
    command: str
    arrow: str
    indent: str
    gap: int
    counter: str

    @abstractmethod
    def source(self, shapes: Mapping[str, Shape]) -> sources.Source:
        """How expressions are written, given the shapes of the matrices."""

    @abstractmethod
    def preamble(self, overflows: bool, sweeps: bool) -> list[str]:
        """What stands before everything else.

        Args:
            overflows: whether a function may go through an infinity.
            sweeps: whether rows or columns are repeated by `sweep`.
        """

    @abstractmethod
    def define(self, name: str, parameters: Sequence[str], lines: list[str], result: str) -> list[str]:
        """A function."""

    @abstractmethod
    def matrix(self, name: str, values: np.ndarray, turned: bool = False) -> list[str]:
        """A matrix with its numbers, row by row; `turned`: column by column."""

    @abstractmethod
    def zeros(self, shape: Shape) -> str:
        """A matrix of zeros."""

    @abstractmethod
    def orders(self, network: Network, epochs: int) -> list[str]:
        """What the order of the samples is taken from, before the first epoch."""

    @abstractmethod
    def order(self, network: Network) -> list[str]:
        """The order of the samples in an epoch."""

    @abstractmethod
    def loop(self, over: str, body: list[str]) -> list[str]:
        """Over every `epoch`, or over the `first` sample of every batch."""

    @abstractmethod
    def take(self, network: Network) -> list[str]:
        """X and y of a batch, from `data_X` and `data_y`."""

    @abstractmethod
    def put(self, network: Network) -> str:
        """The output of a batch, into the `outputs` of all samples."""

    @abstractmethod
    def tell(self, every: int) -> list[str]:
        """Print the loss, of so many epochs one."""

    @abstractmethod
    def shows(self) -> list[str]:
        """The function `show(name, matrix)`, which prints both."""

    def assign(self, name: str, text: str) -> str:
        return f"{name} {self.arrow} {text}"

    def indented(self, lines: Iterable[str]) -> list[str]:
        return [line and self.indent + line for line in lines]


class Python(Language):
    needs, suffix, command, arrow, indent = "NumPy", ".py", "python", "=", "    "
    gap, counter = 2, "np.zeros((1, 1))"

    def source(self, shapes: Mapping[str, Shape]) -> sources.Source:
        return sources.Python()

    def preamble(self, overflows: bool, sweeps: bool) -> list[str]:
        lines = ["import numpy as np"]
        if overflows:
            lines += ["", 'np.seterr(over="ignore")  # an infinity on the way does no harm: 1 / (1 + exp(1000)) is 0']
        return lines

    def define(self, name: str, parameters: Sequence[str], lines: list[str], result: str) -> list[str]:
        return [f"def {name}({', '.join(parameters)}):", *self.indented([*lines, f"return {result}"])]

    def matrix(self, name: str, values: np.ndarray, turned: bool = False) -> list[str]:
        rows = written(values.T if turned else values)
        # NumPy makes integers of whole numbers, which overflow where floating-point numbers do not.
        whole = all(number.lstrip("-").isdecimal() for row in rows for number in row)
        end = "]" + (", dtype=float" if whole else "") + ")" + (".T" if turned else "")
        line = ", ".join(f"[{', '.join(row)}]" for row in rows)
        if 1 in values.shape and len(line) < WIDTH - 30:
            return [f"{name} = np.array([{line}{end}"]
        table = [f"[{row}]," for row in aligned(rows)] or packed([f"[{', '.join(row)}]," for row in rows], " ")
        return [f"{name} = np.array([", *self.indented(table), end]

    def zeros(self, shape: Shape) -> str:
        return f"np.zeros({shape})"

    def orders(self, network: Network, epochs: int) -> list[str]:
        return [f"seed = {network.seed}"] if network.shuffle else ["order = np.arange(n)"]

    def order(self, network: Network) -> list[str]:
        return ["order = np.random.RandomState([seed, epoch]).permutation(n)"] if network.shuffle else []

    def loop(self, over: str, body: list[str]) -> list[str]:
        steps = {"epoch": "range(1, epochs + 1)", "first": "range(0, n, batch)"}[over]
        return [f"for {over} in {steps}:", *self.indented(body)]

    def take(self, network: Network) -> list[str]:
        some = _chosen(network)
        return ["samples = order[first:first + batch]", f"X, y = data_X[{some}], data_y[{some}]"]

    def put(self, network: Network) -> str:
        return f"outputs[{_chosen(network)}] = output"

    def tell(self, every: int) -> list[str]:
        told = 'print(f"epoch {epoch}: loss {loss:.17g}")'
        return [told] if every == 1 else [f"if epoch % {every} == 0 or epoch == epochs:", *self.indented([told])]

    def shows(self) -> list[str]:
        return [
            "def show(name, matrix):",
            r'    print(f"\n{name}")',
            "    for row in matrix:",
            '        print(*(f"{number:.17g}" for number in row))',
        ]


class R(Language):
    needs, suffix, command, arrow, indent = "base R", ".R", "Rscript", "<-", "  "
    gap, counter = 1, "0"

    def source(self, shapes: Mapping[str, Shape]) -> sources.Source:
        return sources.R(shapes)

    def preamble(self, overflows: bool, sweeps: bool) -> list[str]:
        if not sweeps:
            return []
        return ['# sweep(A, 2, b, "+") adds the row b to every row of the matrix A; sweep(A, 1, b, "+") a column.']

    def define(self, name: str, parameters: Sequence[str], lines: list[str], result: str) -> list[str]:
        return [f"{name} <- function({', '.join(parameters)}) {{", *self.indented([*lines, result]), "}"]

    def matrix(self, name: str, values: np.ndarray, turned: bool = False) -> list[str]:
        rows = written(values.T if turned else values)
        line = ", ".join(", ".join(row) for row in rows)
        size = f"nrow = {len(values)}" + ("" if turned or 1 in values.shape else ", byrow = TRUE")
        if 1 in values.shape and len(line) < WIDTH - 30:
            return [f"{name} <- matrix(c({line}), {size})"]
        table = [f"{row}," for row in aligned(rows)] or packed([f"{', '.join(row)}," for row in rows], "   ")
        parts = [self.indented(table[first : first + PART]) for first in range(0, len(table), PART)]
        for part in parts:
            part[-1] = part[-1].removesuffix(",")
        if len(parts) == 1:
            return [f"{name} <- matrix(c(", *parts[0], f"), {size})"]
        lines = [f"{name} <- c()  # in parts, because R is slow to read long expressions"]
        for part in parts:
            lines += [f"{name} <- c({name},", *part, ")"]
        return [*lines, f"{name} <- matrix({name}, {size})"]

    def zeros(self, shape: Shape) -> str:
        return f"matrix(0, {shape[0]}, {shape[1]})"

    def orders(self, network: Network, epochs: int) -> list[str]:
        if not network.shuffle:
            return []
        drawn = [np.concatenate(list(network.batches(epoch))) + 1.0 for epoch in range(1, epochs + 1)]
        return [
            "# A row for each epoch: the order in which it takes the samples.",
            *self.matrix("orders", np.array(drawn)),
        ]

    def order(self, network: Network) -> list[str]:
        return []

    def loop(self, over: str, body: list[str]) -> list[str]:
        steps = {"epoch": "1:epochs", "first": "seq(1, n, by = batch)"}[over]
        return [f"for ({over} in {steps}) {{", *self.indented(body), "}"]

    def take(self, network: Network) -> list[str]:
        some = "first:min(first + batch - 1, n)"
        return [
            f"samples <- {f'orders[epoch, {some}]' if network.shuffle else some}",
            *(f"{name} <- data_{name}[{_chosen(network, ' ')}, drop = FALSE]" for name in ("X", "y")),
        ]

    def put(self, network: Network) -> str:
        return f"outputs[{_chosen(network, ' ')}] <- output"

    def tell(self, every: int) -> list[str]:
        told = r'cat(sprintf("epoch %d: loss %.17g\n", epoch, loss))'
        if every == 1:
            return [told]
        return [f"if (epoch %% {every} == 0 || epoch == epochs) {{", *self.indented([told]), "}"]

    def shows(self) -> list[str]:
        return [
            "show <- function(name, matrix) {",
            r'  cat("\n", name, "\n", sep = "")',
            '  numbers <- formatC(matrix, digits = 17, format = "g")',
            "  write.table(numbers, quote = FALSE, row.names = FALSE, col.names = FALSE)",
            "}",
        ]


LANGUAGES: Mapping[str, Language] = {"python": Python(), "r": R()}


def _chosen(network: Network, rest: str | None = None) -> str:
    """The index of some samples; `rest` is what stands for all of the other axis, where a language wants it."""
    if network.architecture.axis:
        return "samples" if rest is None else f"samples,{rest}"
    return ":, samples" if rest is None else ", samples"


def written(values: np.ndarray) -> list[list[str]]:
    """Numbers with all their digits, whole ones without a decimal point."""

    def text(value: float) -> str:
        short = repr(value).removesuffix(".0")
        return "-0.0" if short == "-0" else short

    return [[text(value) for value in row] for row in values.tolist()]


def aligned(rows: list[list[str]]) -> list[str]:
    """A few short rows as lines of a table, decimal point below decimal point; none if they are many or long."""
    if len(rows) > ROWS:
        return []
    cells = [[number.partition(".") for number in row] for row in rows]
    before = [max(len(number[0]) for number in column) for column in zip(*cells)]
    after = [max(len("".join(number[1:])) for number in column) for column in zip(*cells)]
    lines = []
    for row in cells:
        padded = [f"{whole:>{width}}{point}{rest}" for (whole, point, rest), width in zip(row, before)]
        ends = [f"{number},".ljust(width + more + 2) for number, width, more in zip(padded, before, after)]
        lines.append("".join([*ends[:-1], padded[-1]]))
    return lines if max(map(len, lines)) < WIDTH else []


def packed(units: list[str], between: str) -> list[str]:
    """Rows one after another, as many as a line holds; one that is longer takes several lines."""
    lines = [""]
    for unit in units:
        if lines[-1] and len(lines[-1]) + len(between) + len(unit) <= WIDTH:
            lines[-1] += between + unit
        else:
            lines += textwrap.wrap(unit, WIDTH, break_long_words=False, break_on_hyphens=False)
    return lines[1:]
