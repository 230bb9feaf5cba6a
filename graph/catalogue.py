"""Finds what a folder offers: one file or one module is one entry, its name the entry's name.

Whatever is added by adding a file - a question, a kind of gap, a network map, an export format - is found here, so
that URL, command line and documentation follow from the folder.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

from graph.errors import GraphError

_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


def files(folder: Path, suffix: str) -> dict[str, Path]:
    """The files of ``folder`` that end in ``suffix`` (``.rq``), by stem, sorted.

    Raises GraphError (``bad-catalogue``) for a name that could not be a part of a URL and of a command.
    """
    found = {path.name.removesuffix(suffix): path for path in sorted(folder.glob(f"*{suffix}"))}
    for name, path in found.items():
        if not _NAME.fullmatch(name):
            raise GraphError(
                "bad-catalogue",
                f"{path.name} in the folder '{folder.name}' is not named in lower-case words joined by hyphens.",
                "Its name becomes part of a URL and of a command: rename it.",
            )
    return found


def modules(package: str, contract: Sequence[str] = ()) -> dict[str, ModuleType]:
    """The public modules of ``package`` by name, with hyphens for underscores, sorted.

    Each must have every attribute of ``contract``; raises GraphError (``bad-catalogue``) that names what is missing.
    """
    found: dict[str, ModuleType] = {}
    parent = importlib.import_module(package)
    for info in sorted(pkgutil.iter_modules(parent.__path__), key=lambda i: i.name):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package}.{info.name}")
        missing = [name for name in contract if not hasattr(module, name)]
        if missing:
            raise GraphError(
                "bad-catalogue",
                f"The module {package}.{info.name} does not define {', '.join(missing)}.",
                f"Every module of {package} defines {', '.join(contract)}.",
            )
        found[info.name.replace("_", "-")] = module
    return found
