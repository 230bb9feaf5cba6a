"""The table of states: every pair, one by one, and what the table as a whole has to be."""

import pytest

from graph.batches.states import BUSY, ENDED, FOLLOWS, State, check
from graph.errors import GraphError


@pytest.mark.parametrize("before", State)
@pytest.mark.parametrize("after", State)
def test_what_is_not_in_the_table_is_refused(before: State, after: State) -> None:
    if after in FOLLOWS[before]:
        assert check(before, after) is after
        return
    with pytest.raises(GraphError) as error:
        check(before, after)
    assert error.value.code == "wrong-state"
    assert before.value in error.value.message
    assert after.value in error.value.message


def test_every_state_has_a_line_and_can_be_reached() -> None:
    assert set(FOLLOWS) == set(State)
    reached, edge = {State.RECEIVED}, [State.RECEIVED]
    while edge:
        for following in FOLLOWS[edge.pop()]:
            if following not in reached:
                reached.add(following)
                edge.append(following)
    assert reached == set(State)


def test_nothing_is_in_without_having_been_seen() -> None:
    assert {state for state in State if State.ACCEPTED in FOLLOWS[state]} == {State.ACCEPTING}
    assert {state for state in State if State.ACCEPTING in FOLLOWS[state]} == {State.PREVIEWED, State.WAITING}
    assert {state for state in State if State.WITHDRAWN in FOLLOWS[state]} == {State.ACCEPTED}


def test_what_was_in_can_only_be_undone() -> None:
    assert FOLLOWS[State.ACCEPTED] == {State.WITHDRAWN}


def test_a_job_that_dies_leaves_no_batch_stuck() -> None:
    for state in BUSY:
        assert FOLLOWS[state] - BUSY, state
    assert {State.UNCHANGED, State.RETURNED, State.WITHDRAWN, State.CANCELLED} == ENDED
