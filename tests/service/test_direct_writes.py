"""Direct writes on a running service: refused with a report where they would leave data at fault, else made."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from graph.direct.judging import MOST
from graph.store.isolated import IsolatedStore, Limits
from graph.terms import DEFAULT_BASE, NS
from service.refusals import REPORTS
from service.tokens import Role, TokenBook
from service.workspace import Workspace
from tests.graph.shacl.test_report import REPORT_SHAPES
from tests.running import ROOT, Running, running
from tests.service.conftest import BROWSER, serving

STORE = "/rdf-graph-store"
BASE = DEFAULT_BASE
TURTLE, UPDATE = {"Content-Type": "text/turtle"}, {"Content-Type": "application/sparql-update"}
PRIVATE = "https://example.org/private"
SOURCE = f"{BASE}source/roundtable-2010"
PREFIXES = f"""PREFIX cg: <{NS}> PREFIX id: <{BASE}> PREFIX org: <http://www.w3.org/ns/org#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX code: <{BASE}code/basis/> PREFIX theme: <{BASE}theme/> PREFIX organisation: <{BASE}organisation/>
"""
#: An organisation of its own, without a fault; then an engagement of it.
SAID = "cg:basis code:stated ; prov:wasDerivedFrom <urn:made-up> ."
ORGANISATION = "{0} a org:FormalOrganization ; skos:prefLabel 'Invented {0}'@en ; " + SAID
ENGAGEMENT = "{1} a cg:Engagement ; cg:partner {0} ; cg:theme theme:advocacy ; " + SAID
pytestmark = pytest.mark.xdist_group("direct-writes")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("direct") / "data") as service:
        yield service


@pytest.fixture(scope="module")
def admin(service: Running) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=service.url, headers=service.bearer, timeout=120) as client:
        yield client


@pytest.fixture(scope="module")
def ada(service: Running) -> str:
    return TokenBook(service.data_dir / "tokens.json").add("Ada", Role.CURATE, datetime.now(UTC))


@pytest.fixture
def curator(service: Running, ada: str) -> Iterator[httpx.Client]:
    """Who may write and no more; the private graph goes with her."""
    with httpx.Client(base_url=service.url, headers={"Authorization": f"Bearer {ada}"}, timeout=120) as client:
        yield client
        dropped = client.post("/sparql", content=f"DROP SILENT GRAPH <{PRIVATE}>", headers=UPDATE)
        assert dropped.status_code == 200, dropped.text


def update(client: httpx.Client, text: str, **options: str) -> httpx.Response:
    given = {"Accept": "application/json", "Accept-Language": options.pop("language", "en")}
    return client.post("/sparql", params=options, content=PREFIXES + text, headers={**UPDATE, **given})


def insert(triples: str) -> str:
    return f"INSERT DATA {{ GRAPH <{PRIVATE}> {{ {triples} }} }}"


def state(client: httpx.Client) -> tuple[int, str]:
    """Generation and fingerprint of all data."""
    query = "SELECT ?g ?s ?p ?o { GRAPH ?g { ?s ?p ?o } }"
    response = client.get("/sparql", params={"query": query}, headers={"Accept": "text/csv"})
    lines = sorted(response.text.splitlines())
    return int(response.headers["common-ground-generation"]), hashlib.sha256("\n".join(lines).encode()).hexdigest()


def refused(response: httpx.Response) -> list[dict[str, str]]:
    assert response.status_code == 422, response.text
    assert response.json()["code"] == "violations"
    results: list[dict[str, str]] = response.json()["results"]
    assert results
    return results


def test_an_update_that_leaves_a_fault_changes_nothing(curator: httpx.Client) -> None:
    before = state(curator)
    response = update(curator, insert("<urn:e> a cg:Engagement"))
    results = refused(response)
    assert response.headers["content-type"] == "application/problem+json"
    assert {result["focusNode"] for result in results} == {"urn:e"}
    assert f"{NS.removesuffix('#')}/shapes#Engagement-partner" in {result["sourceShape"] for result in results}
    (partner,) = (one for one in results if one["resultPath"] == f"{NS}partner")
    assert partner["sourceConstraintComponent"] == "http://www.w3.org/ns/shacl#MinCountConstraintComponent"
    assert partner["message"].startswith("Organisations: name at least one")
    assert partner["explained"] == "/ns/shapes#Engagement-partner"
    assert state(curator) == before


def test_the_readers_language(curator: httpx.Client) -> None:
    for options, begin, language in (
        ({"language": "ru-RU, en;q=0.5"}, "Организации:", "ru"),
        ({"language": "de, en;q=0.5"}, "Organisations:", "en"),
        ({"lang": "ru"}, "Организации:", "ru"),
    ):
        response = update(curator, insert("<urn:e> a cg:Engagement"), **options)
        messages = {one["message"] for one in refused(response)}
        assert any(message.startswith(begin) for message in messages)
        assert response.headers["content-language"] == language


def test_a_write_that_takes_the_type_from_what_others_point_to(curator: httpx.Client) -> None:
    before = state(curator)
    typed = "GRAPH ?g { organisation:unicef-armenia a ?c }"
    text = f"DELETE {{ {typed} }} WHERE {{ {typed} }}"
    foci = {result["focusNode"] for result in refused(update(curator, text))}
    assert f"{BASE}organisation/unicef-armenia" not in foci
    assert any(focus.startswith(f"{BASE}engagement/") for focus in foci)
    assert state(curator) == before


def test_operations_are_judged_by_what_they_leave(curator: httpx.Client) -> None:
    organisation, engagement = ORGANISATION.format("<urn:o>"), ENGAGEMENT.format("<urn:o>", "<urn:e>")
    # In between, the engagement has no partner.
    assert update(curator, f"{insert(engagement)} ; {insert(organisation)}").status_code == 200
    before = state(curator)
    gone = f"DELETE DATA {{ GRAPH <{PRIVATE}> {{ <urn:o> a org:FormalOrganization }} }}"
    assert refused(update(curator, f"{insert('<urn:free> <urn:p> 1')} ; {gone}"))
    assert state(curator) == before
    again = insert("<urn:o> a org:FormalOrganization")
    assert update(curator, f"{gone} ; {again}").status_code == 200


def test_graphs_are_refused_too(curator: httpx.Client) -> None:
    before = state(curator)
    there = {"graph": PRIVATE}
    faulty = f"<urn:e> a <{NS}Engagement> ."
    for response in (
        curator.put(STORE, params=there, content=faulty, headers=TURTLE),
        curator.post(STORE, params=there, content=faulty, headers=TURTLE),
        curator.post(STORE, content=faulty, headers=TURTLE),
        curator.put(STORE, params={"default": ""}, content=faulty, headers=TURTLE),
        curator.put(f"{STORE}/mine", content=faulty, headers=TURTLE),
        curator.put("/id/theme", content="<urn:s> <urn:p> 1 .", headers=TURTLE),
        curator.delete(STORE, params={"graph": f"{BASE}theme"}),
        curator.delete("/id/theme"),
        curator.put(STORE, params=there, content="[] a <http://xmlns.com/foaf/0.1/Document> .", headers=TURTLE),
    ):
        assert refused(response)
    assert state(curator) == before
    assert curator.get(STORE, params=there).status_code == 404


def test_what_shapes_do_not_speak_of_is_free(curator: httpx.Client) -> None:
    """Graphs of one's own, in another vocabulary."""
    there = {"graph": PRIVATE}
    foreign = "<urn:me> a <https://schema.org/Person> ; <https://schema.org/knows> [ a <urn:Friend> ] ."
    assert curator.put(STORE, params=there, content=foreign, headers=TURTLE).status_code == 201
    assert curator.post(STORE, params=there, content=foreign, headers=TURTLE).status_code == 200
    assert curator.put(STORE, params=there, content=foreign, headers=TURTLE).status_code == 204
    assert curator.delete(STORE, params=there).status_code == 200
    # A warning stands in nobody's way: an engagement without a date.
    whole = ORGANISATION.format("<urn:o>") + ENGAGEMENT.format("<urn:o>", "<urn:e>")
    assert update(curator, insert(whole)).status_code == 200


