"""The derivation: every formula, read as it is written, against finite differences of training written plainly."""

import re

import numpy as np
import plain
import pytest
from networks import PAIRS
from notation import Reader, block
from openpyxl import load_workbook
from test_training import example, finite_differences

import tracer
from tracer.compare.engines import ENGINES
from tracer.expr import sqrt, symbols, total, where
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.notation import Notation
from tracer.optimizers import OPTIMIZERS
from tracer.rendering import evaluate

#: The article's, and ten more in which every activation, loss and optimizer occurs.
NETWORKS = {"the article's": tracer.Network.walkthrough()}
for at, (loss, at_output) in enumerate(PAIRS):
    activations = [HIDDEN_ACTIVATIONS[at % 8], HIDDEN_ACTIVATIONS[(at + 3) % 8]][: 1 + (at % 4 > 0)]
    NETWORKS[f"{loss}, {at_output}"] = example(
        activations,
        loss,
        at_output,
        (2, 3)[: len(activations)],
        samples=["rows", "columns"][at // 2 % 2],
        bias=at % 5 > 0,
        optimizer=list(OPTIMIZERS)[at % 3],
    )
DATA = [[0.5, -1.0], [1.5, 0.25], [-0.75, 1.0]], [[1.0, 0.2], [0.0, 0.9], [0.5, 0.4]]
for name, options in {
    "biases by sample": {"bias": "by_sample"},
    "step 7 with lr": {"step7_lr": True, "lr": 0.3},
    "step 7 with lr, momentum": {"step7_lr": True, "lr": 0.3, "optimizer": "momentum", "output_activation": "softmax"},
}.items():
    X, y = np.array(DATA[0]), np.array(DATA[1])
    y = y / y.sum(axis=1, keepdims=True)
    NETWORKS[name] = tracer.Network(X, y, hidden=[2, 3], activation="tanh", **options)
each_network = pytest.mark.parametrize("network", NETWORKS.values(), ids=NETWORKS)
each_language = pytest.mark.parametrize("language", ["letters", "names"])
#: In their textbook form, of the output.
LOSSES = {
    "squared_error": lambda output, y: np.sum((y - output) ** 2) / 2,
    "binary_cross_entropy": lambda output, y: -np.sum(y * np.log(output) + (1 - y) * np.log(1 - output)),
    "cross_entropy": lambda output, y: -np.sum(y * np.log(output)),
}


def turned(network, matrix):
    """What lies in the network's orientation in rows, and the other way round."""
    return matrix if network.architecture.samples == "rows" else matrix.T


def layers(network):
    """Of each layer: the names of its weights, its biases, what it takes in and what it answers."""
    numbers = [""] if len(network.hidden) == 1 else [f"_{number}" for number in range(1, len(network.hidden) + 1)]
    hidden = [tuple(f"{n}{k}" for n in ("wh", "bh", "hidden_layer_input", "hiddenlayer_activations")) for k in numbers]
    return [*hidden, ("wout", "bout", "output_layer_input", "output")]


def loss_with(network, name, value):
    """The loss if one of the matrices between input and output were another one; samples lie in rows."""
    answers, y = plain.rows(network)
    for (w, b, activation), (_, _, inputs_name, answers_name) in zip(plain.layers(network), layers(network)):
        inputs = value if name == inputs_name else answers @ w + b
        answers = value if name == answers_name else plain.answer(activation, inputs)
    return LOSSES[network.architecture.loss](answers, y)


def gradient(function, at, h=1e-6):
    """The finite difference gradient of a number."""
    found = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = h
        found[place] = (function(at + step) - function(at - step)) / (2 * h)
    return found


def slopes(network):
    """Finite difference gradients; where neurons share a sample's bias, that of the number that they share."""
    found = finite_differences(network)
    if network.architecture.bias == "by_sample":
        found |= {name: found[name].sum(axis=1, keepdims=True) for name in found if name.startswith("b")}
    return found


class Sheet:
    """The derivation of a network in one of its languages, and a reader of it that knows the first update's numbers.

    Attributes:
        named: names of the matrices, by what this language calls them.
    """

    def __init__(self, network, language):
        self.network = network
        self.trace = tracer.run(network)
        self.sections = tracer.derive(network)
        self.texts = [[getattr(line, language) for line in section.lines] for section in self.sections]
        self.named = {getattr(line, language): line.names for line in self.sections[0].lines}
        (update,) = self.trace.updates
        values = {**self.trace.network.inputs, **update.filled, **update.given, **network.parameters}
        self.values = {said: self._value(values, name) for said, name in self.named.items()}
        self.reader = Reader(self.values)
        for text in self.definitions():
            self.reader.define(text)

    def _value(self, values, name):
        if name == "loss":
            return self.trace.loss
        return values[name].item() if name in (*self.network.parameters, "t") else block(values[name])

    def definitions(self):
        return [text for text in self.texts[1] if re.match(r"\w+\(x\) = ", text)]

    def equations(self):
        """Left side and each of the right ones, of everything but chains of partials."""
        for text in (text for section in self.texts[1:-1] for text in section):
            if text and text not in self.definitions() and " · " not in text:
                left, *forms = text.split(" = ")
                yield left, forms


@each_language
@each_network
def test_every_formula_as_it_is_written_gives_the_numbers_or_the_finite_differences(network, language):
    sheet = Sheet(network, language)
    gradients = slopes(network)
    checked = set()
    for left, forms in sheet.equations():
        if not left.startswith("∂"):
            expected = sheet.values[left]
        else:
            of, by = (sheet.named[said] for said in re.fullmatch("∂(.*)/∂(.*)", left).groups())
            checked.add((of, by))
            if of != "loss":
                check_factor(sheet, of, by, forms)
                continue
            if by in gradients:
                expected = gradients[by]
            else:
                at = turned(network, np.asarray(sheet.trace[by]))
                expected = turned(network, gradient(lambda value, by=by: loss_with(network, by, value), at))
        for form in forms:
            found = np.asarray(sheet.reader(form))
            assert found.shape == np.atleast_2d(expected).shape, f"{left} = {form}"
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7, err_msg=f"{left} = {form}")
    assert {by for of, by in checked if of == "loss"} >= {*network.initial, "output", "output_layer_input"}
    assert {by for of, by in checked if of != "loss"} >= {*network.initial, "output_layer_input"}


