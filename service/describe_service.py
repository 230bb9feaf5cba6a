"""The SPARQL 1.1 Service Description: what this endpoint speaks, what it gives, what a query may use.

https://www.w3.org/TR/sparql11-service-description/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

import pyoxigraph as ox
from fastapi import Request
from fastapi.responses import Response
from pyoxigraph import Literal, NamedNode, Triple

from graph.store.engine import UNION
from service.describe_response import sent
from service.describe_terms import DCTERMS as DCT
from service.describe_terms import DESCRIPTION_PREFIXES, FORMATS, RDF, SD, VOID, XSD
from service.formats import FORMAT_NAMES, GRAPHS, UPLOADS, content_type, graph_format
from service.site import Site, site_of

#: What a query may use, as properties of our own: there is no common vocabulary for it. Name of the limit -> sentence.
_LIMITS: Mapping[str, str] = {
    "seconds": "A query may take {} seconds.",
    "memory": "A query may use {} bytes of memory beyond the data.",
    "result": "A result may have {} bytes.",
    "queue": "{} queries may wait for a place; more are told to come back.",
}


def respond(request: Request) -> Response:
    """The description in the format that the client wants. Raises NotAcceptable."""
    site = site_of(request)
    media_type = graph_format(request.headers.get("accept"))
    form = ox.RdfFormat.from_media_type(GRAPHS[media_type])
    assert form is not None
    body = ox.serialize(description(site), format=form, prefixes={"sd": SD.iri, **DESCRIPTION_PREFIXES}) or b""
    return sent(request, body, content_type(media_type), site.engine.generation, headers={"vary": "Accept"})


def description(site: Site) -> Iterator[Triple]:
    """No blank nodes: the same service always has the same description."""
    url = f"{site.settings.url}/sparql"
    service, dataset = NamedNode(url + "#service"), NamedNode(url + "#dataset")
    default, store = NamedNode(url + "#default"), NamedNode(site.settings.url + "/rdf-graph-store")
    yield Triple(service, RDF["type"], SD["Service"])
    yield Triple(service, DCT["title"], Literal("Common Ground", language="en"))
    yield Triple(service, SD["endpoint"], NamedNode(url))
    for language in ("SPARQL11Query", "SPARQL11Update"):
        yield Triple(service, SD["supportedLanguage"], SD[language])
    if site.settings.default_graph == UNION:
        yield Triple(service, SD["feature"], SD["UnionDefaultGraph"])
    yield Triple(service, SD["feature"], SD["EmptyGraphs"])
    for name in FORMAT_NAMES.values():
        yield Triple(service, SD["resultFormat"], FORMATS[name])
    for media_type in UPLOADS.values():
        if media_type in FORMAT_NAMES:
            yield Triple(service, SD["inputFormat"], FORMATS[FORMAT_NAMES[media_type]])
    for sentence in limits(site):
        yield Triple(service, DCT["accessRights"], Literal(sentence, language="en"))
    yield Triple(service, SD["defaultDataset"], dataset)
    yield Triple(dataset, RDF["type"], SD["Dataset"])
    yield Triple(dataset, SD["defaultGraph"], default)
    yield Triple(default, RDF["type"], SD["Graph"])
    # The graphs with their numbers are told at /.well-known/void.
    yield Triple(dataset, DCT["isPartOf"], NamedNode(f"{site.settings.url}/dataset#dataset"))
    yield Triple(NamedNode(f"{site.settings.url}/dataset#dataset"), VOID["sparqlEndpoint"], NamedNode(url))
    yield Triple(dataset, DCT["relation"], store)
    generation = Literal(str(site.engine.generation), datatype=XSD["integer"])
    yield Triple(dataset, DCT["hasVersion"], generation)


def limits(site: Site) -> Iterator[str]:
    """What a query may use, in sentences; for an engine without guards only that it has none."""
    found = getattr(site.engine, "limits", None)
    if found is None:
        yield "Queries are not limited in time or memory."
        return
    values = {field.name: getattr(found, field.name) for field in fields(found)}
    for name, sentence in _LIMITS.items():
        yield sentence.format(f"{values[name]:g}" if isinstance(values[name], float) else values[name])
    if site.settings.seconds_a_minute:
        yield f"A client without a token may use {site.settings.seconds_a_minute:g} seconds of work a minute."
