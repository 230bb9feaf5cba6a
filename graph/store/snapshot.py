"""A checkpoint, read where it lies: what a backup is made of while a service goes on writing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from graph.errors import GraphError, StoreBusy
from graph.store import Change
from graph.terms import DEFAULT_BASE, node

#: Links to a checkpoint that is being read; the number is the reader's process.
_LINKS = ".reading-"


class Snapshot:
    """One immutable state of the data, for reading alone. ``path`` is a checkpoint, never a live database."""

    def __init__(self, path: Path, base: str = DEFAULT_BASE) -> None:
        self.base = base
        try:
            self._engine = ox.Store.read_only(str(path))
        except OSError as error:
            raise GraphError("store-unusable", f"The checkpoint {path} cannot be opened: {error}.") from error

    @property
    def generation(self) -> int:
        """The number that stands in the data; 0 where none does."""
        state, subject = ox.NamedNode(self.base + "graph/state"), ox.NamedNode(self.base + "store")
        for quad in self._engine.quads_for_pattern(subject, node("cg:generation"), None, state):
            if isinstance(quad.object, ox.Literal):
                return int(quad.object.value)
        return 0

    @property
    def engine(self) -> ox.Store:
        """What reads it, for who reads much at once."""
        return self._engine

    #: So that what asks a ``Store`` can ask this one.
    writable = False

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        """Evaluate a query of ours; without guards, so that it belongs in a process that may die."""
        if default_graphs or named_graphs:
            return self._engine.query(
                text,
                default_graph=[ox.NamedNode(name) for name in default_graphs],
                named_graphs=[ox.NamedNode(name) for name in named_graphs],
            )
        return self._engine.query(text, use_default_graph_as_union=True)

    def select(self, text: str) -> ox.QuerySolutions:
        """As ``query``, for a SELECT."""
        found = self.query(text)
        assert isinstance(found, ox.QuerySolutions)
        return found

    def write(self, change: Change) -> int:
        """Refused: nobody writes into what was."""
        raise GraphError("not-writable", f"A snapshot takes no change ({len(change.added)} statements).")

    def close(self) -> None:
        """There is nothing to release."""

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """All quads, or those of one named graph."""
        if graph is None:
            return iter(self._engine)
        return iter(self._engine.quads_for_pattern(None, None, None, ox.NamedNode(graph)))


@contextmanager
def newest(run: Path) -> Iterator[Path]:
    """The newest checkpoint of a running service, as a folder of hard links: it stays when the service drops it.

    ``run`` is the service's folder for checkpoints. Everything that was acknowledged is in it. Raises StoreBusy where
    there is none.
    """
    remove_leftovers(run.parent, _LINKS)
    links = run.parent / f"{_LINKS}{os.getpid()}"
    try:
        for _ in range(20):
            names = [int(path.name) for path in run.glob("*") if path.name.isdigit()]
            if not names:
                break
            try:
                shutil.copytree(run / str(max(names)), links, copy_function=os.link)
            except (shutil.Error, OSError):
                # It was dropped for a newer one meanwhile.
                shutil.rmtree(links, ignore_errors=True)
                continue
            yield links
            return
        raise StoreBusy("store-busy", f"There is no checkpoint in {run} to read.", "Try again in a moment.")
    finally:
        shutil.rmtree(links, ignore_errors=True)


def remove_leftovers(folder: Path, prefix: str) -> None:
    """Remove folders of processes that were killed; the name goes on, after the prefix, with the process' number."""
    for path in folder.iterdir():
        pid = path.name.removeprefix(prefix).partition("-")[0]
        if path.name.startswith(prefix) and pid.isdigit() and not _lives(int(pid)):
            shutil.rmtree(path, ignore_errors=True)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