def check_factor(sheet, of, by, forms):
    """∂of/∂by as it stands in a chain: what it makes of any gradient by `of`, if the gradient by `by` is wanted."""
    network = sheet.network
    given = np.random.RandomState(0).uniform(-1, 1, sheet.trace[of].shape)
    (number,) = (n for n, layer in enumerate(layers(network)) if of in layer)
    w, b, _, answers_name = layers(network)[number]
    weights, biases, activation = plain.layers(network)[number]
    before = np.asarray(sheet.trace[layers(network)[number - 1][3]] if number else network.X)
    before, D = turned(network, before), turned(network, given)
    in_rows = network.architecture.samples == "rows"
    for form in forms:
        factor = np.asarray(sheet.reader(form.removeprefix("g ↦ "), g=block(given)))
        if of == answers_name:
            expected = gradient(lambda x: np.sum(D * plain.answer(activation, x)), turned(network, sheet.trace[by]))
            found = turned(network, factor if form.startswith("g ↦ ") else factor * given)
        elif by == b:
            shared = 1 if network.architecture.bias == "by_sample" else 0
            expected = gradient(lambda x: np.sum(D * (before @ weights + x)), biases).sum(axis=shared)
            found = factor * D.sum(axis=shared)
        elif by == w:
            expected = gradient(lambda x: np.sum(D * (before @ x + biases)), weights)
            found = factor @ given if in_rows else factor @ given.T
        else:
            expected = gradient(lambda x: np.sum(D * (x @ weights + biases)), before)
            found = turned(network, given @ factor if in_rows else factor @ given)
        np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-7, err_msg=f"∂{of}/∂{by} = {form}")


