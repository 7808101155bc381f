"""What a network file may say, and what it is told when it says something else."""

import numpy as np
import pytest

import tracer
from tracer import Network, TracerError

GOOD = """
[data]
X = [[1, 0], [0, 1], [1, 1]]
y = [[1], [0], [1]]
[training]
lr = 0.5
seed = 7
[network]
hidden = 2
activation = "sigmoid"
[initial]
bh = [[0.5, 0.25]]
"""


def test_what_is_left_out_is_drawn_as_numpy_draws_it():
    network = Network.parse(GOOD)
    np.random.seed(7)
    assert np.array_equal(network.wh, np.random.uniform(size=(2, 2)))
    assert network.bh.tolist() == [[0.5, 0.25]]  # given, so nothing is drawn for it
    assert np.array_equal(network.wout, np.random.uniform(size=(2, 1)))
    assert np.array_equal(network.bout, np.random.uniform(size=(1, 1)))
    assert network.seed == 7


def test_drawing_leaves_numpys_own_generator_alone():
    np.random.seed(1)
    expected = np.random.uniform()
    np.random.seed(1)
    Network.parse(GOOD)
    assert np.random.uniform() == expected


def test_a_file_is_read_and_named(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    network = Network.read(path)
    assert (network.name, network.lr, network.hidden, network.architecture.activations) == (
        "mine",
        0.5,
        (2,),
        ("sigmoid",),
    )
    assert network == Network.parse(GOOD)


def test_flat_lists_and_the_width_of_the_hidden_layer_are_understood():
    network = Network(X=[[1, 2], [3, 4]], y=[1, 0], wh=[[1, 2, 3], [4, 5, 6]], bh=[1, 2, 3], bout=[1])
    assert network.y.tolist() == [[1], [0]]
    assert network.hidden == (3,)
    assert network.bh.tolist() == [[1, 2, 3]]


def test_arrays_and_data_frames_are_taken():
    import pandas as pd

    frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
    assert Network(X=frame, y=np.array([1, 0]), hidden=1).X.tolist() == [[1, 3], [2, 4]]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[data]", "[dta]", "unknown section [dta] (did you mean data?)"),
        ("lr = 0.5", "Lr = 0.5", "unknown key 'Lr' in [training] (did you mean lr?)"),
        (
            "lr = 0.5",
            "learning = 0.5",
            "unknown key 'learning' in [training] (known: lr, seed, epochs, batch, ",
        ),
        ("lr = 0.5", "lr = 0.5.1", "not valid TOML"),
        ("X = [[1, 0], [0, 1], [1, 1]]", "", "[data] X is missing"),
        ("X = [[1, 0], [0, 1], [1, 1]]", "X = 3", "[data] X is 3; expected rows of numbers"),
        ("[0, 1], [1, 1]]", "[0, 1, 2], [1, 1]]", "[data] X, row 2 has 3 numbers and row 1 has 2"),
        ("[0, 1], [1, 1]]", "[], [1, 1]]", "[data] X, row 2 is empty"),
        ("[0, 1], [1, 1]]", "4, [1, 1]]", "[data] X, row 2 is 4; expected a row of numbers in brackets"),
        ("X = [[1, 0], [0, 1], [1, 1]]", "X = []", "[data] X is empty"),
        ("[0, 1], [1, 1]]", '[0, "one"], [1, 1]]', "[data] X, row 2, column 2 is text ('one')"),
        ("[0, 1], [1, 1]]", "[0, true], [1, 1]]", "[data] X, row 2, column 2 is true"),
        ("[0, 1], [1, 1]]", "[0, nan], [1, 1]]", "[data] X, row 2, column 2 is NaN"),
        ("[[1], [0], [1]]", "[[1], [-inf], [1]]", "[data] y, row 2, column 1 is infinite"),
        ("[0, 1], [1, 1]]", "[0, 1" + "0" * 400 + "], [1, 1]]", "column 2 is too large for a double"),
        ("[[1], [0], [1]]", "[[1], [0]]", "[data] X has 3 rows and y has 2"),
        ("lr = 0.5", "lr = 0", "[training] lr is 0; expected a number above 0"),
        ("lr = 0.5", "lr = -0.1", "[training] lr is -0.1"),
        ("lr = 0.5", "lr = nan", "[training] lr is NaN"),
        ("lr = 0.5", 'lr = "fast"', "[training] lr is text ('fast')"),
        ("seed = 7", "seed = -1", "[training] seed is -1; expected a whole number"),
        ("hidden = 2", "hidden = 0", "[network] hidden is 0; expected a whole number of neurons"),
        ("hidden = 2", "hidden = 2.5", "[network] hidden is 2.5"),
        ('"sigmoid"', '"sigmoids"', "[network] activation is 'sigmoids', which is none (did you mean sigmoid?)"),
        ('"sigmoid"', "3", "[network] activation is 3, which is none"),
        (
            "bh = [[0.5, 0.25]]",
            "wh = [[1, 2]]",
            "[initial] wh is 1 × 2; expected 2 × 2 (2 features in X × 2 hidden neurons)",
        ),
        (
            "bh = [[0.5, 0.25]]",
            "wout = [[1], [2], [3]]",
            "[initial] wout is 3 × 1; expected 2 × 1 (2 hidden neurons × 1 column of y)",
        ),
        ("[initial]", "[[initial]]", "initial is a list; expected a section, [initial]"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_the_file(tmp_path, old, new, message):
    assert old in GOOD
    path = tmp_path / "mine.toml"
    path.write_text(GOOD.replace(old, new, 1))
    with pytest.raises(TracerError) as caught:
        Network.read(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(TracerError, match=r"nothing.toml: cannot be read \(No such file or directory\)"):
        tracer.run(tmp_path / "nothing.toml")
    with pytest.raises(TracerError, match="cannot be read"):
        tracer.run(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"# caf\xe9")
    with pytest.raises(TracerError, match="it is not UTF-8 text"):
        tracer.run(tmp_path / "latin.toml")


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "notepad.toml").write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert Network.read(tmp_path / "notepad.toml") == Network.parse(GOOD)


def test_without_a_width_it_asks_for_one():
    with pytest.raises(TracerError, match="hidden is missing"):
        Network(X=[[1]], y=[[1]])


def test_equal_means_bit_for_bit():
    assert Network([[0.0]], [[1]], hidden=1) != Network([[-0.0]], [[1]], hidden=1)
    assert Network([[0.0]], [[1]], hidden=1, seed=1) != Network([[0.0]], [[1]], hidden=1, seed=2)
