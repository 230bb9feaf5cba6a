"""A service that is told to end leaves nothing behind: as systemd and containers end it, and as people do."""

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from tests.running import running


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order(tmp_path: Path, how: signal.Signals) -> None:
    data = tmp_path / "data"
    with running(data, "--empty") as service:
        assert (data / "service.json").exists()
        with urllib.request.urlopen(f"{service.url}/download/all.nq") as response:
            assert response.status == 200
        os.kill(service.pid, how)
        until = time.monotonic() + 20
        while (data / "service.json").exists() and time.monotonic() < until:
            time.sleep(0.05)
        # To its very end: the fixture would interrupt what it does last.
        state = Path(f"/proc/{service.pid}/stat")
        while state.exists() and ") Z " not in state.read_text() and time.monotonic() < until:
            time.sleep(0.05)
    left = {path.name for path in data.iterdir()}
    assert not {"service.json", "run"} & left
    assert not [name for name in left if name.startswith("downloads-")]
    assert "Traceback" not in (tmp_path / "data.log").read_text()
