"""Gaps over HTTP as they are in time: their own addresses, what opened and closed between days, and feeds."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import feedparser
import httpx
import pyoxigraph as ox
import pytest
from rdflib import Graph, Literal, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import PROV, RDF

from graph.gaps import find_gaps, kinds
from graph.gaps.book import NAME, note
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, NS, node
from service.describe_data import FORMATS
from service.feeds import NEVER, Entry, Feed, atom, json_feed
from tests.running import Running, running
from tests.service.conftest import BROWSER, example_store, serving
from tests.service.test_json import problem

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning")

RDFLIB = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt", "json": "json-ld"}
ATOM = "{http://www.w3.org/2005/Atom}"
#: In the example a partner is only inferred to work on deinstitutionalisation in the region of Albania.
CELL = "/id/gap/uncovered/deinstitutionalisation--AL"
IRI = f"{DEFAULT_BASE}gap/uncovered/deinstitutionalisation--AL"
SOURCE = ox.NamedNode(f"{DEFAULT_BASE}source/invented")
WORK = ox.NamedNode(f"{DEFAULT_BASE}engagement/invented/1")


def work_in_albania() -> Change:
    said = {
        "rdf:type": node("cg:Engagement"),
        "cg:partner": ox.NamedNode(f"{DEFAULT_BASE}organisation/example-society"),
        "cg:theme": node("theme:deinstitutionalisation"),
        "cg:place": node("place:AL"),
        "cg:basis": node("basis:stated"),
        "cg:statedOn": ox.Literal("2010-05-12", datatype=node("xsd:date")),
    }
    return Change(added=frozenset(ox.Quad(WORK, node(name), value, SOURCE) for name, value in said.items()))


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service whose book knows that the cell was there, closed and opened again."""
    folder = tmp_path_factory.mktemp("lived")
    store = example_store()
    note(store, folder / NAME, "2026-03-01T12:00:00Z")
    store.write(work_in_albania())
    note(store, folder / NAME, "2026-03-02T12:00:00Z")
    store.write(Change(removed=work_in_albania().added))
    note(store, folder / NAME, "2026-03-03T12:00:00Z")
    with serving(store, data_dir=folder) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def test_the_iri_of_every_listed_gap_leads_to_it(client: httpx.Client) -> None:
    for kind in kinds():
        for gap in client.get("/gaps.json", params={"kind": kind, "limit": 3}).json()["gaps"]:
            path = "/id/" + gap["iri"].removeprefix(DEFAULT_BASE)
            page = client.get(path, headers=BROWSER)
            assert page.status_code == 200, path
            assert page.url.path.endswith(".html")
            assert "Open" in page.text
            document = Graph().parse(data=client.get(path, headers={"Accept": "text/turtle"}).text, format="turtle")
            iri = URIRef(gap["iri"])
            assert (iri, RDF.type, URIRef(f"{NS}Gap")) in document
            assert document.value(iri, URIRef(f"{NS}open")) == Literal(True)
            assert float(document.value(iri, URIRef(f"{NS}severity"))) == gap["severity"]
            assert str(document.value(iri, URIRef(f"{NS}query"))) == gap["query"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_format_says_the_same(lived: httpx.Client, suffix: str) -> None:
    response = lived.get(f"{CELL}.{suffix}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(FORMATS[suffix][0])
    document = f"{CELL}.{suffix}"
    text = response.text if suffix != "jsonld" else _with_context(response.text)
    found = Graph().parse(data=text, format=RDFLIB[suffix])
    turtle = Graph().parse(data=lived.get(f"{CELL}.ttl").text, format="turtle")
    for graph, address in ((found, document), (turtle, f"{CELL}.ttl")):
        for triple in list(graph):
            if str(triple[0]).endswith(address):
                graph.remove(triple)
    assert len(found) > 20
    assert isomorphic(found, turtle)


def _with_context(text: str) -> str:
    """As a client that fetches the context would read it, without fetching it."""
    context = json.loads((Path(__file__).parents[2] / "ontology" / "context.jsonld").read_text(encoding="utf-8"))
    return json.dumps(json.loads(text) | context)


def test_its_history_is_told_on_the_page_and_as_data(lived: httpx.Client) -> None:
    page = lived.get(f"{CELL}.html").text
    for words in ("There when history began", "Closed", "Opened", "2026-03-03"):
        assert words in page
    graph = Graph().parse(data=lived.get(f"{CELL}.ttl").text, format="turtle")
    iri = URIRef(IRI)
    events = {
        str(graph.value(event, URIRef(f"{NS}change"))): str(graph.value(event, PROV.atTime))
        for event in graph.objects(iri, URIRef(f"{NS}gapEvent"))
    }
    assert events == {
        "known": "2026-03-01T12:00:00+00:00",
        "closed": "2026-03-02T12:00:00+00:00",
        "opened": "2026-03-03T12:00:00+00:00",
    }
    assert str(graph.value(iri, PROV.generatedAtTime)) == "2026-03-03T12:00:00+00:00"
    listed = lived.get("/gaps.json?kind=uncovered&theme=deinstitutionalisation&place=AL").json()["gaps"]
    assert [gap["since"]["what"] for gap in listed if gap["iri"] == IRI] == ["opened"]


def test_a_gap_that_has_closed_says_so(tmp_path: Path) -> None:
    store = example_store()
    note(store, tmp_path / NAME, "2026-03-01T12:00:00Z")
    store.write(work_in_albania())
    note(store, tmp_path / NAME, "2026-03-02T12:00:00Z")
    with serving(store, data_dir=tmp_path) as url, httpx.Client(base_url=url, timeout=60) as client:
        page = client.get(f"{CELL}.html")
        assert page.status_code == 200
        assert "Closed" in page.text
        assert "It is no gap any more." in page.text
        graph = Graph().parse(data=client.get(f"{CELL}.ttl").text, format="turtle")
        assert graph.value(URIRef(IRI), URIRef(f"{NS}open")) == Literal(False)
        assert str(graph.value(URIRef(IRI), PROV.invalidatedAtTime)) == "2026-03-02T12:00:00+00:00"


@pytest.mark.parametrize(
    "path",
    [
        "uncovered/deinstitutionalisation--AM",
        "uncovered/nothing",
        "uncovered/a--b",
        "nonsense/x",
        "lapsed/%3E%20--x",
    ],
)
def test_what_is_no_gap_is_not_found(client: httpx.Client, path: str) -> None:
    """Among them the one pair of the example that is stated."""
    for suffix in ("", ".html", ".ttl"):
        assert client.get(f"/id/gap/{path}{suffix}").status_code == 404


def test_a_page_is_sent_once_until_something_happens(lived: httpx.Client) -> None:
    for path in (f"{CELL}.html", f"{CELL}.ttl", "/gaps.json", "/gaps.atom", "/gaps.feed.json"):
        first = lived.get(path)
        again = lived.get(path, headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path


# --- between ------------------------------------------------------------------------------------------------------


def test_between_two_days(client: httpx.Client) -> None:
    asked = {"from": "2010-05-12", "to": "2015-05-13", "theme": "deinstitutionalisation"}
    body = client.get("/gaps/between.json", params=asked).json()
    assert (body["by"], body["from"]["as_of"], body["to"]["as_of"]) == ("validity", "2010-05-12", "2015-05-13")
    opened = {gap["iri"].partition("/gap/")[2] for gap in body["opened"]}
    assert "lapsed/deinstitutionalisation--AM" in opened, "the stated work there has not been confirmed for five years"
    assert body["from"]["gaps"] + len(body["opened"]) - len(body["closed"]) == body["to"]["gaps"]
    none = client.get("/gaps/between.json", params=asked | {"to": "2010-05-12"}).json()
    assert none["counts"] == {"opened": 0, "closed": 0, "changed": 0}
    assert none["to"]["engagements"] > 0
    page = client.get("/gaps/between", params=asked, headers=BROWSER).text
    assert "Opened" in page
    assert "Deinstitutionalisation in Armenia" in page


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing-parameter"),
        ("from=2010", "missing-parameter"),
        ("from=2011&to=2010", "bad-date"),
        ("from=never&to=2010", "bad-date"),
        ("from=2010&to=2011&by=whim", "bad-value"),
        ("from=2010&to=2011&as_of=2010", "unknown-parameter"),
        ("from=2010&to=2011&kind=nonsense", "unknown-gap-kind"),
        ("from=2010&to=2011&limit=0", "bad-number"),
        ("from=2010&until=2011", "unknown-parameter"),
    ],
)
def test_between_what_cannot_be_compared(client: httpx.Client, query: str, code: str) -> None:
    body = problem(client.get(f"/gaps/between.json?{query}"), 422)
    assert body["code"] == code
    # The page says it beside the form; without days it is the form alone.
    page = client.get(f"/gaps/between?{query}", headers=BROWSER)
    assert page.status_code == (422 if query else 200)
    assert ('role="alert"' in page.text or "cannot be answered" in page.text) == bool(query)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("service") / "data") as found:
        yield found


