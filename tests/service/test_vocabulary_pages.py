"""``/ns``: terms, shapes and context, for people and for programs."""

from __future__ import annotations

import html
import itertools
import json
import re

import httpx
import pytest
from rdflib import RDF, SH, Graph, URIRef
from rdflib.compare import isomorphic

from graph.terms import NS
from ontology import HERE
from service.describe_data import FORMATS
from service.describe_vocabulary import Vocabulary
from tests.service.conftest import BROWSER

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning")

RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "json": "json-ld"}
VOCABULARY = Vocabulary()
PAGES = ["/ns", "/ns?lang=ru", "/ns/shapes", "/ns/Engagement", "/ns/theme", "/ns/org:unitOf?lang=ru", "/dataset"]


def read(client: httpx.Client, path: str, suffix: str) -> Graph:
    text = client.get(f"{path}.{suffix}").content
    if suffix == "jsonld":
        document = json.loads(text)
        assert document["@context"].endswith("/ns/context.jsonld")
        text = json.dumps({**document, "@context": client.get("/ns/context.jsonld").json()["@context"]}).encode()
    return Graph().parse(data=text, format=RDFLIB[suffix])


@pytest.mark.parametrize(
    ("path", "accept", "kind"),
    [
        ("/ns", BROWSER["Accept"], "text/html"),
        ("/ns", "text/turtle", "text/turtle"),
        ("/ns", "application/ld+json", "application/ld+json"),
        ("/ns", "application/rdf+xml", "application/rdf+xml"),
        ("/ns/shapes", "text/turtle", "text/turtle"),
        ("/ns/shapes", BROWSER["Accept"], "text/html"),
        ("/ns/Engagement", "text/turtle", "text/turtle"),
        ("/ns/Engagement", BROWSER["Accept"], "text/html"),
    ],
)
def test_who_asks_gets_what_it_reads(client: httpx.Client, path: str, accept: str, kind: str) -> None:
    response = client.get(path, headers={"Accept": accept})
    assert response.status_code == 200
    assert not response.history
    assert response.headers["content-type"].partition(";")[0] == kind
    assert "Accept" in response.headers["vary"]
    alone = client.get(response.headers["content-location"])
    assert alone.headers["content-type"] == response.headers["content-type"]
    # A page links to itself in the other language, so its own address is in it.
    assert kind == "text/html" or alone.content == response.content
    assert client.get(path, headers={"Accept": "image/png"}).status_code == 406


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_vocabulary_is_whole_in_every_format(client: httpx.Client, suffix: str) -> None:
    assert isomorphic(read(client, "/ns", suffix), Graph().parse(HERE / "vocabulary.ttl"))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_shapes_are_whole_in_every_format(client: httpx.Client, suffix: str) -> None:
    files = Graph()
    for path in sorted((HERE / "shapes").glob("*.ttl")):
        files.parse(path)
    found = read(client, "/ns/shapes", suffix)
    assert len(found) == len(files)
    # Blank nodes in lists make a full comparison slow; what has a name is compared, and how much there is besides.
    named = [
        {t for t in graph if all(isinstance(n, URIRef) or hasattr(n, "language") for n in t)}
        for graph in (found, files)
    ]
    assert named[0] == named[1]
    assert len(set(found.subjects(RDF.type, SH.PropertyShape))) > 100


def test_the_turtle_is_the_file_itself(client: httpx.Client) -> None:
    assert client.get("/ns.ttl").content == (HERE / "vocabulary.ttl").read_bytes()
    assert client.get("/ns/context.jsonld").content == (HERE / "context.jsonld").read_bytes()


def test_every_term_and_every_rule_has_a_place_to_be_led_to(client: httpx.Client) -> None:
    page = client.get("/ns", headers=BROWSER).text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for term in VOCABULARY.terms.values():
        if term.iri.startswith(NS):
            assert term.iri.removeprefix(NS) in ids
    shapes = client.get("/ns/shapes", headers=BROWSER).text
    ids = re.findall(r'\sid="([^"]+)"', shapes)
    assert len(ids) == len(set(ids))
    for shape in VOCABULARY.shapes.values():
        for rule in shape.rules:
            assert rule.name in ids


