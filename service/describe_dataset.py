"""The dataset in the words of VoID (https://www.w3.org/TR/void/) and DCAT 3 (https://www.w3.org/TR/vocab-dcat-3/).

Everything is computed: numbers come from ``graph.statistics``, titles, licences and dates from the data themselves,
addresses from the settings. What the data do not say is not said here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Triple

from graph.ingest.reference import reference_files
from graph.statistics import GraphStatistics, Numbers, Statistics
from graph.terms import NS, REFERENCE_BASE, expand
from service.describe_terms import CG, DCAT, DCTERMS, FOAF, FORMATS, IANA, PROV, RDF, RDFS, SD, VOID, XSD

TITLE = "Common Ground: who works on what, where, with whom"
ABOUT = (
    "Engagements of organisations in themes and places, with the source, the basis and the day of every statement; "
    "meetings, talks, resources and projects around them; and the vocabulary, themes, places and code lists they use."
)
_TITLES = [expand(curie) for curie in ("dcterms:title", "skos:prefLabel")]
_ABOUTS = [expand(curie) for curie in ("dcterms:description", "skos:definition")]
_LICENSE = DCTERMS["license"].value
_COPIED = {DCTERMS[name].value for name in ("license", "source", "creator", "publisher")}


@dataclass(frozen=True, slots=True)
class Download:
    """One file of the dataset or of one graph. ``gzip``: the file is packed."""

    path: str
    media_type: str
    name: str
    gzip: bool


#: Suffix -> media type, what people call it, whether it carries the names of graphs.
FILES: dict[str, tuple[str, str, bool]] = {
    "nq": ("application/n-quads", "N-Quads", True),
    "trig": ("application/trig", "TriG", True),
    "nt": ("application/n-triples", "N-Triples", False),
    "ttl": ("text/turtle", "Turtle", False),
}


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where things are: ``url`` of the service without a trailing slash, ``base`` of what is ingested here."""

    url: str
    base: str

    @property
    def dataset(self) -> str:
        return f"{self.url}/dataset#dataset"

    def subset(self, graph: str) -> str:
        return f"{self.url}/dataset#{quote(self.graph_path(graph) or graph, safe='/:')}"

    def graph_path(self, graph: str) -> str | None:
        """How a graph's downloads are called; None for one whose name is not under our bases."""
        if graph == NS.removesuffix("#"):
            return "ns"
        for base in (self.base, REFERENCE_BASE):
            if graph.startswith(base) and len(graph) > len(base):
                return graph.removeprefix(base)
        return None

    def downloads(self, graph: str | None = None) -> tuple[Download, ...]:
        """The files of the whole dataset, or of one graph."""
        found = []
        for suffix, (media_type, name, quads) in FILES.items():
            if quads == (graph is None):
                stem, query = "all", ""
                if graph is not None:
                    own = self.graph_path(graph)
                    stem, query = (quote(own), "") if own else ("graph", f"?graph={quote(graph, safe='')}")
                found += [
                    Download(f"/download/{stem}.{suffix}{packed}{query}", media_type, name, bool(packed))
                    for packed in ("", ".gz")
                ]
        return tuple(found)


def description(found: Statistics, at: Addresses, document: str) -> tuple[Triple, ...]:
    """The whole description: the document, the dataset, its endpoint, its files, a subset for each graph."""
    # All that is said of one subject together, subjects in the order in which they come up.
    by_subject: dict[object, dict[Triple, None]] = {}
    for triple in _description(found, at, document):
        by_subject.setdefault(triple.subject, {})[triple] = None
    return tuple(triple for own in by_subject.values() for triple in own)


