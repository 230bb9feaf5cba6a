"""Which new ties would close most gaps: candidates for each gap, chosen by ``cover``, verified by ``whatif``.

A tie is one collaboration of two organisations, or one engagement of one organisation on one theme in one place. What
it is said to close may be too much; what is taken is tried out, so that a tie closes a gap only if the definition of
the gap says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from pyoxigraph import Literal, NamedNode

from graph.errors import BadParameter
from graph.gaps import find_gaps, kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, MOST, Assumption, change_of
from graph.gaps.cover import all_closed, at_least, most_closed
from graph.gaps.filters import iris
from graph.gaps.whatif import GapsOfCopy, State, WhatIf, chosen_kinds, compare
from graph.model import Gap
from graph.names import Names
from graph.store import Change, Store

#: Partners who are considered for one cell, and pairs for one part of the network: more only repeat what these close.
_CANDIDATES = 3
#: Kinds whose gaps only somebody closes who is not of the family of those that the gap names.
_ANOTHER = frozenset({"single-partner"})
_PAIR, _CELL, _PART, _ALONE = ("organisation", "other"), ("theme", "place"), ("part",), ("organisation",)

_WORK = """PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX basis: <https://w3id.org/commonground/id/code/basis/>
SELECT ?organisation ?at (COUNT(DISTINCT ?record) AS ?records) WHERE {
  VALUES ?class { cg:Engagement cg:Collaboration }
  ?record a ?class ; cg:partner ?organisation ; %s ?at ; cg:basis ?basis . FILTER(?basis != basis:proposed)
} GROUP BY ?organisation ?at"""
_WIDER = "SELECT DISTINCT ?x ?wider WHERE { ?x <%s>+ ?wider }"


@dataclass(frozen=True, slots=True)
class NewTie:
    """A tie that was taken: what it closes that those before it do not."""

    tie: Assumption
    closes: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class BestTies:
    """``gaps`` were found, ``closable`` of them by one of the ``considered`` ties. The ties taken close ``closed``;
    no set of ``k`` of those considered closes more than ``at_most``. ``together`` is what happens if all of them come.

    To close all that is closable it takes ``all_ties`` ties this way (they close ``all_closed``), and no fewer than
    ``all_at_least``.
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


def best_ties(
    store: State,
    k: int = 5,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
) -> BestTies:
    """At most ``k`` (1 to 20) new ties that close most of the gaps that ``find_gaps`` has for the same filters.

    The store is only read. Raises as ``find_gaps`` does, and BadParameter for a ``k`` out of range or a kind whose gaps
    no single tie is known to close.
    """
    if not 1 <= k <= MOST:
        raise BadParameter("bad-number", f"{k} ties cannot be asked for.", f"Ask for 1 to {MOST}.")
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    of = GapsOfCopy(store, parameters=given, lang=lang, as_of=as_of, names=names)
    chosen = tuple(name for name in chosen_kinds(kind, given) if _shape(name))
    if not chosen:
        fitting = [name for name in kinds() if _shape(name)]
        raise BadParameter(
            "no-ties-for-kind",
            f"No single engagement or collaboration is known to close a gap of the kind '{kind}'.",
            f"It can be asked for {', '.join(fitting)}.",
            tuple(fitting),
        )
    gaps = {gap.iri: gap for name in chosen for gap in of.find(name, Change())}
    candidates = Candidates(of, gaps)

    def verify(tie: Assumption) -> Collection[str]:
        return _gained(compare(of, [tie], {gaps[iri].kind for iri in candidates.said(tie)}))

    found = most_closed(candidates.closed_by, k, candidates.order, verify)
    picked = [pick.tie for pick in found.picks]
    everything = [pick.tie for pick in all_closed(candidates.closed_by, candidates.order)]
    closed = _closed(of, everything, chosen) & candidates.closed_by.keys()
    really = {iri: candidates.closed_by[iri] for iri in closed}
    return BestTies(
        k=k,
        kinds=chosen,
        ties=tuple(NewTie(p.tie, tuple(gaps[iri] for iri in _ordered(p.closes, gaps))) for p in found.picks),
        gaps=len(gaps),
        closable=len(candidates.closed_by),
        considered=len(candidates.ranks),
        closed=found.closed,
        at_most=found.at_most,
        all_ties=len(everything),
        all_closed=len(really),
        all_at_least=at_least(really, len(all_closed(really, candidates.order))),
        together=compare(of, picked, chosen) if picked else None,
        as_of=of.day,
        generation=of.generation,
    )


