"""The sheet that lists the differences, with links to the cells."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator

from tracer.compare.difference import Diff, Difference, Side
from tracer.compare.wording import cut
from tracer.escapes import printable
from tracer.report.stylesheet import MARKS, Stylesheet, solid
from tracer.report.text import markup
from tracer.xlsx.addresses import ROWS, address
from tracer.xlsx.titles import quoted

TITLE = "Differences"
#: The headings, and how wide their columns are, in characters.
_COLUMNS = {"role": 16, "kind": 12, "what": 34, "cell": 24, "A": 32, "B": 32, "absolute": 12, "relative": 12,
            "difference": 28, "reaches": 11}  # fmt: skip
_NUMBERS = ("absolute", "relative", "reaches")
#: The row of the headings; above are title, names and summary.
_HEAD = 6
#: So many links Excel allows on a sheet, and so many characters in a cell.
LINKS, LONGEST = 65_530, 32_767

#: The number of the built-in format `#,##0`.
_THOUSANDS = 3
_THIN = '<bottom style="thin"><color rgb="FFDDDDDD"/></bottom>'
_BASE = '<sz val="11"/><color rgb="{}"/><name val="Calibri"/><family val="2"/>'


class Listing:
    """
    Args:
        titles: of the sheets to which links may go.
        stylesheet: gets the formats of this sheet.
    """

    def __init__(self, diff: Diff, titles: Collection[str], stylesheet: Stylesheet) -> None:
        self._diff, self._titles = diff, titles
        self._formats = _formats(stylesheet)

    def xml(self, namespace: str) -> Iterator[bytes]:
        """The part, piece by piece.

        Args:
            namespace: of the workbook's elements.
        """
        listed = self._diff.differences[: ROWS - _HEAD]
        last = _HEAD + len(listed)
        yield _head(namespace, last).encode()
        yield self._top(len(self._diff) - len(listed)).encode()
        links: list[str] = []
        for row, entry in enumerate(listed, _HEAD + 1):
            link = self._link(entry)
            if link and len(links) < LINKS:
                links.append(f'<hyperlink ref="D{row}" location="{markup(link)}"/>')
            else:
                link = ""
            yield self._row(row, entry, bool(link)).encode()
        yield f'</sheetData><autoFilter ref="A{_HEAD}:{address(last, len(_COLUMNS))}"/>'.encode()
        if links:
            yield f"<hyperlinks>{''.join(links)}</hyperlinks>".encode()
        yield (
            b'<pageMargins left="0.4" right="0.4" top="0.5" bottom="0.5" header="0.3" footer="0.3"/>'
            b'<pageSetup orientation="landscape" fitToHeight="0"/></worksheet>'
        )

    def _top(self, left_out: int) -> str:
        summary = self._diff.summary[0].upper() + self._diff.summary[1:]
        if left_out:
            summary += f"; the last {left_out:,} are not listed, since a sheet has {ROWS:,} rows"
        lines: dict[int, list[tuple[str, str]]] = {
            1: [("title", TITLE)],
            2: [("quiet", "A"), ("name", self._diff.a)],
            3: [("quiet", "B"), ("name", self._diff.b)],
            4: [("summary", summary)],
            _HEAD: [("number heading" if name in _NUMBERS else "heading", name) for name in _COLUMNS],
        }
        heights = {1: ' ht="30" customHeight="1"', _HEAD: ' ht="22" customHeight="1"'}
        return "".join(
            f'<row r="{row}"{heights.get(row, "")}>'
            + "".join(self._text(address(row, column), style, text) for column, (style, text) in enumerate(cells, 1))
            + "</row>"
            for row, cells in lines.items()
        )

    def _row(self, row: int, entry: Difference, linked: bool) -> str:
        before, after = cut(entry.before.shown, entry.after.shown, LONGEST - 2)
        style = _style(entry.before.value, entry.after.value)
        size = entry.size
        cells = [
            self._text(f"A{row}", entry.role, entry.role),
            self._text(f"B{row}", "text", entry.kind),
            self._text(f"C{row}", "text", entry.label),
            self._text(f"D{row}", "link" if linked else "text", entry.place),
            self._value(f"E{row}", entry.before, before, style),
            self._value(f"F{row}", entry.after, after, style),
            self._number(f"G{row}", "size", size and size.absolute),
            self._number(f"H{row}", "size", size and size.relative),
            self._text(f"I{row}", "text", entry.measure),
            self._reaches(f"J{row}", entry),
        ]
        return f'<row r="{row}">{"".join(cells)}</row>'

    def _link(self, entry: Difference) -> str:
        """Where the cell is in B, as a link says it; of several areas the first. Empty for none."""
        if entry.sheet is None or entry.sheet not in self._titles or not entry.address:
            return ""
        return f"{quoted(entry.sheet)}!{entry.address.split()[0]}"

    def _text(self, at: str, style: str, text: str) -> str:
        if not text:
            return f'<c r="{at}" s="{self._formats[style]}"/>'
        escaped = re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", printable(text)[:LONGEST])
        return (
            f'<c r="{at}" s="{self._formats[style]}" t="inlineStr">'
            f'<is><t xml:space="preserve">{markup(escaped)}</t></is></c>'
        )

    def _number(self, at: str, style: str, value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return self._text(at, style, "" if value is None else str(value))
        return f'<c r="{at}" s="{self._formats[style]}"><v>{value!r}</v></c>'

    def _value(self, at: str, side: Side, shown: str, style: str) -> str:
        """Numbers as numbers, if they can be told apart so; everything else, formulas and dates too, as text."""
        if isinstance(side.value, bool) and shown in ("TRUE", "FALSE"):
            return f'<c r="{at}" s="{self._formats["text"]}" t="b"><v>{side.value:d}</v></c>'
        if (
            isinstance(side.value, float)
            and style != "text"
            and shown in (repr(side.value), repr(side.value).removesuffix(".0"))
        ):
            return self._number(at, style, side.value)
        return self._text(at, "text", shown)

    def _reaches(self, at: str, entry: Difference) -> str:
        if entry.reaches is None:
            return self._text(at, "count", "unknown")
        return self._number(at, "count", entry.reaches or None)


def _style(a: object, b: object) -> str:
    """How two numbers look different: with few digits, with 15 (Excel shows no more), or only as text."""
    if not isinstance(a, float) or not isinstance(b, float) or f"{a:.9g}" != f"{b:.9g}":
        return "value"
    return "exact" if f"{a:.15g}" != f"{b:.15g}" else "text"


def _head(namespace: str, last: int) -> str:
    columns = "".join(
        f'<col min="{column}" max="{column}" width="{width}" customWidth="1"/>'
        for column, width in enumerate(_COLUMNS.values(), 1)
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{markup(namespace)}">'
        f'<sheetPr><tabColor rgb="{MARKS["origin"][2]}"/><pageSetUpPr fitToPage="1"/></sheetPr>'
        f'<dimension ref="A1:{address(last, len(_COLUMNS))}"/>'
        '<sheetViews><sheetView showGridLines="0" tabSelected="1" workbookViewId="0">'
        f'<pane ySplit="{_HEAD}" topLeftCell="A{_HEAD + 1}" activePane="bottomLeft" state="frozen"/>'
        f'<selection pane="bottomLeft" activeCell="A{_HEAD + 1}" sqref="A{_HEAD + 1}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="18" customHeight="1"/><cols>{columns}</cols><sheetData>'
    )


def _formats(stylesheet: Stylesheet) -> dict[str, int]:
    def font(color: str = "FF000000", marks: str = "", size: int = 11) -> int:
        return stylesheet.add("fonts", f"<font>{marks}{_BASE.format(color).replace('11', str(size), 1)}</font>")

    plain, bold, white = font(), font(marks="<b/>"), font("FFFFFFFF", "<b/>")
    dark = stylesheet.add("fills", solid("FF44475A"))
    line = stylesheet.add("borders", f"<border><left/><right/><top/>{_THIN}</border>")
    size = stylesheet.number_format("0.00E+00")
    exact = stylesheet.number_format("0.00000000000000E+00")
    middle = 'vertical="center"'
    left, right = f'horizontal="left" indent="1" {middle}', f'horizontal="right" {middle}'
    body = {"font": plain, "border": line}
    return {
        "title": stylesheet.format(font=font(marks="<b/>", size=18), alignment=middle),
        "quiet": stylesheet.format(font=font("FF777777"), alignment=middle),
        "name": stylesheet.format(font=plain, alignment=left),
        "summary": stylesheet.format(font=bold, alignment=middle),
        "heading": stylesheet.format(font=white, fill=dark, alignment=left),
        "number heading": stylesheet.format(font=white, fill=dark, alignment=right),
        "origin": stylesheet.format(font=bold, **stylesheet.mark("origin"), alignment=left),
        "consequence": stylesheet.format(font=plain, **stylesheet.mark("consequence"), alignment=left),
        "text": stylesheet.format(**body, alignment=left),
        "link": stylesheet.format(font=font("FF0B57D0", "<u/>"), border=line, alignment=left),
        "value": stylesheet.format(**body, alignment=left),
        "exact": stylesheet.format(**body, number=exact, alignment=left),
        "size": stylesheet.format(**body, number=size, alignment=right),
        "count": stylesheet.format(**body, number=_THOUSANDS, alignment=right),
    }
