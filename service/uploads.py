"""Graphs that are sent here: onto the disk as they come, then read where that does no harm.

What is read is one file of N-Quads, whatever came and in how many parts.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from graph.errors import QueryError
from graph.store.engine import Engine
from service.formats import UPLOADS
from service.query_guard import QueryFault
from service.site import site_of
from service.sparql import charset_of, media_type_of

MULTIPART = "multipart/form-data"
#: Files in one request.
_MOST_PARTS = 100
#: N-Quads repeat what other formats abbreviate: so many times larger than an upload they may be.
_GROWTH = 20
_SUFFIXES = {".ttl": "text/turtle", ".nt": "application/n-triples", ".nq": "application/n-quads", ".n3": "text/n3"} | {
    ".trig": "application/trig",
    ".rdf": "application/rdf+xml",
    ".xml": "application/rdf+xml",
    ".jsonld": "application/ld+json",
}


@asynccontextmanager
async def uploaded(request: Request, graph: str, base: str) -> AsyncIterator[Path]:
    """The body of a request as a file of N-Quads of one graph ("" is the default graph), as long as this lasts.

    ``base`` resolves its relative IRIs. Raises QueryError: 400 where it cannot be read, 413, 415.
    """
    site = site_of(request)
    given = request.headers.get("content-type", "")
    multipart = media_type_of(given) == MULTIPART
    if not multipart:
        kind = _kind(given)
    run = site.settings.data_dir / "run"
    with tempfile.TemporaryDirectory(prefix="upload-", dir=run if run.is_dir() else None) as name:
        folder = Path(name)
        if multipart:
            files = await _parts(request, folder)
        else:
            files = [(await _body(request, folder / "0"), kind)]
        target = folder / "read.nq"
        target.touch()
        for at, (path, kind) in enumerate(files):
            read = folder / f"{at}.nq"
            await _read(site.engine, path, kind, read, graph, base, site.settings.longest_upload * _GROWTH)
            await run_in_threadpool(_append, read, target)
        yield target


def _kind(given: str) -> str:
    """What a content type is read as."""
    media_type = media_type_of(given)
    if media_type not in UPLOADS:
        raise QueryError(
            "unsupported-media-type",
            f"A graph of type '{media_type[:100]}' cannot be read here.",
            f"Say what it is in the Content-Type header: {', '.join(UPLOADS)}.",
        )
    if (charset := charset_of(given)) not in ("", "utf-8", "utf8", "us-ascii"):
        raise QueryError("unsupported-media-type", f"The graph is said to be in {charset[:40]}; UTF-8 is needed here.")
    return UPLOADS[media_type]


async def _body(request: Request, path: Path) -> Path:
    longest = site_of(request).settings.longest_upload
    size = 0
    with path.open("wb") as file:
        async for piece in request.stream():
            size += len(piece)
            if size > longest:
                raise QueryError("too-long", f"The graph is longer than {longest} bytes.", "Send it in parts.")
            file.write(piece)
    return path


async def _parts(request: Request, folder: Path) -> list[tuple[Path, str]]:
    """The files of a form (Graph Store Protocol, section 5.5), each with what it is read as."""
    found: list[tuple[Path, str]] = []
    try:
        async with request.form(max_files=_MOST_PARTS, max_fields=0) as form:
            for _, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    raise QueryError("bad-request", "A part of the form is no file.")
                given = value.content_type or _SUFFIXES.get(Path(value.filename or "").suffix.lower(), "")
                path = folder / str(len(found))
                await run_in_threadpool(_copy, value, path)
                found.append((path, _kind(given)))
    except (HTTPException, KeyError, ValueError, AssertionError) as error:
        detail = error.detail if isinstance(error, HTTPException) else "its parts cannot be told apart"
        raise QueryError("bad-request", f"The form cannot be read: {detail}.") from None
    if not found:
        raise QueryError("bad-request", "There is no file in the form.")
    return found


def _copy(upload: UploadFile, path: Path) -> None:
    with path.open("wb") as file:
        shutil.copyfileobj(upload.file, file)


def _append(read: Path, target: Path) -> None:
    with read.open("rb") as source, target.open("ab") as file:
        shutil.copyfileobj(source, file)
    read.unlink()


async def _read(engine: Engine, path: Path, kind: str, target: Path, graph: str, base: str, largest: int) -> None:
    call = {"call": "parse", "path": str(path), "target": str(target), "type": kind, "graph": graph, "base": base}
    try:
        await engine.parse({**call, "largest": largest})
    except QueryError as error:
        if error.code != "syntax":
            raise
        message = f"The graph cannot be read as {kind}: {error.message.rstrip('. ')}."
        if error.line is None:
            raise QueryError("bad-graph", message) from None
        raise QueryFault(message, error.line, error.column or 1) from None
