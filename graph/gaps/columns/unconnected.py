"""What the kinds that speak of partners without a connection have in common: who else works on a theme, what mentions
partners without their names, and what somebody does. Pure."""

from __future__ import annotations

import numpy as np

from graph.gaps.columns.asked import MOST_LISTED, cited, first_of, first_partners
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import joined
from graph.projection.hierarchy import different

_DOING = ("partner", "on_behalf_of", "organizer", "organization", "member")


class OnThemes:
    """Who works on each theme, by the records that count."""

    def __init__(self, projection: Projection, counted: Flags) -> None:
        self.projection = projection
        self.counted = counted & (projection.partners.begins[1:] > projection.partners.begins[:-1])
        self._partners: dict[int, Flags] = {}
        self._first: dict[int, Ints] = {}

    def shared(self, group: Ints) -> Flags:
        """The themes of partners of several groups; ``group`` has that of each organisation."""
        p = self.projection
        rows = np.flatnonzero(self.counted[p.record_themes.records])
        row, who = p.partners.steps.spread(p.record_themes.records[rows])
        themes, groups = p.record_themes.things[rows[row]], group[who]
        least, most = np.full(len(p.themes), len(group)), np.full(len(p.themes), -1)
        np.minimum.at(least, themes, groups)
        np.maximum.at(most, themes, groups)
        found: Flags = least < most
        return found

    def of(self, records: Ints) -> Ints:
        """The themes of records that count, ascending."""
        p = self.projection
        return different(p.record_themes.steps.spread(records[self.counted[records]])[1])

    def partners(self, themes: Ints) -> Flags:
        """Who works on one of some themes."""
        found = np.zeros(len(self.projection.organisations), dtype=np.bool_)
        for theme in themes.tolist():
            found |= self.on(theme)
        return found

    def on(self, theme: int) -> Flags:
        """Who works on a theme."""
        if theme not in self._partners:
            p = self.projection
            found = self._partners[theme] = np.zeros(len(p.organisations), dtype=np.bool_)
            found[p.partners.steps.spread(self._records(theme))[1]] = True
        return self._partners[theme]

    def evidence(self, themes: Ints) -> list[str]:
        """The records on some themes; of very many those of the first partners."""
        records = np.concatenate([self._first_of(theme) for theme in themes.tolist()] or [themes])
        if len(records) > MOST_LISTED:
            first = first_partners(self.projection, records)
            records = records[np.argsort(first * len(records) + np.arange(len(records)))]
            # Few records are on more than two themes.
            for number in (2 * MOST_LISTED, len(records)):
                if len(found := dict.fromkeys(records[:number].tolist())) >= MOST_LISTED:
                    break
            records = np.array([*found][:MOST_LISTED])
        return cited(self.projection, records)

    def _first_of(self, theme: int) -> Ints:
        if theme not in self._first:
            self._first[theme] = first_of(self.projection, self._records(theme))
        return self._first[theme]

    def _records(self, theme: int) -> Ints:
        records = self.projection.by_theme.of(theme)
        return records[self.counted[records]]


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


class Doings:
    """All that names some organisations as who works, presents, organises, or is a member."""

    def __init__(self, projection: Projection, wanted: Flags) -> None:
        p = self._projection = projection
        self._rows: list[tuple[Ints, Ints]] = []
        for name in _DOING:
            relation = p.relations[name]
            who = p.organisations.positions(relation.objects)
            rows = np.flatnonzero(wanted[who])
            self._rows.append((relation.subjects[rows], who[rows]))

    def of(self, one: int) -> list[str]:
        """Those of one, as IRIs."""
        terms = self._projection.terms
        return [terms[number][1:-1] for subjects, who in self._rows for number in subjects[who == one].tolist()]
