"""A client's budget: what is used up is waited for, and nobody can make the service remember without end."""

from hypothesis import given
from hypothesis import strategies as st

from service.rate import Rate


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_who_has_used_the_budget_waits_until_it_fills() -> None:
    clock = Clock()
    rate = Rate(6, 4, clock=clock)
    assert rate.enter("a") == 0
    rate.leave("a", 7)
    # One second too many, and a tenth of a second comes back each second.
    assert rate.enter("a") == 10
    assert rate.enter("b") == 0
    clock.now += 9
    assert rate.enter("a") == 1
    clock.now += 1.5
    assert rate.enter("a") == 0


def test_a_minute_of_rest_gives_a_minutes_budget_and_no_more() -> None:
    clock = Clock()
    rate = Rate(6, 4, clock=clock)
    clock.now += 3600
    assert rate.enter("a") == 0
    rate.leave("a", 6)
    assert rate.enter("a") > 0
    clock.now += 3600
    assert rate.enter("a") == 0
    rate.leave("a", 6)
    assert rate.enter("a") > 0


def test_only_so_many_at_once() -> None:
    rate = Rate(60, 2, clock=Clock())
    assert [rate.enter("a") for _ in range(3)] == [0, 0, 1]
    assert rate.enter("b") == 0
    rate.leave("a", 0.1)
    assert rate.enter("a") == 0


def test_zero_is_no_limit() -> None:
    rate = Rate(0, 1, clock=Clock())
    for _ in range(5):
        assert rate.enter("a") == 0
        rate.leave("a", 1e9)
    assert len(rate) == 0


def test_memory_is_bounded_and_who_is_at_it_is_not_forgotten() -> None:
    rate = Rate(60, 1, clock=Clock(), most=100)
    assert rate.enter("busy") == 0
    for number in range(5000):
        assert rate.enter(f"client {number}") == 0
        rate.leave(f"client {number}", 0.1)
    assert len(rate) <= 100
    assert rate.enter("busy") == 1


@given(st.lists(st.tuples(st.floats(0, 30), st.floats(0, 20)), min_size=1, max_size=30))
def test_over_any_time_a_client_gets_its_budget_and_one_request_more(steps: list[tuple[float, float]]) -> None:
    clock = Clock()
    rate = Rate(6, 1, clock=clock)
    used, longest = 0.0, 0.0
    for pause, takes in steps:
        clock.now += pause
        if rate.enter("a") == 0:
            clock.now += takes
            rate.leave("a", takes)
            used, longest = used + takes, max(longest, takes)
    assert used <= 6 + (clock.now - 1000) / 10 + longest + 1e-6


@given(st.floats(6.01, 100))
def test_the_wait_that_is_told_is_enough(takes: float) -> None:
    clock = Clock()
    rate = Rate(6, 1, clock=clock)
    rate.enter("a")
    rate.leave("a", takes)
    wait = rate.enter("a")
    assert wait >= 1
    clock.now += wait + 0.001
    assert rate.enter("a") == 0
