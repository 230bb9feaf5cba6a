"""A service as people run it: ``commonground serve`` in a process of its own, on a free loopback port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.tokens import Role, TokenBook

ROOT = Path(__file__).parent.parent

#: A proxy of the environment must not come between a test and its own machine.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Running:
    """``url`` has no trailing slash; ``token`` may do everything; ``pid`` is the service's own process."""

    url: str
    token: str
    pid: int
    data_dir: Path

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def alive(self) -> bool:
        """Whether it answers a query."""
        try:
            with _OPENER.open(f"{self.url}/sparql?query=ASK%20%7B%7D", timeout=10) as response:
                return bool(response.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def memory(self) -> int:
        """Bytes of memory of its process and all that descend from it; shared pages count once (Linux)."""
        return sum(_proportional(pid) for pid in tree(self.pid))


def tree(root: int) -> list[int]:
    """A process and its descendants (Linux)."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                # The name in brackets may hold anything, brackets and blanks too.
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, IndexError, ValueError):
                continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _proportional(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
    except OSError:
        return 0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A file system of its own in ``folder``, of a size as ``mount`` takes it. Skips the test where it cannot be."""
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], capture_output=True)
    if done.returncode:
        pytest.skip("a file system of a small size can only be mounted by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextmanager
def running(data_dir: Path, *options: str) -> Iterator[Running]:
    """Start the service over ``data_dir`` with the options of ``commonground serve``; stop it at the end."""
    data_dir.mkdir(parents=True, exist_ok=True)
    token = TokenBook(data_dir / "tokens.json").add("tests", Role.ADMIN, datetime.now(UTC))
    port = free_port()
    command = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
    command += ["--port", str(port), "--data-dir", str(data_dir), *options]
    log = data_dir.parent / f"{data_dir.name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        service = Running(f"http://127.0.0.1:{port}", token, process.pid, data_dir)
        try:
            deadline = time.monotonic() + 60
            while not service.alive():
                assert process.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline, "the service does not start: " + log.read_text(errors="replace")
                time.sleep(0.05)
            yield service
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait(20)
