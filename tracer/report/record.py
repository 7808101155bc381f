"""A diff as JSON, for programs: docs/diff.md describes it."""

from __future__ import annotations

import json
import math
from typing import Any

from tracer.compare.difference import Diff, Difference, Side

#: Of the form; it counts up when a reader of the old one would misread the new one.
SCHEMA = 1


def to_json(diff: Diff) -> str:
    """One object; numbers that JSON has not (infinities, NaN) are texts."""
    return json.dumps(
        {
            "schema": SCHEMA,
            "a": diff.a,
            "b": diff.b,
            "equal": not diff,
            "summary": diff.summary,
            "differences": [_difference(found) for found in diff],
        },
        indent=2,
        ensure_ascii=False,
    )


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "role": found.role,
        "kind": found.kind,
        "sheet": found.sheet,
        "address": found.address,
        "sheet_before": found.sheet_before,
        "address_before": found.address_before,
        "label": found.label,
        "before": _side(found.before),
        "after": _side(found.after),
        "size": {key: _number(value) for key, value in found.size._asdict().items()} if found.size else None,
        "reaches": found.reaches,
        "cells": found.cells,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"value": _number(side.value), "formula": side.formula, "shown": side.shown}


def _number(value: Any) -> Any:
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value
