"""Damage: of bytes, of the XML in an archive's parts, of the archive itself. The same chance does the same damage."""

# ruff: noqa: E501 tables read best as they are

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
from functools import lru_cache
from random import Random

#: What an attribute or a text is made into.
EXTREMES = [
    "", " ", "0", "1", "-1", "+1", "2", "-0", "0.5", "1.5", "nan", "NaN", "inf", "INF", "-INF", "Infinity", "1e40", "1e308",
    "1e309", "-1e309", "1e-320", "1e99999999", "255", "256", "16383", "16384", "16385", "65536", "1048575", "1048576",
    "1048577", "2147483647", "2147483648", "-2147483649", "4294967295", "4294967296", "9223372036854775808",
    "18446744073709551616", "9" * 30, "9" * 400, "9" * 5000, "0" * 400, "1_000", "0x10", "1,5", "1.2.3", "１２", "٣", "²",
    "true", "false", "TRUE", "A1", "A0", "a1", "$A$1", "XFD1048576", "XFE1", "A1048576", "A1048577", "AAAA1", "A1:XFD1048576",
    "A:A", "1:1", "A1:A1", "B2:A1", "A1 B2", "A1,B2", "A1:", ":", "!", "'!A1", "#REF!", "#N/A", "#VALUE!", "General",
    "yyyy-mm-dd", "[h]:mm:ss", "[Red]0.00;;@", "0" * 300, '"', "'", "\\", "&amp;", "&lt;", "&#9;", "&#10;", "&#13;", "&#127;",
    "&#x9B;31m", "&#x202E;", "&#x2066;", "&#0;", "&#xD800;", "&#xFFFF;", "&#x1F600;", "&undefined;", "\x1b[2J", "\x00",
    "_x0000_", "_x000D_", "_xD800_", "é", "😀", "\u2028", "A" * 255, "A" * 300, "A" * 33_000, "x" * 1_000_000, "..",
    "../../../../../etc/passwd", "/dev/zero", "file:///etc/passwd", "\\\\host\\share", "http://127.0.0.1:9/x", "rId1", "rId999",
    "s", "str", "n", "b", "e", "d", "inlineStr", "shared", "array", "dataTable", "2024-05-06T07:08:09", "2024-13-45",
    "0000-00-00", "-1-01-01", "9999-12-31T23:59:59.999999Z", "2024-05-06T07:08:09+99:99", "hidden", "veryHidden", "none",
    "FFFFFFFF", "FF", "zzzzzz", "#FFFFFF", "solid",
]  # fmt: skip
#: What a formula is made into.
FORMULAS = [
    "", "=", "(", ")", "1+", "((((1))))", "(" * 100 + "1" + ")" * 100, "(" * 9_000, "-" * 9_000 + "1", "1" + "+1" * 5_000,
    "SUM(" * 70 + "1" + ")" * 70, "SUM(" * 3_000 + "1" + ")" * 3_000, "IF(1," * 300, "SUM(A:XFD)", "SUM(1:1048576)", "A1",
    "SUM(A1:A1048576)", "A1:A1048576", "A1:XFD1048576*2", "$A$1:B2", "Sheet!A1", "'Sheet'!A1", "'", "'It''s'!A1", "[1]Sheet!A1",
    "[99]!x", "[" * 500, "{1,2;3}", "{" * 500, "\"", "\"" * 999, "#REF!", "#REF!+Sheet!#REF!", "INDIRECT(\"A1\")", "OFFSET(A1,1,1,99999,99999)",
    "Things[#All]", "Things[[#This Row],[a]]", "Things[", "_xlfn.SEQUENCE(1048576)", "REPT(\"x\",1E9)", "1E999", "1E-999", "9" * 5_000,
    "A" * 9_000, "undefined_name", "name.with.dots+1", "é+1", "😀", "A1 B2", "A1,B2", "@A1", "A1#", "LAMBDA(x,x)(1)", "LET(x,1,x)",
    "R1C1", "RC[-1]", "TRUE", "1%%%%%", "10^10^10^10", "FACT(1E9)", "A1&amp;B1", "A1&lt;&gt;B1", "2^" * 4_000 + "1",
]  # fmt: skip
#: Only where a name begins: the search would take hours in a text of a million letters.
_ATTRIBUTE = re.compile(rb'(?<![\w:.-])([\w:.-]+)="([^"<>]*)"')
_TEXT = re.compile(rb">([^<>]+)<")
_FORMULA = re.compile(rb"<f\b[^>]*>([^<]*)</f>")
_LEAF = re.compile(rb"<([\w:.-]+)(?:\s[^<>]*)?(?:/>|>[^<>]*</\1>)")
_TAG = re.compile(rb"</?[\w:.-]+[^<>]*>")


