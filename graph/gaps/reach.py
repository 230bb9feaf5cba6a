"""Which gaps of a kind something assumed can touch: all others are the same before and after, and need no look.

What is assumed is only added, so all of this follows from what the queries of the kinds read. A kind that is not named
here may be touched anywhere. What is said here must never be too little: the tests hold every what-if to really adding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import product

import numpy as np

from graph.coverage.axes import countries, named_themes, spoken_of
from graph.gaps.assumptions import Assumption
from graph.gaps.columns.asked import MOST_LISTED
from graph.gaps.columns.regions import Regions
from graph.gaps.moved import Key
from graph.model import Thing
from graph.projection import INFERRED, STATED, Flags, Ints, Projection
from graph.projection.circles import Bridges
from graph.projection.columns import Axis
from graph.projection.hierarchy import Steps, different
from graph.projection.parts import Parts
from graph.projection.ties import Ties

#: A part of all gaps of a kind: what each filter keeps, as ``columns.Asked`` has it.
Box = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Reach:
    """``boxes`` hold all gaps that may open, close or change. Of those that stay only the ``touched`` may change (None:
    all of them)."""

    boxes: Sequence[Box] = ({},)
    touched: Callable[[Key], bool] | None = None


@dataclass(frozen=True)
class Assumed:
    """What is assumed, and the projections without it and with it."""

    before: Projection
    after: Projection
    day: date
    assumptions: Sequence[Assumption]

    def reach(self, kind: str) -> Reach:
        """What it can touch of a kind."""
        return _REACHES[kind](self) if kind in _REACHES else Reach()

    @cached_property
    def doing(self) -> Sequence[Assumption]:
        """What is work on something."""
        return [one for one in self.assumptions if one.themes]

    @cached_property
    def placed(self) -> Sequence[Assumption]:
        """What is work on something somewhere."""
        return [one for one in self.doing if one.places]

    @cached_property
    def new(self) -> Sequence[Assumption]:
        """The same without those that only say again, of each partner, theme and place, what some record states now."""
        return [one for one in self.placed if not all(self._is_known(one, who.iri) for who in one.partners)]

    def _is_known(self, one: Assumption, partner: str) -> bool:
        p, at = self.before, self.before.organisations.position(partner)
        records = p.records_of(at) if at >= 0 else np.empty(0, dtype=np.int64)
        alone = (p.record_themes.counts[records] == 1) & (p.record_places.counts[records] == 1)
        records = records[alone & (p.status(self.day)[records] == STATED)]
        themes, places = (pairs.things[pairs.begins[records]] for pairs in (p.record_themes, p.record_places))
        known = set(zip(themes.tolist(), places.tolist(), strict=True))
        wanted = product(map(p.themes.position, _named(one.themes)), map(p.places.position, _named(one.places)))
        return known.issuperset(wanted)

    @cached_property
    def partners(self) -> frozenset[str]:
        """Who is assumed to do something."""
        return frozenset(iri for one in self.assumptions for iri in _named(one.partners))

    def themes(self, of: Iterable[Assumption]) -> frozenset[str]:
        """The themes of some assumptions, and those that include them."""
        p = self.after
        return _led(p.themes, p.narrower.up, (iri for one in of for iri in _named(one.themes)))

    @cached_property
    def places(self) -> frozenset[str]:
        """The places of all, what contains them, and what they contain."""
        p, named = self.after, [iri for one in self.placed for iri in _named(one.places)]
        return _led(p.places, p.inside.up, named) | _led(p.places, p.inside.down, named)

    @cached_property
    def listed(self) -> Sequence[Box]:
        """The themes and the countries that a list of cells looks at only then."""
        found: list[Box] = []
        for name, look in (("theme", listed_themes), ("place", listed_places)):
            if new := look(self.after) - look(self.before):
                found.append({name: new})
        return found

    def begun(self, counted: Flags) -> Mapping[str, Ints]:
        """The themes that somebody would begin to work on, and who works on each of them before; ``counted`` are the
        records that say so."""
        p, found = self.before, {}
        for one in self.doing:
            for theme in one.themes:
                here = (p.record_themes.things == p.themes.position(theme.iri)) & counted[p.record_themes.records]
                who = different(p.partners.steps.spread(p.record_themes.records[here])[1])
                if not np.isin([p.organisations.position(partner.iri) for partner in one.partners], who).all():
                    found[theme.iri] = who
        return found


def listed_themes(projection: Projection) -> frozenset[str]:
    """The themes of the cells that are looked at unasked."""
    return _iris(projection.themes, named_themes(projection))


def listed_places(projection: Projection) -> frozenset[str]:
    """The places of the cells that are looked at unasked."""
    return _iris(projection.places, spoken_of(projection) & countries(projection))


def _iris(axis: Axis, chosen: Flags) -> frozenset[str]:
    return frozenset(axis.iris[at] for at in np.flatnonzero(chosen).tolist())


def _named(things: Iterable[Thing]) -> list[str]:
    return [thing.iri for thing in things]


def _positions(axis: Axis, iris: Iterable[str]) -> list[int]:
    return [at for iri in iris if (at := axis.position(iri)) >= 0]


def _led(axis: Axis, steps: Steps, iris: Iterable[str]) -> frozenset[str]:
    """Where the steps from some things lead."""
    return frozenset(axis.iris[to] for at in _positions(axis, iris) for to in steps.of(at).tolist())


# --- the kinds --------------------------------------------------------------------------------------------------------


def _cells(assumed: Assumed) -> Reach:
    """Work speaks of its themes and what includes them, where it is, around it and inside of it."""
    box: Box = {"theme": assumed.themes(assumed.placed), "place": assumed.places}
    return Reach((box, *assumed.listed) if assumed.placed else assumed.listed)


def _cells_nearby(assumed: Assumed) -> Reach:
    """... and is near to other countries."""
    axis, regions = assumed.after.places, Regions(assumed.after)
    near = {axis.iris[to] for at in _positions(axis, assumed.places) for to in regions.near(at).tolist()}
    box: Box = {"theme": assumed.themes(assumed.placed), "place": assumed.places | near}
    return Reach((box, *assumed.listed) if assumed.placed else assumed.listed)


def _cells_anywhere(assumed: Assumed) -> Reach:
    """... and is experience for all other countries."""
    box: Box = {"theme": assumed.themes(assumed.placed)}
    return Reach((box, *assumed.listed) if assumed.placed else assumed.listed)


def _on_themes(assumed: Assumed) -> Reach:
    """Work on a theme bears on what is said of it or of one that includes it: statements, numbers, definitions."""
    return Reach(({"theme": assumed.themes(assumed.doing)},) if assumed.doing else ())


def _pairs(assumed: Assumed) -> Reach:
    """Whoever works somewhere is a pair with others who work there on the theme, what includes it or is in it. A tie
    counts for the units of both; and of who has one to either side it is new who could introduce them."""
    p = assumed.after
    sharing = {
        (who, place): _sharing(assumed, one, place)
        for one in assumed.new
        for place in _named(one.places)
        for who in _named(one.partners)
    }
    who, where = ({iri for pair in sharing for iri in pair[side : side + 1]} for side in (0, 1))
    boxes: list[Box] = [{"organisation": frozenset(who), "place": frozenset(where)}] if sharing else []
    tied = {iri for one in assumed.assumptions if len(one.partners) > 1 for iri in _named(one.partners)}
    ties = Ties.of(p, assumed.day)
    near = {p.organisations.iris[at] for iri in tied for at in np.flatnonzero(ties.tied(p.organisations.position(iri)))}
    units = _led(p.organisations, p.units.down, tied)

    def touched(key: Key) -> bool:
        one, other, place = key
        return (
            other in sharing.get((one, place), ())
            or one in sharing.get((other, place), ())
            or (one in units and other in near)
            or (other in units and one in near)
        )

    return Reach((*boxes, {"organisation": units}) if units else boxes, touched)


def _sharing(assumed: Assumed, one: Assumption, place: str) -> frozenset[str]:
    """Who works in a place on a theme assumed, on one that includes it, or on one in it."""
    p = assumed.after
    themes = _led(p.themes, p.narrower.up, _named(one.themes)) | _led(p.themes, p.narrower.down, _named(one.themes))
    on = np.array(_positions(p.themes, themes), dtype=np.int64)
    records = p.named_together(on, np.full(len(on), p.places.position(place)))
    status = p.status(assumed.day)[records]
    who = p.partners.steps.spread(records[(status == STATED) | (status == INFERRED)])[1]
    return frozenset(p.organisations.iris[at] for at in different(who).tolist())


def _pairs_of_themes(assumed: Assumed) -> Reach:
    """Of two themes one is worked on then, in the places assumed; and for every country it is told who joins two in any
    place: that a family does so then with the themes assumed and those that it works on beside them."""
    if not assumed.new:
        return Reach(())
    p, themes, places = assumed.after, assumed.themes(assumed.new), assumed.places
    named = frozenset(iri for one in assumed.new for iri in _named(one.themes))
    family = np.isin(p.family, p.family[_positions(p.organisations, assumed.partners)])
    here = np.zeros(len(p.places), dtype=np.bool_)
    here[_positions(p.places, (iri for one in assumed.new for iri in _named(one.places)))] = True
    theirs = np.intersect1d(
        p.partners.records[family[p.partners.things]], p.record_places.records[here[p.record_places.things]]
    )
    theirs = theirs[p.status(assumed.day)[theirs] == STATED]
    beside = {p.themes.iris[at] for at in p.record_themes.steps.spread(theirs)[1].tolist()}

    def touched(key: Key) -> bool:
        one, other, place = key
        return (place in places and (one in themes or other in themes)) or (
            (one in named and other in beside) or (other in named and one in beside)
        )

    box: Box = {"theme": themes, "place": places}
    # Whoever joins two works on two.
    return Reach((box, {"theme": named}) if len(beside) > 1 else (box,), touched)


def _alone(assumed: Assumed) -> Reach:
    """Who does something then; who was alone in a part of the network with them; and others on a theme that somebody
    begins to work on, unless very many others are named first."""
    p = assumed.before
    parts = Parts.of(p, Ties.of(p, assumed.day))
    acting = np.bincount(parts.label[parts.acting], minlength=parts.size)
    labels = parts.label[_positions(p.organisations, assumed.partners)]
    beside = parts.acting & np.isin(parts.label, labels[acting[labels] == 1])
    who = assumed.partners | _iris(p.organisations, beside)
    boxes: list[Box] = [{"organisation": who}]
    near: set[str] = set()
    positions = [p.organisations.position(iri) for iri in assumed.partners]
    for theme, working in assumed.begun(p.status(assumed.day) == STATED).items():
        # Who is new to the data may be the first of all.
        if min(positions) < 0 or np.searchsorted(working, min(positions)) <= MOST_LISTED:
            boxes.append({"theme": frozenset({theme})})
            near.update(p.organisations.iris[at] for at in working.tolist())
    return Reach(boxes, lambda key: key[0] in who or key[0] in near)


def _parts(assumed: Assumed) -> Reach:
    """Every part, where parts become others: each is told beside the size of all. Otherwise those of whoever does
    something, and of others on a theme that somebody begins to work on."""
    p = assumed.before
    before, after = (Parts.of(one, Ties.of(one, assumed.day)) for one in (p, assumed.after))
    if not (np.array_equal(before.first, after.first) and np.array_equal(before.acting, after.acting)):
        return Reach()
    who = [np.array(_positions(p.organisations, assumed.partners), dtype=np.int64)]
    who += assumed.begun(p.basis == STATED).values()
    firsts = different(before.first[np.concatenate(who)])
    near = {p.organisations.iris[at] for at in firsts[firsts >= 0].tolist()}
    return Reach(touched=lambda key: key[0] in near)


def _bridges(assumed: Assumed) -> Reach:
    """Pairs of families of which one is that of who does something, or is connected with it: it has this family in its
    circle, or nothing else of what is assumed."""
    p = assumed.after
    bridges = p.keep("bridges of circles", lambda: Bridges(p, Ties.of(p, assumed.day)))
    own = p.family[_positions(p.organisations, assumed.partners)]
    families = bridges.affiliations.families
    groups = np.repeat(np.arange(len(families.begins) - 1), np.diff(families.begins))[np.isin(families.to, own)]
    around = different(np.concatenate((own, families.spread(different(groups))[1])))
    near = {p.organisations.iris[at] for at in around.tolist()}
    return Reach(touched=lambda key: not near.isdisjoint(key))


_REACHES: Mapping[str, Callable[[Assumed], Reach]] = {
    "uncovered": _cells,
    "lapsed": _cells,
    "regional-only": _cells,
    "single-partner": _cells_nearby,
    "untapped-experience": _cells_anywhere,
    "priority-without-actor": _on_themes,
    "need-without-response": _on_themes,
    "conflicting-definitions": _on_themes,
    "not-collaborating": _pairs,
    "unlinked-themes": _pairs_of_themes,
    "isolated-partner": _alone,
    "missing-bridge": _parts,
    "local-bridge": _bridges,
}
#: Kinds of which a list without filters leaves gaps out that are there where one asks for their theme and place.
SELECTIVE = frozenset({"uncovered", "lapsed", "regional-only", "single-partner", "untapped-experience"})
