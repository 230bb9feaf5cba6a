"""How much of the service one client may use: a budget of time, and a number of requests at once.

A token bucket (as in RFC 2697): it fills evenly, holds a minute's budget at most, and what a request took is taken
out at its end, below zero if need be; whose bucket is empty waits until it is not.
"""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MINUTE = 60.0


@dataclass(slots=True)
class _Bucket:
    level: float
    filled: float
    running: int = 0


class Rate:
    """``seconds`` of time a minute and client, ``at_once`` requests at the same time; 0 seconds: no limit.

    At most ``most`` clients are remembered: the ones not seen for longest are forgotten first, except those with a
    request under way. For one event loop.
    """

    def __init__(
        self, seconds: float, at_once: int, *, clock: Callable[[], float] = time.monotonic, most: int = 10_000
    ) -> None:
        self.seconds, self.at_once = seconds, at_once
        self._clock, self._most = clock, most
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._buckets)

    def enter(self, client: str) -> int:
        """0 where a request may begin, and then ``leave`` has to follow; else the seconds to wait (1 or more)."""
        if not self.seconds:
            return 0
        bucket = self._bucket(client)
        if bucket.level <= 0:
            return max(1, math.ceil(-bucket.level / self.seconds * MINUTE))
        if bucket.running >= self.at_once:
            return 1
        bucket.running += 1
        return 0

    def leave(self, client: str, seconds: float) -> None:
        """A request has ended and took so long."""
        if not self.seconds:
            return
        bucket = self._bucket(client)
        bucket.running = max(0, bucket.running - 1)
        bucket.level -= seconds

    def _bucket(self, client: str) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(client)
        if bucket is None:
            self._forget()
            bucket = self._buckets[client] = _Bucket(self.seconds, now)
        self._buckets.move_to_end(client)
        bucket.level = min(self.seconds, bucket.level + (now - bucket.filled) * self.seconds / MINUTE)
        bucket.filled = now
        return bucket

    def _forget(self) -> None:
        """Make room for one more. Each is looked at once at most, so a crowd of busy clients costs one pass."""
        for _ in range(len(self._buckets)):
            if len(self._buckets) < self._most:
                return
            client, bucket = self._buckets.popitem(last=False)
            if bucket.running:
                self._buckets[client] = bucket
