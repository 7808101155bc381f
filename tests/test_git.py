"""Workbooks in a real repository: what `git diff`, `git log -p` and `git difftool` show of them."""

import os
import shutil
import subprocess
import sys

import pytest
from openpyxl import Workbook, load_workbook

import tracer

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

TRACER = f"'{sys.executable}' -m tracer"


@pytest.fixture(scope="module")
def books(tmp_path_factory):
    folder = tmp_path_factory.mktemp("books")
    for name, rate in (("a", 0.1), ("b", 0.2), ("c", 0.3)):
        tracer.run(lr=rate).to_excel(folder / f"{name}.xlsx")
    return folder


class Repository:
    def __init__(self, folder):
        self.folder = folder
        self("init", "-q", "-b", "main")
        self("config", "user.name", "Ada")
        self("config", "user.email", "ada@example.org")
        (folder / ".gitattributes").write_text("*.xls[xm] diff=xlsx\n")
        self("add", ".")
        self("commit", "-qm", "attributes")

    def run(self, *arguments, **variables):
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_SYSTEM": os.devnull,
            **variables,
        }
        return subprocess.run(
            ["git", *arguments], cwd=self.folder, capture_output=True, text=True, encoding="utf-8", env=environment
        )

    def __call__(self, *arguments, **variables):
        done = self.run(*arguments, **variables)
        assert done.returncode == 0, done.stderr
        assert done.stderr == "" or arguments[0] in ("checkout", "merge", "difftool")
        return done.stdout

    def commit(self, **files):
        """Commit files, each a copy of a path or bytes."""
        for name, source in files.items():
            self.write(f"{name}.xlsx", source)
        self("add", ".")
        self("commit", "-qm", ", ".join(files))

    def write(self, name, source):
        target = self.folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source if isinstance(source, bytes) else source.read_bytes())


@pytest.fixture
def driven(tmp_path):
    """A repository with the external diff driver."""
    repository = Repository(tmp_path)
    repository("config", "diff.xlsx.command", f"{TRACER} git-diff")
    return repository


@pytest.fixture
def converted(tmp_path):
    """A repository with textconv."""
    repository = Repository(tmp_path)
    repository("config", "diff.xlsx.textconv", f"{TRACER} textconv")
    return repository


ENCRYPTED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le")
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"


