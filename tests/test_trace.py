import article
import numpy as np
import pytest
from hypothesis import given
from networks import networks

import tracer


def test_a_state_holds_what_the_steps_up_to_it_filled(walkthrough):
    state = walkthrough.state(epoch=1, step=7)
    known = [name for number in range(8) for name in article.FILLS[number]]
    assert set(state) == {*known, "lr"}
    assert (state.role("d_output"), state.role("E"), state.role("X")) == ("current", "source", "known")
    assert state["wh"].tolist() == article.GIVEN["wh"]  # not yet updated


def test_weights_change_at_step_10_and_stay_changed_in_the_next_epoch():
    trace = tracer.run(epochs=2)
    assert not np.array_equal(trace.state(1, 9)["wh"], trace.state(1, 10)["wh"])
    assert np.array_equal(trace.state(1, 10)["wh"], trace.state(2, 1)["wh"])
    assert np.array_equal(trace.state(1, 11)["bh"], trace.state(2, 4)["bh"])
    assert np.array_equal(trace["wh"], trace.state(2, 11)["wh"])


@pytest.mark.parametrize(("epoch", "step"), [(0, 1), (2, 1), (1, 12), (1, -1)])
def test_a_state_that_is_not_there_is_named(walkthrough, epoch, step):
    with pytest.raises(tracer.TracerError, match=r"there is no (epoch|step) -?\d+; "):
        walkthrough.state(epoch, step)


def test_a_name_that_is_not_there_is_a_key_error(walkthrough):
    with pytest.raises(KeyError):
        walkthrough["d_outputs"]


def test_the_frame_is_tidy_and_complete():
    trace = tracer.run(epochs=2)
    frame = trace.to_frame()
    assert list(frame.columns) == ["epoch", "update", "step", "name", "row", "column", "value"]
    assert not frame.duplicated(["epoch", "step", "name", "row", "column"]).any()
    d_output = frame.query("epoch == 2 and step == 7 and name == 'd_output'")
    assert d_output.value.tolist() == trace.state(2, 7)["d_output"].ravel().tolist()
    names = {(step, name) for step, names in article.FILLS.items() for name in names} | {(1, "lr")}
    assert set(zip(frame.step, frame.name)) == names


@given(networks(), networks())
def test_traces_are_equal_when_their_networks_are(one, other):
    assert tracer.run(one) == tracer.run(one)
    assert (tracer.run(one) == tracer.run(other)) == (one == other)


def test_a_notebook_shows_a_step_as_coloured_tables(walkthrough):
    page = walkthrough.state(epoch=1, step=7)._repr_html_()
    assert "Step 7" in page
    assert "d_output = E * slope_output_layer" in page
    assert "d_output <i>(filled now)</i>" in page
    assert "E <i>(used for it)</i>" in page
    assert page.count("<table>") == len(walkthrough.state(1, 7))
    assert ">-0.131</td>" in page


def test_a_long_matrix_is_cut_in_a_notebook_and_says_so():
    page = tracer.run(tracer.Network(np.ones((1000, 2)), np.ones(1000), hidden=1)).state(1, 0)._repr_html_()
    assert "… 970 more rows" in page