def _description(found: Statistics, at: Addresses, document: str) -> Iterator[Triple]:
    dataset, this = NamedNode(at.dataset), NamedNode(document)
    for kind in (VOID["DatasetDescription"], FOAF["Document"]):
        yield Triple(this, RDF["type"], kind)
    yield Triple(this, DCTERMS["title"], Literal("Description of the dataset, computed from it", language="en"))
    yield Triple(this, FOAF["primaryTopic"], dataset)
    yield Triple(this, CG["generation"], Literal(found.generation))
    if found.missing:
        text = f"Not counted, because it took longer than a query may: {', '.join(found.missing)}."
        yield Triple(this, RDFS["comment"], Literal(text, language="en"))
    for kind in (DCAT["Dataset"], VOID["Dataset"]):
        yield Triple(dataset, RDF["type"], kind)
    yield Triple(dataset, DCTERMS["title"], Literal(TITLE, language="en"))
    yield Triple(dataset, DCTERMS["description"], Literal(ABOUT, language="en"))
    yield Triple(dataset, DCTERMS["identifier"], Literal(at.dataset))
    yield Triple(dataset, DCAT["version"], Literal(f"generation {found.generation}"))
    yield Triple(dataset, CG["generation"], Literal(found.generation))
    yield Triple(dataset, FOAF["homepage"], NamedNode(at.url + "/"))
    yield Triple(dataset, DCAT["landingPage"], NamedNode(at.url + "/dataset"))
    yield from _dates(dataset, sorted({day for graph in found.graphs for day in graph.ended}))
    yield from _access(dataset, found, at)
    yield from _counts(dataset, found.numbers)
    yield from _counted(dataset, "entities", found.entities)
    yield from _partitions(dataset, found, at)
    yield from _files(dataset, at, None)
    for graph in found.graphs:
        yield from _subset(dataset, graph, found, at)
    # A licence is said of all of it only if every graph has it; the service's own books are nobody's work.
    books = f"{at.base}graph/"
    licences = {licences_of(graph, found) for graph in found.graphs if not graph.iri.startswith(books)}
    for licence in licences.pop() if len(licences) == 1 else ():
        yield Triple(dataset, DCTERMS["license"], NamedNode(licence))
    yield from _linksets(dataset, found, at)


def _access(dataset: NamedNode, found: Statistics, at: Addresses) -> Iterator[Triple]:
    endpoint, service = NamedNode(at.url + "/sparql"), NamedNode(at.url + "/dataset#sparql")
    yield Triple(dataset, VOID["sparqlEndpoint"], endpoint)
    yield Triple(service, RDF["type"], DCAT["DataService"])
    yield Triple(service, DCTERMS["title"], Literal("SPARQL 1.1 query service", language="en"))
    yield Triple(service, DCTERMS["conformsTo"], NamedNode("https://www.w3.org/TR/sparql11-protocol/"))
    yield Triple(service, DCAT["endpointURL"], endpoint)
    yield Triple(service, DCAT["endpointDescription"], endpoint)
    yield Triple(service, DCAT["servesDataset"], dataset)
    for space in dict.fromkeys((at.base, REFERENCE_BASE, NS)):
        yield Triple(dataset, VOID["uriSpace"], Literal(space))
    for feature in ("Turtle", "JSON-LD", "N-Triples", "RDF_XML"):
        yield Triple(dataset, VOID["feature"], FORMATS[feature])
    for graph in found.graphs:
        if graph.iri == REFERENCE_BASE + "theme":
            yield Triple(dataset, VOID["rootResource"], NamedNode(graph.iri))
    spaces = {_space(iri) for iri, _ in (*found.classes, *found.properties)}
    for space in sorted(spaces - {""}):
        yield Triple(dataset, VOID["vocabulary"], NamedNode(space))


def _space(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]


def _counts(subject: NamedNode, numbers: Numbers | None) -> Iterator[Triple]:
    if numbers is not None:
        yield from _counted(subject, "triples", numbers.triples)
        yield from _counted(subject, "distinctSubjects", numbers.subjects)
        yield from _counted(subject, "distinctObjects", numbers.objects)


def _counted(subject: NamedNode, name: str, number: int | None) -> Iterator[Triple]:
    if number is not None:
        yield Triple(subject, VOID[name], Literal(number))


def _partitions(dataset: NamedNode, found: Statistics, at: Addresses) -> Iterator[Triple]:
    if "classes" not in found.missing:
        yield from _counted(dataset, "classes", len(found.classes))
    for iri, entities in found.classes:
        part = NamedNode(f"{at.url}/dataset#class/{quote(iri, safe='')}")
        yield Triple(dataset, VOID["classPartition"], part)
        yield Triple(part, VOID["class"], NamedNode(iri))
        yield from _counted(part, "entities", entities)
    if "properties" not in found.missing:
        yield from _counted(dataset, "properties", len(found.properties))
    for iri, numbers in found.properties:
        part = NamedNode(f"{at.url}/dataset#property/{quote(iri, safe='')}")
        yield Triple(dataset, VOID["propertyPartition"], part)
        yield Triple(part, VOID["property"], NamedNode(iri))
        yield from _counts(part, numbers)


def licences_of(graph: GraphStatistics, found: Statistics) -> tuple[str, ...]:
    """The licences of a graph: its own, or the vocabulary's for the reference data, which come in one package."""

    def own(of: GraphStatistics) -> tuple[str, ...]:
        return tuple(value.value for prop, value in of.notes if prop == _LICENSE and isinstance(value, NamedNode))

    if own(graph) or graph.iri not in reference_files():
        return own(graph)
    return tuple(licence for g in found.graphs if g.iri == NS.removesuffix("#") for licence in own(g))


