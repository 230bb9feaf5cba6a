"""The documentation says what is so: generated parts are current, links lead somewhere, commands run."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from graph.gaps import kinds
from service.cli import main
from service.reference import TARGET, reference

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "data").glob("*.md")])


def test_the_reference_is_current() -> None:
    assert TARGET.read_text(encoding="utf-8") == reference(), "run `python -m service.reference`"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_relative_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if not (page.parent / link).exists()]
    assert not missing


def test_the_quick_starts_are_one_line_each() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for what in ("run", "test"):
        found = re.search(rf"<!-- quickstart:{what} -->\s*```[a-z]*\n(.*?)```", text, re.S)
        assert found
        assert len(found[1].strip().splitlines()) == 1


def test_every_term_of_severity_is_told_with_its_source() -> None:
    text = (ROOT / "docs" / "gaps.md").read_text(encoding="utf-8")
    terms = {term.name for kind in kinds().values() for term in kind.severity}
    told = {name for row in re.findall(r"^\| (`.*?) \|", text, re.M) for name in re.findall(r"`([a-z]+)`", row)}
    assert terms <= told
    for command in re.findall(r"^commonground (gaps .*)$", text, re.M):
        assert main.make_context("commonground", shlex.split(command)), command


def readme_commands() -> list[str]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.startswith(("commonground ask", "commonground gaps"))]


def test_there_are_readme_commands_to_try() -> None:
    assert len(readme_commands()) >= 4


@pytest.mark.parametrize("line", readme_commands())
@pytest.mark.xdist_group("workspace")
def test_readme_commands_run(line: str, workspace: Path) -> None:
    result = CliRunner().invoke(main, [*shlex.split(line)[1:], "--data-dir", str(workspace)])
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()
