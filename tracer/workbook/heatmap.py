"""The colours of the sheet `Boundary`: of its cells, by conditional formats, with a key.

The hues are Okabe and Ito's, which people of every colour vision tell apart; cells have them paler, so that black
numbers are read on all of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.worksheet import Worksheet

from tracer.workbook.book import Book
from tracer.workbook.layout import Area
from tracer.workbook.style import Style

#: Of the classes; of one output, the first is no and the second yes. More classes than these begin again.
HUES = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#F0E442", "#7F7F7F")
UNDECIDED = "#FFFFFF"
#: How much of a hue a cell has; the rest is white.
STRENGTH = 0.6
#: Text of the key.
WORD: Style = (("font_color", "#595959"), ("font_size", 9), ("indent", 1), ("valign", "vcenter"))


def pale(hue: str) -> str:
    """`#6FB0D3` of `#0072B2`."""
    return "#" + "".join(f"{round(255 - STRENGTH * (255 - int(hue[k : k + 2], 16))):02X}" for k in (1, 3, 5))


def color(book: Book, sheet: Worksheet, area: Area, levels: Sequence[float] | None, classes: int) -> None:
    """Let the numbers of an area colour its cells.

    Args:
        levels: for answers: which are no, undecided and yes; between them the colours flow into one another.
        classes: for numbers of classes, from 1, how many there are.
    """
    corners = area.row, area.column, area.last_row, area.last_column
    if levels:
        colors = zip(("min", "mid", "max"), levels, (pale(HUES[0]), UNDECIDED, pale(HUES[1])))
        scale = {"type": "3_color_scale"}
        for end, level, hue in colors:
            scale |= {f"{end}_type": "num", f"{end}_value": level, f"{end}_color": hue}  # type: ignore[dict-item]
        sheet.conditional_format(*corners, scale)
        return
    for number in range(1, classes + 1):
        fill = book.formats[(("bg_color", pale(HUES[(number - 1) % len(HUES)])),)]
        sheet.conditional_format(*corners, {"type": "cell", "criteria": "==", "value": number, "format": fill})


def write_key(book: Book, sheet: Worksheet, row: int, column: int, words: Sequence[str], answers: bool) -> None:
    """A painted cell for each level of the answers, or for each class, its word to the right, one below another."""
    hues = (pale(HUES[0]), UNDECIDED, pale(HUES[1])) if answers else tuple(map(pale, HUES))
    for k, word in enumerate(words):
        painted = (("bg_color", hues[k % len(hues)]), ("border", 1), ("border_color", "#BFBFBF"))
        sheet.write_blank(row + k, column, None, book.formats[painted])
        sheet.write_string(row + k, column + 1, word, book.formats[WORD])
