"""A diff as one page that needs nothing else: lists, and the sheets side by side."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from importlib import resources
from pathlib import PurePath

from tracer.compare import programs
from tracer.compare.difference import KINDS, Diff, Difference
from tracer.numbers import count
from tracer.report import grid, lists, places, tables
from tracer.report.texts import html as text
from tracer.report.texts import mark
from tracer.xlsx.book import Book

#: So many cells of each workbook are shown.
CELLS = 40_000


def html(diff: Diff, index: str = "") -> str:
    """A whole document, with its styles and its script inside.

    The two workbooks are read again (`diff.sources`) for what is around the differences; of a diff without them, only
    the lists are shown.

    Args:
        index: where the page is that lists this one and others.

    Raises:
        TracerError: a workbook cannot be read any more.
    """
    with ExitStack() as opened:
        books = [opened.enter_context(Book(source)) for source in diff.sources if source is not None and diff]
        body = "".join(_body(diff, books))
    back = f'<p class="back"><a href="{text(index)}">← All files</a></p>\n' if index else ""
    return document(f"{text(_file(diff.a))} → {text(_file(diff.b))}", back + body)


def document(title: str, body: str) -> str:
    """A page that needs nothing else, and loads nothing.

    Args:
        title, body: as HTML.
    """
    style, script = _asset("page.css") + _widths(), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
{body}<script>{script}</script>
</body>
</html>
"""


def _asset(name: str) -> str:
    return resources.files("tracer.report").joinpath(name).read_text("utf-8")


def _widths() -> str:
    """A class for each width of a column: the policy allows no styles in attributes."""
    return "".join(
        f".w{width} {{ width: calc({width}ch + 1.1em) }}\n" for width in range(tables.NARROW, tables.WIDE + 1, 2)
    )


