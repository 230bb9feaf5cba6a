"""Judgements over HTTP: proposed, made, led on, taken back. All names are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from graph.ingest import ingest, load_reference
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE
from service.cli import main
from service.tokens import Role
from service.workspace import Workspace, now
from tests.service.conftest import BROWSER
from tests.service.test_batches import Service, reference_service

SHEET = (
    "Country,Partner,Sector\n"
    "Armenia,Blue House Foundation,Water\n"
    "Georgia,Blue House Fundation,Water\n"
    "Georgia,Blue House Fundation,Health\n"
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("judgements")) as found:
        with found.client() as client:
            batch = found.bring(client, "theirs", as_of="2024", sheet=SHEET)
            client.post(f"/batches/{batch['id']}/accept").raise_for_status()
        yield found


def test_a_pair_is_judged_leads_on_and_is_taken_back(service: Service) -> None:
    with service.client() as client:
        told = client.get("/judgements").json()
        (pair,) = told["pairs"]
        assert (told["looked_at"], told["things"], told["total"], told["page"], told["pages"]) == (2, 2, 1, 1, 1)
        assert pair["why"]["ru"]
        asked = {"left": pair["left"]["iri"], "right": pair["right"]["iri"]}
        made = client.post("/judgements", json={**asked, "verdict": "same", "note": "One house."})
        assert made.status_code == 200, made.text
        old = "/id/" + asked["left"].partition("/id/")[2]
        new = "/id/" + asked["right"].partition("/id/")[2]
        for ending in ("", ".ttl", ".html"):
            answer = client.get(old + ending, follow_redirects=False)
            assert (answer.status_code, answer.headers["location"]) == (308, new + ending)
            assert answer.headers["cache-control"] == "no-cache"
        found = client.get("/judgements").json()
        assert found["pairs"] == []
        (judgement,) = found["judgements"]
        assert (judgement["verdict"], judgement["note"], judgement["undone"]) == ("same", "One house.", "")
        assert client.post("/judgements", json={**asked, "verdict": "same"}).status_code == 422
        assert client.post(f"/judgements/{judgement['id']}/undo").status_code == 200
        assert client.get(old, follow_redirects=False).status_code == 303
        assert len(client.get("/judgements").json()["pairs"]) == 1
        assert client.post(f"/judgements/{judgement['id']}/undo").status_code == 409
        assert client.post("/judgements/00ff/undo").status_code == 404


def test_the_page_has_the_pairs_and_takes_the_answer(service: Service) -> None:
    with service.client(**BROWSER) as client, service.client() as program:
        page = client.get("/judgements").text
        assert "Blue House Fundation" in page
        assert "Not the same" in page
        pair = program.get("/judgements").json()["pairs"][0]
        form = {
            "left": pair["left"]["iri"],
            "right": pair["right"]["iri"],
            "verdict": "different",
            "kind": "organisation",
        }
        answer = client.post("/judgements", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, "/judgements?kind=organisation")
        assert "Nothing that has not been judged" in client.get("/judgements").text
        assert client.get("/judgements?kind=theme").status_code == 200


def test_who_may_what(service: Service) -> None:
    with service.client(None) as client:
        assert client.get("/judgements").status_code == 401
        assert "token" in client.get("/judgements", headers=BROWSER).text
    with service.client(Role.CONTRIBUTE) as client:
        assert client.get("/judgements").status_code == 200
        assert client.post("/judgements", json={}).status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad-request"),
        (b"[]", 422, "bad-value"),
        (b'{"left": "a"}', 422, "missing-parameter"),
        (b'{"left": "a b", "right": "c", "verdict": "same"}', 422, "unknown-thing"),
        (b'{"left": "a", "right": "c", "verdict": "perhaps"}', 422, "bad-verdict"),
    ],
)
def test_what_cannot_be_judged_is_said(service: Service, body: bytes, status: int, code: str) -> None:
    with service.client() as client:
        answer = client.post("/judgements", content=body, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_an_unknown_kind_is_told(service: Service) -> None:
    with service.client() as client:
        assert client.get("/judgements?kind=car").status_code == 422
        assert client.get("/judgements?page=0").status_code == 422
        assert client.get("/judgements?page=x").status_code == 422
        assert client.get("/judgements?page=9").json()["page"] == 1


def test_the_command_line_judges_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    store = EmbeddedStore(data / "store")
    load_reference(store)
    (tmp_path / "sheet.csv").write_text(SHEET)
    ingest(store, tmp_path / "sheet.csv", source="theirs", by="Anna", clock=now)
    store.close()
    Workspace(data).mark(DEFAULT_BASE)

    def run(*words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, ["judge", *words, "--data-dir", str(data)])
        assert result.exit_code == status, result.output
        return result

    (pair,) = json.loads(run("pairs", "--format", "json").stdout)
    assert pair["labels"] == ["Blue House Foundation", "Blue House Fundation"]
    assert "Compared 2 of 2; 1 pairs." in run("pairs").stderr
    run("make", "same", pair["left"], "Blue House Fundation", "--by", "Anna", "--note", "One house.")
    (made,) = json.loads(run("list", "--format", "json").stdout)
    assert (made["verdict"], made["left"], made["right"], made["by"]) == ("same", pair["left"], pair["right"], "Anna")
    assert (made["note"], made["undone"]) == ("One house.", "")
    assert json.loads(run("pairs", "--format", "json").stdout) == []
    assert "no-such-house" in run("make", "same", "no-such-house", pair["right"], status=2).stderr
    run("undo", made["judgement"])
    assert json.loads(run("list", "--format", "json").stdout)[0]["undone"]
    assert len(json.loads(run("pairs", "--format", "json").stdout)) == 1
    run("undo", made["judgement"], status=1)
