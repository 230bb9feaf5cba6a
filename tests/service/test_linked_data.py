"""``/id/...``: from a thing's IRI to its page or its data, in every format, whatever host it is served under."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph
from rdflib.compare import isomorphic

from graph.ingest import load_reference
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, NS
from service.describe_data import FORMATS, data_of
from tests.service.conftest import BROWSER, EXAMPLE, serving

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning")

SOCIETY = "/id/organisation/example-society"
OTHER_BASE = "https://data.example.org/kg/"
PUBLIC = "https://graph.example.net/cg"
RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "json": "json-ld"}


@pytest.fixture
def plain(address: str) -> Iterator[httpx.Client]:
    """A client that stays where it is sent."""
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[httpx.Client]:
    """A store made under a base of its own, served here, reached by people under a third address."""
    store = EmbeddedStore(base=OTHER_BASE)
    load_reference(store)
    text = EXAMPLE.read_text(encoding="utf-8")
    ours = "organisation|person|engagement|collaboration|event|talk|source|document|evidence|appearance|resource"
    text = re.sub(rf"<{re.escape(DEFAULT_BASE)}({ours})/", rf"<{OTHER_BASE}\1/", text)
    store.write(Change(added=frozenset(ox.parse(text.encode(), format=ox.RdfFormat.TRIG))))
    with serving(store, base=OTHER_BASE, public_url=PUBLIC) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


@pytest.mark.parametrize(
    ("accept", "suffix"),
    [
        (BROWSER["Accept"], "html"),
        ("text/html", "html"),
        ("*/*", "html"),
        (None, "html"),
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ('application/ld+json;profile="http://www.w3.org/ns/json-ld#compacted"', "jsonld"),
        ("application/json", "json"),
        ("application/rdf+xml", "rdf"),
        ("application/n-triples", "nt"),
        ("text/html;q=0.3, application/rdf+xml;q=0.8, text/turtle;q=0.9", "ttl"),
        ("text/turtle;q=0, application/*", "jsonld"),
        # What rdflib sends.
        ("application/rdf+xml,text/rdf+n3;q=0.9,application/xhtml+xml;q=0.5, */*;q=0.1", "rdf"),
    ],
)
def test_a_thing_leads_to_its_page_or_its_data(plain: httpx.Client, accept: str | None, suffix: str) -> None:
    request = plain.build_request("GET", SOCIETY)
    request.headers.pop("accept")
    if accept:
        request.headers["accept"] = accept
    response = plain.send(request)
    assert response.status_code == 303
    assert response.headers["location"] == f"{SOCIETY}.{suffix}"
    assert response.headers["vary"] == "Accept"
    assert f'<{SOCIETY}.ttl>; rel="alternate"; type="text/turtle"' in response.headers["link"]
    assert plain.get(response.headers["location"]).status_code == 200
    assert plain.head(SOCIETY, headers={"accept": accept} if accept else {}).status_code == 303


def test_the_language_goes_along(plain: httpx.Client) -> None:
    response = plain.get("/id/theme/deinstitutionalisation?lang=ru", headers=BROWSER)
    assert response.headers["location"] == "/id/theme/deinstitutionalisation.html?lang=ru"
    assert "Деинституционализация" in plain.get(response.headers["location"]).text


def test_a_format_that_is_not_there_is_not_acceptable(plain: httpx.Client) -> None:
    response = plain.get(SOCIETY, headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert "text/turtle" in response.json()["detail"]


def test_every_format_says_the_same(plain: httpx.Client) -> None:
    found = {}
    for suffix, (media_type, _) in FORMATS.items():
        response = plain.get(f"{SOCIETY}.{suffix}")
        assert response.status_code == 200
        assert response.headers["content-type"].partition(";")[0] == media_type
        graph = Graph().parse(data=response.content, format=RDFLIB[suffix])
        # The document's own statements name its own address.
        own = f"{str(plain.base_url).rstrip('/')}{SOCIETY}.{suffix}"
        found[suffix] = Graph()
        for s, p, o in graph:
            if str(s) != own:
                found[suffix].add((s, p, o))
        about = {str(p).rpartition("/")[2].rpartition("#")[2]: str(o) for s, p, o in graph if str(s) == own}
        assert about["primaryTopic"] == DEFAULT_BASE + "organisation/example-society"
        assert about["generation"] == response.headers["common-ground-generation"]
        assert about["isPartOf"] == f"{str(plain.base_url).rstrip('/')}/dataset#dataset"
        assert f'<{DEFAULT_BASE}organisation/example-society>; rel="describes"' in response.headers["link"]
    for suffix in FORMATS:
        assert isomorphic(found[suffix], found["nt"]), suffix


def test_the_data_are_those_of_the_thing_its_fragments_and_what_refers_to_it(plain: httpx.Client) -> None:
    lines = plain.get("/id/engagement/example/e4.nt").text.splitlines()
    iri = f"<{DEFAULT_BASE}engagement/example/e4>"
    assert any(line.startswith(f"{iri} ") for line in lines)
    assert any(line.startswith(f"{iri[:-1]}#period> ") and '"2005"' in line for line in lines)
    lines = plain.get("/id/evidence/example-report/10-30.nt").text
    assert '"twenty quoted chars."' in lines
    assert "engagement/example/e1> <http://www.w3.org/ns/prov#hadPrimarySource>" in lines
    lines = plain.get(f"{SOCIETY}.nt").text
    assert f"engagement/example/e2> <{NS}partner> <{DEFAULT_BASE}organisation/example-society>" in lines
    # What others say of those others is theirs.
    assert "example-network> <http://www.w3.org/2004/02/skos/core#prefLabel>" not in lines


def test_clients_follow_by_themselves(plain: httpx.Client) -> None:
    graph = Graph().parse(f"{str(plain.base_url).rstrip('/')}{SOCIETY}")
    assert (None, None, None) in graph
    assert "Example Society" in {str(o) for o in graph.objects()}


def test_json_ld_is_compact_and_its_context_is_ours(plain: httpx.Client) -> None:
    document = plain.get("/id/engagement/example/e2.jsonld").json()
    context = document["@context"]
    assert context == f"{str(plain.base_url).rstrip('/')}/ns/context.jsonld"
    sent = plain.get(context)
    assert sent.headers["content-type"] == "application/ld+json"
    assert sent.headers["access-control-allow-origin"] == "*"
    node = next(n for n in document["@graph"] if n["id"].endswith("engagement/example/e2"))
    assert node["type"] == "Engagement"
    assert node["basisNote"] == {"en": "The session's title names the theme, the talk's does not."}
    # ... and with that context it says what the Turtle says.
    loaded = Graph().parse(data=json.dumps({**document, "@context": sent.json()["@context"]}), format="json-ld")
    assert len(loaded) == len(Graph().parse(data=plain.get("/id/engagement/example/e2.ttl").text, format="turtle"))


def test_json_carries_its_context_so_that_nothing_is_loaded(plain: httpx.Client) -> None:
    text = plain.get(f"{SOCIETY}.json").content
    assert {str(q.predicate.value) for q in ox.parse(text, format=ox.RdfFormat.JSON_LD)} >= {NS + "partner"}


def test_what_is_known_is_not_sent_again(plain: httpx.Client) -> None:
    for path in (f"{SOCIETY}.ttl", f"{SOCIETY}.html"):
        first = plain.get(path)
        assert first.headers["etag"].startswith('W/"g')
        again = plain.get(path, headers={"If-None-Match": f'"other", {first.headers["etag"]}'})
        assert again.status_code == 304
        assert not again.content
        assert plain.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/id/organisation/nobody",
        "/id/organisation/nobody.ttl",
        "/id/organisation/example-society.exe",
        "/id/organisation/example-society.ttl.ttl",
        "/id/.ttl",
        "/id/%00",
        "/id/a%0d%0aSet-Cookie:%20x=1",
        "/id/%3E%20%7D%20;%20DROP%20ALL%20%23",
        "/id/organisation/example-society%22",
        "/id/" + "x" * 5000,
        "/id/%2e%2e/%2e%2e/etc/passwd",
        "/id//organisation/example-society",
    ],
)
def test_what_nobody_knows_is_not_found(plain: httpx.Client, path: str) -> None:
    for accept in ("text/turtle", "text/html", "*/*"):
        response = plain.get(path, headers={"Accept": accept})
        assert response.status_code == 404, path
        assert "set-cookie" not in response.headers


def test_hostile_labels_and_addresses_do_no_harm(plain: httpx.Client) -> None:
    page = plain.get("/id/organisation/hostile.html").text
    assert "<script" not in page
    assert not re.search(r"""href\s*=\s*["']?\s*javascript:""", page, re.IGNORECASE)
    for suffix in FORMATS:
        response = plain.get(f"/id/organisation/hostile.{suffix}")
        # Nothing that a browser would take for a page.
        assert "html" not in response.headers["content-type"]
        assert response.headers["x-content-type-options"] == "nosniff"
        graph = Graph().parse(data=response.content, format=RDFLIB[suffix])
        assert "<script>alert('label')</script>" in {str(o) for o in graph.objects()}


