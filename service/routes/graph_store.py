"""The SPARQL 1.1 Graph Store HTTP Protocol: whole graphs are read, replaced, added to and removed.

Indirect: ``/rdf-graph-store?graph=<IRI>`` or ``?default``, which is the graph without a name and not the union. Direct:
the graph's own address, under ``/rdf-graph-store/`` or, for what is ingested here, under ``/id/``.
"""

from __future__ import annotations

import hashlib
import secrets

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from graph.errors import GraphError, QueryError
from graph.store.engine import Written
from graph.terms import CODE, PLACE, PREFIXES, REFERENCE_BASE, THEME
from service import cors, direct
from service.access import Access, Caller
from service.contract import REFUSED, TEXT, responses
from service.formats import GRAPHS, UPLOADS, content_type, graph_format
from service.routes.sparql import refuse_encoding
from service.site import site_of
from service.sparql import graph_iri
from service.streaming import respond, unchanged
from service.tokens import Role
from service.uploads import MULTIPART, uploaded

router = APIRouter()

STORE = "/rdf-graph-store"
#: What is the same in every installation.
_REFERENCE = frozenset(iri.removeprefix(REFERENCE_BASE).rstrip("/") for iri in (THEME, PLACE, CODE))
_WRITTEN = {"type": "object", "required": ["generation"], "properties": {"generation": {"type": "integer"}}}
_MEDIA = dict.fromkeys(GRAPHS, TEXT)
_READ = responses(_MEDIA, 400, 403, 404, 406, 413, 503, 504) | {304: {"description": "The client has it"}}
_WRITE = responses({"application/json": _WRITTEN}, 400, 401, 403, 404, 406, 413, 415, 503, 504, 507) | {
    201: {"description": "The graph is new", "content": {"application/json": {"schema": _WRITTEN}}},
    204: {"description": "The graph has been replaced"},
    **REFUSED,
}
_WHICH = [
    {"name": "graph", "in": "query", "required": False, "description": "The IRI of the graph", "schema": TEXT},
    {
        "name": "default",
        "in": "query",
        "required": False,
        "description": "The graph without a name",
        "schema": TEXT,
        "allowEmptyValue": True,
    },
]
_CONTENT = {
    "required": True,
    "content": {kind: {"schema": TEXT} for kind in UPLOADS}
    | {MULTIPART: {"schema": {"type": "object", "additionalProperties": {"type": "string", "format": "binary"}}}},
}
_INDIRECT = {"parameters": _WHICH}
_INTO = {"parameters": [*_WHICH, direct.VALIDATION_PARAMETER]}
_INTO_DIRECT = {"parameters": [direct.VALIDATION_PARAMETER]}
_BODY_DIRECT = {**_INTO_DIRECT, "requestBody": _CONTENT}


def _indirect(request: Request) -> str | None:
    """The graph that the address names ("" is the default graph); None where it names the store itself."""
    pairs = [(name, value) for name, value in request.query_params.multi_items() if name in ("graph", "default")]
    if len(pairs) > 1:
        raise QueryError("bad-request", "A request is about one graph: either one 'graph' or 'default'.")
    if not pairs:
        return None
    name, value = pairs[0]
    if name == "graph":
        return graph_iri(value)
    if value:
        raise QueryError("bad-request", "'default' has no value.")
    return ""


def _named(request: Request) -> str:
    graph = _indirect(request)
    if graph is None:
        raise QueryError(
            "bad-request", "The request does not say which graph.", "Say ?graph= with its IRI, or ?default."
        )
    return graph


def _direct(request: Request) -> str:
    """The graph whose own address this is."""
    site = site_of(request)
    if request.url.path.startswith(STORE):
        # As it was sent: what is encoded belongs to the name.
        raw = request.scope.get("raw_path") or request.url.path.encode()
        return graph_iri(site.settings.url + raw.decode("ascii", "replace"))
    return graph_iri(site.store.base + request.path_params["path"])


# --- reading ----------------------------------------------------------------------------------------------------------


@router.get(STORE, responses=_READ, openapi_extra=_INDIRECT, response_class=Response)
async def read(request: Request) -> Response:
    """Get a whole graph, in the format that the Accept header asks for."""
    return await graph_response(request, _named(request))


@router.get(STORE + "/{path:path}", responses=_READ, response_class=Response)
async def read_direct(request: Request, path: str) -> Response:  # noqa: ARG001 - the address as it was sent counts
    """Get the graph of this address."""
    return await graph_response(request, _direct(request))


