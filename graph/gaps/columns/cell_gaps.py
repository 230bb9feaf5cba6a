"""What the kinds that speak of a theme in a place have in common: which cells are looked at, the rank of each (the
state that its query chooses), who asked for it, and the rows of some. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal, NamedNode

from graph.coverage.axes import countries, in_scheme, named_themes, spoken_of
from graph.coverage.cells import (
    COMBINATION,
    ENDED_GRADE,
    HISTORY_GRADE,
    INFERRED_GRADE,
    PROPOSED_GRADE,
    REGIONAL,
    REGIONAL_INFERRED,
    SAYINGS,
    STATED_GRADE,
    Cells,
    Saying,
)
from graph.gaps.columns.asked import Asked, evidence, iri, listed
from graph.projection import Flags, Ints
from graph.projection.columns import Dates

#: The ranks of the queries: stated, combination not stated, regional, inferred, nobody, not needed, none listed, not
#: confirmed for long, ended, nothing that counts.
STATED, MIXED, AROUND, CONCLUDED, NOBODY, NOT_NEEDED, LISTED, UNCONFIRMED, ENDED, NOTHING = range(10)
_RANK_OF_GRADE = {
    STATED_GRADE: STATED,
    COMBINATION: MIXED,
    REGIONAL: AROUND,
    INFERRED_GRADE: CONCLUDED,
    REGIONAL_INFERRED: CONCLUDED,
    PROPOSED_GRADE: NOTHING,
    HISTORY_GRADE: UNCONFIRMED,
    ENDED_GRADE: ENDED,
}
_RANK_OF_SAYING = {"nobody": NOBODY, "not-needed": NOT_NEEDED, "complete": LISTED}
#: The ranks of cells without stated work that are not said to need none, and how likely it is that nobody is there.
ABSENCE = {
    MIXED: 0.3,
    AROUND: 0.4,
    CONCLUDED: 0.5,
    NOBODY: 1.0,
    LISTED: 0.9,
    UNCONFIRMED: 0.6,
    ENDED: 0.8,
    NOTHING: 0.2,
}
_ABSENCE_OF_RANK = np.array([ABSENCE.get(rank, 0.0) for rank in range(NOTHING + 1)])


@dataclass(frozen=True, slots=True)
class Detail:
    """What bears on one cell: the partners, who said so, and the last day of what its rank rests on; all records."""

    partners: tuple[str, ...]
    who: tuple[str, ...]
    said_on: str
    records: tuple[str, ...]


class CellGaps:
    """The cells of some themes and places (positions) on the day that is asked for."""

    def __init__(self, asked: Asked, themes: Ints, places: Ints) -> None:
        self.projection, self.asked = asked.projection, asked
        self.cells = Cells(asked.projection, asked.day, themes, places)

    @classmethod
    def of(cls, asked: Asked) -> CellGaps:
        """The themes named in the countries spoken of, or all that is asked for; kinds that are asked alike share
        them."""
        filters = (asked.allowed.get("theme"), asked.allowed.get("place"))
        of = (asked.day,) if filters == (None, None) else (asked.day, *filters)
        return asked.projection.keep("cell-gaps", lambda: cls(asked, *_looked_at(asked)), *of)

    @cached_property
    def ranks(self) -> Ints:
        """The rank of each cell, by theme and place."""
        found = np.full(self.cells.shape, NOTHING, dtype=np.int64)
        for grade, rank in _RANK_OF_GRADE.items():
            cells, _ = self.cells.partners(grade)
            flat = found.reshape(-1)
            flat[cells] = np.minimum(flat[cells], rank)
        for saying, rank in _RANK_OF_SAYING.items():
            found = np.where(self.cells.said[SAYINGS.index(saying)], np.minimum(found, rank), found)
        return found

    def absence(self, rows: Ints, columns: Ints) -> npt.NDArray[np.float64]:
        """How likely it is that nobody is there, of some cells without stated work."""
        found: npt.NDArray[np.float64] = _ABSENCE_OF_RANK[self.ranks[rows, columns]]
        return found

    # --- who asked for it -----------------------------------------------------------------------------------------

    @cached_property
    def _wishes(self) -> tuple[Mapping[int, list[str]], Mapping[tuple[int, int], list[str]]]:
        """Statements by row, for no place in particular; and by row and column."""
        p, cells = self.projection, self.cells
        anywhere: dict[int, list[str]] = defaultdict(list)
        here: dict[tuple[int, int], list[str]] = defaultdict(list)
        for number in p.any_of("Challenge", "Priority", "Recommendation", "NextStep").tolist():
            themes = p.themes.positions(p.objects("theme", number))
            places = p.places.positions(p.objects("place", number))
            rows = cells.rows_of(np.unique(p.narrower.up.spread(themes)[1])).tolist()
            columns = cells.columns_of(np.unique(p.inside.down.spread(places)[1])).tolist()
            for row in rows:
                if row >= 0 and not len(places):
                    anywhere[row].append(p.terms[number][1:-1])
                for column in columns:
                    if row >= 0 and column >= 0:
                        here[row, column].append(p.terms[number][1:-1])
        return anywhere, here

    @cached_property
    def wanted(self) -> Flags:
        """Whether somebody asked for work on a theme in a place."""
        anywhere, here = self._wishes
        found = np.zeros(self.cells.shape, dtype=np.bool_)
        found[list(anywhere)] = True
        for row, column in here:
            found[row, column] = True
        return found

    def wishes(self, row: int, column: int) -> list[str]:
        """Who asked for it, as IRIs of statements."""
        anywhere, here = self._wishes
        return [*anywhere.get(row, ()), *here.get((row, column), ())]

    # --- rows -----------------------------------------------------------------------------------------------------

    def details(self, rows: Ints, columns: Ints) -> list[Detail]:
        """What bears on each of some cells."""
        p, cells = self.projection, self.cells
        chosen = np.zeros(cells.shape, dtype=np.bool_)
        chosen[rows, columns] = True
        facts = cells.facts(cells.records(chosen))
        at = cells.at(facts)
        by_cell: dict[int, list[tuple[int, int]]] = defaultdict(list)
        width = cells.shape[1]
        kept = chosen.reshape(-1)[at] if chosen.size else np.zeros(len(at), dtype=np.bool_)
        for cell, record, grade in zip(
            at[kept].tolist(), facts.records[kept].tolist(), facts.grades[kept].tolist(), strict=True
        ):
            by_cell[cell].append((record, _RANK_OF_GRADE[grade]))
        said: Dates = p.said
        found = []
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            rank = int(self.ranks[row, column])
            sayings = [one for one in cells.sayings if row in one.themes and column in one.places]
            mentions = by_cell[row * width + column]
            resting = [record for record, of in mentions if of == rank]
            saying = [one for one in sayings if _rank(one) == rank]
            dates = [said.text(record) for record in resting] + [one.said_on for one in saying]
            found.append(
                Detail(
                    partners=tuple(
                        p.organisations.iris[one] for record in resting for one in p.partners.at(record).tolist()
                    ),
                    who=tuple(sorted({name for one in saying for name in one.who})),
                    said_on=max(dates, default=""),
                    records=(*(p.iri(record) for record, _ in mentions), *(one.record for one in sayings)),
                )
            )
        return found

    def row(self, row: int, column: int, detail: Detail) -> dict[str, NamedNode | Literal]:
        """The columns that all these kinds have."""
        p = self.projection
        wishes = self.wishes(row, column)
        return {
            "theme": iri(p.themes.iris[self.cells.themes[row]]),
            "place": iri(p.places.iris[self.cells.places[column]]),
            "organisation": listed(detail.partners),
            "said_on": Literal(detail.said_on),
            "asked_by": listed(wishes),
            "severity_asked": Literal(1.0 if wishes else 0.0),
            "evidence": evidence(wishes, detail.records),
        }


def _looked_at(asked: Asked) -> tuple[Ints, Ints]:
    p = asked.projection
    themes, places = asked.flags("theme", p.themes), asked.flags("place", p.places)
    rows = named_themes(p) if themes is None else themes & (named_themes(p) | in_scheme(p))
    spoken = spoken_of(p) & countries(p)
    columns = spoken if places is None else places & (spoken | p.are("Country"))
    return np.flatnonzero(rows), np.flatnonzero(columns)


def _rank(saying: Saying) -> int:
    return _RANK_OF_SAYING.get(saying.saying, NOTHING)
