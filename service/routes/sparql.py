"""``/sparql``: the SPARQL protocol for programs, and a page to write queries on for people."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from graph.ask import questions
from graph.errors import QueryError
from graph.model import Thing
from graph.names import Names
from service import sparql
from service.contract import TEXT, responses
from service.logs import note
from service.negotiation import wants_page
from service.parameters import LONGEST
from service.problems import Problem, problem_of
from service.site import LANGUAGES, site_of

router = APIRouter()

#: More rows than these are a file to download, not a page to read.
ROWS_SHOWN = 500

_MEDIA = dict.fromkeys(dict.fromkeys([*sparql.RESULT_FORMATS, *sparql.GRAPH_FORMATS]), TEXT)
_RESPONSES = responses(_MEDIA, 400, 403, 406, 413, 415)
_GRAPHS = [
    {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": {"type": "array", "items": {"type": "string", "format": "uri"}},
    }
    for name, about in (
        ("default-graph-uri", "Graphs that make up the default graph; without any it is the union of all"),
        ("named-graph-uri", "Graphs that GRAPH can name"),
    )
]
_QUERY = {
    "name": "query",
    "in": "query",
    "required": True,
    "description": "A SPARQL 1.1 query",
    "schema": {"type": "string"},
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a result as a page shows them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Thing | str | None, ...], ...]
    more: bool


@router.get("/sparql", responses=_RESPONSES, openapi_extra={"parameters": [_QUERY, *_GRAPHS]}, response_class=Response)
def sparql_get(request: Request) -> Response:
    """Ask a SPARQL query. A browser gets a page to write one on."""
    pairs = request.query_params.multi_items()
    if wants_page(request.headers.get("accept")):
        return _page(request, pairs)
    asked = sparql.request_of(pairs)
    if asked is None:
        raise QueryError("bad-request", "There is no 'query' parameter.", "Send a query as ?query=... or with POST.")
    return _answer(request, asked)


@router.post(
    "/sparql",
    responses=_RESPONSES,
    openapi_extra={
        "parameters": _GRAPHS,
        "requestBody": {
            "required": True,
            "content": {
                "application/x-www-form-urlencoded": {
                    "schema": {"type": "object", "required": ["query"], "properties": {"query": {"type": "string"}}}
                },
                "application/sparql-query": {"schema": {"type": "string"}},
            },
        },
    },
    response_class=Response,
)
async def sparql_post(request: Request) -> Response:
    """Ask a SPARQL query, as a form or as the body itself. Updates are refused."""
    body = await _body(request, site_of(request).settings.longest_query)
    content_type = request.headers.get("content-type", "")
    pairs = request.query_params.multi_items()
    if wants_page(request.headers.get("accept")):
        # The page's own form, sent with POST because long queries do not fit into an address.
        form = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
        return await run_in_threadpool(_page, request, form)
    asked = sparql.request_of_body(body, content_type, pairs)
    if asked is None:
        raise QueryError("bad-request", "There is no 'query' in the form.")
    return await run_in_threadpool(_answer, request, asked)


async def _body(request: Request, longest: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > longest:
            raise QueryError("too-long", f"The request is longer than {longest} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _answer(request: Request, asked: sparql.Request) -> Response:
    note(request, query=asked.query)
    response = sparql.respond(site_of(request).store, asked, request.headers.get("accept"))
    # ``media_type`` would get a charset appended, which the registered types do not have.
    kind = f"{response.media_type}; charset=utf-8" if response.media_type.startswith("text/") else response.media_type
    return Response(response.body, headers={"content-type": kind, "vary": "Accept"})


def _page(request: Request, pairs: list[tuple[str, str]]) -> Response:
    site = site_of(request)
    form = dict(pairs)
    lang = form.get("lang", "en") if form.get("lang") in LANGUAGES else "en"
    text = form.get("query", "")
    table: Table | None = None
    graph = ""
    verdict: bool | None = None
    problem: Problem | None = None
    try:
        asked = sparql.request_of([(name, value) for name, value in pairs if name != "query" or value.strip()])
        if asked is not None:
            note(request, query=asked.query)
            result = sparql.run(site.store, asked)
            if isinstance(result, ox.QueryBoolean):
                verdict = bool(result)
            elif isinstance(result, ox.QuerySolutions):
                table = _table(result, site.names, lang)
            else:
                graph = sparql.serialise(result, "text/turtle").decode()
    except QueryError as error:
        problem = problem_of(error)
    page = site.render(
        request,
        "sparql.html",
        problem.status if problem else 200,
        lang,
        query=text,
        examples=questions(),
        chosen=form.get("example", "")[:LONGEST],
        table=table,
        verdict=verdict,
        graph=graph,
        problem=problem,
        ran=bool(text.strip()),
        short=len(text) < site.settings.longest_url // 3,
    )
    page.headers["vary"] = "Accept"
    return page


def _table(result: ox.QuerySolutions, names: Names, lang: str) -> Table:
    columns = tuple(variable.value for variable in result.variables)
    rows: list[tuple[Thing | str | None, ...]] = []
    more = False
    try:
        for solution in result:
            if len(rows) == ROWS_SHOWN:
                more = True
                break
            rows.append(tuple(_shown(solution[name], names, lang) for name in columns))
    except (RuntimeError, OSError, ValueError) as error:
        raise QueryError("query-failed", f"The query cannot be evaluated: {error}.") from None
    return Table(columns, tuple(rows), more)


def _shown(term: object, names: Names, lang: str) -> Thing | str | None:
    if isinstance(term, ox.NamedNode):
        return names.thing(term.value, lang)
    if isinstance(term, ox.Literal):
        return term.value
    return None if term is None else str(term)