async def graph_response(request: Request, graph: str) -> Response:
    """A whole graph. Raises QueryError (404) where there is none of that name, NotAcceptable."""
    engine = site_of(request).engine
    media_type = graph_format(request.headers.get("accept"))
    etag = hashlib.sha256(f"{media_type} {graph}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
    if same := unchanged(request, engine.generation, etag):
        return same
    turtle = GRAPHS[media_type] in ("text/turtle", "application/trig", "application/rdf+xml")
    asked = engine.dump(GRAPHS[media_type], graph, prefixes=PREFIXES if turtle else None, existing=True)
    return await respond(request, asked, {"graph": content_type(media_type)}, etag)


class WholeGraph(Response):
    """The graph of an address under ``/id/``, for the route that also tells of things there."""

    def __init__(self, request: Request, graph: str) -> None:
        self._request, self._graph = request, graph
        super().__init__()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (await graph_response(self._request, self._graph))(scope, receive, send)


def graph_at(request: Request, path: str) -> Response | None:
    """The graph whose own IRI an address under ``/id/`` is, where there is one. Not the reference data: there a thing
    and the graph that defines it share a name, and the thing is what is asked for."""
    site = site_of(request)
    if path.partition("/")[0] in _REFERENCE:
        return None
    try:
        graph = ox.NamedNode(site.store.base + path)
    except ValueError:
        return None
    held = site.store.query(f"ASK {{ GRAPH {graph} {{ ?s ?p ?o }} }}")
    return WholeGraph(request, graph.value) if held else None


@router.options(STORE, include_in_schema=False)
def options() -> Response:
    return cors.options(STORE)


# --- writing ----------------------------------------------------------------------------------------------------------


@router.put(
    STORE,
    responses=_WRITE,
    openapi_extra={**_INTO, "requestBody": _CONTENT},
    response_class=Response,
    status_code=200,
)
async def replace(request: Request) -> Response:
    """Put a graph in the place of what it has been. Needs a token of the role curate."""
    caller = _curator(request)
    return await _put(request, caller, _named(request), anew=True)


@router.put(
    STORE + "/{path:path}",
    responses=_WRITE,
    openapi_extra=_BODY_DIRECT,
    response_class=Response,
)
async def replace_direct(request: Request, path: str) -> Response:  # noqa: ARG001
    """Put the graph of this address in the place of what it has been. Needs a token of the role curate."""
    caller = _curator(request)
    return await _put(request, caller, _direct(request), anew=True)


@router.post(STORE, responses=_WRITE, openapi_extra={**_INTO, "requestBody": _CONTENT}, response_class=Response)
async def add(request: Request) -> Response:
    """Add to a graph; without one, make a new one, whose address is in the Location header. Needs a token of the role
    curate."""
    caller = _curator(request)
    graph = _indirect(request)
    if graph is None:
        graph = f"{site_of(request).settings.url}{STORE}/{secrets.token_hex(8)}"
    return await _put(request, caller, graph, anew=False)


@router.post(
    STORE + "/{path:path}",
    responses=_WRITE,
    openapi_extra=_BODY_DIRECT,
    response_class=Response,
)
async def add_direct(request: Request, path: str) -> Response:  # noqa: ARG001
    """Add to the graph of this address. Needs a token of the role curate."""
    caller = _curator(request)
    return await _put(request, caller, _direct(request), anew=False)


@router.delete(STORE, responses=_WRITE, openapi_extra=_INTO, response_class=Response)
async def remove(request: Request) -> Response:
    """Remove a graph. Needs a token of the role curate."""
    caller = _curator(request)
    return await _drop(request, caller, _named(request))


@router.delete(STORE + "/{path:path}", responses=_WRITE, openapi_extra=_INTO_DIRECT, response_class=Response)
async def remove_direct(request: Request, path: str) -> Response:  # noqa: ARG001
    """Remove the graph of this address. Needs a token of the role curate."""
    caller = _curator(request)
    return await _drop(request, caller, _direct(request))


# The same at the addresses under which things are told.
router.put(
    "/id/{path:path}",
    responses=_WRITE,
    openapi_extra=_BODY_DIRECT,
    response_class=Response,
)(replace_direct)
router.post(
    "/id/{path:path}",
    responses=_WRITE,
    openapi_extra=_BODY_DIRECT,
    response_class=Response,
)(add_direct)
router.delete("/id/{path:path}", responses=_WRITE, openapi_extra=_INTO_DIRECT, response_class=Response)(remove_direct)


def _curator(request: Request) -> Caller:
    access: Access = request.app.state.access
    return access.require(request, Role.CURATE)


def _allow(request: Request, graph: str) -> None:
    if graph.startswith(f"{site_of(request).store.base}graph/"):
        raise GraphError("own-graph", f"{graph} is kept by the service itself.", "Write to another graph.")


async def _put(request: Request, caller: Caller, graph: str, *, anew: bool) -> Response:
    _allow(request, graph)
    refuse_encoding(request)
    site = site_of(request)
    validated = direct.is_validated(request)
    what = "Graph replaced" if anew else "Graph added to"
    async with uploaded(request, graph, graph or f"{site.settings.url}{STORE}") as path:
        asked = {"write": "put", "graph": graph, "path": str(path), "replace": anew}
        what = f"{what}: {graph or 'the default graph'}"
        written = await direct.write(request, caller, what, asked, validated=validated)
    if not written.existed:
        return _told(written, 201, {"location": graph} if graph else {})
    return Response(status_code=204, headers=_generation(written)) if anew else _told(written, 200)


async def _drop(request: Request, caller: Caller, graph: str) -> Response:
    _allow(request, graph)
    what = f"Graph removed: {graph or 'the default graph'}"
    asked = {"write": "drop", "graph": graph}
    written = await direct.write(request, caller, what, asked, validated=direct.is_validated(request))
    if graph and not written.existed:
        raise QueryError("no-such-graph", f"There is no graph {graph}.")
    return _told(written, 200)


def _told(written: Written, status: int, headers: dict[str, str] | None = None) -> Response:
    return JSONResponse({"generation": written.generation}, status, headers={**_generation(written), **(headers or {})})


def _generation(written: Written) -> dict[str, str]:
    return {"common-ground-generation": str(written.generation)}
