"""Nobody here, and partners elsewhere who could share how: ``untapped-experience.rq`` over columns. Pure."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from pyoxigraph import Literal

from graph.coverage.cells import STATED_GRADE, Cells
from graph.gaps.columns.asked import Asked, Candidates, Row, best, cited, evidence, listed, named
from graph.gaps.columns.cell_gaps import ABSENCE, CellGaps, Detail
from graph.gaps.columns.regions import Regions
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import joined
from graph.projection.hierarchy import Steps, different, ranges
from graph.terms import CODE

_FAR = 0.3
#: A third for each presentation or resource, at most 1.
_ENOUGH = 3


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    gaps = CellGaps.of(asked)
    p = asked.projection
    offers = _Offers(gaps)
    open_ = np.isin(gaps.ranks, [*ABSENCE]) & offers.some(np.ones(len(p.organisations), dtype=np.bool_))
    if (allowed := asked.flags("organisation", p.organisations)) is not None:
        open_ &= offers.some(allowed)
    rows, columns = np.nonzero(open_)
    terms = {
        "absence": gaps.absence(rows, columns),
        "near": np.where(offers.near[rows, columns], 1.0, _FAR),
        "asked": gaps.wanted[rows, columns].astype(np.float64),
        "material": np.minimum(offers.items[rows, columns] / _ENOUGH, 1.0),
    }
    order = best(asked.severity(terms), (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    shown = {name: values[order] for name, values in terms.items()}
    rows, columns = rows[order], columns[order]
    made: list[Row] = []
    for number, detail in enumerate(gaps.details(rows, columns)):
        row = offers.row(int(rows[number]), int(columns[number]), detail)
        made.append({**row, **{f"severity_{name}": Literal(float(values[number])) for name, values in shown.items()}})
    return Candidates(int(open_.sum()), made)


class _Offers:
    """What there is elsewhere for the cells where nobody is stated. Of each row (a theme) the countries (positions
    among ``countries``) where somebody who has something to share is stated, and who; so a cell has all of its row, or
    those of the regions that its place is in."""

    def __init__(self, gaps: CellGaps) -> None:
        self.gaps = gaps
        p = self.projection = gaps.projection
        self.cells = _elsewhere(gaps)
        width, size = max(self.cells.shape[1], 1), max(len(p.organisations), 1)
        #: What can be shared: row and organisation as one number, ascending, and the items (numbers of terms).
        self.sharing, self.shared = _items(p, self.cells)
        at, self.who = self.cells.partners(STATED_GRADE)
        kept = p.are("Country")[self.cells.places[at % width]]
        kept &= np.isin(at // width * size + self.who, self.sharing)
        at, self.who = at[kept], self.who[kept]
        self.rows, self.countries = np.divmod(at, width)
        self._regions()

    def _regions(self) -> None:
        """Which countries are near each place, told by the regions that it is in: many places are in the same."""
        p, gaps = self.projection, self.gaps
        regions = Regions(p)
        found: dict[tuple[int, ...], int] = {}
        #: Of each column of cells the number of its group; of each group the countries in its regions.
        self.group = np.array(
            [found.setdefault(tuple(regions.of(place).tolist()), len(found)) for place in gaps.cells.places.tolist()],
            dtype=np.int64,
        )
        self.inside = np.zeros((len(found), self.cells.shape[1]), dtype=np.bool_)
        for group in range(len(found)):
            place = int(gaps.cells.places[np.argmax(self.group == group)])
            near = self.cells.columns_of(np.append(regions.near(place), place))
            self.inside[group, near[near >= 0]] = True

    # --- of all cells -------------------------------------------------------------------------------------------------

    @cached_property
    def _near(self) -> Steps:
        """From each country to the groups that it is near to."""
        groups, countries = np.nonzero(self.inside)
        order = np.argsort(countries, kind="stable")
        begins = np.searchsorted(countries[order], np.arange(self.cells.shape[1] + 1))
        return Steps(begins, groups[order])

    def _spread(self, kept: Flags) -> tuple[Flags, Flags]:
        """Of each row whether there is something, and whether there is for each group, by some of the offers."""
        rows = np.zeros(self.cells.shape[0], dtype=np.bool_)
        rows[self.rows[kept]] = True
        of, groups = self._near.spread(self.countries[kept])
        near = np.zeros((len(rows), len(self.inside)), dtype=np.bool_)
        near[self.rows[kept][of], groups] = True
        return rows, near

    @cached_property
    def near(self) -> Flags:
        """Whether somebody near could share something, by theme and place."""
        near: Flags = self._spread(np.ones(len(self.who), dtype=np.bool_))[1][:, self.group]
        return near

    def some(self, allowed: Flags) -> Flags:
        """Whether one of some organisations could: somebody near, or anybody where nobody is near."""
        rows, near = self._spread(allowed[self.who])
        return np.where(self.near, near[:, self.group], rows[:, None])

    @cached_property
    def items(self) -> Ints:
        """How many presentations and resources there are, by theme and place."""
        p = self.projection
        size = max(len(p.organisations), 1)
        keys = self.rows * size + self.who
        begins, ends = np.searchsorted(self.sharing, keys, "left"), np.searchsorted(self.sharing, keys, "right")
        of = np.repeat(np.arange(len(keys)), ends - begins)
        numbers, which = np.unique(self.shared, return_inverse=True)
        which = which[ranges(begins, ends)]
        rows, many = self.cells.shape[0], max(len(numbers), 1)
        all_of_row = np.bincount(different(self.rows[of] * many + which) // many, minlength=rows)
        groups = max(len(self.inside), 1)
        # Once for each country of a row: who is there does not matter any more.
        row_country, which = np.divmod(
            different((self.rows[of] * max(self.cells.shape[1], 1) + self.countries[of]) * many + which), many
        )
        row, country = np.divmod(row_country, max(self.cells.shape[1], 1))
        step, to = self._near.spread(country)
        near = different((row[step] * groups + to) * many + which[step]) // many
        counts = np.bincount(near, minlength=rows * groups).reshape(rows, groups)[:, self.group]
        return np.where(self.near, counts, all_of_row[:, None])

    # --- rows ---------------------------------------------------------------------------------------------------------

    def row(self, row: int, column: int, detail: Detail) -> Row:
        """One gap, but for the terms of its severity."""
        p, gaps = self.projection, self.gaps
        common = gaps.row(row, column, detail)
        begin, end = np.searchsorted(self.rows, [row, row + 1])
        countries, who = self.countries[begin:end], self.who[begin:end]
        if self.near[row, column]:
            here = self.inside[self.group[column]][countries]
            countries, who = countries[here], who[here]
        countries, who = different(countries), different(who)
        keys = row * max(len(p.organisations), 1) + who
        begins, ends = np.searchsorted(self.sharing, keys, "left"), np.searchsorted(self.sharing, keys, "right")
        items = [p.terms[item][1:-1] for item in different(self.shared[ranges(begins, ends)]).tolist()]
        return common | {
            "case": Literal("near" if self.near[row, column] else "far"),
            "organisation": named(p.organisations, who),
            "elsewhere": listed(p.places.iris[place] for place in self.cells.places[countries].tolist()),
            "material": listed(items),
            "evidence": evidence(common["evidence"].value.split(), items, self._records(row, countries, who)),
        }

    def _records(self, row: int, countries: Ints, who: Ints) -> list[str]:
        """The records that say that they do it there."""
        p = self.projection
        chosen = np.zeros(self.cells.shape, dtype=np.bool_)
        chosen[row, countries] = True
        records = different(self.cells.stated(chosen)[1])
        partner = np.zeros(len(p.organisations), dtype=np.bool_)
        partner[who] = True
        of, partners = p.partners.steps.spread(records)
        return cited(p, records[different(of[partner[partners]])])


def _elsewhere(gaps: CellGaps) -> Cells:
    """The cells of the same themes in all countries where somebody does something: most often those that are looked
    at."""
    p = gaps.projection
    named = np.zeros(len(p.places), dtype=np.bool_)
    named[p.record_places.things] = True
    reached = np.zeros(len(p.places), dtype=np.bool_)
    reached[p.inside.up.spread(np.flatnonzero(named))[1]] = True
    countries = np.flatnonzero(reached & p.are("Country"))
    if (gaps.cells.columns_of(countries) >= 0).all():
        return gaps.cells
    return Cells(p, gaps.asked.day, gaps.cells.themes, countries)


def _items(p: Projection, cells: Cells) -> tuple[Ints, Ints]:
    """What could be shared, presentations and resources that there are: row and organisation as one number, ascending,
    and the item."""
    proposed = np.zeros(len(p.terms), dtype=np.bool_)
    proposed[p.subjects("basis", f"{CODE}basis/proposed")] = True
    works = np.intersect1d(p.instances("CreativeWork"), p.subjects("availability", f"{CODE}availability/existing"))
    talks = p.instances("Talk")
    items, makers = [], []
    for things, name in ((talks, "on_behalf_of"), (works, "made_by")):
        row, objects = p.all_objects(name, things)
        items.append(things[row])
        makers.append(objects)
    row, records = p.all_objects("result_of", works)
    left, right = joined(records, p.relations["partner"].subjects)
    items.append(works[row][left])
    makers.append(p.relations["partner"].objects[right])
    item, who = np.concatenate(items), p.organisations.positions(np.concatenate(makers))
    kept = (who >= 0) & ~proposed[item]
    item, who = item[kept], who[kept]
    row, themes = p.all_objects("theme", item)
    at, above = p.narrower.up.spread(p.themes.positions(themes))
    rows = cells.rows_of(above)
    inside = rows >= 0
    item, keys = item[row][at][inside], rows[inside] * max(len(p.organisations), 1) + who[row][at][inside]
    order = np.lexsort((item, keys))
    return keys[order], item[order]
