"""The gaps of a state with something assumed, on a copy of the data in memory: for any kind of gap, and any store that
gives its statements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Protocol

from pyoxigraph import NamedNode

from graph.coverage.asof import newest_statement
from graph.gaps import kinds, rows_of
from graph.gaps.assumptions import Assumption, change_of
from graph.gaps.found import Row
from graph.gaps.moved import Key, Listing, Moved, moved, worst
from graph.gaps.rows import dated
from graph.model import GapKind, Thing
from graph.names import Names
from graph.question_file import bind_each
from graph.store import Change, Readable
from graph.store.embedded import EmbeddedStore


class State(Readable, Protocol):
    """What can be copied: a ``Store``, or a checkpoint (``graph.store.snapshot``)."""

    @property
    def generation(self) -> int:
        """Number of this state."""
        ...


class GapsOfCopy:
    """``Gaps`` on a copy of a store, which takes about 400 bytes a statement. A change is put in and taken out again,
    so that one copy serves many questions."""

    def __init__(
        self,
        store: State,
        *,
        filters: Mapping[str, Thing] | None = None,
        lang: str = "en",
        as_of: date | None = None,
        names: Names | None = None,
    ) -> None:
        self.base, self.generation = store.base, store.generation
        self.store = EmbeddedStore(base=store.base)
        self.store.engine.extend(store.quads())
        self.names = names or Names.of(self.store)
        self.day = as_of or newest_statement(self.store)
        self.lang = lang
        self._filters = filters or {}
        self._before: dict[str, tuple[Row, ...]] = {}

    def rows(self, kind: str, most: int | None = None) -> tuple[tuple[Row, ...], bool]:
        """The gaps of a kind, worst first, or so many of them; and whether there are more."""
        if kind not in self._before:
            self._before[kind] = self._rows(kind)
        rows = self._before[kind]
        return rows[:most], most is not None and len(rows) > most

    def moved(self, kind: str, assumptions: Sequence[Assumption], *, changes: bool = True) -> Moved:
        """What becomes of the gaps of a kind; which of those that stay change only if ``changes``."""
        before, _ = self.rows(kind)
        with self._with(change_of(assumptions, self.base, self.day)):
            after = self._rows(kind)
        of_before = partial(self._standing, kinds()[kind])
        return moved(_listed(before), _listed(after), of_before, most=None if changes else 0)

    def closed(self, kind: str, assumptions: Sequence[Assumption]) -> Sequence[Key]:
        """The gaps of a kind that close."""
        return self.moved(kind, assumptions, changes=False).closed

    def _rows(self, kind: str) -> tuple[Row, ...]:
        found = rows_of(self.store, kinds()[kind], self.names, self.day, filters=self._filters, lang=self.lang)
        return tuple(worst(found, None))

    @contextmanager
    def _with(self, change: Change) -> Iterator[None]:
        engine = self.store.engine
        added = [quad for quad in change.added if quad not in engine]
        engine.extend(added)
        try:
            yield
        finally:
            for quad in added:
                engine.remove(quad)

    def _standing(self, kind: GapKind, keys: Sequence[Key], _after: bool) -> frozenset[Key]:
        """Those that are gaps of the state before, asked for one by one: not every cell is looked at unasked."""
        rows = self.store.select(_asking_for(kind, keys, self.day))
        there = {tuple(str(row[name].value) for name in kind.subject) for row in rows}
        return frozenset(key for key in keys if key in there)


def _listed(rows: Sequence[Row]) -> Listing:
    found = Listing()
    found.add(((at, row.subjects) for at, row in enumerate(rows)), lambda places: [rows[at] for at in places])
    return found


def _asking_for(kind: GapKind, keys: Sequence[Key], day: date) -> str:
    """The query for just these gaps, one row of VALUES each."""
    of_day = dated(kind, day)
    keyed = (dict(zip(kind.subject, map(NamedNode, key), strict=True)) for key in keys)
    return bind_each(kind.question, [of_day | one for one in keyed])
