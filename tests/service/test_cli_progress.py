"""What a command says of its progress: a line a stage, and on a terminal how far that is."""

from __future__ import annotations

import os
import pty
import sys

import pytest

from service.cli.options import show_progress

STEPS = [("read", 0, 85_757_054), ("read", 36_000_000, 85_757_054), ("read", 85_757_054, 85_757_054), ("map", 0, 1)]


def tell() -> None:
    for step in STEPS:
        show_progress(*step)


def test_a_line_a_stage(capsys: pytest.CaptureFixture[str]) -> None:
    tell()
    assert capsys.readouterr().err == "read ...\nread: 85.8 MB done\nmap ...\n"


def test_a_terminal_shows_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        tell()
        monkeypatch.undo()
        shown = os.read(ours, 1000).decode().replace("\r\n", "\n")
    os.close(ours)
    assert shown == "read ...\nread: 41 %\rread: 85.8 MB done\nmap ...\n"
