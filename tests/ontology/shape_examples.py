"""The examples of the shapes: one pySHACL run over all of them, and the report of each as text.

Every folder of ``shapes/`` is named for a file of ``ontology/shapes/``. ``valid.ttl`` conforms, ``invalid-<property
shape>.ttl`` and ``invalid-closed.ttl`` do not, and the ``.txt`` beside each is the report that somebody has read and
approved. ``python -m tests.ontology.shape_examples`` writes the texts anew; read what changed before committing it.

One run for all, since starting pySHACL costs more than validating: so each example has subjects of its own, and
refers to nothing but ``context.ttl`` and the reference data.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph
import pyshacl
from rdflib import RDF, SH, Graph, Literal, URIRef
from rdflib.term import Node

from graph.terms import PREFIXES, REFERENCE_BASE

REPOSITORY = Path(__file__).parents[2]
ONTOLOGY = REPOSITORY / "ontology"
EXAMPLES = Path(__file__).parent / "shapes"
SHAPE = "https://w3id.org/commonground/ns/shapes#"


def local(shape: Node) -> str:
    return str(shape).removeprefix(SHAPE)


@functools.cache
def shapes() -> Graph:
    graph = Graph()
    for path in sorted((ONTOLOGY / "shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


@functools.cache
def vocabulary() -> Graph:
    return Graph().parse(ONTOLOGY / "vocabulary.ttl")


@functools.cache
def reference() -> Graph:
    graph = Graph()
    for path in (ONTOLOGY / "themes.ttl", ONTOLOGY / "places.ttl", *sorted((ONTOLOGY / "codelists").glob("*.ttl"))):
        graph.parse(path)
    return graph


def validate(data: Graph) -> list[Result]:
    """The results for the subjects of ``data``, checked with the classes of what it refers to in the reference data."""
    whole = Graph()
    whole += data
    for term in set(data.objects()):
        for triple in reference().triples((term, RDF.type, None)):
            whole.add(triple)
    _, report, _ = pyshacl.validate(
        whole,
        shacl_graph=shapes(),
        ont_graph=vocabulary(),
        advanced=True,
        inference="none",
    )
    assert isinstance(report, Graph)
    # Sorted out here and not with pySHACL's focus_nodes: with those it takes every other value as conforming to a
    # nested shape (sh:node, sh:qualifiedValueShape, sh:not), and misses faults without a word.
    subjects = set(data.subjects())
    return sorted(
        _result(report, node)
        for node in report.subjects(RDF.type, SH.ValidationResult)
        if report.value(node, SH.focusNode) in subjects
    )


@dataclass(frozen=True, order=True)
class Result:
    """One result of a report, in the words of the approved texts."""

    severity: str
    shape: str
    focus: str
    path: str
    value: str
    message: str

    def text(self) -> str:
        value = f"  value {self.value}\n" if self.value else ""
        return f"{self.severity} {self.shape}\n  focus {self.focus}\n  path  {self.path}\n{value}  {self.message}\n"


def _result(report: Graph, node: Node) -> Result:
    return Result(
        severity=str(report.value(node, SH.resultSeverity)).removeprefix(str(SH)),
        shape=local(_one(report, node, SH.sourceShape)),
        focus=_short(report.value(node, SH.focusNode)),
        path=_path(report, node),
        value=_short(report.value(node, SH.value)),
        message=_english(report, node),
    )


def _english(report: Graph, node: Node) -> str:
    by_language = {m.language: str(m) for m in report.objects(node, SH.resultMessage) if isinstance(m, Literal)}
    assert set(by_language) == {"en", "ru"}, by_language  # what a shape says in a language, a report says in it too
    return by_language["en"]


def _one(graph: Graph, subject: Node, predicate: URIRef) -> Node:
    (value,) = graph.objects(subject, predicate)
    return value


def _path(report: Graph, node: Node) -> str:
    path = report.value(node, SH.resultPath)
    return _short(path) if path is None or isinstance(path, URIRef) else " | ".join(map(_short, paths(report, path)))


def paths(graph: Graph, path: Node) -> list[URIRef]:
    """The properties that a path begins with: itself, or those of its alternatives."""
    if isinstance(path, URIRef):
        return [path]
    branches = graph.value(path, SH.alternativePath)
    if branches is not None:
        return [iri for branch in graph.items(branches) for iri in paths(graph, branch)]
    return paths(graph, next(iter(graph.items(path))))  # a sequence


def _short(term: Node | None) -> str:
    """``cg:theme``, ``<engagement/e1>`` (below the reference base), or the literal; cut where it is long."""
    if term is None:
        return ""
    if isinstance(term, URIRef):
        for prefix, base in PREFIXES.items():
            if term.startswith(base):
                return f"{prefix}:{term.removeprefix(base)}"
        return f"<{term.removeprefix(REFERENCE_BASE)}>"
    text = term.n3()
    return text if len(text) < 80 else text[:60] + "..."


@functools.cache
def examples() -> dict[Path, Graph]:
    return {path: Graph().parse(path) for path in sorted(EXAMPLES.glob("*/*.ttl"))}


@functools.cache
def context() -> Graph:
    return Graph().parse(EXAMPLES / "context.ttl")


@functools.cache
def reports() -> dict[Path, list[Result]]:
    """Example file -> its results, from one run over all examples."""
    data = Graph()
    data += context()
    owner: dict[str, Path] = {}
    for path, graph in examples().items():
        data += graph
        for subject in set(graph.subjects()):
            if owner.setdefault(_short(subject), path) != path:
                raise ValueError(f"{path} and {owner[_short(subject)]} both describe {subject}.")
    found: dict[Path, list[Result]] = {path: [] for path in examples()}
    context_subjects = {_short(s) for s in context().subjects()}
    for result in validate(data):
        if result.focus in context_subjects:
            raise ValueError(f"context.ttl must conform: {result}")
        found[owner[result.focus]].append(result)
    return found


def report_text(found: Iterable[Result]) -> str:
    return "\n".join(result.text() for result in found)


def trig(path: Path) -> Graph:
    """The union of the named graphs of a TriG file."""
    # Read by pyoxigraph: rdflib's TriG parser uses what rdflib itself has deprecated.
    quads = pyoxigraph.parse(path.read_bytes(), format=pyoxigraph.RdfFormat.TRIG)
    return Graph().parse(data="\n".join(f"{quad.triple} ." for quad in quads), format="nt")


if __name__ == "__main__":
    for example, its_results in reports().items():
        if example.name != "valid.ttl":
            example.with_suffix(".txt").write_text(report_text(its_results), encoding="utf-8")
