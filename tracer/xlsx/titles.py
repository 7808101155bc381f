"""Titles of sheets: which ones Excel allows, and how formulas write them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection

from tracer.errors import TracerError
from tracer.xlsx.addresses import COLUMNS, ROWS, parse_range

#: Excel counts UTF-16 units, of which an emoji takes two.
LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
#: The sheet that Excel makes of tracked changes; its dialog refuses the title, and some readers the workbook.
_RESERVED = "history"
_WORD = re.compile(r"[^\W\d][\w.]*")
#: What reads as a cell in R1C1 notation, whatever follows it: `R12`, `C3x`, `RC7`.
_ROW, _COLUMN = re.compile(r"r(\d+)"), re.compile(r"r?c(\d+)")


def check_title(title: str, taken: Collection[str] = ()) -> None:
    """Refuse a title that Excel does not allow.

    Args:
        taken: the titles of the other sheets.

    Raises:
        TracerError: it is none; the message says why.
    """
    reason = _reason(title, taken)
    if reason:
        raise TracerError(f"a sheet cannot be called {title!r}: {reason}; choose another title")


def _reason(title: str, taken: Collection[str]) -> str:
    length = len(title.encode("utf-16-le", "surrogatepass")) // 2
    if not title:
        return "it has no characters"
    if length > LONGEST:
        return f"it has {length} characters, and at most {LONGEST} are allowed"
    if match := _FORBIDDEN.search(title):
        return f"{match[0]!r} is not allowed in it"
    if "'" in (title[0], title[-1]):
        return "an apostrophe is not allowed at either end"
    if title.lower() == _RESERVED:
        return "Excel keeps this title for itself"
    if title.lower() in {other.lower() for other in taken}:
        return "another sheet is called so (upper and lower case are the same)"
    return ""


def free_title(title: str, taken: Collection[str]) -> str:
    """A title, or the first of `Title 2`, `Title 3`, … that no other sheet has."""
    used = {other.lower() for other in taken}
    titles = (f"{title} {number}" if number > 1 else title for number in itertools.count(1))
    return next(name for name in titles if name.lower() not in used)


def quoted(title: str) -> str:
    """A title as a formula writes it: in quotation marks where Excel needs them.

    >>> quoted("Data"), quoted("Step 7"), quoted("It's"), quoted("AB12"), quoted("RC")
    ('Data', "'Step 7'", "'It''s'", "'AB12'", "'RC'")
    """
    if _WORD.fullmatch(title) and not _reads_otherwise(title.lower()):
        return title
    return "'{}'".format(title.replace("'", "''"))


def _reads_otherwise(title: str) -> bool:
    """Whether a word reads as a cell or a truth value in a formula."""
    if title in ("r", "c", "rc", "true", "false") or parse_range(title):
        return True
    starts = ((_ROW.match(title), ROWS), (_COLUMN.match(title), COLUMNS))
    return any(match is not None and 0 < int(match[1]) <= most for match, most in starts)
