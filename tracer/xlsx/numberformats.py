"""Number formats: those that files name only by number, and one spelling for codes that show the same."""

from __future__ import annotations

import re
from functools import lru_cache

#: ECMA-376 part 1, 18.8.30. Of those that depend on the language (5 to 8, 37 to 44), what Excel shows in English.
BUILT_IN = {
    0: "General", 1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00",
    5: '"$"#,##0_);("$"#,##0)', 6: '"$"#,##0_);[Red]("$"#,##0)',
    7: '"$"#,##0.00_);("$"#,##0.00)', 8: '"$"#,##0.00_);[Red]("$"#,##0.00)',
    9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?", 13: "# ??/??",
    14: "mm-dd-yy", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM", 19: "h:mm:ss AM/PM",
    20: "h:mm", 21: "h:mm:ss", 22: "m/d/yy h:mm",
    37: "#,##0_);(#,##0)", 38: "#,##0_);[Red](#,##0)", 39: "#,##0.00_);(#,##0.00)", 40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)', 42: '_("$"* #,##0_);_("$"* (#,##0);_("$"* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_("$"* #,##0.00_);_("$"* (#,##0.00);_("$"* "-"??_);_(@_)',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mmss.0", 48: "##0.0E+0", 49: "@",
}  # fmt: skip
#: Dates and times of Chinese, Japanese and Korean programs: the same number is another code in each language.
_EAST_ASIAN = frozenset((*range(27, 37), *range(50, 59)))
_NAMED = "built-in format {} (a date or time in East Asian languages)"
_UNKNOWN = "format {}"

#: What a code is made of. Characters that need no quotes to be shown are texts; `/`, `:`, `.` and `,` are no texts:
#: they follow the language unless they are escaped.
_PART = re.compile(
    r"""
      "(?P<quoted>[^"]*)"?
    | \\(?P<escaped>.?)
    | (?P<bare>[-\ +$()^&'~{}<>=!]|[^\x00-\x7f])
    | (?P<symbol>\[\$[^\]-]*)(?P<language>-[^\]]*)?\]
    | (?P<bracket>\[[^\]]*\])
    | (?P<space>[_*].?)
    | (?P<exponent>[Ee][+-])
    | (?P<noon>[Aa]/[Pp])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def name(number: int) -> str:
    """How reports tell a format that the file gives only by number."""
    if number in BUILT_IN:
        return BUILT_IN[number]
    return (_NAMED if number in _EAST_ASIAN else _UNKNOWN).format(number)


@lru_cache(1024)
def canonical(code: str) -> str:
    """A code in one spelling: two codes that show every value alike, as programs write them, are one text.

    What does not matter: whether text is quoted, escaped or bare where it needs neither, and case outside of texts.

    >>> canonical(r"YYYY\\-mm\\-dd") == canonical("yyyy-mm-dd")
    True
    >>> canonical(r"yyyy\\/mm") == canonical("yyyy/mm")  # the language's separator
    False
    """
    parts: list[str] = []
    text = ""
    for match in _PART.finditer(code):
        shown = next((shown for key in ("quoted", "escaped", "bare") if (shown := match[key]) is not None), None)
        if shown is None and match["symbol"] and not match["language"]:
            shown = match["symbol"][2:]
        if shown is not None:
            text += shown
            continue
        if text:
            parts.append(_quoted(text))
            text = ""
        parts.append(_part(match))
    if text:
        parts.append(_quoted(text))
    return "".join(parts)


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace('"', '""'))


def _part(match: re.Match[str]) -> str:
    """What is no text."""
    if match["symbol"]:
        return f"{match['symbol']}{match['language'].upper()}]"
    if match["bracket"]:
        return match["bracket"].replace(" ", "").lower()
    if match["exponent"]:
        return match["exponent"].upper()
    return match[0] if match["space"] or match["noon"] else match[0].lower()
