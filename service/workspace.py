"""The folder a service lives in: its store, the kept originals, and what the first start puts there.

<data-dir>/store/          the database
<data-dir>/run/            what a running service publishes; emptied at its start
<data-dir>/files/<sha256>  every file that was ingested, as it arrived
<data-dir>/batches/<id>/    what was brought, and what became of it: see graph.batches
<data-dir>/recipes/          how others' sheets are read, by name: see docs/recipes.md
<data-dir>/workspace.json  written when the first start is complete
<data-dir>/service.json    address of the service that has the store open, while it runs
"""

from __future__ import annotations

import json
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import platformdirs

from graph.errors import GraphError, StoreBusy
from graph.ingest import ingest, load_reference
from graph.ingest.recipes import Shelf
from graph.store import Store
from graph.store.embedded import EmbeddedStore
from graph.store.remote import RemoteStore

#: (stage, done, total); total 0 where it is not known.
Progress = Callable[[str, int, int], None]

ROUNDTABLE = "roundtable-2010"


def default_data_dir() -> Path:
    """The user's data folder as the platform has it (``$XDG_DATA_HOME/commonground`` on Linux)."""
    return Path(platformdirs.user_data_dir("commonground", appauthor=False))


def now() -> datetime:
    """The one clock of the command line and the service."""
    return datetime.now(UTC)


def dataset(name: str) -> Path:
    """The folder of a dataset that comes with the package (in a checkout: ``data/`` beside ``service/``)."""
    installed = Path(str(files("service"))) / "data" / name
    return installed if installed.is_dir() else Path(str(files("service"))).parent / "data" / name


@dataclass(frozen=True, slots=True)
class Workspace:
    """The paths of one data folder."""

    data_dir: Path

    @property
    def store(self) -> Path:
        return self.data_dir / "store"

    @property
    def run(self) -> Path:
        return self.data_dir / "run"

    @property
    def files(self) -> Path:
        return self.data_dir / "files"

    @property
    def batches(self) -> Path:
        return self.data_dir / "batches"

    @property
    def shelf(self) -> Shelf:
        """The saved recipes."""
        return Shelf(self.data_dir / "recipes")

    @property
    def marker(self) -> Path:
        return self.data_dir / "workspace.json"

    @property
    def address(self) -> Path:
        return self.data_dir / "service.json"

    def open(self, base: str, progress: Progress | None = None, *, empty: bool = False) -> EmbeddedStore:
        """Open the store for this process alone; a new folder gets the reference data and the roundtable, unless
        ``empty``.

        Raises StoreBusy where another process has it, GraphError where the folder was made for another base.
        """
        try:
            self.data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise GraphError(
                "data-dir-unusable",
                f"The folder {self.data_dir} cannot be made: {error.strerror}.",
                "Name another with --data-dir.",
            ) from None
        made_for = _read(self.marker).get("base")
        if made_for not in (None, base):
            raise GraphError(
                "other-base",
                f"{self.data_dir} was made for the base {made_for}, not {base}.",
                "Start with that base, or name another folder with --data-dir.",
            )
        store = EmbeddedStore(self.store, base)
        if not store.writable:
            return store  # It has lost something: it is for looking at, and for a service that says so.
        new = not self.marker.exists()
        if empty:
            if new:
                self.mark(base)
            return store
        if progress and new:
            progress(f"first start in {self.data_dir}: loading reference data and the roundtable of 2010", 0, 0)
        # A newer version of the package may bring newer reference data; only what differs is written.
        load_reference(store)
        if new:
            # Doing this twice changes nothing, so a first start that was killed is simply finished.
            batch = ingest(
                store,
                [dataset(ROUNDTABLE)],
                source=ROUNDTABLE,
                by="Common Ground, first start",
                clock=now,
                keep=self.files,
            )
            if not batch.report.conforms:
                raise GraphError(
                    "roundtable-rejected", "The roundtable data that come with Common Ground do not fit it."
                )
            self.mark(base)
        return store

    def mark(self, base: str) -> None:
        """Say that the folder is complete, and for which base."""
        _write(self.marker, {"base": base, "created": now().isoformat(timespec="seconds")})

    def open_for_reading(self, base: str, progress: Progress | None = None) -> Store:
        """The store, or, while a service has it open, the same through that service's SPARQL endpoint."""
        try:
            return self.open(base, progress)
        except StoreBusy:
            url = self.running_service()
            if url is None:
                raise
            return RemoteStore(f"{url}/sparql", base)

    def running_service(self) -> str | None:
        """Address of the service that has this folder open, or None where none answers."""
        url = _read(self.address).get("url")
        if not isinstance(url, str):
            return None
        try:
            with urllib.request.urlopen(f"{url}/healthz", timeout=5):
                return url
        except (OSError, urllib.error.URLError):
            return None

    def announce(self, url: str) -> None:
        """Say where the service answers, for commands that run beside it."""
        _write(self.address, {"url": url, "pid": os.getpid()})

    def withdraw(self) -> None:
        """Take the announcement back."""
        self.address.unlink(missing_ok=True)


def _read(path: Path) -> dict[str, object]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def _write(path: Path, content: dict[str, object]) -> None:
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)
