"""What a store holds, in the numbers of VoID (https://www.w3.org/TR/void/), counted and never estimated.

Every number is one aggregate query, so that the engine counts, not this process. A number that the engine could not
count within its limits is left out (None) and named in ``missing``: it is never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from graph.errors import QueryTimeout, QueryTooLarge, TooBusy
from graph.steady import steady
from graph.store import Store
from graph.terms import PREFIXES

_PREFIXES = "".join(f"PREFIX {p}: <{PREFIXES[p]}> " for p in ("rdf", "skos", "owl", "prov", "dcterms", "cg"))
_NUMBERS = "(COUNT(*) AS ?triples) (COUNT(DISTINCT ?s) AS ?subjects) (COUNT(DISTINCT ?o) AS ?objects)"
_AGAIN = "FILTER EXISTS { GRAPH ?other { ?s ?p ?o } FILTER(STR(?other) < STR(?g)) }"

#: By the name that ``missing`` uses. A statement that stands in two graphs is one triple of the whole.
QUERIES = {
    "graphs": f"SELECT ?g (COUNT(DISTINCT ?p) AS ?properties) {_NUMBERS} {{ GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g",
    "classes of graphs": "SELECT ?g ?c (COUNT(DISTINCT ?s) AS ?n) { GRAPH ?g { ?s a ?c } } GROUP BY ?g ?c",
    "totals": f"SELECT {_NUMBERS} {{ ?s ?p ?o }}",
    "properties": f"SELECT ?p {_NUMBERS} {{ ?s ?p ?o }} GROUP BY ?p",
    "repeated": f"SELECT ?p (COUNT(*) AS ?n) {{ GRAPH ?g {{ ?s ?p ?o }} {_AGAIN} }} GROUP BY ?p",
    "classes": "SELECT ?c (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c } GROUP BY ?c",
    "entities": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?s)) }",
    "links": "SELECT ?p ?target (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o ?target { "
    "VALUES ?p { skos:exactMatch skos:closeMatch skos:broadMatch skos:narrowMatch skos:relatedMatch owl:sameAs } "
    '?s ?p ?o FILTER(isIRI(?o)) BIND(REPLACE(STR(?o), "[^/#]*$", "") AS ?target) } } GROUP BY ?p ?target',
    "notes": "SELECT ?g ?p ?o { GRAPH ?g {} "
    "VALUES ?p { skos:prefLabel dcterms:title skos:definition dcterms:description dcterms:license "
    "dcterms:source dcterms:creator dcterms:publisher owl:versionInfo } ?g ?p ?o }",
    "batches": "SELECT ?g ?ended ?agent ?file { GRAPH ?g {} "
    "?batch prov:generated ?g ; prov:endedAtTime ?ended "
    "OPTIONAL { ?batch prov:wasAssociatedWith ?agent } OPTIONAL { ?batch prov:used ?file } }",
}
#: Triples of the default graph, which has no name, that stand in a named graph too.
_AGAIN_UNNAMED = "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o FILTER EXISTS { GRAPH ?other { ?s ?p ?o } } } GROUP BY ?p"


@dataclass(frozen=True, slots=True)
class Numbers:
    """How many triples, and how many different subjects and objects are in them."""

    triples: int
    subjects: int
    objects: int


@dataclass(frozen=True, slots=True)
class Linkset:
    """Links of one property to the IRIs of one space, which is what comes before the last ``/`` or ``#``."""

    property: str
    target: str
    triples: int


@dataclass(frozen=True, slots=True)
class GraphStatistics:
    """One named graph. ``notes`` are what its own data say of it (property IRI -> values); ``ended`` are the times
    (xsd:dateTime, UTC) at which batches brought it in, ``agents`` and ``files`` those of the batches."""

    iri: str
    numbers: Numbers
    properties: int
    classes: tuple[tuple[str, int], ...]
    notes: tuple[tuple[str, NamedNode | Literal], ...] = ()
    ended: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Statistics:
    """One generation in numbers. ``entities`` are the different IRIs that have a class; partitions are by IRI."""

    generation: int
    numbers: Numbers | None
    entities: int | None
    classes: tuple[tuple[str, int], ...]
    properties: tuple[tuple[str, Numbers], ...]
    graphs: tuple[GraphStatistics, ...]
    linksets: tuple[Linkset, ...]
    missing: tuple[str, ...] = ()

    def used(self, iri: str) -> int | None:
        """How many things have this class, or how many triples this property; None where it was not counted."""
        for name, found in (
            ("classes", dict(self.classes)),
            ("properties", {p: n.triples for p, n in self.properties}),
        ):
            if iri in found:
                return found[iri]
            if name in self.missing:
                return None
        return 0


