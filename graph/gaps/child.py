"""Work on gaps that takes long or much memory, in a process of its own: noting them, what was known on a day, what-ifs.

The service starts it (``run``) over a checkpoint. It prints what it found as JSON, or one line of JSON that says why
something could not be done.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from graph import alone
from graph.errors import GraphError, TooBusy
from graph.gaps.book import note
from graph.gaps.known import between_known

#: Bytes that such a process may have beyond what it has at the start.
MEMORY = 2 * 1024 * 1024 * 1024
#: Seconds for noting the gaps of a generation, for which nobody waits, and for an answer, for which somebody does.
NOTING, ANSWERING = 1800.0, 60.0


async def run(task: str, given: dict[str, Any], *, guarded: bool, seconds: float) -> Any:
    """Do a task, see ``TASKS``, to its end. Raises GraphError: what the process says, or that it was ended."""
    output = await alone.result_of(
        "graph.gaps.child",
        *(task, json.dumps(given)),
        memory=MEMORY if guarded else 0,
        seconds=seconds,
        late=too_late(seconds),
        ended=TooBusy(
            "gaps-ended", "The process that looked for gaps was ended before it was done.", "Try again later."
        ),
    )
    return json.loads(output)


def too_late(seconds: float) -> TooBusy:
    """What is told of work that took too long."""
    return TooBusy("gaps-timeout", f"This took longer than {seconds:g} seconds.", "Name a kind, a theme or a place.")


def _note(checkpoint: str, base: str, journal: str, most: int) -> int:
    from graph.store.snapshot import Snapshot

    at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return note(Snapshot(Path(checkpoint), base), Path(journal), at, most)


def _known(checkpoint: str, base: str, batches: str, days: list[str], asked: dict[str, Any]) -> dict[str, Any]:
    from graph.batches.folder import Folders
    from graph.store.snapshot import Snapshot

    store = Snapshot(Path(checkpoint), base)
    folders = Folders(Path(batches), lambda: datetime.now(UTC))
    first, last = (date.fromisoformat(day) for day in days)
    asked["as_of"] = date.fromisoformat(asked["as_of"]) if asked.get("as_of") else None
    limit = asked.pop("limit")
    return between_known(store, folders, first, last, limit, **asked)


def _what_if(
    checkpoint: str, base: str, assumed: list[tuple[str, str]], kind: str | None, lang: str, limit: int, **asked: Any
) -> dict[str, Any]:
    """``assumed`` are pairs of a kind and a text with IRIs."""
    from graph.gaps.assumptions import read
    from graph.gaps.whatif import what_if
    from graph.gaps.whatif_format import what_if_to_dict
    from graph.names import Names
    from graph.store.snapshot import Snapshot

    store = Snapshot(Path(checkpoint), base)
    names = Names.of(store)
    again = [read(one, text, names, lang) for one, text in assumed]
    day = _day(asked["as_of"])
    found = what_if(store, again, kind, asked["parameters"], lang=lang, as_of=day, names=names, limit=limit)
    return what_if_to_dict(found, lang)


def _best(checkpoint: str, base: str, k: int, kind: str | None, lang: str, limit: int, **asked: Any) -> dict[str, Any]:
    from graph.gaps.ties import best_ties
    from graph.gaps.whatif_format import best_ties_to_dict
    from graph.store.snapshot import Snapshot

    store = Snapshot(Path(checkpoint), base)
    day = _day(asked["as_of"])
    return best_ties_to_dict(best_ties(store, k, kind, asked["parameters"], lang=lang, as_of=day, limit=limit), lang)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


#: What such a process does, by name.
TASKS: dict[str, Callable[..., object]] = {"note": _note, "known": _known, "what-if": _what_if, "best": _best}


#: Arguments: pid of the parent, bytes of memory (0: no guards), task, what it is given as JSON.
def main() -> None:
    task, given = TASKS[sys.argv[3]], json.loads(sys.argv[4])
    too_large = GraphError("gaps-too-large", "The data are too large for this.", "Ask on the server's command line.")
    alone.run(int(sys.argv[1]), int(sys.argv[2]), lambda: print(json.dumps(task(**given))), too_large)


if __name__ == "__main__":
    main()
