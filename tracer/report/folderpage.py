"""A diff of two folders as pages: an index, and beside it the page of each pair of files that differ."""

from __future__ import annotations

import os
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import quote

from tracer.compare.folders import FileDiff, FolderDiff
from tracer.errors import TracerError
from tracer.numbers import count
from tracer.reading import is_folder
from tracer.report import page
from tracer.report.files import check_report, write_text
from tracer.report.texts import html as text

#: Bytes of a name that every file system takes, with `.html` behind it.
_NAME = 200
#: What is said of a file that differs.
_NUMBERS = ("origins", "consequences", "sheets with differences")
#: What is wrong comes first.
_SECTIONS = {
    "failed": "Could not be compared",
    "only in a": "Only in A",
    "only in b": "Only in B",
    "different": "Different",
    "equal": "Equal",
}


def index_path(out: str | Path) -> Path:
    """Where the index goes: `out` itself where that is called like a page, or else `index.html` in that folder."""
    out = Path(out)
    is_page = out.suffix.lower() in (".html", ".htm") and not is_folder(out)
    return out if is_page else out / "index.html"


def write(found: FolderDiff, out: str | Path, force: bool) -> str:
    """Write the pages of what differs, then the index.

    Args:
        out: the path of the index, or a folder for it. Pages go into a folder beside it that is called like it.

    Returns:
        The index.

    Raises:
        TracerError: something would be overwritten that is no such page, or cannot be written.
    """
    index = index_path(out)
    folders = [Path(found.a), Path(found.b)]
    if any(is_folder(folder) and is_folder(index.parent) and index.parent.samefile(folder) for folder in folders):
        raise TracerError(f"{out}: is one of the two folders, or in it; choose another --out")
    check_report(index, "html", folders, force)
    pages = {file.path: f"{index.stem}.pages/{_page(file.path)}" for file in found.having("different")}
    for place in pages.values():
        check_report(index.parent / place, "html", folders, force)
    for file in found.having("different"):
        diff, place = file.diff, pages[file.path]
        assert diff is not None
        back = "../" * place.count("/") + quote(os.fsencode(index.name))
        write_text(index.parent / place, "html", page.html(diff, back), folders, force)
    whole = html(found, pages)
    write_text(index, "html", whole, folders, force)
    return whole


def _page(path: str) -> str:
    """The path of a file's page; names that are too long for one more ending are cut."""
    folder, _, name = path.rpartition("/")
    data = os.fsencode(name)
    if len(data) > _NAME:
        name = f"{os.fsdecode(data[: _NAME - 10]).encode('utf-8', 'ignore').decode()}-{zlib.crc32(data):08x}"
    return f"{folder}/{name}.html".removeprefix("/")


def html(found: FolderDiff, pages: Mapping[str, str]) -> str:
    """The index, a whole document.

    Args:
        pages: where the pages of files are, from the index.
    """
    names = "".join(
        f'<span class="file"><b class="side">{side}</b> <span class="name">{text(name)}</span></span>'
        for side, name in (("A", found.a), ("B", found.b))
    )
    summary = text(found.summary[0].upper() + found.summary[1:])
    counts = "".join(
        f"<li><b>{len(files):,}</b> {heading[0].lower()}{heading[1:]}</li>"
        for status, heading in _SECTIONS.items()
        if (files := found.having(status))  # type: ignore[arg-type]
    )
    parts = [
        f'<header>\n<h1>{names}</h1>\n<p class="summary">{summary}</p>\n<ul class="counts">{counts}</ul>\n</header>'
    ]
    parts.append("<main>")
    for status, heading in _SECTIONS.items():
        if files := found.having(status):  # type: ignore[arg-type]
            parts.append(f"<section>\n<h2>{heading} <small>{count(len(files), 'file')}</small></h2>")
            parts.append(_table(files, pages) + "</section>")
    parts.append("</main>\n")
    title = f"{text(Path(found.a).name or found.a)} → {text(Path(found.b).name or found.b)}"
    return page.document(title, "\n".join(parts))


def _table(files: Sequence[FileDiff], pages: Mapping[str, str]) -> str:
    status = files[0].status
    if status == "different":
        heading = "<th>File</th>" + "".join(f'<th class="number">{name}</th>' for name in _NUMBERS)
    else:
        heading = "<th>File</th>" + ("<th>Why</th>" if status == "failed" else "")
    rows = "".join(f"<tr>{_cells(file, pages)}</tr>\n" for file in files)
    return f'<table class="list files"><thead><tr>{heading}</tr></thead><tbody>\n{rows}</tbody></table>'


def _cells(file: FileDiff, pages: Mapping[str, str]) -> str:
    folder, slash, name = file.path.rpartition("/")
    said = f'<span class="folder">{text(folder + slash)}</span>{text(name)}'
    if place := pages.get(file.path):
        said = f'<a href="./{quote(os.fsencode(place))}">{said}</a>'
    cells = [f'<td class="where">{said}</td>']
    if file.status == "failed":
        cells.append(f'<td data-name="Why">{text(file.error)}</td>')
    elif file.left_out:
        cells = [f'<td class="where">{said} <small>nothing of it is compared</small></td>']
    elif file.diff is not None and file.status == "different":
        sheets = {entry.sheet for entry in file.diff if entry.sheet}
        consequences = f"{file.consequences:,}" if file.consequences or not file.unknown else "unknown"
        numbers = (f"{file.origins:,}", consequences, f"{len(sheets):,}")
        cells += [f'<td class="number" data-name="{name}">{said}</td>' for name, said in zip(_NUMBERS, numbers)]
    return "".join(cells)
