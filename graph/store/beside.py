"""What a data folder holds beside its database, for a backup: the originals, the batches, the recipes, the journal of
gaps.

``files/<sha256>``     originals of accepted batches
``batches/<id>/...``   what was brought, and what became of it (``graph.batches.folder``)
``recipes/<name>.json`` how others' sheets are read (``graph.ingest.recipes.shelf``)
``gaps.jsonl``         what became of gaps (``graph.gaps.book``), to which lines are only added
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from graph.errors import StoreBusy

#: What a backup has of a data folder beside the database: folders, and a file that grows.
JOURNAL = "gaps.jsonl"
ALL = ("files", "batches", "recipes", JOURNAL)
#: What is known of a batch, from which alone it is there.
RECORD = "batch.json"
_ORIGINAL = re.compile(r"files/[0-9a-f]{64}")
# A report on how far a job is, and files with faults marked in them, are made anew.
_OF_BATCH = re.compile(r"batches/\d{8}-\d{6}-[0-9a-f]{8}/(?:(?!progress\.)[a-z]{1,40}\.(?:json|nq)|files/[0-9]{1,6})")
_RECIPE = re.compile(r"recipes/[a-z0-9]+(?:-[a-z0-9]+)*\.json")
#: How often a batch is looked at that changes while it is looked at.
_TRIES = 50


def is_kept(name: str) -> bool:
    """Whether a backup has a file of that name, relative to the data folder."""
    return name == JOURNAL or any(pattern.fullmatch(name) for pattern in (_ORIGINAL, _OF_BATCH, _RECIPE))


def is_original(name: str) -> bool:
    """Whether a name is that of an original, which ends with its hash."""
    return bool(_ORIGINAL.fullmatch(name))


def hold(data_dir: Path, folder: Path) -> dict[str, Path]:
    """Name -> a file that stays as it is: a link, or a copy where there are no links. Each batch is of one moment: its
    ``batch.json`` is written before and after its other files change. Raises StoreBusy for one that never rests."""
    found: dict[str, Path] = {}
    for kind in ("files", "recipes"):
        found.update(_held(data_dir, folder, (data_dir / kind).glob("*")))
    for batch in sorted((data_dir / "batches").glob("*")):
        found.update(_batch(data_dir, folder, batch))
    if (data_dir / JOURNAL).is_file():
        found[JOURNAL] = Path(shutil.copyfile(data_dir / JOURNAL, folder / JOURNAL))
    return found


def _batch(data_dir: Path, folder: Path, batch: Path) -> Mapping[str, Path]:
    for _ in range(_TRIES):
        before = _text(batch / RECORD)
        if before is None:
            return {}  # It is just being brought.
        held = _held(data_dir, folder, sorted((*batch.glob("*"), *batch.glob("files/*"))))
        if _text(batch / RECORD) == before == _text(folder / batch.relative_to(data_dir) / RECORD):
            return held
        shutil.rmtree(folder / batch.relative_to(data_dir))
    raise StoreBusy("store-busy", f"The batch {batch.name} changes all the time.", "Try again in a moment.")


def _held(data_dir: Path, folder: Path, paths: Iterable[Path]) -> Mapping[str, Path]:
    found: dict[str, Path] = {}
    for path in paths:
        name = path.relative_to(data_dir).as_posix()
        # Other names are of files that are just being written.
        if not is_kept(name) or not path.is_file():
            continue
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except FileNotFoundError:
            continue  # Taken away since it was listed.
        except OSError:
            shutil.copyfile(path, target)
        found[name] = target
    return found


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


def written(held: Mapping[str, Path]) -> Iterator[str]:
    """The activities that have to be in the provenance of a database for these batches to be of its moment: of what is
    in, and of what was undone."""
    for name, path in held.items():
        if not name.startswith("batches/") or not name.endswith(f"/{RECORD}"):
            continue
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            continue  # Damaged, and kept as it is.
        state = known.get("state")
        if state in ("accepted", "withdrawn") and known.get("activity"):
            yield str(known["activity"])
        if state == "withdrawn" and known.get("undo"):
            yield str(known["undo"])
