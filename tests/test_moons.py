"""The networks that come along with data: the article's moons, to its printed digits, and blobs."""

import runpy
from importlib.resources import files
from pathlib import Path

import article
import numpy as np
import pytest

import tracer
from tracer.values import MOST_SKIPPED

NETWORKS = Path(str(files("tracer.networks")))
MOONS, BLOBS = NETWORKS / "moons.toml", NETWORKS / "blobs.toml"


@pytest.fixture(scope="module")
def moons():
    """As far as the article's figures go: its error number 6 is that of iteration 6,000, the 6,001st epoch."""
    return tracer.run(MOONS, epochs=6001, keep="last")


def test_the_seven_errors_before_chaos_are_the_articles_to_every_printed_digit(moons):
    errors = moons.history.loss[::1000] / moons.network.sample_count
    assert [f"{error:.5f}" for error in errors] == article.MOONS_ERRORS


def test_the_page_has_these_figures(moons):
    page = Path(__file__).parents[1].joinpath("docs", "moons.md").read_text("utf-8")
    for k, printed in enumerate(article.MOONS_ERRORS):
        ours = f"{moons.history.loss[1000 * k] / 1000:.5f}"
        assert f"| {1000 * k:,} | {printed} | {ours} |" in page


def test_the_moons_are_as_the_article_scales_them_and_lie_in_columns(moons):
    raw = np.genfromtxt(NETWORKS / "moons.csv", delimiter=",", skip_header=1)
    X = raw[:, :2].copy()
    X -= X.min()
    X /= X.max()
    assert moons.network.X.tobytes() == np.ascontiguousarray(X.T).tobytes()
    assert moons.network.y.tolist() == [raw[:, 2].tolist()]
    assert (moons.network.X.shape, moons.network.y.shape) == ((2, 1000), (1, 1000))


def test_the_moons_start_from_what_the_section_before_left_of_the_generator(moons):
    np.random.seed(42)
    for _ in range(2):  # its weights, 4 × 3 and 3 × 1, were drawn twice
        np.random.uniform(size=(4, 3))
        np.random.uniform(size=(3, 1))
    assert np.array_equal(moons.network.wh, np.random.uniform(size=(2, 10)))
    assert np.array_equal(moons.network.wout, np.random.uniform(size=(10, 1)))
    assert set(moons.network.initial) == {"wh", "wout"}


def test_the_data_are_what_scikit_learn_makes(tmp_path):
    pytest.importorskip("sklearn", reason="scikit-learn is not installed: whether it makes these data was NOT tested")
    tools = runpy.run_path(str(Path(__file__).parents[1] / "tools" / "datasets.py"))
    tools["write"](tmp_path)
    for name in ("moons.csv", "blobs.csv"):
        assert (tmp_path / name).read_bytes() == (NETWORKS / name).read_bytes()


def test_the_blobs_are_told_apart():
    trace = tracer.run(BLOBS, keep="last")
    assert trace.network.outputs == ("A", "B", "C")
    assert trace.history.accuracy[-1] >= 0.96
    assert (np.diff(trace.history.loss[100:]) < 0).all()  # and it settles
    page = Path(__file__).parents[1].joinpath("docs", "blobs.md").read_text("utf-8")
    for epoch in (1, 10, 100, 500, 2000):
        loss, accuracy = trace.history.loss[epoch - 1], trace.history.accuracy[epoch - 1]
        assert f"| {epoch:,} | {loss:.2f} | {100 * accuracy:.1f} % |" in page


@pytest.mark.parametrize("init", ["uniform", "normal"])
def test_skipped_numbers_are_those_that_numpy_would_have_given_away(init):
    network = tracer.Network(np.eye(2), [1, 0], hidden=3, seed=5, skip=7, init=init)
    np.random.seed(5)
    np.random.uniform(size=7)
    assert np.array_equal(network.wh, getattr(np.random, init)(size=(2, 3)))
    assert np.array_equal(network.bh, getattr(np.random, init)(size=(1, 3)))


def test_skip_is_an_option_that_a_workbook_remembers(command, tmp_path):
    assert command("run", "--hidden", "2", "--skip", "9", "--out", "a.xlsx").returncode == 0
    trace = tracer.read_excel(tmp_path / "a.xlsx")
    assert trace.network.skip == 9
    assert trace == tracer.run(hidden=2, skip=9)
    assert trace != tracer.run(hidden=2)


@pytest.mark.parametrize("skip", [-1, 1.5, True, "3", MOST_SKIPPED + 1])
def test_what_cannot_be_skipped_is_refused(skip):
    with pytest.raises(
        tracer.TracerError, match=r"\[initial\] skip is .*; expected a whole number from 0 to 1,000,000"
    ):
        tracer.Network(np.eye(2), [1, 0], hidden=3, skip=skip)