def _gained(found: WhatIf) -> frozenset[str]:
    """What a tie closes, less the least severe where it opens others of the same kind: two small parts that join may
    outgrow the largest, which then is a gap instead of them."""
    opened = Counter(gap.kind for gap in found.opened)
    kept = []
    for gap in reversed(found.closed):
        if opened[gap.kind]:
            opened[gap.kind] -= 1
        else:
            kept.append(gap.iri)
    return frozenset(kept)


def _closed(of: GapsOfCopy, ties: list[Assumption], of_kinds: Collection[str]) -> frozenset[str]:
    change = change_of(ties, of.base, of.day)
    return frozenset(
        iri
        for kind in of_kinds
        for iri in {gap.iri for gap in of.find(kind, Change())} - {gap.iri for gap in of.find(kind, change)}
    )


def _ordered(closed: Collection[str], gaps: Mapping[str, Gap]) -> list[str]:
    return sorted(closed, key=lambda iri: (-gaps[iri].severity, iri))


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

    of: GapsOfCopy
    gaps: Mapping[str, Gap]
    #: Gap -> ties; ties -> how good a candidate it is, 0 the best.
    closed_by: dict[str, list[Assumption]] = field(default_factory=lambda: defaultdict(list))
    ranks: dict[Assumption, int] = field(default_factory=dict)
    _said: dict[Assumption, list[str]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        work = _Work(self.of.store)
        outside = self._outside()
        for gap in self.gaps.values():
            for rank, tie in enumerate(_ties_of(gap, work, outside, self.of.names, self.of.lang)):
                self.ranks[tie] = min(rank, self.ranks.get(tie, rank))
        by_pair: dict[frozenset[str], list[str]] = defaultdict(list)
        by_cell: dict[tuple[str, str], list[str]] = defaultdict(list)
        by_member: dict[str, list[str]] = defaultdict(list)
        for gap in self.gaps.values():
            shape = _shape(gap.kind)
            if shape == _PAIR:
                by_pair[frozenset((_iri(gap, "organisation"), _iri(gap, "other")))].append(gap.iri)
            elif shape == _CELL:
                by_cell[_iri(gap, "theme"), _iri(gap, "place")].append(gap.iri)
            else:
                for member in iris(gap.subjects["organisation"]):
                    by_member[member].append(gap.iri)
        for tie in self.ranks:
            if tie.kind == COLLABORATION:
                # What an organisation does counts for its units.
                one, other = (work.family(thing.iri) for thing in tie.partners)
                said = {iri for a in one for b in other for iri in by_pair.get(frozenset((a, b)), ())}
                said |= {iri for member in one | other for iri in by_member.get(member, ())}
            else:
                # Work on a theme in a place is work on what is wider than either.
                (theme,), (place,) = tie.themes, tie.places
                said = {
                    iri
                    for t in (theme.iri, *work.wider[theme.iri])
                    for p in (place.iri, *work.wider[place.iri])
                    for iri in by_cell.get((t, p), ())
                }
            for iri in sorted(said):
                self.closed_by[iri].append(tie)
                self._said[tie].append(iri)

    def _outside(self) -> frozenset[str]:
        """Who is outside of the largest part of the network, alone or in another part."""
        outward = {gap.kind for gap in self.gaps.values() if _shape(gap.kind) in (_PART, _ALONE)}
        return frozenset(
            member
            for kind in (kinds() if outward else ())
            if _shape(kind) in (_PART, _ALONE)
            for gap in find_gaps(
                self.of.store, kind, as_of=self.of.day, names=self.of.names, projection=self.of.projection
            )
            for member in iris(gap.subjects["organisation"])
        )

    def said(self, tie: Assumption) -> list[str]:
        return self._said[tie]

    def order(self, tie: Assumption) -> tuple[float, int, str]:
        """Of ties that close equally many: those that close the more severe gaps, then the better candidates."""
        return -sum(self.gaps[iri].severity for iri in self._said[tie]), self.ranks[tie], tie.text()


class _Work:
    """Who works on what and where, and what is wider than what, of themes, places and organisations."""

    def __init__(self, store: Store) -> None:
        self.themes = _counted(store, "cg:theme")
        self.places = _counted(store, "cg:place")
        self.wider: dict[str, set[str]] = defaultdict(set)
        for path in (
            "http://www.w3.org/2004/02/skos/core#broader",
            "https://schema.org/containedInPlace",
            "http://www.w3.org/ns/org#unitOf",
        ):
            for row in store.select(_WIDER % path):
                if isinstance(row["x"], NamedNode) and isinstance(row["wider"], NamedNode):
                    self.wider[row["x"].value].add(row["wider"].value)
        self._units: dict[str, set[str]] = defaultdict(set)
        for iri, wider in [*self.wider.items()]:
            for one in wider:
                self._units[one].add(iri)
        # Theme or place -> who works there, or on a part of it, and how much.
        self._within: dict[str, Counter[str]] = defaultdict(Counter)
        for counts in (self.themes, self.places):
            for organisation, at in counts.items():
                for iri, number in at.items():
                    for one in (iri, *self.wider[iri]):
                        self._within[one][organisation] += number

    def on(self, iri: str) -> list[str]:
        """Who works on a theme or in a place, narrower ones included; who has most records first."""
        found = self._within[iri]
        return sorted(found, key=lambda organisation: (-found[organisation], organisation))

    def family(self, organisation: str) -> set[str]:
        """An organisation and its units."""
        return {organisation, *self._units[organisation]}

    def related(self, one: str, other: str) -> bool:
        """Whether two organisations are of one family."""
        return not ({one} | self.wider[one]).isdisjoint({other} | self.wider[other])


def _counted(store: Store, predicate: str) -> dict[str, Counter[str]]:
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in store.select(_WORK % predicate):
        organisation, at, records = row["organisation"], row["at"], row["records"]
        if isinstance(organisation, NamedNode) and isinstance(at, NamedNode) and isinstance(records, Literal):
            found[organisation.value][at.value] = int(records.value)
    return found


def _ties_of(gap: Gap, work: _Work, outside: Collection[str], names: Names, lang: str) -> Iterator[Assumption]:
    """The ties that a gap asks for, the best candidates first."""
    shape = _shape(gap.kind)
    if shape == _PAIR:
        yield _together(_iri(gap, "organisation"), _iri(gap, "other"), names, lang)
    elif shape == _CELL:
        theme, place = (names.thing(_iri(gap, name), lang) for name in _CELL)
        for organisation in _partners_for(gap, work)[:_CANDIDATES]:
            yield Assumption(ENGAGEMENT, (names.thing(organisation, lang),), (theme,), (place,))
    else:
        # Two small parts that join are still apart from the largest; two who are alone are not alone any more.
        pairs = [
            (member, other)
            for member in iris(gap.subjects["organisation"])
            for other in iris(gap.subjects["candidate"])
            if shape == _ALONE or other not in outside
        ]
        for member, other in sorted(pairs, key=lambda pair: (-_common(work, *pair), pair))[:_CANDIDATES]:
            yield _together(member, other, names, lang)


def _partners_for(gap: Gap, work: _Work) -> list[str]:
    """Whom the gap itself names, as known of it or nearby; who works in the place or around it, on the theme or on what
    it is a part of; who works on the theme elsewhere; who works in the place on other themes."""
    known = iris(gap.subjects.get("organisation"))
    theme, place = _iri(gap, "theme"), _iri(gap, "place")
    there = {place, *work.wider[place]}
    on_theme = work.on(theme)
    near = [
        one
        for one in (*on_theme, *(other for wide in sorted(work.wider[theme]) for other in work.on(wide)))
        if not there.isdisjoint(work.places[one])
    ]
    others = (*iris(gap.subjects.get("neighbour")), *near, *on_theme, *work.on(place))
    if gap.kind in _ANOTHER:
        return [one for one in dict.fromkeys(others) if not any(work.related(one, other) for other in known)]
    return list(dict.fromkeys((*known, *others)))


def _common(work: _Work, one: str, other: str) -> int:
    return len(work.themes[one].keys() & work.themes[other].keys())


def _together(one: str, other: str, names: Names, lang: str) -> Assumption:
    return Assumption(COLLABORATION, tuple(names.thing(iri, lang) for iri in sorted((one, other))))


def _iri(gap: Gap, name: str) -> str:
    return iris(gap.subjects[name])[0]
