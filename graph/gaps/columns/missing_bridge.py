"""A part of the network that nothing connects with the rest: ``missing-bridge.rq`` over columns. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal, NamedNode

from graph.gaps.columns.asked import Asked, Candidates, Row, Rows, best, cited, evidence, iri, listed, named
from graph.gaps.columns.unconnected import OnThemes, unnamed
from graph.projection import STATED, Flags, Ints
from graph.projection.hierarchy import different
from graph.projection.parts import Parts
from graph.projection.ties import Ties


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    bridges = p.keep("bridges", lambda: _Bridges(asked))
    parts = bridges.parts
    found = np.flatnonzero(bridges.chosen(asked))
    terms = {
        "common": bridges.common[found].astype(np.float64),
        "size": 2.0 * parts.sizes[found] / max(int(parts.acting.sum()), 1),
        "apart": np.where(bridges.met[found], 0.5, 1.0),
    }
    order = best(asked.severity(terms), (found,), asked.most)

    def made(at: Ints) -> list[Row]:
        return [
            {
                **bridges.row(int(found[place])),
                **{f"severity_{name}": Literal(float(values[place])) for name, values in terms.items()},
            }
            for place in order[at].tolist()
        ]

    return Candidates(len(found), Rows(made, (p.organisations.iris, found[order])))


class _Bridges:
    """The parts of a network and what they have in common; a part is the position of its first organisation. Nothing of
    it depends on a day."""

    def __init__(self, asked: Asked) -> None:
        p = self.projection = asked.projection
        self.ties = Ties.of(p, asked.day)
        self.parts = Parts.of(p, self.ties)
        self.others = OnThemes(p, p.basis == STATED)
        #: Themes of several parts, and the parts that have one.
        self.shared = self.others.shared(self.parts.first)
        self.common = self._parts_of(self.others.partners(np.flatnonzero(self.shared)))

    def _parts_of(self, organisations: Flags) -> Flags:
        found = np.zeros(self.parts.size, dtype=np.bool_)
        first = self.parts.first[organisations]
        found[first[first >= 0]] = True
        return found

    def chosen(self, asked: Asked) -> Flags:
        """The parts of two or more but the largest (of equals the first), as far as they are asked for."""
        p, parts = self.projection, self.parts
        found: Flags = parts.sizes > 1
        if parts.size:
            found[np.argmax(parts.sizes)] = False
        if (allowed := asked.flags("organisation", p.organisations)) is not None:
            found &= self._parts_of(allowed & parts.acting)
        if (themes := asked.flags("theme", p.themes)) is not None:
            found &= self._parts_of(self.others.partners(np.flatnonzero(self.shared & themes)))
        return found

    @cached_property
    def _size(self) -> npt.NDArray[np.int32]:
        """Of each organisation the size of its part."""
        return self.parts.sizes[self.parts.first].astype(np.int32)

    @cached_property
    def met(self) -> Flags:
        """Parts of which somebody was on one programme with somebody of another."""
        found = np.zeros(self.parts.size, dtype=np.bool_)
        for who in self.ties.on_programme.values():
            parts = {part for part in self.parts.first[list(who)].tolist() if part >= 0}
            if len(parts) > 1:
                found[list(parts)] = True
        return found

    @cached_property
    def _unnamed(self) -> dict[int, list[str]]:
        found: dict[int, list[str]] = defaultdict(list)
        what, who = unnamed(self.projection)
        for subject, part in zip(what.tolist(), self.parts.first[who].tolist(), strict=True):
            found[part].append(self.projection.terms[subject][1:-1])
        return found

    def row(self, part: int) -> dict[str, NamedNode | Literal]:
        """A part as the query has it, without its severity."""
        p, others = self.projection, self.others
        members = self.parts.members.of(part)
        records = np.concatenate([p.records_of(one) for one in members.tolist()])
        themes = others.of(records)
        themes = themes[self.shared[themes]]
        outside = others.partners(themes) & self.parts.named
        outside[members] = False
        silent = self._unnamed.get(part, [])
        tie = self._tie(members, outside) if outside.any() else ()
        introducers = self._introducers(*tie) if tie else []
        case = ("common" if len(themes) else "alone") + ("-introduced" if introducers else "")
        return {
            "part": iri(p.organisations.iris[part]),
            "organisation": named(p.organisations, members),
            "size": Literal(len(members)),
            "theme": named(p.themes, themes),
            "candidate": named(p.organisations, np.flatnonzero(outside)),
            "tie": listed(p.organisations.iris[one] for one in tie),
            "introducer": listed(p.organisations.iris[one] for one in introducers),
            "met": listed(self._meetings(members, part)),
            "case": Literal(case + ("-unnamed" if silent else "")),
            "evidence": evidence(silent, cited(p, different(records)), others.evidence(themes)),
        }

    def _tie(self, members: Ints, outside: Flags) -> tuple[int, int]:
        """One of the part, and one of the largest other part that has some of ``outside``: those with most themes in
        common."""
        p, others = self.projection, self.others
        largest = outside & (self._size == self._size[outside].max())
        works_on = {}
        for one in members.tolist():
            themes = others.of(p.records_of(one))
            works_on[one] = themes[self.shared[themes]]
        best, most = (0, 0), 0
        for one in sorted(works_on, key=lambda one: (-len(works_on[one]), one)):
            if len(works_on[one]) < most or not len(works_on[one]):
                break
            # As few bytes as can hold the number: many organisations are gone through for each row.
            common = np.zeros(len(largest), dtype=np.min_scalar_type(len(works_on[one])))
            for theme in works_on[one].tolist():
                common += others.on(theme).view(np.uint8)
            common *= largest.view(np.uint8)
            other = int(common.argmax())
            number = int(common[other])
            if number > most or (number == most and (one, other) < best):
                best, most = (one, other), number
        return best

    def _introducers(self, one: int, other: int) -> list[int]:
        """Who is in another part than the one, and was on a programme with it and on one with the other."""
        ties, first, people = self.ties, self.parts.first, self.parts.people
        near, far = (
            set().union(*(ties.on_programme[event] for event in ties.programmes.get(end, ()))) for end in (one, other)
        )
        return sorted(
            third for third in near & far - {other} if not people[third] and first[third] not in (first[one], -1)
        )

    def _meetings(self, members: Ints, part: int) -> list[str]:
        first, programmes = self.parts.first, self.ties.programmes
        events = set().union(*(programmes.get(one, ()) for one in members.tolist()))
        return [
            self.projection.terms[event][1:-1]
            for event in events
            if any(first[one] not in (part, -1) for one in self.ties.on_programme[event])
        ]
