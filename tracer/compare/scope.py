"""What is compared: `--only` and `--ignore`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property

from tracer.compare.difference import KINDS
from tracer.compare.pairing import Pair
from tracer.errors import TracerError, nearest
from tracer.xlsx.addresses import COLUMNS, ROWS, Range, parse_range
from tracer.xlsx.book import Book
from tracer.xlsx.references import references

#: Kinds of differences of single cells; a range of cells says nothing of any other kind.
CELLS = frozenset(("values", "formulas", "insertions", "caches", "formats", "styles"))
#: Kinds that may belong to no sheet.
DOCUMENT = frozenset(("names", "charts", "settings", "properties", "parts"))


class NothingError(TracerError):
    """What is asked for leaves nothing to compare."""


@dataclass
class Places:
    """Kinds and places, as somebody listed them.

    Attributes:
        sheets: globs of titles.
        areas: by glob of the sheet's title.
        names: defined names, for the difference of the name itself.
        entries: what was written of each glob of a title.
    """

    kinds: set[str] = field(default_factory=set)
    sheets: list[str] = field(default_factory=list)
    areas: list[tuple[str, Range]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    entries: dict[str, str] = field(default_factory=dict)

    @property
    def anywhere(self) -> bool:
        """Whether nothing but kinds is listed."""
        return not (self.sheets or self.areas or self.names)


@dataclass
class _Listed:
    """What is listed of one pair of sheets."""

    whole: bool
    areas: list[Range]

    def has(self, row: int, column: int) -> bool:
        return self.whole or any((row, column) in area for area in self.areas)

    def covers(self, area: Range) -> bool:
        """Whether one entry has all of an area."""
        return self.whole or any(
            other.top <= area.top and other.left <= area.left
            and area.bottom <= other.bottom and area.right <= other.right
            for other in self.areas
        )  # fmt: skip


class Scope:
    """Tells whether a kind, a sheet, a cell or a name is compared; a sheet goes by its title in B, or in A where only A
    has it, and is listed by either of its titles.
    """

    def __init__(
        self,
        only: Iterable[str] | str | None,
        ignore: Iterable[str] | str | None,
        books: Sequence[Book],
        pairs: Sequence[Pair],
    ) -> None:
        """
        Args:
            only, ignore: kinds, `Sheet!A1:C3`, globs of sheets' titles, defined names; a list, or text with commas.
            books: the two workbooks, in which the places are looked up.
            pairs: their sheets.

        Raises:
            TracerError: an entry is none of those, or nothing is left to compare.
        """
        self._only = _places(only, "--only", books)
        self._ignore = _places(ignore, "--ignore", books)
        self._pairs = pairs
        self._titles: dict[str, set[str]] = {
            pair.title: {sheet.title for sheet in (pair.a, pair.b) if sheet} for pair in pairs
        }
        self._listed: dict[str, tuple[_Listed, _Listed]] = {}
        self.kinds = frozenset((self._only.kinds or set(KINDS)) - self._ignore.kinds)
        self.has_places = not (self._only.anywhere and not self._ignore.areas)
        self._check()

    def sheet(self, title: str) -> bool:
        """Whether anything of a sheet is compared."""
        only, ignore = self._of(title)
        return not ignore.whole and (self._only.anywhere or only.whole or bool(only.areas))

    def whole_sheet(self, title: str) -> bool:
        """Whether what is about a sheet as a whole is compared: `--only Sheet!A1` is about a cell."""
        only, ignore = self._of(title)
        return not ignore.whole and (self._only.anywhere or only.whole)

    def cell(self, title: str, row: int, column: int) -> bool:
        if not self.has_places:
            return True
        only, ignore = self._of(title)
        return not ignore.has(row, column) and (self._only.anywhere or only.has(row, column))

    def name(self, name: str, sheet: str | None) -> bool:
        if name in self._ignore.names or (sheet is not None and self._of(sheet)[1].whole):
            return False
        return self._only.anywhere or name in self._only.names or (sheet is not None and self._of(sheet)[0].whole)

    @property
    def document(self) -> bool:
        """Whether what belongs to no sheet is compared."""
        return self._only.anywhere

    def _of(self, title: str) -> tuple[_Listed, _Listed]:
        """What `--only` and `--ignore` list of a pair of sheets."""
        if title not in self._listed:
            titles = self._titles.get(title, {title})
            only, ignore = (
                _Listed(
                    any(_matches(each, glob) for glob in places.sheets for each in titles),
                    [area for glob, area in places.areas if any(_matches(each, glob) for each in titles)],
                )
                for places in (self._only, self._ignore)
            )
            self._listed[title] = only, ignore
        return self._listed[title]

    def _check(self) -> None:
        """
        Raises:
            NothingError: nothing is left to compare.
            TracerError: nothing of a sheet that is listed can be compared, since only one workbook has it.
        """
        if self._only.anywhere and not self._ignore.kinds and self._ignore.anywhere:
            return
        for glob, entry in self._only.entries.items():
            pairs = [pair for pair in self._pairs if any(_matches(t, glob) for t in self._titles[pair.title])]
            alone = [pair for pair in pairs if pair.a is None or pair.b is None]
            if alone and len(alone) == len(pairs) and "sheets" not in self.kinds:
                raise TracerError(
                    f"--only {entry}: the sheet {alone[0].title!r} is in one of the workbooks alone, and nothing of it "
                    "can be compared; add the kind sheets"
                )
        if not any(map(self._has_any, self._pairs)) and not self._has_any_beside:
            raise NothingError("--only and --ignore leave nothing to compare; take one of their entries out")

    def _has_any(self, pair: Pair) -> bool:
        """Whether anything is compared of a pair of sheets."""
        only, ignore = self._of(pair.title)
        if not self.sheet(pair.title):
            return False
        if pair.a is None or pair.b is None:
            return "sheets" in self.kinds
        if self.whole_sheet(pair.title):
            return bool(self.kinds - (CELLS if ignore.covers(_EVERYTHING) else frozenset()) - {"properties"})
        return bool(self.kinds & CELLS) and any(not ignore.covers(area) for area in only.areas)

    @cached_property
    def _has_any_beside(self) -> bool:
        """Whether anything is compared that belongs to no sheet."""
        if self.document:
            return bool(self.kinds & DOCUMENT)
        return "names" in self.kinds and bool(self._only.names - self._ignore.names)


_EVERYTHING = Range(1, 1, ROWS, COLUMNS)


def _matches(title: str, glob: str) -> bool:
    return title == glob or fnmatchcase(title.lower(), glob.lower())


def _places(given: Iterable[str] | str | None, option: str, books: Sequence[Book]) -> Places:
    found = Places()
    for entry in entries(given, option):
        _add(found, entry, option, books)
    return found


def entries(given: Iterable[str] | str | None, option: str) -> list[str]:
    """Those of a list, or of a text with commas, one by one.

    Raises:
        TracerError: a text has none.
    """
    found = []
    for text in [given] if isinstance(given, str) else given or ():
        parts = _split(text)
        if not parts:
            raise TracerError(f"{option} {text!r}: names nothing; expected kinds ({', '.join(KINDS)}), sheets or cells")
        found += parts
    return found


def check(entry: str, option: str, books: Sequence[Book]) -> None:
    """
    Raises:
        TracerError: an entry is neither a kind nor a place in any of the workbooks.
    """
    _add(Places(), entry, option, books)


def within(only: Iterable[str], ignore: Iterable[str], books: Sequence[Book]) -> tuple[list[str], list[str]]:
    """Entries for many workbooks, without those that name nothing in these two: `only` and `ignore`.

    Raises:
        NothingError: the two have none of the places that `only` names.
    """

    def known(entry: str, option: str) -> bool:
        try:
            check(entry, option, books)
        except TracerError:
            return False
        return True

    asked, ours = list(only), [entry for entry in only if known(entry, "--only")]
    if set(asked) - set(KINDS) and not set(ours) - set(KINDS):
        raise NothingError("--only names nothing in the two workbooks")
    return ours, [entry for entry in ignore if known(entry, "--ignore")]


def _split(text: str) -> list[str]:
    """At commas, but not inside the quotes of a sheet's title."""
    return [part.strip() for part in re.findall(r"(?:'(?:[^']|'')*'|[^,'])+", text) if part.strip()]


