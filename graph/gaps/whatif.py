"""What if: which gaps would close, open and change if something were so that nobody has stated.

The definition is the plain one: the gaps of the data with what is assumed, against those of the data without it. How
they are found is a seam (``Gaps``): over columns (``whatif_columns``), of which nothing is copied, or for kinds that
have none on a copy in memory (``whatif_copy``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

from graph.errors import BadParameter, UnknownName
from graph.gaps import MOST_QUERIED, columns, find_gaps, kinds
from graph.gaps.addresses import iri_of
from graph.gaps.assumptions import MOST, Assumption, change_of
from graph.gaps.found import Row
from graph.gaps.moved import Key, Moved, worst
from graph.gaps.rows import worded
from graph.gaps.whatif_columns import GapsOfColumns
from graph.gaps.whatif_copy import GapsOfCopy
from graph.model import Gap, GapKind
from graph.names import Names
from graph.projection import Projection, projection_of
from graph.store import Change, Store
from graph.store.embedded import EmbeddedStore
from graph.terms import expand

#: What every record has; a kind of gap that reads nothing else of an assumption cannot be moved by it.
_COMMON = frozenset(map(expand, ("rdf:type", "cg:basis", "cg:statedOn", "skos:prefLabel")))
_PREFIX = re.compile(r"^\s*PREFIX\s+(\w*):\s*<([^>]*)>", re.MULTILINE)
_NAME = re.compile(r"<([^>\s]*)>|\b(\w+):(\w+)")


class Gaps(Protocol):
    """The gaps of one state of the data, as it is and with something assumed: what a what-if compares. ``day`` is the
    one that is spoken of, on which what is assumed is stated; ``base`` that of the IRIs; ``store`` has the evidence."""

    base: str
    day: date
    generation: int
    lang: str
    names: Names

    @property
    def store(self) -> Store:
        """Where the evidence of the state as it is stands."""
        ...

    def rows(self, kind: str, most: int | None = None) -> tuple[tuple[Row, ...], bool]:
        """The gaps of a kind, worst first, or so many of them; and whether there are more."""
        ...

    def moved(self, kind: str, assumptions: Sequence[Assumption], *, changes: bool = True) -> Moved:
        """What becomes of the gaps of a kind; which of those that stay change only if ``changes``."""
        ...

    def closed(self, kind: str, assumptions: Sequence[Assumption]) -> Sequence[Key]:
        """The gaps of a kind that close."""
        ...


@dataclass(frozen=True, slots=True)
class ChangedGap:
    """A gap that stays, but not as it was: other subjects, another reason or another severity."""

    before: Gap
    after: Gap


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What would become of the gaps: the worst of each outcome, worst first, and how many there are in all (``counts``,
    by outcome; ``replaced`` of those that open take the place of one that closes). ``noticed`` are those that are there
    anyway and that a list would show only now, since it looks at the themes and places that some record names.

    ``kinds`` are those that were looked at: the others cannot be moved by what is assumed, or cannot be filtered so.
    Of those in ``partly`` more gaps may move than were compared; those in ``not_searched`` could be moved, take long
    and have to be asked for. ``instead`` has for the IRI of a gap that opens that of the gap with the same subject that
    closes: a cell without anybody becomes one with a single partner."""

    assumed: tuple[Assumption, ...]
    closed: tuple[Gap, ...]
    opened: tuple[Gap, ...]
    changed: tuple[ChangedGap, ...]
    noticed: tuple[Gap, ...]
    counts: Mapping[str, int]
    replaced: int
    instead: Mapping[str, str]
    kinds: tuple[str, ...]
    as_of: date
    generation: int
    partly: tuple[str, ...] = ()
    not_searched: tuple[str, ...] = ()


class GapsOfBoth:
    """``Gaps`` over columns, and on a copy of the store for those kinds that have none."""

    def __init__(self, gaps: GapsOfColumns, copied: Callable[[], GapsOfCopy]) -> None:
        self.base, self.day, self.generation = gaps.base, gaps.day, gaps.generation
        self.lang, self.names, self.store = gaps.lang, gaps.names, gaps.store
        self.projection = gaps.projection
        self._gaps, self._copied = gaps, copied

    @classmethod
    def of(
        cls,
        store: Store,
        parameters: Mapping[str, str],
        *,
        lang: str = "en",
        as_of: date | None = None,
        names: Names | None = None,
        projection: Projection | None = None,
        patience: Callable[[], None] = lambda: None,
    ) -> GapsOfBoth:
        """Those of a store. ``projection`` is that of its state; ``patience`` is called often, and may raise."""
        names = names or Names.of(store)
        projection = projection or projection_of(store)
        filters = {name: names.resolve(name, text, lang) for name, text in parameters.items()}
        gaps = GapsOfColumns(store, projection, filters=filters, lang=lang, as_of=as_of, names=names, patience=patience)
        return cls(gaps, lambda: GapsOfCopy(store, filters=filters, lang=lang, as_of=gaps.day, names=names))

    @cached_property
    def _copy(self) -> GapsOfCopy:
        return self._copied()

    def _of(self, kind: str) -> Gaps:
        return self._gaps if columns.known(kinds()[kind]) else self._copy

    def rows(self, kind: str, most: int | None = None) -> tuple[tuple[Row, ...], bool]:
        """See ``Gaps``."""
        return self._of(kind).rows(kind, most)

    def moved(self, kind: str, assumptions: Sequence[Assumption], *, changes: bool = True) -> Moved:
        """See ``Gaps``."""
        return self._of(kind).moved(kind, assumptions, changes=changes)

    def closed(self, kind: str, assumptions: Sequence[Assumption]) -> Sequence[Key]:
        """See ``Gaps``."""
        return self._of(kind).closed(kind, assumptions)


