"""Work that was there and is not known to go on: ``lapsed.rq`` over columns. Pure."""

from __future__ import annotations

from graph.gaps.columns.asked import Asked, Candidates
from graph.gaps.columns.cell_gaps import ENDED, UNCONFIRMED
from graph.gaps.columns.states import find_states

#: By rank: the case.
_CASES = {UNCONFIRMED: "unconfirmed", ENDED: "ended"}


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    return find_states(asked, _CASES)