def _hash(source: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"


def _file(name: str) -> str:
    return PurePath(name).name or name


def _body(diff: Diff, books: Sequence[Book]) -> Iterator[str]:
    entries = list(diff)
    grids = _grids(diff, books) if len(books) == 2 else []
    yield _header(diff, grids)
    if not diff:
        return
    yield "<main>\n"
    yield from _lists(diff, {number: link for each in grids for number, link in each.links.items()})
    for number, each in enumerate(grids, 1):
        tally = f"<small>{_tally(each, entries)}</small>"
        yield f'<section class="sheet" id="s{number}">\n<h2>{_title(each)} {tally}</h2>\n'
        yield from tables.sheet(each, entries)
        yield _left_out(each) + "</section>\n"
    if len(books) == 2:
        yield _alone(entries, books)
    yield "</main>\n"
    yield _BAR.format(origins=len(diff.origins), consequences=len(diff.consequences))


def _grids(diff: Diff, books: Sequence[Book]) -> list[grid.Grid]:
    pairs = places.sheets(diff, programs.routine(diff))
    tabs = {sheet.title: number for number, sheet in enumerate(books[1].sheets)}
    pairs.sort(key=lambda pair: tabs.get(pair.b, 0))
    return [grid.read(pair, bands, books) for pair, bands in zip(pairs, places.shown(pairs, CELLS))]


def _header(diff: Diff, grids: Sequence[grid.Grid]) -> str:
    names = "".join(
        f'<span class="file"><b class="side">{side}</b> {_path(name)}</span>'
        for side, name in (("A", diff.a), ("B", diff.b))
    )
    summary = text(diff.summary[0].upper() + diff.summary[1:])
    parts = [f'<header>\n<h1>{names}</h1>\n<p class="summary">{summary}</p>\n']
    if diff:
        marks = {mark(found) for found in diff}
        legend = "".join(f"<li>{said}</li>" for name, said in _LEGEND.items() if name in marks)
        parts += [_counts(diff), f'<ul class="legend">{legend}</ul>\n']
    if len(grids) > 1:
        parts.append('<nav aria-label="Sheets">')
        parts += [
            f'<a href="#s{number}">{_title(each)}{_dots(each, diff.differences)}</a>'
            for number, each in enumerate(grids, 1)
        ]
        parts.append("</nav>\n")
    return "".join([*parts, "</header>\n"])


def _path(name: str) -> str:
    """A file, its folder less loudly."""
    file = PurePath(name).name
    folder = name.removesuffix(file)
    return f'<span class="folder">{text(folder)}</span><span class="name">{text(file)}</span>'


def _counts(diff: Diff) -> str:
    """How many origins there are of each kind; the summary says the same, and how many consequences."""
    kinds = {kind: sum(found.kind == kind for found in diff.origins) for kind in KINDS}
    listed = "".join(
        f'<li title="{text(KINDS[kind])}"><b>{many:,}</b> in {kind}</li>' for kind, many in kinds.items() if many
    )
    return f'<ul class="counts">{listed}</ul>\n'


def _title(found: grid.Grid) -> str:
    renamed = found.sheets.a != found.sheets.b
    return text(found.sheets.b) + (f" <i>in A: {text(found.sheets.a)}</i>" if renamed else "")


def _roles(found: grid.Grid, entries: Sequence[Difference]) -> dict[str, int]:
    """How many origins and consequences a sheet has, in cells or not: over all sheets, what the header says."""
    every = [entry.role for entry in entries if entry.sheet == found.sheets.b]
    return {role: every.count(role) for role in ("origin", "consequence") if role in every}


def _dots(found: grid.Grid, entries: Sequence[Difference]) -> str:
    names = {"origin": "origin", "consequence": "follows"}
    roles = _roles(found, entries)
    return "".join(f' <span class="dot {names[role]}">{many:,}</span>' for role, many in roles.items())


def _tally(found: grid.Grid, entries: Sequence[Difference]) -> str:
    """`1 origin, 16 consequences`"""
    return ", ".join(count(many, role) for role, many in _roles(found, entries).items())


def _lists(diff: Diff, links: Mapping[int, int]) -> Iterator[str]:
    routine = programs.routine(diff)
    numbered = [(number, entry) for number, entry in enumerate(diff) if number not in routine]
    origins = [(number, entry) for number, entry in numbered if entry.role == "origin" and _computes(entry)]
    rest = [(number, entry) for number, entry in numbered if entry.role == "origin" and not _computes(entry)]
    consequences = [(number, entry) for number, entry in numbered if entry.role == "consequence"]
    if origins:
        yield f"<section>\n<h2>Starts here <small>{count(len(origins), 'origin')}</small></h2>\n"
        yield lists.cells(origins, links, True) + "</section>\n"
    if consequences:
        yield "<section>\n<details>\n<summary><h2>Follows from that "
        yield f"<small>{count(len(consequences), 'consequence')}</small></h2></summary>\n"
        yield lists.cells(consequences, links, False) + "</details>\n</section>\n"
    if rest:
        beside = "Beside what cells hold" if origins or consequences else "What differs"
        yield f"<section>\n<h2>{beside} <small>{count(len(rest), 'origin')}</small></h2>\n"
        yield lists.kinds(rest, links) + "</section>\n"
    if routine:
        said = text(programs.line(diff, routine.values()))
        yield f"<section>\n<details>\n<summary><h2>{said} "
        yield f"<small>{count(len(routine), 'origin')}</small></h2></summary>\n"
        yield lists.kinds(list(routine.items()), links) + "</details>\n</section>\n"


def _computes(entry: Difference) -> bool:
    """Whether it is something that other cells are computed from, or could be."""
    return entry.kind in ("values", "formulas") or entry.reaches != 0


def _left_out(found: grid.Grid) -> str:
    said = []
    if found.missing:
        said.append(f"{count(found.missing, 'difference')} of this sheet not shown here")
    if parts := len(found.parts & found.targets.keys()):
        said.append(f"{count(parts, 'difference')} shown in part")
    return f'<p class="rest">{", ".join(said)}.</p>\n' if said else ""


def _alone(entries: Sequence[Difference], books: Sequence[Book]) -> str:
    """Sheets that only one workbook has."""
    theirs = {sheet.title for sheet in books[1].sheets}
    named = [entry for entry in entries if entry.kind == "sheets" and entry.sheet]
    removed = [entry.sheet for entry in named if entry.sheet not in theirs]
    added = [entry.sheet for entry in named if entry.sheet_before is None and entry.sheet not in removed]
    said = [
        f'<p><b class="side">{side}</b> only: {", ".join(text(str(title)) for title in titles)}</p>\n'
        for side, titles in (("A", removed), ("B", added))
        if titles
    ]
    return f'<section class="alone">\n<h2>Sheets of one workbook</h2>\n{"".join(said)}</section>\n' if said else ""


_LEGEND = {
    "origin": '<span class="key origin">0.2</span> a difference starts here',
    "follows": '<span class="key follows">0.4</span> follows: computed from cells that differ',
    "looks": '<span class="key looks">0.6</span> another look',
}
_BAR = """<aside id="bar" hidden aria-label="The difference looked at">
<div class="steps">
<span class="group">Origin <button id="previous" title="p or k">‹</button>
<output id="origin" data-many="{origins}"></output>
<button id="next" title="n or j">›</button></span>
<span class="group">Consequence <button id="back" title="C">‹</button>
<output id="consequence" data-many="{consequences}"></output>
<button id="forth" title="c">›</button></span>
<span class="help"><kbd>n</kbd> <kbd>p</kbd> origins <kbd>c</kbd> <kbd>C</kbd> consequences <kbd>Esc</kbd> close</span>
</div>
<div id="detail" aria-live="polite"></div>
</aside>
"""
