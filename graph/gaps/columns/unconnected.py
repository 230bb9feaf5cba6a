"""What the kinds that speak of partners without a connection have in common: who else works on a theme, what mentions
partners without their names, and what somebody does. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

import numpy as np

from graph.gaps.columns.asked import MOST_LISTED
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import joined
from graph.projection.hierarchy import Steps, different

_DOING = ("partner", "on_behalf_of", "organizer", "organization", "member")


class OnThemes:
    """Who works on each theme, by the records that count."""

    def __init__(self, projection: Projection, counted: Flags) -> None:
        p = self.projection = projection
        self._counted = counted
        rows = np.flatnonzero(counted[p.record_themes.records])
        self.records, self.themes = p.record_themes.records[rows], p.record_themes.things[rows]
        self._partners: dict[int, Ints] = {}
        self._evidence: dict[int, list[str]] = {}
        self._by_theme: Steps | None = None

    def shared(self, group: Ints) -> Flags:
        """The themes of partners of several groups; ``group`` has that of each organisation."""
        p = self.projection
        row, who = p.partners.steps.spread(self.records)
        themes, groups = self.themes[row], group[who]
        least, most = np.full(len(p.themes), len(group)), np.full(len(p.themes), -1)
        np.minimum.at(least, themes, groups)
        np.maximum.at(most, themes, groups)
        found: Flags = least < most
        return found

    def of(self, records: Ints) -> Ints:
        """The themes of records that count, ascending."""
        p = self.projection
        return different(p.record_themes.steps.spread(records[self._counted[records]])[1])

    def partners(self, theme: int) -> Ints:
        """Who works on a theme, ascending."""
        if theme not in self._partners:
            p = self.projection
            self._partners[theme] = different(p.partners.steps.spread(self._of_theme(theme))[1])
        return self._partners[theme]

    def evidence(self, theme: int) -> list[str]:
        """The records that say so; of very many the first by IRI, as ``listed`` has them."""
        if theme not in self._evidence:
            iris = (self.projection.iri(record) for record in self._of_theme(theme).tolist())
            self._evidence[theme] = heapq.nsmallest(MOST_LISTED, iris)
        return self._evidence[theme]

    def _of_theme(self, theme: int) -> Ints:
        if self._by_theme is None:
            order = np.argsort(self.themes, kind="stable")
            counts = np.bincount(self.themes, minlength=len(self.projection.themes))
            self._by_theme = Steps(np.concatenate(([0], np.cumsum(counts))), self.records[order])
        return self._by_theme.of(theme)


def unnamed(projection: Projection) -> tuple[Ints, Ints]:
    """What mentions partners or members without their names, as numbers of terms, and whose they are."""
    p = projection
    silent = different(p.relations["unnamed"].subjects)
    found = [_joined(p, name, silent) for name in ("partner", "organization")]
    what, who = (np.concatenate(sides) for sides in zip(*found, strict=True))
    return what, who


def _joined(p: Projection, name: str, subjects: Ints) -> tuple[Ints, Ints]:
    relation = p.relations[name]
    left, right = joined(subjects, relation.subjects)
    return subjects[left], p.organisations.positions(relation.objects[right])


def doings(projection: Projection, organisations: Iterable[int]) -> dict[int, list[str]]:
    """Of some organisations, all that names them as who works, presents, organises, or is a member."""
    p = projection
    wanted = np.zeros(len(p.organisations), dtype=np.bool_)
    found: dict[int, list[str]] = {one: [] for one in organisations}
    wanted[list(found)] = True
    for name in _DOING:
        relation = p.relations[name]
        who = p.organisations.positions(relation.objects)
        rows = np.flatnonzero(wanted[who])
        for subject, one in zip(relation.subjects[rows].tolist(), who[rows].tolist(), strict=True):
            found[one].append(p.terms[subject][1:-1])
    return found
