"""What becomes of the gaps of one kind from one state of the data to another: which close, open, change. Pure.

Compared are rows; of thousands only those that are shown are put into words.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from graph.gaps.found import Row

#: The IRIs of what a gap is about, in the order of the kind's ``subject``.
Key = tuple[str, ...]
#: Gaps that stay, of which it is looked up whether they change.
MOST_COMPARED = 1_000


class Listing:
    """The gaps of one state by subject; they become rows when they are looked at."""

    def __init__(self) -> None:
        self._places: dict[Key, tuple[int, int]] = {}
        self._parts: list[Callable[[Sequence[int]], Sequence[Row]]] = []
        #: Whether there are gaps that are not listed.
        self.partly = False

    def add(self, keys: Iterable[tuple[int, Key]], make: Callable[[Sequence[int]], Sequence[Row]]) -> None:
        """Take in gaps by their places in a list, worst first, of which ``make`` makes rows; those that are there
        already stay."""
        for at, key in keys:
            self._places.setdefault(key, (len(self._parts), at))
        self._parts.append(make)

    def __contains__(self, key: object) -> bool:
        return key in self._places

    def __iter__(self) -> Iterator[Key]:
        return iter(self._places)

    def rows(self, keys: Iterable[Key]) -> dict[Key, Row]:
        """Some gaps."""
        return {row.subjects: row for number, at in self._by_part(keys).items() for row in self._parts[number](at)}

    def worst(self, keys: Iterable[Key], most: int | None) -> list[Row]:
        """The worst of some, worst first. They come from parts that are each in that order."""
        by_part = self._by_part(keys)
        return worst((row for number, at in by_part.items() for row in self._parts[number](sorted(at)[:most])), most)

    def _by_part(self, keys: Iterable[Key]) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for key in keys:
            number, at = self._places[key]
            found.setdefault(number, []).append(at)
        return found


def worst(rows: Iterable[Row], most: int | None) -> list[Row]:
    """Rows as a list of gaps has them, worst first."""
    ordered = sorted(rows, key=lambda row: (-row.severity, row.kind.name, row.subjects))
    return ordered if most is None else ordered[:most]


@dataclass(frozen=True, slots=True)
class Moved:
    """``noticed`` are there before too, and listed only after. With ``partly`` there may be more of each."""

    before: Listing
    after: Listing
    closed: Sequence[Key]
    opened: Sequence[Key]
    noticed: Sequence[Key]
    changed: Sequence[tuple[Row, Row]]
    partly: bool


def closed(before: Listing, after: Listing, standing: Callable[[Sequence[Key], bool], Collection[Key]]) -> list[Key]:
    """The gaps that close. ``standing`` tells which of some gaps there are of the state before (or after, if True),
    listed or not."""
    gone = [key for key in before if key not in after]
    if gone and (before.partly or after.partly):
        # What one list has no place for may be there all the same.
        stay = standing(gone, True)
        return [key for key in gone if key not in stay]
    return gone


def moved(
    before: Listing,
    after: Listing,
    standing: Callable[[Sequence[Key], bool], Collection[Key]],
    touched: Callable[[Key], bool] | None = None,
    most: int | None = MOST_COMPARED,
) -> Moved:
    """Compare two listings. ``standing`` is that of ``closed``; ``touched`` tells which of those that are in both may
    differ, of which the first ``most`` are looked at."""
    new = [key for key in after if key not in before]
    there = standing(new, False) if new else ()
    partly = before.partly or after.partly
    both = (key for key in after if key in before and (touched is None or touched(key)))
    compared = list(islice(both, most))
    old, now = before.rows(compared), after.rows(compared)
    return Moved(
        before,
        after,
        closed(before, after, standing),
        [key for key in new if key not in there],
        # Of those that only one list has no place for it is not known whether they would be listed.
        [] if before.partly or after.partly else [key for key in new if key in there],
        [(old[key], now[key]) for key in compared if differ(old[key], now[key])],
        partly or next(both, None) is not None,
    )


def differ(before: Row, after: Row) -> bool:
    """Whether a gap is told differently: what it is about, its reason, the terms of its severity. Its evidence is not
    compared: what is assumed rests on nothing."""
    reasons = before.kind.reasons
    return before.values != after.values or before.terms != after.terms or reasons[before.case] != reasons[after.case]
