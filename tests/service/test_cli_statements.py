"""Statements on the command line. All names are invented."""

from __future__ import annotations

import json

import pytest

from tests.service.test_cli_batches import Shell, shell

__all__ = ["shell"]

pytestmark = pytest.mark.xdist_group("workspace")

WHO = ("--who", "Ana", "--day", "2010-06")
CELL = ("--theme", "Deinstitutionalisation", "--place", "France")


def state(shell: Shell, as_of: str) -> str:
    asked = shell.run("ask", "who-works-on", *CELL, "--as-of", as_of, "--format", "json")
    found: str = json.loads(asked.stdout)["cell"]["state"]["code"]
    return found


def test_it_is_recorded_listed_and_withdrawn(shell: Shell) -> None:
    before = state(shell, "2010-06")
    for command, after in (("absence", "known-absence"), ("complete", "none-listed"), ("not-needed", "known-absence")):
        assert "recorded: " in shell.run("state", command, *CELL, *WHO, "--by", "Boris", "--note", "By phone.").stderr
        assert "stated already" in shell.run("state", command, *CELL, *WHO, "--note", "By phone.").stderr
        assert state(shell, "2010-06") == after
        (standing,) = [one for one in statements(shell) if not one["withdrawn"]]
        assert (standing["say"], standing["who"], standing["by"]) == (command, "Ana", "Boris")
        shell.run("state", "withdraw", str(standing["id"]))
        assert state(shell, "2010-06") == before
        shell.run("state", "withdraw", str(standing["id"]), status=1)
    assert len(statements(shell)) == 3
    assert "Nobody works on it" in shell.run("state", "list").stdout


def statements(shell: Shell) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(shell.run("state", "list", "--format", "json").stdout)["statements"]
    return found


def test_all_of_an_organisation_is_confirmed_and_what_that_does_is_said(shell: Shell) -> None:
    done = shell.run(
        "state", "confirm", "--organisation", "UNICEF Armenia", "--who", "Ana", "--day", "2016", "--lang", "ru"
    )
    assert "станет больше" in done.stderr
    (one,) = statements(shell)
    assert one["engagements"]
    shell.run("state", "withdraw", str(one["id"]))


def test_what_is_wrong_is_said_in_the_language_asked_for(shell: Shell) -> None:
    wrong = shell.run("state", "absence", *CELL, "--who", "a@example.org", "--day", "2010", "--lang", "ru", status=2)
    assert "Уберите адрес" in wrong.stderr
    wrong = shell.run(
        "state", "absence", "--theme", "Deinst", "--place", "FR", "--who", "A", "--day", "1.2.3", status=2
    )
    assert "is no day" in wrong.stderr
    assert "nothing is called 'Deinst'" in wrong.stderr
    assert shell.run("state", "confirm", "--who", "A", "--day", "2010", status=2).stderr
    assert "no statement 'x'" in shell.run("state", "withdraw", "x", status=1).stderr
    assert "Nothing was stated yet" in shell.run("state", "list").output
