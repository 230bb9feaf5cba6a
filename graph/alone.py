"""Work that may go wrong, in a process of its own: ended with its parent, bounded in memory, without network.

The process prints one line of JSON where something cannot be done at all, and its parent raises what it says.
Nothing here needs a guard where the system has none: memory 0 asks for none.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import Callable

from graph.errors import GraphError


def run(parent: int, memory: int, work: Callable[[], None], too_large: GraphError) -> None:
    """Do the work of this process and end it, with 1 where it could not be done. ``memory`` is in bytes beyond what the
    process has now; where that is not enough, ``too_large`` is told."""
    if memory:
        from graph.store.isolated import guard

        guard.die_with_parent(parent)
        guard.bound_memory(memory)
        guard.no_network_no_exec()
        os.nice(5)
    try:
        work()
    except GraphError as error:
        _tell(error)
    except MemoryError:
        _tell(too_large)


async def result_of(
    module: str, *arguments: str, memory: int, seconds: float, late: GraphError, ended: GraphError
) -> bytes:
    """Start such a process (``python -m module <pid> <memory> <arguments>``), wait for its end and return what it
    printed. Raises the GraphError that it tells, ``late`` where it takes longer, ``ended`` where it dies."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, str(os.getpid()), str(memory), *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(seconds):
            output, _ = await process.communicate()
    except TimeoutError:
        raise late from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        raise_told(output)
        raise ended
    return output


def _tell(error: GraphError) -> None:
    told = {"code": error.code, "message": error.message, "hint": error.hint, "suggestions": error.suggestions}
    print(json.dumps(told))
    sys.exit(1)


def raise_told(output: bytes) -> None:
    """Raise the GraphError that such a process has told; nothing where it said nothing that can be read."""
    with contextlib.suppress(ValueError, KeyError, TypeError):
        told = json.loads(output)
        raise GraphError(told["code"], told["message"], told.get("hint", ""), tuple(told.get("suggestions", ())))
