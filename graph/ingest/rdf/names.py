"""IRIs as people read them."""

from __future__ import annotations

from graph.terms import PREFIXES


def curie(iri: str) -> str:
    """An IRI with one of our prefixes, where one fits.

    >>> curie("http://www.w3.org/2004/02/skos/core#prefLabel"), curie("http://example.org/x")
    ('skos:prefLabel', 'http://example.org/x')
    """
    found = [(prefix, space) for prefix, space in PREFIXES.items() if iri.startswith(space) and len(iri) > len(space)]
    if not found:
        return iri
    prefix, space = max(found, key=lambda each: len(each[1]))
    return f"{prefix}:{iri.removeprefix(space)}"
