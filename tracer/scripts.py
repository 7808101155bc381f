"""A network as a script from scratch: the article's steps in Python or R, with the numbers that they start from."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np

from tracer.errors import TracerError
from tracer.escapes import printable
from tracer.expr import Expression, Function, Shape, Symbol, shape
from tracer.languages import LANGUAGES, WIDTH, Language
from tracer.losses import LOSSES
from tracer.matrices import lr, t
from tracer.network import Network
from tracer.numbers import count
from tracer.selection import check_epochs
from tracer.sources import functions, overflows, parameters, statements
from tracer.steps import Step, order, shapes
from tracer.values import choice

#: More numbers than these make a script that nobody reads, and that R and Python take long to.
MOST = 200_000
#: At most about so many losses are printed.
PRINTED = 20


def script(network: Network, language: str = "python", epochs: int = 1) -> str:
    """The source of a script that trains a network and prints its losses, weights, biases and outputs.

    Its numbers are those of a trace: in Python to the last bit, in R to about 1e-12.

    Args:
        language: a name in `languages.LANGUAGES`.

    Raises:
        TracerError: there is no such language, the number of epochs makes no sense, or there are too many numbers.
    """
    spelt = LANGUAGES[choice(language, "language", LANGUAGES)]
    epochs = check_epochs(epochs)
    _check_length(network, language, epochs)
    return _Script(network, spelt, epochs).text()


def _check_length(network: Network, language: str, epochs: int) -> None:
    given = network.X.size + network.y.size + sum(matrix.size for matrix in network.initial.values())
    if given > MOST:
        raise TracerError(
            f"data and weights of {network.name} are {given:,} numbers, and a script holds at most {MOST:,}; "
            "use fewer samples, or fewer neurons"
        )
    if network.shuffle and language == "r" and given + epochs * network.sample_count > MOST:
        epochs_that_fit = (MOST - given) // network.sample_count
        fewer = f"at most {count(epochs_that_fit, 'epoch')}, " if epochs_that_fit else ""
        raise TracerError(
            f"the order of {count(network.sample_count, 'sample')} in each of {count(epochs, 'epoch')} would be "
            f"{epochs * network.sample_count:,} numbers in a script of R, which lacks NumPy's generator, and {MOST:,} "
            f"fit with the data; use {fewer}--no-shuffle, or --language python"
        )


class _Script:
    def __init__(self, network: Network, language: Language, epochs: int) -> None:
        self.network, self.language, self.epochs = network, language, epochs
        self.shapes = _shapes(network)
        self.source = language.source(self.shapes)
        self.loss = LOSSES[network.architecture.loss].value(network.architecture.axis)
        #: Whether an epoch takes the samples otherwise than all at once, as they lie in the data.
        self.in_batches = network.updates > 1 or network.shuffle

    def text(self) -> str:
        used = functions([*(expression for _, _, expression in order(self.network.steps)), self.loss])
        gap = [""] * self.language.gap
        main = [*self._data(), "", *self._start(), "", *self._training(), "", *self._ending()]
        for function in reversed(used):
            main = [*self._function(function), *gap, *main]
        preamble = self.language.preamble(any(map(overflows, used)), any("sweep(" in line for line in main))
        return "\n".join([*self._head(), "", *preamble, *(gap if preamble else []), *main, ""])

    def _head(self) -> list[str]:
        network = self.network
        optimizer = network.architecture.optimizer.replace("_", " ")
        taken = f", {count(network.batch, 'sample')} at a time" if network.updates > 1 and network.batch else ""
        shuffled = ", in another order in each epoch" if network.shuffle else ""
        return [
            f"# {printable(network.name)}: a neural network from scratch, with {self.language.needs} alone.",
            "#",
            *textwrap.wrap(f"{network.description}.", WIDTH, initial_indent="# ", subsequent_indent="# "),
            f"# {count(self.epochs, 'epoch')} of {optimizer}{taken}{shuffled}.",
            "# The steps are those of the article",
            '# "Understanding and coding Neural Networks From Scratch in Python and R".',
        ]

    def _function(self, function: Function) -> list[str]:
        lines, result = statements(function)
        source = self.language.source(_inside(lines, self.shapes))
        written = [self.language.assign(symbol.name, source(part)) for symbol, part in lines]
        return self.language.define(function.name, parameters(function), written, source(result))

    def _data(self) -> list[str]:
        network = self.network
        heading, prefix = _title(network.steps[0]), ""
        if self.in_batches:
            heading, prefix = f"The data, of which step 0 takes {count(self._batch, 'sample')} at a time", "data_"
        turned = network.architecture.samples == "columns"
        lines = [
            f"# {heading}",
            *_comment(f"{prefix}X", self._sizes("feature", network.widths[0]), network.features),
            *self.language.matrix(f"{prefix}X", network.X, turned),
            *_comment(f"{prefix}y", self._sizes("output", network.widths[-1]), network.outputs),
            *self.language.matrix(f"{prefix}y", network.y, turned),
        ]
        if self.in_batches:
            lines.append(self.language.assign("n", str(network.sample_count)))
            lines.append(self.language.assign("batch", str(self._batch)))
        return lines

    def _sizes(self, noun: str, many: int) -> str:
        """`3 samples x 4 features`, for samples in rows."""
        sizes = [count(self.network.sample_count, "sample"), count(many, noun)]
        scaling = self.network.scaling
        scaled = f", scaled ({scaling.kind})" if scaling and noun == "feature" else ""
        if self.network.architecture.axis:
            return " x ".join(sizes) + scaled
        return " x ".join(reversed(sizes)) + scaled + ", written sample by sample"

    def _start(self) -> list[str]:
        network, assign = self.network, self.language.assign
        lines = ["# " + _title(network.steps[1]), *_note(network.steps[1])]
        for name, matrix in network.initial.items():
            lines += self._given(name, matrix)
        for name, number in network.parameters.items():
            meaning = "  # learning rate" if name == lr.name else ""
            lines.append(assign(name, self.source.number(number.item())) + meaning)
        for name, matrix in network.carried.items():
            if name == t.name:
                lines.append(assign(name, self.language.counter) + "  # updates so far")
            elif name not in network.initial:
                lines += self._given(name, matrix)
        return lines

    def _given(self, name: str, matrix: np.ndarray) -> list[str]:
        if matrix.any() or np.signbit(matrix).any():
            return self.language.matrix(name, matrix)
        return [self.language.assign(name, self.language.zeros(matrix.shape))]

    def _training(self) -> list[str]:
        language, assign = self.language, self.language.assign
        loss = self.source(self.loss)
        heading = f"# The loss: {self.network.architecture.loss.replace('_', ' ')}"
        told = language.tell(_every(self.epochs))
        before = [assign("epochs", str(self.epochs))]
        if not self.in_batches:
            body = [*self._update(), "", heading, assign("loss", loss), *told]
            return [*before, "", *language.loop("epoch", body)]
        added = f"loss - {loss[1:]}" if loss.startswith("-") else f"loss + {loss}"
        first = ["# " + _title(self.network.steps[0]), *language.take(self.network), ""]
        last = ["", heading, assign("loss", added), language.put(self.network)]
        updates = language.loop("first", [*first, *self._update(), *last])
        body = [*language.order(self.network), assign("loss", "0"), *updates, *told]
        before += [*language.orders(self.network, self.epochs), assign("outputs", language.zeros(self.network.y.shape))]
        return [*before, "", *language.loop("epoch", body)]

    def _update(self) -> list[str]:
        """The steps from 2 on, each under its title."""
        lines: list[str] = []
        told: list[Step] = []
        phase = ""
        for step, symbol, expression in order(self.network.steps):
            if step.phase != phase:
                lines += ["", f"# {step.phase}"]
                phase = step.phase
            if step not in told:
                lines += ["", f"# {_title(step)}", *_note(step)]
            elif step is not told[-1]:
                lines += ["", f"# Step {step.number} again, for hidden layer {symbol.name.rpartition('_')[2]}"]
            told.append(step)
            lines.append(self.language.assign(symbol.name, self.source(expression)))
        return lines[1:]

    def _ending(self) -> list[str]:
        output = "outputs" if self.in_batches else "output"
        return [
            "# What training arrived at, with all 17 digits; the output is the one before the last correction.",
            *[""] * (self.language.gap - 1),
            *self.language.shows(),
            *[""] * self.language.gap,
            *(f'show("{name}", {name})' for name in self.network.initial),
            f'show("output", {output})',
        ]

    @property
    def _batch(self) -> int:
        return self.network.batch or self.network.sample_count


def _title(step: Step) -> str:
    return f"Step {step.number}: {step.title}"


def _note(step: Step) -> list[str]:
    """What is unusual about a step, as comments."""
    return [f"# {line}" for line in textwrap.wrap(step.note, 100)]


def _comment(name: str, text: str, headings: Sequence[str]) -> list[str]:
    """What a matrix is; its headings may hold anything."""
    listed = ": " + ", ".join(map(printable, headings)) if headings else ""
    return textwrap.wrap(f"{name}: {text}{listed}", WIDTH, initial_indent="# ", subsequent_indent="#   ")


def _every(epochs: int) -> int:
    """Of how many epochs one loss is printed: 1, 2, 5, 10, 20, ..."""
    every = 1
    while epochs > PRINTED * every:
        every = every * 5 // 2 if str(every)[0] == "2" else every * 2
    return every


def _shapes(network: Network) -> dict[str, Shape]:
    """Shapes of the matrices of every network of this architecture: 1 is 1 in all of them, 2 is any size."""
    a = network.architecture
    smallest = Network(
        np.eye(2), np.eye(2), hidden=[2] * a.layers, activation=a.activations, output_activation=a.output_activation,
        loss=a.loss, bias=a.bias, samples=a.samples, optimizer=a.optimizer,
    )  # fmt: skip
    return shapes(a, {name: matrix.shape for name, matrix in smallest.inputs.items()})


def _inside(lines: list[tuple[Symbol, Expression]], known: Mapping[str, Shape]) -> dict[str, Shape]:
    """Shapes inside a function: of its argument and of what it gives names to, too."""
    found = {**known, "x": known["output"]}
    for symbol, part in lines:
        found[symbol.name] = shape(part, found)
    return found
