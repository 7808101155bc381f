"""The arithmetic of a neural network, step by step: recorded, written to live workbooks, read back, verified."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tracer.api import Trace, derive, read_excel, run, script, verify
    from tracer.errors import RecalculatedWarning, TracerError
    from tracer.network import Network
    from tracer.report.diff import diff
    from tracer.trace import State

__all__ = [
    "Network",
    "RecalculatedWarning",
    "State",
    "Trace",
    "TracerError",
    "derive",
    "diff",
    "read_excel",
    "run",
    "script",
    "verify",
]
__version__ = "0.1.0"

_ELSEWHERE = {
    "Network": "tracer.network",
    "RecalculatedWarning": "tracer.errors",
    "State": "tracer.trace",
    "TracerError": "tracer.errors",
    "diff": "tracer.report.diff",
}


def __getattr__(name: str) -> Any:
    """Loads NumPy and the rest when they are first asked for: pytest loads this package at every start."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found = globals()[name] = getattr(import_module(_ELSEWHERE.get(name, "tracer.api")), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
