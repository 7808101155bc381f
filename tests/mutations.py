"""One attribute, text, element or external target of a workbook changed: every kind of place, once or twice a file."""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass

from archives import patched

#: A tag, whatever stands between tags, or a comment or declaration, which is skipped.
TOKEN = re.compile(
    rb"<!--.*?-->|<\?.*?\?>|<(/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(/?)>|[^<]+", re.DOTALL
)
ATTRIBUTE = re.compile(rb"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
#: Another member for words that are members of an enumeration.
OTHER = {
    "between": "notBetween", "portrait": "landscape", "landscape": "portrait", "whole": "decimal", "list": "custom",
    "center": "left", "left": "center", "bottom": "top", "solid": "gray125", "gray125": "solid", "none": "single",
    "thin": "thick", "auto": "manual", "manual": "auto", "lessThan": "greaterThan", "cellIs": "expression",
    "visible": "hidden", "hidden": "visible", "clustered": "stacked", "standard": "stacked", "col": "bar",
    "minor": "major", "frozen": "split", "downThenOver": "overThenDown", "num": "formula", "min": "max", "max": "min",
    "General": "0.00", "single": "double", "shared": "array", "array": "shared", "linear": "exponential", "n": "b",
    "str": "n", "oneCell": "twoCell", "absolute": "oneCell", "b": "t", "l": "r", "r": "l", "t": "b", "gap": "zero",
    "nextTo": "low", "cross": "out", "minMax": "maxMin", "ctr": "l", "marker": "line", "lineMarker": "smooth",
    "User": "Other",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """
    Attributes:
        part: in the archive.
        kind: the kind of the part, as relationships say it; `workbook` for the main part.
        path: names of elements, from the root to this one, without prefixes.
        attribute: its name; `#text`, `#drop` for the element, `#target` for an external target.
        start, end: in the bytes of the part.
        attributes, tag: of the element, where it is one; its start tag as it stands.
        inner: the first element in it.
        first: whether it stands for the element itself, before its attributes.
        empty: whether nothing stands in it.
    """

    part: str
    kind: str
    path: tuple
    attribute: str
    start: int
    end: int
    attributes: tuple = ()
    tag: bytes = b""
    inner: str = ""
    first: bool = False
    empty: bool = False


def kinds(archive):
    """What each part is, by the last word of the relationship that leads to it."""
    found = {}
    for name in archive.namelist():
        if not name.endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for tag in re.findall(rb"<Relationship\s[^>]*>", archive.read(name)):
            given = {key.decode(): (one or two).decode() for key, one, two in ATTRIBUTE.findall(tag)}
            if given.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, given["Target"])).lstrip("/")
                found[target] = given["Type"].rpartition("/")[2].replace("officeDocument", "workbook")
    return found


