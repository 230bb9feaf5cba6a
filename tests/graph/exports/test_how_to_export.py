"""docs/how-to-export.md says what is so: it lists every map, edge, format and field, and its snippets run."""

import re
from pathlib import Path

import pytest

from graph.exports import formats
from graph.exports._fields import EDGE_FIELDS, NODE_FIELDS
from graph.maps import maps
from tests.graph.exports.test_exports import SMALL, written

PAGE = (Path(__file__).parents[3] / "docs" / "how-to-export.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE, re.M | re.S)
    assert found, f"no section '{title}'"
    return found[1]


def names(text: str) -> list[str]:
    """What the first cells of a table's rows name."""
    cells = (line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_it_lists_the_maps_and_their_edges() -> None:
    assert sorted(names(section("Maps"))) == sorted(maps())
    for definition in maps().values():
        line = next(line for line in section("Maps").splitlines() if line.startswith(f"| `{definition.name}`"))
        assert set(re.findall(r"`([^`]+)`", line)) == {definition.name, *definition.edges}


def test_it_lists_the_formats() -> None:
    assert sorted(names(section("Formats"))) == sorted(formats())
    for form in formats().values():
        assert f"| `{form.name}` | `{form.suffix}`" in section("Formats")


def test_it_lists_the_fields() -> None:
    of_node, _, of_edge = section("Fields").partition("Of an edge")
    assert names(of_node) == list(NODE_FIELDS)
    assert names(of_edge) == list(EDGE_FIELDS)


@pytest.mark.parametrize("code", re.findall(r"```python\n(.*?)```", PAGE, re.S))
def test_the_snippets_run(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "collaboration.graphml").write_bytes(written("graphml", SMALL))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "how-to-export.md", "exec"), {})
    assert re.search(r"MultiGraph with 2 nodes and 1 edges|'B'\]\n\['C stands alone'\]", capsys.readouterr().out)
