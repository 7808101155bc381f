"""What is written where: whole or not at all, and never over a device, a folder or somebody else's file."""

import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
import typer

import tracer
from tracer.cli import app
from tracer.errors import TracerError
from tracer.writing import Writing, check, replace

NOBODY = 65534
as_root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root may become somebody else")


@pytest.fixture
def books(tmp_path):
    tracer.run().to_excel(tmp_path / "a.xlsx")
    tracer.run(lr=0.2).to_excel(tmp_path / "b.xlsx")


#: Every command that writes a file, but for its name.
COMMANDS = {
    "run": ["run", "--out"],
    "frame": ["run", "--frame"],
    "lesson": ["run", "--preset", "perceptron", "--out"],
    "script": ["script", "--out"],
    "init": ["init"],
    "html": ["diff", "a.xlsx", "b.xlsx", "--format", "html", "--out"],
    "json": ["diff", "a.xlsx", "b.xlsx", "--format", "json", "--out"],
    "junit": ["diff", "a.xlsx", "b.xlsx", "--format", "junit", "--out"],
    "text": ["diff", "a.xlsx", "b.xlsx", "--out"],
    "marked": ["diff", "a.xlsx", "b.xlsx", "--format", "xlsx", "--out"],
}
SUFFIX = {"run": ".xlsx", "lesson": ".xlsx", "marked": ".xlsx", "frame": ".csv"}