@pytest.mark.xdist_group("slow")
def test_a_service_answers_for_what_was_known_and_keeps_the_book(service: Running) -> None:
    """Nothing was known before the data came. What is written then opens and closes gaps, and the feed says so."""
    with httpx.Client(base_url=service.url, timeout=60, headers=service.bearer) as client:
        asked = {"by": "knowledge", "from": "2001-01-01", "to": "2100-01-01", "kind": "not-collaborating"}
        known = client.get("/gaps/between.json", params=asked).json()
        assert (known["from"]["engagements"], known["counts"]["opened"]) == (0, known["to"]["gaps"])
        assert known["to"]["gaps"] > 0
        assert known["to"]["known_on"] == "2100-01-01"
        wait_for(client, "/gaps.json?limit=1", lambda body: body["gaps"][0]["since"])
        assert client.get("/gaps.feed.json").json()["items"] == []
        quads = "\n".join(str(ox.Triple(q.subject, q.predicate, q.object)) + " ." for q in work_in_romania())
        update = f"INSERT DATA {{ GRAPH {SOURCE} {{ {quads} }} }}"
        client.post("/sparql?validation=off", data={"update": update}).raise_for_status()
        asked_feed = "/gaps.feed.json?kind=uncovered&theme=deinstitutionalisation&place=RO"
        body = wait_for(client, asked_feed, lambda body: body["items"])
        assert [item["url"].rpartition("/")[2] for item in body["items"]] == ["deinstitutionalisation--RO"]
        assert "closed" in body["items"][0]["tags"]
        assert client.get("/gaps.feed.json?theme=teacher-training&place=RO").json()["items"] == []


