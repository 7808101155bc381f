"""Differences as HTML lists."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from tracer.compare.difference import KINDS, Difference
from tracer.numbers import count
from tracer.report.places import areas
from tracer.report.terminal import reach
from tracer.report.texts import beside, html, mark, sides

#: So many differences are listed of each part of the page.
MOST = 1000
#: So many areas of one.
AREAS = 4

#: A difference and its number.
Numbered = tuple[int, Difference]


def cells(found: Sequence[Numbered], links: Mapping[int, int], origins: bool) -> str:
    """Cells that differ, as a table.

    Args:
        links: the number in the id of the cell that shows a difference.
        origins: whether they are, so that it is told how many cells they reach.
    """
    headings = ["Cell", "A", "B", "Difference", *(["reaches"] if origins else [])]
    numbers = len(headings) - 3
    parts = ['<table class="list"><thead><tr>']
    parts += [f"<th>{heading}</th>" for heading in headings[:3]]
    parts += [f'<th class="number">{heading}</th>' for heading in headings[3:]]
    parts.append("</tr></thead><tbody>\n")
    for number, entry in found[:MOST]:
        kind = ' class="number"' if entry.size else ""
        sizes = [
            f'<td{kind} data-name="difference">{html(_size(entry))}</td>',
            f'<td class="number" data-name="reaches">{reach(entry)}</td>',
        ][:numbers]
        parts.append(f"{_start(number, entry, links)}{''.join(sizes)}</tr>\n")
    parts.append("</tbody></table>\n")
    return "".join(parts) + _rest(len(found))


def kinds(found: Sequence[Numbered], links: Mapping[int, int]) -> str:
    """Everything else that differs, by kind."""
    parts = ['<table class="list kinds"><thead><tr><th>What</th><th>A</th><th>B</th></tr></thead>\n']
    listed = found[:MOST]
    for kind in dict.fromkeys(entry.kind for _, entry in listed):
        parts.append(
            f'<tbody><tr class="kind"><th colspan="3">{kind} <span>{html(KINDS.get(kind, ""))}</span></th></tr>\n'
        )
        parts += [f"{_start(number, entry, links)}</tr>\n" for number, entry in listed if entry.kind == kind]
        parts.append("</tbody>\n")
    return "".join([*parts, "</table>\n"]) + _rest(len(found))


def _rest(many: int) -> str:
    if many <= MOST:
        return ""
    return f'<p class="rest">… {many - MOST:,} more, not listed; <code>--format json</code> lists all.</p>\n'


def _start(number: int, entry: Difference, links: Mapping[int, int]) -> str:
    """The row of a difference: what it is, and both sides."""
    place = short_place(entry)
    name = html(entry.label or place)
    linked = f'<a href="#c{links[number]}">{name}</a>' if number in links else f'<span class="name">{name}</span>'
    details = [place] if entry.label else []
    if entry.label and entry.sheet_before not in (None, entry.sheet):
        details.append(f"in A: {entry.sheet_before}")
    if entry.cells > 1:
        details.append(count(entry.cells, "cell"))
    where = f"<small>{html(' · '.join(details))}</small>" if details else ""
    said = sides(entry)
    sides_of = zip("AB", said, (entry.before, entry.after))
    both = "".join(_side(name, shown, beside(side)) for name, shown, side in sides_of)
    start = f'<tr id="d{number}" class="{mark(entry)}" data-role="{entry.role}">'
    return f'{start}<td class="where">{linked}{where}</td>{both}'


def _side(side: str, shown: str, more: str) -> str:
    said = f"<code>{html(more if len(more) <= 300 else more[:299] + '…')}</code>" if more else ""
    return f'<td data-name="{side}"><span>{shown}</span>{said}</td>'


def short_place(entry: Difference) -> str:
    """The place of a difference with the first of its areas."""
    found = areas(entry.address or entry.address_before)
    if not found:
        return entry.place
    more = f" and {len(found) - AREAS:,} more" if len(found) > AREAS else ""
    address = " ".join(map(str, found[:AREAS])) + more
    return replace(entry, address=address).place


def _size(entry: Difference) -> str:
    return re.sub("-(?=[0-9])", "\N{MINUS SIGN}", entry.measure) if entry.size else entry.measure
