"""The commands of docs/iris.md, as they stand there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import tracer

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "iris.md"


@pytest.fixture(scope="module")
def documented(tmp_path_factory):
    """What the documented run prints, and the workbook that it writes."""
    folder = tmp_path_factory.mktemp("iris")
    command = re.search(r"^    tracer (run --data .*)$", PAGE.read_text("utf-8"), re.MULTILINE)[1]
    words = shlex.split(command)
    place = words.index("--data") + 1
    words[place] = str(ROOT / words[place])
    found = subprocess.run(
        [sys.executable, "-m", "tracer", *words], cwd=folder, capture_output=True, encoding="utf-8", check=True
    )
    return found.stdout, folder / "outputs" / "iris.xlsx"


def test_the_run_prints_what_the_page_says(documented):
    said = [line.strip() for line in PAGE.read_text("utf-8").splitlines()]
    printed = [line.strip() for line in documented[0].splitlines()[:3]]
    assert [line for line in printed if line.replace("outputs\\", "outputs/") not in said] == []


def test_the_run_classifies_at_least_97_percent(documented):
    trace = tracer.read_excel(documented[1])
    assert trace.network.outputs == ("setosa", "versicolor", "virginica")
    assert trace.history.accuracy[-1] >= 0.97


def test_the_workbook_agrees_with_the_engine(documented):
    assert all(verdict.agrees for verdict in tracer.verify(documented[1]))
