"""The data as files: written once a generation, so that their hash is known and a slow reader holds nothing up.

N-Quads and N-Triples are sorted by line: the same data always make the same file, whichever engine wrote it.
"""

from __future__ import annotations

import asyncio
import errno
import gzip
import hashlib
import shutil
import tempfile
import weakref
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from graph.errors import DiskFull
from graph.sorted_lines import sort_lines
from graph.store.engine import Engine
from graph.store.snapshot import Snapshot
from graph.terms import PREFIXES
from graph.workbooks import child
from service.describe_dataset import FILES

#: Files that are kept. The oldest goes; who reads it meanwhile has it open.
KEPT = 40
_SORTED = ("nq", "nt")
#: A source as a workbook to edit and bring back.
WORKBOOK = "xlsx"
#: Media type by suffix.
MEDIA = {suffix: media for suffix, (media, _, _) in FILES.items()} | {
    WORKBOOK: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
}
_PIECE = 1 << 18


@dataclass(frozen=True, slots=True)
class File:
    """One file of one generation. ``name`` is what it is saved as; ``sha256`` is that of its bytes, in hex."""

    path: Path
    name: str
    size: int
    sha256: str
    generation: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a file is to hold: the whole dataset (``graph`` None) or a graph, as ``MEDIA`` calls the format; a workbook
    is in a language."""

    graph: str | None
    suffix: str
    packed: bool
    stem: str
    lang: str = ""

    def name(self, generation: int) -> str:
        if self.suffix == WORKBOOK:
            # Brought back, a file is taken for the source that it is called like.
            return f"{self.stem.rpartition('/')[2]}.{WORKBOOK}"
        return f"commonground-{self.stem}-g{generation}.{self.suffix}{'.gz' if self.packed else ''}"


class Downloads:
    """One for an app. Files are made one at a time, in a folder of its own inside ``beside`` where that exists."""

    def __init__(self, engine: Engine, beside: Path) -> None:
        self._engine, self._beside = engine, beside
        self._own: Path | None = None
        # A workbook takes long; nobody who wants RDF waits for it.
        self._locks = {False: asyncio.Lock(), True: asyncio.Lock()}
        self._files: OrderedDict[Wanted, File] = OrderedDict()
        self._made = 0
        self._making: set[asyncio.Task[File]] = set()

    def start(self) -> None:
        """Remove what an earlier life left that ended before it could."""
        for left in self._beside.glob("downloads-*"):
            shutil.rmtree(left, ignore_errors=True)

    async def file(self, wanted: Wanted) -> File:
        """The file for the current generation. Raises DiskFull where there is no room, and what a dump raises."""
        # To its end also where the client goes away: threads that write cannot be stopped half-way.
        task = asyncio.create_task(self._alone(wanted))
        self._making.add(task)
        task.add_done_callback(self._making.discard)
        return await asyncio.shield(task)

    async def _alone(self, wanted: Wanted) -> File:
        async with self._locks[wanted.suffix == WORKBOOK]:
            try:
                return await self._file(wanted)
            except OSError as error:
                if error.errno not in (errno.ENOSPC, errno.EDQUOT):
                    raise
                raise DiskFull(
                    "disk-full", "There is no room for the file on the server's disk.", "Ask with SPARQL meanwhile."
                ) from None

    async def _file(self, wanted: Wanted) -> File:
        found = self._files.get(wanted)
        if found is None or found.generation != self._engine.generation:
            made = await self._make(wanted)
            self._forget(wanted)
            self._files[wanted] = found = made
            while len(self._files) > KEPT:
                self._forget(next(iter(self._files)))
        self._files.move_to_end(wanted)
        return found

    def _forget(self, wanted: Wanted) -> None:
        if (old := self._files.pop(wanted, None)) is not None:
            old.path.unlink(missing_ok=True)

    async def _make(self, wanted: Wanted) -> File:
        folder = self._folder()
        raw, target = folder / f"raw.{wanted.suffix}", folder / f"made.{wanted.suffix}"
        try:
            if wanted.packed:
                plain = await self._file(Wanted(wanted.graph, wanted.suffix, False, wanted.stem))
                generation = plain.generation
                await asyncio.to_thread(_pack, plain.path, target)
            elif wanted.suffix == WORKBOOK:
                generation = await self._workbook(wanted, target)
            else:
                generation = await self._dump(wanted, raw)
                if wanted.suffix in _SORTED:
                    await asyncio.to_thread(sort_lines, raw, target)
                else:
                    raw.replace(target)
            sha256 = await asyncio.to_thread(_hash, target)
            self._made += 1
            path = folder / str(self._made)
            target.replace(path)
        finally:
            raw.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
        return File(path, wanted.name(generation), path.stat().st_size, sha256, generation)

    async def _dump(self, wanted: Wanted, path: Path) -> int:
        media_type, _, _ = FILES[wanted.suffix]
        prefixes = None if wanted.suffix in _SORTED else PREFIXES
        result = await self._engine.dump(media_type, wanted.graph, prefixes=prefixes, to_file=True)
        try:
            with path.open("wb") as raw:
                async for piece in result.pieces():
                    raw.write(piece)
        finally:
            result.abandon()
        return result.generation

    async def _workbook(self, wanted: Wanted, path: Path) -> int:
        base, _, source = (wanted.graph or "").rpartition("source/")
        async with self._engine.checkpoint() as checkpoint:
            generation = await asyncio.to_thread(lambda: Snapshot(checkpoint, base).generation)
            places = str(checkpoint.resolve()), base, source, wanted.lang, str(path.resolve())
            await child.run("export", *places, guarded=self._engine.guarded)
        return generation

    def _folder(self) -> Path:
        if self._own is None:
            parent = self._beside if self._beside.is_dir() else None
            self._own = Path(tempfile.mkdtemp(prefix="downloads-", dir=parent))
            weakref.finalize(self, shutil.rmtree, self._own, True)
        return self._own


def _pack(source: Path, target: Path) -> None:
    # Without time and name, so that the same data always make the same file.
    with (
        source.open("rb") as plain,
        target.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, compresslevel=6, mtime=0) as packed,
    ):
        shutil.copyfileobj(plain, packed, _PIECE)


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
