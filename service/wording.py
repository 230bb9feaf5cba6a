"""The plain words and symbols in which pages speak of grades and cell states. Their order is the order of display."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Word:
    """How a code looks and what it means. The name is the code list's label, kept here for a graph without that list;
    its symbol stands beside the word, never alone, and colour only repeats what both say."""

    symbol: str
    name: str
    meaning: str


#: Codes of the list ``grade``.
GRADES: Mapping[str, Word] = {
    "stated": Word(
        "●", "Stated", "A source says so; where a place is asked for, of that place or of a place inside it."
    ),
    "regional": Word("◐", "Regional", "A source says so for a region that this place lies in, not for it."),
    "combination-not-stated": Word(
        "◫",
        "Combination not stated",
        "A source names several themes and several places together and does not say which theme goes with which place.",
    ),
    "inferred": Word(
        "◌",
        "Inferred",
        "No source says so. It is concluded from a name, a session or a project; the reason is given.",
    ),
    "regional-inferred": Word(
        "◌", "Inferred for the region", "Concluded, and only for a region that this place lies in."
    ),
    "proposed": Word("◇", "Proposed", "Somebody proposes it. It is not there yet."),
    "history": Word(
        "↺", "History", "It has ended, or nobody has confirmed it for years. It is not counted as work now."
    ),
}

#: Codes of the list ``cell-state``.
STATES: Mapping[str, Word] = {
    "covered": Word("●", "Covered", "Two or more organisations, of different families, are stated to work on it here."),
    "covered-by-one": Word("◉", "Covered by one", "One organisation is stated to work on it here."),
    "combination-not-stated": Word(
        "◫", "Combination not stated", "A source names the theme and the place together with others, but not as a pair."
    ),
    "regional-only": Word("◐", "Regional only", "Work is stated for a region around this place, not for the place."),
    "inferred-only": Word("◌", "Inferred only", "No source states work here; it is concluded from something else."),
    "known-absence": Word("✕", "Known absence", "Somebody who is named says that nobody works on it here."),
    "none-listed": Word("○", "None listed", "A source that claims to list everybody lists nobody."),
    "lapsed": Word("↺", "Lapsed", "There was work; it has ended or has not been confirmed for years."),
    "unknown": Word("?", "Unknown", "No source has looked. This does not mean that nobody works here."),
}

OTHER = Word("·", "", "")


def place_in_order(grade: str) -> int:
    """Where a grade stands among the others; unknown ones last."""
    order = [*GRADES]
    return order.index(grade) if grade in order else len(order)
