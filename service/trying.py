"""Where what is assumed is tried out: in this process over the columns that it has, or in one of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from graph.errors import TooBusy
from graph.gaps import child, columns, kinds
from graph.gaps.whatif import chosen_kinds, searched_of
from service.site import site_of

#: What-ifs that are tried out at once, and seconds that another waits for its turn.
AT_ONCE, PATIENCE = 2, 20.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked, understood: ``filters`` are IRIs, ``limit`` gaps of each outcome are wanted."""

    kind: str | None
    filters: Mapping[str, str]
    lang: str
    as_of: date | None
    limit: int


async def answer_of(
    request: Request, task: str, asked: Asked, given: Mapping[str, object], work: Callable[[Callable[[], None]], Any]
) -> Any:
    """The answer: of ``work`` over the columns that this process has, in a thread that gives up after a while (it calls
    what it is given often); or where kinds are to be looked for that have no columns, of a process of its own with a
    copy of the data. Few run at once."""
    site = site_of(request)
    turns: asyncio.Semaphore = request.app.state.what_ifs
    try:
        async with asyncio.timeout(PATIENCE):
            await turns.acquire()
    except TimeoutError:
        raise TooBusy("what-if-busy", "Others are trying something out at the moment.", "Ask again soon.") from None
    try:
        chosen = chosen_kinds(asked.kind, asked.filters)
        searched = searched_of(chosen, asked.kind, await run_in_threadpool(lambda: site.projection))
        if all(columns.known(kinds()[name]) for name in searched):
            until = time.monotonic() + child.ANSWERING
            return await run_in_threadpool(work, lambda: _be_patient(until))
        async with site.engine.checkpoint() as checkpoint:
            call = {
                "checkpoint": str(checkpoint.resolve()),
                "base": site.store.base,
                "kind": asked.kind,
                "parameters": asked.filters,
                "lang": asked.lang,
                "as_of": asked.as_of.isoformat() if asked.as_of else None,
                "limit": asked.limit,
            }
            return await child.run(task, {**call, **given}, guarded=site.engine.guarded, seconds=child.ANSWERING)
    finally:
        turns.release()


def _be_patient(until: float) -> None:
    if time.monotonic() > until:
        raise child.too_late(child.ANSWERING)
