"""Which families of organisations are connected by anything that is recorded, and the pairs of them that alone connect
those around the one with those around the other: local bridges. Pure.

M. Granovetter, "The Strength of Weak Ties", American Journal of Sociology 78(6), 1973, pages 1360-1380: a local bridge
of degree n is a tie without which the shortest way between its ends has n steps. Here these are four or more.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from graph.projection.columns import Flags, joined
from graph.projection.hierarchy import Steps, different, ranges
from graph.projection.projection import INFERRED, STATED, Projection
from graph.projection.relations import Ints
from graph.projection.ties import Ties

#: Others that each end of a bridge is connected with, at least: fewer are no circle.
FEWEST = 2
#: Rows that are looked at together.
_AT_ONCE = 2_000_000


class Affiliations:
    """Everything that connects organisations, as groups of them: a record, a project, a network or a person with its
    members, a membership, a link. ``group`` is in ascending order; ``what`` is the number of the term that says that
    ``who`` is in the group, -1 for a link. People are left out."""

    def __init__(self, projection: Projection, ties: Ties) -> None:
        p = self.projection = projection
        positions = p.organisations.positions
        partner, project = p.relations["partner"], p.relations["project"]
        member, organization = p.relations["member"], p.relations["organization"]
        left, right = joined(partner.subjects, project.subjects)
        within, of = joined(member.subjects, organization.subjects)
        membership, members = member.subjects[within], positions(member.objects[within])
        networks = organization.objects[of]
        of_person = ties.people[members]
        ones, others = ties.links
        both = np.arange(len(membership))
        linked = np.arange(len(ones))
        nothing = np.full(len(ones), -1)
        #: Groups of each sort, what says so, and who; the first sort are records.
        sorts = [
            (partner.subjects, partner.subjects, positions(partner.objects)),
            (project.objects[right], partner.subjects[left], positions(partner.objects[left])),
            (networks, membership, members),
            (member.objects[within][of_person], membership[of_person], positions(networks[of_person])),
            (np.tile(both, 2), np.tile(membership, 2), np.concatenate((members, positions(networks)))),
            (np.tile(linked, 2), np.tile(nothing, 2), np.concatenate((ones, others))),
        ]
        span = max(len(p.terms), len(both), len(linked), 1)
        group = np.concatenate([at * span + groups for at, (groups, _, _) in enumerate(sorts)])
        what, who = (np.concatenate([sort[at] for sort in sorts]) for at in (1, 2))
        kept = np.flatnonzero(~ties.people[who])
        kept = kept[np.argsort(group[kept], kind="stable")]
        self.what, self.who = what[kept], who[kept]
        numbers, self.group = np.unique(group[kept], return_inverse=True)
        self.family = p.family[self.who]
        #: The record that a group is; -1 for the other sorts, and for what names partners and is no engagement.
        self.record = np.full(len(numbers), -1)
        self.is_record = numbers < span
        self.record[self.is_record] = p.record_at[numbers[self.is_record]]
        self.begins = np.searchsorted(self.group, np.arange(len(numbers) + 1))

    @cached_property
    def families(self) -> Steps:
        """From each group to the families in it, once each."""
        size = max(len(self.projection.organisations), 1)
        groups, families = np.divmod(different(self.group * size + self.family), size)
        return Steps(np.searchsorted(groups, np.arange(len(self.begins))), families)

    def holds(self, status: np.typing.NDArray[np.int8]) -> Flags:
        """Which groups connect now: all but records that are only proposed, over or long not confirmed."""
        found = ~self.is_record
        known = self.record >= 0
        of = status[self.record[known]]
        found[known] = (of == STATED) | (of == INFERRED)
        return found


class Bridges:
    """The local bridges of a projection; nothing of it depends on a day. ``ones[i]`` and ``others[i]`` are families, by
    their topmost organisations, in ascending order."""

    def __init__(self, projection: Projection, ties: Ties) -> None:
        self.size = max(len(projection.organisations), 1)
        self.affiliations = Affiliations(projection, ties)
        families = self.affiliations.families
        sizes = np.diff(families.begins)
        pairs = np.flatnonzero(sizes == 2)
        first = families.begins[pairs]
        keys = families.to[first] * self.size + families.to[first + 1]
        order = np.argsort(keys, kind="stable")
        self._pair_keys, self._pair_groups = keys[order], pairs[order]
        candidates = different(keys)
        # Two families that are in many groups alone are one pair; those of a larger group have a third in common.
        others = np.flatnonzero(sizes > 2)
        row, to = families.spread(others)
        groups = np.concatenate((np.repeat(np.arange(len(candidates)), 2), len(candidates) + row))
        who = np.concatenate((np.stack(np.divmod(candidates, self.size), axis=1).ravel(), to))
        self._groups = Steps(np.searchsorted(groups, np.arange(len(candidates) + len(others) + 1)), who)
        self._of = self._groups.reversed(self.size)
        self.ones, self.others = np.divmod(self._open(candidates), self.size)

    def _open(self, candidates: Ints) -> Ints:
        """Those of the candidates past which nothing leads."""
        ones, others = np.divmod(candidates, self.size)
        around = self._reach
        # Its own pair is one of the groups of each; a circle has FEWEST others.
        kept = (around[ones] > FEWEST) & (around[others] > FEWEST)
        candidates, ones, others = candidates[kept], ones[kept], others[kept]
        self._ends = different(np.concatenate((ones, others)))
        self._near = self._neighbours(self._ends)
        self._keys = np.repeat(self._ends, np.diff(self._near.begins)) * self.size + self._near.to
        counts = np.diff(self._near.begins)
        one, other = (np.searchsorted(self._ends, ends) for ends in (ones, others))
        kept = (counts[one] > FEWEST) & (counts[other] > FEWEST)
        candidates, ones, others, one, other = (column[kept] for column in (candidates, ones, others, one, other))
        # Followed from the end where there is less to follow.
        steps = np.concatenate(([0], np.cumsum(around[self._near.to])))
        cost = steps[self._near.begins[1:]] - steps[self._near.begins[:-1]]
        turned = cost[other] < cost[one]
        start, goal = np.where(turned, other, one), np.where(turned, ones, others)
        good = np.ones(len(candidates), dtype=np.bool_)
        spent = np.cumsum(cost[start])
        begin = 0
        while begin < len(candidates):
            done = spent[begin - 1] if begin else 0
            end = max(begin + 1, int(np.searchsorted(spent, done + _AT_ONCE, "right")))
            good[begin:end] = ~self._led_past(start[begin:end], goal[begin:end])
            begin = end
        return candidates[good]

    @cached_property
    def _reach(self) -> Ints:
        """Of each family how many others are in a group with it, counted once a group."""
        row, group = self._of.spread(np.arange(self.size))
        others = np.diff(self._groups.begins)[group] - 1
        return np.bincount(row, others, minlength=self.size).astype(np.int64)

    def _neighbours(self, families: Ints) -> Steps:
        """From each of some families, by place, to those that are connected with it."""
        row, group = self._of.spread(families)
        at, found = self._groups.spread(group)
        row = row[at]
        apart = found != families[row]
        row, found = np.divmod(different(row[apart] * self.size + found[apart]), self.size)
        return Steps(np.searchsorted(row, np.arange(len(families) + 1)), found)

    def _led_past(self, start: Ints, goal: Ints) -> Flags:
        """Whether a way of two or three steps leads from each start, a place among the ends, to the goal, a family."""
        size, found = self.size, np.zeros(len(start), dtype=np.bool_)
        row, first = self._near.spread(start)
        apart = first != goal[row]
        row, first = row[apart], first[apart]
        found[row[self._connected(goal[row], first)]] = True
        apart = ~found[row]
        row, first = row[apart], first[apart]
        at, group = self._of.spread(first)
        row, group = np.divmod(different(row[at] * len(self._groups.begins) + group), len(self._groups.begins))
        at, second = self._groups.spread(group)
        row = row[at]
        apart = second != self._ends[start[row]]
        row, second = np.divmod(different(row[apart] * size + second[apart]), size)
        found[row[self._connected(goal[row], second)]] = True
        return found

    def _connected(self, ends: Ints, families: Ints) -> Flags:
        if not len(self._keys):
            return np.zeros(len(ends), dtype=np.bool_)
        wanted = ends * self.size + families
        at = np.minimum(np.searchsorted(self._keys, wanted), len(self._keys) - 1)
        found: Flags = self._keys[at] == wanted
        return found

    # --- what is told of them -------------------------------------------------------------------------------------

    def circle(self, end: int, without: int) -> Ints:
        """The others that one end is connected with; ascending."""
        found = self._near.of(int(np.searchsorted(self._ends, end)))
        others: Ints = found[found != without]
        return others

    @cached_property
    def sizes(self) -> tuple[Ints, Ints]:
        """How many others each end is connected with."""
        counts = np.diff(self._near.begins) - 1
        one, other = (counts[np.searchsorted(self._ends, ends)] for ends in (self.ones, self.others))
        return one, other

    def near(self, ends: Ints) -> tuple[Ints, Ints]:
        """Of a column of ends, which row of it each step comes from, and all that the end is connected with."""
        return self._near.spread(np.searchsorted(self._ends, ends))

    @cached_property
    def groups(self) -> Steps:
        """From each bridge to the groups of affiliations that connect its ends."""
        keys = self.ones * self.size + self.others
        begins, ends = (np.searchsorted(self._pair_keys, keys, side) for side in ("left", "right"))
        counts = np.concatenate(([0], np.cumsum(ends - begins)))
        return Steps(counts, self._pair_groups[ranges(begins, ends)])

    @cached_property
    def carriers(self) -> tuple[Ints, Ints]:
        """Bridges, and the organisations of either end that are in what connects these."""
        a = self.affiliations
        row, group = self.groups.spread(np.arange(len(self.ones)))
        begins, ends = a.begins[group], a.begins[group + 1]
        rows = np.repeat(row, ends - begins)
        found = different(rows * self.size + a.who[ranges(begins, ends)])
        return found // self.size, found % self.size

    def says(self, bridge: int) -> list[str]:
        """The IRIs of what says that the ends are connected."""
        a, terms = self.affiliations, self.affiliations.projection.terms
        groups = self.groups.of(bridge)
        what = a.what[ranges(a.begins[groups], a.begins[groups + 1])]
        return [terms[number][1:-1] for number in different(what[what >= 0]).tolist()]
