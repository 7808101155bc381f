"""Which epochs get step sheets."""

import pytest

from tracer import TracerError
from tracer.selection import check_epochs, select


@pytest.mark.parametrize(
    ("sheets", "epochs", "expected"),
    [
        ("first,last", 10, (1, 10)),
        ("first,last", 1, (1,)),
        ("1,10,100", 50, (1, 10)),
        (" last , 3 ", 5, (3, 5)),
        ("every:4", 10, (4, 8)),
        ("first,every:5", 10, (1, 5, 10)),
        ("all", 3, (1, 2, 3)),
        ("none", 3, ()),
    ],
)
def test_words_are_epochs(sheets, epochs, expected):
    assert select(sheets, epochs) == expected


@pytest.mark.parametrize(
    "sheets", ["", "fist", "1;2", "every:0", "every:", "every:-2", "all,1", "none,last", "1.5", 7, None]
)
def test_anything_else_is_refused_with_what_there_is(sheets):
    with pytest.raises(
        TracerError, match=r"sheets is .*; expected epochs such as first,last or 1,10,100 or every:1000"
    ):
        select(sheets, 10)


def test_more_epochs_than_a_lifetime_has_are_refused():
    assert check_epochs(10**9) == 10**9
    with pytest.raises(TracerError, match="epochs is 1,000,000,001; expected at most 1,000,000,000"):
        check_epochs(10**9 + 1)
