"""`tracer run` with its options, `tracer init`, and repeating a run."""

import csv

import numpy as np
import pytest
from openpyxl import load_workbook

import tracer
from tracer import networkfile

OPTIONS = ["--hidden", "4,3", "--activation", "tanh,relu", "--output-activation", "softmax", "--optimizer", "adam"]
DATA = "name,a,b,kind\nr1,1,2.5,red\nr2,2,0.5,blue\nr3,3,1.5,red\nr4,4,2.0,green\nr5,0.5,1,blue\n"


@pytest.fixture
def data(tmp_path):
    (tmp_path / "flowers.csv").write_text(DATA)
    return ["--data", "flowers.csv", "--target", "kind", "--scale", "minmax"]


def test_options_are_the_librarys_words(command, tmp_path, data):
    batches = ["--batch", "2", "--shuffle", "--seed", "3", "--epochs", "4", "--init", "xavier", "--lr", "0.05"]
    done = command("run", *data, *OPTIONS, *batches)
    assert done.returncode == 0, done.stderr
    expected = tracer.run(
        data=str(tmp_path / "flowers.csv"), target="kind", scale="minmax", hidden=[4, 3], activation=["tanh", "relu"],
        output_activation="softmax", optimizer="adam", batch=2, shuffle=True, seed=3, epochs=4, init="xavier", lr=0.05,
        keep="first,last",
    )  # fmt: skip
    found = tracer.read_excel(tmp_path / "outputs" / "flowers.xlsx")
    assert found == expected
    assert found.network.features == ("a", "b")
    assert found.network.outputs == ("blue", "green", "red")
    assert found.network.rows == ("r1", "r2", "r3", "r4", "r5")
    assert found.network.scaling.subtract.tolist() == [[0.5, 0.5]]
    assert found.network.scaling.divide.tolist() == [[3.5, 2.0]]
    np.testing.assert_allclose(found.network.X[0], [(1 - 0.5) / 3.5, 1])


def test_a_workbook_repeats_its_run(command, tmp_path, data):
    assert command("run", *data, *OPTIONS, "--epochs", "3", "--template", "stacked", "--out", "a.xlsx").returncode == 0
    done = command("run", "--like", "a.xlsx", "--out", "b.xlsx")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    done = command("run", "--like", "a.xlsx", "--hidden", "2", "--activation", "elu", "--out", "c.xlsx")
    assert done.returncode == 0, done.stderr
    architecture = tracer.read_excel(tmp_path / "c.xlsx").network.architecture
    assert (architecture.activations, architecture.output_activation) == (("elu",), "softmax")


def test_init_writes_an_example_that_runs(command, tmp_path):
    assert command("init").returncode == 0
    assert command("init").returncode == 2
    assert command("init", "--force").returncode == 0
    done = command("run", "network.toml")
    assert done.returncode == 0, done.stderr
    assert tracer.read_excel(tmp_path / "outputs" / "network.xlsx").history.loss[-1] < 0.01  # it has learnt XOR


def test_the_example_has_every_key():
    text = networkfile.example()
    for key in networkfile.KEYS:
        names = ("wh_1",) if key in ("wh", "bh", "wout") else (key,)
        assert any(f"{name} = " in text for name in names), key


def test_options_win_over_the_file(tmp_path):
    (tmp_path / "mine.toml").write_text(
        "[data]\nX = [[1, 0], [0, 1]]\ny = [1, 0]\n[network]\nhidden = 2\n[training]\nlr = 0.5\nepochs = 3\n"
    )
    assert tracer.run(tmp_path / "mine.toml").epochs == 3
    changed = tracer.run(tmp_path / "mine.toml", epochs=2, lr=0.25, hidden=[3, 2])
    assert (changed.epochs, changed.network.lr, changed.network.hidden) == (2, 0.25, (3, 2))


