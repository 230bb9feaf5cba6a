"""``/dataset``, ``/.well-known/void``, ``/download/...``: what the data are as a whole, and all of them as files."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
from collections.abc import AsyncIterator
from typing import Any, BinaryIO

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from pyoxigraph import NamedNode

from graph.errors import BadParameter, GraphError
from graph.terms import NS
from service.contract import TEXT, responses
from service.describe_data import FORMAT_NAMES, FORMATS, serialise
from service.describe_dataset import FILES, Addresses, description, licences_of, title_of
from service.describe_downloads import MEDIA, WORKBOOK, File, Wanted
from service.describe_published import published_of
from service.describe_response import PAGE, alternates, content_type, has, page, sent, suffix_for
from service.describe_terms import DESCRIPTION_PREFIXES
from service.describe_vocabulary import curie
from service.negotiation import HTML
from service.parameters import LANG_PARAMETER, language
from service.routes.vocabulary import term_path
from service.site import Site, site_of

router = APIRouter()

_MEDIA: dict[str, Any] = {HTML: TEXT} | {m: TEXT if m.startswith("text/") else {} for m, _ in FORMATS.values()}
_GIVES = responses(_MEDIA, 404, 406, 422) | {304: {"description": "The client has it already"}}
_FILES = responses(
    dict.fromkeys(MEDIA.values(), TEXT) | {"application/gzip": TEXT, "text/plain": TEXT}, 404, 413, 422, 503
)
_GRAPH = {
    "name": "graph",
    "in": "query",
    "required": False,
    "description": "IRI of the graph, for /download/graph.ttl or .nt",
    "schema": {"type": "string"},
}
_PIECE = 1 << 18


@router.get("/dataset", responses=_GIVES, response_class=Response, openapi_extra={"parameters": [LANG_PARAMETER]})
def dataset(request: Request) -> Response:
    """The whole of the data in the words of DCAT and VoID: counts, graphs with their sources, downloads; as a page or
    as RDF, as the Accept header asks."""
    suffix = suffix_for(request)
    response = _described(request, suffix, "/dataset")
    response.headers["vary"] = "Accept"
    response.headers["content-location"] = f"/dataset.{suffix}"
    return response


@router.get(
    "/dataset.{suffix}", responses=_GIVES, response_class=Response, openapi_extra={"parameters": [LANG_PARAMETER]}
)
def dataset_as(request: Request, suffix: str) -> Response:
    """The description of the data in one format: html, ttl, jsonld, rdf, nt or json."""
    if suffix not in FORMATS and suffix != PAGE:
        raise GraphError("not-found", f"This has no format '{suffix[:50]}'.", f"It has {', '.join([PAGE, *FORMATS])}.")
    return _described(request, suffix, "/dataset")


@router.get(
    "/.well-known/void",
    responses=_GIVES | {303: {"description": "For a browser: where the page is"}},
    response_class=Response,
)
def void(request: Request) -> Response:
    """The VoID description of the data, where crawlers look for it."""
    suffix = suffix_for(request)
    # Programs that name nothing are what this address is for; only a browser names HTML.
    if suffix == PAGE and "html" in request.headers.get("accept", ""):
        return RedirectResponse("/dataset", 303, headers={"vary": "Accept"})
    response = _described(request, "ttl" if suffix == PAGE else suffix, "/.well-known/void")
    response.headers["vary"] = "Accept"
    return response


def _addresses(site: Site) -> Addresses:
    return Addresses(site.settings.url, site.store.base)


def _described(request: Request, suffix: str, path: str) -> Response:
    site, published = site_of(request), published_of(request)
    found, at = published.statistics(), _addresses(site)
    if suffix != PAGE:
        document = at.url + path if path != "/dataset" else f"{at.url}{path}.{suffix}"
        triples = description(found, at, document)
        body = serialise(triples, suffix, published.context, f"{at.url}/ns/context.jsonld", DESCRIPTION_PREFIXES)
        return sent(request, body, content_type(suffix), found.generation, alternates("/dataset"))
    lang = language(request)
    titles = {g.iri: _spoken({t.language or "": t.value for t in title_of(g)}, lang) for g in found.graphs}
    return page(
        request,
        found.generation,
        lambda: site.render(
            request,
            "dataset.html",
            lang=lang,
            found=found,
            at=at,
            titles=titles,
            licences={g.iri: licences_of(g, found) for g in found.graphs},
            formats=FORMATS,
            format_names=FORMAT_NAMES,
            curie=curie,
            term_path=lambda iri: term_path(published.vocabulary, iri),
        ),
    )


def _spoken(texts: dict[str, str], lang: str) -> str:
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), "")


@router.get(
    "/download/{name:path}",
    responses=_FILES,
    response_class=Response,
    openapi_extra={"parameters": [_GRAPH, LANG_PARAMETER]},
)
async def download(request: Request, name: str) -> Response:
    """All of the data (all.nq, all.trig) or one graph (source/roundtable-2010.ttl, theme.nt, graph.ttl?graph=IRI) as a
    file, with .gz packed; a source also as a workbook to edit and bring back (source/roundtable-2010.xlsx). With
    .sha256 behind it: the hash of that file, as sha256sum checks it."""
    wanted, hashed = await run_in_threadpool(_wanted, request, name)
    file, opened = await _opened(request, wanted)
    headers = {
        "etag": f'"{file.sha256[:32]}"',
        "cache-control": "no-cache",
        "common-ground-generation": str(file.generation),
        "access-control-allow-origin": "*",
    }
    if hashed or has(request, headers["etag"]):
        opened.close()
    if hashed:
        return Response(f"{file.sha256}  {file.name}\n", media_type="text/plain", headers=headers)
    if has(request, headers["etag"]):
        return Response(status_code=304, headers=headers)
    headers |= {
        "content-length": str(file.size),
        "content-disposition": f'attachment; filename="{file.name}"',
        # Of RFC 9530; and nothing on the way may pack it once more, or the hash would be of something else.
        "repr-digest": f"sha-256=:{base64.b64encode(bytes.fromhex(file.sha256)).decode()}:",
        "cache-control": "no-cache, no-transform",
    }
    kind = "application/gzip" if wanted.packed else MEDIA[wanted.suffix]
    return StreamingResponse(_pieces(opened), media_type=kind, headers=headers)


async def _opened(request: Request, wanted: Wanted) -> tuple[File, BinaryIO]:
    """The file, open: its name goes as soon as somebody asks for that of a newer generation."""
    while True:
        file = await published_of(request).downloads.file(wanted)
        with contextlib.suppress(FileNotFoundError):
            return file, file.path.open("rb")


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


def _wanted(request: Request, name: str) -> tuple[Wanted, bool]:
    """What a download's address asks for, and whether only for its hash. Raises GraphError."""
    hashed = name.endswith(".sha256")
    name = name.removesuffix(".sha256")
    packed = name.endswith(".gz")
    stem, _, suffix = name.removesuffix(".gz").rpartition(".")
    _, _, quads = FILES.get(suffix, ("", "", None))
    lang = ""
    if suffix == WORKBOOK and stem.startswith("source/") and not packed:
        quads, lang = False, language(request)
    if quads is None or not stem or quads != (stem == "all"):
        raise GraphError(
            "not-found",
            f"There is no download '{name[:200]}'.",
            "All of the data are all.nq and all.trig, a graph is theme.ttl or theme.nt, a source .xlsx too: /dataset.",
        )
    if quads:
        return Wanted(None, suffix, packed, "all"), hashed
    site = site_of(request)
    for iri in _graphs(request, site, stem):
        try:
            exists = site.store.query(f"ASK {{ GRAPH {NamedNode(iri)} {{ }} }}")
        except ValueError:
            raise BadParameter("bad-parameter", f"'{iri[:200]}' is no IRI.", "Give the IRI of a graph.") from None
        if exists:
            plain = re.sub(r"[^A-Za-z0-9._-]+", "-", _addresses(site).graph_path(iri) or iri).strip("-.")
            return Wanted(iri, suffix, packed, stem if lang else plain[:100], lang), hashed
    raise GraphError("not-found", f"There is no graph '{stem[:200]}'.", "The graphs are listed at /dataset.")


def _graphs(request: Request, site: Site, stem: str) -> tuple[str, ...]:
    """The IRIs that a download's name can stand for."""
    given = request.query_params.getlist("graph")
    if stem == "graph" and given:
        return (given[0],)
    return (NS.removesuffix("#"),) if stem == "ns" else site.iris_of(stem)
