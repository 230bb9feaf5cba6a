"""What a folder offers is found by looking into it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from graph.catalogue import files, modules
from graph.errors import GraphError


def test_files_are_found_by_their_names(tmp_path: Path) -> None:
    for name in ("who-works-on.rq", "a.rq", "notes.md"):
        (tmp_path / name).touch()
    assert list(files(tmp_path, ".rq")) == ["a", "who-works-on"]
    assert files(tmp_path, ".rq")["a"] == tmp_path / "a.rq"


@pytest.mark.parametrize("name", ["Who.rq", "who_works.rq", "who works.rq", "-who.rq", ".rq", "кто.rq"])
def test_a_name_that_fits_no_url_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).touch()
    with pytest.raises(GraphError) as caught:
        files(tmp_path, ".rq")
    assert caught.value.code == "bad-catalogue"
    assert name in caught.value.message


def test_modules_keep_their_contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "formats_for_a_test"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "_private.py").write_text("raise AssertionError\n")
    (package / "node_csv.py").write_text("NAME = 'x'\n\ndef write() -> None: ...\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        assert list(modules("formats_for_a_test", ["NAME", "write"])) == ["node-csv"]
        with pytest.raises(GraphError) as caught:
            modules("formats_for_a_test", ["NAME", "MEDIA_TYPE"])
        assert caught.value.message == "The module formats_for_a_test.node_csv does not define MEDIA_TYPE."
    finally:
        for name in [m for m in sys.modules if m.startswith("formats_for_a_test")]:
            del sys.modules[name]
