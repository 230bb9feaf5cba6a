"""Kinds that are one or several states of a cell: uncovered, lapsed, regional only. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from pyoxigraph import Literal

from graph.gaps.columns.asked import Asked, Candidates, best
from graph.gaps.columns.cell_gaps import NOTHING, CellGaps


def find_states(asked: Asked, cases: Mapping[int, str]) -> Candidates:
    """The cells of some ranks; ``cases`` gives the case of each rank."""
    gaps = CellGaps.of(asked)
    rows, columns = np.nonzero(np.isin(gaps.ranks, [*cases]))
    ranks = gaps.ranks[rows, columns]
    absence = gaps.absence(rows, columns)
    severity = asked.severity({"absence": absence, "asked": gaps.wanted[rows, columns].astype(np.float64)})
    order = best(severity, (gaps.cells.themes[rows], gaps.cells.places[columns]), asked.most)
    made = []
    for at, detail in zip(order, gaps.details(rows[order], columns[order]), strict=True):
        known = ranks[at] != NOTHING
        made.append(
            {
                **gaps.row(int(rows[at]), int(columns[at]), detail),
                "case": Literal(cases[int(ranks[at])]),
                "who": Literal("; ".join(detail.who) if known else ""),
                "severity_absence": Literal(float(absence[at])),
            }
            | ({} if known else {"organisation": Literal(""), "said_on": Literal("")})
        )
    return Candidates(len(rows), made)