@dataclass(slots=True)
class _Answers:
    """The answers of one round, by the name of the query."""

    store: Store
    rows: dict[str, list[dict[str, NamedNode | Literal]]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)

    def ask(self, name: str, query: str) -> None:
        try:
            self.rows[name] = list(_rows(self.store, query))
        except (QueryTimeout, QueryTooLarge, TooBusy):
            self.rows[name] = []
            self.missing.append(name)

    def numbers(self, name: str, key: str = "p") -> dict[str, int]:
        return {row[key].value: int(row["n"].value) for row in self.rows[name]}


def statistics(store: Store) -> Statistics:
    """The numbers of the current generation. Where others are published faster than it can be counted, the numbers
    may mix two neighbouring ones, and ``missing`` says so."""

    def count() -> _Answers:
        answers = _Answers(store)
        for name, query in QUERIES.items():
            answers.ask(name, query)
        _repeated_unnamed(answers)
        return answers

    answers, generation, still = steady(store, count)
    return _statistics(generation, answers, () if still else ("all numbers in one generation",))


def _rows(store: Store, query: str) -> Iterator[dict[str, NamedNode | Literal]]:
    found = store.select(_PREFIXES + query)
    names = [variable.value for variable in found.variables]
    for row in found:
        values = ((name, row[name]) for name in names)
        yield {name: value for name, value in values if isinstance(value, NamedNode | Literal)}


def _repeated_unnamed(answers: _Answers) -> None:
    """Add the triples of the default graph that a named graph repeats. Mostly there is no default graph."""
    rows = answers.rows
    total = sum(int(row["triples"].value) for row in rows["totals"])
    named = sum(int(row["triples"].value) for row in rows["graphs"])
    known = "graphs" not in answers.missing
    if (known and total == named) or {"totals", "repeated"} & {*answers.missing}:
        return
    answers.ask("repeated unnamed", _AGAIN_UNNAMED)
    answers.ask("named", "SELECT ?p (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?p")
    if {"repeated unnamed", "named"} & {*answers.missing}:
        answers.missing.append("repeated")
        return
    found, again, own = (answers.numbers(name) for name in ("repeated", "repeated unnamed", "named"))
    # Rows that a named graph has are those of the named graphs themselves and their repetitions in the unnamed one.
    counts = {p: found.get(p, 0) + n - own.get(p, 0) for p, n in again.items()}
    answers.rows["repeated"] = [{"p": NamedNode(p), "n": Literal(n)} for p, n in counts.items()]


def _statistics(generation: int, answers: _Answers, mixed: tuple[str, ...]) -> Statistics:
    rows, missing = answers.rows, {*answers.missing}
    repeated = answers.numbers("repeated")
    numbers = None
    if not {"totals", "repeated"} & missing:
        total = _numbers(rows["totals"][0])
        numbers = Numbers(total.triples - sum(repeated.values()), total.subjects, total.objects)
    properties = []
    for row in [] if "repeated" in missing else rows["properties"]:
        counted, prop = _numbers(row), row["p"].value
        properties.append((prop, Numbers(counted.triples - repeated.get(prop, 0), counted.subjects, counted.objects)))
    entities = None if "entities" in missing else int(rows["entities"][0]["n"].value)
    classes = [(row["c"].value, int(row["n"].value)) for row in rows["classes"] if "c" in row]
    linksets = [
        Linkset(row["p"].value, row["target"].value, int(row["n"].value)) for row in rows["links"] if "p" in row
    ]
    return Statistics(
        generation,
        numbers,
        entities,
        tuple(sorted(classes)),
        tuple(sorted(properties, key=lambda pair: pair[0])),
        tuple(_graphs(answers)),
        tuple(sorted(linksets, key=lambda found: (found.property, found.target))),
        (*sorted(missing | ({"properties"} if "repeated" in missing else set())), *mixed),
    )


def _numbers(row: dict[str, NamedNode | Literal]) -> Numbers:
    return Numbers(*(int(row[name].value) for name in ("triples", "subjects", "objects")))


def _graphs(answers: _Answers) -> Iterator[GraphStatistics]:
    rows = answers.rows

    def by_graph(name: str) -> dict[str, list[dict[str, NamedNode | Literal]]]:
        found = defaultdict(list)
        for row in rows[name]:
            if "g" in row:
                found[row["g"].value].append(row)
        return found

    classes, notes, batches = by_graph("classes of graphs"), by_graph("notes"), by_graph("batches")

    def values(iri: str, name: str) -> tuple[str, ...]:
        return tuple(sorted({row[name].value for row in batches[iri] if name in row}))

    for row in sorted((row for row in rows["graphs"] if "g" in row), key=lambda row: row["g"].value):
        iri = row["g"].value
        yield GraphStatistics(
            iri,
            _numbers(row),
            int(row["properties"].value),
            tuple(sorted((c["c"].value, int(c["n"].value)) for c in classes[iri] if "c" in c)),
            tuple(sorted(((n["p"].value, n["o"]) for n in notes[iri] if "o" in n), key=str)),
            values(iri, "ended"),
            values(iri, "agent"),
            values(iri, "file"),
        )