@each_language
@each_network
def test_every_chain_of_partials_leads_from_the_loss_to_its_weights_without_a_gap(network, language):
    sheet = Sheet(network, language)
    chains = [text for section in sheet.texts for text in section if " · " in text]
    ends = []
    for chain in chains:
        (left, *path) = [
            re.fullmatch("∂(.*)/∂(.*)", part).groups() for part in re.split(" = | · ", chain.translate(BRACKETS))
        ]
        assert [left[0], *(by for _, by in path)] == [*(of for of, _ in path), left[1]]
        ends.append(sheet.named[left[1]])
    assert sorted(ends) == sorted(network.initial)


BRACKETS = str.maketrans("", "", "[]")


@each_language
@each_network
def test_the_update_as_it_is_written_gives_the_next_weights(network, language):
    """In the order in which it stands there, with finite differences for the gradients."""
    sheet = Sheet(network, language)
    (update,) = sheet.trace.updates
    letters = {name: said for said, name in sheet.named.items()}
    known = sheet.reader.values
    known |= {said: block(update.given[name]) for said, name in sheet.named.items() if name in update.given}
    loss = letters["loss"]
    known |= {f"∂{loss}/∂{letters[name]}": block(slope) for name, slope in slopes(network).items()}
    done = []
    for text in sheet.texts[-1]:
        said, forms = text.split(" ← ")
        for form in forms.split(" = "):
            found = sheet.reader(form)
            np.testing.assert_allclose(found, update.filled[sheet.named[said]], rtol=1e-5, atol=1e-8, err_msg=text)
        done.append(sheet.named[said])
        known[said] = block(update.filled[done[-1]]) if done[-1] != "t" else update.filled["t"].item()
    assert sorted(done) == sorted(set(network.carried))


@each_network
def test_the_table_has_every_matrix_once_with_its_shape_and_the_step_that_fills_it(network):
    trace = tracer.run(network)
    *lines, last = tracer.derive(network)[0].lines
    assert (last.names, last.step) == ("loss", None)
    state = trace.state(1, len(trace.steps) - 1)
    assert [line.names for line in lines] == list(state)
    assert len({line.letters for line in [*lines, last]}) == len(lines) + 1
    for line in lines:
        assert line.shape == state[line.names].shape
        assert line.names in trace.steps[line.step].current
        assert not any(line.names in step.current for step in trace.steps[: line.step])
        assert line.meaning


def test_the_articles_letters_stand_beside_its_names():
    said = {line.names: line.article for line in tracer.derive()[0].lines if line.article}
    assert said == {
        "X": "X", "y": "t", "wh": "Wᵢ", "wout": "Wₕ", "lr": "η", "hidden_layer_input": "u",
        "hiddenlayer_activations": "h", "output_layer_input": "u′", "output": "Y", "loss": "E",
    }  # fmt: skip


