"""The page on ingestion is current, and its example goes in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from graph.ingest.describe import MEANINGS_PAGE, PAGE, current
from graph.store.embedded import EmbeddedStore

TEXT = PAGE.read_text(encoding="utf-8")


def test_the_tables_are_current() -> None:
    for text in (TEXT, MEANINGS_PAGE.read_text(encoding="utf-8")):
        assert current(text) == text, "run `python -m graph.ingest.describe`"


def test_the_example_goes_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = re.findall(r"`(\w+\.csv)`[^`]*```csv\n(.*?)```", TEXT, re.S)
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    assert [name for name, _ in tables] == ["organisations.csv", "engagements.csv"]
    for name, content in tables:
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    namespace: dict[str, object] = {}
    exec(compile(code, str(PAGE), "exec"), namespace)
    assert capsys.readouterr().out.startswith("accepted 4 ")
    store = namespace["store"]
    assert isinstance(store, EmbeddedStore)
    assert next(store.quads(f"{store.base}source/blue-house-2010"), None)
