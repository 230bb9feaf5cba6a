"""Work that was there and is not known to go on: ``lapsed.rq`` over columns. Pure."""

from __future__ import annotations

from graph.gaps.columns.asked import Asked, Candidates
from graph.gaps.columns.cell_gaps import ENDED, UNCONFIRMED
from graph.gaps.columns.states import find_states

#: By rank: the case, and the value of the severity's term "absence".
_CASES = {UNCONFIRMED: ("unconfirmed", 0.6), ENDED: ("ended", 0.8)}


def find(asked: Asked) -> Candidates:
    """The gaps, worst first."""
    return find_states(asked, _CASES)
