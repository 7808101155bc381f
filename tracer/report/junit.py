"""A diff as JUnit XML, which CI servers read: a suite a pair of workbooks, a case a sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tracer.compare.difference import Diff, Difference
from tracer.compare.folders import FileDiff, FolderDiff
from tracer.compare.wording import cut
from tracer.errors import TracerError
from tracer.escapes import printable
from tracer.numbers import count
from tracer.report.text import markup
from tracer.xlsx.book import Book

#: What belongs to no sheet.
WORKBOOK = "workbook"
#: So many origins of a sheet are written out.
ORIGINS = 100


class _Case(NamedTuple):
    """
    Attributes:
        problem: `failure` or `error`; empty for a case that passes.
        message, lines: what is wrong, shortly and line by line.
    """

    name: str
    problem: str = ""
    message: str = ""
    lines: Iterable[str] = ()


class _Suite(NamedTuple):
    name: str
    group: str
    cases: list[_Case]

    def count(self, problem: str) -> int:
        return sum(case.problem == problem for case in self.cases)

    @property
    def counts(self) -> str:
        return f'tests="{len(self.cases)}" failures="{self.count("failure")}" errors="{self.count("error")}"'


def junit(found: Iterable[Diff] | FolderDiff) -> str:
    """One `testsuites` element. Sheets that are equal pass; a file that only one folder has fails, and one that could
    not be compared is an error of its suite.
    """
    suites = list(_of_files(found) if isinstance(found, FolderDiff) else map(_of_diff, found))
    tests = sum(len(suite.cases) for suite in suites)
    failures, errors = (sum(suite.count(problem) for suite in suites) for problem in ("failure", "error"))
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="tracer diff" tests="{tests}" failures="{failures}" errors="{errors}" time="0">',
            *map(_xml, suites),
            "</testsuites>",
        ]
    )


def _of_files(folders: FolderDiff) -> Iterator[_Suite]:
    for file in folders:
        diff = file.diff
        yield _of_diff(diff) if diff is not None else _alone(file, folders)


def _alone(file: FileDiff, folders: FolderDiff) -> _Suite:
    """A file that was compared with none."""
    a, b = (f"{folder.rstrip('/')}/{file.path}" for folder in (folders.a, folders.b))
    if file.status == "failed":
        case = _Case(WORKBOOK, "error", "could not be compared", [file.error])
    else:
        has, lacks = (folders.a, folders.b) if file.status == "only in a" else (folders.b, folders.a)
        case = _Case(WORKBOOK, "failure", f"only in {has}", [f"{file.path}: is in {has}, and not in {lacks}"])
    return _Suite(f"{a} → {b}", b, [case])


def _of_diff(diff: Diff) -> _Suite:
    name = f"{diff.a} → {diff.b}"
    try:
        titles = _titles(diff)
    except TracerError as error:
        return _Suite(name, diff.b, [_Case(WORKBOOK, "error", "can no longer be read", [str(error)])])
    cases: dict[str | None, list[Difference]] = {title: [] for title in [*titles, None]}
    for entry in diff:
        cases.setdefault(entry.sheet, []).append(entry)
    return _Suite(name, diff.b, [_case(WORKBOOK if title is None else title, found) for title, found in cases.items()])


def _case(name: str, found: list[Difference]) -> _Case:
    if not found:
        return _Case(name)
    origins = [entry for entry in found if entry.role == "origin"]
    lines = [_line(entry) for entry in origins[:ORIGINS]]
    if len(origins) > ORIGINS:
        lines.append(f"… {count(len(origins) - ORIGINS, 'more origin')}")
    said = [count(len(origins), "origin")] if origins else []
    if followers := len(found) - len(origins):
        said.append(count(followers, "consequence"))
        lines.append(f"{count(followers, 'cell')} computed from cells that differ")
    return _Case(name, "failure", ", ".join(said), lines)


def _titles(diff: Diff) -> list[str]:
    """The sheets of B. One that only A has is a difference."""
    source = diff.sources[1]
    if source is None:
        return []
    with Book(source, diff.b) as book:
        return [sheet.title for sheet in book.sheets]


def _line(entry: Difference) -> str:
    before, after = cut(entry.before.shown, entry.after.shown)
    kind = "" if entry.kind in ("values", "formulas") else f"{entry.kind}: "
    size = entry.measure
    return f"{kind}{entry.where}: {before} became {after}" + (f": {size}" if size else "")


def _xml(suite: _Suite) -> str:
    # Jenkins cuts the name of a class into packages at its dots.
    group = _text(suite.group.replace(".", "_"))
    lines = [f'  <testsuite name="{_text(suite.name)}" {suite.counts} skipped="0" time="0">']
    for case in suite.cases:
        start = f'    <testcase name="{_text(case.name)}" classname="{group}" time="0"'
        if not case.problem:
            lines.append(f"{start}/>")
            continue
        kind = "difference" if case.problem == "failure" else "unreadable"
        said = "\n".join(map(_text, case.lines))
        lines.append(
            f'{start}>\n      <{case.problem} message="{_text(case.message)}" type="{kind}">{said}</{case.problem}>\n'
            "    </testcase>"
        )
    return "\n".join([*lines, "  </testsuite>"])


def _text(text: str) -> str:
    return markup(printable(text))
