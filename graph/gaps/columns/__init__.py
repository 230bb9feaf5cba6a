"""Kinds of gap found over columns: the same gaps as the kind's ``.rq``, which defines them, at once and of a million
engagements. One module a kind, named like it with underscores for hyphens; a kind without one is asked as a query.
"""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from functools import cache
from types import ModuleType

from graph.gaps.columns.asked import Asked, Candidates, Row, Rows
from graph.model import GapKind

__all__ = ["Asked", "Candidates", "Row", "Rows", "find", "keys", "known"]


@cache
def _module(kind: str) -> ModuleType | None:
    name = f"{__name__}.{kind.replace('-', '_')}"
    return importlib.import_module(name) if importlib.util.find_spec(name) else None


def known(kind: GapKind) -> bool:
    """Whether a kind can be found over columns."""
    return _module(kind.name) is not None


def find(kind: GapKind, asked: Asked) -> Candidates:
    """The gaps of a kind, worst first."""
    module = _module(kind.name)
    assert module is not None
    found: Candidates = module.find(asked)
    return found


def keys(kind: GapKind, rows: Sequence[Row]) -> Sequence[tuple[str, ...]]:
    """What each gap is about: the IRIs of the kind's subject."""
    if isinstance(rows, Rows):
        return rows.keys()
    return [tuple(str(row[name].value) for name in kind.subject) for row in rows]
