"""The log: one line of JSON a request, to standard error or a file. Nothing that a client sends can break a line,
and a log that nobody takes in (a full pipe, a full disk) never makes the service wait."""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import queue
import threading
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from starlette.requests import HTTPConnection

from graph.errors import GraphError

#: In the settings: standard error.
STANDARD_ERROR = "-"
#: Characters of a path or a message that are written.
LONGEST = 300
_TRACE = 4_000
_FACTS = "commonground.facts"


def begin_facts(scope: MutableMapping[str, Any]) -> dict[str, str | int]:
    """Start to gather what the log says of a request beyond what the edge sees."""
    facts: dict[str, str | int] = {}
    scope[_FACTS] = facts
    return facts


def note(request: HTTPConnection, *, query: str | None = None, **facts: str | int) -> None:
    """Add to the line of this request: ``outcome`` (a problem's code), ``generation``, or the text of its ``query``,
    which is written as a hash: enough to find the same one again, not what somebody asked."""
    gathered = request.scope.get(_FACTS)
    if isinstance(gathered, dict):
        gathered.update(facts)
        if query is not None:
            gathered["query"] = hashlib.sha256(query.encode("utf-8", "surrogatepass")).hexdigest()[:16]


class Log:
    """Takes records from any thread and writes them in one of its own. ``lost`` counts those there was no room for."""

    def __init__(self, target: str | Path, *, most: int = 10_000) -> None:
        self._path = None if target == STANDARD_ERROR else Path(target)
        self._descriptor = 2 if self._path is None else self._open(self._path)
        self._waiting: queue.Queue[bytes | None] = queue.Queue(most)
        self.lost = 0
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def write(self, record: Mapping[str, object]) -> None:
        """Write a record as one line, soon. JSON escapes control characters and, as ASCII, all other line ends."""
        line = json.dumps(record, ensure_ascii=True, default=str).encode() + b"\n"
        try:
            self._waiting.put_nowait(line)
        except queue.Full:
            self.lost += 1

    def close(self, seconds: float = 2.0) -> None:
        """Write what waits, for so long at most."""
        with contextlib.suppress(queue.Full):
            self._waiting.put(None, timeout=seconds)
            self._thread.join(seconds)

    @staticmethod
    def _open(path: Path) -> int:
        try:
            return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        except OSError as error:
            raise GraphError(
                "log-unwritable", f"The log {path} cannot be written: {error.strerror}.", "Name another with --log."
            ) from None

    def _write_all(self) -> None:
        while (line := self._waiting.get()) is not None:
            try:
                self._reopen_if_moved()
                while line:
                    line = line[os.write(self._descriptor, line) :]
            except (OSError, GraphError):
                self.lost += 1
        if self._path is not None:
            os.close(self._descriptor)

    def _reopen_if_moved(self) -> None:
        """Programs that rotate logs move the file away; the next line begins a new one."""
        if self._path is None:
            return
        try:
            there = self._path.stat()
        except FileNotFoundError:
            there = None
        ours = os.fstat(self._descriptor)
        if there is None or (there.st_ino, there.st_dev) != (ours.st_ino, ours.st_dev):
            fresh = self._open(self._path)
            os.close(self._descriptor)
            self._descriptor = fresh


class Messages(logging.Handler):
    """Puts what the server and we ourselves complain about into the same log, in the same form."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        entry: dict[str, object] = {
            "time": stamp(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "message": record.getMessage().strip()[:LONGEST],
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["trace"] = "".join(traceback.format_exception(record.exc_info[1]))[-_TRACE:]
        self._log.write(entry)


def stamp(moment: datetime) -> str:
    """A time as the log has it: UTC, milliseconds."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
