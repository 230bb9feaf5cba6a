"""``/dataset``, ``/.well-known/void``, ``/download/...``: true to the data, the same from either engine."""

from __future__ import annotations

import asyncio
import base64
import errno
import gzip
import hashlib
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, Literal, URIRef

from graph.errors import DiskFull
from graph.statistics import statistics
from graph.store.embedded import EmbeddedStore
from graph.store.inprocess import InProcessEngine
from graph.store.isolated import supported
from service import describe_downloads
from service.describe_dataset import Addresses, description
from service.describe_downloads import Downloads, Wanted
from service.describe_published import AGAIN, Published
from tests.running import running
from tests.service.conftest import BROWSER, example_store, serving

# rdflib's own JSON-LD modules still use what rdflib has deprecated.
pytestmark = [
    pytest.mark.xdist_group("workspace"),
    pytest.mark.filterwarnings("ignore:(ConjunctiveGraph|Dataset).* is deprecated:DeprecationWarning"),
]

CG = "https://w3id.org/commonground/"


@pytest.fixture(scope="module", params=["in-process", "isolated"])
def served(request: pytest.FixtureRequest, workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The roundtable over each engine; yields the address."""
    folder = tmp_path_factory.mktemp(request.param) / "data"
    shutil.copytree(workspace, folder)
    if request.param == "isolated":
        if not supported():
            pytest.skip("this system has none of the isolated engine's guards")
        with running(folder) as service:
            yield service.url
        return
    store = EmbeddedStore(folder / "store")
    with serving(store, data_dir=folder) as url:
        yield url
    store.close()


@pytest.fixture
def data(served: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=served, timeout=60) as client:
        yield client


def described(client: httpx.Client, path: str = "/dataset.ttl") -> tuple[Graph, URIRef]:
    graph = Graph().parse(data=client.get(path).text, format="turtle")
    return graph, URIRef(f"{str(client.base_url).rstrip('/')}/dataset#dataset")


def count(client: httpx.Client, query: str) -> int:
    rows = client.post("/sparql", data={"query": query}, headers={"Accept": "application/sparql-results+json"})
    return int(rows.json()["results"]["bindings"][0]["n"]["value"])


def test_the_description_is_of_the_data_that_are_there(data: httpx.Client) -> None:
    graph, dataset = described(data)
    assert {VOID.Dataset, DCAT.Dataset} <= set(graph.objects(dataset, RDF.type))
    triples = "{ SELECT DISTINCT ?s ?p ?o { ?s ?p ?o } }"
    for prop, query in {
        VOID.triples: f"SELECT (COUNT(*) AS ?n) {triples}",
        VOID.distinctSubjects: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        VOID.distinctObjects: "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
        VOID.entities: "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s a ?c FILTER(isIRI(?s)) }",
        VOID.classes: "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }",
        VOID.properties: "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
    }.items():
        assert graph.value(dataset, prop).toPython() == count(data, query), prop
    partitions = {graph.value(part, VOID["class"]): part for part in graph.objects(dataset, VOID.classPartition)}
    engagements = partitions[URIRef(f"{CG}ns#Engagement")]
    assert graph.value(engagements, VOID.entities).toPython() == count(
        data, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{CG}ns#Engagement> }}"
    )
    generation = data.get("/dataset.ttl").headers["common-ground-generation"]
    assert str(graph.value(dataset, URIRef(f"{CG}ns#generation"))) == generation


def test_every_graph_is_a_subset_with_its_source_and_dates(data: httpx.Client) -> None:
    graph, dataset = described(data)
    name = URIRef("http://www.w3.org/ns/sparql-service-description#name")
    subsets = {str(graph.value(s, name)): s for s in graph.objects(dataset, VOID.subset) if graph.value(s, name)}
    rows = data.post("/sparql", data={"query": "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"}).json()
    assert set(subsets) == {row["g"]["value"] for row in rows["results"]["bindings"]}
    roundtable = subsets[f"{CG}id/source/roundtable-2010"]
    assert graph.value(roundtable, DCTERMS.title)
    assert graph.value(roundtable, DCTERMS.modified) == graph.value(dataset, DCTERMS.modified)
    assert graph.value(roundtable, VOID.triples).toPython() == count(
        data, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{CG}id/source/roundtable-2010> {{ ?s ?p ?o }} }}"
    )
    files = set(graph.objects(roundtable, URIRef("http://www.w3.org/ns/prov#wasDerivedFrom")))
    assert len(files) == count(
        data,
        f"SELECT (COUNT(DISTINCT ?f) AS ?n) {{ ?b <http://www.w3.org/ns/prov#generated> "
        f"<{CG}id/source/roundtable-2010> ; <http://www.w3.org/ns/prov#used> ?f }}",
    )
    licence = URIRef("https://creativecommons.org/licenses/by/4.0/")
    assert graph.value(subsets[f"{CG}id/theme"], DCTERMS.license) == licence
    # Nobody has said under which licence the source is, so it is not said here, nor of the whole.
    assert graph.value(roundtable, DCTERMS.license) is None
    assert graph.value(dataset, DCTERMS.license) is None


def test_links_to_others_are_linksets(data: httpx.Client) -> None:
    graph, dataset = described(data)
    linksets = list(graph.subjects(RDF.type, VOID.Linkset))
    assert linksets
    for links in linksets:
        target = str(graph.value(graph.value(links, VOID.objectsTarget), VOID.uriSpace))
        assert graph.value(links, VOID.subjectsTarget) == dataset
        assert not target.startswith(CG)
        prop = graph.value(links, VOID.linkPredicate)
        rest = f'FILTER(REPLACE(STR(?o), "[^/#]*$", "") = "{target}")'
        assert graph.value(links, VOID.triples).toPython() == count(
            data, f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?o {{ ?s <{prop}> ?o {rest} }} }}"
        )


def test_every_distribution_can_be_fetched_and_is_what_it_says(data: httpx.Client) -> None:
    graph, dataset = described(data)
    files = set(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(set(graph.objects(dataset, DCAT.distribution))) == 4
    own = [f for f in files if any(word in str(f) for word in ("/all.", "/theme.", "/ns.", "/source/", "/provenance."))]
    assert len(own) == 4 + 4 * 4
    for file in own:
        response = data.get(str(graph.value(file, DCAT.downloadURL)))
        assert response.status_code == 200, file
        media_type = str(graph.value(file, DCAT.mediaType)).partition("media-types/")[2]
        packed = str(graph.value(file, DCAT.compressFormat)).endswith("application/gzip")
        body = gzip.decompress(response.content) if packed else response.content
        assert response.headers["content-type"].partition(";")[0] == ("application/gzip" if packed else media_type)
        assert list(ox.parse(body, format=ox.RdfFormat.from_media_type(media_type)))


def test_the_well_known_address_gives_it_to_programs_and_leads_people_to_the_page(data: httpx.Client) -> None:
    for headers in ({}, {"Accept": "*/*"}, {"Accept": "text/turtle"}):
        response = data.get("/.well-known/void", headers=headers)
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/turtle; charset=utf-8"
        assert "Accept" in response.headers["vary"]
    graph, dataset = described(data, "/.well-known/void")
    document = URIRef(f"{str(data.base_url).rstrip('/')}/.well-known/void")
    assert (document, RDF.type, VOID.DatasetDescription) in graph
    assert graph.value(dataset, VOID.triples)
    assert graph.value(dataset, VOID.sparqlEndpoint)
    page = data.get("/.well-known/void", headers=BROWSER)
    assert (page.status_code, page.headers["location"]) == (303, "/dataset")
    assert data.get("/dataset", headers=BROWSER).headers["content-type"].startswith("text/html")
    json_ld = data.get("/.well-known/void", headers={"Accept": "application/ld+json"})
    assert json.loads(json_ld.content)["@graph"]


def test_the_page_tells_the_same_numbers(data: httpx.Client) -> None:
    graph, dataset = described(data)
    page = data.get("/dataset", headers=BROWSER).text
    for prop in (VOID.triples, VOID.entities, VOID.classes, VOID.properties):
        assert f"<strong>{graph.value(dataset, prop).toPython():,}</strong>" in page
    assert "/download/source/roundtable-2010.ttl.gz" in page


def test_a_download_is_whole_and_its_hash_is_right(data: httpx.Client) -> None:
    response = data.get("/download/all.nq")
    digest = hashlib.sha256(response.content).hexdigest()
    generation = response.headers["common-ground-generation"]
    assert response.headers["content-disposition"] == f'attachment; filename="commonground-all-g{generation}.nq"'
    assert response.headers["repr-digest"] == f"sha-256=:{base64.b64encode(bytes.fromhex(digest)).decode()}:"
    assert response.headers["content-length"] == str(len(response.content))
    assert data.get("/download/all.nq.sha256").text == f"{digest}  commonground-all-g{generation}.nq\n"
    packed = data.get("/download/all.nq.gz")
    assert gzip.decompress(packed.content) == response.content
    assert data.get("/download/all.nq.gz.sha256").text.startswith(hashlib.sha256(packed.content).hexdigest())
    lines = response.content.splitlines(keepends=True)
    assert lines == sorted(set(lines))
    assert len(lines) == count(data, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    trig = ox.parse(data.get("/download/all.trig").content, format=ox.RdfFormat.TRIG)
    assert {str(quad) for quad in trig} == {
        str(quad) for quad in ox.parse(response.content, format=ox.RdfFormat.N_QUADS)
    }
    again = data.get("/download/all.nq", headers={"If-None-Match": response.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_graph_alone(data: httpx.Client) -> None:
    whole = {str(q.triple) for q in ox.parse(data.get("/download/theme.nt").content, format=ox.RdfFormat.N_TRIPLES)}
    turtle = data.get("/download/theme.ttl")
    assert {str(q.triple) for q in ox.parse(turtle.content, format=ox.RdfFormat.TURTLE)} == whole
    assert b"@prefix skos:" in turtle.content
    assert len(whole) == count(data, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{CG}id/theme> {{ ?s ?p ?o }} }}")
    by_name = data.get("/download/graph.nt", params={"graph": f"{CG}id/theme"})
    assert by_name.content == data.get("/download/theme.nt").content


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/download/all.ttl", 404),
        ("/download/theme.nq", 404),
        ("/download/all.zip", 404),
        ("/download/.nq", 404),
        ("/download/nothing.ttl", 404),
        ("/download/organisation/unicef.ttl", 404),
        ("/download/%2e%2e/%2e%2e/workspace.json", 404),
        ("/download/..%2f..%2fworkspace.json.nt", 404),
        ("/download/graph.ttl", 404),
        ("/download/graph.ttl?graph=https://example.org/none", 404),
        ("/download/graph.ttl?graph=%3E%20%7D%20;%20DROP%20ALL%20%23", 422),
        ("/download/a%20b.ttl", 422),
    ],
)
def test_what_is_no_download(data: httpx.Client, path: str, status: int) -> None:
    assert data.get(path).status_code == status


def test_both_engines_make_the_same_files(tmp_path: Path) -> None:
    """Sorted lines do not depend on the order in which an engine has its quads."""
    forwards, backwards = EmbeddedStore(), EmbeddedStore(tmp_path / "store")
    quads = sorted(example_store().quads(), key=str)
    for store, order in ((forwards, quads), (backwards, quads[::-1])):
        data = " ".join(
            f"GRAPH {q.graph_name} {{ {q.triple} }}" for q in order if "graph/state" not in str(q.graph_name)
        )
        store.update(f"INSERT DATA {{ {data} }}")

    async def both() -> list[str]:
        found = []
        for store in (forwards, backwards):
            engine = InProcessEngine(store)
            file = await Downloads(engine, tmp_path).file(Wanted(None, "nq", True, "all"))
            found.append(file.sha256)
            await engine.stop()
        return found

    first, second = asyncio.run(both())
    assert first == second
    backwards.close()


class TestOneGenerationAfterTheOther:
    """What was made for one state of the data is not told of the next."""

    UPDATE = "INSERT DATA { GRAPH <https://example.org/g> { <https://example.org/a> a <https://example.org/B> } }"

    def test_numbers_and_files_follow_the_data(self) -> None:
        store = example_store()
        with serving(store) as url, httpx.Client(base_url=url, timeout=60) as client:
            before, lines = client.get("/dataset.ttl"), client.get("/download/all.nt?").status_code
            assert lines == 404
            first = client.get("/download/all.nq")
            store.update(self.UPDATE)
            after, second = client.get("/dataset.ttl"), client.get("/download/all.nq")
        assert before.headers["etag"] != after.headers["etag"]
        assert int(after.headers["common-ground-generation"]) == int(before.headers["common-ground-generation"]) + 1
        assert b"<https://example.org/a>" in second.content
        assert first.headers["etag"] != second.headers["etag"]
        assert first.headers["content-disposition"] != second.headers["content-disposition"]

    def test_a_question_asked_twice_is_counted_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store, asked = example_store(), []
        monkeypatch.setattr("service.describe_published.statistics", lambda s: asked.append(1) or statistics(s))
        published = Published(store, InProcessEngine(store), Path("unused"))
        assert published.statistics() is published.statistics()
        assert len(asked) == 1
        store.update(self.UPDATE)
        published.statistics()
        assert len(asked) == 2

    def test_what_could_not_be_counted_is_tried_again_later(self, monkeypatch: pytest.MonkeyPatch) -> None:
        store, asked, time = example_store(), [], [0.0]
        some = statistics(store)

        def not_all(_: object) -> object:
            asked.append(1)
            return type(some)(**{n: getattr(some, n) for n in some.__dataclass_fields__} | {"missing": ("links",)})

        monkeypatch.setattr("service.describe_published.statistics", not_all)
        published = Published(store, InProcessEngine(store), Path("unused"), lambda: time[0])
        published.statistics()
        published.statistics()
        assert len(asked) == 1
        time[0] = AGAIN + 1
        published.statistics()
        assert len(asked) == 2


class TestFiles:
    """The folder of the downloads."""

    def make(self, folder: Path, *wanted: Wanted) -> list[str]:
        async def work() -> list[str]:
            engine = InProcessEngine(example_store())
            downloads = Downloads(engine, folder)
            downloads.start()
            names = [(await downloads.file(w)).name for w in wanted]
            kept = sorted(path.name for own in folder.glob("downloads-*") for path in own.iterdir())
            await engine.stop()
            return [*names, *kept]

        return asyncio.run(work())

    def test_what_an_earlier_life_left_is_removed(self, tmp_path: Path) -> None:
        (tmp_path / "downloads-old").mkdir()
        (tmp_path / "downloads-old" / "1").write_bytes(b"x")
        (tmp_path / "store").mkdir()
        self.make(tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["store"]

    def test_the_number_of_files_is_bounded(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(describe_downloads, "KEPT", 2)
        graphs = [Wanted(f"{CG}id/code/{name}", "nt", False, name) for name in ("absence", "attendance", "basis")]
        found = self.make(tmp_path, *graphs)
        assert found[3:] == ["2", "3"]

    def test_a_full_disk_is_said_and_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def full(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(describe_downloads, "sort_lines", full)
        with pytest.raises(DiskFull):
            self.make(tmp_path, Wanted(None, "nq", False, "all"))
        assert [path for own in tmp_path.glob("downloads-*") for path in own.iterdir()] == []

    def test_many_at_once_get_the_same_file(self, tmp_path: Path) -> None:
        async def work() -> set[Path]:
            engine = InProcessEngine(example_store())
            downloads = Downloads(engine, tmp_path)
            wanted = Wanted(None, "nq", True, "all")
            gone = asyncio.create_task(downloads.file(wanted))
            await asyncio.sleep(0)
            gone.cancel()  # A client that goes away does not take the file with it.
            found = await asyncio.gather(*(downloads.file(wanted) for _ in range(5)))
            for file in found:
                assert hashlib.sha256(file.path.read_bytes()).hexdigest() == file.sha256
            await engine.stop()
            return {file.path for file in found}

        assert len(asyncio.run(work())) == 1


def test_an_empty_store_is_described_truly() -> None:
    found = statistics(EmbeddedStore())
    triples = description(found, Addresses("https://example.org", f"{CG}id/"), "https://example.org/dataset.ttl")
    graph = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    assert graph.value(URIRef("https://example.org/dataset#dataset"), VOID.triples) == Literal(0)


def test_a_licence_that_all_have_is_that_of_the_whole() -> None:
    store = EmbeddedStore()
    licence = "<https://example.org/licence>"
    for name in ("a", "b"):
        own = f"<https://example.org/{name}>"
        store.update(f"INSERT DATA {{ GRAPH {own} {{ {own} <{DCTERMS.license}> {licence} }} }}")
    dataset = URIRef("https://example.org/dataset#dataset")

    def of_the_whole() -> object:
        at = Addresses("https://example.org", f"{CG}id/")
        triples = description(statistics(store), at, "https://example.org/dataset.ttl")
        graph = Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
        return graph.value(dataset, DCTERMS.license)

    # The graph with the counter of generations needs none.
    assert of_the_whole() == URIRef("https://example.org/licence")
    store.update("INSERT DATA { GRAPH <https://example.org/c> { <urn:a> <urn:b> 1 } }")
    assert of_the_whole() is None