def test_a_frame_holds_the_whole_recorded_run(command, tmp_path):
    assert command("run", "--epochs", "3", "--frame", "run.csv", "--sheets", "none").returncode == 0
    with (tmp_path / "run.csv").open() as file:
        rows = list(csv.DictReader(file))
    trace = tracer.run(epochs=3)
    found = [float(row["value"]) for row in rows if (row["epoch"], row["name"]) == ("2", "d_output")]
    assert found == trace.state(2, 7)["d_output"].ravel().tolist()
    assert {row["epoch"] for row in rows} == {"1", "2", "3"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--hidden", "4,x"], "--hidden is '4,x'; expected the neurons of each hidden layer, such as 4 or 4,3"),
        (["--hidden", "4,3", "--activation", "tanh,relu,elu"], "activation has 3 names and hidden has 2 layers"),
        (["--activation", "softmax"], "activation is 'softmax', which is none"),
        (["--loss", "cross_entropy"], "y, row 3 adds up to 0; cross_entropy takes targets that add up to 1"),
        (["--loss", "binary_cross_entropy", "--output-activation", "tanh"], "binary_cross_entropy goes with sigmoid"),
        (
            ["--momentum", "0.5"],
            "momentum is given, and optimizer is gradient_descent, which has none; say optimizer =",
        ),
        (["--optimizer", "momentum", "--momentum", "1"], "momentum is 1.0; expected a number from 0 to below 1"),
        (["--batch", "0"], "batch is 0; expected a whole number of samples, at least 1"),
        (["--target", "kind"], "target is given without data"),
        (["--data", "flowers.csv"], "target is missing; name the column to predict"),
        (["--data", "flowers.csv", "--target", "sort"], "flowers.csv: there is no column 'sort'"),
        (["--frame", "run.txt"], "run.txt: --frame writes .csv and .parquet"),
        (["--frame", "flowers.csv"], "flowers.csv: exists and is not a table that tracer wrote"),
        (["--frame", "."], ".: --frame writes .csv and .parquet"),
        (["--out", "book.csv"], "book.csv: a workbook's name ends in .xlsx"),
        (["--sheets", "5"], "sheets is '5', and there is no such epoch, only 1 to 1"),
        (["--hidden", "9" * 5000], "expected the neurons of each hidden layer, such as 4 or 4,3"),
        (["--sheets", "9" * 5000], "expected epochs such as first,last or 1,10,100"),
        (["number.toml"], "number.toml: not valid TOML"),
        (["out.toml"], "out.toml: [workbook] out is 5; expected text, such as out = 'outputs/mine.xlsx'"),
        (["formulas.toml"], "[workbook] formulas is 'cells', which is none"),
        (["--like", "missing.xlsx"], "missing.xlsx: cannot be read"),
        (["--samples", "diagonal"], "samples is 'diagonal', which is none"),
    ],
)
def test_what_does_not_fit_is_one_line_and_status_2(command, tmp_path, data, arguments, message):
    for name, line in {"number": f"lr = {'9' * 5000}", "out": "out = 5", "formulas": "formulas = 'cells'"}.items():
        section = "training" if name == "number" else "workbook"
        (tmp_path / f"{name}.toml").write_text(
            f"[data]\nX = [[1]]\ny = [1]\n[network]\nhidden = 1\n[{section}]\n{line}\n"
        )
    done = command("run", *arguments)
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
    assert message in done.stderr
    assert not (tmp_path / "outputs").exists()
    assert (tmp_path / "flowers.csv").read_text() == DATA


def test_samples_that_no_sheet_holds_are_refused_before_training_with_what_fits(command, tmp_path):
    (tmp_path / "many.csv").write_text("a,t\n" + "1,0\n" * 600_000)
    done = command("run", "--data", "many.csv", "--target", "t", "--hidden", "1", "--epochs", "1000000")
    assert done.returncode == 2
    assert "a sheet has at most 1,048,576 × 16,384; " in done.stderr
    assert "samples would fit: use --batch" in done.stderr


def test_a_table_of_ours_is_written_again(command):
    assert command("run", "--frame", "run.csv").returncode == 0
    assert command("run", "--frame", "run.csv", "--epochs", "2").returncode == 0


