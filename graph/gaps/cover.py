"""The smallest sets of new ties that close most gaps: maximum coverage and set cover. Pure.

Both are solved greedily: take the tie that closes most of what is still open, again and again. With k ties this closes
at least 1 - 1/e (63 %) of what the best k could (Nemhauser, Wolsey and Fisher 1978, An analysis of approximations for
maximizing submodular set functions - I), and no method that is quick on every instance has a better guarantee (Feige
1998). To close everything it takes at most H(d) = 1 + 1/2 + ... + 1/d times as many ties as the fewest, where d is the
most that one tie closes (Chvatal 1979, A greedy heuristic for the set-covering problem).

These hold before anything is looked at. What is known of an instance is mostly better, and is computed: see ``at_most``
and ``at_least``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import islice
from typing import Any, Generic, TypeVar

#: A gap, and a tie.
G = TypeVar("G", bound=Hashable)
T = TypeVar("T", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Pick(Generic[T, G]):
    """A tie that was taken, and what it closes that those before it do not."""

    tie: T
    closes: frozenset[G]


@dataclass(frozen=True, slots=True)
class Cover(Generic[T, G]):
    """The ties in the order in which they were taken. ``at_most`` is an upper bound on what any set of as many ties as
    were asked for closes, of all that were considered."""

    picks: tuple[Pick[T, G], ...]
    at_most: int

    @property
    def closed(self) -> int:
        """Number of gaps that all picks together close."""
        return sum(len(pick.closes) for pick in self.picks)


def most_closed(
    closed_by: Mapping[G, Collection[T]],
    k: int,
    order: Callable[[T], Any],
    verify: Callable[[T], Collection[G]] | None = None,
) -> Cover[T, G]:
    """At most ``k`` ties that close most gaps. ``closed_by`` has for each gap the ties that may close it.

    ``order`` sorts ties of which each closes equally many: the result depends on nothing else. Where ``closed_by`` may
    say too much, ``verify`` tells which gaps a tie really closes; it is asked for those only that are about to be taken
    (the lazy evaluation of Minoux 1978), so what was said must never be too little.

    >>> found = most_closed({"x": {"A"}, "y": {"A", "B"}, "z": {"C"}}, 2, str)
    >>> [(pick.tie, sorted(pick.closes)) for pick in found.picks], found.at_most
    ([('A', ['x', 'y']), ('C', ['z'])], 3)
    """
    said = _by_tie(closed_by)
    picks = tuple(islice(_greedily(said, order, verify), k))
    bound, covered = _bound(said, frozenset(), k), frozenset[G]()
    for pick in picks:
        covered |= pick.closes
        bound = min(bound, _bound(said, covered, k))
    if picks and len(picks) == k:
        # What was taken is at least 1 - (1 - 1/k)^k of the best.
        share = 1 - (1 - Fraction(1, k)) ** k
        bound = min(bound, math.floor(len(covered) / share))
    return Cover(picks, bound)


def all_closed(closed_by: Mapping[G, Collection[T]], order: Callable[[T], Any]) -> tuple[Pick[T, G], ...]:
    """Ties that together close every gap that any tie closes."""
    return tuple(_greedily(_by_tie(closed_by), order, None))


def _greedily(
    said: Mapping[T, frozenset[G]], order: Callable[[T], Any], verify: Callable[[T], Collection[G]] | None
) -> Iterator[Pick[T, G]]:
    """One tie after another, each the one that closes most of what is open.

    What a tie gains only falls, so one whose gain is still what it was when it was put on the heap is the best.
    """
    closes = dict(said)
    heap = [(-len(gaps), order(tie), number, tie) for number, (tie, gaps) in enumerate(closes.items())]
    heapify(heap)
    covered: frozenset[G] = frozenset()
    verified: set[T] = set()
    while heap:
        gain, place, number, tie = heappop(heap)
        if -gain == len(closes[tie] - covered) and verify is not None and tie not in verified:
            verified.add(tie)
            closes[tie] &= frozenset(verify(tie))
        new = closes[tie] - covered
        if not new:
            continue
        if len(new) < -gain:
            heappush(heap, (-len(new), place, number, tie))
            continue
        yield Pick(tie, new)
        covered |= new


def at_least(closed_by: Mapping[G, Collection[T]], taken: int) -> int:
    """A lower bound on the number of ties that close all of these gaps, given that greedily it took ``taken``.

    The most of three: by the guarantee of Chvatal; by the most that one tie closes; and by gaps of which no tie closes
    two, so that each needs its own (a packing, which is the dual of the cover).
    """
    closable = {gap: frozenset(ties) for gap, ties in closed_by.items() if ties}
    if not closable:
        return 0
    largest = max(map(len, _by_tie(closable).values()))
    harmonic = sum(Fraction(1, i) for i in range(1, largest + 1))
    apart, used = 0, set[T]()
    for ties in sorted(closable.values(), key=len):
        if used.isdisjoint(ties):
            apart += 1
            used |= ties
    return max(math.ceil(taken / harmonic), math.ceil(Fraction(len(closable), largest)), apart)


def _by_tie(closed_by: Mapping[G, Collection[T]]) -> dict[T, frozenset[G]]:
    found: dict[T, set[G]] = {}
    for gap, ties in closed_by.items():
        for tie in ties:
            found.setdefault(tie, set()).add(gap)
    return {tie: frozenset(gaps) for tie, gaps in found.items()}


def _bound(closes: Mapping[T, frozenset[G]], covered: frozenset[G], k: int) -> int:
    """What any k ties close is no more than what is closed already and the k largest gains upon it: gains only fall
    (Leskovec et al. 2007 call it the online bound)."""
    gains = sorted((len(gaps - covered) for gaps in closes.values()), reverse=True)
    closable = len(frozenset().union(*closes.values()) | covered)
    return min(closable, len(covered) + sum(gains[:k]))
