"""A name for the content of a graph, whatever the order in which it is read. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from pyoxigraph import Quad

_SIZE = 2**256
_END = b" .\n"


def fingerprint(quads: Iterable[Quad]) -> str:
    """The sum of the SHA-256 of each quad, which does not need them sorted, and their number. Good against accidents,
    which is what it is for; whoever may write can write what he likes anyway."""
    total = count = 0
    for quad in quads:
        total += int.from_bytes(hashlib.sha256(str(quad).encode()).digest())
        count += 1
    return f"{total % _SIZE:064x}-{count}"


def shifted(known: str, removed: Iterable[Quad], added: Iterable[bytes]) -> str:
    """The fingerprint of a graph that had a ``known`` one, after some of its quads have gone and others, which it did
    not have, have come: as lines of N-Quads, as this library writes them."""
    total, _, count = known.partition("-")
    came = gone = 0
    number = int(count)
    for line in added:
        came += int.from_bytes(hashlib.sha256(line.removesuffix(_END)).digest())
        number += 1
    for quad in removed:
        gone += int.from_bytes(hashlib.sha256(str(quad).encode()).digest())
        number -= 1
    return f"{(int(total, 16) + came - gone) % _SIZE:064x}-{number}"
