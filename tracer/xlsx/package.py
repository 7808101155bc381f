"""The archive that an .xlsx file is: its parts, their checksums, and how they point at one another."""

from __future__ import annotations

import io
import lzma
import os
import posixpath
import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from tracer.errors import TracerError
from tracer.xlsx import xml

#: How much of a part is unpacked at a time.
CHUNK = 1 << 20
#: The largest part that is held whole (all but the rows of sheets); real ones are far smaller.
WHOLE = 1 << 28
#: A part larger than this that was packed more than so many times smaller is made to fill memory, not to be read.
BOMB_SIZE, BOMB_RATIO = 1 << 26, 200
#: An archive with no more than this in it is sooner read than compared.
SMALL = 1 << 22
#: More parts than 10,000 sheets have.
PARTS = 100_000

_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORKBOOK = ("officeDocument",)


@dataclass(frozen=True)
class Relationship:
    """What a part points at.

    Attributes:
        kind: the last word of its type: `worksheet`, `chart`, `hyperlink`.
        target: the name of a part; as it stands where it is external.
        fragment: the place in it (`Sheet2!A1`), of a link within the workbook.
    """

    id: str
    kind: str
    target: str
    external: bool
    fragment: str = ""


class Package:
    """An archive, opened for reading. Use it as a context manager, or close it.

    Args:
        source: a path, or an open binary file (which stays open).
    """

    def __init__(self, source: str | Path | BinaryIO) -> None:
        """
        Raises:
            TracerError: not an .xlsx file, or one that is made to do harm.
        """
        self.name = str(source) if isinstance(source, (str, Path)) else str(getattr(source, "name", "workbook"))
        try:
            if isinstance(source, (str, Path)):
                mode = Path(source).stat().st_mode
                if stat.S_ISDIR(mode):
                    raise TracerError(f"{self.name}: is a folder; expected an .xlsx file")
                if not stat.S_ISREG(mode) and str(source) != os.devnull:  # git's name for no file
                    raise TracerError(f"{self.name}: is a device or a pipe; save it as a file first")
                self._file: BinaryIO = Path(source).open("rb")  # noqa: SIM115 closed by close()
                self._close = True
            else:
                self._file, self._close = source, False
                self._file.seek(0)
            start = self._file.read(len(_COMPOUND))
        except OSError as error:
            raise TracerError(f"{self.name}: cannot be read ({error.strerror or error})") from None
        except (AttributeError, ValueError, io.UnsupportedOperation) as error:
            raise TracerError(f"{self.name}: expected a path or a file open for reading bytes ({error})") from None
        try:
            if not isinstance(start, bytes):
                raise TracerError(f"{self.name}: is open as text; open it with mode 'rb'")
            self._open(start)
            self.parts = self._index()
            self.workbook = self._workbook()
        except BaseException:
            self.close()
            raise

    @property
    def file(self) -> BinaryIO:
        """The file itself."""
        return self._file

    def _open(self, start: bytes) -> None:
        if start == _COMPOUND:
            self._file.seek(0)
            encrypted = "EncryptedPackage".encode("utf-16-le") in self._file.read(1 << 20)
            raise TracerError(
                f"{self.name}: is encrypted; open it with its password and save it without one"
                if encrypted
                else f"{self.name}: is an .xls workbook of Excel 97 to 2003; open it and save it as .xlsx"
            )
        if not start:
            raise TracerError(f"{self.name}: is empty; expected an .xlsx workbook")
        try:
            self._archive = zipfile.ZipFile(self._file)
        except (zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError) as error:
            cut = "a broken .xlsx file" if start.startswith(b"PK") else "not an .xlsx workbook"
            raise TracerError(f"{self.name}: {cut} ({error}); get another copy, or save it as .xlsx") from None

    def _index(self) -> dict[str, zipfile.ZipInfo]:
        """The parts by name; programs differ in slashes and a few in case, which names of parts do not know."""
        # What has no name is nothing that a part could point at.
        entries = [entry for entry in self._archive.infolist() if entry.filename and not entry.is_dir()]
        if len(entries) > PARTS:
            raise TracerError(f"{self.name}: has {len(entries):,} parts, which no workbook has; it was not read")
        parts: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            name = entry.filename.replace("\\", "/").lstrip("/")
            if name in parts:
                raise TracerError(f"{self.name}: has two parts named {name}; save the file again")
            parts[name] = entry
        packed = sum(entry.compress_size for entry in entries)
        self._check_size("the file", sum(entry.file_size for entry in entries), packed)
        for name, entry in parts.items():
            self._check_size(name, entry.file_size, entry.compress_size)
        self._folded = {name.lower(): name for name in parts}
        return parts

    def _check_size(self, name: str, size: int, packed: int) -> None:
        if size > BOMB_SIZE and size > BOMB_RATIO * max(packed, 1):
            raise TracerError(
                f"{self.name}: {name} would unpack to {size:,} bytes from {packed:,}, as no workbook does "
                "(a zip bomb?); it was not read"
            )

    def _workbook(self) -> str:
        """The name of the main part."""
        for relationship in self.relationships("").values():
            if relationship.kind in _WORKBOOK and relationship.target in self.parts:
                if relationship.target.endswith(".bin"):
                    raise TracerError(f"{self.name}: is a binary workbook (.xlsb); open it and save it as .xlsx")
                return relationship.target
        if "mimetype" in self.parts and b"opendocument" in self.read("mimetype"):
            raise TracerError(f"{self.name}: is an OpenDocument file; open it and save it as .xlsx")
        raise TracerError(f"{self.name}: not an .xlsx workbook (its archive holds no workbook); save it as .xlsx")

    def __enter__(self) -> Package:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        if self._close:
            self._file.close()

    def where(self, part: str) -> str:
        """How messages name a part."""
        return f"{self.name}: {part}"

    def checksum(self, part: str) -> tuple[int, int] | None:
        """CRC-32 and size, from the archive's directory; equal for equal parts. None for a part that is missing."""
        entry = self.parts.get(part)
        return (entry.CRC, entry.file_size) if entry else None

    def same(self, other: Package) -> bool:
        """Whether two archives are the same byte by byte, or are small and hold the same parts.

        Equal checksums alone do not say that neither is damaged.
        """
        return self._same_bytes(other) or (self._small and other._small and self._same_parts(other))

    def _same_bytes(self, other: Package) -> bool:
        self._file.seek(0)
        other._file.seek(0)
        while True:
            ours, theirs = self._file.read(CHUNK), other._file.read(CHUNK)
            if ours != theirs:
                return False
            if not ours:
                return True

    @property
    def _small(self) -> bool:
        return sum(entry.file_size for entry in self.parts.values()) <= SMALL

    def _same_parts(self, other: Package) -> bool:
        if self.parts.keys() != other.parts.keys():
            return False
        if any(self.checksum(part) != other.checksum(part) for part in self.parts):
            return False
        try:
            return all(self.read(part) == other.read(part) for part in self.parts)
        except TracerError:
            return False  # whoever needs the part says so

    def stream(self, part: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece; its checksum is verified at the end.

        Raises:
            TracerError: the part is missing or damaged.
        """
        entry = self.parts.get(part)
        if entry is None:
            raise TracerError(f"{self.name}: lacks the part {part}; save the file again, or get another copy")
        try:
            with self._archive.open(entry) as file:
                while chunk := file.read(CHUNK):
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            OSError,
            NotImplementedError,
            RuntimeError,
            ValueError,
        ) as error:
            said = "is encrypted" if entry.flag_bits & 1 else f"is damaged ({error or type(error).__name__})"
            raise TracerError(f"{self.where(part)} {said}; save the file again, or get another copy") from None

    def read(self, part: str) -> bytes:
        """A part, whole.

        Raises:
            TracerError: the part is missing, damaged or too large.
        """
        self.check_whole(part)
        return b"".join(self.stream(part))

    def check_whole(self, part: str) -> None:
        """
        Raises:
            TracerError: the part is too large to be held whole.
        """
        entry = self.parts.get(part)
        if entry is not None and entry.file_size > WHOLE:
            raise TracerError(
                f"{self.where(part)} has {entry.file_size:,} bytes; a part that is not a sheet may have {WHOLE:,}"
            )

    def xml(self, part: str) -> xml.Element:
        """A part as elements, with local names."""
        return xml.parse(self.read(part), self.where(part))

    def named(self, part: str) -> str:
        """The name of a part as the archive spells it."""
        return self._folded.get(part.lower(), part)

    def relationships_part(self, part: str) -> str:
        """The part that says what a part points at; it may be missing."""
        folder, base = posixpath.split(part)
        return self.named(posixpath.join(folder, "_rels", f"{base}.rels"))

    def relationships(self, part: str) -> dict[str, Relationship]:
        """What a part points at, by id, in the order of the file; the package itself is the part ``."""
        folder, there = posixpath.dirname(part), self.relationships_part(part)
        if there not in self.parts:
            return {}
        found = {}
        for element in self.xml(there).iter("Relationship"):
            kind = element.get("Type", "").rpartition("/")[2]
            target = element.get("Target", "")
            external = element.get("TargetMode") == "External"
            fragment = ""
            if not external:
                target, _, fragment = unquote(target.replace("\\", "/")).partition("#")
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                target = self.named(target)
            found[element.get("Id", "")] = Relationship(element.get("Id", ""), kind, target, external, fragment)
        return found
