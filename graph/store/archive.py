"""The archive of a backup: one ``.tar.gz``, written in one go and read from start to end without trust.

It holds, in this order, ``manifest.json``, ``quads.nq`` and the files of ``graph.store.beside``. The manifest comes
first because everything after it is checked against it while it is read: names, sizes and hashes.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import pyoxigraph as ox

from graph.errors import StoreDamaged
from graph.store.beside import is_kept

FORMAT = "commonground-backup"
#: Version 1 had no batches and no recipes; it is read as well.
VERSION, READ = 2, (1, 2)

_MANIFEST = "manifest.json"
#: The member with all quads.
QUADS = "quads.nq"
#: Largest manifest that is read, in bytes: room for some 200,000 kept files.
_LARGEST_MANIFEST = 32 * 1024 * 1024
_BLOCK = tarfile.BLOCKSIZE
_CHUNK = 1024 * 1024


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


def measure(path: Path) -> Member:
    """Length and hash of a file."""
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
    return Member(size, digest.hexdigest())


def write_archive(path: Path, manifest: Manifest, files: Mapping[str, Path]) -> None:
    """Write the manifest and ``files``, which are by member name, and wait until they are on the disk."""
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


def damaged(archive: Path, problem: str) -> StoreDamaged:
    """The error for an archive that is not what was written. ``problem`` is the end of a sentence."""
    return StoreDamaged("backup-damaged", f"{archive} cannot be restored: {problem}.", "Use another backup.")


def unpack(raw: IO[bytes], archive: Path, staging: Path) -> Manifest:
    """Read the archive from start to end, member by member, and write each where the manifest has it."""
    try:
        with gzip.GzipFile(fileobj=raw) as packed:
            first = _next_header(packed)
            if first is None or first.name != _MANIFEST or not 0 < first.size <= _LARGEST_MANIFEST:
                raise ValueError("it does not begin with a manifest, so it is no backup of this program")
            manifest = _read_manifest(b"".join(_content(packed, first.size)))
            total = sum(member.size for member in manifest.members.values())
            # The engine's files are about as large again as the quads.
            needed = total + manifest.members[QUADS].size
            if needed > (free := shutil.disk_usage(staging).free):
                raise ValueError(f"it declares {total} bytes, for which {free} free bytes are too few")
            (staging / "files").mkdir()
            for name, member in manifest.members.items():
                header = _next_header(packed)
                if header is None or (header.name, header.size) != (name, member.size):
                    raise ValueError(f"'{name}' is not where the manifest has it")
                digest = hashlib.sha256()
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
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
        raise damaged(archive, str(error) or "it is cut off") from None


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
    packed.read(-size % _BLOCK)  # filled up to whole blocks


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
    if version not in READ:
        raise ValueError(f"it has format version {version}; this program reads {' and '.join(map(str, READ))}")
    if QUADS not in members:
        raise ValueError("it has no quads")
    for name, member in members.items():
        if name != QUADS and not is_kept(name):
            raise ValueError(f"{name!r} is no name that a backup has")
        if member.size < 0:
            raise ValueError(f"'{name}' has a negative size")
    ordered = dict(sorted(members.items(), key=lambda item: (item[0] != QUADS, item[0])))
    return Manifest(form, version, base, generation, quads, ordered)
