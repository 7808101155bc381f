"""Two folders of workbooks, paired by relative path."""

from __future__ import annotations

import os
import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from tracer import reading
from tracer.compare import processes, scope
from tracer.compare.criteria import Criteria
from tracer.compare.difference import Diff
from tracer.compare.workbooks import compare as compare_books
from tracer.errors import TracerError, fault
from tracer.escapes import printable
from tracer.numbers import count
from tracer.xlsx.book import Book

if TYPE_CHECKING:
    import pandas

Status = Literal["equal", "different", "only in a", "only in b", "failed"]

ENDINGS = (".xlsx", ".xlsm")
#: Starting a process takes as long as comparing files of about so many bytes.
WORTH = 1 << 18
_UNKNOWN = "unknown consequences"


@dataclass(frozen=True)
class FileDiff:
    """What became of one file. True unless both folders have it and it is equal.

    Attributes:
        path: relative to both folders, with `/`.
        status: `equal`, `different`, `only in a`, `only in b`, or `failed` where it could not be compared.
        error: why not, in one line.
        origins, consequences: how many.
        unknown: see `Diff.unknown`.
        recalculated: whether an engine computed values that one of them does not store.
        left_out: whether nothing of it was compared, by what was said of `only` and `ignore`.
    """

    path: str
    status: Status
    error: str = ""
    origins: int = 0
    consequences: int = 0
    unknown: bool = False
    recalculated: bool = False
    left_out: bool = False
    packed: bytes = field(default=b"", repr=False)

    @property
    def diff(self) -> Diff | None:
        """What differs; None for what was not compared.

        It is unpacked anew each time: the differences of a thousand files are too many to hold as objects.
        """
        return pickle.loads(zlib.decompress(self.packed)) if self.packed else None

    def __bool__(self) -> bool:
        return self.status != "equal"


@dataclass(frozen=True)
class FolderDiff:
    """What differs between folder A and folder B. True when anything does; iterates over the files.

    Attributes:
        a, b: the two, as they were given.
        files: by path, those of both folders.
    """

    a: str
    b: str
    files: tuple[FileDiff, ...]

    def having(self, status: Status) -> tuple[FileDiff, ...]:
        """The files with a status."""
        return tuple(file for file in self.files if file.status == status)

    def __bool__(self) -> bool:
        return any(self.files)

    def __iter__(self) -> Iterator[FileDiff]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)

    @property
    def summary(self) -> str:
        """One line."""
        equal, different, failed = self.having("equal"), self.having("different"), self.having("failed")
        alone = [(self.having("only in a"), self.a), (self.having("only in b"), self.b)]
        said = [f"{len(files):,} only in {folder}" for files, folder in alone if files]
        word = "different" if different or said else "equal"
        pairs = count(len(equal) + len(different) + len(failed), "file")
        if different:
            origins = count(sum(file.origins for file in different), "origin")
            consequences = count(sum(file.consequences for file in different), "consequence")
            if any(file.unknown for file in different):
                consequences = f"at least {consequences}" if any(x.consequences for x in different) else _UNKNOWN
            said.insert(0, f"{len(different):,} of {pairs} ({origins}, {consequences})")
        elif said:
            said.insert(0, f"none of {pairs}")
        else:
            said.append(f"{len(equal):,} of {pairs}" if failed else pairs)
        if failed:
            said.append(f"{len(failed):,} could not be compared")
        if left_out := sum(file.left_out for file in self.files):
            said.append(f"nothing compared in {left_out:,}")
        unknown = sum(file.unknown for file in self.files)
        computed = sum(file.recalculated for file in self.files)
        notes = [f"{word}: {', '.join(said)}"]
        if unknown:
            notes.append(f"{count(unknown, 'file')} with formulas whose values are not stored, compared by their text")
        if computed:
            notes.append(f"{count(computed, 'file')} with values that are not stored, and were computed")
        return printable("; ".join(notes))

    def __repr__(self) -> str:
        return printable(f"<FolderDiff {self.a} -> {self.b}: {self.summary}>")

    def to_frame(self) -> pandas.DataFrame:
        """A row a difference, as `Diff.to_frame` has them, with the path of its file first."""
        import pandas

        frames = [Diff(self.a, self.b).to_frame()]
        frames[0].insert(0, "file", [])
        for file in self.having("different"):
            frame = file.diff.to_frame()  # type: ignore[union-attr]
            frame.insert(0, "file", file.path)
            frames.append(frame)
        return pandas.concat(frames[1:] or frames, ignore_index=True)


