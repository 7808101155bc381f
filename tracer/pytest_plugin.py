"""The `workbook_regression` fixture for pytest: workbooks held against references that lie beside the test.

It follows the habits of pytest-regressions, and shares its options where that is installed.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pytest

from tracer.escapes import printable

if TYPE_CHECKING:
    from tracer.api import Trace
    from tracer.report.diff import Diff
    from tracer.report.folderdiff import FolderDiff

#: So many origins are shown in a failure.
SHOWN = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    if find_spec("pytest_regressions"):
        return  # it has the same options, and pytest ends where two plugins define one
    group = parser.getgroup("regressions")
    for name, said in (
        ("--force-regen", "Write references anew, and fail the tests whose references changed."),
        ("--regen-all", "Write references anew, and let the tests pass."),
    ):
        group.addoption(name, action="store_true", default=False, help=said)


@pytest.fixture
def workbook_regression(request: pytest.FixtureRequest) -> WorkbookRegression:
    """Holds a workbook, or a trace, against the reference of this test.

    def test_report(workbook_regression, tmp_path):
        write_report(tmp_path / "report.xlsx")
        workbook_regression.check(tmp_path / "report.xlsx", rtol=1e-12)

    The reference is `TEST_MODULE/test_report.xlsx`, beside the module. The first run writes it, and fails.
    """
    return WorkbookRegression(request)


class WorkbookRegression:
    """See `workbook_regression`."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request

    def check(
        self,
        found: str | Path | BinaryIO | Trace,
        *,
        basename: str | None = None,
        fullpath: str | Path | None = None,
        only: Iterable[str] | str | None = None,
        ignore: Iterable[str] | str | None = None,
        rtol: float = 0.0,
        atol: float = 0.0,
        recalculate: str = "auto",
    ) -> None:
        """Compare with the reference, and fail with the cells in which a difference starts.

        Args:
            found: the path of a workbook, a file open for reading bytes, or a trace.
            basename: of the reference, without `.xlsx`; the name of the test when nothing is said. A test that checks
                several workbooks gives each its own.
            fullpath: of the reference, in place of that.
            only, ignore, rtol, atol, recalculate: as for `tracer.diff`.
        """
        reference = Path(fullpath) if fullpath else self._folder / f"{basename or self._name}.xlsx"
        obtained = reference.with_name(f"{reference.stem}.obtained.xlsx")
        forced, quietly = (self._request.config.getoption(name, False) for name in ("force_regen", "regen_all"))
        if not reference.exists():
            _replace(found, reference)
            if not quietly:
                pytest.fail(f"There was no reference; {reference} is written. Look at it, and run the test again.")
            return
        _replace(found, obtained)
        import tracer

        diff = tracer.diff(reference, obtained, only=only, ignore=ignore, rtol=rtol, atol=atol, recalculate=recalculate)
        if not diff:
            obtained.unlink()
            return
        if forced or quietly:
            obtained.replace(reference)
            if not quietly:
                pytest.fail(f"{reference} was written anew ({diff.summary}).")
            return
        pytest.fail(self._message(diff, reference, obtained), pytrace=False)

    @property
    def _folder(self) -> Path:
        module = self._request.path
        return module.parent / module.stem

    @property
    def _name(self) -> str:
        return re.sub(r"[^\w.-]+", "_", self._request.node.name).strip("_")

    def _message(self, diff: Diff | FolderDiff, reference: Path, obtained: Path) -> str:
        origins = [found for found in diff if getattr(found, "role", "") == "origin"]
        lines = [f"The workbook is {diff.summary}.", ""]
        lines += [f"  {origin}" for origin in origins[:SHOWN]]
        if len(origins) > SHOWN:
            lines.append(f"  … {len(origins) - SHOWN:,} more origins")
        node = self._request.node.nodeid
        lines += [
            "",
            f"To see it:    tracer diff {shlex.quote(str(reference))} {shlex.quote(str(obtained))}",
            f"To accept it: pytest --force-regen {shlex.quote(node)}",
        ]
        return "\n".join(map(printable, lines))


def _replace(found: Any, path: Path) -> None:
    """Write what a test found, whole or not at all."""
    from tracer.writing import replace

    replace(path, _writer(found))


def _writer(found: Any) -> Callable[[BinaryIO], None]:
    if hasattr(found, "to_excel"):
        return found.to_excel  # type: ignore[no-any-return]
    if hasattr(found, "read"):
        found.seek(0)
        content = found.read()
    else:
        content = Path(found).read_bytes()

    def write(file: BinaryIO) -> None:
        file.write(content)

    return write
