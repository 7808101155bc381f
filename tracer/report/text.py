"""Text that XML can hold."""

from __future__ import annotations

import re
from html import escape

#: What no XML document may hold, escaped or not (XML 1.0, production 2); half of a surrogate pair is in no encoding.
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def markup(text: str) -> str:
    """Text, escaped for elements and attributes; a replacement character for what XML cannot hold."""
    return escape(_ILLEGAL.sub("\ufffd", text))