def test_an_old_fault_may_be_mended_and_stays_out_of_the_way(admin: httpx.Client, curator: httpx.Client) -> None:
    assert update(admin, insert("<urn:e> a cg:Engagement"), validation="off").status_code == 200
    # Something else; something else of the same thing; a part of the fault.
    assert update(curator, insert("<urn:free> <urn:p> 1")).status_code == 200
    assert update(curator, insert("<urn:e> skos:prefLabel 'At fault'@en")).status_code == 200
    assert update(curator, insert(ORGANISATION.format("<urn:o>") + "<urn:e> cg:partner <urn:o>")).status_code == 200
    results = refused(update(curator, insert("<urn:e> <urn:no-such-property> 1")))
    assert [(one["resultPath"], one["value"]) for one in results] == [("urn:no-such-property", "1")]
    mended = ENGAGEMENT.format("<urn:o>", "<urn:e>")
    assert update(curator, insert(mended)).status_code == 200
    assert refused(update(curator, f"DELETE DATA {{ GRAPH <{PRIVATE}> {{ <urn:e> cg:partner <urn:o> }} }}"))


def test_who_switches_it_off_is_recorded(admin: httpx.Client, curator: httpx.Client) -> None:
    there = {"graph": PRIVATE, "validation": "off"}
    faulty = f"<urn:e> a <{NS}Engagement> ."
    assert update(admin, insert("<urn:e> a cg:Engagement"), validation="off").status_code == 200
    assert admin.put(STORE, params=there, content=faulty, headers=TURTLE).status_code == 204
    assert admin.delete(STORE, params=there).status_code == 200
    assert update(curator, insert("<urn:s> <urn:p> 1"), validation="on").status_code == 200
    query = (
        PREFIXES
        + """SELECT ?what ?who ?at ?checked { ?a a prov:Activity ; skos:prefLabel ?what ; cg:validated ?checked ;
          prov:startedAtTime ?at ; prov:wasAssociatedWith/skos:prefLabel ?who }"""
    )
    rows = curator.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    off = {(row["who"]["value"], row["what"]["value"]) for row in rows if row["checked"]["value"] == "false"}
    assert off == {
        ("tests", "SPARQL update"),
        ("tests", f"Graph replaced: {PRIVATE}"),
        ("tests", f"Graph removed: {PRIVATE}"),
    }
    assert ("Ada", "true") in {(row["who"]["value"], row["checked"]["value"]) for row in rows}


