"""The article's own figures."""

import article
import numpy as np
import pytest

from tracer.architecture import Architecture
from tracer.steps import steps


def test_each_step_fills_what_the_article_says():
    for step in steps(Architecture()):
        filled = [name for name in step.current if name != "lr"]  # the article introduces lr later
        assert filled == article.FILLS[step.number]


def test_each_formula_reads_as_in_the_article():
    for step in steps(Architecture())[2:]:
        assert list(step.formulas) == article.FORMULAS[step.number]


@pytest.mark.parametrize("name", article.GIVEN)
def test_the_walkthrough_starts_from_the_pictures(walkthrough, name):
    assert walkthrough.network.inputs[name].tolist() == article.GIVEN[name]


@pytest.mark.parametrize("name", article.FIGURES)
def test_the_walkthrough_gives_the_published_figures(walkthrough, name):
    decimals, figures = article.FIGURES[name]
    step = next(number for number, names in article.FILLS.items() if name in names)
    assert np.array_equal(np.round(walkthrough.state(1, step)[name], decimals), figures)


def test_orange_is_what_the_formula_uses():
    """Read off the article's formulas, by eye."""
    sources = {step.number: set(step.sources) for step in steps(Architecture())}
    assert sources == {
        0: set(),
        1: set(),
        2: {"X", "wh", "bh"},
        3: {"hidden_layer_input"},
        4: {"hiddenlayer_activations", "wout", "bout"},
        5: {"y", "output"},
        6: {"output", "hiddenlayer_activations"},
        7: {"E", "slope_output_layer"},
        8: {"d_output", "wout"},
        9: {"Error_at_hidden_layer", "slope_hidden_layer"},
        10: {"hiddenlayer_activations", "d_output", "X", "d_hiddenlayer", "lr"},
        11: {"d_hiddenlayer", "d_output", "lr"},
    }


def test_the_definitions_read_as_in_the_article():
    by_number = {step.number: step.definitions for step in steps(Architecture())}
    assert by_number[3] == by_number[4] == ("sigmoid(x) = 1 / (1 + exp(-x))",)
    assert by_number[6] == ("derivatives_sigmoid(x) = x * (1 - x)",)
