"""How characters look inside the text of a cell, as people say it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from tracer.escapes import escaped
from tracer.xlsx.strings import Font, Text
from tracer.xlsx.styles import Look

#: What a look says of characters; the rest is of the cell.
_OF_FONTS = ("bold", "italic", "struck out", "outlined", "shadowed", "underline", "script", "font", "size", "colour")
#: What a run of characters has from its cell where it does not say it.
_FROM_CELL = ("font", "size")
#: So many characters of a passage are shown.
_LONG = 30


def change(a: Text, b: Text, look_a: Look, look_b: Look) -> tuple[str, str] | None:
    """What differs inside two equal texts, for each side: `characters 1 to 5 "Note:" bold`; None for nothing.

    Args:
        look_a, look_b: of the cells.
    """
    passages: list[tuple[int, int, Look, Look]] = []
    runs_a, runs_b = list(_runs(a)), list(_runs(b))
    edges = sorted({0, len(a), *(start for start, _, _ in (*runs_a, *runs_b))})
    for start, end in pairwise(edges):
        font_a, font_b = (
            next(font for first, last, font in runs if first <= start < last) for runs in (runs_a, runs_b)
        )
        if font_a is None and font_b is None:
            continue  # as their cells look, which is told of the cells
        ours, theirs = _completed(font_a, look_a), _completed(font_b, look_b)
        if ours == theirs:
            continue
        if passages and passages[-1][1:] == (start, ours, theirs):
            passages[-1] = (passages[-1][0], end, ours, theirs)
        else:
            passages.append((start, end, ours, theirs))
    if not passages:
        return None
    sides: tuple[list[str], list[str]] = ([], [])
    for start, end, ours, theirs in passages:
        where = _where(str(a), start, end)
        for side, words in zip(sides, ours.change(theirs)):
            side.append(f"{where} {words}")
    return "; ".join(sides[0]), "; ".join(sides[1])


def _where(text: str, start: int, end: int) -> str:
    passage = text[start:end]
    shown = escaped(passage if len(passage) <= _LONG else passage[: _LONG - 1] + "…")
    return f'character {end} "{shown}"' if end - start == 1 else f'characters {start + 1} to {end} "{shown}"'


def _runs(text: Text) -> Iterator[tuple[int, int, Font | None]]:
    """From which character to which, and how they look; None for as the cell does."""
    start = 0
    for run in text.runs:
        if run.length:
            yield start, start + run.length, run.font
        start += run.length
    if start < len(text):
        yield start, len(text), None


def _completed(font: Font | None, cell: Look) -> Look:
    base = {key: value for key, value in cell.properties if key in _OF_FONTS}
    if font is not None:
        base = {key: base[key] for key in _FROM_CELL if key in base} | font
    return Look(tuple(sorted(base.items())))
