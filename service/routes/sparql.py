"""``/sparql``: the SPARQL protocol for programs, and a page to write queries on for people."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.errors import QueryError
from graph.store.engine import PLAIN, UNION, Result
from service import cors, describe_service, direct, sparql
from service.access import Access
from service.contract import REFUSED, TEXT, responses
from service.formats import GRAPHS, ROWS, Choice, content_type
from service.logs import note
from service.negotiation import wants_page
from service.query_guard import DEEPEST, located, refuse_depth
from service.routes import sparql_page
from service.site import Site, site_of
from service.streaming import respond, unchanged
from service.tokens import Role

router = APIRouter()

_MEDIA = dict.fromkeys(dict.fromkeys([*ROWS, *GRAPHS]), TEXT)
_RESPONSES = responses(_MEDIA, 400, 401, 403, 406, 413, 415, 503, 504) | {304: {"description": "The client has it"}}
_WRITTEN = {"type": "object", "required": ["generation"], "properties": {"generation": {"type": "integer"}}}


def _graphs(operation: str, *names: tuple[str, str]) -> list[dict[str, object]]:
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": f"Of {operation}: {about}",
            "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
        }
        for name, about in names
    ]


_OF_QUERY = _graphs(
    "a query",
    ("default-graph-uri", "graphs that make up the default graph; without any it is the service's own"),
    ("named-graph-uri", "graphs that GRAPH can name"),
)
_OF_UPDATE = _graphs(
    "an update",
    ("using-graph-uri", "graphs that make up the default graph of its WHERE clauses"),
    ("using-named-graph-uri", "graphs that GRAPH can name in them"),
)
_ASYNC = {
    "name": "async",
    "in": "query",
    "required": False,
    "description": "Of an update: 1 to be answered before it can be seen, with the generation in which it will be",
    "schema": {"type": "string", "enum": ["0", "1"]},
}
_QUERY = {
    "name": "query",
    "in": "query",
    "required": False,
    "description": "A SPARQL 1.1 query. Without one the answer is the description of the service",
    "schema": {"type": "string"},
}

#: Functions whose value is another each time: their results have no tag that says what they are.
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID|BNODE)\s*\(|\\u", re.IGNORECASE)


@router.get(
    "/sparql", responses=_RESPONSES, openapi_extra={"parameters": [_QUERY, *_OF_QUERY]}, response_class=Response
)
async def sparql_get(request: Request) -> Response:
    """Ask a SPARQL query. A browser gets a page to write one on; without a query a program gets the SPARQL 1.1
    Service Description."""
    pairs = request.query_params.multi_items()
    if wants_page(request.headers.get("accept")):
        return await sparql_page.page(request, pairs)
    asked = sparql.by_address(pairs)
    if asked is None:
        return describe_service.respond(request)
    return await _answer(request, asked)


@router.post(
    "/sparql",
    responses=_RESPONSES
    | {
        200: {
            "description": "The answer to a query; of an update, the generation in which it is visible",
            "content": {
                **{kind: {"schema": schema} for kind, schema in _MEDIA.items()},
                "application/json": {"schema": {}},
            },
        },
        202: {
            "description": "The update is durable, and visible soon (async)",
            "content": {"application/json": {"schema": _WRITTEN}},
        },
    }
    | {status: found for status, found in responses({}, 507).items() if status == 507}
    | REFUSED,
    openapi_extra={
        "parameters": [*_OF_QUERY, *_OF_UPDATE, _ASYNC, direct.VALIDATION_PARAMETER],
        "requestBody": {
            "required": True,
            "content": {
                sparql.FORM: {
                    "schema": {
                        "type": "object",
                        "properties": {"query": {"type": "string"}, "update": {"type": "string"}},
                    }
                },
                sparql.QUERY: {"schema": {"type": "string"}},
                sparql.UPDATE: {"schema": {"type": "string"}},
            },
        },
    },
    response_class=Response,
)
async def sparql_post(request: Request) -> Response:
    """Ask a SPARQL query, or change the data by a SPARQL update, as a form or as the body itself. An update needs a
    token of the role curate."""
    given = request.headers.get("content-type", "")
    address = request.query_params.multi_items()
    kind = sparql.media_type_of(given)
    if kind == sparql.UPDATE:
        _access(request).require(request, Role.CURATE)
        direct.is_validated(request)
    refuse_encoding(request)
    body = await _body(request, _longest(request, kind))
    operation = sparql.by_body(body, given, address)
    if isinstance(operation, sparql.Update):
        return await _write(request, operation, background=("async", "1") in address)
    if wants_page(request.headers.get("accept")):
        # The page's own form, sent with POST because long queries do not fit into an address.
        return await sparql_page.page(request, sparql_page.fields(body))
    if operation is None:
        raise QueryError("bad-request", "There is neither 'query' nor 'update' in the form.")
    return await _answer(request, operation)


@router.options("/sparql", include_in_schema=False)
def sparql_options() -> Response:
    return cors.options("/sparql")


def refuse_encoding(request: Request) -> None:
    """Refuse packed bodies: what is small when it comes may be huge when it is unpacked. Raises QueryError."""
    encoding = request.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in ("", "identity"):
        raise QueryError("unsupported-media-type", "A packed body is not taken here.", "Send it as it is.")


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


def _longest(request: Request, kind: str) -> int:
    """Bytes of a body; in a form each character of the text may take three."""
    settings = site_of(request).settings
    may_write = _access(request).who(request).may(Role.CURATE)
    longest = settings.longest_update if may_write and kind != sparql.QUERY else settings.longest_query
    return 3 * longest + 10_000 if kind == sparql.FORM else longest


async def _body(request: Request, longest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > longest:
            raise QueryError("too-long", f"The request is longer than {longest} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


async def _answer(request: Request, asked: sparql.Query) -> Response:
    site = site_of(request)
    note(request, query=asked.text)
    if len(asked.text) > site.settings.longest_query:
        raise QueryError("too-long", f"The query is longer than {site.settings.longest_query} characters.")
    accept = request.headers.get("accept")
    choice = Choice(accept)
    etag = _etag(asked, accept or "", site.settings.default_graph) if request.method == "GET" else ""
    if same := unchanged(request, site.engine.generation, etag):
        return same
    names = {form: content_type(choice.name(form)) for form in ("solutions", "boolean", "graph")}
    try:
        refuse_depth(asked.text)
        return await respond(request, ask(site, asked, choice.for_engine), names, etag)
    except QueryError as error:
        raise located(error, asked.text) from None


def ask(site: Site, asked: sparql.Query, accept: dict[str, str | None], rows: int | None = None) -> Awaitable[Result]:
    """Start a query with the dataset that it names, or that of the service."""
    return site.engine.ask(
        asked.text,
        accept,
        default_graphs=asked.default_graphs if asked.has_dataset else None,
        named_graphs=asked.named_graphs if asked.has_dataset else None,
        union=site.settings.default_graph == UNION,
        base=f"{site.settings.url}/sparql",
        rows=rows,
        aside=site.books if site.settings.default_graph == PLAIN else None,
    )


def _etag(asked: sparql.Query, accept: str, default_graph: str) -> str:
    if _CHANGING.search(asked.text):
        return ""
    whole = "\n".join((default_graph, accept, *asked.default_graphs, "", *asked.named_graphs, "", asked.text))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:16]


async def _write(request: Request, asked: sparql.Update, *, background: bool) -> Response:
    site = site_of(request)
    caller = _access(request).require(request, Role.CURATE)
    validated = direct.is_validated(request)
    note(request, query=asked.text)
    if len(asked.text) > site.settings.longest_update:
        raise QueryError("too-long", f"The update is longer than {site.settings.longest_update} characters.")
    if not site.engine.guarded:
        refuse_depth(asked.text, 10 * DEEPEST)
    call = {"call": "vet", "text": asked.text, "using": asked.using, "using_named": asked.using_named}
    try:
        vetted = await site.engine.parse(call)
        write = {"write": "update", "text": vetted["text"], "base_iri": f"{site.settings.url}/sparql"}
        written = await direct.write(request, caller, "SPARQL update", write, validated=validated, wait=not background)
    except QueryError as error:
        raise located(error, asked.text, "update") from None
    return JSONResponse(
        {"generation": written.generation},
        202 if background else 200,
        headers={"common-ground-generation": str(written.generation)},
    )
