"""Nobody here, and partners elsewhere who could share how: ``untapped-experience.rq`` over columns. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from pyoxigraph import Literal

from graph.coverage.cells import STATED_GRADE, Cells
from graph.gaps.columns.asked import Asked, Candidates, Row, best, listed
from graph.gaps.columns.cell_gaps import (
    AROUND,
    CONCLUDED,
    ENDED,
    LISTED,
    MIXED,
    NOBODY,
    NOTHING,
    UNCONFIRMED,
    CellGaps,
)
from graph.gaps.columns.regions import Regions
from graph.projection import Ints, Projection
from graph.projection.columns import joined
from graph.terms import CODE

#: By rank: how likely it is that nobody is there.
_ABSENCE = {
    MIXED: 0.3,
    AROUND: 0.4,
    CONCLUDED: 0.5,
    NOBODY: 1.0,
    LISTED: 0.9,
    UNCONFIRMED: 0.6,
    ENDED: 0.8,
    NOTHING: 0.2,
}
_FAR = 0.3
#: A third for each presentation or resource, at most 1.
_ENOUGH = 3


@dataclass(slots=True)
class _Offer:
    """What there is elsewhere for one cell; positions of organisations and places, numbers of items."""

    row: int
    column: int
    near: bool
    partners: set[int] = field(default_factory=set)
    countries: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    gaps = CellGaps.of(asked)
    p = asked.projection
    elsewhere = Cells(p, asked.day, gaps.cells.themes, np.flatnonzero(p.are("Country")))
    offers = _offers(gaps, elsewhere)
    if (allowed := asked.flags("organisation", p.organisations)) is not None:
        offers = [one for one in offers if any(allowed[who] for who in one.partners)]
    rows = np.array([one.row for one in offers], dtype=np.int64)
    columns = np.array([one.column for one in offers], dtype=np.int64)
    absence = np.array([_ABSENCE[int(rank)] for rank in gaps.ranks[rows, columns]])
    material = np.array([min(len(one.items) / _ENOUGH, 1.0) for one in offers])
    severity = asked.severity(
        {
            "absence": absence,
            "near": np.array([1.0 if one.near else _FAR for one in offers]),
            "asked": gaps.wanted[rows, columns].astype(np.float64),
            "material": material,
        }
    )
    order = best(severity, (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    made: list[Row] = []
    for at, detail in zip(order.tolist(), gaps.details(rows[order], columns[order]), strict=True):
        one = offers[at]
        common = gaps.row(one.row, one.column, detail)
        items = [p.terms[item][1:-1] for item in one.items]
        made.append(
            common
            | {
                "case": Literal("near" if one.near else "far"),
                "organisation": listed(p.organisations.iris[who] for who in one.partners),
                "elsewhere": listed(p.places.iris[place] for place in one.countries),
                "material": listed(items),
                "severity_absence": Literal(float(absence[at])),
                "severity_near": Literal(1.0 if one.near else _FAR),
                "severity_material": Literal(float(material[at])),
                "evidence": listed(
                    [*str(common["evidence"].value).split(), *items, *_records(elsewhere, one.row, one)]
                ),
            }
        )
    return Candidates(len(offers), made)


def _offers(gaps: CellGaps, elsewhere: Cells) -> list[_Offer]:
    p = gaps.projection
    items = _items(p)
    regions = Regions(p)
    at, who = elsewhere.partners(STATED_GRADE)
    rows, columns = np.divmod(at, max(elsewhere.shape[1], 1))
    by_row: dict[int, list[tuple[int, int, set[int]]]] = defaultdict(list)
    sharing = np.isin(who, np.unique([one for _, one in items]))
    themes = elsewhere.themes
    for row, column, one in zip(rows[sharing].tolist(), columns[sharing].tolist(), who[sharing].tolist(), strict=True):
        shared = items.get((int(themes[row]), one))
        if shared:
            by_row[row].append((int(elsewhere.places[column]), one, shared))
    found = []
    for row, offered in by_row.items():
        for column in np.flatnonzero(np.isin(gaps.ranks[row], [*_ABSENCE])).tolist():
            place = int(gaps.cells.places[column])
            others = [offer for offer in offered if offer[0] != place]
            close = set(regions.near(place).tolist())
            near = [offer for offer in others if offer[0] in close]
            if others:
                made = _Offer(row, column, bool(near))
                for country, one, shared in near or others:
                    made.countries.add(country)
                    made.partners.add(one)
                    made.items |= shared
                found.append(made)
    return sorted(found, key=lambda one: (one.row, one.column))


def _items(p: Projection) -> Mapping[tuple[int, int], set[int]]:
    """By theme and organisation, what it could share on the theme: presentations, and resources that there are."""
    proposed = set(p.subjects("basis", f"{CODE}basis/proposed").tolist())
    works = np.intersect1d(p.instances("CreativeWork"), p.subjects("availability", f"{CODE}availability/existing"))
    pairs: list[tuple[Ints, Ints]] = []
    for kind, name in ((p.instances("Talk"), "on_behalf_of"), (works, "made_by")):
        relation = p.relations[name]
        kept = np.isin(relation.subjects, kind)
        pairs.append((relation.subjects[kept], relation.objects[kept]))
    result, partner = p.relations["result_of"], p.relations["partner"]
    kept = np.isin(result.subjects, works)
    left, right = joined(result.objects[kept], partner.subjects)
    pairs.append((result.subjects[kept][left], partner.objects[right]))
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    for items, makers in pairs:
        for item, who in zip(items.tolist(), p.organisations.positions(makers).tolist(), strict=True):
            if who >= 0 and item not in proposed:
                for theme in _above(p, item):
                    found[theme, who].add(item)
    return found


def _above(p: Projection, item: int) -> Iterable[int]:
    themes: list[int] = p.narrower.up.spread(p.themes.positions(p.objects("theme", item)))[1].tolist()
    return set(themes)


def _records(elsewhere: Cells, row: int, offer: _Offer) -> list[str]:
    """The records that say that the partners do it there."""
    p = elsewhere.projection
    columns = elsewhere.columns_of(np.array(sorted(offer.countries), dtype=np.int64))
    chosen = np.zeros(elsewhere.shape, dtype=np.bool_)
    chosen[row, columns] = True
    records = np.unique(elsewhere.stated(chosen)[1])
    of, who = p.partners.steps.spread(records)
    return [p.iri(int(record)) for record in np.unique(records[of[np.isin(who, [*offer.partners])]])]
