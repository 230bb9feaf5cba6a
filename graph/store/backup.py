"""Backup and restore: everything of one installation in one ``.tar.gz``, and back into an empty folder.

A data folder holds ``store/`` (the engine's files) and ``files/<sha256>`` (the originals that were ingested). The
archive holds, in this order, ``manifest.json``, ``quads.nq`` (sorted N-Quads, so that two backups can be compared)
and ``files/<sha256>``. The manifest comes first because everything after it is checked against it while it is read:
names, sizes and hashes. The same data give the same bytes.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from graph.errors import GraphError, StoreDamaged
from graph.store import Store
from graph.store.embedded import EmbeddedStore
from graph.terms import node

FORMAT = "commonground-backup"
VERSION = 1

_MANIFEST = "manifest.json"
_QUADS = "quads.nq"
_KEPT = re.compile(r"files/[0-9a-f]{64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
#: Largest manifest that is read, in bytes: room for some 200,000 kept files.
_LARGEST_MANIFEST = 32 * 1024 * 1024
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1024 * 1024
#: Where a restore works until everything is checked; a leftover of one that was killed is removed by the next.
_STAGING = ".restoring"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive: its length in bytes and its SHA-256 in hexadecimal digits."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. ``members`` are by name, without the manifest."""

    format: str
    version: int
    base: str
    generation: int
    quads: int
    members: Mapping[str, Member]


