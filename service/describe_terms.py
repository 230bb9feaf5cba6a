"""Terms of descriptions of data, which the data themselves do not use: they are not in our vocabulary."""

from __future__ import annotations

from pyoxigraph import NamedNode

from graph.terms import PREFIXES


class Namespace:
    """``DCAT["distribution"]`` is the term's node."""

    def __init__(self, iri: str) -> None:
        self.iri = iri

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self.iri + name)


VOID = Namespace("http://rdfs.org/ns/void#")
FORMATS = Namespace("http://www.w3.org/ns/formats/")
IANA = Namespace("https://www.iana.org/assignments/media-types/")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
DCAT, DCTERMS, FOAF, PROV, RDF, RDFS, OWL, CG, XSD, SKOS, SH = (
    Namespace(PREFIXES[name])
    for name in ("dcat", "dcterms", "foaf", "prov", "rdf", "rdfs", "owl", "cg", "xsd", "skos", "sh")
)

#: Of the descriptions, in the order in which they are written.
DESCRIPTION_PREFIXES = {"void": VOID.iri, **PREFIXES}