def test_a_format_that_cannot_carry_the_data_says_so() -> None:
    store = EmbeddedStore()
    store.update(
        f'INSERT DATA {{ <{DEFAULT_BASE}a> <https://example.org/p> "bell \\u0007" . '
        f'<{DEFAULT_BASE}b> <https://example.org/1> "x" . <{DEFAULT_BASE}c> <https://example.org/p> <schema:x> . '
        f"<{DEFAULT_BASE}d> <https://example.org/p> <<( <urn:a> <urn:b> <urn:c> )>> }}"
    )
    with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
        assert client.get("/id/a.rdf").status_code == 406
        assert client.get("/id/b.rdf").status_code == 406
        assert client.get("/id/c.jsonld").status_code == 406
        assert client.get("/id/d.json").status_code == 406
        for name in "abcd":
            assert client.get(f"/id/{name}.ttl").status_code == 200
            assert client.get(f"/id/{name}.html").status_code == 200


def test_a_thing_that_all_refer_to_is_bounded_and_says_so() -> None:
    store = EmbeddedStore()
    hub = f"<{DEFAULT_BASE}hub>"
    links = " . ".join(f"<{DEFAULT_BASE}t{n}> <https://example.org/p> {hub}" for n in range(30))
    store.update(f"INSERT DATA {{ {links} . {hub} <https://example.org/p> 1 , 2 , 3 , <{DEFAULT_BASE}hub#f> }}")
    few = data_of(store, DEFAULT_BASE + "hub", most_of=3, most_about=7)
    assert (len(few.of), len(few.about)) == (3, 7)
    assert "the first 3 statements of the thing itself and the first 7 statements that refer to it" in few.note
    exactly = data_of(store, DEFAULT_BASE + "hub", most_of=4, most_about=30)
    assert (len(exactly.of), len(exactly.about), exactly.note) == (4, 30, "")


