"""Reading the book of gaps while it grows: the history of a gap, and what happened last.

What is kept in memory is where each line stands, not the lines.
"""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from graph.gaps.book import BEGINS, CHANGED, CLOSED, KNOWN, Event, Line, event_of, lines_of

#: Changes that can be told, the newest ones.
LAST = 10_000


@dataclass(frozen=True, slots=True)
class Beginning:
    """When the history of gaps begins (UTC, ISO 8601), and with which generation."""

    at: str
    generation: int


class Chronicle:
    """One for a service; may be asked from any thread. A journal that is not there is an empty one."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self._file: int | None = None
        self._read = 0
        self._begins: Beginning | None = None
        self._of: dict[str, list[int]] = {}
        self._last: deque[int] = deque(maxlen=LAST)

    @property
    def begins(self) -> Beginning | None:
        """None where nothing was written yet."""
        with self._lock:
            self._go_on()
            return self._begins

    def history(self, gap: str) -> tuple[Event, ...]:
        """What became of a gap, oldest first."""
        with self._lock:
            self._go_on()
            return tuple(self._events(self._of.get(gap, ())))

    def last(self) -> Iterator[Event]:
        """What opened, closed and changed, newest first."""
        with self._lock:
            self._go_on()
            places = tuple(reversed(self._last))
        for start in range(0, len(places), 100):
            yield from self._events(places[start : start + 100])

    def _events(self, places: tuple[int, ...] | list[int]) -> Iterator[Event]:
        found = []
        with suppress(OSError), self._path.open("rb") as file:
            for place in places:
                file.seek(place)
                with suppress(ValueError, KeyError, TypeError):
                    found.append(event_of(json.loads(file.readline())))
        return iter(found)

    def _go_on(self) -> None:
        try:
            state = self._path.stat()
        except OSError:
            self._forget()
            return
        if state.st_ino != self._file or state.st_size < self._read:
            self._forget()
            self._file = state.st_ino
        if state.st_size == self._read:
            return
        for place, after, line in lines_of(self._path, self._read):
            self._take(place, line)
            self._read = after

    def _take(self, place: int, line: Line) -> None:
        if line["what"] == BEGINS:
            self._begins = self._begins or Beginning(str(line.get("at", "")), int(line.get("generation", 0)))
        elif isinstance(gap := line.get("gap"), str):
            self._of.setdefault(gap, []).append(place)
            if line["what"] != KNOWN:
                self._last.append(place)


def open_since(history: tuple[Event, ...]) -> Event | None:
    """The event that opened a gap which is open now: ``opened``, or ``known`` where it was there when history began."""
    if not history or history[-1].what == CLOSED:
        return None
    return next((event for event in reversed(history) if event.what != CHANGED), None)
