"""ISO 8601 dates and times in cells, as the numbers that spreadsheets count days by."""

from __future__ import annotations

import datetime
import re

#: As XML Schema spells a date, a time of day, or both; hours and minutes may stand without seconds.
_ISO = re.compile(
    r"""
    (?P<date>(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2}))?
    (?:(?(date)[T ]|T?)(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<fraction>[.,][0-9]+)?)?)?
    (?P<offset>Z|[+-][0-9]{2}:?[0-9]{2})?
    """,
    re.VERBOSE,
)
_DAY = datetime.timedelta(days=1)
#: The days from which serial numbers count.
EPOCH_1900, EPOCH_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)
#: In between Excel's count is a day behind: it takes 1900 for a leap year, and calls the last of 1899 day 0.
_BEHIND = datetime.datetime(1899, 12, 31), datetime.datetime(1900, 3, 1)


def serial(text: str, date1904: bool) -> float:
    """Days since the workbook's epoch; of a time alone, the part of a day.

    An offset from UTC is taken off, so that `10:00+02:00` is 8 o'clock.

    >>> serial("2024-03-01T10:00:00+02:00", False), serial("06:00", False), serial("2024-03-01", True)
    (45352.333333333336, 0.25, 43890.0)

    Raises:
        ValueError: not a date or time.
    """
    match = _ISO.fullmatch(text.strip())
    if match is None or not (match["date"] or match["hour"]):
        raise ValueError(text)
    time = _time_of_day(match)
    if match["date"] is None:
        return (time % _DAY) / _DAY
    moment = datetime.datetime(int(match["year"]), int(match["month"]), int(match["day"])) + time
    if date1904:
        return (moment - EPOCH_1904) / _DAY
    return (moment - EPOCH_1900) / _DAY - (_BEHIND[0] <= moment < _BEHIND[1])


def _time_of_day(match: re.Match[str]) -> datetime.timedelta:
    """Since midnight in UTC.

    Raises:
        ValueError: no such time.
    """
    hour, minute, second = (int(match[key] or 0) for key in ("hour", "minute", "second"))
    fraction = float(f"0.{match['fraction'][1:]}") if match["fraction"] else 0.0
    time = datetime.timedelta(hours=hour, minutes=minute, seconds=second + fraction)
    if minute > 59 or second > 59 or time > _DAY:
        raise ValueError(match[0])
    offset = match["offset"] or "Z"
    if offset == "Z":
        return time
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        raise ValueError(match[0])
    away = datetime.timedelta(hours=hours, minutes=minutes)
    return time - away if offset[0] == "+" else time + away
