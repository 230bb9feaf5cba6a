"""What if: which gaps would close, open and change if something were so that nobody has stated.

The definition is the plain one: the gaps of the data with what is assumed, against those of the data without it. How
the gaps of a changed state are found is a seam (``Gaps``): here on a copy in memory, which any store gives.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from graph.coverage.asof import newest_statement
from graph.errors import BadParameter, UnknownName
from graph.gaps import find_gaps, kinds
from graph.gaps.assumptions import MOST, Assumption, change_of
from graph.gaps.filters import iris
from graph.model import Gap, GapKind
from graph.names import Names
from graph.projection import Projection, projection_of
from graph.question_file import bind
from graph.store import Change, Readable
from graph.store.embedded import EmbeddedStore
from graph.terms import expand

#: What every record has; a kind of gap that reads nothing else of an assumption cannot be moved by it.
_COMMON = frozenset(map(expand, ("rdf:type", "cg:basis", "cg:statedOn", "skos:prefLabel")))
_PREFIX = re.compile(r"^\s*PREFIX\s+(\w*):\s*<([^>]*)>", re.MULTILINE)
_NAME = re.compile(r"<([^>\s]*)>|\b(\w+):(\w+)")


class State(Readable, Protocol):
    """What can be copied: a ``Store``, or a checkpoint (``graph.store.snapshot``)."""

    @property
    def generation(self) -> int:
        """Number of this state."""
        ...


class Gaps(Protocol):
    """The gaps of one state of the data, as it is and with a change: what a what-if compares. ``day`` is the one that
    is spoken of, on which what is assumed is stated; ``base`` that of the IRIs."""

    base: str
    day: date
    generation: int

    def find(self, kind: str, change: Change) -> tuple[Gap, ...]:
        """The gaps of a kind that a list of them has."""
        ...

    def standing(self, kind: str, gaps: Collection[Gap]) -> frozenset[str]:
        """Those of ``gaps`` (their IRIs) that are gaps of the state as it is, whether or not a list of it has them: not
        every cell is looked at unasked."""
        ...


@dataclass(frozen=True, slots=True)
class ChangedGap:
    """A gap that stays, but not as it was: other subjects, another reason or another severity."""

    before: Gap
    after: Gap


@dataclass(frozen=True, slots=True)
class WhatIf:
    """What became of the gaps. ``noticed`` are those that are there anyway and that a list would show only now, since
    it looks at the themes and places that some record names. ``kinds`` are those that were looked at: the others
    cannot be moved by what is assumed, or cannot be filtered so."""

    assumed: tuple[Assumption, ...]
    closed: tuple[Gap, ...]
    opened: tuple[Gap, ...]
    changed: tuple[ChangedGap, ...]
    noticed: tuple[Gap, ...]
    kinds: tuple[str, ...]
    as_of: date
    generation: int

    def instead_of(self, opened: Gap) -> Gap | None:
        """The gap of the same subject and another kind that closes as this one opens: a cell without anybody becomes
        one with a single partner."""
        subject = _subject(kinds()[opened.kind], opened)
        return next((gap for gap in self.closed if _subject(kinds()[gap.kind], gap) == subject), None)


class GapsOfCopy:
    """``Gaps`` on a copy of a store in memory, which takes about 400 bytes a statement. A change is put in and taken
    out again, so that one copy serves many questions."""

    def __init__(
        self,
        store: State,
        *,
        parameters: Mapping[str, str] | None = None,
        lang: str = "en",
        as_of: date | None = None,
        names: Names | None = None,
    ) -> None:
        self.base = store.base
        self.generation = store.generation
        self.store = EmbeddedStore(base=store.base)
        self.store.engine.extend(store.quads())
        self.names = names or Names.of(self.store)
        self.projection = projection_of(self.store)
        self.day = as_of or newest_statement(self.store, projection=self.projection)
        self.lang = lang
        self._parameters = parameters or {}
        self._before: dict[str, tuple[Gap, ...]] = {}

    def find(self, kind: str, change: Change) -> tuple[Gap, ...]:
        if not change:
            if kind not in self._before:
                self._before[kind] = self._find(kind, self.projection)
            return self._before[kind]
        with self._with(change) as projection:
            return self._find(kind, projection)

    def _find(self, kind: str, projection: Projection) -> tuple[Gap, ...]:
        return find_gaps(
            self.store,
            kind,
            self._parameters,
            lang=self.lang,
            as_of=self.day,
            names=self.names,
            projection=projection,
        ).gaps

    @contextmanager
    def _with(self, change: Change) -> Iterator[Projection]:
        engine = self.store.engine
        added = [quad for quad in change.added if quad not in engine]
        engine.extend(added)
        try:
            yield self.projection.after((), added)
        finally:
            for quad in added:
                engine.remove(quad)

    def standing(self, kind: str, gaps: Collection[Gap]) -> frozenset[str]:
        definition = kinds()[kind]
        by_subject = {_subject(definition, gap): gap.iri for gap in gaps}
        rows = self.store.select(_asking_for(definition, gaps)) if gaps else ()
        found = (tuple(row[name].value for name in definition.subject) for row in rows)
        return frozenset(by_subject[subject] for subject in found if subject in by_subject)


def what_if(
    store: State,
    assumptions: Sequence[Assumption],
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
) -> WhatIf:
    """What would become of the gaps of one kind or of all, filtered as in ``find_gaps``, if all of this were so.

    The store is only read. Raises as ``find_gaps`` does, and BadParameter for no assumption or too many.
    """
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    of = GapsOfCopy(store, parameters=given, lang=lang, as_of=as_of, names=names)
    return compare(of, assumptions, chosen_kinds(kind, given))


def chosen_kinds(kind: str | None, parameters: Mapping[str, str]) -> tuple[str, ...]:
    """The kinds that can be filtered so. Raises BadParameter as ``find_gaps`` does."""
    with suppress(UnknownName):  # Names are not looked for in a store without any.
        find_gaps(EmbeddedStore(), kind, parameters)
    known = {name: {p.name for p in one.parameters} for name, one in kinds().items()}
    return tuple(name for name in known if (not kind or name == kind) and parameters.keys() <= known[name])


def compare(gaps: Gaps, assumptions: Sequence[Assumption], of_kinds: Collection[str]) -> WhatIf:
    """The same over any ``Gaps``."""
    if not assumptions:
        raise BadParameter("nothing-assumed", "Nothing is assumed.", "Say who would start what, or who would join.")
    if len(assumptions) > MOST:
        raise BadParameter("too-many-assumptions", f"More than {MOST} things are assumed at once.", "Ask in parts.")
    change = change_of(assumptions, gaps.base, gaps.day)
    closed: list[Gap] = []
    opened: list[Gap] = []
    changed: list[ChangedGap] = []
    noticed: list[Gap] = []
    affected = tuple(kind for kind in of_kinds if reads(kinds()[kind], change))
    for kind in affected:
        before = {gap.iri: gap for gap in gaps.find(kind, Change())}
        after = {gap.iri: gap for gap in gaps.find(kind, change)}
        closed += [gap for iri, gap in before.items() if iri not in after]
        new = [gap for iri, gap in after.items() if iri not in before]
        there = gaps.standing(kind, new)
        opened += [gap for gap in new if gap.iri not in there]
        noticed += [gap for gap in new if gap.iri in there]
        changed += [
            ChangedGap(before[iri], gap) for iri, gap in after.items() if iri in before and _differ(before[iri], gap)
        ]
    return WhatIf(
        assumed=tuple(assumptions),
        closed=_sorted(closed),
        opened=_sorted(opened),
        changed=tuple(sorted(changed, key=lambda one: (-one.before.severity, one.before.iri))),
        noticed=_sorted(noticed),
        kinds=affected,
        as_of=gaps.day,
        generation=gaps.generation,
    )


def _sorted(gaps: Sequence[Gap]) -> tuple[Gap, ...]:
    return tuple(sorted(gaps, key=lambda gap: (-gap.severity, gap.iri)))


def _differ(before: Gap, after: Gap) -> bool:
    """Evidence is not compared: an assumption rests on nothing."""
    return (before.subjects, before.reason, before.severity_terms) != (
        after.subjects,
        after.reason,
        after.severity_terms,
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


def _subject(kind: GapKind, gap: Gap) -> tuple[str, ...]:
    return tuple(iris(gap.subjects[name])[0] for name in kind.subject)


def _asking_for(kind: GapKind, gaps: Collection[Gap]) -> str:
    """The query for just these gaps: their own, one row of VALUES each.

    What stands in the row of a gap's query beside its subject - the day - is the same for all of them.
    """
    names = [p.name for p in kind.question.parameters]
    line = f"VALUES ({' '.join('?' + name for name in names)}) "
    row = re.compile(re.escape(line) + r"\{ (\(.*\)) \}$", re.MULTILINE)
    rows = []
    for gap in gaps:
        found = row.search(gap.query)
        if found is None:
            raise ValueError(f"The query of {gap.iri} has no line of parameters.")
        rows.append(found[1])
    undefined = f"({' '.join('UNDEF' for _ in names)})"
    return bind(kind.question, {}).replace(f"{line}{{ {undefined} }}", f"{line}{{ {' '.join(rows)} }}", 1)
