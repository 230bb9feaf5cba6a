"""A theme with nobody stated in a place: ``uncovered.rq`` over columns. Pure."""

from __future__ import annotations

from graph.gaps.columns.asked import Asked, Candidates
from graph.gaps.columns.cell_gaps import CONCLUDED, LISTED, MIXED, NOBODY, NOTHING
from graph.gaps.columns.states import find_states

#: By rank: the case.
_CASES = {
    MIXED: "combination-not-stated",
    CONCLUDED: "inferred-only",
    NOBODY: "known-absence",
    LISTED: "none-listed",
    NOTHING: "unknown",
}


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    return find_states(asked, _CASES)
