"""Changes XML where it is to be changed, and copies every other byte as it stands."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping

from tracer.errors import TracerError
from tracer.xlsx import xml

_TAG = re.compile(rb"""<[^\s/>]+(?:[^"'>]+|"[^"]*"|'[^']*')*+>""")
_NAME = re.compile(rb"</?((?:[^\s/>:]+:)?)[^\s/>]+")
_ATTRIBUTE = re.compile(rb"""\s+([^\s=]+)\s*=\s*("[^"]*"|'[^']*')""")
_START = re.compile(r"<(/?)(?=[A-Za-z])")
#: So many bytes hold a declaration, which says what the encoding is.
_HEAD = 1000
_DECLARED = re.compile(r"""(<\?xml[^>]*encoding=["'])[^"']*""")


class Rewriter:
    """Reads XML as a stream of events that know where in the bytes they are; subclasses change tags and add elements.

    Attributes:
        path: the local names of the open elements, the current one last.
        namespace: of the outermost element.
        done: set by a subclass: the rest is copied without being read.
    """

    def __init__(self, where: str) -> None:
        """
        Args:
            where: file and part, for messages.
        """
        self.where = where
        self.path: list[str] = []
        self.namespace = ""
        self.done = False
        self._parser = xml.parser(where)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start, self._end
        # What was read and not yet given out, and where in the part it starts.
        self._data, self._base = bytearray(), 0
        # Where in the part the tag starts at which we are, and up to where the part was copied or replaced.
        self._index = self._copied = 0
        self._out: list[bytes] = []
        self._opened: dict[int, bytes] = {}

    def start(self, tag: str, given: Mapping[str, str]) -> None:
        """An element starts: `put` puts something before it, then `change` changes its tag."""

    def end(self, tag: str) -> None:
        """An element ends: `put` puts something into it, if `change` made sure that it can hold anything."""

    def run(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """A part, rewritten, piece by piece.

        Raises:
            TracerError: not well-formed.
        """
        for chunk in _readable(chunks, self.where):
            if self.done:
                yield chunk
                continue
            self._data += chunk
            xml.feed(self._parser, chunk, self.where)
            yield self._take()
        if not self.done:
            xml.feed(self._parser, b"", self.where, last=True)
            self.done = True
            yield self._take()

    def put(self, source: str) -> None:
        """Put elements before the tag where we are; they take its prefix."""
        self._copy()
        name = self._opened.get(len(self.path))
        match = _NAME.match(b"<" + name) if name else _NAME.match(self._data, self._at)
        assert match is not None
        self._out.append(_ascii(_START.sub(rf"<\1{match[1].decode()}", source)))

    def change(self, attributes: Mapping[str, str | None], *, hold: bool = False) -> None:
        """Change attributes of the tag where we are; None takes one away.

        Args:
            hold: whether elements will be put into it, so that it must not be an empty one (`<row/>`).
        """
        tag = _TAG.match(self._data, self._at)
        assert tag is not None
        self._copy()
        self._copied += tag.end() - tag.start()
        changed = bytes(tag[0])
        for name, value in attributes.items():
            changed = _with(changed, name.encode(), value)
        if hold and changed.endswith(b"/>"):
            changed = changed[:-2].rstrip() + b">"
            self._opened[len(self.path)] = changed[1:].split(None, 1)[0].rstrip(b">")
        self._out.append(changed)

    def spelt(self) -> dict[str, str]:
        """The attributes of the tag where we are as they are spelt, with their prefixes and escapes."""
        tag = _TAG.match(self._data, self._at)
        assert tag is not None
        found = ((match[1], match[2][1:-1]) for match in _ATTRIBUTE.finditer(tag[0]))
        return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, value in found}

    @property
    def _at(self) -> int:
        return self._index - self._base

    def _start(self, name: str, given: dict[str, str]) -> None:
        if not self.done:
            self._index = self._parser.CurrentByteIndex
            if not self.path:
                self.namespace = name.rpartition("}")[0]
            self.path.append(xml.local(name))
            if len(self.path) > xml.DEPTH:
                raise TracerError(f"{self.where}: XML nested more than {xml.DEPTH} deep, which no workbook has")
            self.start(self.path[-1], given)

    def _end(self, name: str) -> None:
        if not self.done:
            self._index = self._parser.CurrentByteIndex
            self.end(self.path[-1])
            if opened := self._opened.pop(len(self.path), None):
                self._copy()
                self._out.append(b"</" + opened + b">")
            self.path.pop()

    def _copy(self) -> None:
        """Copy what stands before the place where we are."""
        if self._index > self._copied:
            self._out.append(bytes(self._data[self._copied - self._base : self._at]))
            self._copied = self._index

    def _take(self) -> bytes:
        """What no later change can concern."""
        if self.done:
            self._index = self._base + len(self._data)
        self._copy()
        del self._data[: self._copied - self._base]
        self._base = self._copied
        found = b"".join(self._out)
        self._out.clear()
        return found


def _with(tag: bytes, name: bytes, value: str | None) -> bytes:
    """A start tag with another value of an attribute."""
    new = b"" if value is None else b' %s="%s"' % (name, _ascii(value))
    for match in _ATTRIBUTE.finditer(tag):
        if match[1] == name:
            return tag[: match.start()] + new + tag[match.end() :]
    end = len(tag) - (2 if tag.endswith(b"/>") else 1)
    return tag[:end].rstrip() + new + tag[end:]


def _ascii(source: str) -> bytes:
    """The same in every encoding that a part may have."""
    return source.encode("ascii", "xmlcharrefreplace")


def _readable(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The chunks, in UTF-8 where they are in UTF-16: tags are looked for in bytes."""
    stream = iter(chunks)
    first = b""
    while len(first) < _HEAD and (chunk := next(stream, b"")):
        first += chunk
    codec = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"<\0": "utf-16-le", b"\0<": "utf-16-be"}.get(first[:2])
    if codec is None:
        yield first
        yield from stream
        return
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        yield _DECLARED.sub(r"\1UTF-8", decoder.decode(first), count=1).encode()
        for chunk in stream:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise TracerError(f"{where}: damaged text ({error}); save the file again, or get another copy") from None


def index(value: str | None) -> int:
    """The number that an attribute gives; 0 where it gives none that makes sense."""
    return int(value) if value and value.isdecimal() and len(value) < 10 else 0