def test_only_an_admin_may_switch_it_off(curator: httpx.Client, service: Running) -> None:
    before = state(curator)
    there = {"graph": PRIVATE, "validation": "off"}
    for response in (
        update(curator, insert("<urn:s> <urn:p> 1"), validation="off"),
        curator.post("/sparql", params={"validation": "off"}, data={"update": insert("<urn:s> <urn:p> 1")}),
        curator.put(STORE, params=there, content="<urn:s> <urn:p> 1 .", headers=TURTLE),
        curator.delete(STORE, params=there),
    ):
        assert (response.status_code, response.json()["code"]) == (403, "role-too-low")
    assert httpx.delete(f"{service.url}{STORE}", params=there).status_code == 401
    wrong = update(curator, insert("<urn:s> <urn:p> 1"), validation="perhaps")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "bad-value")
    # In the form itself it means nothing: what another page could bring along.
    inside = curator.post("/sparql", data={"update": insert(f"<urn:e> a <{NS}Engagement>"), "validation": "off"})
    assert refused(inside)
    assert state(curator) == before


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own reader of JSON-LD
@pytest.mark.parametrize("media_type", sorted(REPORTS))
def test_the_report_in_rdf_is_what_shacl_says_it_is(media_type: str, curator: httpx.Client) -> None:
    text = insert("<urn:e> a cg:Engagement ; cg:partner <urn:nobody> ; <urn:p> 'x'@fr . [] a cg:Engagement")
    response = curator.post("/sparql", content=PREFIXES + text, headers={**UPDATE, "Accept": media_type})
    assert response.status_code == 422
    assert response.headers["content-type"].partition(";")[0] == media_type
    kind = {"application/ld+json": "json-ld", "application/rdf+xml": "xml"}.get(media_type, media_type)
    report = rdflib.Graph().parse(data=response.text, format=kind)
    conforms, _, told = pyshacl.validate(report, shacl_graph=REPORT_SHAPES, inplace=True)
    assert conforms, told
    (whole,) = report.subjects(RDF.type, SH.ValidationReport)
    assert report.value(whole, SH.conforms).toPython() is False  # type: ignore[union-attr]
    results = set(report.objects(whole, SH.result))
    assert results == set(report.subjects(RDF.type, SH.ValidationResult))
    assert len(results) > 4
    values = set(report.objects(None, SH.value))
    assert {rdflib.URIRef("urn:nobody"), rdflib.Literal("x", lang="fr")} <= values
    assert any(isinstance(focus, rdflib.BNode) for focus in report.objects(None, SH.focusNode))
    # A path of more than one property is a path of SHACL's own, well-formed.
    (path,) = {
        report.value(one, SH.resultPath)
        for one in results
        if report.value(one, SH.sourceShape) == rdflib.URIRef(f"{NS.removesuffix('#')}/shapes#Engagement-themeRequired")
        and report.value(one, SH.focusNode) == rdflib.URIRef("urn:e")
    }
    assert path is not None
    alternatives = report.value(path, SH.alternativePath)
    assert alternatives is not None
    assert list(report.items(alternatives)) == [rdflib.URIRef(f"{NS}theme"), RDF.type]


