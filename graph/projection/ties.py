"""What ties organisations to each other: work that several carry, networks, projects, families, links, programmes.

A tie is a group with its members, or a pair. Having been on the programme of one meeting is no tie; it is told apart.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from graph.projection.columns import Flags, joined, lapsed_before, lexical
from graph.projection.hierarchy import Steps, different, numbered
from graph.projection.projection import INFERRED, STATED, Projection
from graph.projection.relations import Ints
from graph.terms import CODE

_ABSENT = f"<{CODE}delivery/presenter-absent>"
_PROPOSED = f"<{CODE}basis/proposed>"


@dataclass(frozen=True, slots=True)
class Groups:
    """Which organisations are in each group, and which groups each is in."""

    members: Steps
    of: Steps

    @classmethod
    def made(cls, size: int, groups: Ints, organisations: Ints) -> Groups:
        """From pairs of a group (any numbers) and an organisation; groups of one are left out."""
        pairs = different(numbered(groups)[1] * max(size, 1) + organisations)
        numbers, who = np.divmod(pairs, max(size, 1))
        several = np.bincount(numbers)[numbers] > 1 if len(numbers) else numbers.astype(np.bool_)
        numbers, who = numbered(numbers[several])[1], who[several]
        begins = np.concatenate(([0], np.cumsum(np.bincount(numbers, minlength=1))))
        members = Steps(begins, who)
        return cls(members, members.reversed(size))


class Ties:
    """The ties of one projection on a day."""

    @classmethod
    def of(cls, projection: Projection, day: date) -> Ties:
        """Those of a projection on a day, kept with it."""
        return projection.keep("ties", lambda: cls(projection, day), day)

    def __init__(self, projection: Projection, day: date) -> None:
        self.projection = projection
        self.day = day
        self.size = len(projection.organisations)

    @cached_property
    def work(self) -> Groups:
        """Engagements and collaborations of several, unless they are only proposed or over."""
        p = self.projection
        status = p.status(self.day)
        counted = ((status == STATED) | (status == INFERRED))[p.partners.records]
        return Groups.made(self.size, p.partners.records[counted], p.partners.things[counted])

    @cached_property
    def any_work(self) -> Groups:
        """Whatever has several partners, proposals among it."""
        p = self.projection
        partner = p.relations["partner"]
        return Groups.made(self.size, partner.subjects, p.organisations.positions(partner.objects))

    @cached_property
    def projects(self) -> Groups:
        """Projects, with the partners of everything that is part of them."""
        p = self.projection
        partner, project = p.relations["partner"], p.relations["project"]
        left, right = joined(partner.subjects, project.subjects)
        return Groups.made(self.size, project.objects[right], p.organisations.positions(partner.objects[left]))

    @cached_property
    def networks(self) -> Groups:
        """Organisations that others are members of, with these members, people among them."""
        members, networks = self.memberships
        return Groups.made(self.size, networks, members)

    @cached_property
    def families(self) -> Groups:
        """Organisations that have units, with all that are in them, directly or not."""
        down = self.projection.units.down
        return Groups.made(self.size, np.repeat(np.arange(self.size), np.diff(down.begins)), down.to)

    @cached_property
    def memberships(self) -> tuple[Ints, Ints]:
        """Members, and what each is a member of."""
        p = self.projection
        member, organization = p.relations["member"], p.relations["organization"]
        left, right = joined(member.subjects, organization.subjects)
        positions = p.organisations.positions
        return positions(member.objects[left]), positions(organization.objects[right])

    @cached_property
    def links(self) -> tuple[Ints, Ints]:
        """Organisations that a source links."""
        relation, positions = self.projection.relations["linked_to"], self.projection.organisations.positions
        return positions(relation.subjects), positions(relation.objects)

    @cached_property
    def _pairs(self) -> tuple[Steps, Steps]:
        """From each organisation to what it is a member of and to its members, and to what it is linked to."""
        found = []
        for one, other in (self.memberships, self.links):
            both = different(np.concatenate((one * self.size + other, other * self.size + one)))
            origins, to = np.divmod(both, max(self.size, 1))
            begins = np.concatenate(([0], np.cumsum(np.bincount(origins, minlength=self.size))))
            found.append(Steps(begins, to))
        return found[0], found[1]

    def tied(self, one: int) -> Flags:
        """Who works with an organisation, is in a network, project or family with it, or linked to it; itself too. What
        a parent organisation has counts for its units, on both sides."""
        units = self.projection.units
        wholes = np.zeros(self.size, dtype=np.bool_)
        above = units.up.of(one)
        for groups in (self.work, self.networks, self.projects):
            wholes[groups.members.spread(groups.of.spread(above)[1])[1]] = True
        for pairs in self._pairs:
            wholes[pairs.spread(above)[1]] = True
        found = np.zeros(self.size, dtype=np.bool_)
        found[one] = True
        found[units.down.spread(np.flatnonzero(wholes))[1]] = True
        found[self.families.members.spread(self.families.of.of(one))[1]] = True
        return found

    def ways(self, one: int) -> Ints:
        """Who is connected with an organisation, or with what that is a unit of, once a way: by each common work,
        network and project, as a member, by a link, as of one family. Ascending, without itself and people."""
        above = self.projection.units.up.of(one)
        ways = [different(self.families.members.spread(self.families.of.of(one))[1])]
        for groups in (self.work, self.networks, self.projects):
            row, group = groups.of.spread(above)
            at, members = groups.members.spread(group)
            apart = members != above[row][at]
            ways.append(different(group[at][apart] * self.size + members[apart]) % self.size)
        for pairs in self._pairs:
            row, who = pairs.spread(above)
            ways.append(different(who[who != above[row]]))
        others = np.sort(np.concatenate(ways))
        found: Ints = others[(others != one) & ~self.people[others]]
        return found

    @cached_property
    def people(self) -> Flags:
        """Who is a person; organisations have people as members."""
        p = self.projection
        found = np.zeros(self.size, dtype=np.bool_)
        people = p.organisations.positions(p.instances("Person"))
        found[people[people >= 0]] = True
        return found

    @cached_property
    def active(self) -> Flags:
        """Who does something now: works, presents, organises, has members, or is one (a person does not act as one)."""
        p = self.projection
        current = _current(p, self.day)
        found = np.zeros(self.size, dtype=np.bool_)
        for name in ("partner", "on_behalf_of", "organizer", "organization"):
            relation = p.relations[name]
            found[p.organisations.positions(relation.objects[current[relation.subjects]])] = True
        member = p.relations["member"]
        counted = current[member.subjects] & np.isin(member.subjects, p.instances("Membership"))
        members = member.objects[counted & ~np.isin(member.objects, p.instances("Person"))]
        found[p.organisations.positions(members)] = True
        return found

    # --- programmes -----------------------------------------------------------------------------------------------

    @cached_property
    def programmes(self) -> Mapping[int, frozenset[int]]:
        """By organisation the meetings (numbers of terms) that it organised, or where it had a presentation that was
        not called off."""
        p = self.projection
        found: dict[int, set[int]] = defaultdict(set)
        for event, who in self._who("organizer"):
            found[who].add(event)
        above: dict[int, set[int]] = defaultdict(set)
        for event, around in _rows(p, "super_event"):
            above[event].add(around)
        absent = {talk for talk, how in _rows(p, "delivery") if p.terms[how] == _ABSENT}
        for talk, who in self._who("on_behalf_of"):
            if talk not in absent:
                found[who] |= _all_above(above, talk)
        return {one: frozenset(events) for one, events in found.items() if events}

    def _who(self, name: str) -> Iterator[tuple[int, int]]:
        relation = self.projection.relations[name]
        who = self.projection.organisations.positions(relation.objects)
        return zip(relation.subjects.tolist(), who.tolist(), strict=True)

    @cached_property
    def on_programme(self) -> Mapping[int, frozenset[int]]:
        """By meeting (number of term) the organisations on its programme."""
        found: dict[int, set[int]] = defaultdict(set)
        for one, events in self.programmes.items():
            for event in events:
                found[event].add(one)
        return {event: frozenset(who) for event, who in found.items()}

    def meetings(self, one: int) -> list[str]:
        """The meetings with an organisation and somebody else on the programme."""
        events = self.programmes.get(one, frozenset())
        return sorted(self.projection.terms[event][1:-1] for event in events if len(self.on_programme[event]) > 1)

    def met(self, one: int, other: int) -> list[str]:
        """The meetings with both on the programme."""
        common = self.programmes.get(one, frozenset()) & self.programmes.get(other, frozenset())
        return sorted(self.projection.terms[event][1:-1] for event in common)


def _current(p: Projection, day: date) -> Flags:
    """Of all terms, the statements that are not only proposed, are not over and were not last stated too long ago."""
    today = day.isoformat()
    lapse = lapsed_before(today)
    found = np.ones(len(p.terms), dtype=np.bool_)
    basis, said = p.relations["basis"], p.relations["stated_on"]
    found[basis.subjects[p.terms_that(basis.objects, lambda text: text == _PROPOSED)]] = False
    newest = np.full(len(p.terms), -1, dtype=np.int64)
    texts, rank = p.ranked(said.objects)
    np.maximum.at(newest, said.subjects, rank)
    lapsed = np.array([*(text < lapse[: len(text)] for text in texts), False], dtype=np.bool_)
    found &= ~lapsed[newest]
    temporal, end = p.relations["temporal"], p.relations["end"]
    left, right = joined(temporal.objects, end.subjects)
    over = p.terms_that(end.objects[right], lambda text: lexical(text) < today[: len(lexical(text))])
    ended = np.zeros(len(p.terms), dtype=np.bool_)
    ended[temporal.subjects[left]] = True
    ended[temporal.subjects[left[~over]]] = False
    return found & ~ended


def _rows(projection: Projection, name: str) -> Iterator[tuple[int, int]]:
    relation = projection.relations[name]
    return zip(relation.subjects.tolist(), relation.objects.tolist(), strict=True)


def _all_above(above: Mapping[int, set[int]], event: int) -> set[int]:
    found: set[int] = set()
    edge = {event}
    while edge:
        edge = set().union(*(above.get(one, ()) for one in edge)) - found
        found |= edge
    return found
