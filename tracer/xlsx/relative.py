"""Formulas as they look from their row: copied down, every one is the same text."""

from __future__ import annotations

import re

from tracer.xlsx.references import CORNER, TOKEN


def relative(formula: str, row: int) -> str:
    """A formula with rows that are not held by `$` counted from its own, in brackets.

    >>> relative("B5*2+B4-B$1+SUM(C6:C8)", 5)
    'B[0]*2+B[-1]-B$1+SUM(C[+1]:C[+3])'
    """

    def count(match: re.Match[str]) -> str:
        if not match["area"]:
            return match[0]
        return (match["sheet"] or "") + ":".join(_counted(corner, row) for corner in match["area"].split(":"))

    return TOKEN.sub(count, formula)


def _counted(corner: str, row: int) -> str:
    match = CORNER.fullmatch(corner)
    assert match is not None
    # A corner of `$5:$8` has only a row: its dollar stands in the first group.
    held = match[3] or (match[1] if not match[2] else "")
    if not match[4] or held:
        return corner
    distance = int(match[4]) - row
    return f"{match[1] if match[2] else ''}{match[2] or ''}[{distance:+d}]".replace("[+0]", "[0]")