def test_a_browser_gets_a_page(curator: httpx.Client) -> None:
    for language, words in (("en", "Organisations: name at least"), ("ru", "Организации: укажите хотя бы")):
        response = curator.post(
            "/sparql",
            data={"update": PREFIXES + insert("<urn:e> a cg:Engagement ; <urn:p> '<script>'")},
            headers={**BROWSER, "Accept-Language": language},
        )
        assert response.status_code == 422
        assert response.headers["content-type"].startswith("text/html")
        assert "<h1>Nothing was written</h1>" in response.text
        assert words in response.text
        assert f'<td lang="{language}">' in response.text
        assert "/ns/shapes" in response.text
        assert "urn:e" in response.text
        assert "<script>" not in response.text


def test_what_was_looked_at_is_what_is_written(curator: httpx.Client) -> None:
    """Not the text again, which would make something else of it."""
    made = "<urn:s> <urn:id> ?id ; <urn:new> [ <urn:at> ?now ]"
    text = f"INSERT {{ GRAPH <{PRIVATE}> {{ {made} }} }} WHERE {{ BIND(UUID() AS ?id) BIND(NOW() AS ?now) }}"
    for count in (1, 2):
        assert update(curator, text).status_code == 200
        rows = curator.get(
            "/sparql", params={"query": "SELECT ?id ?b { <urn:s> <urn:id> ?id ; <urn:new>/<urn:at> ?b }"}
        )
        assert len(rows.json()["results"]["bindings"]) == count * count
    # Blank nodes that are there are changed in their place.
    moved = (
        f"WITH <{PRIVATE}> DELETE {{ ?b <urn:at> ?now }} INSERT {{ ?b <urn:was> ?now }} WHERE {{ ?b <urn:at> ?now }}"
    )
    assert update(curator, moved).status_code == 200
    rows = curator.get("/sparql", params={"query": "SELECT ?b { <urn:s> <urn:new> ?b . ?b <urn:was> ?now }"})
    assert len(rows.json()["results"]["bindings"]) == 2


def test_an_answer_before_it_can_be_seen(curator: httpx.Client) -> None:
    generation = state(curator)[0]
    for number in range(5):
        response = update(curator, insert(f"<urn:s> <urn:p> {number}"), **{"async": "1"})
        assert (response.status_code, response.json()) == (202, {"generation": generation + number + 1})
    assert refused(update(curator, insert("<urn:e> a cg:Engagement"), **{"async": "1"}))


def test_two_writes_break_nothing_together(curator: httpx.Client) -> None:
    """One takes away what the other begins to refer to: whichever comes first, the other is refused."""
    engagement = insert(ENGAGEMENT.format("<urn:o>", "<urn:e>"))
    untyped = f"DELETE DATA {{ GRAPH <{PRIVATE}> {{ <urn:o> a org:FormalOrganization }} }}"
    for _ in range(6):
        assert curator.put(
            STORE,
            params={"graph": PRIVATE},
            content=PREFIXES.replace("PREFIX", "\nPREFIX") + ORGANISATION.format("<urn:o>"),
            headers=TURTLE,
        ).is_success
        together = threading.Barrier(2)

        def write(text: str, together: threading.Barrier = together) -> int:
            together.wait()
            return update(curator, text).status_code

        with ThreadPoolExecutor() as threads:
            assert sorted(threads.map(write, (engagement, untyped))) == [200, 422]


def test_many_write_at_once(curator: httpx.Client) -> None:
    generation = state(curator)[0]

    def write(number: int) -> int:
        faulty = number % 4 == 0
        return update(
            curator, insert(f"<urn:{number}> a cg:Engagement" if faulty else f"<urn:s> <urn:p> {number}")
        ).status_code

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(write, range(24)))
    assert statuses == [422 if number % 4 == 0 else 200 for number in range(24)]
    assert state(curator)[0] == generation + 18


ENDLESS = """INSERT { ?a <urn:x> ?f } WHERE { GRAPH ?x { ?a ?b ?c } GRAPH ?y { ?d ?e ?f } GRAPH ?z { ?g ?h ?i }
  FILTER(CONCAT(STR(?c), STR(?f)) = CONCAT(STR(?i), "never")) }"""
LARGE = f"INSERT DATA {{ {' . '.join(f'<urn:s{number}> <urn:p> {number}' for number in range(40_000))} }}"


