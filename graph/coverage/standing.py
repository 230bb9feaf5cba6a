"""What records count as on a day, and since when. Pure."""

from __future__ import annotations

from datetime import date
from functools import cached_property

import numpy as np

from graph.projection import ENDED, UNCONFIRMED, Ints, Projection
from graph.projection.columns import Dates
from graph.projection.hierarchy import different


class Standing:
    """The ``status`` of all records on a day; and what many of them say ``alike``, once: of those with one theme or one
    place, where every combination is stated, the status, theme, place and organisation. The others are ``mixed``."""

    def __init__(self, projection: Projection, day: date) -> None:
        self.projection = p = projection
        self.status = p.status(day)
        usable = self.status >= 0
        self._plain = (p.record_themes.counts <= 1) | (p.record_places.counts <= 1)
        self.mixed = np.flatnonzero(usable & ~self._plain)
        self._sizes = (5, max(len(p.themes), 1), max(len(p.places), 1), max(len(p.organisations), 1))
        self._alike = different(self._said()[0])
        self.alike = np.unravel_index(self._alike, self._sizes)

    def _said(self) -> tuple[Ints, Ints]:
        """Status, theme, place and organisation as one number, of all that plain records say; and the record."""
        p = self.projection
        records = np.flatnonzero((self.status >= 0) & self._plain)
        row, who = p.partners.steps.spread(records)
        records = records[row]
        row, themes = p.record_themes.steps.spread(records)
        records, who = records[row], who[row]
        row, places = p.record_places.steps.spread(records)
        said = (self.status[records[row]].astype(np.int64), themes[row], places, who[row])
        return np.ravel_multi_index(said, self._sizes), records[row]

    # --- since when: as codes, the smaller the better; the largest says that no day is known --------------------------

    @cached_property
    def days(self) -> list[str]:
        """All days, months and years that matter, in order."""
        return sorted({text for dates in self._dates for text in dates.texts})

    @property
    def _dates(self) -> tuple[Dates, ...]:
        p = self.projection
        return p.starts, p.first_said, p.ends, p.said

    @cached_property
    def since(self) -> Ints:
        """Of each record a code: of the day on which work began or else was first stated, the earliest first; of work
        that has ended or lapsed the day when it ended or was last stated, the last first."""
        starts, first_said, ends, said = (self._ranks(dates) for dates in self._dates)
        none = len(self.days)
        found = np.where(starts < none, starts, first_said)
        for status, last in ((ENDED, ends), (UNCONFIRMED, said)):
            found = np.where(self.status == status, np.where(last < none, none - 1 - last, none), found)
        return found

    def _ranks(self, dates: Dates) -> Ints:
        none = len(self.days)
        rank = {text: at for at, text in enumerate(self.days)}
        return np.array([*(rank[text] for text in dates.texts), none], dtype=np.int64)[dates.of_record]

    @cached_property
    def alike_since(self) -> Ints:
        """The best code of each row of ``alike``."""
        keys, records = self._said()
        found = np.full(len(self._alike), len(self.days), dtype=np.int64)
        np.minimum.at(found, np.searchsorted(self._alike, keys), self.since[records])
        return found

    def day(self, code: int, *, lapsed: bool) -> str:
        """What a code stands for; empty where no day is known."""
        if code >= len(self.days):
            return ""
        return self.days[len(self.days) - 1 - code if lapsed else code]
