"""Any text on one line, and back again."""

import ast
import random
import sys
import unicodedata

import pytest

from tracer.escapes import escaped, printable, unescaped

#: C0, DEL, C1, spaces, line ends, directions, no width, surrogates, no characters; and what looks like an escape.
AWKWARD = [
    *map(chr, range(0xA1)),
    *"\u00ad\u034f\u061c\u1680\u180e\u2000\u200b\u200e\u200f\u2028\u2029\u202a\u202e\u2066\u2069\u3000\ufeff\uffff",
    *"\ud800\udcff\U000e0041\U0010ffff\U0001f468é\u0301Я中\\nrtxuU0123456789abcdef",
]


def test_every_character_comes_back():
    for code in range(sys.maxunicode + 1):
        text = chr(code)
        assert unescaped(escaped(text)) == text


def test_random_texts_come_back_and_hold_nothing_that_a_terminal_obeys():
    generator = random.Random(12)
    for _ in range(20_000):
        text = "".join(generator.choices(AWKWARD, k=generator.randrange(12)))
        line = escaped(text)
        assert unescaped(line) == text
        assert ast.literal_eval('"""{}"""'.format(line.replace('"', '\\"'))) == text
        assert not any(unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") for c in line)
        assert printable(line) == line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\nb", r"a\nb"),
        (r"a\nb", r"a\\nb"),
        ("\t\xa0 ", r"\t\xa0 "),
        ("\x9b31m\x1b[31m", r"\x9b31m\x1b[31m"),
        ("a\u202eb\u2066", r"a\u202eb\u2066"),
        ("\ud83d", r"\ud83d"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_is_written(text, line):
    assert escaped(text) == line
