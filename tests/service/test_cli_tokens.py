"""``commonground token``: made once, shown once, taken back at once."""

import subprocess
import sys
from pathlib import Path

import httpx
from click.testing import CliRunner, Result

from service.cli import main
from service.tokens import Role, TokenBook
from tests.service.conftest import example_store, serving


def token(*arguments: str, data_dir: Path) -> Result:
    return CliRunner().invoke(main, ["token", *arguments, "--data-dir", str(data_dir)])


def test_a_token_is_alone_on_standard_output(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    command = [sys.executable, "-c", "from service.cli import main; main()"]
    command += ["token", "add", "editor", "--role", "curate", "--data-dir", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    made = done.stdout.removesuffix("\n")
    assert made
    assert not set(made) & set(" \n\t")
    assert made not in done.stderr
    found = TokenBook(folder / "tokens.json").find(made)
    assert found is not None
    assert (found.name, found.role) == ("editor", Role.CURATE)


def test_tokens_are_listed_and_removed(tmp_path: Path) -> None:
    assert "0 tokens" in token("list", data_dir=tmp_path).stderr
    made = {name: token("add", name, "--role", "read", data_dir=tmp_path).stdout.strip() for name in ("Анна", "b")}
    listed = token("list", data_dir=tmp_path)
    assert "Анна" in listed.stdout
    assert "read" in listed.stdout
    assert not any(secret in listed.stdout for secret in made.values())
    assert token("remove", "Анна", data_dir=tmp_path).exit_code == 0
    assert "Анна" not in token("list", data_dir=tmp_path).stdout


def test_wrong_usage_says_what_is_wrong(tmp_path: Path) -> None:
    assert token("add", "x", "--role", "king", data_dir=tmp_path).exit_code == 2
    assert token("add", "x", data_dir=tmp_path).exit_code == 2
    assert token("add", "x", "--role", "read", data_dir=tmp_path).exit_code == 0
    again = token("add", "x", "--role", "read", data_dir=tmp_path)
    assert again.exit_code == 2
    assert "There is a token named 'x'" in again.stderr
    assert again.stdout == ""
    missing = token("remove", "y", data_dir=tmp_path)
    assert missing.exit_code == 2
    assert "no token named 'y'" in missing.stderr


def test_a_running_service_takes_notice(tmp_path: Path) -> None:
    with serving(example_store(), data_dir=tmp_path) as url:
        made = token("add", "reader", "--role", "read", data_dir=tmp_path).stdout.strip()

        def status() -> int:
            return httpx.get(url, headers={"Authorization": f"Bearer {made}"}, timeout=30).status_code

        assert status() == 200
        token("remove", "reader", data_dir=tmp_path)
        assert status() == 401