def title_of(graph: GraphStatistics) -> tuple[Literal, ...]:
    """What the graph's own data call it, by language; the IRI where they do not."""
    for wanted in _TITLES:
        found = tuple(value for prop, value in graph.notes if prop == wanted and isinstance(value, Literal))
        if found:
            return found
    return (Literal(graph.iri),)


def _subset(dataset: NamedNode, graph: GraphStatistics, found: Statistics, at: Addresses) -> Iterator[Triple]:
    subset = NamedNode(at.subset(graph.iri))
    yield Triple(dataset, VOID["subset"], subset)
    yield Triple(dataset, DCTERMS["hasPart"], subset)
    for kind in (VOID["Dataset"], DCAT["Dataset"]):
        yield Triple(subset, RDF["type"], kind)
    # The name of the graph, for FROM and GRAPH of a query.
    yield Triple(subset, SD["name"], NamedNode(graph.iri))
    for title in title_of(graph):
        yield Triple(subset, DCTERMS["title"], title)
    for prop, value in graph.notes:
        if prop in _ABOUTS:
            yield Triple(subset, DCTERMS["description"], value)
        elif prop in _COPIED:
            yield Triple(subset, NamedNode(prop), value)
    for licence in licences_of(graph, found):
        yield Triple(subset, DCTERMS["license"], NamedNode(licence))
    yield from _dates(subset, list(graph.ended))
    for agent in graph.agents:
        yield Triple(subset, PROV["wasAttributedTo"], NamedNode(agent))
    for file in graph.files:
        yield Triple(subset, PROV["wasDerivedFrom"], NamedNode(file))
    yield from _counts(subset, graph.numbers)
    yield from _counted(subset, "properties", graph.properties)
    if "classes of graphs" not in found.missing:
        yield from _counted(subset, "classes", len(graph.classes))
    for iri, entities in graph.classes:
        part = NamedNode(f"{at.subset(graph.iri)}/class/{quote(iri, safe='')}")
        yield Triple(subset, VOID["classPartition"], part)
        yield Triple(part, VOID["class"], NamedNode(iri))
        yield from _counted(part, "entities", entities)
    yield from _files(subset, at, graph.iri)


def _dates(subject: NamedNode, ended: list[str]) -> Iterator[Triple]:
    if ended:
        for name, day in (("issued", ended[0]), ("modified", ended[-1])):
            yield Triple(subject, DCTERMS[name], Literal(day, datatype=XSD["dateTime"]))


def _files(subject: NamedNode, at: Addresses, graph: str | None) -> Iterator[Triple]:
    for file in at.downloads(graph):
        address = NamedNode(at.url + file.path)
        # The file itself is named: what is said of it holds for the generation that the description is of.
        yield Triple(subject, VOID["dataDump"], address)
        yield Triple(subject, DCAT["distribution"], address)
        yield Triple(address, RDF["type"], DCAT["Distribution"])
        title = f"{file.name}, gzip" if file.gzip else file.name
        yield Triple(address, DCTERMS["title"], Literal(title, language="en"))
        yield Triple(address, DCAT["downloadURL"], address)
        yield Triple(address, DCAT["accessURL"], address)
        yield Triple(address, DCAT["mediaType"], IANA[file.media_type])
        yield Triple(address, DCTERMS["format"], FORMATS[file.name])
        if file.gzip:
            yield Triple(address, DCAT["compressFormat"], IANA["application/gzip"])


def _linksets(dataset: NamedNode, found: Statistics, at: Addresses) -> Iterator[Triple]:
    for links in found.linksets:
        if links.target.startswith((at.base, REFERENCE_BASE)):
            continue
        name = quote(f"{links.property}/{links.target}", safe="")
        here = NamedNode(f"{at.url}/dataset#links/{name}")
        there = NamedNode(f"{at.url}/dataset#target/{quote(links.target, safe='')}")
        yield Triple(dataset, VOID["subset"], here)
        yield Triple(here, RDF["type"], VOID["Linkset"])
        yield Triple(here, VOID["linkPredicate"], NamedNode(links.property))
        yield Triple(here, VOID["subjectsTarget"], dataset)
        yield Triple(here, VOID["objectsTarget"], there)
        yield Triple(there, RDF["type"], VOID["Dataset"])
        yield Triple(there, VOID["uriSpace"], Literal(links.target))
        yield from _counted(here, "triples", links.triples)
