"""Files that are written: whole or not at all, several of them together, and never over what is no ordinary file.

Everything that tracer writes (workbooks, reports, tables, scripts, network files) is written here.
"""

from __future__ import annotations

import errno
import io
import os
import re
import secrets
import shutil
import stat
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from tracer.errors import TracerError

try:
    import fcntl
except ImportError:  # Windows, which deletes no file that somebody has open
    fcntl = None  # type: ignore[assignment]

#: Bytes of a file's name, where the file system does not say.
NAME = 255
#: What a process has open already: it is written to, not replaced.
_STREAM = re.compile(r"/dev/(?:std(?:in|out|err)|fd/\d+)|/proc/(?:self|thread-self|\d+)/fd/\d+")


#: Files that were not written to their end, and are deleted. They stay open for a while: an archive that was not
#: closed either means to write its end into one, and Python would tell the user that it could not.
_ABANDONED: list[BinaryIO] = []


def replace(path: str | Path, write: Callable[[BinaryIO], object]) -> None:
    """Write a file beside its target, then rename it into place.

    A process that is killed on the way leaves the old file as it was.

    Raises:
        TracerError: there is a folder or a device, or the file cannot be written.
    """
    with Writing() as files:
        files.write(path, write)


def check(
    path: str | Path,
    *,
    force: bool,
    is_ours: Callable[[Path], bool] = lambda path: False,
    otherwise: str = "is there already",
    option: str = "--out",
    example: str = "report",
) -> None:
    """Refuse what must not be overwritten, or cannot be written, before anything is computed for it.

    Args:
        force: overwrite any file; never a folder, a device, a pipe or a socket.
        is_ours: whether a file that is there may be overwritten all the same.
        otherwise: what messages say of one that may not.
        option: which option chooses another path.
        example: the name of a file, for a message about folders.

    Raises:
        TracerError: it would overwrite what it must not, or cannot be written.
    """
    path = Path(path)
    if _status(path, example) is not None and not force and not is_ours(path):
        raise TracerError(f"{path}: {otherwise}; --force overwrites it, or choose another {option}")
    _check_access(path)


class Writing:
    """Files that appear together: each is written beside its target, and all are renamed at the end, or none.

    with Writing() as files:
        files.write("run.csv", lambda file: file.write(table))
        files.write("run.xlsx", trace.to_excel)
    """

    def __init__(self) -> None:
        _ABANDONED.clear()
        self._parts: list[_Part] = []
        self._folders: list[Path] = []

    def __enter__(self) -> Writing:
        return self

    def write(self, path: str | Path, write: Callable[[BinaryIO], object]) -> None:
        """Write one of them, beside its target.

        Raises:
            TracerError: there is a folder or a device, or the file cannot be written.
        """
        path = Path(path)
        _status(path, "report")
        try:
            target = Path(os.path.realpath(path))  # a link keeps pointing at what it points at
            if any(part.target == target for part in self._parts):
                raise TracerError(f"{path}: is to be written twice; choose another place for one of the two")
            self._make_folder(target.parent)
            part = _Part(path, target)
            self._parts.append(part)
            write(part.file)
            part.finish()
        except OSError as error:
            raise _unwritable(path, error) from None

    def _make_folder(self, folder: Path) -> None:
        missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
        for parent in reversed(missing):
            parent.mkdir(exist_ok=True)
            self._folders.append(parent)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                for part in self._parts:
                    _status(part.path, "report")
                for part in self._parts:
                    try:
                        part.rename()
                    except OSError as failure:
                        raise _unwritable(part.path, failure) from None
                for part in self._parts:
                    _remove_left(part.target)
        finally:
            for part in self._parts:
                part.discard()
            for folder in reversed(self._folders):
                with suppress(OSError):  # of those that we made, the ones that are empty
                    folder.rmdir()


class _Disk(io.FileIO):
    """A file that takes everything, and remembers the first thing that went wrong.

    So whoever writes an archive comes to its end, and leaves no half of one to be closed later.
    """

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        if self.failure is None:
            try:
                return super().write(data)
            except OSError as error:
                self.failure = error
        size = memoryview(data).nbytes
        self.seek(size, os.SEEK_CUR)
        return size


