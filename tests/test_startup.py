"""What commands load: no more than they need. How long that takes is for benchmarks, and not asserted."""

import subprocess
import sys

import pytest

import tracer
from tracer.cli import COMMANDS

#: Libraries that train, write, recalculate, draw or read what is no workbook.
HEAVY = {"IPython", "ironcalc", "numpy", "openpyxl", "pandas", "pyarrow", "rich", "xlsxwriter"}

#: Runs the command line, and prints on standard error what has been loaded in the end.
WATCHED = """
import sys
from tracer.cli import main
try:
    main()
except SystemExit as end:
    status = end.code
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(status)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    tracer.run().to_excel(folder / "a.xlsx", sheets="none")
    (folder / "same.xlsx").write_bytes((folder / "a.xlsx").read_bytes())
    repacked(folder / "a.xlsx", folder / "packed.xlsx")
    repacked(folder / "a.xlsx", folder / "equal.xlsx", lambda data: data.replace(b"></row>", b">\n</row>"))
    return folder


def repacked(source, target, change=lambda data: data):
    """The same parts in another archive, or parts that say the same."""
    import zipfile

    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)))


def loaded(folder, *arguments, status=0):
    done = subprocess.run([sys.executable, "-c", WATCHED, *arguments], cwd=folder, capture_output=True, text=True)
    assert done.returncode == status, done.stderr
    return set(done.stderr.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("diff", "a.xlsx", "same.xlsx"),
        ("diff", "a.xlsx", "packed.xlsx"),
        ("diff", "a.xlsx", "equal.xlsx"),
        ("textconv", "a.xlsx"),
        ("--version",),
    ],
    ids=" ".join,
)
def test_neither_a_comparison_nor_text_loads_what_trains_and_writes(folder, arguments):
    modules = loaded(folder, *arguments)
    assert modules & HEAVY == set()
    assert not any(
        name.startswith(("tracer.lessons", "tracer.engine", "tracer.workbook.writer", "multiprocessing"))
        for name in modules
    )


def test_files_that_are_the_same_are_equal_before_anything_compares(folder):
    for same in ("same.xlsx", "packed.xlsx"):
        modules = loaded(folder, "diff", "a.xlsx", same)
        assert modules.isdisjoint({"tracer.compare.diff", "tracer.compare.folders"})
    assert "tracer.compare.diff" in loaded(folder, "diff", "a.xlsx", "equal.xlsx")


def test_help_loads_every_command_and_nothing_that_they_call(folder):
    modules = loaded(folder, "--help")
    assert {f"tracer.commands.{module}" for module in COMMANDS.values()} <= modules
    assert modules & (HEAVY - {"rich"}) == set()  # which prints the help


def test_the_list_of_commands_has_them_all_with_what_they_do(command):
    printed = command("--help").stdout
    for name in COMMANDS:
        assert f" {name} " in printed
        assert " ".join(printed.split()).count(f"│ {name} ") == 1
    assert "Compare two workbooks, whoever wrote them" in printed


def test_a_command_that_is_mistyped_is_guessed(command):
    done = command("dif", "a.xlsx", "b.xlsx")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "Did you mean 'diff'?" in done.stderr


def test_shells_complete_commands_and_their_options(command, tmp_path):
    """What the shell's script asks for, in the variables that Typer's completion reads."""
    import os

    def completed(line):
        environment = {**os.environ, "_TRACER_COMPLETE": "complete_bash", "COMP_WORDS": line}
        environment["COMP_CWORD"] = str(len(line.split(" ")) - 1)
        script = "import sys; sys.argv[0] = 'tracer'; from tracer.cli import main; main()"
        return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True).stdout

    assert set(completed("tracer ").split()) == set(COMMANDS)
    assert completed("tracer tex").split() == ["textconv"]
    assert "--ignore" in completed("tracer diff --").split()


def test_the_package_itself_loads_nothing(folder):
    done = subprocess.run(
        [sys.executable, "-c", "import sys, tracer; print(*sys.modules); tracer.diff; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    package, compares = (set(line.split()) for line in done.stdout.splitlines())
    assert package & HEAVY == set()
    assert "tracer.errors" not in package
    assert compares & HEAVY == set()
