"""The W3C SPARQL 1.1 test suites, read from their manifests.

The suites are no part of the project: they are looked for as ``tests/ontology/skos.py`` looks for its material.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import pyoxigraph as ox

from tests.material import folder

ROOT = Path(__file__).parent.parent.parent
#: What the suites call themselves; relative IRIs of queries and data resolve against it.
PUBLISHED = "http://www.w3.org/2009/sparql/docs/tests/data-sparql11/"

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple

EVALUATE = ("QueryEvaluationTest", "CSVResultFormatTest")
UPDATE = "UpdateEvaluationTest"


def suite() -> Path:
    """The folder of the suites; it may be missing."""
    return folder("w3c", "sparql11")


MISSING = f"the W3C suites are not at {suite()}; set COMMONGROUND_SHARED to the folder that holds w3c/sparql11"


@dataclass(frozen=True, slots=True)
class Data:
    """Files that make up a dataset: (name of the graph or None for the default graph, file)."""

    files: tuple[tuple[str | None, Path], ...] = ()

    def quads(self) -> Iterator[ox.Quad]:
        """What the files say. Blank nodes of different files are different ones."""
        for graph, path in self.files:
            name = ox.NamedNode(graph) if graph else ox.DefaultGraph()
            found = ox.RdfFormat.from_extension(path.suffix[1:])
            assert found is not None, path
            for quad in ox.parse(path=str(path), format=found, base_iri=iri_of(path), rename_blank_nodes=True):
                yield ox.Quad(quad.subject, quad.predicate, quad.object, name)


@dataclass(frozen=True, slots=True)
class Case:
    """One test. ``result`` is a file for queries; ``after`` is the dataset expected after an update."""

    name: str
    kind: str
    action: Path
    data: Data
    result: Path | None = None
    after: Data = Data()

    @property
    def text(self) -> str:
        """The query or update. Files of the suites are UTF-8."""
        return self.action.read_text(encoding="utf-8")

    @property
    def base(self) -> str:
        return iri_of(self.action)


def iri_of(path: Path) -> str:
    return PUBLISHED + path.relative_to(suite()).as_posix()


def path_of(iri: str) -> Path:
    return suite() / unquote(iri.removeprefix(PUBLISHED))


def cases(manifest: str = "manifest.ttl") -> list[Case]:
    """All tests of a manifest and the manifests it includes; none where the suites are missing."""
    if not suite().is_dir():
        return []
    store, entry = ox.Store(), suite() / manifest
    waiting, seen = [entry], {entry}
    found: list[Case] = []
    while waiting:
        path = waiting.pop(0)
        manifest_node = ox.NamedNode(iri_of(path))
        for quad in ox.parse(
            path=str(path), format=ox.RdfFormat.TURTLE, base_iri=manifest_node.value, rename_blank_nodes=True
        ):
            store.add(quad)
        for included in _list(store, _one(store, manifest_node, MF + "include")):
            beside = path_of(_value(included))
            if beside not in seen:
                seen.add(beside)
                waiting.append(beside)
        for test in _list(store, _one(store, manifest_node, MF + "entries")):
            found.append(_case(store, test, path.parent.name))
    return found


def _case(store: ox.Store, test: Term, group: str) -> Case:
    name = f"{group}/{_value(test).rsplit('#', 1)[-1]}"
    kind = _value(_one(store, test, RDF + "type")).removeprefix(MF)
    action, result = _one(store, test, MF + "action"), _one(store, test, MF + "result")
    if isinstance(action, ox.NamedNode):
        return Case(name, kind, path_of(action.value), Data())
    asked = _one(store, action, QT + "query") or _one(store, action, UT + "request")
    where = path_of(_value(asked))
    if kind == UPDATE:
        return Case(name, kind, where, _data(store, action, UT), after=_data(store, result, UT))
    return Case(name, kind, where, _data(store, action, QT), result=path_of(_value(result)))


def _data(store: ox.Store, node: Term | None, prefix: str) -> Data:
    files: list[tuple[str | None, Path]] = [(None, path_of(_value(f))) for f in _all(store, node, prefix + "data")]
    for graph in _all(store, node, prefix + "graphData"):
        if isinstance(graph, ox.NamedNode):
            files.append((graph.value, path_of(graph.value)))
        else:
            file = _one(store, graph, prefix + "graph") or _one(store, graph, prefix + "data")
            files.append((_value(_one(store, graph, RDFS + "label")), path_of(_value(file))))
    return Data(tuple(sorted(files, key=lambda item: (item[0] or "", item[1]))))


def _all(store: ox.Store, subject: Term | None, predicate: str) -> list[Term]:
    if not isinstance(subject, ox.NamedNode | ox.BlankNode):
        return []
    return [quad.object for quad in store.quads_for_pattern(subject, ox.NamedNode(predicate), None)]


def _one(store: ox.Store, subject: Term | None, predicate: str) -> Term | None:
    return next(iter(_all(store, subject, predicate)), None)


def _list(store: ox.Store, node: Term | None) -> Iterator[Term]:
    while node is not None and (first := _one(store, node, RDF + "first")) is not None:
        yield first
        node = _one(store, node, RDF + "rest")


def _value(term: Term | None) -> str:
    assert isinstance(term, ox.NamedNode | ox.Literal), term
    return term.value