def test_blank_nodes_of_a_thing_come_with_it() -> None:
    store = EmbeddedStore()
    store.update(f'INSERT DATA {{ <{DEFAULT_BASE}a> <https://example.org/p> [ <https://example.org/q> "inside" ] }}')
    assert len(data_of(store, DEFAULT_BASE + "a").of) == 2


class TestAnotherBase:
    """A store made under one base and served under another host."""

    def test_paths_stand_for_the_stored_iris(self, elsewhere: httpx.Client) -> None:
        response = elsewhere.get(SOCIETY, headers={"Accept": "text/turtle"})
        assert response.headers["location"] == f"{SOCIETY}.ttl"
        graph = Graph().parse(data=elsewhere.get(f"{SOCIETY}.ttl").text, format="turtle")
        topics = {str(o) for s, p, o in graph if str(p).endswith("primaryTopic")}
        assert topics == {OTHER_BASE + "organisation/example-society"}
        assert "Example Society" in {str(o) for o in graph.objects()}

    def test_reference_data_keep_their_iris(self, elsewhere: httpx.Client) -> None:
        text = elsewhere.get("/id/place/AM.nt").text
        assert f"<{DEFAULT_BASE}place/AM>" in text
        assert OTHER_BASE + "place" not in text

    def test_absolute_addresses_are_the_public_ones(self, elsewhere: httpx.Client) -> None:
        document = elsewhere.get(f"{SOCIETY}.jsonld").json()
        assert document["@context"] == f"{PUBLIC}/ns/context.jsonld"
        assert document["@graph"][0]["id"] == f"{PUBLIC}{SOCIETY}.jsonld"

    def test_links_on_pages_stay_here(self, elsewhere: httpx.Client) -> None:
        for path in (f"{SOCIETY}.html", "/id/theme/deinstitutionalisation.html", "/id/engagement/example/e1.html"):
            page = elsewhere.get(path).text
            links = re.findall(r'<a [^>]*href="([^"]*)"', page)
            assert not [link for link in links if link.startswith((OTHER_BASE, DEFAULT_BASE))]
            inner = {link.partition("#")[0] for link in links if link.startswith("/id/")}
            assert inner
            for link in sorted(inner)[:20]:
                if not link.startswith("/id/file/"):
                    assert elsewhere.get(link, headers=BROWSER).status_code in (200, 303), link
