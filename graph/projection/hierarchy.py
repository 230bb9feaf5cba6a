"""What contains what: themes, places, organisations. All ways up or down, also where there are several, or a circle."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from graph.projection.relations import Ints

_Value = TypeVar("_Value", bound=np.generic)


def different(values: npt.NDArray[_Value]) -> npt.NDArray[_Value]:
    """Each value once, ascending. Sorting is several times as fast as ``numpy.unique``, which hashes."""
    found = np.sort(values)
    return found[np.concatenate(([True], found[1:] != found[:-1]))] if len(found) else found


def numbered(values: npt.NDArray[_Value]) -> tuple[npt.NDArray[_Value], Ints]:
    """Each value once, ascending, and of each row the position of its value among them."""
    found = different(values)
    return found, np.searchsorted(found, values)


def among(values: Ints, known: Ints) -> npt.NDArray[np.bool_]:
    """Whether each value is one of those known, which must be in ascending order."""
    at = np.searchsorted(known, values)
    found = at < len(known)
    found[found] = known[at[found]] == values[found]
    return found


def ranges(begins: Ints, ends: Ints) -> Ints:
    """All numbers from each beginning up to its end, one range after the other."""
    counts = ends - begins
    return np.repeat(begins - np.cumsum(counts) + counts, counts) + np.arange(int(counts.sum()))


class Hierarchy:
    """``size`` things, of which ``below[i]`` is directly in ``above[i]``."""

    def __init__(self, size: int, below: Ints, above: Ints) -> None:
        self.size, self.below, self.parents = size, below, above

    @cached_property
    def tops(self) -> npt.NDArray[np.bool_]:
        """Whether a thing is in no other."""
        found = np.ones(self.size, dtype=np.bool_)
        found[self.below] = False
        return found

    @cached_property
    def up(self) -> Steps:
        """From each thing to itself and everything that it is in."""
        parents: dict[int, list[int]] = defaultdict(list)
        for one, other in zip(self.below.tolist(), self.parents.tolist(), strict=True):
            parents[one].append(other)
        begins = np.empty(self.size + 1, dtype=np.int64)
        begins[0] = 0
        reached: list[int] = []
        for one in range(self.size):
            if one in parents:
                reached += _all(parents, one)
            else:
                reached.append(one)
            begins[one + 1] = len(reached)
        return Steps(begins, np.array(reached, dtype=np.int64))

    @cached_property
    def down(self) -> Steps:
        """From each thing to itself and everything in it."""
        return self.up.reversed(self.size)

    def above(self, one: int) -> Ints:
        """A thing and everything that it is in, ascending."""
        return self.up.of(one)

    def within(self, one: int) -> Ints:
        """A thing and everything in it, ascending."""
        return self.down.of(one)


class Steps:
    """From each thing to others: those of ``i`` are ``to[begins[i]:begins[i + 1]]``, ascending."""

    def __init__(self, begins: Ints, to: Ints) -> None:
        self.begins, self.to = begins, to

    @classmethod
    def stay(cls, size: int) -> Steps:
        """From each thing to itself alone."""
        return cls(np.arange(size + 1), np.arange(size))

    def of(self, one: int) -> Ints:
        """Where one thing leads."""
        return self.to[self.begins[one] : self.begins[one + 1]]

    def reversed(self, size: int) -> Steps:
        """From others back to each."""
        origins = np.repeat(np.arange(len(self.begins) - 1), np.diff(self.begins))
        order = np.lexsort((origins, self.to))
        begins = np.concatenate(([0], np.cumsum(np.bincount(self.to, minlength=size))))
        return Steps(begins, origins[order])

    def only(self, kept: npt.NDArray[np.bool_]) -> Steps:
        """The same to those that are kept."""
        good = kept[self.to]
        sums = np.concatenate(([0], np.cumsum(good)))
        return Steps(sums[self.begins], self.to[good])

    def strict(self) -> Steps:
        """The same without the step from each thing to itself."""
        origins = np.repeat(np.arange(len(self.begins) - 1), np.diff(self.begins))
        good = origins != self.to
        sums = np.concatenate(([0], np.cumsum(good)))
        return Steps(sums[self.begins], self.to[good])

    def spread(self, things: Ints) -> tuple[Ints, Ints]:
        """For a column of things: which row of it each step comes from, and where it leads."""
        begins, ends = self.begins[things], self.begins[things + 1]
        return np.repeat(np.arange(len(things)), ends - begins), self.to[ranges(begins, ends)]


def _all(parents: dict[int, list[int]], one: int) -> list[int]:
    seen = {one}
    edge = [one]
    while edge:
        edge = [parent for child in edge for parent in parents.get(child, ()) if parent not in seen]
        seen.update(edge)
    return sorted(seen)
