"""Which new ties would close most gaps: candidates for each gap, chosen by ``cover``, verified by ``whatif``.

A tie is one collaboration of two organisations, or one engagement of one organisation on one theme in one place. What
it is said to close may be too much; what is taken is tried out, so that a tie closes a gap only if the definition of
the gap says so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import chain

import numpy as np

from graph.errors import BadParameter
from graph.gaps import kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, MOST, Assumption
from graph.gaps.cover import all_closed, at_least, most_closed
from graph.gaps.experience import Experience, first
from graph.gaps.filters import iris
from graph.gaps.found import Row
from graph.gaps.moved import Moved, worst
from graph.gaps.rows import worded
from graph.gaps.whatif import GapsOfBoth, WhatIf, chosen_kinds, compare, searched_of
from graph.model import Gap
from graph.names import Names
from graph.projection import Projection
from graph.projection.parts import Parts
from graph.projection.ties import Ties
from graph.store import Store

#: Partners who are considered for one cell, and pairs for one part of the network: more only repeat what these close.
_CANDIDATES = 3
#: Kinds whose gaps only somebody closes who is not of the family of those that the gap names.
_ANOTHER = frozenset({"single-partner"})
_PAIR, _CELL, _PART, _ALONE = ("organisation", "other"), ("theme", "place"), ("part",), ("organisation",)

#: Gaps for which ties are looked for, the worst of each kind; and ties that are tried out at once.
MOST_GAPS = 1_000
#: What a gap is called here: its kind, and the IRIs of its subject.
_Gap = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class NewTie:
    """A tie that was taken: what it closes that those before it do not, in words as many as were asked for, and how
    many these are."""

    tie: Assumption
    closes: tuple[Gap, ...]
    number: int


@dataclass(frozen=True, slots=True)
class BestTies:
    """``gaps`` were found, ``closable`` of them by one of the ``considered`` ties. The ties taken close ``closed``;
    no set of ``k`` of those considered closes more than ``at_most``. ``together`` is what happens if all of them come.

    To close all that is closable it takes ``all_ties`` ties this way (they close ``all_closed``), and no fewer than
    ``all_at_least``. Of the kinds in ``worst_of`` only the worst gaps were looked at; those in ``not_searched`` take
    long and have to be asked for.
    """

    k: int
    kinds: tuple[str, ...]
    ties: tuple[NewTie, ...]
    gaps: int
    closable: int
    considered: int
    closed: int
    at_most: int
    all_ties: int
    all_closed: int
    all_at_least: int
    together: WhatIf | None
    as_of: date
    generation: int
    worst_of: tuple[str, ...] = ()
    not_searched: tuple[str, ...] = ()


def best_ties(
    store: Store,
    k: int = 5,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    projection: Projection | None = None,
    limit: int | None = None,
    patience: Callable[[], None] = lambda: None,
) -> BestTies:
    """At most ``k`` (1 to 20) new ties that close most of the gaps that ``find_gaps`` has for the same filters, or of
    the worst of each kind where there are very many.

    ``projection``, ``limit`` and ``patience`` are as in ``what_if``. The store is only read. Raises as ``find_gaps``
    does, and BadParameter for a ``k`` out of range or a kind whose gaps no single tie is known to close.
    """
    if not 1 <= k <= MOST:
        raise BadParameter("bad-number", f"{k} ties cannot be asked for.", f"Ask for 1 to {MOST}.")
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    chosen = tuple(name for name in chosen_kinds(kind, given) if _shape(name))
    if not chosen:
        fitting = [name for name in kinds() if _shape(name)]
        raise BadParameter(
            "no-ties-for-kind",
            f"No single engagement or collaboration is known to close a gap of the kind '{kind}'.",
            f"It can be asked for {', '.join(fitting)}.",
            tuple(fitting),
        )
    of = GapsOfBoth.of(store, given, lang=lang, as_of=as_of, names=names, projection=projection, patience=patience)
    searched = searched_of(chosen, kind, of.projection)
    gaps: dict[_Gap, Row] = {}
    worst_of = []
    for name in searched:
        rows, more = of.rows(name, MOST_GAPS)
        gaps |= {(name, row.subjects): row for row in rows}
        worst_of += [name] if more else []
    candidates = Candidates(of, gaps)

    def verify(tie: Assumption) -> Collection[_Gap]:
        asked = {name for name, _ in candidates.said(tie)}
        return {gap for name in asked for gap in _gained(name, of.moved(name, [tie], changes=False), gaps)}

    found = most_closed(candidates.closed_by, k, candidates.order, verify)
    picked = [pick.tie for pick in found.picks]
    everything = [pick.tie for pick in all_closed(candidates.closed_by, candidates.order)]
    asked = {name for name, _ in candidates.closed_by} if everything else ()
    closed = {(name, key) for name in asked for key in of.closed(name, everything)} & candidates.closed_by.keys()
    really = {gap: candidates.closed_by[gap] for gap in closed}
    return BestTies(
        k=k,
        kinds=searched,
        ties=tuple(
            NewTie(p.tie, _worded(of, (gaps[gap] for gap in p.closes), limit), len(p.closes)) for p in found.picks
        ),
        gaps=len(gaps),
        closable=len(candidates.closed_by),
        considered=len(candidates.ranks),
        closed=found.closed,
        at_most=found.at_most,
        all_ties=len(everything),
        all_closed=len(really),
        all_at_least=at_least(really, len(all_closed(really, candidates.order))),
        together=compare(of, picked, searched, limit) if picked else None,
        as_of=of.day,
        generation=of.generation,
        worst_of=tuple(worst_of),
        not_searched=tuple(name for name in chosen if name not in searched),
    )


def _gained(kind: str, found: Moved, gaps: Mapping[_Gap, Row]) -> list[_Gap]:
    """What a tie closes of the gaps looked at, less the least severe where it opens others of the same kind: two small
    parts that join may outgrow the largest, which then is a gap instead of them."""
    closed = worst((gaps[kind, key] for key in found.closed if (kind, key) in gaps), None)
    return [(kind, row.subjects) for row in closed[: max(len(closed) - len(found.opened), 0)]]


def _worded(of: GapsOfBoth, rows: Iterable[Row], limit: int | None) -> tuple[Gap, ...]:
    return tuple(worded(of.store, worst(rows, limit), of.names, of.lang, of.day))


def _shape(kind: str) -> tuple[str, ...]:
    """What a gap of this kind lacks, by its subject: a pair, somebody for a cell, a way out for a part of the network
    or for one organisation; or nothing that one tie could give."""
    definition = kinds()[kind]
    if definition.subject in (_PART, _ALONE):
        return definition.subject if "candidate" in definition.question.columns else ()
    return next((shape for shape in (_PAIR, _CELL) if definition.subject[: len(shape)] == shape), ())


@dataclass(slots=True)
class Candidates:
    """The ties that may close each of these gaps, never too few of those considered."""

    of: GapsOfBoth
    gaps: Mapping[_Gap, Row]
    #: Gap -> ties; ties -> how good a candidate it is, 0 the best.
    closed_by: dict[_Gap, list[Assumption]] = field(default_factory=lambda: defaultdict(list))
    ranks: dict[Assumption, int] = field(default_factory=dict)
    _said: dict[Assumption, list[_Gap]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        work = Experience(self.of.projection)
        outside = self._outside()
        for gap in self.gaps.values():
            for rank, tie in enumerate(_ties_of(gap, work, outside, self.of.names, self.of.lang)):
                self.ranks[tie] = min(rank, self.ranks.get(tie, rank))
        by_pair: dict[frozenset[str], list[_Gap]] = defaultdict(list)
        by_cell: dict[tuple[str, str], list[_Gap]] = defaultdict(list)
        by_member: dict[str, list[_Gap]] = defaultdict(list)
        for name, gap in self.gaps.items():
            shape = _shape(gap.kind.name)
            if shape == _PAIR:
                by_pair[frozenset((_iri(gap, "organisation"), _iri(gap, "other")))].append(name)
            elif shape == _CELL:
                by_cell[_iri(gap, "theme"), _iri(gap, "place")].append(name)
            else:
                for member in iris(gap.values["organisation"]):
                    by_member[member].append(name)
        for tie in self.ranks:
            if tie.kind == COLLABORATION:
                # What an organisation does counts for its units.
                one, other = (work.family(thing.iri) for thing in tie.partners)
                said = {name for a in one for b in other for name in by_pair.get(frozenset((a, b)), ())}
                said |= {name for member in one | other for name in by_member.get(member, ())}
            else:
                # Work on a theme in a place is work on what is wider than either.
                (theme,), (place,) = tie.themes, tie.places
                said = {
                    name
                    for t in (theme.iri, *work.wider_themes(theme.iri))
                    for p in (place.iri, *work.wider_places(place.iri))
                    for name in by_cell.get((t, p), ())
                }
            for name in sorted(said):
                self.closed_by[name].append(tie)
                self._said[tie].append(name)

    def _outside(self) -> frozenset[str]:
        """Who is outside of the largest part of the network, alone or in another part."""
        if not any(_shape(gap.kind.name) in (_PART, _ALONE) for gap in self.gaps.values()):
            return frozenset()
        p = self.of.projection
        parts = Parts.of(p, Ties.of(p, self.of.day))
        outside = parts.acting & (parts.first != parts.sizes.argmax())
        return frozenset(p.organisations.iris[at] for at in np.flatnonzero(outside).tolist())

    def said(self, tie: Assumption) -> list[_Gap]:
        """The gaps that a tie may close."""
        return self._said[tie]

    def order(self, tie: Assumption) -> tuple[float, int, str]:
        """Of ties that close equally many: those that close the more severe gaps, then the better candidates."""
        return -sum(self.gaps[name].severity for name in self._said[tie]), self.ranks[tie], tie.text()


def _ties_of(gap: Row, work: Experience, outside: Collection[str], names: Names, lang: str) -> Iterator[Assumption]:
    """The ties that a gap asks for, the best candidates first."""
    shape = _shape(gap.kind.name)
    if shape == _PAIR:
        yield _together(_iri(gap, "organisation"), _iri(gap, "other"), names, lang)
    elif shape == _CELL:
        theme, place = (names.thing(_iri(gap, name), lang) for name in _CELL)
        for organisation in first(_partners_for(gap, work), _CANDIDATES):
            yield Assumption(ENGAGEMENT, (names.thing(organisation, lang),), (theme,), (place,))
    else:
        # Two small parts that join are still apart from the largest; two who are alone are not alone any more.
        others = [one for one in iris(gap.values["candidate"]) if shape == _ALONE or one not in outside]
        for member, other in work.alike(iris(gap.values["organisation"]), others, _CANDIDATES):
            yield _together(member, other, names, lang)


def _partners_for(gap: Row, work: Experience) -> Iterator[str]:
    """Whom the gap itself names, as known of it or nearby; who works in the place or around it, on the theme or on what
    it is a part of; who works on the theme elsewhere; who works in the place on other themes."""
    known = iris(gap.values.get("organisation"))
    theme, place = _iri(gap, "theme"), _iri(gap, "place")
    others = chain(
        iris(gap.values.get("neighbour")),
        work.on_theme_around(theme, place),
        *(work.on_theme_around(wide, place) for wide in work.wider_themes(theme)),
        work.on_theme(theme),
        work.in_place(place),
    )
    if gap.kind.name in _ANOTHER:
        return (one for one in others if not any(work.related(one, other) for other in known))
    return chain(known, others)


def _together(one: str, other: str, names: Names, lang: str) -> Assumption:
    return Assumption(COLLABORATION, tuple(names.thing(iri, lang) for iri in sorted((one, other))))


def _iri(gap: Row, name: str) -> str:
    return iris(gap.values[name])[0]
