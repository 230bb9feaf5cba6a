"""What a search for gaps found, and what it looked at: an empty result says the same as a full one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import overload

from graph.model import Gap, GapKind, Thing, Value
from graph.projection import Projection
from graph.store import Store

_COUNTS = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT (COUNT(DISTINCT ?engagement) AS ?engagements) (COUNT(DISTINCT ?statement) AS ?statements)
       (COUNT(DISTINCT ?source) AS ?sources)
WHERE {
  { VALUES ?class { cg:Engagement cg:Collaboration } ?engagement a ?class }
  UNION { VALUES ?class { cg:AbsenceStatement cg:CompletenessStatement cg:MeetingStatement } ?statement a ?class }
  UNION { ?source a cg:Source }
}"""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a kind's query, weighed and not yet worded. ``records`` are the IRIs that it rests on, and
    there may be ``more``."""

    kind: GapKind
    subjects: tuple[str, ...]
    values: Mapping[str, Value]
    case: str
    terms: Mapping[str, float]
    severity: float
    records: tuple[str, ...]
    more: bool = False

    @property
    def place(self) -> tuple[float, tuple[str, ...], str]:
        """Where it stands in a list: the worst come first, equal ones by the IRIs of what they are about."""
        return -self.severity, self.subjects, self.kind.name


@dataclass(frozen=True, slots=True)
class LookedAt:
    """How much was searched, and for what. ``statements`` are those of absence, of completeness and of meetings;
    ``left_out`` are the kinds that cannot be filtered so, ``not_searched`` those that
    take long and have to be asked for; ``filters`` is what the texts given were understood as."""

    engagements: int
    statements: int
    sources: int
    as_of: date
    generation: int
    kinds: tuple[str, ...]
    left_out: tuple[str, ...] = ()
    filters: Mapping[str, Thing] = field(default_factory=dict)
    not_searched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a search tells beside what it found: how many there are of each kind (at least so many where there are
    ``more``), and the shares of the terms of severity by kind (``weights``)."""

    by_kind: Mapping[str, int]
    weights: Mapping[str, Mapping[str, float]]
    looked_at: LookedAt
    more: bool = False

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRows(Found):
    """Rows, worst first: all of ``total``, or the worst of them."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundGaps(Found, Sequence[Gap]):
    """A sequence of the gaps shown: of ``total`` in all those after the first ``offset``."""

    gaps: tuple[Gap, ...]
    offset: int

    def __len__(self) -> int:
        return len(self.gaps)

    def __iter__(self) -> Iterator[Gap]:
        return iter(self.gaps)

    @overload
    def __getitem__(self, index: int) -> Gap: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Gap, ...]: ...
    def __getitem__(self, index: int | slice) -> Gap | tuple[Gap, ...]:
        return self.gaps[index]


def look_at(
    store: Store,
    day: date,
    generation: int,
    kinds: Sequence[str],
    left_out: Sequence[str],
    filters: Mapping[str, Thing],
    projection: Projection | None = None,
) -> LookedAt:
    """Count what there is to look at."""
    if projection is not None:
        statements = len(projection.any_of("AbsenceStatement", "CompletenessStatement", "MeetingStatement"))
        engagements, sources = len(projection.records), len(projection.instances("Source"))
    else:
        row = next(iter(store.select(_COUNTS)))
        engagements, statements, sources = (int(row[name].value) for name in ("engagements", "statements", "sources"))
    return LookedAt(engagements, statements, sources, day, generation, tuple(kinds), tuple(left_out), filters)
