"""The media types in which results and graphs are given, and those in which graphs are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graph.errors import NotAcceptable
from service.negotiation import choose

#: Offered media type -> the one that the engine writes it as. The first is for who takes anything.
ROWS: Mapping[str, str] = {
    "application/sparql-results+json": "application/sparql-results+json",
    "application/json": "application/sparql-results+json",
    "application/sparql-results+xml": "application/sparql-results+xml",
    "application/xml": "application/sparql-results+xml",
    "text/csv": "text/csv",
    "text/tab-separated-values": "text/tab-separated-values",
}
GRAPHS: Mapping[str, str] = {
    "text/turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/ld+json": "application/ld+json",
    "application/rdf+xml": "application/rdf+xml",
    "application/n-quads": "application/n-quads",
    "application/trig": "application/trig",
    # Names that older clients still send.
    "application/json": "application/ld+json",
    "application/xml": "application/rdf+xml",
    "text/plain": "application/n-triples",
}
#: What an upload may be, and what it is read as.
UPLOADS: Mapping[str, str] = {
    "text/turtle": "text/turtle",
    "application/x-turtle": "text/turtle",
    "application/n-triples": "application/n-triples",
    "application/n-quads": "application/n-quads",
    "application/trig": "application/trig",
    "application/rdf+xml": "application/rdf+xml",
    "application/ld+json": "application/ld+json",
    "text/n3": "text/n3",
}
#: The IRIs of formats, of http://www.w3.org/ns/formats/, for the service description.
FORMAT_NAMES: Mapping[str, str] = {
    "application/sparql-results+json": "SPARQL_Results_JSON",
    "application/sparql-results+xml": "SPARQL_Results_XML",
    "text/csv": "SPARQL_Results_CSV",
    "text/tab-separated-values": "SPARQL_Results_TSV",
    "text/turtle": "Turtle",
    "application/n-triples": "N-Triples",
    "application/n-quads": "N-Quads",
    "application/trig": "TriG",
    "application/rdf+xml": "RDF_XML",
    "application/ld+json": "JSON-LD",
}
_FORMS: Mapping[str, Mapping[str, str]] = {"solutions": ROWS, "boolean": ROWS, "graph": GRAPHS}


class Choice:
    """What a client takes for each form that a result can have. Raises NotAcceptable where it takes none for any."""

    def __init__(self, accept: str | None) -> None:
        self._chosen = {form: choose(accept, list(offers)) for form, offers in _FORMS.items()}
        if not any(self._chosen.values()):
            raise not_acceptable([*ROWS, *GRAPHS])

    @property
    def for_engine(self) -> dict[str, str | None]:
        return {form: _FORMS[form][name] if name else None for form, name in self._chosen.items()}

    def name(self, form: str) -> str:
        """The media type by the name that the client knows it by."""
        return self._chosen[form] or ""


def graph_format(accept: str | None) -> str:
    """The media type in which a client wants a graph. Raises NotAcceptable."""
    chosen = choose(accept, list(GRAPHS))
    if chosen is None:
        raise not_acceptable(GRAPHS)
    return chosen


def not_acceptable(offers: Sequence[str] | Mapping[str, str]) -> NotAcceptable:
    return NotAcceptable(
        "not-acceptable",
        f"This can be had as {', '.join(dict.fromkeys(offers))}.",
        "Name one of these in the Accept header.",
    )


def content_type(media_type: str) -> str:
    """With the charset that the registered types of text have."""
    return f"{media_type}; charset=utf-8" if media_type.startswith("text/") else media_type
