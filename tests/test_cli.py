"""The command line, run as a user runs it."""

import os
import re
import signal
import subprocess
import sys
import time

import pytest

import tracer

NETWORK = """
[data]
X = [[1, 0], [0, 1]]
y = [1, 0]
[network]
hidden = 2
"""


def failed(done, message):
    """One line on standard error, exit status 2, no traceback."""
    assert done.returncode == 2, done.stderr
    assert done.stderr.startswith("tracer: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    assert done.stdout == ""
    return True


def test_run_writes_the_walkthrough_and_says_so(command, tmp_path):
    done = command("run", "--epochs", 1)
    assert done.returncode == 0, done.stderr
    assert "outputs/walkthrough.xlsx (12 step sheets)" in done.stdout
    for figure in ("0.35410631", "0.78932406", "0.79806432", "0.78933532"):
        assert figure in done.stdout
    assert [path.name for path in (tmp_path / "outputs").iterdir()] == ["walkthrough.xlsx"]
    assert tracer.read_excel(tmp_path / "outputs" / "walkthrough.xlsx") == tracer.run()


def test_run_takes_a_network_file_and_options(command, tmp_path):
    (tmp_path / "mine.toml").write_text(NETWORK)
    done = command("run", "mine.toml", "--epochs", 2, "--template", "stacked", "--formulas", "matrix")
    assert done.returncode == 0, done.stderr
    assert tracer.read_excel(tmp_path / "outputs" / "mine.xlsx") == tracer.run(tmp_path / "mine.toml", epochs=2)


def test_a_run_that_succeeds_replaces_a_workbook_of_ours(command):
    assert command("run", "--out", "a.xlsx").returncode == 0
    assert command("run", "--out", "a.xlsx", "--epochs", 2).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["run", "missing.toml"], "missing.toml: cannot be read"),
        (["run", "--epochs", "0"], "epochs is 0; expected a whole number of epochs, at least 1"),
        (
            ["run", "--epochs", "834", "--sheets", "all"],
            "834 epochs would take 10,008 sheets, and a workbook has at most 10,000; at most 832 epochs fit",
        ),
        (["run", "--epochs", "9" * 30], "expected at most 1,000,000,000"),
        (["run", "wide.toml"], "a step sheet would take 20,011 rows × 100,017 columns, and a sheet has at most"),
        (
            ["run", "huge.toml"],
            "hidden is 99999999999999, more neurons than this machine can hold",
        ),
        (["run", "--epochs", "many"], "--epochs"),
        (["run", "--formulas", "cells"], "--formulas"),
        (["run", "--template", "missing.xlsx"], "missing.xlsx: cannot be read"),
        (["run", "--out", "."], ".: is a folder"),
        (["run", "--out", "notes.txt/a.xlsx"], "cannot be written"),
        (["run", "--out", "notes.txt"], "notes.txt: exists and is not a workbook that tracer wrote; --force"),
        (["run", "--nonsense"], "--nonsense"),
        (["walk"], "walk"),
        (["show", "missing.xlsx"], "missing.xlsx: cannot be read"),
        (["show", "notes.txt"], "notes.txt: not an .xlsx workbook"),
        (["verify", "notes.txt"], "notes.txt: not an .xlsx workbook"),
        (["verify", "foreign.xlsx"], "foreign.xlsx: not a workbook that tracer wrote"),
        (["verify", "ours.xlsx", "--engine", "excel"], "--engine"),
        (["show", "ours.xlsx", "--step", "12"], "there is no step 12; an epoch has steps 0 to 11"),
        (["show", "ours.xlsx", "--epoch", "2"], "there is no epoch 2; the trace has epochs 1 to 1"),
    ],
)
def test_an_error_is_one_line_and_status_2_and_nothing_is_lost(command, tmp_path, arguments, message):
    from openpyxl import Workbook

    (tmp_path / "notes.txt").write_text("my notes")
    for name, hidden in (("wide", 20_000), ("huge", 99999999999999)):
        (tmp_path / f"{name}.toml").write_text(NETWORK.replace("hidden = 2", f"hidden = {hidden}"))
    Workbook().save(tmp_path / "foreign.xlsx")
    tracer.run().to_excel(tmp_path / "ours.xlsx")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert failed(command(*arguments), message)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


def test_force_overwrites(command, tmp_path):
    (tmp_path / "notes.xlsx").write_text("my notes")
    assert command("run", "--out", "notes.xlsx", "--force").returncode == 0
    assert tracer.read_excel(tmp_path / "notes.xlsx") == tracer.run()


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written(command, tmp_path):
    (tmp_path / "locked").mkdir(mode=0o500)
    assert failed(command("run", "--out", "locked/a.xlsx"), "locked/a.xlsx: cannot be written (Permission denied)")


