"""How large a difference is, as a person measures: `+3 days`, `+0.2 (+5.3%)`, `-4 (about half)`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracer.compare.lookalikes import look_alike, where
from tracer.compare.moments import Unit, length_text
from tracer.escapes import escaped
from tracer.xlsx.cells import Error

if TYPE_CHECKING:
    from tracer.compare.difference import Side

#: So few units in the last place say more than a share does: they are the traces of another order of operations.
FEW = 16
#: Shares beyond are the work of no person.
_SMALLEST = 1e-300
#: From the day 0 of 1900 to that of 1904.
_DAYS_1904 = 1462
#: Texts longer than this are searched by nobody for what differs.
LONG = 40
_UNITS: dict[Unit, str] = {
    "": "number", "date": "date", "time": "time", "hours": "duration", "minutes": "duration", "seconds": "duration"
}  # fmt: skip


def measure(before: Side, after: Side, ulps: int | None) -> str:
    """How far apart two cells are; empty where there is nothing to add to what they show.

    Args:
        ulps: how many units in the last place, if they are numbers.
    """
    if (before.formula or after.formula) and before.shown.startswith(("=", "{=")) != after.shown.startswith(
        ("=", "{=")
    ):
        return f"{kind_of(before)}, now {kind_of(after)}"
    if before.formula and after.formula and look_alike(before.formula, after.formula):
        return where(before.formula, after.formula)
    a, b = before.value, after.value
    if ulps is not None:
        if before.unit and after.unit and before.unit == after.unit:
            epochs = _DAYS_1904 * (after.date1904 - before.date1904) if before.unit == "date" else 0
            return length_text(b - a + epochs, before.unit)
        return numbers(a, b, ulps)
    return _texts(before, after) if isinstance(a, str) and isinstance(b, str) else _kinds(before, after)


def numbers(a: float, b: float, ulps: int) -> str:
    """`+0.5 (+50%)`, `+0.1 (twice)`, `+1.1e-16 (1 unit in the last place)`"""
    if a == b:
        return "the sign of zero"
    change = _change(a, b)
    if ulps <= FEW:
        return f"{change} ({ulps} unit{'s' if ulps > 1 else ''} in the last place)"
    share = _share(a, b)
    return f"{change} ({share})" if share else change


def _change(a: float, b: float) -> str:
    change = b - a
    if a == int(a) and b == int(b) and abs(change) < 1e15:
        return f"{change:+,.0f}"
    return f"{change:+,.0f}" if 1000 <= abs(change) < 1e9 else f"{change:+.3g}"


def _share(a: float, b: float) -> str:
    """What B is of A."""
    if a == 0 or b == 0:
        return ""
    if (a < 0) != (b < 0):
        return "the other sign"
    ratio = b / a
    if not _SMALLEST < ratio < 1 / _SMALLEST:
        return ""
    if 1.95 <= ratio < 2.05:
        return "twice" if b == 2 * a else "about twice"
    if 0.4875 <= ratio < 0.5125:
        return "half" if 2 * b == a else "about half"
    if ratio >= 2.05:
        return f"{_many(ratio)} times"
    if ratio <= 0.1:
        return f"{_many(1 / ratio, '1/')} of it"
    share = ratio - 1 if abs(ratio - 1) > 1e-3 else (b - a) / a
    return f"{share:+.1e} of it" if abs(share) < 1e-6 else f"{_digits(100 * share):+}%".replace("+-", "-")


def _many(ratio: float, before: str = "") -> str:
    if ratio == round(ratio) and ratio < 1000:
        return f"{before}{ratio:.0f}"
    rounded = _digits(ratio)
    return f"about {before}{rounded:,}" if rounded < 1e7 else f"about {before}{ratio:.0e}"


def _digits(value: float) -> float | int:
    """With two digits."""
    rounded = float(f"{value:.2g}")
    return int(rounded) if rounded == int(rounded) else rounded


def _texts(before: Side, after: Side) -> str:
    a, b = before.value, after.value
    if isinstance(a, Error) or isinstance(b, Error):
        return _kinds(before, after)
    if look_alike(a, b):
        return where(a, b)
    if max(len(a), len(b)) > LONG:
        same = next((at for at, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
        if same:
            return f"differs at character {same + 1:,}"
    return ""


def _kinds(before: Side, after: Side) -> str:
    first, second = kind_of(before), kind_of(after)
    if first == second:
        return ""
    if "empty" in (first, second):
        return f"{second} where nothing was" if first == "empty" else "now empty"
    same = second == "text" and before.shown == escaped(after.value)
    return f"{first}, now stored as text" if same else f"{first}, now {second}"


def kind_of(side: Side) -> str:
    """What a cell holds: `number`, `date`, `text`, …"""
    value: Any = side.value
    if side.formula and side.shown.startswith(("=", "{=")):
        return "formula"
    if value is None:
        return "formula" if side.formula else "empty"
    if isinstance(value, bool):
        return "logical value"
    if isinstance(value, Error):
        return "error"
    return "text" if isinstance(value, str) else _UNITS[side.unit]