@pytest.mark.parametrize(
    ("limits", "text", "status", "code"),
    [
        (Limits(update_seconds=1.0), ENDLESS, 504, "rehearsal-timeout"),
        (Limits(rehearsal_seconds=0.02), LARGE, 504, "rehearsal-timeout"),
        (Limits(rehearsal_memory=48 * 1024 * 1024), LARGE, 413, "rehearsal-died"),
    ],
    ids=["endless", "long-to-judge", "large"],
)
def test_a_rehearsal_that_passes_its_bounds_writes_nothing(
    limits: Limits, text: str, status: int, code: str, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path / "data")
    workspace.open(BASE).close()
    token = TokenBook(workspace.data_dir / "tokens.json").add("Ada", Role.CURATE, datetime.now(UTC))
    store = IsolatedStore(workspace.store, workspace.run, BASE, limits)
    with (
        serving(store, lifespan="on", data_dir=workspace.data_dir) as url,
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as client,
    ):
        before = state(client)
        response = update(client, text)
        assert (response.status_code, response.json()["code"]) == (status, code)
        assert state(client) == before
        # It goes on, and nothing is left behind.
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
        assert not [path for path in workspace.run.iterdir() if path.name.startswith("rehearsal-")]


def test_the_figures_of_the_documentation_are_so() -> None:
    page = (ROOT / "docs" / "direct-writes.md").read_text(encoding="utf-8")
    limits = Limits()
    for what, figure in (
        ("working out what an update changes", f"{limits.update_seconds:g} s"),
        ("judging what a write changes", f"{limits.rehearsal_seconds:g} s"),
        ("memory of a rehearsal", f"{limits.rehearsal_memory // 1024**2} MB"),
        ("writes that wait", str(limits.write_queue)),
    ):
        assert f"| {what} | {figure} |" in page
    assert f"Some {MOST:,} results" in page


def test_the_documented_queries_run(curator: httpx.Client, admin: httpx.Client) -> None:
    page = (ROOT / "docs" / "direct-writes.md").read_text(encoding="utf-8")
    (query,) = re.findall(r"```sparql\n(.*?)```", page, re.DOTALL)
    assert update(admin, insert("<urn:s> <urn:p> 1"), validation="off").status_code == 200
    rows = curator.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert {"who", "when", "what"} == set(rows[0])
    (text,) = re.findall(r"--data-binary '(.*?)'", page)
    assert update(curator, text).status_code == 200
    assert curator.delete(STORE, params={"graph": "https://example.org/mine"}).status_code == 200


def test_what_was_merged_does_not_come_back(curator: httpx.Client) -> None:
    described = [ORGANISATION.format(f"<urn:made-up:{name}>") for name in ("old", "new", "newest")]
    assert update(curator, insert(" . ".join(one.removesuffix(" .") for one in described))).status_code == 200
    judged = []
    for left, right in (("old", "new"), ("new", "newest")):
        asked = {"left": f"urn:made-up:{left}", "right": f"urn:made-up:{right}", "verdict": "same"}
        judged.append(curator.post("/judgements", json=asked).raise_for_status().json()["judgement"])
    before = state(curator)
    turtle = "<urn:made-up:{0}> <http://www.w3.org/2004/02/skos/core#altLabel> 'Anew'@en ."
    for response in (
        update(curator, insert("<urn:made-up:old> skos:altLabel 'Anew'@en")),
        update(curator, insert("<urn:other> <urn:knows> <urn:made-up:old#part>")),
        update(curator, f"INSERT {{ GRAPH <{PRIVATE}> {{ ?old skos:altLabel 'Anew'@en }} }} WHERE {{ {_OLD} }}"),
        curator.put(STORE, params={"graph": PRIVATE}, content=turtle.format("old"), headers=TURTLE),
        curator.post(STORE, params={"graph": PRIVATE}, content=turtle.format("new"), headers=TURTLE),
    ):
        assert response.status_code == 422, response.text
        assert response.json()["code"] == "merged-away"
        assert "<urn:made-up:newest" in response.json()["detail"]
        assert "<urn:made-up:newest" in response.json()["hint"]
    assert state(curator) == before
    assert update(curator, insert("<urn:made-up:newest> skos:altLabel 'Anew'@en")).status_code == 200
    gone = "DELETE DATA { GRAPH <urn:none> { <urn:made-up:old> skos:altLabel 'Anew'@en } }"
    assert update(curator, gone).status_code == 200, "what takes away brings nothing back"
    for one in reversed(judged):
        curator.post(f"/judgements/{one.rpartition('/')[2]}/undo").raise_for_status()
    assert update(curator, insert("<urn:made-up:old> skos:altLabel 'Anew'@en")).status_code == 200


#: Computed, so that no text names it.
_OLD = "BIND(IRI(CONCAT('urn:made-up:', 'old')) AS ?old)"
