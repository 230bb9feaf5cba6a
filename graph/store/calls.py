"""What may be asked of a process that has one state of the data open: query, dump; or none: parse, vet.

The isolated engine's workers answer these where they may die, the in-process engine in a thread.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import IO, Any, cast

import pyoxigraph as ox

from graph.errors import GraphError, QueryError
from graph.store.engine import TABLE
from graph.store.probe import has_dataset_clause
from graph.store.vetting import vet_query, vet_update
from graph.store.xml_depth import refuse_depth

SOLUTIONS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
#: The engine writes in small pieces; larger ones keep the number of system calls low.
PIECE = 64 * 1024
_POSITION = re.compile(r"\bat (\d+):(\d+)")

#: Takes the form of a result and its media type, before the first piece.
Head = Callable[[str, str], None]


class TooLarge(Exception):
    """The result passed its limit."""


class NotAcceptable(Exception):
    """The result has a form for which the client takes none of our media types."""


class Sink:
    """The file that the engine's serialisers write into: pieces for ``send``, up to ``limit`` bytes in all."""

    def __init__(self, send: Callable[[bytes], object], limit: int) -> None:
        self._send, self._limit = send, limit
        self._pieces: list[bytes] = []
        self._held = 0
        self.size = 0

    @property
    def file(self) -> IO[bytes]:
        """This, as the engine's type hints want it: it only ever calls ``write`` and ``flush``."""
        return cast(IO[bytes], self)

    def write(self, data: bytes) -> int:
        self._pieces.append(bytes(data))
        self._held += len(data)
        self.size += len(data)
        if self.size > self._limit:
            raise TooLarge
        if self._held >= PIECE:
            self.flush()
        return len(data)

    def flush(self) -> None:
        if self._held:
            self._send(b"".join(self._pieces))
            self._pieces.clear()
            self._held = 0


def answer(store: ox.Store | None, request: dict[str, Any], head: Head, sink: Sink) -> dict[str, Any]:
    """Do what is asked; returns what is to be said at the end. A call without a store parses."""
    if store is None:
        end = without_store(request)
    elif request["call"] == "dump":
        end = dump(store, request, head, sink)
    else:
        end = query(store, request, head, sink)
    sink.flush()
    return end


def query(store: ox.Store, request: dict[str, Any], head: Head, sink: Sink) -> dict[str, Any]:
    """Evaluate and write out. ``aside`` names graphs that a query without a dataset, apart from the union, is not to
    come upon: the service's own books."""
    vet_query(request["text"])
    options: dict[str, Any] = {"base_iri": request.get("base")}
    if request.get("default_graphs") is not None or request.get("named_graphs") is not None:
        options["default_graph"] = [ox.NamedNode(g) for g in request.get("default_graphs") or ()]
        options["named_graphs"] = [ox.NamedNode(g) for g in request.get("named_graphs") or ()]
    elif not has_dataset_clause(request["text"]):
        options["use_default_graph_as_union"] = request.get("union", True)
        if aside := request.get("aside"):
            kept = {ox.NamedNode(g) for g in aside}
            options["default_graph"] = ox.DefaultGraph()
            options["named_graphs"] = [graph for graph in store.named_graphs() if graph not in kept]
    result = store.query(request["text"], **options)
    accepted: dict[str, str | None] = request["accept"]
    form = "graph" if isinstance(result, ox.QueryTriples) else "solutions"
    if isinstance(result, ox.QueryBoolean):
        form = "boolean"
    media_type = accepted.get(form)
    if media_type is None:
        raise NotAcceptable(f"The result is a {form}; none of the media types asked for can carry it.")
    head(form, media_type)
    if isinstance(result, ox.QueryTriples):
        chosen = ox.RdfFormat.from_media_type(media_type)
        assert chosen is not None
        ox.serialize(result, sink.file, format=chosen, prefixes=request.get("prefixes") or None)
    elif isinstance(result, ox.QuerySolutions) and media_type == TABLE:
        sink.write(json.dumps(_table(result, request["rows"])).encode())
    else:
        result.serialize(sink.file, format=SOLUTIONS[media_type])
    return {}


