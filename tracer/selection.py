"""Which epochs get their step sheets: `first,last`, `1,10,100`, `every:1000`, `all`, `none`."""

from __future__ import annotations

from typing import Any

from tracer.errors import TracerError
from tracer.values import whole

DEFAULT = "first,last"


#: More would not be done in a lifetime.
MOST = 10**9


def check_epochs(epochs: Any) -> int:
    """How many epochs to train.

    Raises:
        TracerError: it is no whole number from 1 to `MOST`.
    """
    if whole(epochs, "epochs", "epochs") > MOST:
        raise TracerError(f"epochs is {epochs:,}; expected at most {MOST:,}")
    return int(epochs)


def select(sheets: str, epochs: int) -> tuple[int, ...]:
    """Numbers of epochs, ascending; those beyond the last are left out.

    Raises:
        TracerError: it says nothing that is understood.
    """
    if not isinstance(sheets, str):
        raise _unknown(sheets)
    chosen: set[int] = set()
    words = [word.strip() for word in sheets.split(",")]
    for word in words:
        kind, _, number = word.partition(":")
        if word in ("all", "none"):
            if len(words) > 1:
                raise _unknown(sheets)
            return tuple(range(1, epochs + 1)) if word == "all" else ()
        if kind == "every" and _is_epoch(number):
            chosen.update(range(int(number), epochs + 1, int(number)))
        elif word in ("first", "last"):
            chosen.add(1 if word == "first" else epochs)
        elif _is_epoch(word):
            chosen.add(int(word))
        else:
            raise _unknown(sheets)
    return tuple(sorted(epoch for epoch in chosen if epoch <= epochs))


def _is_epoch(word: str) -> bool:
    return word.isdecimal() and len(word) <= len(str(MOST)) and int(word) > 0


def _unknown(sheets: object) -> TracerError:
    return TracerError(
        f"sheets is {sheets!r}; expected epochs such as first,last or 1,10,100 or every:1000, or all, or none"
    )
