"""The W3C SHACL test suites, read from their manifests. They are no part of the project: see ``tests/w3c``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import Graph, Namespace
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from tests.material import folder

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")

SUITE = folder("w3c", "shacl")
MISSING = f"the W3C SHACL suites are not at {SUITE}; set COMMONGROUND_SHARED to the folder that holds w3c/shacl"


@dataclass(frozen=True, slots=True)
class Case:
    """One test: data, shapes, and the focus nodes that the expected report names; None where the shapes are
    ill-formed on purpose."""

    name: str
    data: Graph
    shapes: Graph
    expected: frozenset[Node] | None


def cases() -> Iterator[Case]:
    for path in sorted(SUITE.rglob("*.ttl")):
        graph = Graph().parse(path)
        for entry in sorted(graph.subjects(RDF.type, SHT.Validate), key=str):
            action = graph.value(entry, MF.action)
            data, shapes = (_graph(path, graph, graph.value(action, p)) for p in (SHT.dataGraph, SHT.shapesGraph))
            result = graph.value(entry, MF.result)
            expected = None
            if result != SHT.Failure:
                expected = frozenset(
                    focus for found in graph.objects(result, SH.result) for focus in graph.objects(found, SH.focusNode)
                )
            yield Case(path.relative_to(SUITE).with_suffix("").as_posix(), data, shapes, expected)


def _graph(path: Path, graph: Graph, name: Node | None) -> Graph:
    other = Path(str(name).removeprefix("file://")) if name is not None else path
    return graph if other == path else Graph().parse(other)
