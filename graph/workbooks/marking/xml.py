"""Editing XML where it stands: where elements begin and end, and pieces put in, without touching the rest. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from xml.parsers import expat

#: A start tag from its bracket on.
_TAG = re.compile(rb"<[^\s/>]+(?:[^\"'>]|\"[^\"]*\"|'[^']*')*>")
_ENCODING = re.compile(rb"<\?xml[^>]*encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_BOM = b"\xef\xbb\xbf"
#: What no XML document holds.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Unmarkable(Exception):
    """Why a workbook cannot be marked: a word of ``messages``."""


@dataclass(frozen=True, slots=True)
class Element:
    """Where an element stands: its start tag is ``[start:inside]``, its content ``[inside:until]``, all of it
    ``[start:end]``. ``name`` is without the prefix; ``depth`` is 0 for the root."""

    name: str
    attributes: Mapping[str, str]
    depth: int
    start: int
    inside: int
    until: int
    end: int

    @property
    def empty(self) -> bool:
        """Whether it has no end tag."""
        return self.inside == self.end


def plain(data: bytes) -> bytes:
    """A part in UTF-8 without a mark of it. Raises Unmarkable for any other encoding: offsets would not fit."""
    data = data.removeprefix(_BOM)
    found = _ENCODING.match(data[:200])
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or (found and found[1].lower() not in (b"utf-8", b"us-ascii")):
        raise Unmarkable("encoding")
    return data


def elements(data: bytes, wanted: Callable[[str, int, Mapping[str, str]], bool]) -> list[Element]:
    """The elements of which ``wanted(name, depth, attributes)`` says so, in the order of their end; it
    is asked in the order of their start. Raises Unmarkable for what is
    no XML, or has a document type, which could bring entities with it."""
    found: list[Element] = []
    open_ones: list[tuple[str, Mapping[str, str], int, int] | None] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(":")[2]
        if not wanted(local, len(open_ones), attributes):
            open_ones.append(None)
            return
        at = parser.CurrentByteIndex
        tag = _TAG.match(data, at)
        if tag is None:
            raise Unmarkable("damaged")
        open_ones.append((local, attributes, at, tag.end()))

    def end(_: str) -> None:
        known = open_ones.pop()
        if known is None:
            return
        name, attributes, at, inside = known
        depth = len(open_ones)
        if data[inside - 2 : inside] == b"/>":
            found.append(Element(name, attributes, depth, at, inside, inside, inside))
            return
        until = parser.CurrentByteIndex
        found.append(Element(name, attributes, depth, at, inside, until, data.index(b">", until) + 1))

    def refuse(*_: object) -> None:
        raise Unmarkable("damaged")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError):
        raise Unmarkable("damaged") from None
    return found


def prefix(data: bytes, root: Element) -> str:
    """The prefix of the root's name with its colon, or nothing: what is put in has the same."""
    name = re.match(rb"<([^\s/>]+)", data[root.start : root.inside])
    return name[1].decode().rpartition(":")[0] + ":" if name and b":" in name[1] else ""


def splice(data: bytes, edits: Iterable[tuple[int, int, bytes]]) -> bytes:
    """``data`` with each ``[start:end]`` replaced; several at one place go in in their order."""
    pieces: list[bytes] = []
    at = 0
    for start, end, new in sorted(edits, key=lambda edit: edit[:2]):
        pieces += (data[at:start], new)
        at = end
    return b"".join((*pieces, data[at:]))


def append(data: bytes, element: Element, new: bytes) -> tuple[int, int, bytes]:
    """The edit that puts something last into an element, also into one without an end tag."""
    if not element.empty:
        return element.until, element.until, new
    name = re.match(rb"<([^\s/>]+)", data[element.start : element.inside])
    assert name is not None
    return element.inside - 2, element.inside, b">" + new + b"</" + name[1] + b">"


def with_attributes(tag: bytes, values: Mapping[str, str]) -> bytes:
    """A start tag with attributes set."""
    for name, value in values.items():
        pattern = re.compile(rb"\s" + name.encode() + rb"\s*=\s*(?:\"[^\"]*\"|'[^']*')")
        tag = pattern.sub(b"", tag, count=1)
        at = re.match(rb"<[^\s/>]+", tag)
        assert at is not None
        tag = tag[: at.end()] + f' {name}="{escaped(value)}"'.encode() + tag[at.end() :]
    return tag


def escaped(text: str) -> str:
    """A text as XML holds it, in an element or an attribute."""
    text = _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("\r", "&#13;")):
        text = text.replace(character, entity)
    return text
