"""Themes in places: what every record says of each cell, counted. ``facts.rq`` is the definition. Pure.

Themes include their narrower ones, places what they contain, unless they are to stand apart (``rollup``); a record for
a place that contains a cell's place counts there as regional. A record for several themes and several places states
only those combinations that no reading of it can do without.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.coverage.rollup import FAMILIES, PLACES, ROLL_UP, THEMES
from graph.coverage.standing import Standing
from graph.coverage.state import GRADES, STATES
from graph.projection import ENDED, INFERRED, PROPOSED, UNCONFIRMED, Flags, Ints, Pairs, Projection
from graph.projection.columns import lapsed_before, lexical
from graph.projection.hierarchy import Steps, different
from graph.terms import CODE

STATED_GRADE, COMBINATION, REGIONAL, INFERRED_GRADE, REGIONAL_INFERRED, PROPOSED_GRADE, HISTORY_GRADE = range(7)
#: History that has ended; the other is history because nobody has confirmed it for long.
ENDED_GRADE = 7
#: Cells whose records are looked for one by one.
FEW = 200
#: What a statement says of a cell, best first; the last two are not counted.
SAYINGS = ("nobody", "not-needed", "complete", "old-statement", "weak-statement")


@dataclass(frozen=True, slots=True)
class Facts:
    """One row a record, theme and place: positions, and the position of its grade in ``GRADES`` (or ENDED_GRADE)."""

    records: Ints
    themes: Ints
    places: Ints
    grades: Ints


@dataclass(frozen=True, slots=True)
class Saying:
    """What one statement says of some cells. ``record`` is an IRI."""

    record: str
    saying: str
    who: tuple[str, ...]
    said_on: str
    since: str
    themes: Ints
    places: Ints


class Cells:
    """The cells of some themes and places (positions) as they are on a day."""

    def __init__(
        self, projection: Projection, day: date, themes: Ints, places: Ints, roll_up: Collection[str] = ROLL_UP
    ) -> None:
        self.projection, self.day, self.roll_up = projection, day, roll_up
        self.themes, self.places = themes, places
        self._row = _lookup(len(projection.themes), themes)
        self._column = _lookup(len(projection.places), places)

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.themes), len(self.places)

    # --- what records say -----------------------------------------------------------------------------------------

    @cached_property
    def standing(self) -> Standing:
        """What the records count as on the day, and since when."""
        return self.projection.keep("standing", lambda: Standing(self.projection, self.day), self.day)

    @property
    def status(self) -> npt.NDArray[np.int8]:
        """What each record counts as on the day."""
        return self.standing.status

    @cached_property
    def _up(self) -> Steps:
        up = self.projection.narrower.up if THEMES in self.roll_up else Steps.stay(len(self._row))
        return up.only(self._row >= 0)

    @cached_property
    def _at(self) -> Steps:
        up = self.projection.inside.up if PLACES in self.roll_up else Steps.stay(len(self._column))
        return up.only(self._column >= 0)

    @cached_property
    def _around(self) -> Steps:
        return self.projection.inside.down.strict().only(self._column >= 0)

    def facts(self, records: Ints) -> Facts:
        """All that some records (positions, ascending) say of these cells."""
        p = self.projection
        of_theme, themes, all_themes = _reached(records, p.record_themes, self._up)
        parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        for steps, regional in ((self._at, False), (self._around, True)):
            of_place, places, all_places = _reached(records, p.record_places, steps)
            begins = np.searchsorted(of_place, np.arange(len(records) + 1))
            row, place = Steps(begins, np.arange(len(of_place))).spread(of_theme)
            record = records[of_theme[row]]
            combined = all_themes[row] | all_places[place]
            grades = self._grades(record, combined, regional=regional)
            parts.append((record, themes[row], places[place], grades))
        return Facts(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def size_of_facts(self, records: Ints) -> int:
        """At most so many rows ``facts`` has."""
        themes, places = self.projection.record_themes, self.projection.record_places
        up = _sums(themes, self._up)
        near = _sums(places, self._at) + _sums(places, self._around)
        return int((up[records] * near[records]).sum())

    def at(self, facts: Facts) -> Ints:
        """The cell of each row, counted row by row."""
        return self._row[facts.themes] * self.shape[1] + self._column[facts.places]

    def _grades(self, records: Ints, combined: Flags, *, regional: bool) -> Ints:
        status = self.status[records]
        if regional:
            found = np.where(status == INFERRED, REGIONAL_INFERRED, REGIONAL)
        else:
            found = np.where(status == INFERRED, INFERRED_GRADE, np.where(combined, STATED_GRADE, COMBINATION))
        found = np.where(status == UNCONFIRMED, HISTORY_GRADE, np.where(status == ENDED, ENDED_GRADE, found))
        return np.where(status == PROPOSED, PROPOSED_GRADE, found)

    @cached_property
    def _mentions(self) -> Ints:
        """Grade, cell (counted row by row) and organisation of everything that is said, once each, as one number."""
        return different(np.concatenate([self._of_mixed()[0], *(keys for keys, _ in self._of_alike())]))

    @cached_property
    def since(self) -> Ints:
        """Since when there is something of a grade (ENDED_GRADE is one of them), theme and place: the best code of
        ``standing``."""
        shape = (len(GRADES) + 1, *self.shape)
        found = np.full(math.prod(shape), len(self.standing.days), dtype=np.int64)
        keys, records = self._of_mixed()
        np.minimum.at(found, keys // self._size, self.standing.since[records])
        for keys, row in self._of_alike():
            np.minimum.at(found, keys // self._size, self.standing.alike_since[row])
        return found.reshape(shape)

    def _of_mixed(self) -> tuple[Ints, Ints]:
        """The numbers of what mixed records say, and the record of each."""
        facts = self.facts(self.standing.mixed)
        row, organisations = self.projection.partners.steps.spread(facts.records)
        keys = self._keys(facts.grades[row], facts.themes[row], facts.places[row], organisations)
        return keys, facts.records[row]

    def _of_alike(self) -> Iterator[tuple[Ints, Ints]]:
        """The same for records of which every combination is stated, and the row of ``standing.alike``."""
        status, themes, places, who = self.standing.alike
        of, up = self._up.spread(themes)
        status, places, who = status[of], places[of], who[of]
        for steps, regional in ((self._at, False), (self._around, True)):
            row, to = steps.spread(places)
            plain, inferred = (REGIONAL, REGIONAL_INFERRED) if regional else (STATED_GRADE, INFERRED_GRADE)
            grade_of = np.array([plain, inferred, PROPOSED_GRADE, HISTORY_GRADE, ENDED_GRADE])
            yield self._keys(grade_of[status[row]], up[row], to, who[row]), of[row]

    def _keys(self, grades: Ints, themes: Ints, places: Ints, organisations: Ints) -> Ints:
        rows, columns = self.shape
        cells = self._row[themes] * columns + self._column[places]
        keys: Ints = (grades * (rows * columns) + cells) * self._size + organisations
        return keys

    @property
    def _size(self) -> int:
        return max(len(self.projection.organisations), 1)

    def family_of(self, organisations: Ints) -> Ints:
        """What organisations are counted as: their family, or each itself."""
        return self.projection.family[organisations] if FAMILIES in self.roll_up else organisations

    @cached_property
    def families(self) -> npt.NDArray[np.int64]:
        """How many families of organisations there are: by grade, theme and place."""
        rows, columns = self.shape
        merged, who = np.divmod(self._mentions, self._size)
        # History that has ended is counted with the other.
        merged = np.where(merged >= ENDED_GRADE * rows * columns, merged - rows * columns, merged)
        of_family = merged * self._size + self.family_of(who)
        counted = different(of_family) // self._size
        found = np.bincount(counted, minlength=len(GRADES) * rows * columns)
        return found.reshape(len(GRADES), rows, columns)

    # --- what statements say --------------------------------------------------------------------------------------

    @cached_property
    def sayings(self) -> tuple[Saying, ...]:
        """What statements of absence and completeness say of these cells, by IRI."""
        return tuple(sorted(self._sayings(), key=lambda one: (one.record, one.saying)))

    def _sayings(self) -> Iterator[Saying]:
        p = self.projection
        lapse = lapsed_before(self.day.isoformat())
        for name in ("AbsenceStatement", "CompletenessStatement"):
            for number in p.instances(name).tolist():
                bases = [p.terms[n] for n in p.objects("basis", number)]
                absences = [p.terms[n] for n in p.objects("absence", number)]
                if not bases or (name == "AbsenceStatement" and not absences):
                    continue
                dates = [lexical(p.terms[n]) for n in p.objects("stated_on", number)]
                said_on = max(dates, default="")
                prefix = f"<{CODE}basis/"
                if bases[0].startswith(prefix + "inferred") or bases[0] == prefix + "proposed>":
                    saying = "weak-statement"
                elif said_on and said_on < lapse[: len(said_on)]:
                    saying = "old-statement"
                elif name == "CompletenessStatement":
                    saying = "complete"
                else:
                    saying = "not-needed" if f"<{CODE}absence/not-needed>" in absences else "nobody"
                who = tuple(sorted(lexical(p.terms[n]) for n in p.objects("creator", number)))
                themes = p.themes.positions(p.objects("theme", number))
                places = p.places.positions(p.objects("place", number))
                yield Saying(
                    p.terms[number][1:-1],
                    saying,
                    who,
                    said_on,
                    min(dates, default=""),
                    _rows(self._row, [p.narrower.within(int(t)) for t in themes]),
                    _rows(self._column, [p.inside.within(int(at)) for at in places]),
                )

    @cached_property
    def said(self) -> Flags:
        """Whether something is said of a cell: by saying, theme and place."""
        found = np.zeros((len(SAYINGS), *self.shape), dtype=np.bool_)
        for one in self.sayings:
            found[SAYINGS.index(one.saying)][np.ix_(one.themes, one.places)] = True
        return found

    # --- the states -----------------------------------------------------------------------------------------------

    @cached_property
    def states(self) -> npt.NDArray[np.int8]:
        """The position of each cell's state in ``STATES``; see ``coverage.state.choose``."""
        families, said = self.families, self.said
        conditions = [
            families[STATED_GRADE] > 1,
            families[STATED_GRADE] == 1,
            families[COMBINATION] > 0,
            families[REGIONAL] > 0,
            (families[INFERRED_GRADE] > 0) | (families[REGIONAL_INFERRED] > 0),
            said[SAYINGS.index("nobody")] | said[SAYINGS.index("not-needed")],
            said[SAYINGS.index("complete")],
            families[HISTORY_GRADE] > 0,
        ]
        return np.select(conditions, range(len(conditions)), default=len(STATES) - 1).astype(np.int8)

    def rows_of(self, themes: Ints) -> Ints:
        """The rows of themes (positions on the axis); -1 for those that have none."""
        return self._row[themes]

    def columns_of(self, places: Ints) -> Ints:
        """The columns of places; -1 for those that have none."""
        return self._column[places]

    def partners(self, *grades: int) -> tuple[Ints, Ints]:
        """Cells (row by row) and organisations that are there with one of the grades; sorted, once each."""
        every = self.shape[0] * self.shape[1] * self._size
        parts = [self._mentions[slice(*np.searchsorted(self._mentions, [g * every, (g + 1) * every]))] for g in grades]
        return np.divmod(different(np.concatenate(parts) % max(every, 1)), self._size)

    def _named_for(self, row: int, column: int) -> tuple[Ints, Ints]:
        """The pairs of a theme and a place that a record may name to say something of a cell."""
        inside, theme, place = self.projection.inside, int(self.themes[row]), int(self.places[column])
        themes = self.projection.narrower.within(theme) if THEMES in self.roll_up else np.array([theme])
        places = inside.above(place)
        if PLACES in self.roll_up:
            places = np.union1d(inside.within(place), places)
        return np.repeat(themes, len(places)), np.tile(places, len(themes))

    @cached_property
    def _leading(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Which themes and places lead to which rows and columns."""
        up = np.zeros((len(self.projection.themes), self.shape[0]), dtype=np.float32)
        near = np.zeros((len(self.projection.places), self.shape[1]), dtype=np.float32)
        ways = ((up, self._row, self._up), (near, self._column, self._at), (near, self._column, self._around))
        for matrix, lookup, steps in ways:
            origins = np.repeat(np.arange(len(matrix)), np.diff(steps.begins))
            matrix[origins, lookup[steps.to]] = 1
        return up, near

    def records(self, chosen: Flags) -> Ints:
        """The records that may say something of the chosen cells (by theme and place), ascending."""
        p = self.projection
        rows, columns = np.nonzero(chosen)
        if len(rows) <= FEW:
            pairs = [self._named_for(int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
            themes, places = (np.concatenate(side) for side in zip((rows[:0], rows[:0]), *pairs, strict=True))
        else:
            up, near = self._leading
            themes, places = np.nonzero(up @ chosen.astype(np.float32) @ near.T)
        found = p.named_together(themes, places)
        return found[self.status[found] >= 0]

    def stated(self, chosen: Flags) -> tuple[Ints, Ints]:
        """The chosen cells (row by row) and the records that state them, by cell."""
        facts = self.facts(self.records(chosen))
        at = self.at(facts)
        kept = (facts.grades == STATED_GRADE) & chosen.reshape(-1)[at]
        order = np.argsort(at[kept], kind="stable")
        return at[kept][order], facts.records[kept][order]


def _sums(pairs: Pairs, steps: Steps) -> Ints:
    """How many steps lead from what each record names."""
    counts = np.diff(steps.begins)[pairs.things]
    return np.bincount(pairs.records, weights=counts, minlength=len(pairs.begins) - 1).astype(np.int64)


def _lookup(size: int, positions: Ints) -> Ints:
    found = np.full(size, -1, dtype=np.int64)
    found[positions] = np.arange(len(positions))
    return found


def _rows(lookup: Ints, reached: list[Ints]) -> Ints:
    found = lookup[np.unique(np.concatenate(reached))] if reached else np.empty(0, dtype=np.int64)
    return found[found >= 0]


def _reached(records: Ints, pairs: Pairs, steps: Steps) -> tuple[Ints, Ints, Flags]:
    """Which things the records reach: of each row the record (its place in ``records``), the thing, and whether all
    that the record names lead there."""
    row, things = pairs.steps.spread(records)
    step, reached = steps.spread(things)
    size = len(steps.begins)
    ways = np.sort(row[step] * size + reached)
    begins = np.flatnonzero(np.concatenate(([True], ways[1:] != ways[:-1]))) if len(ways) else ways
    keys, counts = ways[begins], np.diff(np.append(begins, len(ways)))
    of_record, thing = np.divmod(keys, size)
    named = pairs.begins[records + 1] - pairs.begins[records]
    return of_record, thing, counts == named[of_record]
