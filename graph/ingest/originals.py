"""The files of a batch: found, read once, and kept under their hash."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from graph.errors import GraphError
from graph.ingest.readers import readers


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it came: the name shown in reports, its bytes, their SHA-256 in hex."""

    name: str
    data: bytes
    sha256: str


def load(paths: Path | str | Iterable[Path | str]) -> tuple[Original, ...]:
    """Read files; of a folder, those directly in it that a reader knows. Sorted by name. Raises GraphError where
    there is no such file or nothing to read."""
    given = [Path(paths)] if isinstance(paths, str | Path) else [Path(p) for p in paths]
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = (p for p in path.iterdir() if p.is_file() and not p.name.startswith((".", "~$")))
            found += [p for p in inside if p.suffix.lower() in readers()]
        elif path.is_file():
            found.append(path)
        else:
            raise GraphError("no-such-file", f"There is no file {path}.", "Check the path.")
    if not found:
        known = ", ".join(sorted(readers()))
        raise GraphError(
            "no-files", f"Nothing to read in {', '.join(map(str, given)) or 'no paths'}.", f"Known are: {known}."
        )
    unique = {path.resolve(): path for path in found}
    return tuple(sorted((_read(path, name) for path, name in _named(list(unique.values()))), key=lambda o: o.name))


def _named(paths: Sequence[Path]) -> list[tuple[Path, str]]:
    """Each path with the shortest name that tells it from the others."""
    names = [path.name for path in paths]
    return [(p, p.name if names.count(p.name) == 1 else f"{p.parent.name}/{p.name}") for p in paths]


def _read(path: Path, name: str) -> Original:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise GraphError("unreadable-file", f"The file {path} cannot be read: {error.strerror}.") from error
    return Original(name, data, hashlib.sha256(data).hexdigest())


def keep(originals: Iterable[Original], folder: Path) -> None:
    """Put each file under its hash, whole or not at all; what is there already stays."""
    folder.mkdir(parents=True, exist_ok=True)
    for original in originals:
        target = folder / original.sha256
        if target.exists():
            continue
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(original.data)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