def backup(store: Store, data_dir: Path, target: Path) -> Manifest:
    """Write one archive, whole or not at all; an older file of that name is replaced only by a complete one.

    Works on a store in use: the quads and the generation number are of one moment. Raises StoreDamaged where a kept
    file is not what its name says, GraphError (``cannot-write``) where the target cannot be written.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as folder:
            quads = Path(folder) / _QUADS
            count, generation = _dump(store, quads)
            files = {_QUADS: quads}
            for kept in sorted((data_dir / "files").glob("*")):
                # Other names are of files that are just being written.
                if _SHA256.fullmatch(kept.name) and kept.is_file():
                    files[f"files/{kept.name}"] = kept
            members = {name: _measure(path) for name, path in files.items()}
            for name, member in members.items():
                if name != _QUADS and name != f"files/{member.sha256}":
                    raise StoreDamaged(
                        "kept-file-damaged",
                        f"The kept original {files[name]} is not what was kept: its content has another hash.",
                        "Bring the original back under that name, from an older backup or from where it came.",
                    )
            manifest = Manifest(FORMAT, VERSION, store.base, generation, count, members)
            archive = Path(folder) / "archive"
            _write_archive(archive, manifest, files)
            archive.replace(target)
            _sync_folder(target.parent)
    except OSError as error:
        raise GraphError("cannot-write", f"The backup {target} cannot be written: {error}.") from error
    return manifest


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
            manifest = _unpack(raw, archive, staging)
        _load(staging, manifest, archive)
        # The store last: a folder with a store in it is a complete one.
        for name in ("files", "store"):
            (staging / name).rename(data_dir / name)
        staging.rmdir()
        _sync_folder(data_dir)
    except OSError as error:
        raise GraphError("cannot-restore", f"{archive} cannot be restored into {data_dir}: {error}.") from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if made:
            with contextlib.suppress(OSError):
                data_dir.rmdir()  # only where it is still empty
    return manifest


def _dump(store: Store, path: Path) -> tuple[int, int]:
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


def _measure(path: Path) -> Member:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(size, digest.hexdigest())


def _write_archive(path: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    head = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
    with path.open("wb") as raw:
        # No name and no time in the header: the same data give the same bytes.
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
            # Our names are short and GNU's numbers have no limit, so no extension header is ever written.
            tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar,
        ):
            tar.addfile(_entry(_MANIFEST, len(head)), BytesIO(head))
            for name, source in files.items():
                with source.open("rb") as file:
                    tar.addfile(_entry(name, manifest.members[name].size), file)
        raw.flush()
        os.fsync(raw.fileno())


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = size
    return entry


def _damaged(archive: Path, problem: str) -> StoreDamaged:
    return StoreDamaged("backup-damaged", f"{archive} cannot be restored: {problem}.", "Use another backup.")


def _unpack(raw: IO[bytes], archive: Path, staging: Path) -> Manifest:
    """Read the archive from start to end, member by member, and write each where the manifest has it."""
    try:
        with gzip.GzipFile(fileobj=raw) as packed:
            first = _next_header(packed)
            if first is None or first.name != _MANIFEST or not 0 < first.size <= _LARGEST_MANIFEST:
                raise ValueError("it does not begin with a manifest, so it is no backup of this program")
            manifest = _read_manifest(b"".join(_content(packed, first.size)))
            total = sum(member.size for member in manifest.members.values())
            # The engine's files are about as large again as the quads.
            needed = total + manifest.members[_QUADS].size
            if needed > (free := shutil.disk_usage(staging).free):
                raise ValueError(f"it declares {total} bytes, for which {free} free bytes are too few")
            (staging / "files").mkdir()
            for name, member in manifest.members.items():
                header = _next_header(packed)
                if header is None or (header.name, header.size) != (name, member.size):
                    raise ValueError(f"'{name}' is not where the manifest has it")
                digest = hashlib.sha256()
                with (staging / name).open("wb") as file:
                    for chunk in _content(packed, member.size):
                        digest.update(chunk)
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                if digest.hexdigest() != member.sha256:
                    raise ValueError(f"'{name}' has another hash than the manifest says")
            if _next_header(packed) is not None:
                raise ValueError("it holds more than the manifest says")
            # To the end, where the sum over everything stands; a tar file is filled up to 20 blocks with zeros.
            rest = packed.read(tarfile.RECORDSIZE + 1)
            if len(rest) > tarfile.RECORDSIZE or rest.strip(b"\0") or packed.read(1):
                raise ValueError("something follows its end")
            return manifest
    except (ValueError, EOFError, zlib.error, gzip.BadGzipFile, tarfile.TarError) as error:
        raise _damaged(archive, str(error) or "it is cut off") from None


def _next_header(packed: gzip.GzipFile) -> tarfile.TarInfo | None:
    """The next member, or None at the end.

    Blocks are read here and not by ``tarfile.open``, which would follow links, honour extension headers of any length
    and believe whatever size a member declares.
    """
    block = packed.read(_BLOCK)
    if len(block) < _BLOCK:
        raise ValueError("it is cut off")
    if not block.strip(b"\0"):
        return None
    header = tarfile.TarInfo.frombuf(block, "utf-8", "strict")
    if header.type != tarfile.REGTYPE:
        raise ValueError(f"'{header.name}' is not a plain file")
    return header


def _content(packed: gzip.GzipFile, size: int) -> Iterator[bytes]:
    left = size
    while left:
        chunk = packed.read(min(left, _CHUNK))
        if not chunk:
            raise ValueError("it is cut off")
        left -= len(chunk)
        yield chunk
    padding = packed.read(-size % _BLOCK)
    if len(padding) != -size % _BLOCK or padding.strip(b"\0"):
        raise ValueError("a member does not end where it says")


def _read_manifest(text: bytes) -> Manifest:
    """The manifest, checked: nothing of it is a path other than the names that this module writes."""
    try:
        found = json.loads(text)
        members = {name: Member(int(m["size"]), str(m["sha256"])) for name, m in found["members"].items()}
        numbers = int(found["version"]), int(found["generation"]), int(found["quads"])
        form, base = str(found["format"]), str(found["base"])
        ox.NamedNode(base)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        raise ValueError("its manifest cannot be read") from None
    version, generation, quads = numbers
    if form != FORMAT:
        raise ValueError("its manifest is of another program")
    if version != VERSION:
        raise ValueError(f"it has format version {version}; this program reads version {VERSION}")
    if _QUADS not in members:
        raise ValueError("it has no quads")
    for name, member in members.items():
        if name != _QUADS and not _KEPT.fullmatch(name):
            raise ValueError(f"{name!r} is no name that a backup has")
        if member.size < 0:
            raise ValueError(f"'{name}' has a negative size")
    ordered = dict(sorted(members.items(), key=lambda item: (item[0] != _QUADS, item[0])))
    return Manifest(form, version, base, generation, quads, ordered)


def _load(staging: Path, manifest: Manifest, archive: Path) -> None:
    """Load the quads into a new store and see that it has as many, and the generation, that the manifest says."""
    quads = staging / _QUADS
    engine = ox.Store(staging / "store")
    try:
        engine.bulk_load(path=quads, format=ox.RdfFormat.N_QUADS)
    except (SyntaxError, ValueError) as error:
        raise _damaged(archive, f"its quads cannot be read: {error}") from None
    count = len(engine)
    engine.flush()
    del engine  # gives the lock back
    store = EmbeddedStore(staging / "store", manifest.base)
    generation = store.generation
    store.close()
    if count != manifest.quads or generation != manifest.generation:
        raise _damaged(
            archive,
            f"the restored store has {count} quads and generation {generation}, "
            f"the manifest says {manifest.quads} and {manifest.generation}",
        )
    quads.unlink()


def _sync_folder(folder: Path) -> None:
    """Make a rename durable, where the system lets a folder be opened."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
