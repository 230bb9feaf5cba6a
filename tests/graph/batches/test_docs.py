"""docs/batches.md: its table of states is the table, its commands are there."""

import re
import shlex
from pathlib import Path

import click
import pytest

from graph.batches.states import FOLLOWS, State
from service.cli import main

TEXT = (Path(__file__).parents[3] / "docs" / "batches.md").read_text(encoding="utf-8")
#: What nobody asks for: a batch is looked into anew by itself.
_UNTOLD = {State.STAGING, State.UNCHANGED, State.REJECTED, State.FAILED, State.RETURNED}


@pytest.mark.parametrize("state", State)
def test_the_page_has_every_state_and_promises_only_what_may_follow(state: State) -> None:
    found = re.search(rf"^\| `{state.value}` \|[^|]*\|([^|]*)\|$", TEXT, re.M)
    assert found, state
    told = {State(word) for word in re.findall(r"`(\w+)`", found[1])}
    assert told <= FOLLOWS[state]
    assert FOLLOWS[state] - told <= _UNTOLD, "whatever else may follow is told"


@pytest.mark.parametrize("line", re.findall(r"^commonground .*$", TEXT, re.M))
def test_the_commands_of_the_page_can_be_read(line: str) -> None:
    context = click.Context(main, info_name="commonground")
    command: click.Command = main
    words = shlex.split(line)[1:]
    while isinstance(command, click.Group):
        _, found, words = command.resolve_command(context, words)
        assert found is not None
        command = found
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known
