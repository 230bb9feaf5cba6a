"""Updates as texts: quads and graphs written for the engine, and its complaints about what others wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from graph.errors import QueryError


@dataclass(frozen=True, slots=True)
class Graphs:
    """Names of graphs that a write makes and removes; those removed have no quads any more."""

    created: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()


_NONE = Graphs()


def changing(removed: Iterable[ox.Quad], added: Iterable[ox.Quad], graphs: Graphs = _NONE) -> str:
    """Operations that take quads out, put others in, make graphs and remove them."""
    text = f"DELETE DATA {{ {data(removed)} }} ;\nINSERT DATA {{ {data(added)} }}"
    text += "".join(f" ;\nCREATE SILENT GRAPH {ox.NamedNode(graph)}" for graph in graphs.created)
    return text + "".join(f" ;\nDROP SILENT GRAPH {ox.NamedNode(graph)}" for graph in graphs.dropped)


def syntax_error(what: str, error: Exception) -> QueryError:
    """The engine's complaint about a text, shortened (it lists whole character classes), with its position."""
    message = " ".join(str(error).split())
    place = re.search(r"\bat (\d+):(\d+)", message)
    found = QueryError("syntax", f"The {what} cannot be read: {message[:200]}", "Check the text at the position given.")
    if place:
        found.line, found.column = int(place[1]), int(place[2])
    return found


def data(quads: Iterable[ox.Quad]) -> str:
    """Quads as the body of INSERT DATA / DELETE DATA; terms are written by the engine's own serialiser."""
    by_graph: dict[str, list[str]] = {}
    for quad in quads:
        by_graph.setdefault(str(quad.graph_name), []).append(str(quad.triple))
    default = by_graph.pop(str(ox.DefaultGraph()), [])
    named = [f"GRAPH {name} {{ {' . '.join(triples)} }}" for name, triples in by_graph.items()]
    return "\n".join([" . ".join(default), *named])


def reference(graph: str) -> str:
    """A graph as DROP and its like take it; "" is the default graph."""
    return f"GRAPH {ox.NamedNode(graph)}" if graph else "DEFAULT"
