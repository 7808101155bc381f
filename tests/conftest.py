import os
import shutil
import subprocess
import sys

import pytest
from hypothesis import settings

import tracer

pytest_plugins = ["pytester"]
settings.register_profile("untimed", deadline=None)  # how fast the machine is proves nothing
settings.load_profile("untimed")


@pytest.fixture(scope="session")
def walkthrough():
    return tracer.run(epochs=1)


@pytest.fixture(scope="session")
def libreoffice():
    """For tests that need LibreOffice: they skip without it, and fail where it must be there (in CI)."""
    if shutil.which("soffice") or shutil.which("libreoffice"):
        return
    reason = "LibreOffice is not installed: this check was NOT made (Debian and Ubuntu: apt install libreoffice-calc)"
    if os.environ.get("TRACER_REQUIRE_LIBREOFFICE"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def command(tmp_path):
    """Runs `tracer ...` as a user would, in a folder of its own."""

    def run(*arguments, cwd=tmp_path, **options):
        return subprocess.run(
            [sys.executable, "-m", "tracer", *map(str, arguments)], cwd=cwd, capture_output=True, text=True, **options
        )

    return run