def work_in_romania() -> list[ox.Quad]:
    partner = ox.NamedNode(f"{DEFAULT_BASE}organisation/unicef-armenia")
    place = {node("cg:place"): node("place:RO"), node("cg:partner"): partner}
    return [
        ox.Quad(quad.subject, quad.predicate, place.get(quad.predicate, quad.object), SOURCE)
        for quad in sorted(work_in_albania().added, key=str)
    ] + [ox.Quad(SOURCE, node("rdf:type"), node("cg:Source"), SOURCE)]


def wait_for(client: httpx.Client, path: str, done: Any, seconds: float = 60) -> Any:
    import time

    until = time.monotonic() + seconds
    while True:
        body = client.get(path).json()
        if done(body):
            return body
        assert time.monotonic() < until, body
        time.sleep(0.3)


# --- feeds --------------------------------------------------------------------------------------------------------


def test_a_feed_tells_what_happened_newest_first(lived: httpx.Client) -> None:
    response = lived.get("/gaps.atom")
    assert response.headers["content-type"].startswith("application/atom+xml")
    found = feedparser.parse(response.content)
    assert not found.bozo
    assert found.version == "atom10"
    mine = [entry for entry in found.entries if entry.id.startswith(IRI)]
    assert [entry.title.partition(":")[0] for entry in mine] == ["Opened", "Closed"]
    assert [entry.updated for entry in mine] == ["2026-03-03T12:00:00Z", "2026-03-02T12:00:00Z"]
    assert found.feed.updated == "2026-03-03T12:00:00Z"
    # The same in the other format, under the same ids.
    items = lived.get("/gaps.feed.json").json()["items"]
    assert [item["id"] for item in items] == [entry.id for entry in found.entries]
    assert len({entry.id for entry in found.entries}) == len(found.entries)
    for entry in mine:
        assert lived.get(entry.link, headers=BROWSER, follow_redirects=True).status_code == 200
    russian = feedparser.parse(lived.get("/gaps.atom?lang=ru").content)
    assert russian.feed.language == "ru"
    assert russian.entries[0].title.startswith(("Открылся", "Закрылся", "Изменился"))
    assert [entry.id for entry in russian.entries] == [entry.id for entry in found.entries]


