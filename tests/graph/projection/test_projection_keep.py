"""What follows from a projection is kept with it: for good, for the last days, for the last filters."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from datetime import date, timedelta
from itertools import count

import pytest

from graph.projection import Projection

TODAY = date(2026, 6, 30)


@pytest.fixture
def made() -> Iterator[int]:
    return count()


def test_what_follows_from_the_projection_alone_is_made_once(made: Iterator[int]) -> None:
    projection = Projection.of_quads(())
    assert projection.keep("parts", lambda: next(made)) == 0
    for days in range(9):
        projection.keep("ties", lambda: None, TODAY - timedelta(days))
    assert projection.keep("parts", lambda: next(made)) == 0


def test_all_that_is_of_a_day_stays_while_many_filters_are_asked_for(made: Iterator[int]) -> None:
    projection = Projection.of_quads(())
    names = [f"kind {number}" for number in range(20)]
    first = [projection.keep(name, lambda: next(made), TODAY) for name in names]
    for number in range(50):
        projection.keep("cell-gaps", lambda: next(made), TODAY, frozenset({f"theme {number}"}), None)
    assert [projection.keep(name, lambda: next(made), TODAY) for name in names] == first


@pytest.mark.parametrize(
    "asked",
    [
        [(TODAY - timedelta(days),) for days in range(9)],
        [(TODAY, frozenset({f"theme {number}"}), None) for number in range(9)],
    ],
    ids=["days", "filters"],
)
def test_the_last_asked_for_stay_and_the_others_go(asked: list[tuple[Hashable, ...]], made: Iterator[int]) -> None:
    projection = Projection.of_quads(())
    for of in asked:
        projection.keep("work", lambda: next(made), *of)
    assert projection.keep("work", lambda: next(made), *asked[-2]) == 7
    assert projection.keep("work", lambda: next(made), *asked[0]) == 9
    # What was asked for again is not the next to go.
    projection.keep("work", lambda: next(made), *asked[-2])
    projection.keep("work", lambda: next(made), *asked[1])
    assert projection.keep("work", lambda: next(made), *asked[-2]) == 7
