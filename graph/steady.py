"""Several queries as if of one generation, where nobody wrote meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from graph.store import Store

T = TypeVar("T")


def steady(store: Store, work: Callable[[], T], rounds: int = 3) -> tuple[T, int, bool]:
    """What ``work`` finds, the generation it began with, and whether that was still the current one at its end.

    Where a generation was published meanwhile it is done anew, at most ``rounds`` times in all: under constant
    writing an answer that spans two neighbouring generations is better than none.
    """
    while True:
        before, found = store.generation, work()
        rounds -= 1
        still = store.generation == before
        if still or rounds <= 0:
            return found, before, still
