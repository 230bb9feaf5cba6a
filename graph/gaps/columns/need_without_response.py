"""A number for a theme in a place where nobody is stated to respond: ``need-without-response.rq`` over columns.
Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, Row, best, listed, ranked
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
from graph.projection import Ints, Projection
from graph.projection.columns import joined, language, lapsed_before, string
from graph.terms import expand

#: By rank: the case, and how likely it is that nobody is there.
_CASES = {
    MIXED: ("combination-not-stated", 0.3),
    AROUND: ("regional", 0.4),
    CONCLUDED: ("inferred", 0.5),
    NOBODY: ("absent", 1.0),
    LISTED: ("absent", 0.9),
    UNCONFIRMED: ("lapsed", 0.6),
    ENDED: ("lapsed", 0.8),
    NOTHING: ("unknown", 0.2),
}
#: A third for each number, at most 1.
_ENOUGH = 3
_STRING = f"^^<{expand('xsd:string')}>"


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    p = asked.projection
    numbers, themes, places = _pairs(asked)
    gaps = CellGaps(asked, np.unique(themes), np.unique(places))
    row, column = gaps.cells.rows_of(themes), gaps.cells.columns_of(places)
    open_ = np.isin(gaps.ranks[row, column], [*_CASES])
    cells, which, counts = np.unique(
        row[open_] * max(gaps.cells.shape[1], 1) + column[open_], return_inverse=True, return_counts=True
    )
    rows, columns = np.divmod(cells, max(gaps.cells.shape[1], 1))
    ranks = gaps.ranks[rows, columns]
    absence = ranked(_CASES)(ranks)
    numerous = np.minimum(counts / _ENOUGH, 1.0)
    severity = asked.severity(
        {"absence": absence, "asked": gaps.wanted[rows, columns].astype(np.float64), "numbers": numerous}
    )
    order = best(severity, (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    by_cell = np.argsort(which, kind="stable")
    begins = np.concatenate(([0], np.cumsum(counts)))
    made: list[Row] = []
    for at, detail in zip(order.tolist(), gaps.details(rows[order], columns[order]), strict=True):
        common = gaps.row(int(rows[at]), int(columns[at]), detail)
        here = numbers[open_][by_cell[begins[at] : begins[at + 1]]].tolist()
        english, russian = _needs(p, here)
        made.append(
            common
            | {
                "need_en": Literal(english),
                "need_ru": Literal(russian),
                "organisation": Literal("") if ranks[at] == NOTHING else common["organisation"],
                "case": Literal(_CASES[int(ranks[at])][0]),
                "severity_absence": Literal(float(absence[at])),
                "severity_numbers": Literal(float(numerous[at])),
                "evidence": listed(
                    [*str(common["evidence"].value).split(), *(string(p.terms[number]) for number in here)]
                ),
            }
        )
    return Candidates(len(cells), made)


def _pairs(asked: Asked) -> tuple[Ints, Ints, Ints]:
    """The numbers that count on the day (numbers of terms), once for each theme and place that they are about."""
    p = asked.projection
    numbers = p.stated(p.instances("Observation"))
    numbers = numbers[np.unique(p.all_objects("value", numbers)[0])]
    row, dates = p.all_objects("stated_on", numbers)
    texts, rank = p.ranked(dates)
    last = np.full(len(numbers), -1, dtype=np.int64)
    np.maximum.at(last, row, rank)
    lapse = lapsed_before(asked.day.isoformat())
    old = np.array([*(text < lapse[: len(text)] for text in texts), False], dtype=np.bool_)
    numbers = numbers[~old[last]]
    of_theme, themes = p.all_objects("theme", numbers)
    of_place, places = p.all_objects("place", numbers)
    left, right = joined(of_theme, of_place)
    found, themes, places = of_theme[left], p.themes.positions(themes[left]), p.places.positions(places[right])
    kept = np.ones(len(found), dtype=np.bool_)
    if (allowed := asked.flags("theme", p.themes)) is not None:
        kept &= allowed[themes]
    if (allowed := asked.flags("place", p.places)) is not None:
        kept &= allowed[places]
    return numbers[found[kept]], themes[kept], places[kept]


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
