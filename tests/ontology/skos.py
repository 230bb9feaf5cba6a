"""What the tests of the reference data share: a file as a graph, and the rules that hold for every SKOS scheme."""

from collections import defaultdict

from rdflib import RDF, SKOS, BNode, Graph, Literal, Namespace, URIRef

from graph.names_text import key
from ontology import HERE

CG = Namespace("https://w3id.org/commonground/ns#")
PLACE = Namespace("https://w3id.org/commonground/id/place/")
SCHEMA = Namespace("https://schema.org/")
THEME = Namespace("https://w3id.org/commonground/id/theme/")
IATI = "http://reference.iatistandard.org/codelists/"


def parse(name: str) -> Graph:
    """``themes.ttl`` or another file of the ontology."""
    return Graph().parse(HERE / name, format="turtle")


def faults(graph: Graph) -> list[str]:
    """Every breach of what we ask of a scheme; empty for a good one."""
    found = [f"blank node {term}" for triple in graph for term in triple if isinstance(term, BNode)]
    (scheme,) = graph.subjects(RDF.type, SKOS.ConceptScheme)
    concepts = set(graph.subjects(RDF.type, SKOS.Concept))
    for concept in sorted(concepts):
        found += [f"{concept}: {text}" for text in _labels(graph, concept)]
        if list(graph.objects(concept, SKOS.inScheme)) != [scheme]:
            found.append(f"{concept}: not in the scheme")
        if not list(graph.objects(concept, SKOS.notation)):
            found.append(f"{concept}: no code")
        found += [
            f"{concept}: broader {b}, which is no concept"
            for b in graph.objects(concept, SKOS.broader)
            if b not in concepts
        ]
        if any(concept in graph.transitive_objects(b, SKOS.broader) for b in graph.objects(concept, SKOS.broader)):
            found.append(f"{concept}: broader than itself")
        top = (concept, SKOS.topConceptOf, scheme) in graph
        if top != ((scheme, SKOS.hasTopConcept, concept) in graph):
            found.append(f"{concept}: top concept in one direction only")
    found += [
        f"{pair}: label of {len(owners)} concepts"
        for pair, owners in _preferred(graph, concepts).items()
        if len(owners) > 1
    ]
    return found


def ambiguous(graph: Graph) -> dict[str, set[str]]:
    """Names and codes, as people's spellings are compared, that belong to more than one concept."""
    owners: dict[str, set[str]] = defaultdict(set)
    for concept in graph.subjects(RDF.type, SKOS.Concept):
        for naming in (SKOS.prefLabel, SKOS.altLabel, SKOS.hiddenLabel, SKOS.notation):
            for name in graph.objects(concept, naming):
                owners[key(str(name))].add(str(concept))
    return {name: concepts for name, concepts in owners.items() if len(concepts) > 1}


def text(graph: Graph, concept: URIRef, naming: URIRef, lang: str) -> set[str]:
    """The literals of a property in one language."""
    return {str(o) for o in graph.objects(concept, naming) if isinstance(o, Literal) and o.language == lang}


def _labels(graph: Graph, concept: URIRef) -> list[str]:
    problems = []
    for lang in ("en", "ru"):
        preferred = text(graph, concept, SKOS.prefLabel, lang)
        if len(preferred) != 1:
            problems.append(f"{len(preferred)} preferred labels in {lang}")
        others = text(graph, concept, SKOS.altLabel, lang)
        if preferred & others or (preferred | others) & text(graph, concept, SKOS.hiddenLabel, lang):
            problems.append(f"the same label twice in {lang}")
    return problems


def _preferred(graph: Graph, concepts: set[URIRef]) -> dict[tuple[str, str], set[URIRef]]:
    owners: dict[tuple[str, str], set[URIRef]] = defaultdict(set)
    for concept in concepts:
        for label in graph.objects(concept, SKOS.prefLabel):
            owners[(str(label).casefold(), label.language)].add(concept)
    return owners
