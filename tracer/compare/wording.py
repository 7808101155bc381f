"""Values of cells as reports print them."""

from __future__ import annotations

import math

from tracer.compare.moments import moment_text, unit
from tracer.escapes import escaped
from tracer.xlsx.cells import Cell, Error


def value_text(cell: Cell, number_format: str = "General", date1904: bool = False) -> str:
    """A value as reports print it: `0.35`, `"text"`, `TRUE`, `#N/A`, `2026-11-24`, `2412:00`."""
    value = cell.value
    if value is None:
        return "no stored value" if cell.formula else "empty"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Error):
        return str(value)
    if isinstance(value, str):
        return f'"{escaped(value)}"'
    if number_format != "General" and (moment := moment_text(value, unit(number_format), date1904)):
        return moment
    return repr(value)[:-2] if math.isfinite(value) and value == int(value) and abs(value) < 1e16 else repr(value)


#: Longer texts are cut to so many characters around the first that differs.
LONG = 100


def cut(before: str, after: str, length: int = LONG) -> tuple[str, str]:
    """Two texts, no longer than that, from the same character on."""
    if max(len(before), len(after)) <= length:
        return before, after
    same = next((at for at, (x, y) in enumerate(zip(before, after)) if x != y), min(len(before), len(after)))
    start = max(0, same - length // 3)
    cuts = [("…" if start else "") + text[start : start + length] for text in (before, after)]
    return tuple(  # type: ignore[return-value]
        shown + ("…" if start + length < len(text) else "") for shown, text in zip(cuts, (before, after))
    )
