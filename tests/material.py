"""The material that is no part of the project: real data, the W3C suites, the source document; and where it lies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def folder(*parts: str) -> Path:
    """Where a part of it is expected: in ``COMMONGROUND_SHARED``, else beside the checkout. It may be missing."""
    given = os.environ.get("COMMONGROUND_SHARED")
    return (Path(given) if given else Path(__file__).parents[2] / "shared").joinpath(*parts)


def shared(*parts: str) -> Path:
    """A file of it; skips, saying why, where it is missing."""
    path = folder(*parts)
    if not path.is_file():
        pytest.skip(f"{'/'.join(parts)} is not in {path.parent}; set COMMONGROUND_SHARED to the folder that holds it")
    return path
