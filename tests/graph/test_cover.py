"""Greedy coverage against every set of ties, on instances small enough to try them all."""

from __future__ import annotations

import math
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from graph.gaps.cover import all_closed, at_least, most_closed

GAPS = st.integers(0, 9)
TIES = st.sampled_from("ABCDEFG")
INSTANCES = st.dictionaries(GAPS, st.frozensets(TIES, max_size=3), max_size=10)


def closed(instance: dict[int, frozenset[str]], ties: tuple[str, ...]) -> set[int]:
    return {gap for gap, by in instance.items() if by & set(ties)}


@given(instance=INSTANCES, k=st.integers(1, 5))
def test_most_closed_keeps_its_bounds(instance: dict[int, frozenset[str]], k: int) -> None:
    best = max(len(closed(instance, ties)) for ties in combinations("ABCDEFG", k))
    found = most_closed(instance, k, str)
    assert len(found.picks) <= k
    assert found.closed == len(closed(instance, tuple(pick.tie for pick in found.picks)))
    assert found.closed <= best <= found.at_most
    assert found.closed >= (1 - 1 / math.e) * best
    assert all(pick.closes for pick in found.picks)


@given(instance=INSTANCES)
def test_all_closed_keeps_its_bounds(instance: dict[int, frozenset[str]]) -> None:
    closable = {gap for gap, ties in instance.items() if ties}
    fewest = next(n for n in range(8) if any(closed(instance, t) == closable for t in combinations("ABCDEFG", n)))
    found = all_closed(instance, str)
    assert closed(instance, tuple(pick.tie for pick in found)) == closable
    assert at_least(instance, len(found)) <= fewest <= len(found)
    largest = max([1, *(len(closed(instance, (tie,))) for tie in "ABCDEFG")])
    assert len(found) <= fewest * sum(1 / i for i in range(1, largest + 1)) + 1e-9


@given(instance=INSTANCES, said=INSTANCES, k=st.integers(1, 5))
def test_what_is_said_is_verified(instance: dict[int, frozenset[str]], said: dict[int, frozenset[str]], k: int) -> None:
    """More is said than is true: the ties are those that would be taken if only the truth were known."""
    asked: list[str] = []

    def truth(tie: str) -> set[int]:
        asked.append(tie)
        return closed(instance, (tie,))

    too_much = {gap: instance.get(gap, frozenset()) | said.get(gap, frozenset()) for gap in {*instance, *said}}
    found = most_closed(too_much, k, str, truth)
    assert found.picks == most_closed(instance, k, str).picks
    assert len(asked) == len(set(asked))
    assert found.at_most >= max(len(closed(instance, ties)) for ties in combinations("ABCDEFG", k))


@given(instance=INSTANCES, seed=st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_changes_nothing(instance: dict[int, frozenset[str]], seed: object) -> None:
    keys = list(instance)
    seed.shuffle(keys)  # type: ignore[attr-defined]
    assert most_closed({key: instance[key] for key in keys}, 3, str) == most_closed(instance, 3, str)


def test_the_classical_instance_on_which_greedy_is_not_best() -> None:
    """Two rows of four would do; greedily the middle comes first, then what is left of both."""
    instance = {
        **{f"top{i}": {"T", "M"} if i < 3 else {"T", "N"} for i in range(4)},
        **{f"low{i}": {"L", "M"} if i < 3 else {"L", "N"} for i in range(4)},
    }
    found = all_closed(instance, str)
    assert [pick.tie for pick in found] == ["M", "N"]
    with_a_rest = instance | {"top4": {"T"}, "low4": {"L"}}
    two = most_closed(with_a_rest, 2, str)
    assert two.picks[0].tie == "M"
    assert (two.closed, two.at_most) == (8, 10)


def test_nothing_to_close() -> None:
    assert most_closed({}, 3, str).picks == ()
    assert most_closed({1: []}, 3, str).at_most == 0
    assert at_least({1: []}, 0) == 0
