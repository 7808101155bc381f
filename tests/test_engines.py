"""Engines in processes of their own: what takes them down takes nothing else down, and nothing of them is left."""

import http.server
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook

import tracer
from tracer.compare.engines import ENGINES
from tracer.engines import ironcalc

RELATIONSHIPS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def book_of(path, *formulas):
    book = Workbook()
    for row, formula in enumerate(formulas, 1):
        book.active.cell(row, 1, formula)
    book.save(path)
    return path


@pytest.mark.parametrize("engine", ENGINES)
def test_values_of_every_type(request, tmp_path, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    path = book_of(tmp_path / "book.xlsx", 1.5, "=A1*2", '="a"&"b"', "=1/0", "=A1=1.5", "text")
    value = ENGINES[engine](path)
    assert [value("Sheet", row, 0) for row in range(6)] == [1.5, 3.0, "ab", "#DIV/0!", True, "text"]
    assert value("Sheet", 6, 0) is value("Sheet", 0, 1) is value("Sheet", 1_048_575, 16_383) is None
    with pytest.raises(tracer.TracerError, match=r"book\.xlsx: \w+ knows no sheet 'Nowhere'"):
        value("Nowhere", 0, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_open_file_is_recalculated_as_well(request, tmp_path, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    with book_of(tmp_path / "book.xlsx", 1.5, "=A1*2").open("rb") as file:
        assert ENGINES[engine](file)("Sheet", 1, 0) == 3


def test_deeply_nested_formulas_are_computed(tmp_path):
    path = book_of(tmp_path / "deep.xlsx", "=" + "(" * 8000 + "1" + ")" * 8000)
    assert ENGINES["ironcalc"](path)("Sheet", 0, 0) == 1


def test_a_formula_that_no_stack_holds_is_an_error_of_one_line(tmp_path):
    path = tmp_path / "deep.xlsx"
    with xlsxwriter.Workbook(path) as book:  # openpyxl cuts formulas off
        book.add_worksheet().write_formula(0, 0, "=" + "(" * 500_000 + "1" + ")" * 500_000)
    with pytest.raises(tracer.TracerError, match=r"deep\.xlsx: IronCalc (crashed over|cannot recalculate) it"):
        ENGINES["ironcalc"](path)


def test_a_workbook_that_takes_too_long_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(ironcalc, "SECONDS", 1)
    path = book_of(tmp_path / "long.xlsx", *["=SUMPRODUCT(SIN(ROW($1:$100000)))"] * 2000)
    start = time.monotonic()
    with pytest.raises(tracer.TracerError, match=r"long\.xlsx: IronCalc did not finish within 1 seconds"):
        ENGINES["ironcalc"](path)
    assert time.monotonic() - start < 10


def test_a_workbook_that_takes_too_much_memory_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(ironcalc, "MEMORY", 400 << 20)
    formulas = ['=REPT("0123456789",3000)', *[f"={'&'.join(['A' + str(row)] * 200)}" for row in range(1, 30)]]
    with pytest.raises(
        tracer.TracerError, match=r"large\.xlsx: IronCalc (needs more than .* MiB of memory for|crashed)"
    ):
        ENGINES["ironcalc"](book_of(tmp_path / "large.xlsx", *formulas))("Sheet", 29, 0)


@pytest.mark.parametrize("engine", ENGINES)
def test_no_process_is_left_when_the_values_are_no_longer_needed(request, tmp_path, engine):
    if engine == "libreoffice":
        request.getfixturevalue("libreoffice")
    value = ENGINES[engine](book_of(tmp_path / "book.xlsx", "=1+1"))
    process = value._process
    assert value("Sheet", 0, 0) == 2
    del value
    assert process.poll() is not None


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("way", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_nothing_of_libreoffice_is_left_when_the_command_is_ended(tmp_path, way):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    path = tmp_path / "book.xlsx"
    tracer.run(epochs=20).to_excel(path, sheets="all")
    code = "import sys, tracer; tracer.verify(sys.argv[1], 'libreoffice')"
    command = [sys.executable, "-c", code, str(path)]
    process = subprocess.Popen(command, env={**os.environ, "TMPDIR": str(scratch)}, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not using(scratch) and time.monotonic() < until:
        time.sleep(0.02)
    assert using(scratch)
    process.send_signal(way)
    process.wait(10)
    while (using(scratch) or list(scratch.iterdir())) and time.monotonic() < until:
        time.sleep(0.05)
    assert not using(scratch)
    assert not list(scratch.iterdir())


def using(folder):
    """Processes whose command says a folder: LibreOffice's, by its profile."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if f"UserInstallation=file://{folder}".encode() in process.read_bytes():
                found.append(process.parent.name)
        except OSError:
            pass
    return found


def test_the_worker_of_ironcalc_ends_with_the_process_that_asks(tmp_path):
    path = book_of(tmp_path / "long.xlsx", *["=SUMPRODUCT(SIN(ROW($1:$100000)))"] * 2000)
    code = (
        "import sys; from pathlib import Path; from tracer.engines.ironcalc import IronCalc\n"
        "engine = IronCalc(Path(sys.argv[1])); print(engine._process.pid, flush=True); engine.wait()"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE)
    worker = int(process.stdout.readline())
    time.sleep(0.3)
    process.kill()
    process.wait()
    process.stdout.close()
    until = time.monotonic() + 3
    while alive(worker) and time.monotonic() < until:
        time.sleep(0.05)
    assert not alive(worker)


def alive(process):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{process}/status").read_text()
    except OSError:
        return False


@pytest.fixture
def server():
    """A server on this machine, and the paths that it was asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def parse_request(self):
            asked.append(self.raw_requestline)
            return False

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def reaching_out(path, to):
    """A workbook that would fetch a picture, another workbook and a web service."""
    tracer.run().to_excel(path.with_name("source.xlsx"))
    picture = (
        '<xdr:wsDr xmlns:xdr="http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing" '
        f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{RELATIONSHIPS}">'
        "<xdr:oneCellAnchor><xdr:from><xdr:col>1</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>1</xdr:row>"
        '<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx="900000" cy="900000"/><xdr:pic><xdr:nvPicPr>'
        '<xdr:cNvPr id="2" name="p"/><xdr:cNvPicPr/></xdr:nvPicPr><xdr:blipFill><a:blip r:link="rId1"/></xdr:blipFill>'
        '<xdr:spPr><a:prstGeom prst="rect"/></xdr:spPr></xdr:pic><xdr:clientData/></xdr:oneCellAnchor></xdr:wsDr>'
    )
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    relationship = '<Relationships xmlns="{}"><Relationship Id="rId1" Type="{}/{}" Target="{}"{}/></Relationships>'
    external = ' TargetMode="External"'
    sheet = "xl/worksheets/sheet2.xml"
    added = {
        "xl/drawings/drawing9.xml": picture,
        "xl/drawings/_rels/drawing9.xml.rels": relationship.format(
            package, RELATIONSHIPS, "image", f"{to}/picture.png", external
        ),
        "xl/worksheets/_rels/sheet2.xml.rels": relationship.format(
            package, RELATIONSHIPS, "drawing", "../drawings/drawing9.xml", ""
        ),
    }
    with zipfile.ZipFile(path.with_name("source.xlsx")) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name).decode()
            if name == sheet:
                formulas = f'_xlfn.WEBSERVICE("{to}/service")', f"'{to}/[book.xlsx]Sheet'!A1"
                cells = "".join(
                    f'<c r="{column}900"><f>{formula}</f><v>1</v></c>' for column, formula in zip("AB", formulas)
                )
                content = content.replace("</sheetData>", f'<row r="900">{cells}</row></sheetData>')
                content = content.replace("</worksheet>", '<drawing r:id="rId1"/></worksheet>')
                if "xmlns:r=" not in content:
                    content = content.replace("<worksheet ", f'<worksheet xmlns:r="{RELATIONSHIPS}" ', 1)
            if name == "[Content_Types].xml":
                kind = "application/vnd.openxmlformats-officedocument.drawing+xml"
                override = f'<Override PartName="/xl/drawings/drawing9.xml" ContentType="{kind}"/>'
                content = content.replace("</Types>", f"{override}</Types>")
            if name not in added:
                new.writestr(name, content)
        for name, content in added.items():
            new.writestr(name, content)
    return path


@pytest.mark.usefixtures("libreoffice")
@pytest.mark.parametrize("unshare", [True, False], ids=["without a network", "by its settings alone"])
def test_libreoffice_asks_no_server_for_anything(tmp_path, monkeypatch, server, unshare):
    to, asked = server
    if not unshare:
        (tmp_path / "bin").mkdir()
        (tmp_path / "bin" / "unshare").write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / "bin" / "unshare").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    path = reaching_out(tmp_path / "book.xlsx", to)
    assert all(verdict.agrees for verdict in tracer.verify(path, "libreoffice"))
    assert asked == []
