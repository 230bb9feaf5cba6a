"""Backup and restore: everything of one installation in one ``.tar.gz``, and back into an empty folder.

A data folder holds ``store/`` (the engine's files) and, beside it, originals, batches, recipes and a
journal (``beside``). The archive holds the quads as sorted N-Quads, so that two backups can be compared, and those
files. The same data give the same bytes. Tokens are in no backup.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from graph.durable import sync_folder
from graph.errors import GraphError, StoreBusy, StoreDamaged
from graph.store import beside, tally
from graph.store.archive import FORMAT, QUADS, VERSION, Manifest, damaged, measure, unpack, write_archive
from graph.store.embedded import EmbeddedStore
from graph.store.snapshot import Snapshot, newest, remove_leftovers
from graph.terms import node

__all__ = ["Manifest", "backup", "backup_running", "restore"]

#: Where a restore works until everything is checked; a leftover of one that was killed is removed by the next.
_STAGING = ".restoring"
#: Seconds for a checkpoint that has everything: it is made just after the data are durable.
_PATIENCE = 5.0


class Source(Protocol):
    """What a backup needs of a store."""

    base: str

    def quads(self) -> Iterator[ox.Quad]:
        """All quads, of one moment."""
        ...


def backup_running(store: Path, run: Path, base: str, data_dir: Path, target: Path) -> Manifest:
    """As ``backup``, beside a service that has the database ``store`` open: from its newest checkpoint in ``run``.

    Everything that the service has acknowledged is in it. Raises StoreBusy where no checkpoint has all that: then it
    is no service that has the store open, or one that cannot show what it writes.
    """
    confirmed = tally.read(tally.path_for(store)) or tally.Tally(0)
    until = time.monotonic() + _PATIENCE
    while True:
        late = time.monotonic() > until
        with newest(run) as checkpoint, _workplace(target) as folder:
            snapshot = Snapshot(checkpoint, base)
            if snapshot.generation >= confirmed.generation:
                # A batch may have gone in since the checkpoint was made; then a newer one follows.
                held = beside.hold(data_dir, folder)
                if late or _activities(snapshot).issuperset(beside.written(held)):
                    return _save(snapshot, held, folder, target)
            del snapshot
        if late:
            raise StoreBusy(
                "store-busy",
                f"Another process has the store {store} open, and no checkpoint in {run} has all that it holds.",
                "Try again when that process has ended.",
            )
        time.sleep(0.1)


def backup(store: Source, data_dir: Path, target: Path) -> Manifest:
    """Write one archive, whole or not at all; an older file of that name is replaced only by a complete one.

    Works on a store in use: the quads and the generation number are of one moment, and so is each batch. Raises
    StoreDamaged where a kept file is not what its name says, GraphError (``cannot-write``) where the target cannot be
    written.
    """
    with _workplace(target) as folder:
        return _save(store, beside.hold(data_dir, folder), folder, target)


@contextlib.contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A folder beside the target, for as long as it is being made. Raises GraphError (``cannot-write``)."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        begins = f".{target.name}."
        remove_leftovers(target.parent, begins)
        with tempfile.TemporaryDirectory(prefix=f"{begins}{os.getpid()}-", dir=target.parent) as folder:
            yield Path(folder)
    except OSError as error:
        raise GraphError("cannot-write", f"The backup {target} cannot be written: {error}.") from error


def _save(store: Source, held: Mapping[str, Path], folder: Path, target: Path) -> Manifest:
    quads = folder / QUADS
    count, generation = _dump(store, quads)
    files = {QUADS: quads, **dict(sorted(held.items()))}
    members = {name: measure(path) for name, path in files.items()}
    for name, member in members.items():
        if beside.is_original(name) and name != f"files/{member.sha256}":
            raise StoreDamaged(
                "kept-file-damaged",
                f"The kept original {name} is not what was kept: its content has another hash.",
                "Bring the original back under that name, from an older backup or from where it came.",
            )
    manifest = Manifest(FORMAT, VERSION, store.base, generation, count, members)
    archive = folder / "archive"
    write_archive(archive, manifest, files)
    archive.replace(target)
    sync_folder(target.parent)
    return manifest


def _activities(store: Snapshot) -> frozenset[str]:
    """What the provenance of a database speaks of."""
    found = store.quads(store.base + "graph/provenance")
    return frozenset(quad.subject.value for quad in found if isinstance(quad.subject, ox.NamedNode))


def restore(archive: Path, data_dir: Path) -> Manifest:
    """Bring an archive back into a folder that is empty or not there. The generation number is kept.

    Raises StoreDamaged for a file that is damaged, cut off, or no backup; GraphError (``not-empty``) for a folder
    with something in it. After an error the folder is as it was.
    """
    made = not data_dir.exists()
    staging = data_dir / _STAGING
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(staging, ignore_errors=True)
        if any(data_dir.iterdir()):
            raise GraphError(
                "not-empty",
                f"The folder {data_dir} is not empty; a backup is restored only into an empty one.",
                "Name another folder, or move the old one away first.",
            )
        staging.mkdir()
        with archive.open("rb") as raw:
            manifest = unpack(raw, archive, staging)
        _load(staging, manifest, archive)
        # The store last: a folder with a store in it is a complete one.
        for name in (*beside.ALL, "store"):
            if (staging / name).exists():
                (staging / name).rename(data_dir / name)
        staging.rmdir()
        sync_folder(data_dir)
    except OSError as error:
        raise GraphError("cannot-restore", f"{archive} cannot be restored into {data_dir}: {error}.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                data_dir.rmdir()  # only where it is still empty
    return manifest


def _dump(store: Source, path: Path) -> tuple[int, int]:
    """Write all quads sorted; their number and the generation that is among them.

    The generation is read from these very quads and not from the store, which may have gone on since.
    """
    counter, state = (ox.NamedNode(store.base + "store"), node("cg:generation")), store.base + "graph/state"
    generation = 0
    lines: list[str] = []
    for quad in store.quads():
        lines.append(f"{quad} .\n")
        if (quad.subject, quad.predicate) == counter and quad.graph_name == ox.NamedNode(state):
            assert isinstance(quad.object, ox.Literal)
            generation = int(quad.object.value)
    lines.sort()
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    return len(lines), generation


def _load(staging: Path, manifest: Manifest, archive: Path) -> None:
    """Load the quads into a new store and see that it has as many, and the generation, that the manifest says."""
    quads = staging / QUADS
    engine = ox.Store(staging / "store")
    try:
        engine.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise damaged(archive, f"its quads cannot be read: {error}") from None
    count = len(engine)
    engine.flush()
    del engine  # gives the lock back
    store = EmbeddedStore(staging / "store", manifest.base)
    generation = store.generation
    store.close()
    if count != manifest.quads or generation != manifest.generation:
        raise damaged(
            archive,
            f"the restored store has {count} quads and generation {generation}, "
            f"the manifest says {manifest.quads} and {manifest.generation}",
        )
    quads.unlink()