class _Part:
    """A file beside its target, locked as long as it is written, so that nobody takes it for one that was left."""

    def __init__(self, path: Path, target: Path) -> None:
        self.path, self.target = path, target
        self._whole = False
        while True:
            self._beside = target.with_name(f"{_beginning(target)}{secrets.token_hex(4)}.part")
            self._disk = _Disk(self._beside, "xb")
            self.file = io.BufferedWriter(self._disk)
            if fcntl is None:
                return
            with suppress(OSError):  # a file system without locks: there, nobody removes anything
                fcntl.flock(self.file, fcntl.LOCK_EX)
            if self._beside.exists():
                return
            self.file.close()  # removed between its making and its locking

    def finish(self) -> None:
        """All its bytes are on the disk, and it looks like the file that it is to replace."""
        self.file.flush()
        if self._disk.failure is not None:
            raise self._disk.failure
        os.fsync(self.file.fileno())
        self._whole = True
        with suppress(FileNotFoundError):
            shutil.copymode(self.target, self._beside)
            before = self.target.stat()
            if hasattr(os, "chown") and (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
                with suppress(PermissionError):
                    os.chown(self._beside, before.st_uid, before.st_gid)

    def rename(self) -> None:
        if fcntl is None:
            self.file.close()  # Windows renames no open file
        self._beside.replace(self.target)

    def discard(self) -> None:
        """Leave nothing behind."""
        with suppress(OSError):
            self._beside.unlink(missing_ok=True)
        if self._whole:
            self.file.close()
        else:
            _ABANDONED.append(self.file)


def _beginning(target: Path) -> str:
    """How the names of the parts of a target begin: with its name, or where that gets too long, with some of it."""
    name, longest = os.fsencode(target.name), NAME
    with suppress(OSError, ValueError, AttributeError):
        longest = os.pathconf(target.parent, "PC_NAME_MAX")
    if len(name) + len("..01234567.part") <= longest:
        return f".{target.name}."
    return f".{name[: longest // 2].decode('utf-8', 'ignore')}.{zlib.crc32(name):08x}."


def _remove_left(target: Path) -> None:
    """Remove what killed runs have left beside a target; what a living one writes is locked."""
    if fcntl is None:
        return
    ours = re.compile(re.escape(_beginning(target)) + r"[0-9a-f]{8}\.part")
    with suppress(OSError):
        for left in [entry for entry in target.parent.iterdir() if ours.fullmatch(entry.name)]:
            with suppress(OSError):
                _remove_unless_locked(left)


def _remove_unless_locked(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        if stat.S_ISREG(os.fstat(descriptor).st_mode):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
    finally:
        os.close(descriptor)


def _status(path: Path, example: str) -> os.stat_result | None:
    """What is there, if anything is.

    Raises:
        TracerError: it is nothing that a file may replace, or no path at all.
    """
    try:
        status = path.stat()
    except FileNotFoundError:
        return None  # or a link to what is not there yet
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise TracerError(
                f"{path}: is a symbolic link that leads back to itself; remove it, or choose another place"
            ) from None
        raise _unwritable(path, error) from None
    except ValueError:
        raise TracerError(f"{path}: holds a character that no path can; choose another place") from None
    if stat.S_ISDIR(status.st_mode):
        raise TracerError(f"{path}: is a folder; give the path of a file, such as {path / example}")
    if not stat.S_ISREG(status.st_mode) or _STREAM.fullmatch(str(path.absolute())):
        raise TracerError(f"{path}: is {_kind(status.st_mode)}, which no file replaces; choose another place")
    return status


def _kind(mode: int) -> str:
    if stat.S_ISREG(mode):
        return "what this process has open"
    if stat.S_ISFIFO(mode):
        return "a pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"


def _check_access(path: Path) -> None:
    """Whether a folder takes files, and a file that is there may be written: what is known without writing.

    Raises:
        TracerError: one of them does not.
    """
    target = Path(os.path.realpath(path))
    folder = next(parent for parent in target.parents if parent.exists())
    refusal = 0
    if not folder.is_dir():
        refusal = errno.ENOTDIR
    elif not os.access(folder, os.W_OK | os.X_OK) or (target.exists() and not os.access(target, os.W_OK)):
        refusal = errno.EACCES
    if refusal:
        raise _unwritable(path, OSError(refusal, os.strerror(refusal)))


def _unwritable(path: Path, error: OSError) -> TracerError:
    return TracerError(f"{path}: cannot be written ({error.strerror or error}); choose another place")
