"""A diff of files or folders as JSON, for programs: docs/report-json.md describes it."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from tracer.compare.difference import Diff, Difference, Side

if TYPE_CHECKING:
    from tracer.compare.folders import FileDiff, FolderDiff

#: Of the form; it counts up when a reader of the old one would misread the new one.
SCHEMA = 1


def to_json(found: Diff | FolderDiff) -> str:
    """One object; numbers that JSON has not (infinities, NaN) are texts."""
    told = _diff(found) if isinstance(found, Diff) else _folders(found)
    return json.dumps({"schema": SCHEMA, **told}, indent=2, ensure_ascii=False)


def _diff(diff: Diff) -> dict[str, Any]:
    return _sides(diff) | {"differences": [_difference(found) for found in diff]}


def _folders(found: FolderDiff) -> dict[str, Any]:
    return _sides(found) | {"files": [_file(file) for file in found]}


def _sides(found: Diff | FolderDiff) -> dict[str, Any]:
    return {"a": found.a, "b": found.b, "equal": not found, "summary": found.summary}


def _file(file: FileDiff) -> dict[str, Any]:
    told: dict[str, Any] = {"path": file.path, "status": file.status}
    if file.error:
        told["error"] = file.error
    diff = file.diff
    return told | (_diff(diff) if diff is not None else {})


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
