"""Readers: one module a file format. From bytes to sheets of text cells; what a cell means is not their business.

A reader is a module of this folder with

- ``SUFFIXES: tuple[str, ...]`` - file name endings in lower case with the dot;
- ``read(name: str, data: bytes) -> Reading`` - never raises for what stands in the file.
"""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, cast

from graph.model import ValidationResult


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table as read. ``rows`` are (1-based row number as a spreadsheet shows it, cells); rows without any text
    are left out, blanks around a cell are removed, rows may be longer or shorter than ``headers``."""

    file: str
    name: str
    header_row: int
    headers: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader made of a file: its sheets, or the faults for which it could not be read."""

    sheets: tuple[Sheet, ...] = ()
    faults: tuple[ValidationResult, ...] = ()


class Reader(Protocol):
    """The contract of a reader module."""

    SUFFIXES: tuple[str, ...]

    def read(self, name: str, data: bytes) -> Reading:
        """``name`` is the file's name, for the report."""
        ...


@functools.cache
def readers() -> Mapping[str, Reader]:
    """File suffix -> reader, for every module of this folder. A module that breaks the contract is our own fault
    and raises TypeError."""
    found: dict[str, Reader] = {}
    for info in pkgutil.iter_modules(__path__):
        module = importlib.import_module(f"{__name__}.{info.name}")
        suffixes = getattr(module, "SUFFIXES", None)
        if not isinstance(suffixes, tuple) or not callable(getattr(module, "read", None)):
            raise TypeError(f"{module.__name__} is no reader: it needs SUFFIXES and read(name, data).")
        found.update(dict.fromkeys(suffixes, cast(Reader, module)))
    return found
