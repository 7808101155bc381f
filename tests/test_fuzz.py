"""Damaged files: each is read, or refused in one line; never a traceback. 120 workbooks and 120 templates."""

import io
import random
import re
import zipfile

import pytest

import tracer

CASES = 120


def damaged(content, chance):
    """A workbook with a few bytes changed in the archive, or in one of its parts."""
    if chance.random() < 0.3:
        raw = bytearray(content)
        for _ in range(chance.randint(1, 30)):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        return bytes(raw)
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        victim = chance.choice(old.namelist())
        for name in old.namelist():
            if name != victim:
                new.writestr(name, old.read(name))
            elif chance.random() > 0.15:  # else the part is missing
                new.writestr(name, damaged_part(old.read(name), chance))
    return out.getvalue()


def damaged_part(part, chance):
    if chance.random() < 0.2:
        return part[: chance.randrange(len(part) + 1)]
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(part) + 1)
        kind = chance.random()
        if kind < 0.4:
            part = part[:at] + bytes([chance.choice(b"0123456789<>&\"'=AZaz!$:")]) + part[at + 1 :]
        elif kind < 0.7:
            part = part[:at] + part[at + chance.randint(1, 40) :]
        else:
            quoted = re.findall(rb'"[^"]*"', part)
            if quoted:
                other = chance.choice([b'""', b'"-1"', b'"99999999"', b'"NaN"', b'"x"'])
                part = part.replace(chance.choice(quoted), other, 1)
    return part


def survives(call):
    try:
        call()
    except tracer.TracerError as error:
        assert "\n" not in str(error)


@pytest.mark.parametrize("seed", range(4))
def test_damaged_workbooks(tmp_path, seed):
    chance, path = random.Random(seed), tmp_path / "book.xlsx"
    tracer.run().to_excel(path)
    whole = path.read_bytes()
    for _ in range(CASES // 4):
        path.write_bytes(damaged(whole, chance))
        survives(lambda: tracer.read_excel(path))
        survives(lambda: tracer.verify(path))


@pytest.mark.parametrize("seed", range(4))
def test_damaged_templates(tmp_path, request, seed):
    chance, path = random.Random(seed), tmp_path / "template.xlsx"
    whole = (request.config.rootpath / "templates" / "article.xlsx").read_bytes()
    for _ in range(CASES // 4):
        path.write_bytes(damaged(whole, chance))
        survives(lambda: tracer.run().to_excel(tmp_path / "book.xlsx", template=path))
