"""Work on workbooks in a process of its own, which may die: bounded memory and time, no network, ended with its parent.

The service starts it (``run``); it prints one line of JSON where something could not be done.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from graph import alone
from graph.durable import write_whole
from graph.errors import GraphError, TooBusy

#: Bytes that such a process may have beyond what it has at the start, and seconds that it may take.
MEMORY, SECONDS = 2 * 1024 * 1024 * 1024, 120.0
#: Statements of a source that is written as a workbook for anybody who asks.
MOST = 500_000


async def run(task: str, *arguments: str, guarded: bool, seconds: float = SECONDS) -> None:
    """Do a task - ``export`` or ``mark``, see ``TASKS`` - to its end. Raises GraphError: what the process says, or that
    it was ended."""
    await alone.result_of(
        "graph.workbooks.child",
        *(task, *arguments),
        memory=MEMORY if guarded else 0,
        seconds=seconds,
        late=TooBusy(
            "workbook-timeout", f"The workbook took longer than {seconds:g} seconds.", "Take the data as RDF."
        ),
        ended=TooBusy(
            "workbook-ended",
            "The process that made the workbook was ended before it was done.",
            "Take the data as RDF.",
        ),
    )


def _export(checkpoint: str, base: str, source: str, lang: str, target: str) -> None:
    from graph.store.snapshot import Snapshot
    from graph.workbooks.exporting import export

    made = export(Snapshot(Path(checkpoint), base), source, lang, MOST)
    Path(target).write_bytes(made.data)


def _mark(name: str, file: str, report: str, lang: str, target: str) -> None:
    from graph.workbooks.marking import Unmarkable, mark

    rows = json.loads(Path(report).read_text(encoding="utf-8"))
    try:
        write_whole(Path(target), mark(name, Path(file).read_bytes(), rows, lang))
    except Unmarkable as error:
        raise GraphError("unmarkable", str(error)) from None


#: What such a process does, by name, with its arguments.
TASKS = {"export": _export, "mark": _mark}


#: Arguments: pid of the parent, bytes of memory (0: no guards), task, its arguments.
def main() -> None:
    task = TASKS[sys.argv[3]]
    too_large = GraphError("workbook-too-large", "It needs more memory than a workbook may have.")
    alone.run(int(sys.argv[1]), int(sys.argv[2]), lambda: task(*sys.argv[4:]), too_large)


if __name__ == "__main__":
    main()
