"""What is told of the data as a whole, made once a generation: numbers and files; and the vocabulary they are in."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import cast

from fastapi import Request

from graph.statistics import Statistics, statistics
from graph.store import Store
from graph.store.engine import Engine
from ontology import HERE
from service.describe_downloads import Downloads
from service.describe_jsonld import Context
from service.describe_vocabulary import Vocabulary

#: Seconds until numbers that the engine could not count are tried again.
AGAIN = 60.0


class Published:
    """One for an app: made by ``create_app``, reached through ``published_of(request)``."""

    def __init__(
        self, store: Store, engine: Engine, data_dir: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._store, self._clock = store, clock
        self.downloads = Downloads(engine, data_dir)
        #: Differs from start to start, and with it what clients keep of pages: a newer program makes others.
        self.started = secrets.token_hex(4)
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
    def vocabulary(self) -> Vocabulary:
        """Terms and shapes as the package has them."""
        return Vocabulary()

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