def test_samples_are_turned_and_stay_the_same(tmp_path):
    rows = tracer.run(hidden=2)
    columns = tracer.run(hidden=2, samples="columns")
    assert np.array_equal(columns.network.X, rows.network.X.T)
    np.testing.assert_allclose(columns["output"], rows["output"].T, rtol=1e-14)
    columns.to_excel(tmp_path / "book.xlsx")
    again = tracer.run(like=tmp_path / "book.xlsx", samples="rows", hidden=2)
    np.testing.assert_allclose(again["output"], rows["output"], rtol=1e-14)


def test_a_run_that_diverges_keeps_its_history_and_repeats(command, tmp_path):
    """The loss is no double in the first epoch after numbers were looked at last."""
    (tmp_path / "far.toml").write_text(
        "[data]\nX = [[1, 2], [3, 4], [2, 1]]\ny = [1, 2, 3]\n[network]\nhidden = 1\nactivation = 'linear'\n"
        "[initial]\ninit = 'zeros'\n[training]\nlr = 84.32683173558807\nepochs = 300\n"
    )
    for sheets in ("first,last", "none"):
        done = command("run", "far.toml", "--sheets", sheets, "--out", "far.xlsx")
        assert done.returncode == 1, done.stderr
        assert "loss is inf at epoch 65, update 1, step 5" in done.stderr
        trace = tracer.read_excel(tmp_path / "far.xlsx")
        assert (len(trace.history), trace.divergence.epoch) == (64, 65)
        assert command("run", "--like", "far.xlsx", "--out", "again.xlsx").returncode == 1
        assert (tmp_path / "far.xlsx").read_bytes() == (tmp_path / "again.xlsx").read_bytes()


def test_numbers_of_numpy_are_numbers(tmp_path):
    one = np.int64(1)
    network = tracer.Network(np.float32([[1], [2]]), [1, 0], hidden=one, seed=one, batch=one, lr=np.float32(0.5))
    trace = tracer.run(network, epochs=2)
    trace.to_excel(tmp_path / "book.xlsx")
    assert tracer.read_excel(tmp_path / "book.xlsx") == trace
    with pytest.raises(tracer.TracerError, match="rows has 1 name; expected 2, one for each, or none"):
        tracer.Network([[1], [2]], [1, 0], hidden=1, rows=["x"])


def test_a_sheet_that_says_otherwise_is_found_before_it_is_trained(tmp_path):
    path = tmp_path / "book.xlsx"
    tracer.run(epochs=3).to_excel(path)
    book = load_workbook(path)
    cell = next(cell for cell in book["Network"]["B"] if cell.value == "epochs = 3")
    cell.value = "epochs = 1000000000"
    book.save(path)
    with pytest.raises(tracer.TracerError, match="says epochs = 1000000000, and 'Loss' ends with epoch 3"):
        tracer.verify(path)
    del book["Loss"]
    cell.value = "epochs = 3"
    book.save(path)
    with pytest.raises(tracer.TracerError, match="has no sheet 'Loss'; it was deleted or renamed"):
        tracer.read_excel(path)


def test_names_of_any_kind_repeat(command, tmp_path):
    (tmp_path / "odd.csv").write_text("_x0041_,b\x07d,kind\n1,2,_x000D_\n2,1,p\n0,1,q\n")
    assert command("run", "--data", "odd.csv", "--target", "kind", "--hidden", "1", "--out", "a.xlsx").returncode == 0
    network = tracer.read_excel(tmp_path / "a.xlsx").network
    assert (network.features, network.outputs) == (("_x0041_", "b d"), ("_x000D_", "p", "q"))
    assert command("run", "--like", "a.xlsx", "--out", "b.xlsx").returncode == 0
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    tracer.run(tracer.Network([[1]], [[1, 0]], hidden=1, outputs=["p", "q"])).to_excel(tmp_path / "c.xlsx")
    assert tracer.read_excel(tmp_path / "c.xlsx").network.outputs == ("p", "q")


def test_what_is_of_the_workbook_is_said_where_that_is_written():
    for give in (tracer.run, tracer.script):
        with pytest.raises(tracer.TracerError, match="sheets is of the workbook; say it where that is written"):
            give(sheets="all")
