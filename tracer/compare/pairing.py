"""Which sheet of one workbook is which of the other: by title, then by what is on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from tracer.workbook import names
from tracer.xlsx.book import Book, Sheet
from tracer.xlsx.canonical import skeleton

#: What the sheet of losses is and was called in workbooks of ours.
LOSS_TITLES = (names.LOSS_BEFORE, names.LOSS)
#: A sheet under another title is the same when at least so much of it is.
ALIKE = 0.5
#: A renamed sheet is looked for so many tabs around its old place.
NEAR = 50
#: What a cell at another place counts for, beside one at the same.
ANYWHERE = 0.9
#: So many cells of a sheet are looked at to tell.
CELLS = 500


@dataclass(frozen=True)
class Pair:
    """A sheet of A and the sheet of B that it became; one of them is None for a sheet that only one has."""

    a: Sheet | None
    b: Sheet | None

    @property
    def title(self) -> str:
        """In B, or in A for a sheet that was removed."""
        return (self.b or self.a).title  # type: ignore[union-attr]

    @property
    def renamed(self) -> bool:
        return self.a is not None and self.b is not None and self.a.title != self.b.title


def pairs(a: Book, b: Book) -> list[Pair]:
    """Every sheet of both, in the order of B's tabs; removed ones last."""
    ours = {sheet.title: sheet for sheet in a.sheets}
    found = {sheet.title: ours.pop(sheet.title) for sheet in b.sheets if sheet.title in ours}
    for old, new in _renumbered([*ours], [sheet.title for sheet in b.sheets if sheet.title not in found]):
        found[new] = ours.pop(old)
    titles = {sheet.title for sheet in b.sheets}
    for before, after in (LOSS_TITLES, LOSS_TITLES[::-1]):  # no other program's workbook can have the earlier one
        if before in ours and after in titles and after not in found:
            found[after] = ours.pop(before)
    added = [sheet for sheet in b.sheets if sheet.title not in found]
    if ours and added:
        removed = list(ours.values())
        content_a, content_b = [Content(a, sheet) for sheet in removed], [Content(b, sheet) for sheet in added]
        places_a, places_b = ({sheet.title: at for at, sheet in enumerate(book.sheets)} for book in (a, b))
        alike = sorted(
            (-x.alike(y), abs(places_a[old.title] - places_b[new.title]), i, j)
            for i, (old, x) in enumerate(zip(removed, content_a))
            for j, (new, y) in enumerate(zip(added, content_b))
            if old.kind == new.kind and abs(places_a[old.title] - places_b[new.title]) <= NEAR
        )
        taken: set[tuple[str, int]] = set()
        for score, _, i, j in alike:
            if -score >= ALIKE and ("a", i) not in taken and ("b", j) not in taken:
                taken |= {("a", i), ("b", j)}
                found[added[j].title] = ours.pop(removed[i].title)
    together = [Pair(found.get(sheet.title), sheet) for sheet in b.sheets]
    return together + [Pair(sheet, None) for sheet in ours.values()]


def _renumbered(ours: list[str], theirs: list[str]) -> Iterator[tuple[str, str]]:
    """Step sheets of the runs of different lengths: the last epoch of one is the last of the other."""
    updates = []
    for titles in (ours, theirs):
        sheets: dict[tuple[int, int], dict[int, str]] = {}
        for title in titles:
            if parsed := names.parse_step_sheet(title):
                sheets.setdefault(parsed[:2], {})[parsed[2]] = title
        updates.append([sheets[update] for update in sorted(sheets)])
    if len(updates[0]) == len(updates[1]):
        for old, new in zip(*updates):
            yield from ((old[step], new[step]) for step in old if step in new)


class Content:
    """The first cells of a sheet, as sets that are much the same for much the same sheet.

    Attributes:
        placed: what stands where.
        counted: how often what stands anywhere; rows may have been put in as well.
    """

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.placed: set[int] = set()
        self.counted: Counter[int] = Counter()
        for row, column, cell in book.cells(sheet) if sheet.kind == "worksheet" else ():
            if cell.formula is None and cell.value is None:
                continue
            content = skeleton(cell.formula.text).text if cell.formula else (type(cell.value).__name__, cell.value)
            self.placed.add(hash((row, column, cell.formula.text if cell.formula else content)))
            self.counted[hash(content)] += 1
            if len(self.placed) >= CELLS:
                break

    def alike(self, other: Content) -> float:
        """From 0 to 1; what stands at the same places says more than what stands anywhere."""
        if not self.placed and not other.placed:
            return 1.0
        largest = max(len(self.placed), len(other.placed))
        return max(len(self.placed & other.placed), ANYWHERE * (self.counted & other.counted).total()) / largest


def moved(a: Book, b: Book, together: list[Pair]) -> set[str]:
    """The titles in B of sheets that stand elsewhere among the sheets that both have: as few as explain the order."""
    before = {pair.a.title: pair.title for pair in together if pair.a and pair.b}
    ours = [before[sheet.title] for sheet in a.sheets if sheet.title in before]
    theirs = [pair.title for pair in together if pair.a and pair.b]
    first, second = sorted((ours, theirs))  # there may be several ways; the same one, whichever is A
    blocks = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    kept = {title for block in blocks for title in second[block.b : block.b + block.size]}
    return set(theirs) - kept
