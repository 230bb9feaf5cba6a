"""Readers: one module a file format. From bytes to sheets of text cells; what a cell means is not their business.

A reader is a module of this folder with

- ``SUFFIXES: tuple[str, ...]`` - file name endings in lower case with the dot;
- ``SIGNATURES: tuple[bytes, ...]`` - what its files begin with, where that tells: a wrong ending does no harm then;
- ``read(name: str, data: bytes, tell: Tell = silent) -> Reading`` - never raises for what stands in the file, holds no
  second copy of it beside the rows it gives, and tells how far it is;
- perhaps ``recognises(data: bytes) -> bool``, where it takes more than the first bytes to tell.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from pyoxigraph import Quad

from graph.model import ValidationResult

#: Called now and then with how much of a file is read and of how much, in units of the reader's own.
Tell = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """For those who do not ask how far it is."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as read. ``rows`` are (1-based row number as a spreadsheet shows it, cells); rows without any text
    are left out, blanks around a cell are removed, rows may be longer or shorter than ``headers``. ``tags`` is the row
    of HXL hashtags and ``tag_row`` its number; without one they are empty and 0."""

    file: str
    name: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    tags: tuple[str, ...] = ()
    tag_row: int = 0


@dataclass(frozen=True, slots=True)
class Statements:
    """What a file of RDF states: quads without blank nodes, in no graph of their own. ``rows`` says of each subject, by
    IRI, its row: the line of its first statement, or, where two subjects with addresses share a line or the syntax has
    no lines (``lines`` is false), its place in the order of the subjects, from 1."""

    file: str
    quads: tuple[Quad, ...]
    rows: Mapping[str, int]
    lines: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a file: its sheets or its statements, and what is to be said of it: faults for which it (or
    a sheet) could not be read, and notes on how it was read (severity info)."""

    sheets: tuple[Sheet, ...] = ()
    faults: tuple[ValidationResult, ...] = ()
    statements: Statements | None = None


class Reader(Protocol):
    """The contract of a reader module. ``SIGNATURES`` are how its files may begin whatever they are called."""

    SUFFIXES: tuple[str, ...]
    SIGNATURES: tuple[bytes, ...]

    def read(self, name: str, data: bytes, tell: Tell = silent) -> Reading:
        """``name`` is the file's name, for the report."""
        ...


@functools.cache
def readers() -> Mapping[str, Reader]:
    """File suffix -> reader, for every module of this folder without a leading underscore. A module that breaks the
    contract is our own fault and raises TypeError."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        suffixes = getattr(module, "SUFFIXES", None)
        signatures = getattr(module, "SIGNATURES", None)
        if not (isinstance(suffixes, tuple) and isinstance(signatures, tuple) and callable(getattr(module, "read", 0))):
            raise TypeError(f"{module.__name__} is no reader: it needs SUFFIXES, SIGNATURES and read.")
        found.update(dict.fromkeys(suffixes, cast(Reader, module)))
    return found


def reader_for(suffix: str, data: bytes) -> Reader | None:
    """The reader of a file: by what it begins with, by what its reader recognises, else by the ending of its name."""
    for reader in readers().values():
        if data.startswith(reader.SIGNATURES):
            return reader
    for reader in readers().values():
        if getattr(reader, "recognises", _never)(data):
            return reader
    return readers().get(suffix)


def _never(_data: bytes) -> bool:
    return False
