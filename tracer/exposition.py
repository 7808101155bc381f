"""The derivation for a network, in letters like the article's and in the names of its listings, line by line.

Every formula is rendered from the expression that computes its numbers, or that `derivation.py` reads off it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tracer.derivation import Chain, Partial, chains, g, gradient_of, loss
from tracer.expr import Expression, Number, Shape, Symbol, Transpose, calls, reads, shape, total
from tracer.letters import articles, in_letters
from tracer.losses import LOSSES
from tracer.matrices import HIDDEN, lr, stem, y
from tracer.network import Network
from tracer.notation import Notation
from tracer.numbers import count
from tracer.optimizers import OPTIMIZERS
from tracer.steps import order

TITLE = "The derivation"
NOTE = "Why the steps from 5 on compute what they do, for this network: in letters, and in the names of the listings."

#: What the matrices are, by the stems of their names, or by what an optimizer puts before the names of weights.
MEANINGS = {
    "X": "inputs, a {line} for each sample",
    "y": "targets",
    "wh": "weights of {layer}",
    "bh": "biases of {layer}",
    "wout": "weights of the output",
    "bout": "biases of the output",
    "lr": "learning rate",
    "momentum": "share of the velocity that stays",
    "beta_1": "share of the mean that stays",
    "beta_2": "share of the mean square that stays",
    "epsilon": "keeps the divisor above 0",
    "t": "updates, counted",
    "velocity_": "velocity of {weight}",
    "m_": "mean of −{gradient}",
    "v_": "mean square of {gradient}",
    "hidden_layer_input": "what {layer} takes in",
    "hiddenlayer_activations": "what {layer} answers",
    "output_layer_input": "what the output takes in",
    "output": "what the output answers: the prediction",
    "E": "error of the prediction",
    "slope_output_layer": "slope of the output",
    "slope_hidden_layer": "slope of {layer}",
    "d_output": "delta at the output",
    "Error_at_hidden_layer": "error at {layer}",
    "d_hiddenlayer": "delta at {layer}",
    "loss": "loss: the number that training makes smaller",
}
MATRICES = (
    "The article multiplies the partials of single numbers. Of matrices, slopes go number by number; the other factors "
    "are matrix products, in the order, and transposed, so that shapes fit."
)
SIGN = (
    "Erratum: the article's derivation adds η·∂E/∂W, with ∂E/∂Y = Y − t, which would raise the loss. Its listings have "
    "E = y − output, so that they add −∂E/∂W: their sign is right."
)


@dataclass(frozen=True)
class Line:
    """
    Attributes:
        letters: a letter, or a formula in letters.
        names: the same in the names of the listings.
        meaning: what it is, in words.
        article: what the article's derivation calls it.
        block: the matrix whose shape it has; empty where a shape says nothing.
        turned: whether it has that shape the other way round, as a transposed matrix.
        shape: rows and columns.
        step: where it is filled.
        strong: whether it is what the lines around it lead to.
    """

    letters: str
    names: str
    meaning: str = ""
    article: str = ""
    block: str = ""
    turned: bool = False
    shape: Shape | None = None
    step: int | None = None
    strong: bool = False


@dataclass(frozen=True)
class Section:
    title: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        width = max(len(line.letters) for line in self.lines)
        lines = [f"  {line.letters:<{width}}   {line.names}" for line in self.lines]
        return "\n".join([self.title, *lines, *(f"  {note}" for note in self.notes)])


def exposition(network: Network) -> tuple[Section, ...]:
    """The derivation for a network; the first section is the table of symbols."""
    return tuple(_Exposition(network).sections())


class _Exposition:
    def __init__(self, network: Network) -> None:
        self.network, self.architecture = network, network.architecture
        self.loss = LOSSES[self.architecture.loss]
        self.chains = chains(self.architecture)
        self.letters, self.names = in_letters(self.architecture), Notation()
        self.samples = next(network.batches(1))
        self.shapes = network.sizes(self.samples)
        #: The step that first fills a matrix, by its name.
        self.filled: dict[str, int] = {}
        for step in network.steps:
            for name in step.current:
                self.filled.setdefault(name, step.number)

    def sections(self) -> Iterator[Section]:
        derived = (*self._derived(), Section("The update", tuple(self._update()), (SIGN,)))
        formulas = "".join(line.letters for section in derived for line in section.lines)
        yield Section("Symbols", tuple(self._symbols()), tuple(self._keys(formulas)))
        yield from derived

    def _derived(self) -> Iterator[Section]:
        yield Section("Forward propagation and the loss", (*self._forward(), *self._functions()))
        for chain in self.chains:
            layer = self._layer(chain.path[-1].name)
            yield Section(f"The chain rule at {layer}", tuple(self._chain(chain)), tuple(self._remarks(chain)))

    def _line(self, letters: str, names: str, block: Expression, step: int | None = None, strong: bool = False) -> Line:
        """
        Args:
            block: a matrix, as it is or transposed, whose shape is meant.
            step: where it is filled; None where that is the block's own.
        """
        (name,), turned = reads(block), isinstance(block, Transpose)
        own = self.shapes.get(name)
        own = own[::-1] if own and turned else own
        step = self.filled.get(name) if step is None else step
        return Line(letters, names, block=name, turned=turned, shape=own, step=step, strong=strong)

    def _symbols(self) -> Iterator[Line]:
        article = articles(self.architecture)
        for name in (*self.filled, loss.name):
            symbol = Symbol(name)
            line = self._line(self.letters(symbol), name, symbol)
            yield replace(line, meaning=self._meaning(name), article=article.get(name, ""))

    def _meaning(self, name: str) -> str:
        for state in OPTIMIZERS[self.architecture.optimizer].states:
            weight = name.removeprefix(f"{state}_")
            if weight != name:
                gradient = self.letters(gradient_of(Symbol(weight)))
                return MEANINGS[f"{state}_"].format(weight=weight, gradient=gradient)
        line = "row" if self.architecture.axis else "column"
        return MEANINGS[stem(name)].format(line=line, layer=self._layer(name))

    def _layer(self, name: str) -> str:
        """The layer that a matrix belongs to."""
        if stem(name) not in HIDDEN:
            return "the output"
        number = name.removeprefix(stem(name)).removeprefix("_")
        return f"hidden layer {number}" if number else "the hidden layer"

    def _keys(self, formulas: str) -> Iterator[str]:
        """How to read them."""
        sums = {"Σ(": "Σ adds up all numbers", "Σ↓": "Σ↓ those of each column", "Σ→": "Σ→ those of each row"}
        yield (
            "· is the matrix product, or takes a number times; ⊙, / and powers go number by number; ᵀ transposes; "
            f"′ marks a slope; {', '.join(said for sign, said in sums.items() if sign in formulas)}."
        )
        error = self.letters(Symbol("E"))
        yield f"The letter E is the loss, as in the article's derivation; its listings call the error E, here {error}."
        if self.architecture.layers == 1:
            yield "The article's Wₕ is wout, not wh; its Y is output, not y."
        size, rest = len(self.samples), self.network.sample_count % len(self.samples)
        if self.network.updates > 1:
            last = f"; the last one of an epoch has {rest}" if rest else ""
            yield f"Shapes are those of an update, of {count(size, 'sample')}{last}."

    def _forward(self) -> Iterator[Line]:
        for step, symbol, expression in order(self.network.steps):
            if step.number <= 5:
                letters, names = (said.equation(symbol, expression) for said in (self.letters, self.names))
                yield self._line(letters, names, symbol, step.number)
        computed = self.names.equation(loss, self.loss.value(self.architecture.axis))
        yield self._line(self.letters.equation(loss, self.loss.textbook), computed, loss, strong=True)

    def _functions(self) -> Iterator[Line]:
        """What the functions are: those of formulas in letters, then those that only computing the loss needs."""
        forms = [form for chain in self.chains for partial in chain.factors for form in partial.forms]
        forward = [expression for step, _, expression in order(self.network.steps) if step.number <= 5]
        shown = dict.fromkeys(function for form in (*forward, *forms) for function in calls(form))
        for function in shown:
            yield Line(self.letters.definition(function), self.names.definition(function))
        for function in calls(self.loss.value(self.architecture.axis)):
            if function not in shown:
                yield Line("", self.names.definition(function))

    def _chain(self, chain: Chain) -> Iterator[Line]:
        for weight in chain.weights:
            known = f"[{self._product(self.letters, chain.known)}] · " if chain.known else ""
            rest = self._product(self.letters, (*chain.path, weight))
            letters = f"{self.letters.partial(loss, weight)} = {known}{rest}"
            path = (loss, *chain.path, weight) if chain.known else (*chain.path, weight)
            yield Line(letters, f"{self.names.partial(loss, weight)} = {self._product(self.names, path)}")
        for partial in chain.factors:
            yield self._partial(partial)
        for partial in chain.results:
            yield self._partial(partial, strong=partial.by in chain.weights)

    def _product(self, notation: Notation, path: Sequence[Symbol]) -> str:
        """`∂E/∂Y · ∂Y/∂u₂`"""
        return " · ".join(notation.partial(of, by) for of, by in pairwise(path))

    def _partial(self, partial: Partial, strong: bool = False) -> Line:
        first = partial.forms[0]
        # In names a block stands for itself: how it is computed is on its sheet.
        forms = partial.forms[:1] if isinstance(first, Symbol) else partial.forms
        letters, names = self._forms(self.letters, partial, partial.forms), self._forms(self.names, partial, forms)
        if isinstance(first, Number):
            return Line(letters, names)
        block = first if isinstance(first, (Symbol, Transpose)) else partial.by
        if partial.step is None and block is partial.by:  # no step has it; what it is by has only its shape
            return Line(letters, names, block=block.name, shape=self.shapes[block.name])
        line = self._line(letters, names, block, partial.step, strong)
        own = shape(first, self.shapes)  # one number for all neurons that share a sample's bias
        return line if own == line.shape else replace(line, block="", shape=own)

    def _forms(self, notation: Notation, partial: Partial, forms: Sequence[Expression]) -> str:
        mapped = f"{g.name} ↦ " if g.name in reads(forms[0]) else ""
        return f"{notation.partial(partial.of, partial.by)} = {mapped}{' = '.join(map(notation, forms))}"

    def _remarks(self, chain: Chain) -> Iterator[str]:
        if chain.known:
            *_, after, answer = chain.known
            known = f"{self.letters.partial(loss, answer)}, for which {self.letters.partial(loss, after)}"
            yield f"In brackets stands {known} is known from the layer after it."
            return
        yield MATRICES
        if self.architecture.step7_lr:
            rate = self.letters(lr)
            yield (
                f"Step 7 multiplies by {rate} here, as one reading of the article has it. So every delta has it once, "
                "and what steps 10 and 11 add has it twice."
            )
        if self.architecture.bias == "by_sample":
            yield "As the R listing has it, a sample's bias is added for every neuron; its gradient is a sum over them."
        elif self.architecture.bias:
            yield "A bias is added to every sample, so that its gradient is a sum over the samples."
        if not self.loss.cancels:
            return
        if self.architecture.output_activation == "sigmoid":
            said = f"The slope of the sigmoid, {self.letters(chain.factors[1].forms[0])}, is the divisor of ∂E/∂Y"
        else:
            yield (
                "Each answer of a softmax depends on all that it takes in of the sample, so that its derivative is no "
                "slope: of any gradient g by the answer it makes the gradient by what is taken in."
            )
            said = f"The targets of a sample add up to 1: {self.letters(total(y, self.architecture.axis))} = 1"
        taken = f"times {self.letters(lr)}" if self.architecture.step7_lr else "as it is"
        cancelled = f"the derivatives cancel: step 7 takes the error {taken}, and step 6 has no slope of the output"
        yield f"{said}. So {cancelled}."

    def _update(self) -> Iterator[Line]:
        descent = self._by_gradients()
        for step in self.network.steps[10:]:
            for symbol, expression in step.expressions.items():
                letters = f"{self.letters(symbol)} ← {self.letters(expression)}"
                said = self.letters(descent.get(symbol.name, expression))
                letters += f" = {said}" if not letters.endswith(said) else ""
                yield self._line(letters, f"{symbol.name} ← {self.names(expression)}", symbol, step.number)

    def _by_gradients(self) -> dict[str, Expression]:
        """What weights and an optimizer's states become, by name, as expressions of the gradients."""
        optimizer = OPTIMIZERS[self.architecture.optimizer]
        found: dict[str, Expression] = {}
        for weight in map(Symbol, self.network.initial):
            change = -gradient_of(weight) * lr if self.architecture.step7_lr else -gradient_of(weight)
            states = [Symbol(f"{state}_{weight.name}") for state in optimizer.states]
            found |= {symbol.name: moved for symbol, moved in optimizer.move(weight, change, *states).items()}
        return found
