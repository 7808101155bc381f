"""Runs of many epochs: what is kept, what the sheets are linked to, history, Ctrl-C, divergence."""

import contextlib
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from article import plain
from openpyxl import load_workbook
from openpyxl.utils import range_boundaries

import tracer
from tracer.workbook.losssheet import ROOM, thinned


def test_what_is_kept_does_not_change_what_is_computed():
    everything, ends = tracer.run(epochs=200), tracer.run(epochs=200, keep="first,last")
    assert ends.recorded == (1, 200)
    assert [update for update in everything.updates if update.epoch in (1, 200)] == list(ends.updates)
    assert everything.history == ends.history
    assert tracer.run(epochs=200, keep="none").updates == ends.updates[-1:]


def test_the_history_is_the_plain_listings():
    network = tracer.Network.walkthrough()
    trace = tracer.run(network, epochs=130, keep="none")
    for epochs in (1, 64, 65, 130):
        E = plain(network.X, network.y, **network.initial, lr=network.lr, epochs=epochs)["E"]
        assert trace.history.loss[epochs - 1] == pytest.approx((E**2).sum() / 2, rel=1e-15)
    output = plain(network.X, network.y, **network.initial, lr=network.lr, epochs=130)["output"]
    assert trace.history.accuracy[-1] == ((output > 0.5) == (network.y == 1)).mean()


@pytest.mark.parametrize("sheets", ["first,last", "all", "2,3,7", "none", "every:4"])
@pytest.mark.parametrize("batch", [None, 2])
def test_any_selection_of_sheets_reads_back_and_verifies(tmp_path, sheets, batch):
    network = tracer.Network(np.eye(3), [1, 0, 1], hidden=[2, 2], batch=batch, shuffle=batch is not None)
    trace = tracer.run(network, epochs=8)
    path = tmp_path / "book.xlsx"
    trace.to_excel(path, sheets=sheets)
    back = tracer.read_excel(path)
    chosen = {update.epoch for update in back.updates}
    assert back.updates == tuple(update for update in trace.updates if update.epoch in chosen)
    assert (back.network, back.history) == (trace.network, trace.history)
    assert len(chosen) == {"first,last": 2, "all": 8, "2,3,7": 3, "none": 0, "every:4": 2}[sheets]
    if sheets != "none":
        assert all(verdict.agrees for verdict in tracer.verify(path))


def test_sheets_of_neighbouring_epochs_are_linked_and_others_say_that_they_are_not(tmp_path):
    tracer.run(epochs=9).to_excel(tmp_path / "book.xlsx", sheets="2,3,9")
    book = load_workbook(tmp_path / "book.xlsx")

    def texts(title):
        return [cell.value for row in book[title].iter_rows() for cell in row if isinstance(cell.value, str)]

    def first(title):
        place = book[title].defined_names["wh"].attr_text.rpartition("!")[2].replace("$", "").partition(":")[0]
        return book[title][place].value

    assert str(first("Epoch 3 Step 1")).startswith("='Epoch 2 Step 11'!")
    assert isinstance(first("Epoch 9 Step 1"), float)
    said = "wh, bh, wout, bout, learning_rate: recorded values, as epoch 8 left them (it has no sheets here)"
    assert said in texts("Epoch 9 Step 1")
    assert said not in texts("Epoch 3 Step 1")


def test_a_history_longer_than_a_sheet_is_thinned_evenly():
    assert thinned(10).tolist() == list(range(10))
    chosen = thinned(3 * ROOM)
    assert len(chosen) <= ROOM
    assert (chosen[0], chosen[-1]) == (0, 3 * ROOM - 1)
    assert set(np.diff(chosen)) <= {2, 3, 4}


def test_a_long_history_is_streamed_and_comes_back(tmp_path):
    trace = tracer.run(epochs=20_001, keep="first,last")
    trace.to_excel(tmp_path / "long.xlsx")
    assert tracer.read_excel(tmp_path / "long.xlsx") == trace
    sheet = load_workbook(tmp_path / "long.xlsx", read_only=True)["Loss"]
    assert [cell.value for cell in sheet[20_005]][1:3] == [20_001, trace.history.loss[-1]]


def test_a_run_that_diverges_writes_what_there_is_and_ends_with_status_1(command, tmp_path):
    done = command("run", "--activation", "linear", "--lr", "10", "--epochs", "500", "--out", "book.xlsx")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "book.xlsx ends before that" in done.stderr
    assert tracer.read_excel(tmp_path / "book.xlsx").epochs < 500


@pytest.mark.parametrize("epochs", [2, 50])
def test_the_history_has_a_chart_of_every_epoch_which_is_printed_whole(tmp_path, epochs):
    tracer.run(epochs=epochs).to_excel(tmp_path / "book.xlsx")
    sheet = load_workbook(tmp_path / "book.xlsx")["Loss"]
    (chart,) = sheet._charts
    (loss,) = chart.series
    areas = {name: sheet.defined_names[name].attr_text.replace("$", "").replace("'", "") for name in ("epoch", "loss")}
    assert loss.cat.numRef.f.replace("$", "") == areas["epoch"]
    assert loss.val.numRef.f.replace("$", "") == areas["loss"]
    values = [row[0].value for row in sheet[areas["epoch"].rpartition("!")[2]]]
    assert values == list(range(1, epochs + 1))
    left, top, right, bottom = range_boundaries(sheet.print_area.rpartition("!")[2])
    assert (left, top) == (1, 1)
    assert (chart.anchor.to.col + 1, chart.anchor.to.row + 1) <= (right, bottom)
    assert chart.anchor.to.row + 1 <= bottom


@pytest.mark.skipif(os.name == "nt", reason="terminals of Unix")
def test_a_long_run_has_a_bar_in_a_terminal_and_none_elsewhere(tmp_path):
    import pty

    command = [sys.executable, "-m", "tracer", "run", "--epochs", "400000", "--sheets", "none", "--out", "book.xlsx"]
    ours, theirs = pty.openpty()
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError):  # the terminal's end, where there is no one left
        while piece := os.read(ours, 4096):
            shown += piece
    os.close(ours)
    process.communicate()
    assert process.returncode == 0
    assert b"training" in shown
    assert b"/400000" in shown
    quiet = subprocess.run([*command[:-4], "--out", "quiet.xlsx"], cwd=tmp_path, capture_output=True)
    assert (quiet.returncode, quiet.stderr) == (0, b"")


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_ctrl_c_ends_training_after_its_epoch_and_writes_what_there_is(tmp_path):
    arguments = [sys.executable, "-m", "tracer", "run", "--epochs", "100000000", "--out", "book.xlsx"]
    process = subprocess.Popen(arguments, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=120)
    assert process.returncode == 0, said
    trace = tracer.read_excel(tmp_path / "book.xlsx")
    assert f"interrupted after epoch {trace.epochs:,} of 100,000,000; book.xlsx holds what there is" in said
    assert trace.recorded == (1, trace.epochs)
