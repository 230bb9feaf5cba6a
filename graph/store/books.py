"""The service's own records - who wrote what and when, the counter of generations - against updates that reach them.

An update may name all graphs at once (``DROP ALL``, ``DELETE WHERE { GRAPH ?g { ... } }``), and its author rarely
means these. They cannot be left out of it, since the engine runs a text as it is; so what they held is put back by
the same transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import urljoin

from pyoxigraph import NamedNode, Quad

#: All graphs at once, a graph that is found out while the update runs, letters that are not written as letters.
_ANY = re.compile(r"\b(?:ALL|NAMED)\b|\bGRAPH\s*(?:#[^\n]*\n\s*)*[?$]|\\u", re.IGNORECASE)
_DECLARED = re.compile(r"\b(?:PREFIX|BASE)\b[^<]*<([^>]*)>", re.IGNORECASE)


def may_reach(text: str, books: Sequence[NamedNode], base_iri: str | None = None) -> bool:
    """Whether an update could touch one of the books. In doubt it could."""
    if not books:
        return False
    if _ANY.search(text):
        return True
    base = base_iri or ""
    declared = [base] if base else []
    for found in _DECLARED.finditer(text):
        declared.append(urljoin(base, found[1]))
    for book in books:
        name = book.value
        # By its whole name, by the end of it under a base or a prefix, or through a prefix that ends within it.
        if name.rpartition("/")[2] in text or any(iri and name.startswith(iri) for iri in declared):
            return True
    return False


def restoring(book: NamedNode, held: Iterable[Quad]) -> str:
    """Operations after which a book holds just what it held."""
    triples = " . ".join(str(quad.triple) for quad in held)
    return f"DELETE WHERE {{ GRAPH {book} {{ ?s ?p ?o }} }} ;\nINSERT DATA {{ GRAPH {book} {{ {triples} }} }} ;\n"
