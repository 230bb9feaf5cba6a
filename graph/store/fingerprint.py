"""A name for the content of a graph, whatever the order in which it is read. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import Quad

_SIZE = 2**256


def fingerprint(quads: Iterable[Quad]) -> str:
    """The sum of the SHA-256 of each quad, which does not need them sorted, and their number. Good against accidents,
    which is what it is for; whoever may write can write what he likes anyway."""
    total = count = 0
    for quad in quads:
        total += int.from_bytes(hashlib.sha256(str(quad).encode()).digest())
        count += 1
    return f"{total % _SIZE:064x}-{count}"
