"""Texts that look alike and are not the same: where they differ, by the names of their characters."""

from __future__ import annotations

import unicodedata

#: Letters of other alphabets, and signs, with the Latin letter, digit or sign that they look like.
_TWINS = {
    # Greek
    **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX")), **dict(zip("αγινορυχ", "ayivopux")),
    # Cyrillic
    **dict(zip("АВЕЅІЈКМНОРСТУХԚԜҮ", "ABESIJKMHOPCTYXQWY")), **dict(zip("аеѕіјорсухԛԝһԁӏ", "aesijopcyxqwhdl")),
    # Digits and letters
    **dict(zip("0Il1|", "OIIII")), **dict(zip("\u0131\u2223\u01c0\u05c0", "iIII")),
    # Hyphens, dashes, quotation marks and the like
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02b9\u02bc`\u00b4", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033", '"'), **dict.fromkeys("\u2024\u00b7\u2219\u22c5", "."),
    "\u00d7": "x", "\u2044": "/", "\u2215": "/", "\u02d0": ":", "\ua789": ":", "\u00b5": "\u03bc", "\u2126": "\u03a9",
    "\u212a": "K", "\u212b": "\u00c5",
}  # fmt: skip
#: Seen by nobody, though they are no spaces and no controls.
_UNSEEN = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
_CONTROLS = {0: "NULL", 9: "TAB", 10: "LINE FEED", 13: "CARRIAGE RETURN", 27: "ESCAPE", 127: "DELETE"}
#: A cell holds no longer text.
_LONGEST = 32_767


def look_alike(a: str, b: str) -> bool:
    """Whether a person may see the same in two texts that differ."""
    return a != b and max(len(a), len(b)) <= _LONGEST and _seen(a) == _seen(b)


def _seen(text: str) -> str:
    """What a person sees: without what is not seen, and with one letter for all that look like it."""
    composed = unicodedata.normalize("NFKC", "".join(" " if c.isspace() else c for c in text))
    return "".join(
        twin
        for c in composed
        if (twin := _TWINS.get(c, c)) != " " and c not in _UNSEEN and not "\ufe00" <= c <= "\ufe0f" and c.isprintable()
    )


def where(a: str, b: str) -> str:
    """`differs at character 3: U+0041 LATIN CAPITAL LETTER A, U+0410 CYRILLIC CAPITAL LETTER A`"""
    at = next((at for at, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return f"differs at character {at + 1}: {_name(a, at)}, {_name(b, at)}"


def _name(text: str, at: int) -> str:
    """A character by number and name, with the marks that belong to it."""
    if at >= len(text):
        return "the end of the text"
    end = at + 1
    while end < len(text) and unicodedata.combining(text[end]) and end < at + 3:
        end += 1
    return " + ".join(f"U+{ord(c):04X} {_known(c)}".rstrip() for c in text[at:end])


def _known(character: str) -> str:
    control = "CONTROL CHARACTER" if unicodedata.category(character) == "Cc" else ""
    return unicodedata.name(character, _CONTROLS.get(ord(character), control))
