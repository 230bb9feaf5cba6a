"""The roundtable as a checkpoint, for rehearsals."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE
from service.workspace import Workspace


@pytest.fixture
def store(workspace: Path, tmp_path: Path) -> Iterator[EmbeddedStore]:
    """The roundtable in a folder of its own."""
    shutil.copytree(workspace, tmp_path / "data")
    opened = Workspace(tmp_path / "data").open(DEFAULT_BASE)
    yield opened
    opened.close()
