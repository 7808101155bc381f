"""The article's networks: what it prints, or what its listings print when they are run."""

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from article import plain

import tracer
from tracer.presets import PRESETS

LISTING = Path(__file__).with_name("listing.R")


def rscript():
    """The program that runs R; where it is missing, and not required, the test is skipped."""
    program = shutil.which("Rscript")
    if not program and not os.environ.get("TRACER_REQUIRE_R"):
        pytest.skip("R is not installed: the R listing was NOT run (apt install r-base-core)")
    return program


def test_every_preset_is_listed_on_a_line(command):
    lines = command("presets").stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(PRESETS)
    assert all(len(line.split()) > 3 for line in lines)


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.is_network])
def test_every_network_runs_and_is_called_by_its_name(command, tmp_path, name):
    done = command("run", "--preset", name, "--epochs", "1")
    assert done.returncode == 0, done.stderr
    trace = tracer.read_excel(tmp_path / "outputs" / f"{name}.xlsx")
    assert (trace.network.name, trace.epochs) == (name, 1)


def test_walkthrough_is_the_default():
    assert tracer.run(preset="walkthrough") == tracer.run()


def test_the_python_listing_ends_near_what_the_article_prints():
    """It sets no seed; section "Implementing NN using Numpy" prints 0.98032096, 0.96845624, 0.04532167."""
    trace = tracer.run(preset="python", keep="first,last")
    assert trace.epochs == 5000
    np.testing.assert_allclose(trace["output"].ravel(), [0.98032096, 0.96845624, 0.04532167], atol=0.01)
    np.random.seed(0)
    drawn = {
        name: np.random.uniform(size=size)
        for name, size in {"wh": (4, 3), "bh": (1, 3), "wout": (3, 1), "bout": (1, 1)}.items()
    }
    found = plain(trace.network.X, trace.network.y, **drawn, lr=0.1, epochs=5000)
    np.testing.assert_allclose(trace["output"], found["output"], rtol=1e-12)


def test_the_r_listing_is_what_r_prints(tmp_path):
    done = subprocess.run([rscript(), str(LISTING), "5000"], capture_output=True, text=True, check=True)
    printed = {}
    for line in done.stdout.splitlines():
        name, *numbers = line.split()
        printed.setdefault(name, []).append([float(number) for number in numbers])
    trace = tracer.run(preset="r", keep="first,last")
    for name, expected in printed.items():
        found = trace.network.initial[name.removeprefix("initial_")] if "initial" in name else trace[name]
        np.testing.assert_allclose(found, expected, rtol=1e-11, err_msg=name)
    assert set(printed) == {*(f"initial_{name}" for name in trace.network.initial), *trace.network.initial, "output"}


def test_the_r_listings_biases_are_explained_on_the_sheet(tmp_path):
    trace = tracer.run(preset="r", epochs=1)
    assert trace["bh"].shape == (3, 3)
    for step in (1, 11):
        assert "biases belong to samples" in trace.steps[step].definitions[-1]
    with pytest.raises(tracer.TracerError, match="bias is by_sample, so that samples lie in rows"):
        tracer.run(preset="r", batch=2)


def test_step_7_with_the_learning_rate_moves_by_its_square():
    network = tracer.Network.walkthrough()
    twice = tracer.run(step7_lr=True, lr=0.1, epochs=3)
    found = plain(network.X, network.y, **network.initial, lr=0.1**2, epochs=3)
    for name in ("wh", "bh", "wout", "bout", "output"):
        np.testing.assert_allclose(twice[name], found[name], rtol=1e-13, err_msg=name)
    step = twice.steps[7]
    assert step.formulas == ("d_output = E * slope_output_layer * learning_rate",)
    assert "The learning rate counts twice" in step.definitions[-1]
    assert tracer.run().steps[7].definitions == ()


def test_step_7_with_the_learning_rate_is_read_back_and_verified(tmp_path):
    trace = tracer.run(step7_lr=True, epochs=2)
    trace.to_excel(tmp_path / "book.xlsx")
    assert tracer.read_excel(tmp_path / "book.xlsx") == trace
    assert all(verdict.agrees for verdict in tracer.verify(tmp_path / "book.xlsx"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--preset", "pyhton"], "there is no preset 'pyhton' (did you mean python?)"),
        (["--preset", "r", "--like", "book.xlsx"], "--like book.xlsx and --preset r each say what to run"),
        (["mine.toml", "--preset", "r"], "mine.toml and --preset r each say what to run; give one of them"),
    ],
)
def test_what_cannot_be_run_is_said(command, arguments, message):
    done = command("run", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert message in done.stderr


def test_a_sample_has_one_bias_which_its_neurons_share():
    network = tracer.Network([[1, 2], [3, 4], [0, 1]], [[1], [0], [1]], hidden=2, bias="by_sample", seed=3)
    assert network.bh.shape == (3, 2)
    assert (network.bh[:, 0] == network.bh[:, 1]).all()
    assert len(set(network.bh[:, 0])) == 3
    given = tracer.Network([[1], [2]], [1, 0], hidden=2, bias="by_sample", bh=[[1], [2]])
    assert given.bh.tolist() == [[1, 1], [2, 2]]
    with pytest.raises(tracer.TracerError, match='expected true, false or "by_sample"'):
        tracer.Network([[1]], [1], hidden=1, bias="by_sampel")


def test_step_7_with_the_learning_rate_means_nothing_to_adam():
    with pytest.raises(tracer.TracerError, match="step7_lr is given with optimizer = 'adam'"):
        tracer.run(step7_lr=True, optimizer="adam")
