"""Whatever is changed in a workbook, the diff sees it, or a table in the code says why it means nothing."""

import io
import os
import re
from functools import cache
from pathlib import Path

import furnished
import mutations
import pytest

import tracer
from tracer.compare import meaningless
from tracer.xlsx import schema

FOLDER = os.environ.get("TRACER_FOREIGN", "")
#: Every kind of place in every workbook, once; by default every kind of place in the first workbook that has it.
EVERY = os.environ.get("TRACER_SWEEP") == "every"


def ours():
    """A workbook of our own."""
    file = io.BytesIO()
    tracer.run(epochs=1).to_excel(file)
    return file.getvalue()


@cache
def books():
    found = {path.stem: path.read_bytes() for path in sorted(Path(FOLDER).glob("*.xlsx"))} if FOLDER else {}
    return {"ours": ours(), "furnished": furnished.workbook(), **found}


@cache
def sampled():
    """The places to change, by workbook."""
    seen, chosen = set(), {}
    for name, content in books().items():
        chosen[name] = dict(mutations.sampled(content, seen=() if EVERY else seen))
        seen |= chosen[name].keys()
    return chosen


def excused(place):
    """Whether the table says that a place means nothing."""
    path = tuple(tag for tag in place.path if tag not in ("AlternateContent", "Choice"))
    for kind in (place.kind, "note") if place.kind == "vmlDrawing" else (place.kind,):
        if meaningless.whole(kind) or (place.path and "Fallback" in place.path):
            return True
        if any(meaningless.element(kind, path[:depth]) for depth in range(1, len(path) + 1)):
            return True
        if not place.attribute.startswith("#") and meaningless.attribute(kind, path, place.attribute):
            return True
    return conditionally(place, path)


def conditionally(place, path):
    """What the table says in parentheses, and what is left out because nothing stands in it."""
    tag = path[-1] if path else ""
    parent = path[-2] if len(path) > 1 else ""
    if place.attribute == "#drop" and meaningless.empty(tag):
        return all(
            meaningless.attribute(place.kind, path, key) or schema.spelt(parent, tag, key, value) is None
            for key, value in place.attributes
        )
    if place.kind in ("core-properties", "extended-properties"):
        return place.attribute == "#drop" and place.empty
    if tag == "ext" and place.attribute == "uri":
        return meaningless.element(place.kind, (*path, place.inner))
    if tag in ("t", "r") and place.attribute == "#drop" and place.empty:
        return True
    if place.kind == "sharedStrings" and parent == "rPr":
        return place.attribute == "#drop" or tag == "rFont"
    if place.kind == "styles" and (parent, tag) == ("font", "name"):
        return True  # of a font of the theme; test_diff_kinds changes one that is none
    if place.attribute == "#drop" and (tag, dict(place.attributes).get("val")) in meaningless.SAID:
        return True
    if tag == "definedName":
        return b"_xlnm._FilterDatabase" in place.tag
    if tag == "row" and place.attribute == "ht":
        return b"customHeight" not in place.tag
    if tag == "cfRule" and place.attribute == "priority":
        return True  # test_diff_beside: where the order is another, it is a difference
    if place.kind == "styles" and tag in ("color", "bgColor", "fgColor"):
        black = re.search(rb'rgb="(FF)?000000"|indexed="(64|65|81)"|auto="1"|theme="1"', place.tag)
        return black is not None or tag == "bgColor"
    if tag == "patternFill" and b'"none"' in place.tag:
        return place.attribute == "#drop"
    return place.kind == "styles" and place.attribute == "#drop" and not place.attributes


@pytest.mark.parametrize(
    "name", ["ours", *sorted(path.stem for path in Path(FOLDER).glob("*.xlsx"))] if FOLDER else ["ours"]
)
def test_every_change_is_seen_or_said_to_mean_nothing(name):
    content, missed = books()[name], []
    for place in sampled()[name].values():
        if excused(place):
            continue
        try:
            if not tracer.diff(io.BytesIO(content), mutations.mutated(content, place), recalculate="never"):
                missed.append(f"{place.part}: {'/'.join(place.path)} {place.attribute}: {place.tag.decode()[:80]}")
        except tracer.TracerError:
            continue  # a reader that refuses it has noticed
    assert not missed