def compare(
    a: Any,
    b: Any,
    criteria: Criteria,
    *,
    progress: processes.Progress = lambda done, total: None,
    parallel: int | None = None,
) -> FolderDiff:
    """What differs between two folders.

    Args:
        progress: told how many pairs of files are compared, of how many.
        parallel: how many processes compare; by default as many as are of use.

    Raises:
        TracerError: one of the two is no folder, neither has a workbook, or no workbook has what an entry names.
    """
    ours, theirs = workbooks(_folder(a, b)), workbooks(_folder(b, a))
    if not ours and not theirs:
        raise TracerError(f"{a}: holds no .xlsx or .xlsm files, and neither does {b}; expected some to compare")
    only, ignore = scope.entries(criteria.only, "--only"), scope.entries(criteria.ignore, "--ignore")
    criteria = replace(criteria, only=only or None, ignore=ignore or None)
    both = sorted(ours.keys() & theirs.keys())
    _check(only, ignore, [path[name] for name in both for path in (ours, theirs)])
    jobs = [_Job(path, ours[path], theirs[path], criteria) for path in both]
    if parallel is None:
        size = sum(job.b.stat().st_size for job in jobs if job.b.exists())
        parallel = min(processes.available(), len(jobs), size // WORTH)
    found = processes.run(_compare, jobs, parallel, progress)
    if found and all(file.left_out for file in found):
        raise TracerError("--only and --ignore leave nothing to compare in any file; take one of their entries out")
    found += [FileDiff(path, "only in a") for path in ours.keys() - theirs.keys()]
    found += [FileDiff(path, "only in b") for path in theirs.keys() - ours.keys()]
    return FolderDiff(str(a), str(b), tuple(sorted(found, key=lambda file: file.path)))


def is_folder(source: Any) -> bool:
    return isinstance(source, (str, Path)) and reading.is_folder(source)


def _folder(source: Any, other: Any) -> Path:
    if is_folder(source):
        return Path(source)
    if isinstance(source, (str, Path)) and reading.is_missing(source):
        raise TracerError(f"{source}: there is no such folder, to compare with the folder {other}")
    name = source if isinstance(source, (str, Path)) else getattr(source, "name", "a file")
    raise TracerError(f"{name}: is no folder, and {other} is one; give two folders or two files")


def workbooks(folder: Path) -> dict[str, Path]:
    """The workbooks in a folder and the folders in it, by their path from there, with `/`.

    Hidden ones are left out, and the files by which Excel marks those that it has open (`~$book.xlsx`).

    Raises:
        TracerError: a folder cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise TracerError(f"{error.filename}: cannot be read ({error.strerror})")

    found = {}
    for here, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.lower().endswith(ENDINGS) and not name.startswith((".", "~$")):
                path = Path(here, name)
                found[path.relative_to(folder).as_posix()] = path
    return found


def _check(only: Iterable[str], ignore: Iterable[str], paths: Sequence[Path]) -> None:
    """
    Raises:
        TracerError: an entry that names nothing in any of the files.
    """
    for option, entries in (("--only", only), ("--ignore", ignore)):
        for entry in entries:
            _check_entry(entry, option, paths)


def _check_entry(entry: str, option: str, paths: Sequence[Path]) -> None:
    refused = None
    for path in paths:
        try:
            with Book(path) as book:
                try:
                    scope.check(entry, option, [book])
                    return
                except TracerError as error:
                    refused = refused or error
        except TracerError:
            pass  # no workbook; what is wrong with it is reported where it is compared
    if refused:
        raise refused


@dataclass(frozen=True)
class _Job:
    path: str
    a: Path
    b: Path
    criteria: Criteria


def _compare(job: _Job) -> FileDiff:
    try:
        found = _diff(job)
    except scope.NothingError:
        return FileDiff(job.path, "equal", left_out=True)
    except TracerError as error:
        return FileDiff(job.path, "failed", str(error))
    except MemoryError:
        return FileDiff(job.path, "failed", f"{job.b}: this machine's memory is too small to compare it")
    except Exception as error:  # a fault of ours with one pair of files is none with the others
        return FileDiff(job.path, "failed", fault(error))
    return FileDiff(
        job.path,
        "different" if found else "equal",
        origins=len(found.origins),
        consequences=len(found.consequences),
        unknown=found.unknown,
        recalculated=found.recalculated,
        packed=zlib.compress(pickle.dumps(found), 1),
    )


def _diff(job: _Job) -> Diff:
    with Book(job.a) as a, Book(job.b) as b:
        criteria = job.criteria
        only, ignore = scope.within(criteria.only or (), criteria.ignore or (), (a, b))
        found = compare_books(a, b, replace(criteria, only=only, ignore=ignore))
    return replace(found, sources=(job.a, job.b))
