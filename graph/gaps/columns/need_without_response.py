"""A number for a theme in a place where nobody is stated to respond: ``need-without-response.rq`` over columns.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, Row, best, evidence
from graph.gaps.columns.cell_gaps import (
    ABSENCE,
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
from graph.projection import Flags, Ints, Projection
from graph.projection.columns import joined, language, lapsed_before, string
from graph.projection.hierarchy import Steps
from graph.terms import expand

#: By rank: the case.
_CASES = {
    MIXED: "combination-not-stated",
    AROUND: "regional",
    CONCLUDED: "inferred",
    NOBODY: "absent",
    LISTED: "absent",
    UNCONFIRMED: "lapsed",
    ENDED: "lapsed",
    NOTHING: "unknown",
}
#: A third for each number, at most 1.
_ENOUGH = 3
_STRING = f"^^<{expand('xsd:string')}>"


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    numbers, themes, places, now = _pairs(asked)
    gaps = CellGaps(asked, np.unique(themes), np.unique(places))
    width = gaps.cells.shape[1]
    at = gaps.cells.rows_of(themes) * width + gaps.cells.columns_of(places)
    counts = np.bincount(at[now], minlength=gaps.ranks.size).reshape(gaps.ranks.shape)
    rows, columns = np.nonzero((counts > 0) & np.isin(gaps.ranks, [*_CASES]))
    severity = asked.severity(
        {
            "absence": gaps.absence(rows, columns),
            "asked": gaps.wanted[rows, columns].astype(np.float64),
            "numbers": np.minimum(counts[rows, columns] / _ENOUGH, 1.0),
        }
    )
    order = best(severity, (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    by_cell = np.argsort(at, kind="stable")
    found = Steps(np.searchsorted(at[by_cell], np.arange(gaps.ranks.size + 1)), by_cell)
    made: list[Row] = []
    cells = zip(rows[order].tolist(), columns[order].tolist(), strict=True)
    for (row, column), detail in zip(cells, gaps.details(rows[order], columns[order]), strict=True):
        common, here = gaps.row(row, column, detail), found.of(row * width + column)
        english, russian = _needs(p, numbers[here[now[here]]].tolist())
        rank = int(gaps.ranks[row, column])
        made.append(
            common
            | {
                "need_en": Literal(english),
                "need_ru": Literal(russian),
                "organisation": Literal("") if rank == NOTHING else common["organisation"],
                "case": Literal(_CASES[rank]),
                "severity_absence": Literal(ABSENCE[rank]),
                "severity_numbers": Literal(min(int(counts[row, column]) / _ENOUGH, 1.0)),
                "evidence": evidence(
                    (string(p.terms[n]) for n in numbers[here].tolist()), common["evidence"].value.split()
                ),
            }
        )
    return Candidates(len(rows), made)


def _pairs(asked: Asked) -> tuple[Ints, Ints, Ints, Flags]:
    """The stated numbers (numbers of terms), once for each theme and place that they are about, and whether they count
    on the day: they have a value, and were not last stated too long ago."""
    p = asked.projection
    numbers = p.stated(p.instances("Observation"))
    now = np.zeros(len(numbers), dtype=np.bool_)
    now[p.all_objects("value", numbers)[0]] = True
    row, dates = p.all_objects("stated_on", numbers)
    texts, rank = p.ranked(dates)
    last = np.full(len(numbers), -1, dtype=np.int64)
    np.maximum.at(last, row, rank)
    lapse = lapsed_before(asked.day.isoformat())
    now &= ~np.array([*(text < lapse[: len(text)] for text in texts), False], dtype=np.bool_)[last]
    of_theme, themes = p.all_objects("theme", numbers)
    of_place, places = p.all_objects("place", numbers)
    left, right = joined(of_theme, of_place)
    found, themes, places = of_theme[left], p.themes.positions(themes[left]), p.places.positions(places[right])
    kept = np.ones(len(found), dtype=np.bool_)
    for allowed, things in ((asked.flags("theme", p.themes), themes), (asked.flags("place", p.places), places)):
        if allowed is not None:
            kept &= allowed[things]
    return numbers[found[kept]], themes[kept], places[kept], now[found[kept]]


def _needs(p: Projection, numbers: Iterable[int]) -> tuple[str, str]:
    """What some numbers say, in English and in Russian; in the order of the English."""
    rows = sorted(
        (english, string(p.terms[number]), russian)
        for number in numbers
        for english, russian in _words(
            *([p.terms[one] for one in p.objects(name, number).tolist()] for name in ("indicator", "value", "unit"))
        )
    )
    return "; ".join(english for english, _, _ in rows), "; ".join(russian for _, _, russian in rows)


def _words(indicators: Sequence[str], values: Sequence[str], units: Sequence[str]) -> set[tuple[str, str]]:
    """What one number says; in whatever words there are where a language lacks."""
    other = [min(map(string, indicators), default="")]
    english, russian = ([string(text) for text in indicators if _matches(text, tag)] or other for tag in ("en", "ru"))
    amounts = [
        f": {string(value)}{unit}"
        for value, unit in product(values, [f" {string(unit)}" if _is_text(unit) else "" for unit in units] or [""])
    ]
    return {(one + amount, two + amount) for one, two, amount in product(english, russian, amounts)}


def _matches(text: str, wanted: str) -> bool:
    tag = language(text).lower()
    return tag == wanted or tag.startswith(wanted + "-")


def _is_text(text: str) -> bool:
    return text.startswith('"') and (text[-1] != ">" or text.endswith(_STRING))
