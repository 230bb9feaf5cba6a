"""A theme that is stated only for a region around a place: ``regional-only.rq`` over columns. Pure."""

from __future__ import annotations

from graph.gaps.columns.asked import Asked, Candidates
from graph.gaps.columns.cell_gaps import AROUND
from graph.gaps.columns.states import find_states

#: By rank: the case.
_CASES = {AROUND: "regional"}


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    return find_states(asked, _CASES)