def places(content):
    """Every place of a workbook that may be changed."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    known, entries = kinds(archive), used(archive)
    for part in archive.namelist():
        data = archive.read(part)
        if part.endswith(".rels"):
            for tag in re.finditer(rb"<Relationship\s[^>]*>", data):
                if b"External" in tag[0]:
                    target = re.search(rb'Target="([^"]*)"', tag[0])
                    kind = re.search(rb'Type="[^"]*/([^"/]*)"', tag[0])[1].decode()
                    at = tag.start() + target.start(1)
                    yield Place(part, kind, (), "#target", at, at + len(target[1]))
        elif part.endswith((".xml", ".vml")) and part != "[Content_Types].xml":
            yield from in_part(part, known.get(part, "nothing"), data, entries)


def in_part(part, kind, data, entries):
    """The places of a part, but for entries of the tables of styles that nothing refers to."""
    container, number, skipped = "", -1, False
    for place in walked(part, kind, data):
        if kind == "styles" and len(place.path) > 2:
            if place.first and len(place.path) == 3:
                number = number + 1 if container == place.path[1] else 0
                container = place.path[1]
            skipped = container in entries and number not in entries[container]
            if skipped:
                continue
        if place.attribute:
            yield place


def walked(part, kind, data):
    """Every place of a part; one without an attribute, which comes first, for each element."""
    path, starts, leaf = [], [], False
    for token in TOKEN.finditer(data):
        if token[2] is None:
            if token[0].strip() and path and not token[0].startswith((b"<!", b"<?")):
                yield Place(part, kind, tuple(path), "#text", token.start(), token.end(), (), starts[-1][2])
            continue
        name = token[2].decode().rpartition(":")[2]
        if token[1]:
            start, attributes, tag = starts.pop()
            if leaf:
                empty = data[start : token.start()] == tag
                yield Place(part, kind, tuple(path), "#drop", start, token.end(), attributes, tag, empty=empty)
            path.pop()
            leaf = False
            continue
        following = re.match(rb"\s*<([\w:.-]+)", data[token.end() : token.end() + 200]) if not token[4] else None
        inner = following[1].decode().rpartition(":")[2] if following else ""
        here, start, given = (*path, name), token.start(3), []
        yield Place(part, kind, here, "", 0, 0, first=True)
        for attribute in ATTRIBUTE.finditer(token[3]):
            key = attribute[1].decode()
            if key == "xmlns" or key.startswith("xmlns:"):
                continue
            short = key if key.startswith("r:") else key.rpartition(":")[2]
            low, high = (start + at for at in attribute.span(2 if attribute[2] is not None else 3))
            given.append((short, data[low:high].decode()))
            yield Place(part, kind, here, short, low, high, (), token[0], inner)
        if token[4]:
            yield Place(part, kind, here, "#drop", token.start(), token.end(), tuple(given), token[0], empty=True)
            leaf = False
        else:
            path.append(name)
            starts.append((token.start(), tuple(given), token[0]))
            leaf = True


#: The tables of styles, and where another table refers to their entries.
TABLES = {"fonts": "fontId", "fills": "fillId", "borders": "borderId"}


def used(archive):
    """Which entries of the tables of styles something refers to: by table, their numbers."""
    sheets = b"".join(archive.read(name) for name in archive.namelist() if "worksheets/sheet" in name)
    others = b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
    looks = {int(number) for number in re.findall(rb'\s(?:s|style)="([0-9]+)"', sheets)}
    looks |= {0} if re.search(rb"<c (?![^>]*\ss=)", sheets) else set()
    styles = archive.read("xl/styles.xml")
    table = re.search(rb"<cellXfs.*?</cellXfs>", styles, re.DOTALL)[0]
    entries = re.findall(rb"<xf\s.*?(?=<xf\s|</cellXfs)", table, re.DOTALL)
    found = {"cellXfs": looks, "numFmts": set()}
    found["dxfs"] = {int(number) for number in re.findall(rb'[dD]xfId="([0-9]+)"', others)}
    for name, key in TABLES.items():
        found[name] = {
            int(re.search(rb'%s="([0-9]+)"' % key.encode(), entry)[1])
            for number, entry in enumerate(entries)
            if number in looks and key.encode() in entry
        }
    codes = {re.search(rb'numFmtId="([0-9]+)"', entry)[1] for number, entry in enumerate(entries) if number in looks}
    listed = re.findall(rb'<numFmt\s[^>]*numFmtId="([0-9]+)"', styles)
    found["numFmts"] = {number for number, code in enumerate(listed) if code in codes}
    return found


def sampled(content, each=1, seen=()):
    """So many places of each kind, of those kinds that have not been seen."""
    count = {}
    for place in places(content):
        key = place.kind, place.path, place.attribute
        if key in seen:
            continue
        count[key] = count.get(key, 0) + 1
        if count[key] <= each:
            yield key, place


def other(value, attribute):
    """Another value, which is legal where that can be told."""
    if value in OTHER:
        return OTHER[value]
    if value in ("0", "1") and attribute not in ("min", "max"):
        return "1" if value == "0" else "0"
    if value in ("true", "false"):
        return "true" if value == "false" else "false"
    if re.fullmatch(r"-?[0-9]{1,15}", value):
        return str(int(value) + 1)
    if re.fullmatch(r"-?[0-9]*\.[0-9]+(?:[Ee][+-]?[0-9]+)?|-?[0-9]+[Ee][+-]?[0-9]+", value):
        return repr(float(value) * 1.5)
    if re.fullmatch(r"[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8}", value):
        return value[:-1] + ("0" if value[-1] != "0" else "1")
    if match := re.fullmatch(r"(.*[A-Z]\$?)([0-9]+)", value):
        return match[1] + str(int(match[2]) + 1)
    if re.fullmatch(r"\{[0-9A-Fa-f-]+\}", value):
        return value[:-2] + ("0" if value[-2] != "0" else "1") + "}"
    return value + "x"


def mutated(content, place):
    """The workbook with that one place changed; None where there is nothing to change."""

    def change(data):
        old = data[place.start : place.end]
        if place.attribute == "#drop":
            new = b""
        elif place.attribute == "#text":
            new = other(old.decode().strip(), "").encode()
        elif place.attribute == "#target":
            new = old + b"x"
        else:
            new = other(old.decode(), place.attribute).encode()
        return data[: place.start] + new + data[place.end :]

    return patched(io.BytesIO(content), place.part, change, zipfile.ZIP_STORED)
