"""The service over the real data: what issue and document promise, through HTTP."""

import httpx
import pytest

from tests.service.conftest import BROWSER

pytestmark = pytest.mark.xdist_group("workspace")


def found(client: httpx.Client, **parameters: str) -> list[tuple[str, str, str]]:
    body = client.get("/ask/who-works-on.json", params=parameters).json()
    assert all(e["quote"] and e["start"] < e["end"] for r in body["rows"] for e in r["evidence"])
    assert all(r["evidence"] for r in body["rows"])
    return [(r["organisation"]["label"], r["place"]["label"], r["grade"]["code"]) for r in body["rows"]]


def test_who_works_on_deinstitutionalisation(roundtable: httpx.Client) -> None:
    assert found(roundtable, theme="deinstitutionalisation") == [
        ("UNICEF Armenia", "Armenia", "stated"),
        ("UNICEF CEE/CIS Child Protection", "CEE/CIS", "inferred"),
    ]


def test_nothing_is_stated_in_romania(roundtable: httpx.Client) -> None:
    assert found(roundtable, theme="deinstitutionalisation", place="Romania") == [
        ("UNICEF CEE/CIS Child Protection", "CEE/CIS", "regional-inferred")
    ]
    page = roundtable.get("/ask/who-works-on?theme=deinstitutionalisation&place=Romania", headers=BROWSER).text
    assert "Inferred only" in page
    assert "Inferred for the region" in page


def test_coverage_is_not_the_seat(roundtable: httpx.Client) -> None:
    for place in ("Bosnia and Herzegovina", "Bulgaria"):
        assert "Open University" in [row[0] for row in found(roundtable, theme="inclusive education", place=place)]
    assert "Open University" not in [row[0] for row in found(roundtable, theme="inclusive education", place="GB")]


def test_the_absent_presenter_is_said_to_be_absent(roundtable: httpx.Client) -> None:
    page = roundtable.get("/id/talk/participatory-action-research", headers=BROWSER).text
    assert "Presenter absent" in page
    assert "unable to attend" in page
    assert ">Attended<" not in page


def test_no_page_says_that_somebody_attended(roundtable: httpx.Client) -> None:
    query = "SELECT ?t { ?t a <https://w3id.org/commonground/ns#Talk> }"
    talks = roundtable.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert len(talks) == 14
    for talk in talks:
        path = talk["t"]["value"].removeprefix("https://w3id.org/commonground")
        assert ">Attended<" not in roundtable.get(path, headers=BROWSER).text


def test_every_thing_has_a_page(roundtable: httpx.Client) -> None:
    query = """SELECT DISTINCT ?s { ?s a ?class FILTER(STRSTARTS(STR(?s), "https://w3id.org/commonground/id/"))
      FILTER NOT EXISTS { ?s a <http://www.w3.org/2004/02/skos/core#Concept> } FILTER(!CONTAINS(STR(?s), "#")) }"""
    things = roundtable.get("/sparql", params={"query": query}).json()["results"]["bindings"]
    assert len(things) > 200
    for thing in things[::7]:
        path = thing["s"]["value"].removeprefix("https://w3id.org/commonground")
        response = roundtable.get(path, headers=BROWSER)
        assert response.status_code == 200, path
        assert "<h1>" in response.text
