"""Values of cells as reports print them."""

from __future__ import annotations

import datetime
import math
import re

from tracer.escapes import escaped
from tracer.xlsx.cells import Cell, Error


def value_text(cell: Cell, number_format: str = "General", date1904: bool = False) -> str:
    """A value as reports print it: `0.35`, `"text"`, `TRUE`, `#N/A`, `2026-11-24`."""
    value = cell.value
    if value is None:
        return "no stored value" if cell.formula else "empty"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, Error):
        return str(value)
    if isinstance(value, str):
        return f'"{escaped(value)}"'
    if is_date(number_format) and (moment := _moment(value, date1904)):
        return moment
    return repr(value)[:-2] if value == int_or_none(value) and abs(value) < 1e16 else repr(value)


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


def int_or_none(value: float) -> int | None:
    return int(value) if math.isfinite(value) else None


def is_date(number_format: str) -> bool:
    """Whether a number format shows a date or a time."""
    bare = re.sub(r'"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.', "", number_format.lower())
    return number_format != "General" and re.search(r"[dmyhs]", bare.replace("general", "")) is not None


def _moment(serial: float, date1904: bool) -> str | None:
    start = datetime.datetime(1904, 1, 1) if date1904 else datetime.datetime(1899, 12, 30)
    if not math.isfinite(serial) or not (0 if date1904 else 61) <= serial < 2_900_000:
        return None  # before March 1900 Excel counts a day that never was
    if serial == int(serial):
        return (start + datetime.timedelta(days=serial)).date().isoformat()
    moment = start + datetime.timedelta(days=serial, microseconds=500)  # to the nearest millisecond
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")
