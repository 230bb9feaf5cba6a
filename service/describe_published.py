"""What is told of the data as a whole, made once a generation: numbers, description, and our JSON-LD context."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import cast

from fastapi import Request

from graph.statistics import Statistics, statistics
from graph.store import Store
from ontology import HERE
from service.describe_jsonld import Context

#: Seconds until numbers that the engine could not count are tried again.
AGAIN = 60.0


class Published:
    """One for an app: made by ``create_app``, reached through ``published_of(request)``."""

    def __init__(self, store: Store, clock: Callable[[], float] = time.monotonic) -> None:
        self._store, self._clock = store, clock
        self._lock = threading.Lock()
        self._statistics: tuple[Statistics, float] | None = None

    def statistics(self) -> Statistics:
        """The numbers of the current generation; counted by whoever asks first, the others wait for it."""
        with self._lock:
            if self._statistics is not None:
                found, at = self._statistics
                whole = not found.missing or self._clock() - at < AGAIN
                if found.generation == self._store.generation and whole:
                    return found
            found = statistics(self._store)
            self._statistics = (found, self._clock())
            return found

    @cached_property
    def context(self) -> Context:
        """The context as the package has it."""
        return Context(json.loads(self.context_text)["@context"])

    @cached_property
    def context_text(self) -> bytes:
        """The context's file, byte by byte."""
        return (HERE / "context.jsonld").read_bytes()


def published_of(request: Request) -> Published:
    return cast(Published, request.app.state.published)
