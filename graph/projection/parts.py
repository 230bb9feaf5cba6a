"""The parts of the network: who is connected with whom by anything that is recorded, now or ever. Pure."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from graph.analysis.components import labels
from graph.projection.columns import Flags, joined
from graph.projection.hierarchy import Steps
from graph.projection.projection import Projection
from graph.projection.relations import Ints
from graph.projection.ties import Ties


class Parts:
    """Organisations, connected by a record of both (proposed and ended ones too), a project, membership (also of one
    person), a family or a link. The day of ``ties`` does not matter."""

    def __init__(self, projection: Projection, ties: Ties) -> None:
        self.projection = projection
        self._ties = ties
        self.size = ties.size
        self.people = ties.people

    @classmethod
    def of(cls, projection: Projection, ties: Ties) -> Parts:
        """Those of a projection, kept with it."""
        return projection.keep("parts", lambda: cls(projection, ties))

    @cached_property
    def acting(self) -> Flags:
        """Who does anything: works, presents, organises, has members, or is one (people are members and do not act)."""
        p = self.projection
        found = np.zeros(self.size, dtype=np.bool_)
        for name in ("partner", "on_behalf_of", "organizer", "organization"):
            found[p.organisations.positions(p.relations[name].objects)] = True
        member = p.relations["member"]
        members = p.organisations.positions(member.objects[np.isin(member.subjects, p.instances("Membership"))])
        found[members[~self.people[members]]] = True
        return found

    @cached_property
    def label(self) -> Ints:
        """Of each organisation the first that it is connected with, people among them; it stands for the part."""
        p = self.projection
        partner, project = p.relations["partner"], p.relations["project"]
        who = p.organisations.positions(partner.objects)
        ones, others = [], []
        # Edges from each partner of a record, and of a project, to the next are enough.
        left, right = joined(partner.subjects, project.subjects)
        order = np.argsort(project.objects[right], kind="stable")
        for groups, members in ((partner.subjects, who), (project.objects[right][order], who[left][order])):
            same = groups[1:] == groups[:-1]
            ones.append(members[:-1][same])
            others.append(members[1:][same])
        for one, other in (self._ties.memberships, self._ties.links, (p.units.below, p.units.parents)):
            ones.append(one)
            others.append(other)
        return labels(self.size, np.concatenate(ones), np.concatenate(others))

    @cached_property
    def first(self) -> Ints:
        """Of each organisation the first organisation of its part, which names it; -1 where there are only people."""
        found = np.full(self.size, self.size)
        organisations = np.flatnonzero(~self.people)
        np.minimum.at(found, self.label[organisations], organisations)
        named: Ints = found[self.label]
        named[named == self.size] = -1
        return named

    @cached_property
    def named(self) -> Flags:
        """Who is in a part that has a name."""
        return self.first >= 0

    @cached_property
    def sizes(self) -> Ints:
        """How many act in each part, by the position of its first; 0 elsewhere."""
        return np.bincount(self.first[self.acting & self.named], minlength=self.size)

    @cached_property
    def members(self) -> Steps:
        """Who acts in each part, by the position of its first."""
        who = np.flatnonzero(self.acting & self.named)
        order = np.argsort(self.first[who], kind="stable")
        return Steps(np.concatenate(([0], np.cumsum(self.sizes))), who[order])