def _add(found: Places, entry: str, option: str, books: Sequence[Book]) -> None:
    if entry in KINDS:
        found.kinds.add(entry)
        return
    titles = [sheet.title for book in books for sheet in book.sheets]
    sheet, bang, area = entry.rpartition("!")
    if bang:
        glob, parsed = _title(sheet), parse_range(area)
        if parsed is None:
            raise TracerError(f"{option} {entry}: {area!r} is no range of cells; expected one such as {sheet}!A1:C3")
        _check(option, entry, glob, titles)
        found.areas.append((glob, parsed))
        found.entries[glob] = entry
        return
    glob = _title(entry)
    defined = [name for book in books for (_, known), name in book.names.items() if known == entry]
    if defined:
        found.names.add(entry)
        for name in defined:
            for reference in references(name.text):
                if reference.area and (reference.sheet or name.sheet):
                    found.areas.append(
                        (re.sub(r"([*?[])", r"[\1]", reference.sheet or name.sheet or ""), reference.area)
                    )
    elif any(_matches(title, glob) for title in titles):
        found.sheets.append(glob)
        found.entries[glob] = entry
    else:
        known = [*KINDS, *dict.fromkeys(titles), *dict.fromkeys(name for book in books for _, name in book.names)]
        raise TracerError(
            f"{option} {entry}: neither a kind nor a sheet nor a defined name{nearest(entry, known[:200])}"
        )


def _title(text: str) -> str:
    text = text.strip()
    return text[1:-1].replace("''", "'") if len(text) > 1 and text[0] == text[-1] == "'" else text


def _check(option: str, entry: str, glob: str, titles: list[str]) -> None:
    if not any(_matches(title, glob) for title in titles):
        raise TracerError(f"{option} {entry}: there is no sheet {glob!r}{nearest(glob, dict.fromkeys(titles))}")