def test_the_derivation_of_the_article():
    """Its results, (Y - t) Y (1 - Y) h and [(Y - t) Y (1 - Y) Wh] h (1 - h) X, as matrices."""
    lines = {line.letters: line.names for section in tracer.derive() for line in section.lines}
    for letters, names in {
        "∂E/∂W₂ = ∂E/∂Y · ∂Y/∂u₂ · ∂u₂/∂W₂": (
            "∂loss/∂wout = ∂loss/∂output · ∂output/∂output_layer_input · ∂output_layer_input/∂wout"
        ),
        "∂E/∂Y = Y − t = −e₂": "∂loss/∂output = output − y = −E",
        "∂Y/∂u₂ = Y′ = Y ⊙ (1 − Y)": "∂output/∂output_layer_input = slope_output_layer",
        "∂E/∂W₂ = −h₁ᵀ·δ₂ = −h₁ᵀ·(e₂ ⊙ Y′)": (
            "∂loss/∂wout = −hiddenlayer_activationsᵀ·d_output = −hiddenlayer_activationsᵀ·(E ⊙ slope_output_layer)"
        ),
        "∂E/∂W₁ = −Xᵀ·δ₁ = −Xᵀ·((δ₂·W₂ᵀ) ⊙ h₁′)": (
            "∂loss/∂wh = −Xᵀ·d_hiddenlayer = −Xᵀ·((d_output·woutᵀ) ⊙ slope_hidden_layer)"
        ),
        "W₂ ← W₂ + h₁ᵀ·δ₂·η = W₂ − ∂E/∂W₂·η": "wout ← wout + hiddenlayer_activationsᵀ·d_output·lr",
    }.items():
        assert lines[letters] == names


def test_another_activation_changes_what_depends_on_it_and_nothing_else():
    known = tracer.Network.walkthrough()
    options = dict(known.initial, hidden=3, lr=known.lr)
    other = tracer.Network(known.X, known.y, activation="tanh", output_activation="sigmoid", **options)
    lines, others = (
        [line.letters for part in tracer.derive(network) for line in part.lines] for network in (None, other)
    )
    assert [pair for pair in zip(lines, others) if pair[0] != pair[1]] == [
        ("h₁ = σ(u₁)", "h₁ = tanh(u₁)"),
        ("∂h₁/∂u₁ = h₁′ = h₁ ⊙ (1 − h₁)", "∂h₁/∂u₁ = h₁′ = 1 − h₁²"),
    ]
    assert len(lines) == len(others)


@pytest.mark.parametrize("samples", ["rows", "columns"])
def test_shapes_are_those_of_a_batch(samples):
    X, y = np.ones((7, 2)), np.ones((7, 1))
    X, y = (X, y) if samples == "rows" else (X.T, y.T)
    symbols = tracer.derive(tracer.Network(X, y, hidden=4, batch=3, samples=samples))[0]
    shapes = {line.names: line.shape for line in symbols.lines}
    assert (shapes["X"], shapes["E"]) == (((3, 2), (3, 1)) if samples == "rows" else ((2, 3), (1, 3)))
    assert symbols.notes[-1] == "Shapes are those of an update, of 3 samples; the last one of an epoch has 1."


# The notation

A, B, lr = symbols("A B lr")
NUMBERS = {"A": np.array([[0.5, -1.5], [2.0, 0.25]]), "B": np.array([[1.25, 0.75], [-0.5, 3.0]]), "lr": 0.125}
OF_ONE = [
    lambda p: -p,
    lambda p: p.T,
    lambda p: p**2,
    lambda p: lr * p,
    lambda p: p * lr,
    lambda p: total(p, axis=0) + B,
    lambda p: sqrt(p**2),
]
OF_TWO = [
    lambda p, q: p + q,
    lambda p, q: p - q,
    lambda p, q: p * q,
    lambda p, q: p / q,
    lambda p, q: p @ q,
    lambda p, q: where(p > q, q, p),
]


def grown(parts):
    """Everything that one operation makes of some expressions."""
    one = [operation(p) for operation in OF_ONE for p in parts]
    return [*one, *(operation(p, q) for operation in OF_TWO for p in parts for q in parts)]


def test_an_expression_is_written_so_that_it_is_read_as_it_is_computed():
    """Every one of two operations, on two matrices."""
    read = Reader({name: value if name == "lr" else block(value) for name, value in NUMBERS.items()})
    expressions = grown([A, B, *grown([A, B])])
    with np.errstate(all="ignore"):
        for expression in expressions:
            text = Notation()(expression)
            expected = evaluate(expression, NUMBERS)
            np.testing.assert_allclose(read(text), expected, rtol=1e-9, atol=1e-9, err_msg=text)


