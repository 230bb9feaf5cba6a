"""What is asked of a kind of gap, and what it answers; the same for all kinds. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from typing import overload

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal, NamedNode

from graph.projection import Flags, Ints, Projection
from graph.projection.columns import Axis
from graph.projection.hierarchy import different

#: Things in one column of one row.
MOST_LISTED = 200
#: Rows that are made at once, where all are wanted.
_BLOCK = 1_000
#: A row as the kind's query has it: by variable, its term.
Row = Mapping[str, NamedNode | Literal]


@dataclass(frozen=True, slots=True)
class Asked:
    """``allowed`` are the IRIs that each filter given keeps, ``share`` the weights of the terms of severity, ``most``
    how many rows are wanted (None: all)."""

    projection: Projection
    day: date
    allowed: Mapping[str, frozenset[str]]
    share: Mapping[str, float]
    most: int | None = None

    def flags(self, name: str, axis: Axis) -> Flags | None:
        """Which things of an axis a filter keeps; None where it is not given."""
        if name not in self.allowed:
            return None
        found = np.zeros(len(axis), dtype=np.bool_)
        for iri in self.allowed[name]:
            if (at := axis.position(iri)) >= 0:
                found[at] = True
        return found

    def severity(self, terms: Mapping[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
        """Severities as they are shown, rounded; terms are columns of values from 0 to 1."""
        weights = [*self.share.values()]
        columns = [np.asarray(terms[name], dtype=np.float64) for name in self.share]
        which = np.zeros(len(columns[0]), dtype=np.int64)
        rows: list[tuple[float, ...]] = [()]
        # The different combinations, a term at a time: few, and found by sorting plain columns.
        for column in columns:
            values = different(column)
            keys = which * len(values) + np.searchsorted(values, column)
            there = different(keys)
            which = np.searchsorted(there, keys)
            rows = [(*rows[key // len(values)], float(values[key % len(values)])) for key in there.tolist()]
        # Rounded one by one as Python does it, so that equal ones are equal to the last digit.
        found = [round(sum(w * round(v, 3) for w, v in zip(weights, row, strict=True)), 3) for row in rows]
        return np.array(found)[which] if len(which) else np.empty(0)


class Rows(Sequence[Row]):
    """Rows that are only made when they are looked at, of gaps whose subjects are known at once: who compares many
    looks at few. ``make`` gives those of some places in the list; ``subjects`` has for each column of the kind's
    subject the IRIs of all things, and the position of each gap's among them."""

    def __init__(self, make: Callable[[Ints], Sequence[Row]], *subjects: tuple[Sequence[str], Ints]) -> None:
        self.make, self._subjects = make, subjects

    def __len__(self) -> int:
        return len(self._subjects[0][1])

    @overload
    def __getitem__(self, index: int) -> Row: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Row]: ...
    def __getitem__(self, index: int | slice) -> Row | Sequence[Row]:
        at = np.arange(len(self))[index]
        return self.make(at) if isinstance(index, slice) else self.make(at.reshape(1))[0]

    def __iter__(self) -> Iterator[Row]:
        for begin in range(0, len(self), _BLOCK):
            yield from self[begin : begin + _BLOCK]

    def keys(self) -> list[tuple[str, ...]]:
        """The subjects of each gap."""
        return list(zip(*([iris[at] for at in column.tolist()] for iris, column in self._subjects), strict=True))


@dataclass(frozen=True, slots=True)
class Candidates:
    """``rows`` worst first, of ``total`` in all; of at least so many where there are ``more``."""

    total: int
    rows: Sequence[Row]
    more: bool = False


def best(severity: npt.NDArray[np.float64], subjects: Sequence[Ints], most: int | None) -> Ints:
    """The places of the worst: by severity, equal ones by the positions of their subjects."""
    order = np.lexsort((*reversed(subjects), -severity))
    return order if most is None else order[:most]


def iri(text: str) -> NamedNode:
    """A thing."""
    return NamedNode(text)


def listed(iris: Iterable[str]) -> Literal:
    """Several things, as a query joins them; of very many the first by IRI, which is more than anybody reads."""
    found = set(iris)
    return Literal(" ".join(sorted(found)[:MOST_LISTED]))


def evidence(*groups: Iterable[str]) -> Literal:
    """Records as a query joins them, each once: those that tell most first, by IRI within a group; of very many the
    first."""
    found = dict.fromkeys(record for group in groups for record in sorted(group))
    return Literal(" ".join([*found][:MOST_LISTED]))


def named(axis: Axis, positions: Ints) -> Literal:
    """Things of an axis by position, ascending, as ``listed``: without looking at the names of very many."""
    return listed(axis.iris[one] for one in positions[:MOST_LISTED].tolist())


def cited(projection: Projection, records: Ints) -> list[str]:
    """The IRIs of records, which have partners; of very many those of the first partners."""
    return [projection.iri(record) for record in first_of(projection, records).tolist()]


def first_of(projection: Projection, records: Ints) -> Ints:
    """As many of some records as are listed: of more those of the first partners, in the order of their IRIs."""
    if len(records) <= MOST_LISTED:
        return records
    first = first_partners(projection, records)
    # Only of these the IRIs are looked at.
    near = first <= np.partition(first, MOST_LISTED - 1)[MOST_LISTED - 1]
    records, terms = records[near], projection.terms
    texts = [terms[number] for number in projection.records[records].tolist()]
    ordered = nsmallest(MOST_LISTED, zip(first[near].tolist(), texts, records.tolist(), strict=True))
    return np.array([record for _, _, record in ordered])


def first_partners(projection: Projection, records: Ints) -> Ints:
    """Of each record the partner that comes first."""
    partners = projection.partners
    return partners.things[partners.begins[records]]
