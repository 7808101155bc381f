"""What is compared: `--only` and `--ignore`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from tracer.compare.difference import KINDS
from tracer.errors import TracerError, nearest
from tracer.xlsx.addresses import Range, parse_range
from tracer.xlsx.book import Book
from tracer.xlsx.references import references


@dataclass
class Places:
    """Kinds and places, as somebody listed them.

    Attributes:
        sheets: globs of titles.
        areas: by glob of the sheet's title.
        names: defined names, for the difference of the name itself.
    """

    kinds: set[str] = field(default_factory=set)
    sheets: list[str] = field(default_factory=list)
    areas: list[tuple[str, Range]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)

    @property
    def anywhere(self) -> bool:
        """Whether nothing but kinds is listed."""
        return not (self.sheets or self.areas or self.names)

    def has_sheet(self, title: str) -> bool:
        return any(_matches(title, glob) for glob in self.sheets)

    def has_cell(self, title: str, row: int, column: int) -> bool:
        return any((row, column) in area and _matches(title, glob) for glob, area in self.areas) or self.has_sheet(
            title
        )


class Scope:
    """Tells whether a kind, a sheet, a cell or a name is compared."""

    def __init__(
        self, only: Iterable[str] | str | None, ignore: Iterable[str] | str | None, books: Sequence[Book]
    ) -> None:
        """
        Args:
            only, ignore: kinds, `Sheet!A1:C3`, globs of sheets' titles, defined names; a list, or text with commas.
            books: the two workbooks, in which the places are looked up.

        Raises:
            TracerError: an entry is none of those.
        """
        self._only = _places(only, "--only", books)
        self._ignore = _places(ignore, "--ignore", books)
        self.kinds = frozenset((self._only.kinds or set(KINDS)) - self._ignore.kinds)
        self.has_places = not (self._only.anywhere and not self._ignore.areas)

    def sheet(self, *titles: str) -> bool:
        """Whether anything of a sheet (by its titles in both workbooks) is compared."""
        if any(self._ignore.has_sheet(title) for title in titles):
            return False
        return self._only.anywhere or any(
            self._only.has_sheet(title) or any(_matches(title, glob) for glob, _ in self._only.areas)
            for title in titles
        )

    def whole_sheet(self, title: str) -> bool:
        """Whether what is about a sheet as a whole is compared: `--only Sheet!A1` is about a cell."""
        return self.sheet(title) and (self._only.anywhere or self._only.has_sheet(title))

    def cell(self, title: str, row: int, column: int) -> bool:
        if not self.has_places:
            return True
        if self._ignore.has_cell(title, row, column):
            return False
        return self._only.anywhere or self._only.has_cell(title, row, column)

    def name(self, name: str, sheet: str | None) -> bool:
        if name in self._ignore.names or (sheet is not None and not self.sheet(sheet)):
            return False
        return self._only.anywhere or name in self._only.names or (sheet is not None and self._only.has_sheet(sheet))

    @property
    def document(self) -> bool:
        """Whether what belongs to no sheet is compared."""
        return self._only.anywhere


def _matches(title: str, glob: str) -> bool:
    return title == glob or fnmatchcase(title.lower(), glob.lower())


def _places(given: Iterable[str] | str | None, option: str, books: Sequence[Book]) -> Places:
    found = Places()
    for entry in entries(given):
        _add(found, entry, option, books)
    return found


def entries(given: Iterable[str] | str | None) -> list[str]:
    """Those of a list, or of a text with commas, one by one."""
    return [part for text in ([given] if isinstance(given, str) else given or ()) for part in _split(text)]


def check(entry: str, option: str, books: Sequence[Book]) -> None:
    """
    Raises:
        TracerError: an entry is neither a kind nor a place in any of the workbooks.
    """
    _add(Places(), entry, option, books)


def within(only: Iterable[str], ignore: Iterable[str], books: Sequence[Book]) -> tuple[list[str], list[str]] | None:
    """Entries for many workbooks, without those that name nothing in these two.

    Returns:
        `only` and `ignore` for these two; None where they have none of the places that `only` names, so that there is
        nothing to compare.
    """

    def known(entry: str, option: str) -> bool:
        try:
            check(entry, option, books)
        except TracerError:
            return False
        return True

    asked, ours = list(only), [entry for entry in only if known(entry, "--only")]
    if set(asked) - set(KINDS) and not set(ours) - set(KINDS):
        return None
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
