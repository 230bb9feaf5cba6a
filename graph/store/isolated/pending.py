"""Writes that wait for the writer, and those who wait for them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from graph.errors import GraphError
from graph.store.engine import Written


@dataclass(eq=False)
class Pending:
    """A write and its two answers: ``applied`` with the generation it will be visible in, ``done`` when it is."""

    write: dict[str, Any]
    applied: asyncio.Future[Written] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    done: asyncio.Future[Written] = field(default_factory=lambda: asyncio.get_running_loop().create_future())

    def hear(self, result: dict[str, Any]) -> None:
        """The writer has applied it, or not."""
        if "code" not in result and not self.applied.done():
            self.applied.set_result(written(result))

    def say(self, confirmed: Written) -> None:
        for future in (self.applied, self.done):
            if not future.done():
                future.set_result(confirmed)

    def fail(self, error: GraphError) -> None:
        for future in (self.applied, self.done):
            if not future.done():
                future.set_exception(error)
                future.exception()  # Marks it as seen: nobody may be waiting.

    @property
    def size(self) -> int:
        """Bytes that it brings, about."""
        text = sum(len(value) for value in self.write.values() if isinstance(value, str))
        names = ("removed", "added") if self.write["write"] == "patch" else ("path",)
        files = [self.write[name] for name in names if name in self.write]
        files += [path for path, _ in self.write.get("more", ())]
        try:
            return text + sum(Path(file).stat().st_size for file in files)
        except OSError:
            return text


def first_group(queue: list[Pending], size: int) -> tuple[list[Pending], list[Pending]]:
    """Split a queue: what goes to the writer together, at least one and up to so many bytes, and the rest."""
    total, count = 0, 0
    for pending in queue:
        total += pending.size
        if count and total > size:
            break
        count += 1
    return queue[:count], queue[count:]


def written(result: dict[str, Any]) -> Written:
    """What the writer said of a write that it applied."""
    return Written(result["generation"], result.get("existed", True))
