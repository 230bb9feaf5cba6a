"""What became of gaps between what was known on two days: the same search, over the data as they were known."""

from __future__ import annotations

from datetime import date
from typing import Any

from graph.batches.folder import Folders
from graph.batches.past import as_known
from graph.gaps import FoundGaps, find_gaps
from graph.gaps.format import between_to_dict
from graph.store import Store


def known_on(store: Store, folders: Folders, day: date, **asked: Any) -> FoundGaps:
    """The gaps as they were known here at the end of a day (UTC); ``asked`` is what ``find_gaps`` is asked. Takes what
    ``graph.batches.past`` takes: a copy of the data in memory."""
    return find_gaps(as_known(store, folders, day), **asked)


def between_known(
    store: Store, folders: Folders, first: date, last: date, limit: int | None = None, **asked: Any
) -> dict[str, Any]:
    """``format.between_to_dict`` of two such days."""
    # One after the other, as each is a copy.
    before, after = known_on(store, folders, first, **asked), known_on(store, folders, last, **asked)
    found = between_to_dict(before, after, "knowledge", limit)
    for day, side in ((first, found["from"]), (last, found["to"])):
        # What was put together for a day is no generation.
        del side["generation"]
        side["known_on"] = day.isoformat()
    return found