def test_a_feed_follows_its_filter(lived: httpx.Client) -> None:
    for query, expected in (
        ("theme=deinstitutionalisation&place=AL&kind=uncovered", 2),
        ("theme=teacher-training", 0),
        ("place=AM&kind=uncovered", 0),
    ):
        found = feedparser.parse(lived.get(f"/gaps.atom?{query}").content)
        assert not found.bozo
        assert len(found.entries) == expected, query
        assert query.split("&")[0] in found.feed.id
    assert problem(lived.get("/gaps.atom?theme=deinstitutionalisatoin"), 422)["suggestions"]
    assert problem(lived.get("/gaps.feed.json?tehme=x"), 422)["suggestions"] == ["theme"]


def test_the_page_names_its_feeds(lived: httpx.Client) -> None:
    page = lived.get("/gaps?theme=deinstitutionalisation", headers=BROWSER).text
    for kind in ("application/atom+xml", "application/feed+json"):
        assert f'rel="alternate" type="{kind}"' in page
    assert "/gaps.atom?theme=deinstitutionalisation" in page


def test_an_empty_feed_is_a_feed(client: httpx.Client) -> None:
    """This service has no book yet."""
    root = ET.fromstring(client.get("/gaps.atom").content)
    assert root.tag == f"{ATOM}feed"
    # RFC 4287, section 4.1.1: id, title and updated once each; an author, as no entry has one.
    for name in ("id", "title", "updated", "author"):
        assert len(root.findall(f"{ATOM}{name}")) == 1, name
    assert root.find(f"{ATOM}updated").text == NEVER  # type: ignore[union-attr]
    assert not root.findall(f"{ATOM}entry")
    body = client.get("/gaps.feed.json").json()
    assert (body["version"], body["items"]) == ("https://jsonfeed.org/version/1.1", [])


def test_nothing_that_names_hold_breaks_a_feed() -> None:
    hostile = '<script>&"\x00\x0b\ud800 ]]> =HYPERLINK("x")'
    feed = Feed("urn:feed", "urn:page", hostile, "en", [Entry("urn:1", "urn:u", NEVER, hostile, hostile, (hostile,))])
    root = ET.fromstring(atom(feed))
    title = root.find(f"{ATOM}entry/{ATOM}title")
    assert title is not None
    assert title.text == '<script>&" ]]> =HYPERLINK("x")'
    assert json.loads(json_feed(feed))["items"][0]["id"] == "urn:1"


def test_every_gap_of_the_example_is_known_to_the_search(client: httpx.Client) -> None:
    """The address of a gap does not depend on the service that lists it."""
    store: EmbeddedStore = example_store()
    listed = client.get("/gaps.json?limit=10000").json()["gaps"]
    assert [gap["iri"] for gap in listed] == [gap.iri for gap in find_gaps(store)]
