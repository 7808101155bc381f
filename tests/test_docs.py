"""The pages say what the product has, and what they execute is executed."""

import doctest
import json
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
import typer

import tracer
from tracer import networkfile
from tracer.cli import app

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"


def page(name):
    return (DOCS / name).read_text("utf-8")


@pytest.mark.parametrize("command", sorted(typer.main.get_command(app).commands))
def test_every_command_has_a_page_with_its_help(command):
    pages = [path for path in (DOCS / "commands" / f"{command}.md", DOCS / f"{command}.md") if path.exists()]
    assert any(f"\ntracer {command} --help\n" in path.read_text("utf-8") for path in pages)


@pytest.mark.parametrize("section", networkfile.SECTIONS)
def test_every_key_of_a_network_file_is_in_the_table_of_its_section(section):
    text = page("network-file.md").split(f"\n## [{section}]\n")[1].split("\n## ")[0]
    described = {key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert set(networkfile.SECTIONS[section]) - described == set()


def test_every_public_name_is_in_the_reference():
    described = re.findall(r"^\.\. auto\w+:: tracer\.(\w+)(?:\(\))?$", page("reference.md"), re.MULTILINE)
    assert set(tracer.__all__) - set(described) == set()


@pytest.mark.parametrize("name", ["run", "diff", "Trace"])
def test_the_examples_in_docstrings_come_out_as_they_say(name):
    for example in doctest.DocTestFinder().find(getattr(tracer, name), name, globs={"tracer": tracer}):
        assert doctest.DocTestRunner().run(example).failed == 0


def keys(found, into):
    """Every key of JSON objects, in any depth."""
    if isinstance(found, dict):
        into.update(found)
        found = list(found.values())
    if isinstance(found, list):
        for value in found:
            keys(value, into)
    return into


def test_the_page_on_json_has_the_keys_of_reports_and_no_others(tmp_path):
    for folder, rate in (("a", 0.1), ("b", 0.2)):
        tracer.run(lr=rate).to_excel(tmp_path / folder / "book.xlsx", sheets="none")
        (tmp_path / folder / "broken.xlsx").write_text("no workbook")
    reports = tracer.diff(tmp_path / "a", tmp_path / "b"), tracer.diff(*tmp_path.glob("*/book.xlsx"))
    written = set().union(*(keys(json.loads(report.to_json()), set()) for report in reports))
    text = page("report-json.md")
    in_tables = {key for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    # The keys of the small objects are in the cells that describe these.
    nested = {"value", "formula", "shown", "absolute", "relative", "ulps"}
    assert written == in_tables | nested
    assert all(f"`{key}`" in text for key in nested)


def test_what_the_readme_links_to_is_there():
    links = re.findall(r"\]\(([^)#:]+)[)#]", (ROOT / "README.md").read_text("utf-8"))
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.fixture(scope="module")
def session():
    """The module that executes the blocks of pages."""
    spec = spec_from_file_location("session", DOCS / "_ext" / "session.py")
    found = module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def test_a_page_that_is_wrong_about_a_command_ends_the_build(session):
    started = session.Session()
    assert started.shell("exit 2", status=2) == ""
    with pytest.raises(session.CommandError, match="'false' ended with exit status 1; expected 0"):
        started.shell("false")
    with pytest.raises(session.CommandError, match=r"expected 1\. It printed:\nfine"):
        started.shell("echo fine", status=1)
    with pytest.raises(session.CommandError, match="status 1"):
        started.shell("false | cat")  # whose own status is cat's
    with pytest.raises(session.CommandError, match="ZeroDivisionError"):
        started.python("1 / 0")


def test_what_a_page_executes_shares_a_folder_that_goes_away(session):
    started = session.Session()
    started.write("data/a.txt", "one\n")
    assert started.shell("cat data/a.txt; echo two >> data/a.txt; echo no >&2") == "one\nno\n"
    assert started.python("print(open('data/a.txt').read(), end='')") == "one\ntwo\n"
    assert started.python("import sys; print(sys.executable)").strip() == sys.executable
    folder = started.folder
    del started
    assert not folder.exists()


def test_commands_go_on_after_a_backslash(session):
    assert list(session.commands(["a", "b \\", "  c", "", "d"])) == ["a", "b \\\n  c", "d"]


def test_colours_of_a_terminal_become_html(session):
    printed = "\x1b[1;30;48;2;255;240;77m<7>\x1b[0m \x1b[31mred\x1b[0m & plain\n"
    assert session.markup(printed) == (
        '<span class="bold ink-0" style="background:#fff04d">&lt;7&gt;</span> '
        '<span class="ink-1">red</span> &amp; plain'
    )
    assert session.markup("x" * 200 + "\n\n y\n") == "x" * 200 + "\n\n y"
