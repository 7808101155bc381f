"""A diff of files or folders as JSON, for programs: docs/report-json.md describes it."""

from __future__ import annotations

import json
import math
import re
from typing import TYPE_CHECKING, Any

from tracer.compare import programs
from tracer.compare.difference import Diff, Difference, Side

if TYPE_CHECKING:
    from tracer.compare.folders import FileDiff, FolderDiff

#: Of the form; it counts up when a reader of the old one would misread the new one.
SCHEMA = 1
#: What may have to be escaped, though JSON asks it of controls only: it turns lines round, or ends them.
_UNPRINTABLE = re.compile(r"[^\n -~]")


def to_json(found: Diff | FolderDiff) -> str:
    """One object; numbers that JSON has not (infinities, NaN) are texts."""
    told = _diff(found) if isinstance(found, Diff) else _folders(found)
    text = json.dumps({"schema": SCHEMA, **told}, indent=2, ensure_ascii=False)
    return _UNPRINTABLE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    """As JSON escapes it; only texts hold such characters."""
    character = match[0]
    return character if character.isprintable() else json.dumps(character)[1:-1]


def _diff(diff: Diff) -> dict[str, Any]:
    told = programs.routine(diff)
    differences = [_difference(found) | {"program": number in told} for number, found in enumerate(diff)]
    return _sides(diff) | {
        "unknown": diff.unknown,
        "notes": list(diff.notes),
        "programs": dict(zip("ab", diff.programs)),
        "differences": differences,
    }


def _folders(found: FolderDiff) -> dict[str, Any]:
    return _sides(found) | {"files": [_file(file) for file in found]}


def _sides(found: Diff | FolderDiff) -> dict[str, Any]:
    return {"a": found.a, "b": found.b, "equal": not found, "summary": found.summary}


def _file(file: FileDiff) -> dict[str, Any]:
    told: dict[str, Any] = {"path": file.path, "status": file.status, "left_out": file.left_out}
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
        "measure": found.measure,
        "size": {key: _number(value) for key, value in found.size._asdict().items()} if found.size else None,
        "reaches": found.reaches,
        "cells": found.cells,
    }


def _side(side: Side) -> dict[str, Any]:
    return {"value": _number(side.value), "formula": side.formula, "shown": side.shown}


def _number(value: Any) -> Any:
    return repr(value) if isinstance(value, float) and not math.isfinite(value) else value
