"""Text on one line, whatever is in it: nothing in a stranger's file moves a terminal's cursor or turns a line round.

What is not printable (controls, line ends, characters of direction or of no width, every space but the plain one,
halves of surrogate pairs, what Unicode has not assigned) is written as Python writes it: `\\n`, `\\xa0`, `\\u202e`.
"""

from __future__ import annotations

import re

_ESCAPE = re.compile(r"\\(?:([\\nrt])|x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_SHORT = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}


def escaped(text: str) -> str:
    """Text of which none is lost: a backslash is written twice, so that `unescaped` gives the text again.

    >>> print(escaped("a\\nb"), escaped(r"a\\nb"))
    a\\nb a\\\\nb
    """
    return printable(text.replace("\\", "\\\\"))


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    short, *numbers = match.groups()
    return _SHORT[short] if short else chr(int(next(filter(None, numbers)), 16))


def printable(text: str) -> str:
    """The same with backslashes as they are: for messages and names, and for what is escaped already."""
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
