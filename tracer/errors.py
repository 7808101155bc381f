"""The one kind of error that a user sees."""

import os

from tracer.escapes import printable

#: An environment variable: where it is set to anything, faults of ours are printed with their traceback.
TRACEBACK = "TRACER_TRACEBACK"
#: Characters of a message; where a stranger's names make it longer, its middle is left out.
LONGEST = 2_000


class TracerError(Exception):
    """Something that the user can mend: one line that names the place, what was found, and what to do.

    The command line prints it after `tracer:` and ends with exit status 2.
    """

    def __str__(self) -> str:
        message = printable(super().__str__())  # names in a stranger's file may hold anything
        half = LONGEST // 2
        return message if len(message) <= LONGEST else f"{message[:half]} … {message[-half:]}"


class RecalculatedWarning(UserWarning):
    """A workbook stores no values beside its formulas: the numbers read from it are those that IronCalc computes."""


def listing(names, conjunction: str = "and") -> str:
    """`a, b and c`, for messages."""
    *head, last = [str(name) for name in names]
    return f"{', '.join(head)} {conjunction} {last}" if head else last


def nearest(name: str, known) -> str:
    """` (did you mean ...?)` or, where nothing is near, ` (known: ...)`; for messages about unknown names."""
    from difflib import get_close_matches

    known = list(known)
    folded = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(name.lower(), list(folded), n=1)
    return f" (did you mean {folded[close[0]]}?)" if close else f" (known: {', '.join(known)})"


def one_line(error: BaseException) -> str:
    """What another library said, on one line."""
    return " ".join(str(error).split()) or type(error).__name__


def fault(error: BaseException) -> str:
    """What to say of an exception that is a mistake in this package, on one line; its traceback where it is wanted."""
    if os.environ.get(TRACEBACK):
        import traceback

        traceback.print_exception(error)
    what = f"{type(error).__name__}: {one_line(error)}" if str(error) else type(error).__name__
    return (
        f"this is a fault of tracer: {printable(what)}; please report it to the project's issue tracker, with the file "
        f"({TRACEBACK}=1 shows where it happened)"
    )
