"""What may become of a batch: one table, and nothing else. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from graph.errors import GraphError


class State(StrEnum):
    """Where a batch stands."""

    RECEIVED = "received"  # Its files are kept; nobody has looked into them.
    STAGING = "staging"  # A job works out what it would change.
    PREVIEWED = "previewed"  # That can be seen, and it may be accepted.
    WAITING = "waiting"  # As previewed, of somebody who may not accept it himself: for a curator.
    ACCEPTING = "accepting"  # It is being written.
    ACCEPTED = "accepted"  # It is in.
    UNCHANGED = "unchanged"  # It says what the source says already: there was nothing to write.
    REJECTED = "rejected"  # Its faults stand in the way; the report says which.
    RETURNED = "returned"  # A curator gave it back, with a reason.
    WITHDRAWN = "withdrawn"  # It was in, and what it did has been undone.
    CANCELLED = "cancelled"  # Somebody stopped it before it was in.
    FAILED = "failed"  # It could not be looked into; the message says why.


#: What may follow each state.
FOLLOWS: Mapping[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.STAGING, State.CANCELLED}),
    State.STAGING: frozenset(
        {
            State.STAGING,  # The job, or the whole service, was killed: it begins anew.
            State.PREVIEWED,
            State.WAITING,
            State.UNCHANGED,
            State.REJECTED,
            State.CANCELLED,
            State.FAILED,
        }
    ),
    State.PREVIEWED: frozenset({State.ACCEPTING, State.STAGING, State.CANCELLED, State.RETURNED}),
    State.WAITING: frozenset({State.ACCEPTING, State.STAGING, State.CANCELLED, State.RETURNED}),
    # Back to previewed or waiting where the store has moved on and the difference is another one, or where the write
    # did not go in.
    State.ACCEPTING: frozenset(
        {State.ACCEPTED, State.PREVIEWED, State.WAITING, State.UNCHANGED, State.REJECTED, State.FAILED}
    ),
    State.ACCEPTED: frozenset({State.WITHDRAWN}),
    State.UNCHANGED: frozenset(),
    State.REJECTED: frozenset({State.STAGING, State.CANCELLED}),
    State.RETURNED: frozenset(),
    State.WITHDRAWN: frozenset(),
    State.CANCELLED: frozenset(),
    State.FAILED: frozenset({State.STAGING, State.CANCELLED}),
}

#: A job is at it, or is to be.
BUSY = frozenset({State.RECEIVED, State.STAGING, State.ACCEPTING})
#: Nothing follows of itself and nothing may be done any more.
ENDED = frozenset(state for state, following in FOLLOWS.items() if not following)


def check(before: State, after: State) -> State:
    """``after``, where it may follow. Raises GraphError (``wrong-state``)."""
    if after not in FOLLOWS[before]:
        may = ", ".join(sorted(FOLLOWS[before])) or "nothing"
        raise GraphError(
            "wrong-state",
            f"A batch that is {before} cannot become {after}.",
            f"What may follow is: {may}.",
        )
    return after
