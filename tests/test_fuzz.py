"""Damaged files through every command: each is an answer or one line. `make fuzz` takes 100,000, this test 400."""

import subprocess
import sys

import pytest


@pytest.mark.skipif(sys.platform != "linux", reason="the limits of processes are Linux's")
def test_no_damaged_file_takes_a_command_down(request, tmp_path):
    done = subprocess.run(
        [
            *(sys.executable, request.config.rootpath / "tests" / "fuzz"),
            *("--files", "400", "--seed", "short", "--jobs", "2", "--keep", tmp_path / "found"),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "400 files in" in done.stdout
    assert "; 0 findings" in done.stdout
