"""The arithmetic of a neural network, step by step: recorded, written to live workbooks, read back, verified."""

from tracer.api import Trace, diff, read_excel, run, verify
from tracer.errors import TracerError
from tracer.network import Network
from tracer.trace import State

__all__ = ["Network", "State", "Trace", "TracerError", "diff", "read_excel", "run", "verify"]
__version__ = "0.1.0"
