"""Two sequences of lines, of which some were taken out and some put in: which belong together."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

#: So many pairs of lines are weighed for what stands between lines that are surely the same.
PAIRS = 40_000
#: What it is worth to take two lines for one that changed, beside how alike they are.
ANY = 0.05


def anchors(a: Sequence[Hashable], b: Sequence[Hashable]) -> list[tuple[int, int]]:
    """Pairs of equal lines, in order (the idea of patience diff)."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    stop = 0
    while stop < min(len(a), len(b)) - start and a[-1 - stop] == b[-1 - stop]:
        stop += 1
    end_a, end_b = len(a) - stop, len(b) - stop
    found = [(at, at) for at in range(start)]
    counts_a, counts_b = Counter(a[start:end_a]), Counter(b[start:end_b])
    places = {line: at for at, line in enumerate(b[start:end_b], start)}
    unique = [
        (at, places[line])
        for at, line in enumerate(a[start:end_a], start)
        if counts_a[line] == 1 and counts_b[line] == 1
    ]
    i = j = start
    for x, y in (*_rising(unique), (end_a, end_b)):
        while i < x and j < y and a[i] == b[j]:  # equal ones after the last anchor
            found.append((i, j))
            i, j = i + 1, j + 1
        back: list[tuple[int, int]] = []
        while x - len(back) > i and y - len(back) > j and a[x - len(back) - 1] == b[y - len(back) - 1]:
            back.append((x - len(back) - 1, y - len(back) - 1))
        found += reversed(back)
        if x < end_a:
            found.append((x, y))
        i, j = x + 1, y + 1
    return found + [(end_a + at, end_b + at) for at in range(stop)]


def _rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest run of pairs, in the order of the first, whose second rises (patience sorting)."""
    tails: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for at, (_, y) in enumerate(pairs):
        pile = bisect_left(tails, y)
        if pile == len(tails):
            tails.append(y)
            tops.append(at)
        else:
            tails[pile], tops[pile] = y, at
        before.append(tops[pile - 1] if pile else -1)
    found, at = [], tops[-1] if tops else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def between(a: Sequence[T], b: Sequence[T], alike: Callable[[T, T], float]) -> Iterator[tuple[int | None, int | None]]:
    """Lines between two anchors: as many as can be are taken for lines that changed, those that are most alike."""
    if len(a) == len(b) == 1 or not a or not b or len(a) * len(b) > PAIRS:
        for at in range(max(len(a), len(b))):
            yield at if at < len(a) else None, at if at < len(b) else None
        return
    # best[i][j]: of the lines from i and j on.
    best = [[0.0] * (len(b) + 1) for _ in range(len(a) + 1)]
    worth = [[ANY + alike(x, y) for y in b] for x in a]
    for i in range(len(a) - 1, -1, -1):
        for j in range(len(b) - 1, -1, -1):
            best[i][j] = max(worth[i][j] + best[i + 1][j + 1], best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(a) and j < len(b):
        if best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1
    yield from ((at, None) for at in range(i, len(a)))
    yield from ((None, at) for at in range(j, len(b)))
