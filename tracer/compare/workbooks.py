"""Two workbooks: nothing more is loaded or read than the answer needs."""

from __future__ import annotations

from tracer.compare.criteria import Criteria
from tracer.compare.difference import Diff
from tracer.compare.pairing import pairs
from tracer.compare.scope import Scope
from tracer.xlsx.book import Book


def compare(a: Book, b: Book, criteria: Criteria) -> Diff:
    """What differs between two workbooks.

    Raises:
        TracerError: a file is damaged, or an entry of `only` or `ignore` names nothing.
    """
    if a.package.same(b.package):
        Scope(
            criteria.only, criteria.ignore, (a, b), pairs(a, b)
        )  # an entry that names nothing is an error all the same
        return Diff(a.name, b.name, (), len(b.sheets))
    from tracer.compare import diff

    return diff.compare(a, b, criteria)
