"""docs/how-to-run.md: every option of ``serve`` that it should tell of, and commands and figures that are so."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from service import exchange, middleware, server
from service.cli import main
from service.cli.serving import edge_options, split_limits
from service.settings import Settings

TEXT = (Path(__file__).parents[2] / "docs" / "how-to-run.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^commonground (.*)$", TEXT, re.MULTILINE)
SERVE = main.commands["serve"]


def parsed(*arguments: str) -> dict[str, Any]:
    """What ``serve`` takes from these arguments. As below ``main``: a command keeps the first help option it makes."""
    return SERVE.make_context("serve", list(arguments), **main.context_settings).params


@pytest.mark.parametrize("option", [name for p in edge_options(lambda: None).__click_params__ for name in p.opts])  # type: ignore[attr-defined]
def test_every_option_for_others_is_told_of(option: str) -> None:
    assert f"`{option}" in TEXT


def test_its_serve_commands_are_understood() -> None:
    found = [shlex.split(command)[1:] for command in COMMANDS if command.startswith("serve ")]
    assert found
    for arguments in found:
        given = parsed(*arguments)
        assert given["public_url"] == "https://graph.example.org"
        assert given["trusted_proxies"] == ("127.0.0.1",)


def test_its_token_commands_run(tmp_path: Path) -> None:
    found = [command for command in COMMANDS if command.startswith("token ")]
    assert len(found) >= 3
    for command in found:
        arguments = shlex.split(command.replace("/var/lib/commonground", str(tmp_path)))
        result = CliRunner().invoke(main, arguments)
        assert result.exit_code == 0, (command, result.output)


def test_its_figures_are_those_of_the_program() -> None:
    given = parsed("--data-dir", "x")
    edge, limits = split_limits({k: v for k, v in given.items() if k in EDGE})
    settings = Settings(data_dir=Path("x"), **edge)
    for figure in (
        f"| {limits['seconds']:g} s |",
        f"| {limits['memory'] // 2**20} MB |",
        f"| {limits['result'] // 2**20} MB |",
        f"| {limits['queue']} waiting |",
        f"| {settings.seconds_a_minute:g} s of work a minute |",
        f"| {settings.client_queries} requests at once |",
        f"{settings.longest_url:,} characters (414)",
        f"headers {middleware.LONGEST_HEAD // 1024} KB (431)",
        f"{settings.longest_upload // 10**6} MB from a token",
        f"{server.HEAD_SECONDS:g} seconds for the head",
        f"{exchange.BODY_SECONDS:g} for each further piece",
        f"for {server.STALLED_SECONDS:g} seconds",
        f"hold {server.CONNECTIONS} connections",
    ):
        assert figure in re.sub(r"\s+", " ", TEXT), figure


EDGE = {p.name for p in edge_options(lambda: None).__click_params__}  # type: ignore[attr-defined]


def test_the_engines_limits_have_the_same_defaults() -> None:
    isolated = pytest.importorskip("graph.store.isolated.limits")
    given = parsed("--data-dir", "x")
    _, limits = split_limits({k: v for k, v in given.items() if k in EDGE})
    for name, value in limits.items():
        assert getattr(isolated.Limits(), name) == value


@pytest.mark.parametrize(
    "arguments",
    [["--trusted-proxy", "nonsense"], ["--client-seconds", "-1"], ["--query-seconds", "0"], ["--client-queries", "0"]],
)
def test_wrong_values_are_refused_at_the_start(arguments: list[str], tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["serve", "--data-dir", str(tmp_path / "data"), *arguments])
    assert result.exit_code == 2
    assert arguments[0] in result.output
    assert not (tmp_path / "data").exists()
