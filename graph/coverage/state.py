"""Choosing the state of a cell from what is known of it. Pure: no store, no labels.

The states and their order are those of ``docs/architecture.md``, "How sure an answer is".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

#: Best first. A cell has the first state that holds.
STATES = (
    "covered",
    "covered-by-one",
    "combination-not-stated",
    "regional-only",
    "inferred-only",
    "known-absence",
    "none-listed",
    "lapsed",
    "unknown",
)

#: The facts that are grades of an engagement, best first; codes of the list ``grade``.
GRADES = (
    "stated",
    "combination-not-stated",
    "regional",
    "inferred",
    "regional-inferred",
    "proposed",
    "history",
)

#: Which facts make a state, in the order of STATES; "stated" is told apart by the number of families.
_FACTS_OF_STATE: tuple[tuple[str, frozenset[str]], ...] = (
    ("combination-not-stated", frozenset({"combination-not-stated"})),
    ("regional-only", frozenset({"regional"})),
    ("inferred-only", frozenset({"inferred", "regional-inferred"})),
    ("known-absence", frozenset({"nobody", "not-needed"})),
    ("none-listed", frozenset({"complete"})),
    ("lapsed", frozenset({"history"})),
)


@dataclass(frozen=True, slots=True)
class Fact:
    """What one record says of a cell. ``fact`` is a grade, or of a statement ``nobody``, ``not-needed``,
    ``complete``, or - not counted - ``old-statement``, ``weak-statement``. ``organisation`` and ``family`` are
    IRIs, empty for statements; ``who`` and ``said_on`` as the source has them; ``since`` the day, month or year since
    when it is so: when work began or was first stated, of history when it ended or was last stated."""

    fact: str
    record: str
    organisation: str = ""
    family: str = ""
    who: str = ""
    said_on: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A state, the facts it rests on, and the families counted for each grade on its own."""

    name: str
    because: tuple[Fact, ...] = ()
    families_by_grade: Mapping[str, int] = field(default_factory=dict)

    @property
    def families(self) -> int:
        """The families of the facts that the state rests on."""
        return len({fact.family for fact in self.because if fact.family})

    @property
    def since(self) -> str:
        """Since when the cell has the state, as far as is known: the earliest day of what it rests on, of lapsed work
        the last. Empty where no day is known, and for what is ``unknown``."""
        days = [fact.since for fact in self.because if fact.since]
        if not days or self.name == "unknown":
            return ""
        return max(days) if self.name == "lapsed" else min(days)


def choose(facts: Iterable[Fact]) -> State:
    """The state of a cell; without facts it is ``unknown``.

    Facts that are not counted (proposals, statements that are old or only inferred) leave a cell ``unknown`` and are
    given as the reason for saying so.

    >>> choose([Fact("stated", "e1", "a", "a"), Fact("regional", "e2", "b", "b")]).name
    'covered-by-one'
    """
    by_fact: dict[str, list[Fact]] = defaultdict(list)
    for fact in facts:
        by_fact[fact.fact].append(fact)
    counts = {g: len({f.family for f in by_fact[g]}) for g in GRADES if by_fact.get(g)}
    if stated := by_fact.get("stated"):
        return State("covered" if counts["stated"] > 1 else "covered-by-one", tuple(stated), counts)
    for state, kinds in _FACTS_OF_STATE:
        because = tuple(fact for kind in sorted(kinds) for fact in by_fact.get(kind, ()))
        if because:
            return State(state, because, counts)
    return State("unknown", tuple(fact for kind in sorted(by_fact) for fact in by_fact[kind]), counts)