def damaged(content: bytes, chance: Random) -> bytes:
    """A file with some damage."""
    if not content.startswith(b"PK") or chance.random() < 0.06:
        return text_damaged(content, chance) if chance.random() < 0.7 else bytes_damaged(content, chance)
    parts = dict(unpacked(content))
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3))):
        name = chance.choice(list(parts))
        if chance.random() < 0.85:
            names = [name for name in parts if name.endswith((".xml", ".rels", ".vml"))] or list(parts)
            weights = [8 if "sheet" in name else 5 if "/workbook" in name or "styles" in name else 2 for name in names]
            name = chance.choices(names, weights)[0]
            parts[name] = xml_damaged(parts[name], chance)
        else:
            archive_damaged(parts, name, chance)
        if not parts:
            break
    packed = packed_again(parts, chance)
    return bytes_damaged(packed, chance, 2) if chance.random() < 0.04 else packed


@lru_cache(maxsize=100)
def unpacked(content: bytes) -> tuple[tuple[str, bytes], ...]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return tuple((name, archive.read(name)) for name in archive.namelist())


def bytes_damaged(content: bytes, chance: Random, most: int = 30) -> bytes:
    raw = bytearray(content)
    if chance.random() < 0.2:
        return bytes(raw[: chance.randrange(len(raw) + 1)])
    for _ in range(chance.randint(1, most)):
        at = chance.randrange(len(raw) + 1)
        kind = chance.random()
        if kind < 0.6 and at < len(raw):
            raw[at] = chance.randrange(256)
        elif kind < 0.8:
            del raw[at : at + chance.randint(1, 40)]
        else:
            raw[at:at] = bytes(
                chance.choice((b"\0", b"\xff", b"PK\x03\x04", b"PK\x01\x02", b"<", b'"'))
            ) * chance.randint(1, 9)
    return bytes(raw)


#: What stands in text files.
_WORD = re.compile(rb"[\w.+-]+|\"[^\"\n]*\"")


def text_damaged(text: bytes, chance: Random) -> bytes:
    """A table or a network file with words made extreme, lines doubled, marks and encodings changed."""
    for _ in range(chance.choice((1, 1, 2, 3))):
        kind = chance.randrange(9)
        lines = text.split(b"\n")
        if kind <= 3 and (words := list(_WORD.finditer(text))):
            word = chance.choice(words)
            extreme = chance.choice(EXTREMES).encode()
            quoted = word[0].startswith(b'"') or chance.random() < 0.3
            text = text[: word.start()] + (b'"' + extreme + b'"' if quoted else extreme) + text[word.end() :]
        elif kind == 4:
            at = chance.randrange(len(text) + 1)
            mark = chance.choice(
                (
                    b",",
                    b";",
                    b"\t",
                    b'"',
                    b"'",
                    b"\n",
                    b"\r",
                    b"\0",
                    b"=",
                    b"[",
                    b"]",
                    b"{",
                    b"#",
                    b"\xff",
                    b"\xc3",
                    b"\\u0000",
                    b"\\",
                )
            )
            text = text[:at] + mark * chance.choice((1, 1, 2, 50, 5_000)) + text[at:]
        elif kind == 5:
            line = chance.choice(lines)
            at = chance.randrange(len(lines))
            text = b"\n".join(lines[:at] + [line] * chance.choice((1, 2, 500)) + lines[at:])
        elif kind == 6:
            del lines[chance.randrange(len(lines))]
            text = b"\n".join(lines)
        elif kind == 7:
            decoded = text.decode("utf-8", "replace")
            text = decoded.encode(
                chance.choice(("utf-16", "utf-16-le", "utf-8-sig", "utf-32", "cp1252", "utf-7")), "replace"
            )
        else:
            at = chance.randrange(len(text) + 1)
            text = text[:at] + chance.choice(EXTREMES).encode() + text[at:]
    return text


