"""The remote engine: any SPARQL 1.1 endpoint, read-only.

Nothing is assumed of the endpoint but the protocol. Our own service answers over the union of its graphs; another
store may have an empty default graph unless it is told otherwise (Oxigraph's server: ``--union-default-graph``).
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from io import BytesIO
from urllib.error import HTTPError
from urllib.parse import urlsplit

import pyoxigraph as ox
from SPARQLWrapper import POST, SELECT, SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from graph.errors import BadParameter, GraphError, QueryError
from graph.store import Change
from graph.terms import DEFAULT_BASE, expand

# One header for all query forms: what came back is read from its own media type, so that no regular expression
# has to guess the form of the query first.
_ACCEPT = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
    "application/n-triples, text/turtle;q=0.9, application/rdf+xml;q=0.5"
)
#: Longest answer of a server that is worth repeating in an error message, in characters.
_LONGEST_DETAIL = 2000


class RemoteStore:
    """``url`` is the address of the query endpoint itself (``http://127.0.0.1:8000/sparql``); ``timeout`` in seconds
    is for each wait on the network.

    The triples of a CONSTRUCT pass through an engine in memory, which writes numbers and times in their shortest
    form, as the embedded engine does; the terms of a SELECT are as the endpoint sent them.
    """

    writable = False

    def __init__(self, url: str, base: str = DEFAULT_BASE, timeout: float = 30.0) -> None:
        parts = urlsplit(url)
        # urllib would also read files and FTP servers.
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadParameter(
                "bad-url",
                f"'{url}' is not the address of a SPARQL endpoint.",
                "It begins with http:// or https://, for example http://127.0.0.1:8000/sparql.",
            )
        self.url = url
        self.base = base
        self._timeout = timeout

    @property
    def generation(self) -> int:
        """Asked anew each time; 0 where the endpoint does not count generations."""
        pattern = f"<{self.base}store> <{expand('cg:generation')}> ?n"
        for solution in self.select(f"SELECT ?n WHERE {{ GRAPH <{self.base}graph/state> {{ {pattern} }} }}"):
            if isinstance(solution["n"], ox.Literal) and solution["n"].value.isdecimal():
                return int(solution["n"].value)
        return 0

    def query(
        self,
        text: str,
        *,
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
    ) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        wrapper = SPARQLWrapper(self.url, agent="commonground")
        # Set here and not by setQuery(), which looks for the query form with a regular expression and would send
        # what it takes for an update to the update endpoint. As a query, an update is refused by the server.
        wrapper.queryString, wrapper.queryType = text, SELECT
        wrapper.setMethod(POST)
        wrapper.setOnlyConneg(True)
        wrapper.addCustomHttpHeader("Accept", _ACCEPT)
        wrapper.setTimeout(max(1, round(self._timeout)))  # whole seconds; 0 would be for ever
        for name, graphs in (("default-graph-uri", default_graphs), ("named-graph-uri", named_graphs)):
            for graph in graphs:
                wrapper.addParameter(name, graph)
        try:
            response = wrapper.query().response
            with response:
                return self._parse(response.headers.get_content_type(), response.read())
        except SPARQLWrapperException as error:
            raise self._refusal(_response_of(error)) from None
        except HTTPError as error:
            with error:
                refusal = _Response(error.code, error.headers.get_content_type(), error.read())
            raise self._refusal(refusal) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", None) or error
            raise GraphError(
                "remote-unreachable",
                f"No answer from {self.url}: {reason}.",
                "Is the service running, and is this the right host and port?",
            ) from None

    def _parse(self, media_type: str, body: bytes) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
        results = ox.QueryResultsFormat.from_media_type(media_type)
        triples = ox.RdfFormat.from_media_type(media_type)
        try:
            if results is not None:
                return ox.parse_query_results(body, results)
            if triples is not None:
                return _as_triples(body, triples, self.url)
        except (SyntaxError, ValueError) as error:
            raise GraphError("bad-remote-answer", f"{self.url} answered in broken {media_type}: {error}.") from None
        raise GraphError(
            "bad-remote-answer",
            f"{self.url} answered in {media_type}, which is no format of SPARQL results.",
            "Is it the address of the SPARQL endpoint itself? That often ends in /sparql or /query.",
        )

    def _refusal(self, response: _Response) -> GraphError:
        detail = response.detail()
        said = f"{self.url} answered {response.status}" + (f": {detail}" if detail else "")
        said += "" if said.endswith(".") else "."
        match response.status:
            case 400 | 422:
                return QueryError("bad-query", said, response.hint())
            case 401 | 403:
                return GraphError("remote-refused", said, response.hint() or "The endpoint wants a login.")
            case 404 | 405 | 410:
                hint = "Is it the address of the SPARQL endpoint itself? That often ends in /sparql or /query."
                return GraphError("not-an-endpoint", said, hint)
            case _:
                hint = response.hint() or "Ask for less (LIMIT, a narrower pattern), or try again later."
                return QueryError("query-failed", said, hint)

    def select(self, text: str) -> ox.QuerySolutions:
        result = self.query(text)
        if not isinstance(result, ox.QuerySolutions):
            raise QueryError("not-a-select", "A SELECT query is needed here.")
        return result

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        """Quads of the named graphs. What an endpoint keeps outside of named graphs is not among them."""
        name = "?g" if graph is None else str(ox.NamedNode(graph))
        for row in self.select(f"SELECT * WHERE {{ GRAPH {name} {{ ?s ?p ?o }} }}"):
            yield ox.Quad(row["s"], row["p"], row["o"], row["g"] if graph is None else ox.NamedNode(graph))

    def write(self, change: Change) -> int:
        if not change:
            return self.generation
        raise GraphError(
            "read-only-store",
            f"{self.url} is read-only from here.",
            "Write with the command line on the machine that holds the data.",
        )

    def close(self) -> None:
        """Nothing is kept open between two queries."""


@dataclass(frozen=True, slots=True)
class _Response:
    """A refusal: HTTP status, media type and body."""

    status: int
    media_type: str
    body: bytes

    def detail(self) -> str:
        """What the server says went wrong: a problem's detail (RFC 9457) or a plain text; never a page of HTML."""
        problem = self._problem()
        text = problem.get("detail") or problem.get("title") or ""
        if not text and self.media_type == "text/plain":
            text = self.body.decode("utf-8", "replace")
        return " ".join(str(text).split())[:_LONGEST_DETAIL]

    def hint(self) -> str:
        hint = self._problem().get("hint")
        return hint if isinstance(hint, str) else ""

    def _problem(self) -> dict[str, object]:
        if not self.media_type.endswith("json"):
            return {}
        try:
            problem = json.loads(self.body)
        except ValueError:
            return {}
        return problem if isinstance(problem, dict) else {}


def _response_of(error: SPARQLWrapperException) -> _Response:
    """SPARQLWrapper keeps a refusal's body only as the ``repr`` of bytes at the end of its message, and its status
    and headers only on the HTTPError that it was handling."""
    cause = error.__context__
    _, _, written = str(error).partition("\n\nResponse:\n")
    body = ast.literal_eval(written) if written else b""
    if isinstance(cause, HTTPError):
        return _Response(cause.code, cause.headers.get_content_type(), body)
    return _Response(500, "", body)


def _as_triples(body: bytes, form: ox.RdfFormat, url: str) -> ox.QueryTriples:
    """QueryTriples cannot be made in Python: an engine in memory makes them."""
    engine = ox.Store()
    parsed = ox.parse(BytesIO(body), form, base_iri=url, rename_blank_nodes=True)
    engine.extend(ox.Quad(q.subject, q.predicate, q.object) for q in parsed)
    triples = engine.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }")
    assert isinstance(triples, ox.QueryTriples)
    return triples
