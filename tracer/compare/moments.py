"""Dates, times of day and durations: what a number means by the number format of its cell."""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache
from typing import Literal

#: What a number counts: days since the epoch, a part of a day, or days that went by, shown in hours, minutes or
#: seconds; a plain number otherwise.
Unit = Literal["", "date", "time", "hours", "minutes", "seconds"]

#: Text in a format, colours, conditions, currencies and paddings, but not the brackets of durations; formats that are
#: only known by a number.
_NO_CODE = re.compile(r'^format [0-9]+$|"[^"]*"|\\.|\[(?!h+\]|m+\]|s+\])[^\]]*\]|_.|\*.|general|am/pm|a/p')
_ELAPSED: dict[str, Unit] = {"h": "hours", "m": "minutes", "s": "seconds"}
#: Excel counts a day that never was: 1900-02-29.
_NEVER = 60
_LAST = 2_958_466  # the day after 9999-12-31


@lru_cache(maxsize=4096)
def unit(number_format: str) -> Unit:
    """What a number format says that its numbers are; its first section speaks for all."""
    bare = _NO_CODE.sub("", number_format.lower()).partition(";")[0]
    if elapsed := re.search(r"\[([hms])", bare):
        return _ELAPSED[elapsed[1]]
    letters = set(re.sub(r"[^dmyhs]", "", bare))
    if letters & {"d", "y"} or letters == {"m"} or "mmm" in bare:
        return "date"
    return "time" if letters else ""


def moment_text(serial: float, unit: Unit, date1904: bool) -> str | None:
    """`2024-03-01`, `2024-03-01 12:30:00`, `12:30`, `2412:00`; None for what is none of these."""
    if not unit or not math.isfinite(serial):
        return None
    if unit in ("hours", "minutes", "seconds"):
        return elapsed_text(serial, unit)
    if unit == "time" and 0 <= serial < 1:
        return elapsed_text(serial, "hours", 2)
    start = datetime.datetime(1904, 1, 1) if date1904 else datetime.datetime(1899, 12, 30)
    earliest = _NEVER + 1
    if date1904:
        earliest = 0 if unit == "date" else 1
    elif unit == "date" and 1 <= serial < _NEVER:
        start += datetime.timedelta(days=1)
        earliest = 1
    if not earliest <= serial < _LAST - (1462 if date1904 else 0) - 1:
        return None
    if serial == int(serial):
        return (start + datetime.timedelta(days=serial)).date().isoformat()
    moment = start + datetime.timedelta(days=serial, microseconds=500)  # to the nearest millisecond
    return moment.isoformat(sep=" ", timespec="milliseconds").removesuffix(".000")


def elapsed_text(days: float, unit: Unit, digits: int = 1) -> str | None:
    """`2412:00`, `2412:00:07.500`: hours and what is left of them; by minutes `144720:00`, by seconds `8683200`.

    Args:
        digits: the first number has at least so many.
    """
    if not abs(days) < 1e10:
        return None
    whole = round(abs(days) * 86_400_000)
    sign = "-" if days < 0 and whole else ""
    seconds, thousandths = divmod(whole, 1000)
    fraction = f".{thousandths:03}" if thousandths else ""
    if unit == "seconds":
        return f"{sign}{seconds}{fraction}"
    minutes, seconds = divmod(seconds, 60)
    if unit == "minutes":
        return f"{sign}{minutes:0{digits}}:{seconds:02}{fraction}"
    hours, minutes = divmod(minutes, 60)
    rest = f":{seconds:02}{fraction}" if seconds or fraction else ""
    return f"{sign}{hours:0{digits}}:{minutes:02}{rest}"


def length_text(days: float, unit: Unit) -> str:
    """How far apart two moments or durations are, with its sign: `+3 days`, `-2 h 30 min`, `+24:00`."""
    sign = "-" if days < 0 else "+"
    if unit in ("hours", "minutes", "seconds"):
        return f"{sign}{elapsed_text(abs(days), unit)}{' s' if unit == 'seconds' else ''}"
    whole = round(abs(days) * 86_400_000)
    minutes, thousandths = divmod(whole, 60_000)
    hours, minutes = divmod(minutes, 60)
    full, hours = divmod(hours, 24)
    parts = [(full, "day" if full == 1 else "days"), (hours, "h"), (minutes, "min"), (thousandths / 1000, "s")]
    said = " ".join(f"{many:,g} {word}" if word == "s" else f"{many:,} {word}" for many, word in parts if many)
    return f"{sign}{said}" if said else "under a millisecond"
