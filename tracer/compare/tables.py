"""Where equal bytes mean equal cells: cells point by number at tables of their workbook."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import eq

from tracer.xlsx import numberformats
from tracer.xlsx.book import Book

_STRING = re.compile(rb't="s"[^<>]*><v>([0-9]{1,9})</v>')
_STYLE = re.compile(rb'\ss="([0-9]{0,9})"')


class Agreement:
    """The numbers that mean the same in two tables.

    Attributes:
        complete: whether all do.
    """

    def __init__(self, a: Sequence[object], b: Sequence[object]) -> None:
        self.complete = a is b or a == b
        self._same = b"" if self.complete else bytes(map(eq, a, b))

    def __contains__(self, number: int) -> bool:
        return self.complete or (number < len(self._same) and bool(self._same[number]))


class Tables:
    """What the cells of two workbooks point at by number.

    Attributes:
        styles: the looks and number formats.
        complete: whether equal bytes always mean equal cells.
    """

    def __init__(self, a: Book, b: Book) -> None:
        def equal(*kinds: str) -> bool:
            return all(_checksum(a, kind) == _checksum(b, kind) for kind in kinds)

        none: list[object] = []
        same_strings, same_styles = equal("sharedStrings"), equal("styles", "theme")
        self._strings = Agreement(none, none) if same_strings else Agreement(a.strings, b.strings)
        self.styles = Agreement(none, none) if same_styles else Agreement(_styles(a), _styles(b))
        self._metadata = equal("sheetMetadata") or a.dynamic_arrays == b.dynamic_arrays
        self._dates = a.date1904 == b.date1904
        self.complete = self._strings.complete and self.styles.complete and self._metadata and self._dates

    def same(self, source: bytes) -> bool:
        """Whether bytes of cells or rows, the same in both workbooks, mean the same."""
        return self.complete or (self._same_strings(source) and self.same_but_strings(source))

    @property
    def strings_agree(self) -> bool:
        """Whether every number of a string means the same text in both."""
        return self._strings.complete

    def same_but_strings(self, source: bytes) -> bool:
        """Whether bytes mean the same where the numbers of strings do."""
        return self.complete or (
            self._same_styles(source)
            and (self._metadata or b' cm="' not in source)
            and (self._dates or b't="d"' not in source)
        )

    def _same_strings(self, source: bytes) -> bool:
        if self._strings.complete or not (many := source.count(b't="s"')):
            return True
        numbers = _STRING.findall(source)
        return len(numbers) == many and all(int(number) in self._strings for number in set(numbers))

    def _same_styles(self, source: bytes) -> bool:
        if self.styles.complete:
            return True
        return 0 in self.styles and all(int(number or 0) in self.styles for number in set(_STYLE.findall(source)))


def _checksum(book: Book, kind: str) -> tuple[int, int] | None:
    part = book.shared[kind]
    return book.package.checksum(part) if part else None


def _styles(book: Book) -> list[object]:
    return [(look, numberformats.canonical(code)) for look, code in zip(book.styles.looks, book.styles.formats)]