def test_git_diff_shows_the_origin_and_what_follows_from_it(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.write("book.xlsx", books / "b.xlsx")
    lines = driven("diff").splitlines()
    assert lines[0] == "diff --tracer a/book.xlsx b/book.xlsx"
    (origin,) = [line.split() for line in lines if "'Step 1'!W14" in line]
    assert origin[:4] == ["Step", "1", "·", "lr"] and "0.1" in origin and "0.2" in origin
    assert "starts here" in lines[2] and any("follows" in line for line in lines)
    assert any("Step 2 · lr" in line for line in lines)
    assert any(line.startswith("Different: 1 origin") for line in lines)
    assert any("more consequences (--all)" in line for line in lines)


def test_all_and_criteria_are_options_of_the_driver(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.write("book.xlsx", books / "b.xlsx")
    driven("config", "diff.xlsx.command", f"{TRACER} git-diff --all")
    assert "more consequences" not in driven("diff")
    driven("config", "diff.xlsx.command", f"{TRACER} git-diff --only 'Step 0'")
    assert "Equal" in driven("diff")


def test_a_new_workbook_and_one_that_is_gone_are_a_line_each(driven, books):
    driven.commit(old=books / "a.xlsx")
    (driven.folder / "old.xlsx").unlink()
    book = Workbook()
    book.active.title = "Sales"
    book.active.append([1, "=A1*2"])
    book.create_sheet("Notes").append(["text"])
    book.save(driven.folder / "new.xlsx")
    driven("add", "--all")
    shown = driven("diff", "--cached", "--no-renames")
    new, old = shown.split("\n\n")[:2]
    assert new.splitlines() == [
        "diff --tracer a/new.xlsx b/new.xlsx",
        "new file mode 100644",
        "Added: 2 sheets: Sales (2 cells, 1 formula), Notes (1 cell)",
    ]
    assert old.splitlines()[:2] == ["diff --tracer a/old.xlsx b/old.xlsx", "deleted file mode 100644"]
    assert old.splitlines()[2].startswith("Deleted: 15 sheets: Overview (")


def test_a_renamed_workbook_is_compared_with_what_it_was(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven("mv", "book.xlsx", "other.xlsx")
    lines = driven("diff", "--cached", "-M").splitlines()
    assert lines[0] == "diff --tracer a/book.xlsx b/other.xlsx"
    assert {"similarity index 100%", "rename from book.xlsx", "rename to other.xlsx"} <= set(lines)
    assert not any("Different" in line for line in lines)
    driven.write("other.xlsx", books / "b.xlsx")
    driven("add", ".")
    lines = driven("diff", "--cached", "-M10%").splitlines()
    assert "rename from book.xlsx" in lines
    assert any(line.startswith("Different: 1 origin") for line in lines)


def test_a_mode_that_changed_is_all_that_is_said(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven("update-index", "--chmod=+x", "book.xlsx")
    assert driven("diff", "--cached").splitlines() == [
        "diff --tracer a/book.xlsx b/book.xlsx",
        "old mode 100644",
        "new mode 100755",
        "",
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (ENCRYPTED, "is encrypted; open it with its password and save it without one"),
        (POINTER, "is a pointer of Git LFS and not the workbook; fetch that with: git lfs pull"),
        (b"", "is empty; expected an .xlsx workbook"),
        (b"no workbook", "not an .xlsx workbook"),
    ],
    ids=["encrypted", "pointer", "empty", "text"],
)
def test_what_cannot_be_read_is_a_line_and_ends_nothing(driven, books, content, why):
    driven.commit(a_secret=content + b" ", book=books / "a.xlsx")
    driven.commit(a_secret=content, book=books / "b.xlsx")
    for command in (("diff", "HEAD~1"), ("log", "-p", "--ext-diff", "-1"), ("show", "--ext-diff")):
        shown = driven(*command)
        assert "diff --tracer a/a_secret.xlsx b/a_secret.xlsx\nCannot be compared: " in shown
        assert "Different: 1 origin" in shown  # the file behind it
    driven("rm", "-q", "a_secret.xlsx")
    (line,) = [line for line in driven("diff", "--cached").splitlines() if line.startswith("Cannot")]
    assert line.startswith(f"Cannot be compared: a/a_secret.xlsx: {why}")


def test_git_log_shows_every_commit(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.commit(book=books / "b.xlsx")
    driven.commit(book=books / "c.xlsx")
    shown = driven("log", "-p", "--ext-diff")
    assert shown.count("Different: 1 origin") == 2
    assert shown.count("Added: 15 sheets") == 1


def test_git_difftool(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.write("book.xlsx", books / "b.xlsx")
    driven("config", "difftool.tracer.cmd", f'{TRACER} git-diff "$MERGED" "$LOCAL" "$REMOTE"')
    shown = driven("difftool", "--no-prompt", "--tool", "tracer")
    assert shown.startswith("diff --tracer a/book.xlsx b/book.xlsx\n")
    assert "Different: 1 origin" in shown
    driven("rm", "-qf", "book.xlsx")
    assert "Deleted: 15 sheets" in driven("difftool", "--no-prompt", "--tool", "tracer", "--cached")


def conflict(repository, books, name):
    (repository.folder / name).parent.mkdir(exist_ok=True)
    shutil.copy(books / "a.xlsx", repository.folder / name)
    repository("add", ".")
    repository("commit", "-qm", "common")
    repository("checkout", "-qb", "theirs")
    shutil.copy(books / "b.xlsx", repository.folder / name)
    repository("commit", "-qam", "theirs")
    repository("checkout", "-q", "main")
    shutil.copy(books / "c.xlsx", repository.folder / name)
    repository("commit", "-qam", "ours")
    assert repository.run("merge", "theirs").returncode == 1


@pytest.mark.parametrize("name", ["book.xlsx", "a folder/ä book.xlsx"])
def test_a_merge_conflict_shows_ours_against_theirs(driven, books, name):
    conflict(driven, books, name)
    driven("diff")
    lines = driven("diff", "--ours").splitlines()
    assert lines[0] == f"* Unmerged path {name}: ours (A) and theirs (B)"
    (origin,) = [line for line in lines if "'Step 1'!W14" in line][:1]
    assert origin.index("0.3") < origin.index("0.2")


def test_a_conflict_in_which_one_side_deleted_the_workbook(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven("checkout", "-qb", "theirs")
    driven("rm", "-q", "book.xlsx")
    driven("commit", "-qm", "gone")
    driven("checkout", "-q", "main")
    driven.commit(book=books / "b.xlsx")
    assert driven.run("merge", "theirs").returncode == 1
    lines = driven("diff", "--ours").splitlines()
    assert lines[0].startswith("* Unmerged path book.xlsx")
    assert lines[1].startswith("Deleted: 15 sheets")


@pytest.mark.parametrize(
    "name", ["a b.xlsx", "-book.xlsx", "--all.xlsx", "ü\x9b31m.xlsx", "book.xlsm", "'quoted'.xlsx"]
)
def test_paths_of_every_kind(driven, books, name):
    driven.write(name, books / "a.xlsx")
    driven("add", ".")
    driven("commit", "-qm", "a")
    driven.write(name, books / "b.xlsx")
    lines = driven("diff").splitlines()
    assert "Different: 1 origin" in "\n".join(lines)
    assert all(line.isprintable() for line in lines)


def test_a_pager_has_colours_and_a_pipe_has_none(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.write("book.xlsx", books / "b.xlsx")
    assert "\x1b[" not in driven("diff")
    variables = {"GIT_PAGER_IN_USE": "1", "TERM": "xterm-256color", "COLUMNS": "80"}
    shown = driven("diff", **variables)
    assert "\x1b[1mdiff --tracer a/book.xlsx b/book.xlsx\x1b[0m" in shown
    assert "\x1b[" not in driven("-c", "color.diff=never", "diff", **variables)
    assert "\x1b[" not in driven("diff", NO_COLOR="1", **variables)


def test_a_reader_who_has_seen_enough_ends_git_without_an_error(driven, books):
    driven.commit(book=books / "a.xlsx")
    driven.write("book.xlsx", books / "b.xlsx")
    done = subprocess.run("git diff | head -1", shell=True, cwd=driven.folder, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("diff --tracer a/book.xlsx b/book.xlsx\n", "")


def test_numbers_of_arguments_that_git_never_gives(command):
    done = command("git-diff", "a", "b")
    assert (done.returncode, done.stdout) == (2, "")
    assert "expected the 1, 7 or 9 of an external diff driver" in done.stderr


def test_with_textconv_a_changed_note_is_a_line(converted, books, tmp_path):
    from openpyxl.comments import Comment

    for name in ("this", "that"):
        book = load_workbook(books / "a.xlsx")
        book["Step 1"]["A1"].comment = Comment(f"check {name}", "Ada")
        book.save(tmp_path / f"{name}.tmp")
    converted.commit(book=tmp_path / "this.tmp")
    converted.write("book.xlsx", tmp_path / "that.tmp")
    changed = [line for line in converted("diff").splitlines()[4:] if line[0] in "+-"]
    assert len(changed) == 2
    assert changed[0].startswith("-Step 1!A1\tnote") and changed[1].startswith("+Step 1!A1\tnote")


def test_with_textconv_an_encrypted_workbook_ends_nothing(converted, books):
    converted.commit(a_secret=ENCRYPTED, book=books / "a.xlsx")
    converted.commit(a_secret=ENCRYPTED + b"x", book=books / "b.xlsx")
    for command in (("diff", "HEAD~1"), ("log", "-p", "-1")):
        shown = converted(*command)
        assert shown.count("+cannot be read: is encrypted") == 1
        assert "+Step 1!W14\t0.2" in shown


def test_with_textconv_a_row_put_in_is_one_line(converted, tmp_path):
    converted("config", "diff.xlsx.textconv", f"{TRACER} textconv --rows")
    converted("config", "diff.xlsx.xfuncname", "^sheet .*")
    for name, rows in (("a", 200), ("b", 201)):
        book = Workbook()
        sheet = book.active
        for row in range(1, rows + 1):
            label = "new" if rows == 201 and row == 80 else f"item {row - (rows == 201 and row > 80)}"
            sheet.append([label, 5, f"=B{row}*2", f"=C{row}+$F$1"])
        book.save(tmp_path / f"{name}.tmp")
    converted.commit(book=tmp_path / "a.tmp")
    converted.write("book.xlsx", tmp_path / "b.tmp")
    shown = converted("diff").splitlines()
    assert [line for line in shown[4:] if line[0] in "+-"] == [
        '+A "new"\tB 5\tC no stored value =B[0]*2\tD no stored value =C[0]+$F$1'
    ]
    assert any(line.startswith("@@") and line.endswith("sheet Sheet") for line in shown)
