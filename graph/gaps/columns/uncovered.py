"""A theme with nobody stated in a place: ``uncovered.rq`` over columns. Pure."""

from __future__ import annotations

from graph.gaps.columns.asked import Asked, Candidates
from graph.gaps.columns.cell_gaps import CONCLUDED, LISTED, MIXED, NOBODY, NOTHING
from graph.gaps.columns.states import find_states

#: By rank: the case, and the value of the severity's term "absence".
_CASES = {
    MIXED: ("combination-not-stated", 0.3),
    CONCLUDED: ("inferred-only", 0.5),
    NOBODY: ("known-absence", 1.0),
    LISTED: ("none-listed", 0.9),
    NOTHING: ("unknown", 0.2),
}


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    return find_states(asked, _CASES)
