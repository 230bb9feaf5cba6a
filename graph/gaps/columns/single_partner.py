"""A theme in a place that rests on one family of organisations: ``single-partner.rq`` over columns. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal

from graph.coverage.cells import STATED_GRADE, Cells
from graph.gaps.columns.asked import Asked, Candidates, best, evidence, listed
from graph.gaps.columns.cell_gaps import STATED, CellGaps
from graph.gaps.columns.regions import Regions
from graph.projection import Flags, Ints
from graph.projection.columns import LAPSE_YEARS
from graph.projection.hierarchy import different, ranges

#: Families of a cell: none, or several.
_NONE, _MANY = -1, -2


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    gaps = CellGaps.of(asked)
    around = _Neighbours(asked, gaps.cells.themes, gaps.cells.places)
    alone = _families(gaps.cells)
    single = (gaps.ranks == STATED) & (alone >= 0)
    if (allowed := asked.flags("organisation", asked.projection.organisations)) is not None:
        single &= _held(gaps.cells, allowed)
    rows, columns = np.nonzero(single)
    others = around.others(rows, gaps.cells.places[columns], alone[rows, columns])
    unconfirmed = _age(gaps, single)[rows, columns]
    severity = asked.severity(
        {
            "unconfirmed": unconfirmed,
            "alone": np.where(others, 0.5, 1.0),
            "asked": gaps.wanted[rows, columns].astype(np.float64),
        }
    )
    order = best(severity, (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    made = []
    near = around.who(rows[order], gaps.cells.places[columns[order]], alone[rows[order], columns[order]])
    details = gaps.details(rows[order], columns[order])
    for at, detail, (partners, records) in zip(order, details, near, strict=True):
        common = gaps.row(int(rows[at]), int(columns[at]), detail)
        made.append(
            common
            | {
                "case": Literal("neighbours" if others[at] else "alone"),
                "neighbour": listed(partners),
                "severity_unconfirmed": Literal(float(unconfirmed[at])),
                "severity_alone": Literal(0.5 if others[at] else 1.0),
                "evidence": evidence(str(common["evidence"].value).split(), records),
            }
        )
    return Candidates(len(rows), made)


def _families(cells: Cells) -> Ints:
    """The one family that is stated in each cell; _NONE, or _MANY."""
    at, who = cells.partners(STATED_GRADE)
    families = cells.projection.family[who]
    found = np.full(cells.shape[0] * cells.shape[1], _NONE, dtype=np.int64)
    found[at] = families
    found[at[found[at] != families]] = _MANY
    return found.reshape(cells.shape)


def _held(cells: Cells, allowed: Flags) -> Flags:
    at, who = cells.partners(STATED_GRADE)
    found = np.zeros(cells.shape[0] * cells.shape[1], dtype=np.bool_)
    found[at[allowed[who]]] = True
    return found.reshape(cells.shape)


def _age(gaps: CellGaps, chosen: Flags) -> npt.NDArray[np.float64]:
    """How long ago the work was last stated, as a share of the time after which it lapses; 1 without a date."""
    cells = gaps.cells
    said = gaps.projection.said
    facts = cells.facts(cells.records(chosen))
    stated = facts.grades == STATED_GRADE
    last = np.full(cells.shape[0] * cells.shape[1], -1, dtype=np.int64)
    np.maximum.at(last, cells.at(facts)[stated], said.of_record[facts.records[stated]])
    years = np.array([*(int(text[:4]) for text in said.texts), 0])
    age = (gaps.asked.day.year - years[last]) / LAPSE_YEARS
    return np.where(last < 0, 1.0, np.clip(age, 0.0, 1.0)).reshape(cells.shape)


class _Neighbours:
    """Who works on the themes in countries that are in the same region."""

    def __init__(self, asked: Asked, themes: Ints, places: Ints) -> None:
        p = self.projection = asked.projection
        self._regions = Regions(p)
        near = np.unique(np.concatenate([self._regions.near(int(one)) for one in places] or [themes[:0]]))
        self.cells = Cells(p, asked.day, themes, near)

    def _near(self, place: int) -> Ints:
        """The columns of the countries near a place."""
        return self.cells.columns_of(self._regions.near(place))

    @cached_property
    def _family(self) -> Ints:
        return _families(self.cells)

    def others(self, rows: Ints, places: Ints, families: Ints) -> Flags:
        """Whether a family other than the given one works on the theme near each place."""
        found = np.zeros(len(rows), dtype=np.bool_)
        for place in np.unique(places).tolist():
            here = np.flatnonzero(places == place)
            near = self._family[np.ix_(rows[here], self._near(place))]
            found[here] = ((near == _MANY) | ((near >= 0) & (near != families[here, None]))).any(axis=1)
        return found

    def who(self, rows: Ints, places: Ints, families: Ints) -> Iterator[tuple[list[str], list[str]]]:
        """Of each theme (row) and place the partners near it that are not of a family, and the records that say so."""
        p = self.projection
        near = [self._near(int(place)) for place in places]
        chosen = np.zeros(self.cells.shape, dtype=np.bool_)
        for row, columns in zip(rows.tolist(), near, strict=True):
            chosen[row, columns] = True
        at, records = self.cells.stated(chosen)
        for row, columns, family in zip(rows.tolist(), near, families.tolist(), strict=True):
            cells = row * self.cells.shape[1] + columns
            here = records[ranges(np.searchsorted(at, cells, "left"), np.searchsorted(at, cells, "right"))]
            which, who = p.partners.steps.spread(different(here))
            other = p.family[who] != family
            yield (
                [p.organisations.iris[one] for one in different(who[other]).tolist()],
                [p.iri(one) for one in different(different(here)[which[other]]).tolist()],
            )
