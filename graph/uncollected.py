"""Work that makes millions of objects and no circles of them, without the collector that looks for circles."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Python counts references; its collector only looks for objects that refer to each other in a circle, and walks
    over all that there are to do so, again and again as they grow in number: half of the time of a large sheet. It is
    off in the whole process until the block ends, and on again then if it was. What does make circles meanwhile
    (rdflib's graphs) has to ``sweep``."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def sweep() -> None:
    """Let go of what only circles hold, once, where the collector is off."""
    if not gc.isenabled():
        gc.collect()
