"""The page to write queries on: a table of the first rows, a graph as Turtle, or yes and no."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from graph.ask import questions
from graph.errors import GraphError, QueryError
from graph.model import Thing
from graph.names import Names
from graph.store.engine import TABLE, Result
from service import sparql
from service.logs import note
from service.parameters import LONGEST
from service.problems import Problem, problem_of
from service.query_guard import located, refuse_depth
from service.site import LANGUAGES, Site, site_of
from service.streaming import Gone, while_there

#: More rows than these are a file to download, not a page to read; so is a longer text.
ROWS_SHOWN = 500
_LONGEST_TEXT = 1_000_000
_LONGEST_TABLE = 8_000_000

_ACCEPT: dict[str, str | None] = {
    "solutions": TABLE,
    "boolean": "application/sparql-results+json",
    "graph": "text/turtle",
}


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of a result as a page shows them."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Thing | str | None, ...], ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """What came of a query: one of these, or a problem."""

    table: Table | None = None
    verdict: bool | None = None
    graph: str = ""
    cut: bool = False
    problem: Problem | None = None


def fields(body: bytes) -> list[tuple[str, str]]:
    """What the page's form sends; nothing of it has to be as it should."""
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        return []


async def page(request: Request, pairs: list[tuple[str, str]]) -> Response:
    """The page, with the answer to the query in ``pairs`` where there is one."""
    site = site_of(request)
    form = dict(pairs)
    lang = form.get("lang", "en") if form.get("lang") in LANGUAGES else "en"
    try:
        shown = await _run(request, site, pairs, lang)
    except Gone:
        return Response(status_code=499)
    response = await run_in_threadpool(_render, request, site, form, lang, shown)
    response.headers["vary"] = "Accept"
    if shown.problem is not None:
        response.headers.update(shown.problem.headers)
    return response


async def _run(request: Request, site: Site, pairs: list[tuple[str, str]], lang: str) -> Shown:
    text = ""
    try:
        asked = sparql.by_address([(name, value) for name, value in pairs if name != "query" or value.strip()])
        if asked is None:
            return Shown()
        text = asked.text
        note(request, query=text)
        refuse_depth(text)
        form, body, cut = await while_there(request, _ask(site, asked))
        if form == "graph":
            return Shown(graph=body.decode("utf-8", "ignore"), cut=cut)
        if cut:
            raise QueryError("result-too-large", "The values in this result are too long for a page.")
        found = json.loads(body)
        if form == "boolean":
            return Shown(verdict=bool(found["boolean"]))
        return Shown(table=_table(found, await run_in_threadpool(lambda: site.names), lang))
    except GraphError as error:
        problem = problem_of(located(error, text) if isinstance(error, QueryError) else error)
        note(request, outcome=problem.code)
        return Shown(problem=problem)


async def _ask(site: Site, asked: sparql.Query) -> tuple[str, bytes, bool]:
    """(form, body, whether there is more of it)."""
    from service.routes.sparql import ask

    result: Result = await ask(site, asked, _ACCEPT, ROWS_SHOWN)
    longest = _LONGEST_TEXT if result.form == "graph" else _LONGEST_TABLE
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in result.pieces():
            pieces.append(piece)
            size += len(piece)
            if size > longest:
                return result.form, b"".join(pieces)[:longest], True
        return result.form, b"".join(pieces), False
    finally:
        result.abandon()


def _table(found: dict[str, list[list[tuple[str, str] | None]]], names: Names, lang: str) -> Table:
    rows = tuple(tuple(_value(cell, names, lang) for cell in row) for row in found["rows"])
    return Table(tuple(map(str, found["columns"])), rows, bool(found["more"]))


def _value(cell: tuple[str, str] | None, names: Names, lang: str) -> Thing | str | None:
    if cell is None:
        return None
    kind, text = cell
    return names.thing(text, lang) if kind == "iri" else text


def _render(request: Request, site: Site, form: dict[str, str], lang: str, shown: Shown) -> Response:
    text = form.get("query", "")
    return site.render(
        request,
        "sparql.html",
        shown.problem.status if shown.problem else 200,
        lang,
        query=text,
        examples=questions(),
        chosen=form.get("example", "")[:LONGEST],
        table=shown.table,
        verdict=shown.verdict,
        graph=shown.graph,
        cut=shown.cut,
        problem=shown.problem,
        ran=bool(text.strip()),
        short=len(text) < site.settings.longest_url // 3,
    )