# The sheet


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """A workbook of two hidden layers, of which the second epoch has sheets."""
    network = NETWORKS["cross_entropy, softmax"]
    path = tmp_path_factory.mktemp("math") / "book.xlsx"
    tracer.run(network, epochs=2).to_excel(path, sheets="last")
    return network, path, load_workbook(path), load_workbook(path, data_only=True)


def test_the_sheet_has_the_lines_of_the_derivation(book):
    network, _, _, values = book
    sections = tracer.derive(network)
    rows = [[cell.value for cell in row[1:8]] for row in values["Math"].iter_rows()]
    heading = ["letter", "article's letter", "what it is", "shape", None, "filled on", "in the listings"]
    found = [row[:5] + row[6:] for row in rows if row[6] and row != heading]
    assert found == [
        [line.letters or None, line.article or None, line.meaning or None, *(line.shape or (None, None)), line.names]
        for section in sections
        for line in section.lines
    ]
    said = " ".join(row[0] for row in rows if row[0] and not row[6])
    assert [part.title in said and " ".join(part.notes) in said for part in sections] == [True] * len(sections)


def test_links_lead_to_the_step_that_fills(book):
    network, _, formulas, _ = book
    cells = [row[6] for row in formulas["Math"].iter_rows() if row[7].value and row[7].value != "in the listings"]
    lines = [line for section in tracer.derive(network) for line in section.lines]
    for cell, line in zip(cells, lines, strict=True):
        title = "Overview" if line.names.startswith("loss") else f"Epoch 2 Step {line.step}"
        if line.step is None and title != "Overview":
            assert cell.value is None
        else:
            assert (cell.value, cell.hyperlink.location) == (title, f"'{title}'!A1" if " " in title else f"{title}!A1")


@pytest.mark.parametrize("engine", ENGINES)
def test_shapes_are_counted_by_formulas(book, engine, request):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    _, path, formulas, values = book
    value = ENGINES[engine](path)
    counted = 0
    for row in values["Math"].iter_rows():
        for cell in row:
            if isinstance(cell.value, (int, float)):
                assert formulas["Math"][cell.coordinate].data_type == "f"
                assert value("Math", cell.row - 1, cell.column - 1) == cell.value
                counted += 1
    assert counted > 60


@pytest.mark.parametrize("options", [{"sheets": "none"}, {"formulas": "none"}])
def test_without_step_sheets_or_formulas_shapes_are_numbers(tmp_path, options):
    tracer.run(epochs=2).to_excel(tmp_path / "book.xlsx", **options)
    sheet = load_workbook(tmp_path / "book.xlsx")["Math"]
    assert [cell.value for cell in sheet[6][1:8]] == ["X", "X", "inputs, a row for each sample", 3, 4, "Step 0", "X"]
    assert bool(sheet["G6"].hyperlink) == (options != {"sheets": "none"})


# The command


def test_show_math_prints_the_derivation_of_the_article_of_a_network_file_and_of_a_workbook(command, tmp_path):
    article = command("show", "--math").stdout
    assert "∂E/∂W₂ = −h₁ᵀ·δ₂ = −h₁ᵀ·(e₂ ⊙ Y′)" in article
    assert "Erratum" in article
    (tmp_path / "net.toml").write_text("[data]\nX = [[1, 2]]\ny = [[1]]\n[network]\nhidden = [3, 2]\nbias = false\n")
    assert "u₃ = h₂·W₃ " in command("show", "--math", "net.toml").stdout
    command("run", "--activation", "tanh")
    assert "h₁ = tanh(u₁)" in command("show", "--math", "outputs/walkthrough.xlsx").stdout


def test_show_without_a_workbook_says_what_it_needs(command):
    done = command("show")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("tracer: show needs a workbook, such as tracer show outputs/walkthrough.xlsx")
