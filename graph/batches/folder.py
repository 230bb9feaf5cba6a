"""Batches on the disk: ``{data_dir}/batches/<id>/``, each file of which is whole or not there.

``batch.json``      what is known (``record``)
``files/<n>``       the files as they came; their names are in batch.json alone, so that none can lead elsewhere
``staged.nq``       what the source's graph would be
``difference.nq``   what would be taken out, then what would be put in (``difference``)
``preview.json``    the same by record; ``report.json`` the faults; ``rejected.json`` the rows that stay out
``progress.json``   how far a job is
``chosen.json``     recipes that somebody chose for its sheets; ``recipes.json`` those by which they were read
``marked-*``        a workbook as it came with the faults marked in it, once somebody has asked for it
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from pathlib import Path, PurePath
from typing import Any

from graph.batches.record import ALL, POLICIES, Event, Record, from_json
from graph.batches.states import State, check
from graph.durable import write_whole
from graph.errors import BadParameter, GraphError
from graph.ingest.originals import Original
from graph.ingest.provenance import Clock
from graph.terms import slug

_ID = re.compile(r"\d{8}-\d{6}-[0-9a-f]{8}")
#: No batch is a new version of what people state one by one (``graph.statements``).
KEPT = "statements"
#: Names of the files of a batch.
RECORD, STAGED, DIFFERENCE, PREVIEW = "batch.json", "staged.nq", "difference.nq", "preview.json"
#: What begins so is made anew where it is missing: files of the batch with the faults marked in them.
MARKED = "marked-"
REPORT, REJECTED, PROGRESS, OUTCOME = "report.json", "rejected.json", "progress.json", "outcome.json"
CHOSEN, RECIPES = "chosen.json", "recipes.json"


def stamp(clock: Clock) -> str:
    """Now in UTC, to the second."""
    return clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Folders:
    """All batches of one data folder."""

    def __init__(self, root: Path, clock: Clock) -> None:
        self.root = root
        self.clock = clock

    def receive(
        self,
        files: Iterable[Original],
        *,
        source: str,
        by: str,
        as_of: str = "",
        policy: str = ALL,
        replace_source: bool = False,
        contributed: bool = False,
        recipe: str = "",
    ) -> Record:
        """Keep files that came; the batch is there when its batch.json is. Raises BadParameter."""
        given = sorted(files, key=lambda original: original.name)
        name = slug(source)
        if not name:
            raise BadParameter(
                "bad-source", f"'{source[:60]}' is no name for a source.", "Use Latin letters or digits."
            )
        if name == KEPT:
            raise BadParameter(
                "bad-source",
                f"'{KEPT}' is the source of what is recorded at /statements.",
                "Give the source another name.",
            )
        if policy not in POLICIES:
            raise BadParameter(
                "bad-policy", f"There is no policy '{policy[:60]}'.", f"There are {', '.join(POLICIES)}."
            )
        if not given:
            raise BadParameter("no-files", "There is no file in this batch.", "Choose one.")
        names = [original.name for original in given]
        if len(set(names)) < len(names):
            raise BadParameter("same-name", "Two files have the same name.", "Give each a name of its own.")
        now = self.clock().astimezone(UTC)
        record = Record(
            id=f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(4)}",
            state=State.RECEIVED,
            source=name,
            title=source.strip(),
            by=by,
            received=stamp(self.clock),
            files={original.name: original.sha256 for original in given},
            as_of=as_of,
            policy=policy,
            replace=replace_source,
            contributed=contributed,
            recipe=recipe,
            events=(Event(stamp(self.clock), by, State.RECEIVED),),
        )
        folder = self.path(record.id) / "files"
        folder.mkdir(parents=True)
        for at, original in enumerate(given):
            write_whole(folder / str(at), original.data)
        self.save(record)
        return record

    def path(self, batch: str) -> Path:
        """The folder of a batch. Raises GraphError (``not-found``) for what cannot be a batch's name."""
        if not _ID.fullmatch(batch):
            raise GraphError("not-found", f"There is no batch '{batch[:60]}'.", "The batches are listed at /batches.")
        return self.root / batch

    def load(self, batch: str) -> Record:
        """What is known of a batch. Raises GraphError: ``not-found``, ``batch-damaged``."""
        path = self.path(batch) / RECORD
        try:
            return from_json(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise GraphError(
                "not-found", f"There is no batch '{batch}'.", "The batches are listed at /batches."
            ) from None
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise GraphError(
                "batch-damaged", f"{path} cannot be read ({type(error).__name__}).", "Move the folder away."
            ) from None

    def save(self, record: Record) -> Record:
        """Keep what is known of a batch now."""
        text = json.dumps(record.to_json(), ensure_ascii=False, indent=1)
        write_whole(self.path(record.id) / RECORD, (text + "\n").encode())
        return record

    def turn(self, record: Record, state: State, by: str, message: str = "", **known: Any) -> Record:
        """The batch in its next state, kept. Raises GraphError (``wrong-state``)."""
        check(record.state, state)
        event = Event(stamp(self.clock), by, state, message)
        return self.save(replace(record, state=state, message=message, events=(*record.events, event), **known))

    def all(self) -> list[Record]:
        """Every batch that can be read, newest first."""
        found = []
        for path in self.root.iterdir() if self.root.is_dir() else ():
            if _ID.fullmatch(path.name):
                with contextlib.suppress(GraphError):
                    found.append(self.load(path.name))
        return sorted(found, key=lambda record: (record.received, record.id), reverse=True)

    def originals(self, record: Record) -> tuple[Original, ...]:
        """The files as they came, under their names."""
        folder = self.path(record.id) / "files"
        names: Sequence[tuple[str, str]] = sorted(record.files.items())
        return tuple(Original(name, (folder / str(at)).read_bytes(), sha) for at, (name, sha) in enumerate(names))

    def read(self, batch: str, name: str) -> Any:
        """One of the JSON files; None where it is not there (yet)."""
        return read_json(self.path(batch) / name)

    def tidy(self) -> None:
        """Remove what a batch left that was killed while it arrived: without its batch.json it never was there."""
        for path in self.root.iterdir() if self.root.is_dir() else ():
            if _ID.fullmatch(path.name) and not (path / RECORD).exists():
                shutil.rmtree(path, ignore_errors=True)


def read_json(path: Path) -> Any:
    """What a file of JSON says; None where it is not there or cannot be read."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def plain_name(name: str) -> str:
    """The last part of a file's name, whatever path or control characters a client sent with it."""
    last = PurePath(name.replace("\\", "/")).name
    return "".join(c for c in last if c.isprintable())[:200] or "file"
