"""docs/how-to-link.md says what is so: its snippets run, its addresses answer, its bounds are those of the code."""

import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from service.describe_data import MOST_ABOUT, MOST_OF, SUFFIX_BY_MEDIA_TYPE

PAGE = (Path(__file__).parents[2] / "docs" / "how-to-link.md").read_text(encoding="utf-8")
THERE = "http://127.0.0.1:8000"

pytestmark = pytest.mark.xdist_group("workspace")


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.S))
def test_the_snippets_run(code: str, roundtable_address: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert THERE in code
    exec(compile(code.replace(THERE, roundtable_address), "how-to-link.md", "exec"), {})
    assert capsys.readouterr().out == "True\n"


@pytest.mark.parametrize("code", re.findall(r"```sh\n(.*?)```", PAGE, re.S))
def test_the_commands_run(code: str, roundtable_address: str, tmp_path: Path) -> None:
    if not shutil.which("curl") or not shutil.which("sha256sum"):
        pytest.skip("no curl or no sha256sum is installed")
    script = code.replace(THERE, roundtable_address).replace("curl ", "curl -fsS --noproxy '*' ")
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script], cwd=tmp_path, capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_every_address_answers(roundtable: httpx.Client) -> None:
    paths = set(re.findall(r"`(/(?:ns|dataset|download|\.well-known|id/\w+/)[^`?#]*)", PAGE))
    assert len(paths) > 10
    for path in sorted(paths):
        if "graph.ttl" not in path:
            assert roundtable.get(path).status_code == 200, path


def test_the_table_of_formats_is_whole() -> None:
    rows = re.findall(r"^\| `([a-z]+/[a-z+-]+)`[^|]*\| `\.(\w+)`", PAGE, re.M)
    assert dict(rows) == SUFFIX_BY_MEDIA_TYPE | {"text/html": "html"}


def test_the_bounds_are_told() -> None:
    assert f"at most {MOST_OF:,} of the first and {MOST_ABOUT:,} of the second kind" in PAGE
