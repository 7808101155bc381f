"""Scripts, run by Python and R: they print the numbers of the trace."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import plain
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from networks import PAIRS, any_networks
from test_any_network import extreme
from test_training import example

import tracer
from tracer.expr import Function, Symbol, exp, largest, log, symbols, tanh, total, where
from tracer.layers import HIDDEN_ACTIVATIONS
from tracer.optimizers import OPTIMIZERS
from tracer.rendering import evaluate
from tracer.scripts import MOST
from tracer.sources import R, statements

PAGE = Path(__file__).parents[1] / "docs" / "script.md"

#: Ten networks in which every activation, loss and optimizer occurs, and all that goes with them.
NETWORKS = {
    f"{pair[0]}-{pair[1]}": example(
        [HIDDEN_ACTIVATIONS[at % 8], HIDDEN_ACTIVATIONS[(at + 3) % 8]][: 1 + (at % 4 > 0)],
        *pair,
        (2, 3)[: 1 + (at % 4 > 0)],
        samples=["rows", "columns"][at // 2 % 2],
        optimizer=list(OPTIMIZERS)[at % 3],
        bias=at % 5 > 0,
        batch=[None, 3][at % 4 == 1],
        shuffle=at % 4 in (1, 2),
        lr=0.01,
    )
    for at, pair in enumerate(PAIRS)
}


def wide(samples, outputs=3, count=200, **options):
    """So many samples that how sums are taken, in which order in memory, is seen in their last bits."""
    draw = np.random.RandomState(1)
    X, y = draw.uniform(-1, 1, (count, 5)), np.eye(outputs)[draw.randint(outputs, size=count)]
    if samples == "columns":
        X, y = X.T, y.T
    return tracer.Network(X, y, hidden=[7, 4], samples=samples, lr=0.01, init="xavier", **options)


for samples in ("rows", "columns"):
    NETWORKS |= {
        f"wide-{samples}": wide(samples),
        f"wide-{samples}-softmax": wide(samples, output_activation="softmax", optimizer="adam"),
        f"wide-{samples}-batches": wide(samples, output_activation="softmax", batch=64, shuffle=True),
    }
NETWORKS["long"] = wide("rows", count=700)
NETWORKS["r-listing"] = tracer.run(preset="r", epochs=1).network
NETWORKS["step7-lr"] = tracer.run(step7_lr=True, epochs=1).network
#: As integers, which whole numbers are in Python, these would overflow.
NETWORKS["large"] = tracer.Network(
    [[4e9], [-3e9]], [1, 0], wh=[[4e9]], bh=[[0]], wout=[[1]], bout=[[0]], activation="linear", lr=1e-60
)
EPOCHS = 3


def printed(text):
    """The losses of the epochs, and every matrix by its name."""
    losses, *blocks = text.strip().split("\n\n")
    matrices = {name: np.array([row.split() for row in rows], float) for name, *rows in map(str.splitlines, blocks)}
    return dict(re.findall(r"^epoch (\d+): loss (\S+)$", losses, re.MULTILINE)), matrices


def expected(trace):
    """What a script is to print at the end: weights and biases, and the output of every sample in the last epoch."""
    network = trace.network
    output = np.zeros(network.y.shape)
    for update in trace.updates:
        if update.epoch == trace.epochs:
            output[update.samples if network.architecture.axis else np.s_[:, update.samples]] = update.filled["output"]
    return {**{name: trace.updates[-1].filled[name] for name in network.initial}, "output": output}


def run_by_python(source, folder):
    (folder / "script.py").write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", "script.py"], cwd=folder, capture_output=True, encoding="utf-8"
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def check(network, folder):
    trace = tracer.run(network, epochs=EPOCHS)
    losses, matrices = printed(run_by_python(tracer.script(network, epochs=EPOCHS), folder))
    assert [float(loss) for loss in losses.values()] == trace.history.loss.tolist()
    for (name, found), (wanted, values) in zip(matrices.items(), expected(trace).items(), strict=True):
        assert name == wanted
        assert found.shape == values.shape
        assert found.tobytes() == np.ascontiguousarray(values).tobytes(), name


def test_the_walkthrough_is_the_articles_trace_to_the_last_bit(tmp_path):
    check(tracer.Network.walkthrough(), tmp_path)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_kind_of_network_is_its_trace_to_the_last_bit_in_python(tmp_path, name):
    check(NETWORKS[name], tmp_path)


@given(any_networks())
@settings(
    max_examples=15, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
def test_any_network_is_its_trace_to_the_last_bit_in_python(tmp_path, network):
    assume(plain.tame(network, EPOCHS * network.updates))
    check(network, tmp_path)


EXTREMES = {name: extreme([name], ("cross_entropy", "softmax"), lr=1e-9) for name in HIDDEN_ACTIVATIONS}


@pytest.mark.parametrize("activation", EXTREMES)
def test_inputs_of_1000_and_minus_1000_warn_of_nothing_in_python(tmp_path, activation):
    check(EXTREMES[activation], tmp_path)


# R


@pytest.fixture(scope="session")
def rscript():
    """Runs scripts, each by itself, in one R: what each of them prints."""
    if not shutil.which("Rscript"):
        reason = "R is not installed: this check was NOT made (Debian and Ubuntu: apt install r-base-core)"
        if os.environ.get("TRACER_REQUIRE_R"):
            pytest.fail(reason)
        pytest.skip(reason)

    def run(sources, folder):
        between = "next script"
        for number, source in enumerate(sources):
            (folder / f"{number}.R").write_text(source, "utf-8")
        code = (
            "options(warn = 2); "
            f'for (file in commandArgs(TRUE)) {{ source(file, local = new.env()); cat("\\n{between}\\n") }}'
        )
        files = [f"{number}.R" for number in range(len(sources))]
        done = subprocess.run(
            ["Rscript", "--vanilla", "-e", code, *files], cwd=folder, capture_output=True, encoding="utf-8"
        )
        assert (done.returncode, done.stderr) == (0, "")
        return done.stdout.split(f"\n{between}\n")[:-1]

    return run


def test_every_kind_of_network_is_its_trace_in_r(tmp_path, rscript):
    networks = {"walkthrough": tracer.Network.walkthrough(), **NETWORKS, **EXTREMES}
    scripts = [tracer.script(network, "r", EPOCHS) for network in networks.values()]
    for (name, network), text in zip(networks.items(), rscript(scripts, tmp_path), strict=True):
        trace = tracer.run(network, epochs=EPOCHS)
        losses, matrices = printed(text)
        assert list(map(float, losses.values())) == pytest.approx(trace.history.loss, rel=1e-12), name
        for block, values in expected(trace).items():
            np.testing.assert_allclose(matrices[block], values, rtol=1e-12, atol=1e-14, err_msg=f"{name}: {block}")


def test_any_network_is_its_trace_in_r(tmp_path, rscript):
    drawn = []

    @given(any_networks())
    @settings(max_examples=25, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
    def draw(network):
        if plain.tame(network, EPOCHS * network.updates):
            drawn.append(network)

    draw()
    outputs = rscript([tracer.script(network, "r", EPOCHS) for network in drawn], tmp_path)
    for network, text in zip(drawn, outputs, strict=True):
        _, matrices = printed(text)
        for block, values in expected(tracer.run(network, epochs=EPOCHS)).items():
            np.testing.assert_allclose(matrices[block], values, rtol=1e-11, atol=1e-12, err_msg=f"{network}: {block}")


A, B, row, column, number = symbols("A B row column number")
EXPRESSIONS = [
    A @ B + row,
    row - A @ B,
    column / (A @ B),
    exp(A @ B) ** column,
    2 * (row + row),
    A.T @ B.T,
    -(A @ B) @ A,
    -(A**2),
    (-A) ** 2,
    2 ** (A**2),
    (2**A) ** 2,
    1 - (A - (2 - A)),
    A / (B.T / A),
    where(column < A, A, 0.5) * number,
    where(row < A @ B, A @ B, -1),
    total(A, 0) + total(B.T, 0),
    A - total(A, 1),
    A / largest(A, 0),
    total(A) * largest(B) - A,
    exp(-abs(A)) + log(1 + A**2) + tanh(A),
]


def test_expressions_are_numpys_in_r(tmp_path, rscript):
    draw = np.random.RandomState(5)
    shapes = {"A": (3, 4), "B": (4, 3), "row": (1, 3), "column": (3, 1), "number": (1, 1)}
    matrices = {name: draw.uniform(-2, 2, shape) for name, shape in shapes.items()}
    lines = [
        f"{name} <- matrix(c({', '.join(map(repr, m.T.ravel().tolist()))}), {len(m)})" for name, m in matrices.items()
    ]
    lines.append("number <- number[1, 1]")
    for expression in EXPRESSIONS:
        lines.append(f"found <- {R(shapes)(expression)}")
        lines.append(r'cat(sprintf("%.17g", if (is.matrix(found)) t(found) else found), "\n")')
    (text,) = rscript(["\n".join(lines)], tmp_path)
    for expression, line in zip(EXPRESSIONS, text.strip().splitlines(), strict=True):
        values = [float(number) for number in line.split()]
        np.testing.assert_allclose(values, evaluate(expression, matrices).ravel(), rtol=1e-12)


# What a script looks like


def test_what_a_function_uses_again_has_a_name():
    def spread(x):
        share = exp(x) / total(exp(x), 1)
        return share * total(share * share, 1) - share

    lines, result = statements(Function("spread", spread))
    assert [symbol.name for symbol, _ in lines] == ["sums", "part", "sums_2"]
    x = np.random.RandomState(2).uniform(size=(3, 4))
    values = {"x": x}
    for symbol, expression in lines:
        values[symbol.name] = evaluate(expression, values)
    assert evaluate(result, values).tobytes() == evaluate(spread(Symbol("x")), {"x": x}).tobytes()


@pytest.mark.parametrize("language, pattern", [("python", r"^def (\w+)\("), ("r", r"^(\w+) <- function\(")])
def test_only_functions_that_are_used_are_defined(language, pattern):
    for network in NETWORKS.values():
        source = tracer.script(network, language)
        for name in re.findall(pattern, source, re.MULTILINE):
            assert len(re.findall(rf"\b{name}\(", source)) > (1 if language == "python" else 0), name


@pytest.mark.parametrize("language", ["python", "r"])
def test_lines_are_not_longer_than_a_page(language):
    for name, network in NETWORKS.items():
        for line in tracer.script(network, language, 321).splitlines():
            assert len(line) <= 120, f"{name}: {line}"


def test_all_steps_are_named_in_their_order():
    source = tracer.script()
    titles = re.findall(r"^ *# Step (\d+): (.+)$", source, re.MULTILINE)
    assert titles == [(str(step.number), step.title) for step in tracer.run().steps]


@pytest.mark.parametrize("epochs, told", [(1, 1), (20, 20), (37, 19), (60, 12), (5000, 10)])
def test_a_readable_number_of_losses_is_printed_the_last_always(tmp_path, epochs, told):
    losses, _ = printed(run_by_python(tracer.script(epochs=epochs), tmp_path))
    assert len(losses) == told
    assert float(losses[str(epochs)]) == tracer.run(epochs=epochs, keep="last").loss


def test_names_of_a_strangers_data_stay_in_comments(tmp_path):
    names = ["a\nraise SystemExit(1)", "b\r\nstop()\u2028\x0c" + "long " * 40]
    network = tracer.Network([[1, 2], [3, 4]], [1, 0], hidden=2, features=names, outputs=names[:1], name=names[0])
    check(network, tmp_path)
    for language in ("python", "r"):
        lines = tracer.script(network, language).splitlines()
        assert all(line.startswith("#") for line in lines if "stop()" in line or "SystemExit" in line)


# The command


def test_the_command_prints_what_the_library_gives(command, tmp_path):
    options = ["--hidden", "4,3", "--activation", "tanh,relu", "--optimizer", "adam", "--no-bias", "--epochs", "7"]
    wanted = {"hidden": [4, 3], "activation": ["tanh", "relu"], "optimizer": "adam", "bias": False, "epochs": 7}
    for language in ("python", "r"):
        done = command("script", *options, "--language", language)
        assert (done.stdout, done.stderr) == (tracer.script(language=language, **wanted), "")


def test_a_file_is_written_in_the_language_of_its_name_and_not_overwritten(command, tmp_path):
    done = command("script", "--out", "new/walk.R")
    assert done.stdout == "new/walk.R written; run it: Rscript new/walk.R\n"
    assert (tmp_path / "new" / "walk.R").read_text("utf-8") == tracer.script(language="r")
    done = command("script", "--epochs", "2", "--out", "new/walk.R")
    assert done.returncode == 2
    assert done.stderr == "tracer: new/walk.R: is there already; --force overwrites it, or choose another --out\n"
    assert command("script", "--language", "python", "--out", "new/walk.R", "--force").returncode == 0
    assert (tmp_path / "new" / "walk.R").read_text("utf-8") == tracer.script()
    assert "new: is a folder" in command("script", "--out", "new").stderr


def test_a_workbook_as_a_script_has_the_numbers_that_are_in_it(command, tmp_path):
    trace = tracer.run(
        data=str(PAGE.parent / "data" / "iris.csv"), target="species", hidden=3, scale="minmax", epochs=2
    )
    trace.to_excel(tmp_path / "iris.xlsx", sheets="none")
    source = tracer.script(like=tmp_path / "iris.xlsx")
    assert command("script", "--like", "iris.xlsx").stdout == source
    _, matrices = printed(run_by_python(source, tmp_path))
    for name, values in expected(trace).items():
        assert matrices[name].tobytes() == values.tobytes(), name


def test_a_network_file_says_the_epochs(command, tmp_path):
    (tmp_path / "mine.toml").write_text("[data]\nX = [[1, 0], [0, 1]]\ny = [1, 0]\n[training]\nepochs = 3\n")
    done = command("script", "mine.toml", "--hidden", "2")
    assert "\nepochs = 3\n" in done.stdout


@pytest.mark.parametrize(
    "given, message",
    [
        ({"language": "julia"}, r"language is 'julia', which is none \(known: python, r\)"),
        ({"epochs": 0}, "epochs is 0; expected a whole number of epochs"),
        (
            {"language": "r", "shuffle": True, "epochs": 10**6},
            r"3 samples in each of 1,000,000 epochs would be 3,000,000 numbers in a script of R.*at most 66,655 epochs",
        ),
        ({"hidden": 100_000}, f"walkthrough are 600,016 numbers, and a script holds at most {MOST:,}"),
    ],
)
def test_what_makes_no_script_is_refused(given, message):
    with pytest.raises(tracer.TracerError, match=message):
        tracer.script(**given)


def test_the_page_shows_what_is_written(tmp_path):
    page = PAGE.read_text("utf-8")
    for language, fence in (("python", "python"), ("r", "r")):
        source = tracer.script(language=language, epochs=5000)
        for block in re.findall(rf"^```{fence}\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
            assert block.startswith("import tracer") or block in source, block
    shown = re.search(r"^```text\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[1]
    assert shown.startswith("epoch 500: loss ")
    losses, matrices = printed(shown)
    found_losses, found = printed(run_by_python(tracer.script(epochs=5000), tmp_path))
    assert [float(loss) for loss in losses.values()] == pytest.approx([float(found_losses[epoch]) for epoch in losses])
    for name, values in matrices.items():
        np.testing.assert_allclose(values, found[name], rtol=1e-9)
