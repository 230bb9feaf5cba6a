"""Statements over HTTP and on pages: recorded, told, withdrawn; who may what; hostile input. All names are invented."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from service.tokens import Role
from tests.service.conftest import BROWSER
from tests.service.test_batches import Service, reference_service

ENGAGEMENTS = (
    "id,organisations,themes,places,as_of\n"
    "k1,blue-house,deinstitutionalisation,AM,2015-03\n"
    "k2,blue-house,inclusive-education,GE,2019-12\n"
)
ORGANISATIONS = "id,name,kind\nblue-house,Blue House,organisation\n"
ENGAGEMENT = "https://w3id.org/commonground/id/engagement/houses/k1"
ABSENCE = {"say": "absence", "theme": "Deinstitutionalisation", "place": "France", "who": "Ana", "day": "2019"}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("statements")) as found:
        with found.client() as client:
            batch = found.bring(client, organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
            client.post(f"/batches/{batch['id']}/accept").raise_for_status()
        yield found


def state(client: httpx.Client, **asked: str) -> str:
    given = {"theme": "deinstitutionalisation", "place": "FR", **asked}
    found: str = client.get("/ask/who-works-on.json", params=given).json()["cell"]["state"]["code"]
    return found


def listed(client: httpx.Client, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get("/statements.json", params=asked).json()["statements"]
    return found


def test_a_statement_is_recorded_counts_is_told_and_is_withdrawn(service: Service) -> None:
    with service.client() as client:
        assert state(client) == "unknown"
        made = client.post("/statements", json={**ABSENCE, "note": "By phone.", "source": "https://example.org/a"})
        assert made.status_code == 200, made.text
        told = made.json()
        assert made.headers["common-ground-generation"] == str(told["generation"])
        assert told["cautions"] == []
        assert state(client) == "known-absence"
        (one,) = listed(client)
        assert (one["id"], one["who"], one["day"], one["by"], one["note"], one["withdrawn"]) == (
            told["id"],
            "Ana",
            "2019",
            "curate",
            "By phone.",
            "",
        )
        assert one["source"]["iri"] == "https://example.org/a"
        (theme,) = listed(client, theme="Деинституционализация", lang="ru")[0]["themes"]
        assert theme["label"] == "Деинституционализация"
        assert listed(client, theme="inclusive-education") == listed(client, say="confirm") == []
        gap = client.get("/gaps.json", params={"theme": "deinstitutionalisation", "place": "FR"}).json()["gaps"][0]
        assert [(e["who"], e["said_on"], e["note"]) for e in gap["evidence"]] == [("Ana", "2019", "By phone.")]
        # It is a thing with a page, in a source with a page.
        for iri in (told["iri"], "https://w3id.org/commonground/id/source/statements"):
            assert (
                client.get("/id/" + iri.partition("/id/")[2], headers=BROWSER, follow_redirects=True).status_code == 200
            )
        assert (
            client.post("/statements", json={**ABSENCE, "note": "By phone.", "source": "https://example.org/a"}).json()[
                "generation"
            ]
            == told["generation"]
        )
        assert client.post(f"/statements/{told['id']}/withdraw").status_code == 200
        assert state(client) == "unknown"
        (one,) = listed(client)
        assert (one["withdrawn_by"], bool(one["withdrawn"])) == ("curate", True)
        assert client.post(f"/statements/{told['id']}/withdraw").status_code == 409
        assert client.post("/statements/00ff/withdraw").status_code == 404


def test_work_is_confirmed_and_counts_again(service: Service) -> None:
    asked = {"place": "AM", "as_of": "2021"}
    with service.client() as client:
        assert state(client, **asked) == "lapsed"
        made = client.post(
            "/statements", json={"say": "confirm", "organisation": "Blue House", "who": "Ana", "day": "2019-11"}
        )
        assert made.status_code == 200, made.text
        assert state(client, **asked) == "covered-by-one"
        (one,) = listed(client, say="confirm", theme="deinstitutionalisation")
        assert [each["iri"] for each in one["engagements"]] == [ENGAGEMENT]
        rows = client.get("/ask/who-works-on.json", params={"theme": "deinstitutionalisation", "place": "AM"}).json()[
            "rows"
        ]
        assert [row["stated_on"] for row in rows] == ["2019-11"]
        page = client.get("/ask/who-works-on?theme=deinstitutionalisation&place=AM", headers=BROWSER).text
        assert "<strong>Ana</strong>, 2019-11" in page
        client.post(f"/statements/{one['id']}/withdraw").raise_for_status()
        assert state(client, **asked) == "lapsed"


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_all_that_is_wrong_is_told_in_both_languages(service: Service, lang: str) -> None:
    wrong = {
        "say": "absence",
        "theme": "Deinstitutionalisatoin",
        "place": "FR",
        "who": "ana@example.org",
        "day": "2999",
    }
    before = listed_count(service)
    with service.client() as client:
        answer = client.post("/statements", json={**wrong, "who": "Ana"}, headers={"accept-language": lang})
        assert answer.status_code == 422
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.headers["content-language"] == lang
        faults = answer.json()["faults"]
        assert [one["code"] for one in faults] == ["future-day", "unknown-name"]
        assert all(one["message"] == one["messages"][lang] and set(one["messages"]) == {"en", "ru"} for one in faults)
        assert "Deinstitutionalisation (deinstitutionalisation)" in faults[1]["suggestions"]
        page = client.post(f"/statements?lang={lang}", data=wrong, headers=BROWSER)
        assert page.status_code == 422
        assert {"en": "Leave the address out", "ru": "Уберите адрес"}[lang] in page.text
        # What was typed is still there.
        assert 'value="Deinstitutionalisatoin"' in page.text
    assert listed_count(service) == before


def listed_count(service: Service) -> int:
    with service.client(None) as client:
        return len(listed(client))


def test_a_person_is_warned_first_and_then_recorded_all_the_same(service: Service) -> None:
    form = {**ABSENCE, "place": "Georgia", "theme": "Inclusive education", "day": "2020", "say": "complete"}
    before = listed_count(service)
    with service.client(**BROWSER) as client:
        page = client.post("/statements", data=form)
        assert page.status_code == 200
        assert "Nothing was recorded yet" in page.text
        assert "Blue House" in page.text
        assert listed_count(service) == before
        done = client.post("/statements", data={**form, "anyway": "1"})
        assert done.status_code == 303
        address, _, name = done.headers["location"].partition("#")
        page = client.get(address)
        assert f'id="{name}"' in page.text
        assert client.post(f"/statements/{name}/withdraw").headers["location"] == f"/statements#{name}"
    assert listed_count(service) == before + 1


def test_the_form_is_reached_from_a_cell_and_a_gap(service: Service) -> None:
    with service.client(None, **BROWSER) as client:
        link = "/statements?" + urlencode({"theme": "deinstitutionalisation", "place": "FR"}).replace("&", "&amp;")
        for address in ("/ask/who-works-on", "/gaps"):
            page = client.get(address, params={"theme": "deinstitutionalisation", "place": "FR"}).text
            assert f'href="{link}"' in page, address
        page = client.get("/statements?theme=deinstitutionalisation&place=FR").text
        assert "sign in" in page
        assert 'method="post"' not in page
        # Signing in leads back.
        after = "/statements?say=absence&theme=Deinstitutionalisation&place=France"
        assert f"/sign-in?{urlencode({'after': after})}".replace("&", "&amp;") in page
        assert f'value="{after}"'.replace("&", "&amp;") in client.get("/sign-in", params={"after": after}).text
        assert 'value="/batches"' in client.get("/sign-in", params={"after": "//example.org/"}).text
    with service.client(**BROWSER) as client:
        page = client.get("/statements?theme=deinstitutionalisation&place=FR").text
        assert 'name="theme" list="choices-theme" value="Deinstitutionalisation"' in page
        assert client.get("/statements?theme=nonsense-theme").status_code == 422
        boxes = client.get("/statements?say=confirm&organisation=Blue+House").text
        assert boxes.count('type="checkbox"') == 2
        assert "about to lapse: all was stated" in client.get("/statements?say=confirm&place=FR").text


def test_a_form_confirms_what_is_ticked(service: Service) -> None:
    with service.client(**BROWSER) as client:
        fields = {"say": "confirm", "organisation": "Blue House", "who": "Ana", "day": "2019"}
        # Whoever ticks nothing confirms nothing.
        page = client.post("/statements", data={**fields, "engagement": ""})
        assert page.status_code == 422
        assert "checked" not in page.text
        fields["engagement"] = ENGAGEMENT
        done = client.post("/statements", data=fields)
        assert done.status_code == 303, done.text
        name = done.headers["location"].partition("#")[2]
        client.post(f"/statements/{name}/withdraw")
    with service.client(None) as client:
        (one,) = [one for one in listed(client) if one["id"] == name]
        assert [each["iri"] for each in one["engagements"]] == [ENGAGEMENT]


def test_who_may_what(service: Service) -> None:
    with service.client(None) as client:
        assert client.get("/statements.json").status_code == 200
        assert client.post("/statements", json=ABSENCE).status_code == 401
        assert client.post("/statements/00ff/withdraw").status_code == 401
    with service.client(Role.READ) as client:
        assert client.post("/statements", json=ABSENCE).status_code == 403
    with service.client(Role.CONTRIBUTE) as client:
        refused = client.post("/statements", json=ABSENCE)
        assert refused.status_code == 403
        assert "Ask curate" in refused.json()["hint"]


HOSTILE = "<script>alert('said')</script>"


def test_what_is_said_is_shown_as_text(service: Service) -> None:
    with service.client() as client:
        made = client.post("/statements", json={**ABSENCE, "who": HOSTILE, "note": HOSTILE}).json()
        for address in ("/statements", "/ask/who-works-on?theme=deinstitutionalisation&place=FR", "/gaps?place=FR"):
            page = client.get(address, headers=BROWSER).text
            assert HOSTILE not in page
            assert "&lt;script&gt;alert(" in page, address
        client.post(f"/statements/{made['id']}/withdraw")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b"{}", 422),
        (b'{"say": 1}', 422),
        (b'{"say": [["absence"]]}', 422),
        (b'{"colour": "red"}', 422),
        (b'{"say": "absence", "theme": "<x> } DROP ALL #", "place": "FR", "who": "A", "day": "2010"}', 422),
        (b'{"say": "confirm", "engagement": "urn:x> . ?s ?p ?o } #", "who": "A", "day": "2010"}', 422),
        (b'{"say": "absence", "theme": "\\ud800", "place": "FR", "who": "A", "day": "2010"}', 422),
        (b'{"say": "absence", "theme": "FR", "place": "FR", "who": "\\u0000", "day": "2010"}', 422),
        (b'{"say": "absence", "theme": "' + b"A" * 150_000 + b'", "place": "FR", "who": "A", "day": "2010"}', 422),
    ],
)
def test_bodies_that_are_none(service: Service, body: bytes, status: int) -> None:
    before = listed_count(service)
    with service.client() as client:
        for accept in ({}, BROWSER):
            answer = client.post("/statements", content=body, headers={"content-type": "application/json", **accept})
            assert answer.status_code == status, answer.text[:300]
    assert listed_count(service) == before


def test_another_site_cannot_have_a_signed_in_person_state_something(service: Service) -> None:
    with service.client(None, **BROWSER) as client:
        signed = client.post(
            "/sign-in", data={"token": service.tokens[Role.CURATE]}, headers={"origin": service.address}
        )
        assert signed.status_code == 303
        foreign = {"origin": "https://example.org", "sec-fetch-site": "cross-site"}
        assert client.post("/statements", data=ABSENCE, headers=foreign).status_code == 403
