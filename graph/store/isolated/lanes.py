"""Lanes: how many queries may run, how many may wait, and for how long."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Callable

from graph.errors import TooBusy


class Lane:
    """A number of slots, and those who wait for one."""

    def __init__(self, name: str, slots: int, queue: int) -> None:
        self.name = name
        self._semaphore = asyncio.Semaphore(slots)
        self._queue = queue
        self.waiting = 0
        self.free = slots
        #: Those who have been here for longer than they should, and stay only as long as nobody waits: the oldest
        #: first, each with what ends it.
        self.overdue: OrderedDict[object, Callable[[], None]] = OrderedDict()

    async def enter(self, seconds: float) -> None:
        """Take a slot; raises TooBusy where too many wait or none is free in time."""
        if self.waiting >= self._queue:
            raise busy()
        self.waiting += 1
        try:
            if self._semaphore.locked() and self.overdue:
                # Its slot comes free in this moment.
                self.overdue.popitem(last=False)[1]()
            async with asyncio.timeout(seconds):
                await self._semaphore.acquire()
                self.free -= 1
        except TimeoutError:
            raise busy() from None
        finally:
            self.waiting -= 1

    def enter_now(self) -> bool:
        """Take a slot if one is free this moment."""
        if self._semaphore.locked():
            return False
        # Not locked: acquire() takes the slot without giving way to others.
        with contextlib.suppress(StopIteration):
            self._semaphore.acquire().send(None)
        self.free -= 1
        return True

    def leave(self) -> None:
        self.free += 1
        self._semaphore.release()


def busy() -> TooBusy:
    return TooBusy("too-busy", "All places for queries are taken.", "Ask again in a few seconds.")