def xml_damaged(part: bytes, chance: Random) -> bytes:
    kind = chance.randrange(14)
    if kind <= 4 and (attributes := list(_ATTRIBUTE.finditer(part))):
        attribute = chance.choice(attributes)
        what = chance.random()
        if what < 0.7:
            return part[: attribute.start(2)] + chance.choice(EXTREMES).encode() + part[attribute.end(2) :]
        if what < 0.85:
            return part[: attribute.start()] + part[attribute.end() :]
        other = chance.choice(attributes)
        return (
            part[: attribute.start()]
            + other[0 if chance.random() < 0.5 else 1]
            + b'="'
            + other[2]
            + b'"'
            + part[attribute.end() :]
        )
    if kind == 5 and (formulas := list(_FORMULA.finditer(part))):
        formula = chance.choice(formulas)
        return part[: formula.start(1)] + chance.choice(FORMULAS).encode() + part[formula.end(1) :]
    if kind <= 6 and (texts := list(_TEXT.finditer(part))):
        text = chance.choice(texts)
        extreme = chance.choice(EXTREMES if chance.random() < 0.8 else FORMULAS).encode()
        return part[: text.start(1)] + extreme + part[text.end(1) :]
    leaves = list(_LEAF.finditer(part)) if kind <= 9 else []
    if kind == 7 and leaves:
        leaf = chance.choice(leaves)
        return part[: leaf.start()] + part[leaf.end() :]
    if kind == 8 and leaves:
        leaf, other = chance.choice(leaves), chance.choice(leaves)
        return part[: other.start()] + leaf[0] * chance.choice((1, 1, 2, 50, 2_000)) + part[other.start() :]
    if kind == 9 and leaves:
        leaf = chance.choice(leaves)
        depth = chance.choice((1, 10, 150, 300, 20_000))
        return (
            part[: leaf.start()]
            + b"<"
            + leaf[1]
            + b">" * 1
            + (b"<" + leaf[1] + b">") * depth
            + leaf[0]
            + (b"</" + leaf[1] + b">") * (depth + chance.choice((0, 1, 1, 1)))
            + part[leaf.end() :]
        )
    if kind == 10 and (tags := list(_TAG.finditer(part))):
        tag = chance.choice(tags)
        strange = (
            b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<![CDATA[<x>]]>", b"<?x y?>", b"<!-- -->", b"<!-- </row> -->", b"&a;", b"<x:y/>",
            b"<row/>", b"<c/>", b"<c><v>1</v></c>", b"<row r='5'><c r='A5'><v>1</v></c></row>", b"<is><t>x</t></is>", b"</row>",
            b"<mc:AlternateContent/>", b"<extLst/>", b"<f/>", b"<v/>", b" " * 100_000,
        )  # fmt: skip
        return part[: tag.start()] + chance.choice(strange) + part[tag.start() :]
    if kind == 11:
        head = chance.choice(
            (b"\xef\xbb\xbf", b"\xff\xfe", b'<?xml version="1.0" encoding="x-none"?>', b"\n", b'<?xml version="1.1"?>')
        )
        return head + part.partition(b"?>")[2] if chance.random() < 0.5 else head + part
    if kind == 12:
        encoding = chance.choice(("utf-16", "utf-16-be", "cp1252", "utf-8-sig", "utf-32"))
        return part.decode("utf-8", "replace").encode(encoding, "replace")
    return bytes_damaged(part, chance, 8) if part else b"<x/>"


def archive_damaged(parts: dict[str, bytes], name: str, chance: Random) -> None:
    kind = chance.randrange(8)
    if kind <= 1:
        del parts[name]
    elif kind == 2:
        other = chance.choice(list(parts))
        parts[name], parts[other] = parts[other], parts[name]
    elif kind == 3:
        other = chance.choice(list(parts))
        parts[name] = parts[other]
    elif kind == 4:
        named = chance.choice(
            (
                name.upper(),
                name.replace("/", "\\"),
                "/" + name,
                "",
                "../" + name,
                name + "/",
                "a" * 300,
                name + "\x01",
                "é" + name,
            )
        )
        parts[named] = parts.pop(name)
    elif kind == 5:
        parts[name] = b""
    elif kind == 6:
        parts[name] = parts[name] + chance.choice((b" ", b"\0", b"<!-- x -->")) * chance.choice((10, 3_000_000))
    else:
        parts[name.rpartition("/")[0] + "/extra.xml"] = parts[name]


def packed_again(parts: dict[str, bytes], chance: Random) -> bytes:
    out = io.BytesIO()
    odd = chance.random() < 0.08
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        warnings.simplefilter("ignore")  # names that are there twice
        names = list(parts)
        if odd and chance.random() < 0.3:
            chance.shuffle(names)
        for name in names:
            method = chance.choice((0, 8, 12, 14)) if odd else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), parts[name], method)
        if odd and names and chance.random() < 0.3:
            archive.writestr(zipfile.ZipInfo(chance.choice(names)), b"<twice/>")
    content = bytearray(out.getvalue())
    if odd and chance.random() < 0.6:
        at = content.find(b"PK\x01\x02", content.find(b"PK\x01\x02") + chance.randrange(2_000))
        if at > 0:  # an entry of the archive's directory: its flags, method, checksum, sizes, place
            field, size = chance.choice(((8, 2), (10, 2), (16, 4), (20, 4), (24, 4), (28, 2), (30, 2), (42, 4)))
            number = chance.choice((0, 1, 9, 99, 0xFFFF, 0xFFFFFFFF, chance.randrange(1 << 32))) % (1 << 8 * size)
            struct.pack_into("<H" if size == 2 else "<I", content, at + field, number)
    return bytes(content)
