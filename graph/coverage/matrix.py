"""The cells of a matrix as they are shown: state, reason, partners, evidence; made of counted columns."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cached_property

import numpy as np

from graph.coverage.cells import (
    COMBINATION,
    ENDED_GRADE,
    FEW,
    HISTORY_GRADE,
    INFERRED_GRADE,
    PROPOSED_GRADE,
    REGIONAL,
    REGIONAL_INFERRED,
    STATED_GRADE,
    Cells,
)
from graph.coverage.rollup import ROLL_UP, apart
from graph.coverage.state import GRADES, STATES, Fact, State
from graph.coverage.wording import reason
from graph.model import Cell, Thing
from graph.names import Names
from graph.projection import Ints, Projection
from graph.projection.hierarchy import different
from graph.terms import CODE

#: The grades that a state rests on.
_GRADES_OF_STATE: Mapping[str, tuple[int, ...]] = {
    "covered": (STATED_GRADE,),
    "covered-by-one": (STATED_GRADE,),
    "combination-not-stated": (COMBINATION,),
    "regional-only": (REGIONAL,),
    "inferred-only": (INFERRED_GRADE, REGIONAL_INFERRED),
    "lapsed": (HISTORY_GRADE, ENDED_GRADE),
    "unknown": (PROPOSED_GRADE,),
}
#: The statements that a state rests on.
_SAYINGS_OF_STATE: Mapping[str, tuple[str, ...]] = {
    "known-absence": ("nobody", "not-needed"),
    "none-listed": ("complete",),
    "unknown": ("old-statement", "weak-statement"),
}
#: Where a matrix has more partners, or more evidence, than this in all, each cell lists the first of its partners and
#: no evidence; the answer behind a cell has all of it.
MOST_LISTED, FIRST = 300_000, 5


class Matrix:
    """The cells of themes and places that are things."""

    def __init__(
        self,
        projection: Projection,
        day: date,
        themes: Sequence[Thing],
        places: Sequence[Thing],
        names: Names,
        lang: str,
        roll_up: Collection[str] = ROLL_UP,
    ) -> None:
        self.projection, self.names, self.lang = projection, names, lang
        self.themes, self.places = themes, places
        self._things: dict[int, Thing] = {}
        self._labels: dict[str, str] = {}
        # What no record knows is on no axis; its row or column is there, and empty.
        rows = np.array([projection.themes.position(thing.iri) for thing in themes], dtype=np.int64)
        columns = np.array([projection.places.position(thing.iri) for thing in places], dtype=np.int64)
        self._row, self._column = np.cumsum(rows >= 0) - 1, np.cumsum(columns >= 0) - 1
        self._row[rows < 0], self._column[columns < 0] = -1, -1
        self.counted = self._counted(day, rows[rows >= 0], columns[columns >= 0], frozenset(roll_up))

    def _counted(self, day: date, themes: Ints, places: Ints, together: frozenset[str]) -> Cells:
        if len(themes) * len(places) <= FEW:
            return Cells(self.projection, day, themes, places, together)
        return self.projection.keep(
            "cells",
            lambda: Cells(self.projection, day, themes, places, together),
            *(day, together, themes.tobytes(), places.tobytes()),
        )

    def cells(self) -> tuple[Cell, ...]:
        """All of them, row by row."""
        states = self.counted.states
        partners, totals = self._partners()
        families = self._families()
        since = self._since()
        evidence = self._evidence()
        sayings = self._sayings()
        labels = [self.names.thing(f"{CODE}cell-state/{name}", self.lang).label for name in STATES]
        by_grade = np.moveaxis(self.counted.families, 0, -1)
        width = self.counted.shape[1]
        made: list[Cell] = []
        for theme, row in zip(self.themes, self._row.tolist(), strict=True):
            for place, column in zip(self.places, self._column.tolist(), strict=True):
                if row < 0 or column < 0:
                    made.append(Cell(theme, place, "unknown", labels[-1], self._reason(State("unknown"))))
                    continue
                at = row * width + column
                state = int(states[row, column])
                name = STATES[state]
                who = [self._organisation(one) for one in partners.get(at, ())]
                because = [Fact(GRADES[_GRADES_OF_STATE[name][0]], "", thing.iri) for thing in who]
                because += [one for one in sayings.get(at, ()) if one.fact in _SAYINGS_OF_STATE.get(name, ())]
                made.append(
                    Cell(
                        theme=theme,
                        place=place,
                        state=name,
                        label=labels[state],
                        reason=self._reason(State(name, tuple(because)), totals.get(at, 0)),
                        since=since.get(at) or State(name, tuple(because)).since,
                        organisations=int(families[at]),
                        organisations_by_grade={
                            grade: count
                            for grade, count in zip(GRADES, by_grade[row, column].tolist(), strict=True)
                            if count
                        },
                        partners=tuple(who),
                        evidence=tuple(sorted({*evidence.get(at, ()), *(one.record for one in sayings.get(at, ()))})),
                    )
                )
        return tuple(made)

    def _reason(self, state: State, more: int = 0) -> str:
        return reason(state, self._labels.__getitem__, self.lang, more, apart=apart(self.counted.roll_up))

    def _organisation(self, position: int) -> Thing:
        known = self._things.get(position)
        if known is None:
            known = self.names.thing(self.projection.organisations.iris[position], self.lang)
            self._things[position] = known
            self._labels[known.iri] = known.label
        return known

    @cached_property
    def _mentions(self) -> tuple[Ints, Ints]:
        """Cells, and the organisations that the state of each rests on."""
        states = self.counted.states.ravel()
        found = [
            (cells[kept], who[kept])
            for name, grades in _GRADES_OF_STATE.items()
            for cells, who in [self.counted.partners(*grades)]
            for kept in [states[cells] == STATES.index(name)]
        ]
        cells, who = (np.concatenate(columns) for columns in zip(*found, strict=True))
        order = np.lexsort((who, cells))
        return cells[order], who[order]

    def _partners(self) -> tuple[Mapping[int, list[int]], Mapping[int, int]]:
        """By cell: the organisations to name, and how many more there are."""
        cells, who = self._mentions
        totals: dict[int, int] = {}
        if len(cells) > MOST_LISTED:
            labels = [self._organisation(one).label for one in range(len(self.projection.organisations))]
            by_label = sorted(range(len(labels)), key=lambda one: (labels[one].casefold(), labels[one]))
            rank = np.empty(len(labels), dtype=np.int64)
            rank[by_label] = np.arange(len(labels))
            order = np.lexsort((rank[who], cells))
            cells, who = cells[order], who[order]
            begins = np.searchsorted(cells, cells, "left")
            first = np.arange(len(cells)) - begins < FIRST
            left = np.bincount(cells[~first])
            totals = {int(at): int(left[at]) for at in np.flatnonzero(left)}
            cells, who = cells[first], who[first]
            order = np.lexsort((who, cells))
            cells, who = cells[order], who[order]
        found: dict[int, list[int]] = defaultdict(list)
        for at, one in zip(cells.tolist(), who.tolist(), strict=True):
            found[at].append(one)
        return found, totals

    def _families(self) -> Ints:
        """How many families the state of each cell rests on."""
        cells, who = self._mentions
        size = max(len(self.projection.organisations), 1)
        alike = different(cells * size + self.counted.family_of(who))
        return np.bincount(alike // size, minlength=self.counted.shape[0] * self.counted.shape[1])

    def _since(self) -> Mapping[int, str]:
        """By cell, since when its state holds, of those that rest on records and have a day."""
        codes, states = self.counted.since, self.counted.states
        found: dict[int, str] = {}
        for name, grades in _GRADES_OF_STATE.items():
            if name == "unknown":
                continue
            best = codes[list(grades)].min(axis=0)
            for at in np.flatnonzero(states == STATES.index(name)).tolist():
                found[at] = self.counted.standing.day(int(best.flat[at]), lapsed=name == "lapsed")
        return found

    def _evidence(self) -> Mapping[int, set[str]]:
        counted = self.counted
        if math.prod(counted.shape) <= FEW:
            records = counted.records(np.ones(counted.shape, dtype=np.bool_))
        else:
            records = np.flatnonzero(counted.status >= 0)
        if counted.size_of_facts(records) > MOST_LISTED:
            return {}
        facts = counted.facts(records)
        found: dict[int, set[str]] = defaultdict(set)
        for at, record in zip(counted.at(facts).tolist(), facts.records.tolist(), strict=True):
            found[at].add(self.projection.iri(record))
        return found

    def _sayings(self) -> Mapping[int, list[Fact]]:
        """By cell, what statements say of it."""
        found: dict[int, list[Fact]] = defaultdict(list)
        width = self.counted.shape[1]
        for one in self.counted.sayings:
            facts = [
                Fact(one.saying, one.record, who=who, said_on=one.said_on, since=one.since) for who in one.who or ("",)
            ]
            for row in one.themes.tolist():
                for column in one.places.tolist():
                    found[row * width + column] += facts
        return found
