"""One process that looks into one batch, from the side of the service: started, ended, listened to."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from dataclasses import dataclass
from pathlib import Path

from graph import alone
from graph.batches import folder as places
from graph.batches.folder import Folders
from graph.batches.record import Outcome, Record
from graph.errors import GraphError

#: Bytes that a job may have beyond what its process has at the start.
MEMORY = 2 * 1024 * 1024 * 1024
#: Seconds that a job may take.
SECONDS = 3600.0


def too_large() -> GraphError:
    """The error for files that need more memory than a job has."""
    return GraphError(
        "too-large",
        f"The files need more memory than a batch may have ({MEMORY // 1024**2:,} MB); nothing was changed.",
        "Cut them into parts, and bring each part as a source of its own.",
    )


@dataclass(eq=False)
class Job:
    """``cancelled`` when somebody, ``by``, ended it on purpose."""

    process: asyncio.subprocess.Process | None = None
    cancelled: bool = False
    by: str = ""

    async def run(self, folders: Folders, record: Record, checkpoint: Path, base: str, *, guarded: bool) -> Outcome:
        """Stage a batch against a checkpoint. Raises GraphError: what the process says, or that it ended."""
        folder = folders.path(record.id)
        for name in (places.OUTCOME, places.PROGRESS):
            (folder / name).unlink(missing_ok=True)
        if self.cancelled:
            raise GraphError("cancelled", "It was stopped.")
        process = self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "graph.batches.worker",
            str(os.getpid()),
            str(MEMORY if guarded else 0),
            str(folder.resolve()),
            str(checkpoint.resolve()),
            base,
            stdout=asyncio.subprocess.PIPE,
        )
        try:
            if self.cancelled:
                self.kill()  # While it was being started.
            async with asyncio.timeout(SECONDS):
                output, _ = await process.communicate()
        except TimeoutError:
            self.kill()
            await process.wait()
            raise GraphError(
                "job-timeout", f"It took longer than {SECONDS:g} seconds.", "Bring less at once."
            ) from None
        except asyncio.CancelledError:
            self.kill()
            await process.wait()
            raise
        found = folders.read(record.id, places.OUTCOME)
        if process.returncode == 0 and isinstance(found, dict):
            return Outcome(**found)
        alone.raise_told(output)
        if process.returncode == -signal.SIGABRT:
            # The database's library ends the process where it gets no more memory.
            raise too_large()
        raise GraphError(
            "job-ended",
            "The process that looked into the files was ended before it was done; nothing was changed.",
            "Have it look again; if that ends the same way, the files are too large: bring less at once.",
        )

    def kill(self) -> None:
        """End the process, if there is one."""
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.process.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
