"""Lines in order, however few of them are held at a time."""

import random
from pathlib import Path

import pytest

from graph.sorted_lines import sort_lines


@pytest.mark.parametrize("at_once", [1, 7, 1000])
def test_the_lines_are_sorted_by_their_bytes(tmp_path: Path, at_once: int) -> None:
    words = ["", "a", "b", "a b", "é", "я", "Z", "zz", "\x7f"]
    lines = [f"{random.Random(5 + n).choice(words)} {n % 40}\n".encode() for n in range(200)]
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"".join(lines))
    sort_lines(source, target, at_once)
    assert target.read_bytes() == b"".join(sorted(lines))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source", "target"]


def test_nothing_makes_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "source").write_bytes(b"")
    sort_lines(tmp_path / "source", tmp_path / "target")
    assert (tmp_path / "target").read_bytes() == b""