def _table(result: ox.QuerySolutions, rows: int) -> dict[str, Any]:
    names = [variable.value for variable in result.variables]
    found = [[_cell(solution[name]) for name in names] for solution in islice(result, rows + 1)]
    return {"columns": names, "rows": found[:rows], "more": len(found) > rows}


def _cell(term: object) -> tuple[str, str] | None:
    match term:
        case None:
            return None
        case ox.NamedNode():
            return "iri", term.value
        case ox.Literal():
            return "literal", term.value
        case _:
            return "other", str(term)


def dump(store: ox.Store, request: dict[str, Any], head: Head, sink: Sink) -> dict[str, Any]:
    """Write out one graph ("" is the default graph), or everything; with ``existing`` the graph has to be there."""
    name = request.get("graph")
    graph = None if name is None else ox.NamedNode(name) if name else ox.DefaultGraph()
    if request.get("existing") and isinstance(graph, ox.NamedNode) and not store.contains_named_graph(graph):
        raise QueryError("no-such-graph", f"There is no graph {name}.")
    head("graph", request["type"])
    chosen = ox.RdfFormat.from_media_type(request["type"])
    assert chosen is not None
    quads = store.quads_for_pattern(None, None, None, graph)
    found: Any = quads if request.get("quads") else (quad.triple for quad in quads)
    ox.serialize(found, sink.file, format=chosen, prefixes=request.get("prefixes") or None)
    return {}


def without_store(request: dict[str, Any]) -> dict[str, Any]:
    """Read what needs no data: an upload, or the text of an update, which comes back ready to be run."""
    if request["call"] == "vet":
        return {"text": vet_update(request["text"], request.get("using") or (), request.get("using_named") or ())}
    return parse(request)


def parse(request: dict[str, Any]) -> dict[str, Any]:
    """Read an upload and write it as N-Quads: what comes out holds no surprise for the writer.

    With a ``graph`` ("" is the default graph) all of it goes there, and it may name no other. ``largest`` bounds what
    is written, in bytes.
    """
    chosen = ox.RdfFormat.from_media_type(request["type"])
    assert chosen is not None
    if chosen == ox.RdfFormat.RDF_XML:
        refuse_depth(Path(request["path"]))
    name = request.get("graph")
    graph = ox.NamedNode(name) if name else ox.DefaultGraph()
    count = 0
    with Path(request["target"]).open("wb") as target:
        sink = Sink(target.write, request.get("largest", 1 << 62))
        parsed = ox.parse(
            path=request["path"],
            format=chosen,
            base_iri=request.get("base"),
            without_named_graphs=name is not None,
            rename_blank_nodes=True,
        )

        def counted() -> Iterator[ox.Quad]:
            nonlocal count
            for quad in parsed:
                count += 1
                yield quad if name is None else ox.Quad(quad.subject, quad.predicate, quad.object, graph)

        ox.serialize(counted(), sink.file, format=ox.RdfFormat.N_QUADS)
        sink.flush()
    return {"quads": count}


def describe(error: Exception) -> dict[str, Any]:
    """An error as an asker elsewhere gets it: a code, a sentence, and the place in the text where there is one."""
    message = " ".join(str(error).split())[:300]
    if isinstance(error, TooLarge):
        return {"code": "result-too-large", "message": "The result is larger than this service returns."}
    if isinstance(error, NotAcceptable):
        return {"code": "not-acceptable", "message": str(error)}
    code = "syntax" if isinstance(error, SyntaxError | ValueError) else "evaluation"
    if isinstance(error, GraphError):
        if error.code != "syntax":
            return {"code": error.code, "message": error.message, "hint": error.hint}
        code = "syntax"
    if code == "syntax":
        place = _POSITION.search(message)
        found = {"line": int(place[1]), "column": int(place[2])} if place else {}
        if isinstance(error, SyntaxError) and error.lineno:
            found = {"line": error.lineno, "column": error.offset or 1}
        return {"code": code, "message": message, **found}
    return {"code": code, "message": message}
