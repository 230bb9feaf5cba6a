"""SHACL over what a batch says and what it refers to; results located at cells.

Looked at are the staged quads, and of each thing they refer to its classes, names and codes, so that ``sh:class`` and
the like can be decided. Only staged records are focus nodes. The compiled shapes (``graph.shacl``) find the few of
them that may be at fault, and pySHACL, the reference, reports on those.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.namespace import RDF, RDFS, XSD

from graph.ingest.mapping import SourceMap
from graph.ingest.messages import SENTENCES, fault
from graph.model import CellRef, ValidationResult
from graph.shacl import Screen, compile_shapes
from graph.shacl.blocking import without
from graph.shacl.explain import Finding, explain
from graph.shacl.material import Material
from graph.shacl.screen import Term, keeps
from graph.terms import node
from graph.uncollected import sweep

#: What a validator needs to know of a thing that is only referred to.
_DESCRIBING = frozenset(
    node(p)
    for p in ("rdf:type", "skos:prefLabel", "skos:notation", "skos:inScheme", "skos:topConceptOf", "skos:broader")
)
#: Types whose literals every engine keeps.
_TEXTS = {str(XSD.string), str(RDF.langString)}
#: Past so many faulty records the rest is only counted; how many suspects pySHACL gets at a time.
MOST_REPORTED, _PIECE = 5_000, 500


@dataclass(frozen=True, slots=True)
class Shapes:
    """The parsed shapes, the vocabulary that they are read with, and the shapes compiled."""

    shapes: rdflib.Graph
    vocabulary: rdflib.Graph
    screen: Screen
    _without: dict[frozenset[str], Shapes] = field(default_factory=dict, compare=False)

    def without(self, rules: frozenset[str]) -> Shapes:
        """The same with some shapes (by IRI) deactivated: what they would say of each record is told already."""
        if not rules:
            return self
        if rules not in self._without:
            graph = without(self.shapes, map(rdflib.URIRef, sorted(rules)))
            self._without[rules] = Shapes(graph, self.vocabulary, compile_shapes(graph))
        return self._without[rules]


@functools.cache
def load_shapes(folder: Path | None = None) -> Shapes:
    """Parse ``shapes/*.ttl`` and ``vocabulary.ttl`` of the ``ontology`` package, once a process. Reads files only."""
    root = Path(str(files("ontology"))) if folder is None else folder
    shapes, vocabulary = rdflib.Graph(), rdflib.Graph()
    for path in sorted((root / "shapes").glob("*.ttl")):
        shapes.parse(path, format="turtle")
    if (root / "vocabulary.ttl").exists():
        vocabulary.parse(root / "vocabulary.ttl", format="turtle")
    return Shapes(shapes, vocabulary, compile_shapes(shapes))


def referred(staged: Collection[ox.Quad], others: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    """Of the other quads, those that describe what the staged ones refer to."""
    describing: dict[Term, list[ox.Quad]] = defaultdict(list)
    for quad in others:
        if quad.predicate in _DESCRIBING:
            describing[quad.subject].append(quad)
    wanted = {value for quad in staged if (value := quad.object) in describing}
    wanted -= {subject for quad in staged if (subject := quad.subject) in wanted}
    for thing in wanted:
        yield from describing[thing]


def check(
    staged: Collection[ox.Quad],
    context: Iterable[ox.Quad],
    shapes: Shapes,
    source_map: SourceMap,
    explained: Iterable[ValidationResult] = (),
    advance: Callable[[int, int], None] = lambda _done, _of: None,
) -> tuple[ValidationResult, ...]:
    """The results for the staged records, without those at cells that ``explained`` already speaks of. ``advance`` is
    told how far it is, and of how much: all records, and once more those that pySHACL has to look at."""
    material = Material(shapes.screen, staged, context, tuple(_subclasses(shapes.vocabulary)))
    focus = set(material.nodes)
    if not focus:
        return ()
    total = len(focus)
    suspects = material.suspects(lambda done: advance(done, total)) if _kept(staged) else focus
    ordered = sorted(suspects, key=str)
    explained = tuple(explained)
    echo = _Echo.of(explained)
    found = dict[tuple[str, str, int, str, str, str, str], ValidationResult]()
    explained_already = {result.focus for result in explained}
    told = set[str]()
    rest = 0
    for begin in range(0, len(ordered), _PIECE):
        if len(told) >= MOST_REPORTED:
            # Those whose cells are explained already are no news.
            rest = sum(_text_of(node) not in explained_already for node in ordered[begin:])
            break
        advance(total + begin, total + len(ordered))
        piece = ordered[begin : begin + _PIECE]
        for result in _report(material.store(piece), piece, focus, shapes, source_map):
            told.add(result.focus)
            if not echo.repeats(result):
                # Of several with one sentence at one place (a text and a number of the same spelling, a class and a
                # pattern) one is told: always the same, whatever the order in which they are found.
                key = _identity(result)
                found[key] = min(found.get(key, result), result, key=_kind)
        sweep()
    if rest:
        last = max((r.ref for r in found.values() if r.ref), key=_place, default=CellRef("", "", 0))
        result = fault("more-faults", last, words={"count": rest})
        found[_identity(result)] = result
    return tuple(found[key] for key in sorted(found))


def _text_of(node: Term) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def _kept(staged: Iterable[ox.Quad]) -> bool:
    """Whether the screen's engine keeps every literal as it is."""
    values = {value for quad in staged if isinstance(value := quad.object, ox.Literal)}
    return all(keeps(value) for value in values if value.datatype.value not in _TEXTS)


def _subclasses(vocabulary: rdflib.Graph) -> Iterator[ox.Quad]:
    for one, other in vocabulary.subject_objects(RDFS.subClassOf):
        if isinstance(one, rdflib.URIRef) and isinstance(other, rdflib.URIRef):
            yield ox.Quad(ox.NamedNode(one), ox.NamedNode(RDFS.subClassOf), ox.NamedNode(other))


def _report(
    data: ox.Store, nodes: Sequence[Term], focus: set[Term], shapes: Shapes, source_map: SourceMap
) -> Iterator[ValidationResult]:
    """What pySHACL says of some nodes, given all that the shapes may look at to judge them."""
    about, quads = shapes.screen.neighbourhood(data, nodes)
    for found in explain(quads, about & focus, shapes.shapes, shapes.vocabulary):
        cells = (source_map.cells.get((_text_of(found.focus), step)) for step in found.steps)
        yield result_of(found, next((cell for cell in cells if cell), None) or source_map.locate(_text_of(found.focus)))


def result_of(found: Finding, ref: CellRef | None = None) -> ValidationResult:
    """A finding as a row of a report, with a sentence in each language: the shape's own, else ours."""
    value = found.value
    return ValidationResult(
        severity=found.severity,
        rule=found.shape,
        message=_sentences(found.messages or {}),
        ref=ref,
        value="" if value is None else str(value) if isinstance(value, ox.Triple) else value.value,
        focus=_text_of(found.focus),
        component=found.component,
        path=found.path,
        term="" if value is None else str(value),
    )


def _sentences(by_language: Mapping[str, str]) -> Mapping[str, str]:
    """The shape's own sentences; a missing language falls back to the other, and then to ours."""
    some = next((text for lang, text in by_language.items() if lang), by_language.get(""))
    ours = dict(zip(("en", "ru"), SENTENCES["shape"], strict=True))
    return {lang: by_language.get(lang) or some or ours[lang] for lang in ("en", "ru")}


@dataclass(frozen=True, slots=True)
class _Echo:
    """What mapping has said already. A faulty cell is missing from the data, and shapes would complain of that."""

    cells: frozenset[CellRef]
    rows: frozenset[CellRef]
    columns: frozenset[tuple[str, str, str]]  # missing ones
    records: frozenset[str]  # described twice

    @classmethod
    def of(cls, explained: Iterable[ValidationResult]) -> _Echo:
        known = [(r, r.ref) for r in explained if r.ref]
        return cls(
            cells=frozenset(ref for _, ref in known),
            rows=frozenset(_row(ref) for _, ref in known),
            columns=frozenset((ref.file, ref.sheet, ref.column) for r, ref in known if r.rule == "missing-column"),
            records=frozenset(r.focus for r, _ in known if r.rule == "duplicate-record"),
        )

    def repeats(self, result: ValidationResult) -> bool:
        ref = result.ref
        if ref is None:
            return False
        return (
            ref in self.cells
            or (not ref.column and _row(ref) in self.rows)
            or (ref.file, ref.sheet, ref.column) in self.columns
            or result.focus in self.records
        )


def _place(ref: CellRef) -> tuple[str, str, int]:
    return ref.file, ref.sheet, ref.row


def _row(ref: CellRef) -> CellRef:
    return CellRef(ref.file, ref.sheet, ref.row)


def _kind(result: ValidationResult) -> tuple[str, str, str]:
    return result.component, result.path, result.term


def _identity(result: ValidationResult) -> tuple[str, str, int, str, str, str, str]:
    ref = result.ref or CellRef("", "", 0)
    return ref.file, ref.sheet, ref.row, ref.column, result.rule, result.value, result.focus
