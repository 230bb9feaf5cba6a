"""Namespaces, and the IRIs that we mint.

Terms of the vocabulary and the reference data (themes, places, codes) have one IRI in every installation,
under ``https://w3id.org/commonground/``. Everything that is ingested is minted under the installation's own base.
"""

import re
import unicodedata

from pyoxigraph import NamedNode

NS = "https://w3id.org/commonground/ns#"
#: The rules of the table layouts, which reports name beside the shapes.
RULES = NS.removesuffix("#") + "/rules#"
#: Base of the reference data: themes, places, code lists. The same everywhere.
REFERENCE_BASE = "https://w3id.org/commonground/id/"
#: Base of ingested things unless the installation sets another.
DEFAULT_BASE = REFERENCE_BASE

THEME = REFERENCE_BASE + "theme/"
PLACE = REFERENCE_BASE + "place/"
CODE = REFERENCE_BASE + "code/"
#: That a source speaks of the world says nothing of any region or country.
WORLD = PLACE + "m49-001"

#: The prefixes that our files, questions and exports use. Order is the order in which they are written.
PREFIXES: dict[str, str] = {
    "cg": NS,
    "theme": THEME,
    "place": PLACE,
    "basis": CODE + "basis/",
    "grade": CODE + "grade/",
    "state": CODE + "cell-state/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def expand(curie: str) -> str:
    """``skos:prefLabel`` -> full IRI. An unknown prefix raises KeyError: a fault in our own files."""
    prefix, _, local = curie.partition(":")
    return PREFIXES[prefix] + local


def node(curie: str) -> NamedNode:
    """``skos:prefLabel`` -> ``NamedNode``."""
    return NamedNode(expand(curie))


def slug(text: str) -> str:
    """A readable, stable last segment of an IRI: lower-case ASCII letters, digits, hyphens.

    >>> slug("Open Society Foundation, Krygyzstan")
    'open-society-foundation-krygyzstan'
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")
