"""What a projection's columns are made of: things by position, pairs of records and things, partial dates. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.projection.hierarchy import Steps, ranges
from graph.projection.relations import Ints, Relations

Flags = npt.NDArray[np.bool_]

#: What was last stated longer ago than so many years is no news of what is now.
LAPSE_YEARS = 5


class Axis:
    """Things that columns refer to by position; positions are in the order of the IRIs."""

    def __init__(self, relations: Relations, numbers: Ints) -> None:
        terms = relations.dictionary.terms
        # Without the brackets, before which some characters of IRIs come: "a" is before "a-b".
        self.numbers = np.array(sorted(numbers.tolist(), key=lambda number: terms[number][1:-1]), dtype=np.int64)
        self.iris = [terms[number][1:-1] for number in self.numbers]
        self._positions = np.full(len(terms), -1, dtype=np.int64)
        self._positions[self.numbers] = np.arange(len(self.numbers))

    def __len__(self) -> int:
        return len(self.iris)

    def positions(self, numbers: Ints) -> Ints:
        """Positions of terms; -1 for what is not on this axis."""
        return self._positions[numbers]

    def position(self, iri: str) -> int:
        """The position of an IRI, or -1."""
        return self._by_iri.get(iri, -1)

    @cached_property
    def _by_iri(self) -> Mapping[str, int]:
        return {iri: at for at, iri in enumerate(self.iris)}


@dataclass(frozen=True, slots=True)
class Pairs:
    """Which things the records on one axis name: pairs of positions, sorted, and where each record's begin."""

    records: Ints
    things: Ints
    begins: Ints

    @classmethod
    def of(cls, size: int, records: Ints, things: Ints) -> Pairs:
        """``records`` must be in ascending order."""
        counts = np.bincount(records, minlength=size)
        return cls(records, things, np.concatenate(([0], np.cumsum(counts))))

    @property
    def counts(self) -> Ints:
        return np.diff(self.begins)

    def number(self, records: Ints) -> Ints:
        """How many things each of some records names."""
        return self.begins[records + 1] - self.begins[records]

    @property
    def steps(self) -> Steps:
        """From each record to its things."""
        return Steps(self.begins, self.things)

    def by_thing(self, size: int) -> Steps:
        """From each thing to the records that name it."""
        return self.steps.reversed(size)

    def at(self, record: int) -> Ints:
        """The things of one record."""
        return self.things[self.begins[record] : self.begins[record + 1]]


@dataclass(frozen=True, slots=True)
class Dates:
    """Dates as texts, in order, and of each record the position of its own; -1 where it has none. Partial dates are
    compared as far as they go: "2008" has ended on 2009-01-01, not on 2008-12-31."""

    texts: list[str]
    of_record: Ints

    def each(self, holds: Callable[[str], bool]) -> Flags:
        """Of each record whether something holds of its date; not where it has none."""
        known = np.array([*(bool(holds(text)) for text in self.texts), False], dtype=np.bool_)
        return known[self.of_record]

    def text(self, record: int) -> str:
        """The date of a record, or empty."""
        at = self.of_record[record]
        return self.texts[at] if at >= 0 else ""


def lapsed_before(today: str) -> str:
    """The day before which a last statement is too old, as a text."""
    return f"{int(today[:4]) - LAPSE_YEARS}{today[4:]}"


def lexical(text: str) -> str:
    """The value of a literal as a table of results writes it; another term as it stands."""
    if not text.startswith('"'):
        return text
    value: str = json.loads(text[: text.rindex('"') + 1], strict=False)
    return value


def string(text: str) -> str:
    """What SPARQL's STR says of a term; nothing of a blank node, of which it says nothing."""
    return text[1:-1] if text.startswith("<") else "" if text.startswith("_:") else lexical(text)


def language(text: str) -> str:
    """What SPARQL's LANG says of a term."""
    return text[text.rindex('"') + 1 :].removeprefix("@") if text.startswith('"') and text[-1] not in '">' else ""


def joined(left: Ints, right: Ints) -> tuple[Ints, Ints]:
    """The positions in two columns of terms that are equal; ``right`` must be in ascending order."""
    begins, ends = np.searchsorted(right, left, "left"), np.searchsorted(right, left, "right")
    return np.repeat(np.arange(len(left)), ends - begins), ranges(begins, ends)
