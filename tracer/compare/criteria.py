"""What two workbooks are compared by: all that a comparison can be told, in one object."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tracer.compare.difference import Tolerance
from tracer.errors import TracerError, listing

#: A list, or text with commas.
Entries = Iterable[str] | str | None
#: How values that a file does not store are had: `auto` has IronCalc compute them, where that is needed.
RECALCULATE = ("auto", "never", "ironcalc", "libreoffice")


@dataclass(frozen=True)
class Criteria:
    """
    Attributes:
        only, ignore: what to compare, and what not: kinds, `Sheet!A1:C3`, globs of sheets' titles, defined names.
        rtol, atol: two numbers agree within atol, or within rtol times the larger; 0 and 0: bit for bit.
        recalculate: one of `RECALCULATE`.
    """

    only: Entries = None
    ignore: Entries = None
    rtol: float = 0.0
    atol: float = 0.0
    recalculate: str = "auto"

    def __post_init__(self) -> None:
        """
        Raises:
            TracerError: a tolerance is negative or infinite, or there is no such way to recalculate.
        """
        _ = self.tolerance
        if self.recalculate not in RECALCULATE:
            raise TracerError(f"--recalculate is {self.recalculate}; expected {listing(RECALCULATE, 'or')}")
        for name in ("only", "ignore"):  # an iterator would be empty the second time
            given = getattr(self, name)
            if given is not None and not isinstance(given, str):
                object.__setattr__(self, name, tuple(given))

    @property
    def tolerance(self) -> Tolerance:
        return Tolerance(self.rtol, self.atol)
