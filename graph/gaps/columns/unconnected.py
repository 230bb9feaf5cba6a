"""What the kinds that speak of partners without a connection have in common: who else works on a theme, what mentions
partners without their names, and what somebody does. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from itertools import islice

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import MOST_LISTED, listed
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import Axis, joined
from graph.projection.hierarchy import Steps, different

_DOING = ("partner", "on_behalf_of", "organizer", "organization", "member")


class OnThemes:
    """Who works on each theme, by the records that count."""

    def __init__(self, projection: Projection, counted: Flags) -> None:
        p = self.projection = projection
        self.counted = counted & (p.partners.counts > 0)
        rows = np.flatnonzero(self.counted[p.record_themes.records])
        self.records, self.themes = p.record_themes.records[rows], p.record_themes.things[rows]
        self._by_theme: dict[int, Ints] = {}
        self._partners: dict[int, Ints] = {}

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
        return different(p.record_themes.steps.spread(records[self.counted[records]])[1])

    def with_theme(self, themes: Flags) -> Flags:
        """Who works on one of some themes."""
        p = self.projection
        found = np.zeros(len(p.organisations), dtype=np.bool_)
        found[p.partners.steps.spread(self.records[themes[self.themes]])[1]] = True
        return found

    def partners(self, theme: int) -> Ints:
        """Who works on a theme, ascending."""
        if theme not in self._partners:
            self._partners[theme] = different(self.projection.partners.steps.spread(self._records.of(theme))[1])
        return self._partners[theme]

    def by_theme(self, theme: int) -> Ints:
        """The records on a theme, in the order of their first partners."""
        if theme not in self._by_theme:
            p = self.projection
            records = self._records.of(theme)
            first = p.partners.things[p.partners.begins[records]]
            self._by_theme[theme] = records[np.argsort(first, kind="stable")]
        return self._by_theme[theme]

    def evidence(self, themes: Iterable[int]) -> list[str]:
        """The records on some themes; of very many those of the first partners."""
        p = self.projection
        records = np.concatenate([self.records[:0], *(self.by_theme(theme)[:MOST_LISTED] for theme in themes)])
        first = p.partners.things[p.partners.begins[records]]
        found = dict.fromkeys(records[np.argsort(first, kind="stable")].tolist())
        return [p.iri(record) for record in islice(found, MOST_LISTED)]

    @cached_property
    def _records(self) -> Steps:
        order = np.argsort(self.themes, kind="stable")
        counts = np.bincount(self.themes, minlength=len(self.projection.themes))
        return Steps(np.concatenate(([0], np.cumsum(counts))), self.records[order])


def named(axis: Axis, chosen: Flags) -> Literal:
    """Things of an axis, as ``listed``, which has the first of very many: without looking at the names of all."""
    return listed(axis.iris[one] for one in np.flatnonzero(chosen)[:MOST_LISTED].tolist())


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