def test_a_folder_that_takes_no_files_at_all(command):
    assert failed(command("run", "--out", "/proc/a.xlsx"), "/proc/a.xlsx: cannot be written")


def test_a_link_is_followed_and_permissions_are_kept(command, tmp_path):
    tracer.run().to_excel(tmp_path / "real.xlsx")
    (tmp_path / "real.xlsx").chmod(0o640)
    (tmp_path / "link.xlsx").symlink_to("real.xlsx")
    assert command("run", "--out", "link.xlsx", "--epochs", 2).returncode == 0
    assert (tmp_path / "link.xlsx").is_symlink()
    assert tracer.read_excel(tmp_path / "real.xlsx").epochs == 2
    assert (tmp_path / "real.xlsx").stat().st_mode & 0o777 == 0o640


def test_a_run_killed_half_way_leaves_the_old_file_as_it_was(tmp_path):
    """Killed at many moments, the last of them while the new file is being written."""
    path = tmp_path / "book.xlsx"
    tracer.run().to_excel(path)
    old = path.read_bytes()
    process = subprocess.Popen([sys.executable, "-m", "tracer", "run", "--epochs", "300", "--out", str(path)])
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        assert path.read_bytes() == old
        if list(tmp_path.glob(".book.xlsx.*")):  # it has begun to write beside
            break
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert process.returncode == -signal.SIGKILL
    assert path.read_bytes() == old


def test_an_interrupted_run_says_so(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tracer", "run", "--epochs", "800", "--out", str(tmp_path / "book.xlsx")],
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not list(tmp_path.iterdir()):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "tracer: interrupted; no file was changed\n")
    assert list(tmp_path.iterdir()) == []


def test_a_terminal_without_unicode_is_no_error(command, tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    done = command("show", "book.xlsx", "--step", 7, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (done.returncode, done.stderr) == (0, "")
    assert "d_output = E * slope_output_layer" in done.stdout


def test_show_prints_a_step_with_its_formula_and_marks(command, tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    done = command("show", "book.xlsx", "--step", 7)
    assert done.returncode == 0, done.stderr
    assert "Step 7: Turn the error into a delta at the output" in done.stdout
    assert "d_output = E * slope_output_layer" in done.stdout
    assert "● d_output" in done.stdout
    assert "○ E" in done.stdout
    assert "-0.131" in done.stdout
    assert "\x1b" not in done.stdout  # no colour codes in a pipe


def test_show_uses_the_sheets_two_colours_in_a_terminal(command, tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    colour = {**os.environ, "FORCE_COLOR": "1", "COLORTERM": "truecolor", "TERM": "xterm-256color"}
    done = command("show", "book.xlsx", "--step", 7, env=colour)
    assert "48;2;255;240;77" in done.stdout  # FFF04D
    assert "48;2;255;181;90" in done.stdout  # FFB55A


def test_show_prints_every_step_when_none_is_named(command, tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    titles = re.findall(r"^Step (\d+):", command("show", "book.xlsx").stdout, re.MULTILINE)
    assert titles == [str(number) for number in range(12)]


def test_verify_says_what_it_checked(command, tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    done = command("verify", "book.xlsx")
    assert done.returncode == 0
    assert re.search(r"ironcalc +799 +0", done.stdout)


def test_verify_has_status_1_and_names_the_cell_when_something_differs(command, tmp_path):
    from test_verify import SHEET_OF_STEP_7, edit_xml, first_delta

    tracer.run().to_excel(tmp_path / "book.xlsx")
    at = first_delta(tmp_path / "book.xlsx")
    edit_xml(
        tmp_path / "book.xlsx",
        tmp_path / "wrong.xlsx",
        SHEET_OF_STEP_7,
        lambda xml: re.sub(rf'(<c r="{at}"[^>]*><f>)[^<]*', r"\g<1>0.5", xml),
    )
    done = command("verify", "wrong.xlsx")
    assert done.returncode == 1
    assert f"ironcalc: Step 7!{at} (d_output[0, 0]): 0.5, expected 0.0350" in done.stdout


def test_run_does_not_import_pandas(tmp_path):
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "tracer", "run"], cwd=tmp_path, capture_output=True, text=True
    )
    assert "openpyxl" in done.stderr
    assert "pandas" not in done.stderr


def test_a_pipe_that_closes_early_is_no_error(tmp_path):
    tracer.run().to_excel(tmp_path / "book.xlsx")
    done = subprocess.run(
        f"{sys.executable} -m tracer show book.xlsx | head -1", shell=True, cwd=tmp_path, capture_output=True, text=True
    )
    assert "Traceback" not in done.stderr


def test_version_and_help(command):
    assert command("--version").stdout == f"tracer {tracer.__version__}\n"
    assert "verify" in command("--help").stdout