def test_every_term_has_a_page_and_data(client: httpx.Client) -> None:
    assert len(VOCABULARY.terms) > 100
    for name, term in VOCABULARY.terms.items():
        response = client.get(f"/ns/{name}", headers=BROWSER)
        assert response.status_code == 200, name
        text = html.unescape(response.text)
        for words in (term.label, term.definition, term.note):
            for word in words.values():
                assert word in text, name
        for iri in term.above:
            assert f'href="/ns/{VOCABULARY.by_iri[iri].name}"' in text if iri in VOCABULARY.by_iri else iri in text
        graph = Graph().parse(data=client.get(f"/ns/{name}.nt").text, format="nt")
        assert {str(s) for s in graph.subjects()} == {term.iri}


def test_a_term_tells_its_use_its_example_and_its_rules(client: httpx.Client) -> None:
    page = html.unescape(client.get("/ns/Engagement", headers=BROWSER).text)
    rows = client.get("/sparql", params={"query": f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{NS}Engagement> }}"})
    assert f"{rows.json()['results']['bindings'][0]['n']['value']} things are of this class" in page
    assert "<engagement/example/e1> a cg:Engagement" in re.sub(r"<(?=/?(code|pre))[^>]*>", "", page)
    assert "Organisations: name at least one organisation of the table of organisations." in page
    assert 'href="/ns/Collaboration"' in page
    # A collaboration is an engagement, so its rules hold for it too.
    page = html.unescape(client.get("/ns/Collaboration", headers=BROWSER).text)
    assert "Organisations: name at least one organisation of the table of organisations." in page
    page = html.unescape(client.get("/ns/theme?lang=ru", headers=BROWSER).text)
    rows = client.get("/sparql", params={"query": f"SELECT (COUNT(*) AS ?n) {{ ?s <{NS}theme> ?o }}"})
    assert f"{rows.json()['results']['bindings'][0]['n']['value']} statements have this property" in page
    assert "Темы: каждая тема берётся из списка тем." in page


def test_the_rules_of_a_term_are_those_that_look_at_it() -> None:
    theme = {rule.name for _, rules in VOCABULARY.rules_on(VOCABULARY.terms["theme"]) for rule in rules}
    # Also where it is one branch of a path.
    assert {"Engagement-theme", "Engagement-themeRequired", "Record-theme"} <= theme
    assert "Engagement-place" not in theme
    shapes = {shape.name for shape, _ in VOCABULARY.rules_on(VOCABULARY.terms["Collaboration"])}
    assert {"Engagement", "Collaboration"} <= shapes
    assert "Talk" not in shapes


def test_what_is_no_term_is_not_found(client: httpx.Client) -> None:
    for path in (
        "/ns/Nothing",
        "/ns/Engagement.exe",
        "/ns.exe",
        "/ns/shapes.exe",
        "/ns/%3Cscript%3E",
        "/ns/Nothing.ttl",
    ):
        assert client.get(path).status_code == 404, path
    assert client.get("/ns/", headers=BROWSER).status_code == 200


def test_pages_of_things_lead_to_their_terms(client: httpx.Client) -> None:
    assert 'href="/ns/Engagement"' in client.get("/id/engagement/example/e1.html").text
    assert 'href="/ns"' in client.get("/", headers=BROWSER).text
    assert 'href="/dataset"' in client.get("/", headers=BROWSER).text


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_are_whole_and_their_links_lead_somewhere(client: httpx.Client, path: str) -> None:
    page = client.get(path, headers=BROWSER).text
    assert page.count("<h1>") == 1
    assert "<script" not in page
    assert not re.search(r"""\s(?:style|on[a-z]+)\s*=\s*["']""", page)
    levels = [int(n) for n in re.findall(r"<h([1-6])", page)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    links = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page)}
    for link in sorted(links)[:60]:
        assert client.get(link, headers=BROWSER).status_code == 200, link
    for anchor in re.findall(r'href="#([^"]+)"', page):
        assert html.unescape(anchor) in {html.unescape(i) for i in ids}
