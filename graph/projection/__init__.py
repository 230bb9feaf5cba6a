"""The engagements of one generation as columns, for what is asked of all of them at once.

``relations`` are pairs of numbers that stand for terms; ``reading`` makes them of a store, in one pass; ``projection``
is what follows from them: records, their partners, themes and places by position, what contains what, what counts on a
day. A change of the data makes the next projection of the one before. Only ``reading`` knows a store.
"""

from __future__ import annotations

from graph.projection.columns import Flags, Pairs
from graph.projection.projection import ENDED, INFERRED, PROPOSED, STATED, UNCONFIRMED, Projection
from graph.projection.reading import projection_of
from graph.projection.relations import Ints

__all__ = [
    "ENDED",
    "INFERRED",
    "PROPOSED",
    "STATED",
    "UNCONFIRMED",
    "Flags",
    "Ints",
    "Pairs",
    "Projection",
    "projection_of",
]