@pytest.fixture
def called(tmp_path, monkeypatch):
    """What a command in this process ends with: its message, or nothing."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments):
        try:
            app([str(argument) for argument in arguments], standalone_mode=False)
        except TracerError as error:
            return str(error)
        except typer.Exit:
            pass
        return ""

    return call


def refused(done, message):
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.startswith("tracer: ")
    assert done.stderr.count("\n") == 1
    assert message in done.stderr
    return True


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("kind", COMMANDS)
def test_nothing_but_a_file_is_replaced_even_by_force(books, called, tmp_path, kind):
    suffix = SUFFIX.get(kind, "")
    device, folder, pipe, loop = (tmp_path / f"{name}{suffix}" for name in ("device", "folder", "pipe", "loop"))
    device.symlink_to("/dev/null")
    folder.mkdir()
    os.mkfifo(pipe)
    loop.symlink_to(loop.name)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / f"socket{suffix}"))
    before = names(tmp_path)
    for name, message in {
        "device": "device, which no file replaces",
        "folder": "is a folder; give the path of a file",
        "pipe": "is a pipe, which no file replaces",
        "socket": "is a socket, which no file replaces",
        "loop": "is a symbolic link that leads back to itself",
    }.items():
        assert message in called(*COMMANDS[kind], f"{name}{suffix}", "--force")
    assert names(tmp_path) == before
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_device_by_its_own_name_stays_one(books, command):
    for device in ("/dev/null", "/dev/full", "/dev/stdout"):
        done = command(*COMMANDS["html"], device, "--force")
        assert refused(done, "which no file replaces; choose another place")
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_standard_output_that_is_a_file_is_not_replaced(books, tmp_path):
    with (tmp_path / "said").open("wb") as said:
        done = subprocess.run(
            [sys.executable, "-m", "tracer", *COMMANDS["html"], "/dev/stdout", "--force"], cwd=tmp_path, stdout=said
        )
    assert done.returncode == 2
    assert (tmp_path / "said").read_bytes() == b""


@pytest.mark.parametrize("kind", COMMANDS)
def test_names_as_long_as_a_file_system_takes_them(books, called, tmp_path, kind):
    suffix = SUFFIX.get(kind, "")
    for length in (242, 255):
        name = "x" * (length - len(suffix)) + suffix
        assert called(*COMMANDS[kind], name) == ""
        assert (tmp_path / name).stat().st_size
    assert "cannot be written (File name too long)" in called(*COMMANDS[kind], "x" * 256 + suffix)
    assert not [name for name in names(tmp_path) if name.endswith(".part")]


@pytest.mark.parametrize("letter", ["x", "é", "😀"])
def test_long_names_in_any_letters(tmp_path, letter):
    for length in range(230, 256):
        name = letter * (length // len(letter.encode()))
        name += "x" * (length - len(name.encode()))
        replace(tmp_path / name, lambda file: file.write(b"whole"))
    assert len(names(tmp_path)) == 26
    assert {path.read_bytes() for path in tmp_path.iterdir()} == {b"whole"}


def test_a_path_with_a_nul_is_refused(tmp_path):
    for write in (
        lambda path: tracer.run().to_excel(path),
        lambda path: tracer.diff(tracer.run(), tracer.run(lr=0.2)).to_html(path),
    ):
        with pytest.raises(TracerError, match="holds a character that no path can"):
            write(str(tmp_path / "a\0b.xlsx"))


@pytest.mark.skipif(os.name == "nt", reason="needs limits of a process")
@pytest.mark.parametrize("kind", COMMANDS)
def test_a_disk_that_is_full_is_one_line_and_leaves_nothing(books, command, tmp_path, kind):
    """A limit to the size of files is met where a full disk is: in the middle of writing."""
    out = tmp_path / "new" / "folder" / f"out{SUFFIX.get(kind, '')}"
    (tmp_path / "limited.py").write_text(
        "import resource, sys\nfrom tracer.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200, 200))\nsys.exit(main())\n"
    )
    before = names(tmp_path)
    arguments = [sys.executable, "limited.py", *COMMANDS[kind], str(out)]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(arguments, cwd=tmp_path, capture_output=True, text=True, env=environment)
    assert refused(done, f"{out}: cannot be written (File too large); choose another place")
    assert names(tmp_path) == before


def test_a_frame_that_cannot_be_written_leaves_no_workbook(command, tmp_path):
    (tmp_path / "notes").write_text("my notes")
    done = command("run", "--epochs", 3, "--out", "book.xlsx", "--frame", "notes/run.csv")
    assert refused(done, "notes/run.csv: cannot be written (Not a directory)")
    assert names(tmp_path) == ["notes"]


def test_files_appear_together_or_not_at_all(tmp_path):
    (tmp_path / "old").write_text("old")
    with pytest.raises(ZeroDivisionError), Writing() as files:
        files.write(tmp_path / "old", lambda file: file.write(b"new"))
        files.write(tmp_path / "deep" / "other", lambda file: 1 / 0)
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_text() == "old"
    with Writing() as files:
        files.write(tmp_path / "old", lambda file: file.write(b"new"))
        files.write(tmp_path / "deep" / "other", lambda file: file.write(b"other"))
        assert (tmp_path / "old").read_text() == "old"
    assert ((tmp_path / "old").read_text(), (tmp_path / "deep" / "other").read_text()) == ("new", "other")
    with pytest.raises(TracerError, match="is to be written twice"), Writing() as files:
        files.write(tmp_path / "old", lambda file: None)
        files.write(tmp_path / "deep" / ".." / "old", lambda file: None)


@pytest.mark.skipif(os.name == "nt", reason="Windows deletes no open file, and has no such locks")
def test_what_a_killed_run_left_is_removed_by_the_next_but_nothing_of_a_living_one(tmp_path):
    target, other = tmp_path / "book.xlsx", tmp_path / "book.xlsx.1"
    writer = (
        "import sys, time\nfrom tracer.writing import replace\n"
        "replace(sys.argv[1], lambda file: (file.write(b'half'), file.flush(), time.sleep(60)))"
    )
    killed, living, elsewhere = (
        subprocess.Popen([sys.executable, "-c", writer, str(path)]) for path in (target, target, other)
    )
    try:
        deadline = time.monotonic() + 30
        while len(list(tmp_path.glob(".*.part"))) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.2)  # it is locked as soon as it is made
        killed.kill()
        killed.wait()
        (tmp_path / ".book.xlsx.mine.part").write_text("not of tracer")
        replace(target, lambda file: file.write(b"whole"))
        left = names(tmp_path)
        assert len(left) == 4, left  # the target, the two of living writers, and somebody's own
        assert target.read_bytes() == b"whole"
    finally:
        for process in (killed, living, elsewhere):
            process.kill()
            process.wait()
    replace(target, lambda file: file.write(b"again"))
    replace(other, lambda file: file.write(b"again"))
    assert names(tmp_path) == [".book.xlsx.mine.part", "book.xlsx", "book.xlsx.1"]


def test_many_writers_of_one_file_do_not_disturb_one_another(tmp_path):
    code = (
        "import sys\nfrom tracer.writing import replace\n"
        "for number in range(200): replace(sys.argv[1], lambda file: file.write(b'x' * 5000))"
    )
    writers = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path / "one")]) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert names(tmp_path) == ["one"]
    assert (tmp_path / "one").read_bytes() == b"x" * 5000


def as_nobody(folder, path):
    """What an ordinary user is told who writes there, by force; nothing where that went well."""
    told, tell = os.pipe()
    child = os.fork()
    if not child:
        os.chdir(folder)
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        message = ""
        try:
            check(path, force=True)
            replace(path, lambda file: file.write(b"new"))
        except BaseException as error:
            message = str(error)
        os.write(tell, message.encode())
        os._exit(0)
    os.close(tell)
    os.waitpid(child, 0)
    with os.fdopen(told) as message:
        return message.read()


@as_root
def test_an_ordinary_user_writes_only_where_that_is_allowed():
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "locked").mkdir(mode=0o755)
        (folder / "locked" / "there").write_text("old")
        (folder / "theirs").write_text("old")
        (folder / "theirs").chmod(0o644)
        for path in ("locked/new", "locked/deep/new", "locked/there", "theirs"):
            assert as_nobody(folder, path) == f"{path}: cannot be written (Permission denied); choose another place"
        assert (folder / "theirs").read_text() == (folder / "locked" / "there").read_text() == "old"
        assert names(folder) == ["locked", "theirs"]
        assert names(folder / "locked") == ["there"]
        (folder / "shared").write_text("old")
        (folder / "shared").chmod(0o666)
        assert (as_nobody(folder, "shared"), (folder / "shared").read_text()) == ("", "new")
        assert (folder / "shared").stat().st_mode & 0o777 == 0o666
        replace(folder / "shared", lambda file: file.write(b"by root"))
        assert (folder / "shared").stat().st_uid == NOBODY  # it stays its owner's
