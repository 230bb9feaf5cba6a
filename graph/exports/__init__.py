"""Export formats of network maps: one public module of this package is one format.

A module defines ``NAME`` (what people type, as in ``/export/collaboration.gexf``), ``TITLE``, ``MEDIA_TYPE``,
``SUFFIX`` (with the dot) and ``write``. The same map gives the same bytes. Text is cleaned of what the formats cannot
carry or other programs would run; nothing else is changed. Written with the standard library: networkx's writers
fail on empty values and write control characters that no XML reader takes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from graph.errors import GraphError, UnknownName
from graph.model import NetworkMap

_CONTRACT = ("NAME", "TITLE", "MEDIA_TYPE", "SUFFIX", "write")


@dataclass(frozen=True, slots=True)
class Format:
    """One export format. ``suffix`` is that of its files, with the dot; ``write`` gives a file's whole content."""

    name: str
    title: str
    media_type: str
    suffix: str
    write: Callable[[NetworkMap], bytes]


@cache
def formats() -> Mapping[str, Format]:
    """All formats by name. Raises GraphError (``bad-catalogue``) for a module that lacks a part of the contract.

    (Not through ``graph.catalogue``: this package imports nothing of ours but the words of the house.)
    """
    found: dict[str, Format] = {}
    for info in pkgutil.iter_modules(__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{__name__}.{info.name}")
        missing = [part for part in _CONTRACT if not hasattr(module, part)]
        if missing:
            raise GraphError(
                "bad-catalogue",
                f"The module {module.__name__} does not define {', '.join(missing)}.",
                f"Every export format defines {', '.join(_CONTRACT)}.",
            )
        found[module.NAME] = Format(module.NAME, module.TITLE, module.MEDIA_TYPE, module.SUFFIX, module.write)
    return dict(sorted(found.items()))


def format_called(name: str) -> Format:
    """The format of that name. Raises UnknownName, which lists the others."""
    found = formats()
    if name not in found:
        raise UnknownName(
            "unknown-format", f"There is no export format '{name}'.", f"There are {', '.join(found)}.", tuple(found)
        )
    return found[name]