def what_if(
    store: Store,
    assumptions: Sequence[Assumption],
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    projection: Projection | None = None,
    limit: int | None = None,
    patience: Callable[[], None] = lambda: None,
) -> WhatIf:
    """What would become of the gaps of one kind or of all, filtered as in ``find_gaps``, if all of this were so.

    ``projection`` is that of the store's state, which is read otherwise; ``limit`` gaps of each outcome are given.
    ``patience`` is called often, and may raise. The store is only read. Raises as ``find_gaps`` does, and BadParameter
    for no assumption or too many.
    """
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    chosen = chosen_kinds(kind, given)
    gaps = GapsOfBoth.of(store, given, lang=lang, as_of=as_of, names=names, projection=projection, patience=patience)
    searched = searched_of(chosen, kind, gaps.projection)
    return compare(gaps, assumptions, searched, limit, [name for name in chosen if name not in searched])


def chosen_kinds(kind: str | None, parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds that can be filtered so. Raises BadParameter as ``find_gaps`` does."""
    with suppress(UnknownName):  # Names are not looked for in a store without any.
        find_gaps(EmbeddedStore(), kind, parameters)
    known = {name: {p.name for p in one.parameters} for name, one in kinds().items()}
    return tuple(name for name in known if (not kind or name == kind) and parameters.keys() <= known[name])


def searched_of(chosen: Iterable[str], kind: str | None, projection: Projection) -> tuple[str, ...]:
    """Those that are looked for: of very many engagements, kinds without columns only where one asks for them."""
    few = len(projection.records) <= MOST_QUERIED
    return tuple(name for name in chosen if kind or few or columns.known(kinds()[name]))


def compare(
    gaps: Gaps,
    assumptions: Sequence[Assumption],
    of_kinds: Collection[str],
    limit: int | None = None,
    not_searched: Collection[str] = (),
) -> WhatIf:
    """The same over any ``Gaps``."""
    if not assumptions:
        raise BadParameter("nothing-assumed", "Nothing is assumed.", "Say who would start what, or who would join.")
    if len(assumptions) > MOST:
        raise BadParameter("too-many-assumptions", f"More than {MOST} things are assumed at once.", "Ask in parts.")
    change = change_of(assumptions, gaps.base, gaps.day)
    affected = tuple(kind for kind in of_kinds if reads(kinds()[kind], change))
    found = {kind: gaps.moved(kind, assumptions) for kind in affected}
    closing = {key: iri_of(gaps.base, kind, key) for kind, one in found.items() for key in one.closed}

    def rows(keys: Callable[[Moved], tuple[Iterable[Key], bool]]) -> list[Row]:
        parts = []
        for one in found.values():
            chosen, after = keys(one)
            parts += (one.after if after else one.before).worst(chosen, limit)
        return worst(parts, limit)

    changed = sorted(
        (pair for one in found.values() for pair in one.changed),
        key=lambda pair: (-pair[0].severity, pair[0].kind.name, pair[0].subjects),
    )[:limit]
    opened = rows(lambda one: (one.opened, True))
    parts = (
        rows(lambda one: (one.closed, False)),
        opened,
        [before for before, _ in changed],
        [after for _, after in changed],
        rows(lambda one: (one.noticed, True)),
    )
    told = [tuple(worded(gaps.store, part, gaps.names, gaps.lang, gaps.day)) for part in parts]
    return WhatIf(
        assumed=tuple(assumptions),
        closed=told[0],
        opened=told[1],
        changed=tuple(ChangedGap(*pair) for pair in zip(told[2], told[3], strict=True)),
        noticed=told[4],
        counts={
            "closed": sum(len(one.closed) for one in found.values()),
            "opened": sum(len(one.opened) for one in found.values()),
            "changed": sum(len(one.changed) for one in found.values()),
            "noticed": sum(len(one.noticed) for one in found.values()),
        },
        replaced=sum(key in closing for one in found.values() for key in one.opened),
        instead={
            gap.iri: closing[row.subjects] for row, gap in zip(opened, told[1], strict=True) if row.subjects in closing
        },
        kinds=affected,
        as_of=gaps.day,
        generation=gaps.generation,
        partly=tuple(kind for kind, one in found.items() if one.partly),
        not_searched=tuple(kind for kind in not_searched if reads(kinds()[kind], change)),
    )


def reads(kind: GapKind, change: Change) -> bool:
    """Whether the definition names anything that the change says: a property beyond what every record has.

    Only for queries that leave no property open, as those of all kinds are.
    """
    text = kind.question.query
    prefixes = dict(_PREFIX.findall(text))
    named = {iri or prefixes.get(prefix, prefix + ":") + local for iri, prefix, local in _NAME.findall(text)}
    quads = change.added | change.removed
    return not named.isdisjoint({quad.predicate.value for quad in quads} - _COMMON)
