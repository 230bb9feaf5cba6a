"""The SPARQL 1.1 Protocol, query operation only: what was asked, in which format, and the answer as bytes.

Nothing here knows of a web framework. What may not reach the engine is in ``query_guard``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox

from graph.errors import QueryError
from graph.store import Store
from service.negotiation import choose
from service.query_guard import WRITES_OFF, located, refuse_depth, refuse_service

RESULT_FORMATS: dict[str, ox.QueryResultsFormat] = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "application/xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
GRAPH_FORMATS: dict[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    # Names that older clients still send.
    "application/json": ox.RdfFormat.JSON_LD,
    "application/xml": ox.RdfFormat.RDF_XML,
    "text/plain": ox.RdfFormat.N_TRIPLES,
}


@dataclass(frozen=True, slots=True)
class Request:
    """One query operation of the protocol."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Response:
    body: bytes
    media_type: str


def request_of(pairs: Sequence[tuple[str, str]]) -> Request | None:
    """The operation that a query string or form asks for; None without a query. Raises QueryError."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise WRITES_OFF
    queries = values.get("query", [])
    if len(queries) > 1:
        raise QueryError("bad-request", "There are several 'query' parameters; the protocol allows one.")
    if not queries:
        return None
    return Request(
        queries[0],
        tuple(_iri(g) for g in values.get("default-graph-uri", ())),
        tuple(_iri(g) for g in values.get("named-graph-uri", ())),
    )


def request_of_body(body: bytes, content_type: str, query_string: Sequence[tuple[str, str]]) -> Request | None:
    """The operation that a POST asks for: a form, or the query itself with its dataset in the address."""
    media_type, _, parameters = content_type.partition(";")
    charset = re.search(r"charset\s*=\s*\"?([\w.-]+)", parameters, re.IGNORECASE)
    if charset and charset[1].lower() not in ("utf-8", "utf8", "us-ascii"):
        raise QueryError("unsupported-media-type", f"The text is said to be in {charset[1]}; UTF-8 is needed here.")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise QueryError("bad-request", "The request's body is not UTF-8 text.") from None
    match media_type.strip().lower():
        case "application/x-www-form-urlencoded":
            try:
                pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=1000)
            except ValueError:
                raise QueryError("bad-request", "The form cannot be read as UTF-8 fields.") from None
            return request_of(pairs)
        case "application/sparql-query":
            beside = [(name, value) for name, value in query_string if name != "query"]
            return request_of([*beside, ("query", text)])
        case "application/sparql-update":
            raise WRITES_OFF
        case other:
            raise QueryError(
                "unsupported-media-type",
                f"A body of type '{other[:100]}' cannot be read here.",
                "Send a form (application/x-www-form-urlencoded) or a query (application/sparql-query).",
            )


def _iri(text: str) -> str:
    try:
        return ox.NamedNode(text).value
    except ValueError:
        raise QueryError("bad-request", f"'{text[:200]}' is no absolute IRI, so it cannot name a graph.") from None


def run(store: Store, request: Request) -> ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple]:
    """Check and evaluate. Raises QueryError; QueryFault with line and column where the text does not parse."""
    refuse_depth(request.query)
    refuse_service(request.query)
    try:
        return store.query(request.query, default_graphs=request.default_graphs, named_graphs=request.named_graphs)
    except QueryError as error:
        raise located(error, request.query) from None


def respond(store: Store, request: Request, accept: str | None) -> Response:
    """The answer in the format that the client wants most. Raises QueryError (``not-acceptable``, 406)."""
    try:
        return _respond(store, request, accept)
    except QueryError as error:
        # The engine's results may be released only in the thread that made them, and the frames of a traceback
        # would carry them into the one that answers.
        error.__context__ = error.__cause__ = None
        raise error.with_traceback(None) from None


def _respond(store: Store, request: Request, accept: str | None) -> Response:
    result = run(store, request)
    formats: Mapping[str, ox.QueryResultsFormat | ox.RdfFormat]
    formats = RESULT_FORMATS if isinstance(result, ox.QuerySolutions | ox.QueryBoolean) else GRAPH_FORMATS
    media_type = choose(accept, list(formats))
    if media_type is None:
        raise QueryError(
            "not-acceptable",
            f"The answer to this query can be had as {', '.join(dict.fromkeys(formats))}.",
            "Name one of these in the Accept header.",
        )
    return Response(serialise(result, media_type), media_type)


def serialise(result: ox.QuerySolutions | ox.QueryBoolean | Iterable[ox.Triple], media_type: str) -> bytes:
    """A result as bytes. Evaluation is lazy, so that errors of the data or of a function come up only here."""
    try:
        if isinstance(result, ox.QuerySolutions | ox.QueryBoolean):
            return result.serialize(format=RESULT_FORMATS[media_type]) or b""
        return ox.serialize(result, format=GRAPH_FORMATS[media_type]) or b""
    except (RuntimeError, OSError, ValueError) as error:
        raise QueryError("query-failed", f"The query cannot be evaluated: {error}.") from None
