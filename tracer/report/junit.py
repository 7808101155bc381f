"""A diff as JUnit XML, which CI servers read: a suite a pair of workbooks, a case a sheet."""

from __future__ import annotations

from collections.abc import Iterable

from tracer.compare.difference import Diff, Difference
from tracer.compare.wording import cut
from tracer.numbers import count
from tracer.report.text import markup
from tracer.xlsx.book import Book

#: What belongs to no sheet.
WORKBOOK = "workbook"
#: So many origins of a sheet are written out.
ORIGINS = 100


def junit(diffs: Iterable[Diff]) -> str:
    """One `testsuites` element; sheets that are equal pass.

    Raises:
        TracerError: a workbook can no longer be read.
    """
    suites = [_Suite(diff) for diff in diffs]
    tests, failures = (sum(suite.count(failed) for suite in suites) for failed in (False, True))
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="tracer diff" tests="{tests}" failures="{failures}" errors="0" time="0">',
            *(suite.xml() for suite in suites),
            "</testsuites>",
        ]
    )


class _Suite:
    def __init__(self, diff: Diff) -> None:
        self.name = f"{diff.a} → {diff.b}"
        # Jenkins cuts the name of a class into packages at its dots.
        self.group = diff.b.replace(".", "_")
        self.cases: dict[str | None, list[Difference]] = {title: [] for title in [*_titles(diff), None]}
        for entry in diff:
            self.cases.setdefault(entry.sheet, []).append(entry)

    def count(self, failed: bool) -> int:
        return sum(bool(found) or not failed for found in self.cases.values())

    def xml(self) -> str:
        counts = f'tests="{self.count(False)}" failures="{self.count(True)}" errors="0" skipped="0" time="0"'
        cases = [self._case(title, found) for title, found in self.cases.items()]
        return "\n".join([f'  <testsuite name="{markup(self.name)}" {counts}>', *cases, "  </testsuite>"])

    def _case(self, title: str | None, found: list[Difference]) -> str:
        name = WORKBOOK if title is None else title
        case = f'    <testcase name="{markup(name)}" classname="{markup(self.group)}" time="0"'
        if not found:
            return f"{case}/>"
        origins = [entry for entry in found if entry.role == "origin"]
        lines = [_line(entry) for entry in origins[:ORIGINS]]
        if len(origins) > ORIGINS:
            lines.append(f"… {count(len(origins) - ORIGINS, 'more origin')}")
        said = [count(len(origins), "origin")] if origins else []
        if followers := len(found) - len(origins):
            said.append(count(followers, "consequence"))
            lines.append(f"{count(followers, 'cell')} computed from cells that differ")
        text = markup("\n".join(lines))
        return (
            f'{case}>\n      <failure message="{", ".join(said)}" type="difference">{text}</failure>\n    </testcase>'
        )


def _titles(diff: Diff) -> list[str]:
    """The sheets of B. One that only A has is a difference."""
    source = diff.sources[1]
    if source is None:
        return []
    with Book(source, diff.b) as book:
        return [sheet.title for sheet in book.sheets]


def _line(entry: Difference) -> str:
    before, after = cut(entry.before.shown, entry.after.shown)
    where = f"{entry.label} ({entry.place})" if entry.label and entry.place else entry.label or entry.place
    line = f"{entry.kind}: {where}: {before} became {after}"
    if entry.size:
        line += f" ({entry.size.absolute:+.3g}, relative {entry.size.relative:.2g}, {entry.size.ulps:,} ulp)"
    return line
