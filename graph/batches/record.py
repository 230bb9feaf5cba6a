"""What is known of one batch, as it is kept in ``batch.json``. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from graph.batches.states import State

#: The policies: with any fault nothing goes in, or the rows without a fault do.
ALL, GOOD_ROWS = "all-or-nothing", "good-rows"
POLICIES = (ALL, GOOD_ROWS)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that became of a batch: when (UTC, to the second), by whom, its state then, and a word on it."""

    at: str
    by: str
    state: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What staging found out.

    ``generation`` is that of the store it looked at, ``before`` the fingerprint of the source's graph that it starts
    from, ``digest`` names the difference: two that are the same have the same one. ``rows`` = ``accepted_rows`` +
    ``rejected_rows``; ``faulty_rows`` are those with a fault that stands in the way, for which under all-or-nothing all
    are rejected.
    """

    generation: int
    digest: str
    before: str
    rows: int
    accepted_rows: int
    rejected_rows: int
    faulty_rows: int
    conforms: bool
    added: int = 0
    removed: int = 0
    created: int = 0
    changed: int = 0
    withdrawn: int = 0
    unchanged: int = 0
    violations: int = 0
    warnings: int = 0
    infos: int = 0
    rows_by_file: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Record:
    """One batch. ``files`` is name -> SHA-256. ``contributed``: by somebody who may not accept it himself.

    ``activity`` is the IRI of its PROV activity, known from the moment it is being written: whether that is in the
    provenance graph tells whether the batch is in. ``after`` is the fingerprint of the source's graph as the batch left
    it, ``ended`` when that was, ``undo`` the activity that undid it.
    """

    id: str
    state: State
    source: str
    title: str
    by: str
    received: str
    files: Mapping[str, str]
    as_of: str = ""
    policy: str = ALL
    replace: bool = False
    contributed: bool = False
    recipe: str = ""
    message: str = ""
    outcome: Outcome | None = None
    activity: str = ""
    graph: str = ""
    generation: int = 0
    after: str = ""
    ended: str = ""
    accepted_by: str = ""
    undo: str = ""
    notes: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return asdict(self)


def from_json(text: str) -> Record:
    """A record of its text. Raises ValueError, KeyError or TypeError where it is none."""
    data = json.loads(text)
    outcome = data.pop("outcome", None)
    events = tuple(Event(**one) for one in data.pop("events", ()))
    return Record(
        **{**data, "state": State(data["state"]), "notes": tuple(data.get("notes", ()))},
        outcome=Outcome(**outcome) if outcome else None,
        events=events,
    )
