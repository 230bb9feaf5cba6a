"""What-ifs over HTTP, on the page, on the command line; each in a process of its own."""

from __future__ import annotations

import asyncio
import csv
import html
import io
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import openpyxl
import pytest
from click.testing import CliRunner, Result

from graph.errors import GraphError, TooBusy
from graph.gaps import child
from service.cli import main
from tests.service.conftest import BROWSER

pytestmark = pytest.mark.xdist_group("workspace")

ROMANIA = "UNICEF Romania|deinstitutionalisation|Romania"
TOGETHER = "RENINCO|Enabling Education Network"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def page(client: httpx.Client, path: str, status: int = 200, **params: Any) -> str:
    response = client.get(path, params=params or None, headers=BROWSER)
    assert response.status_code == status, response.text[:400]
    return html.unescape(response.text)


def test_what_closes_and_opens(roundtable: httpx.Client) -> None:
    answer = roundtable.get("/what-if.json", params={"engagement": ROMANIA}).json()
    closed = {gap["iri"].partition("/gap/")[2]: gap for gap in answer["closed"]}
    assert {"uncovered/deinstitutionalisation--RO", "regional-only/child-protection--RO"} <= closed.keys()
    listed = {gap["iri"]: gap for gap in roundtable.get("/gaps.json", params={"limit": 10000}).json()["gaps"]}
    for gap in answer["closed"]:
        assert {**listed[gap["iri"]], **gap} == listed[gap["iri"]]
    assert not {gap["iri"] for gap in answer["opened"]} & listed.keys()
    assert answer["counts"]["closed"] == len(closed)
    # Nothing of it was recorded.
    assert roundtable.get("/gaps.json", params={"limit": 10000}).json()["count"] == len(listed)
    table = rows(roundtable.get("/what-if.csv", params={"engagement": ROMANIA}).text)
    assert [row["iri"] for row in table if row["outcome"] == "closed"] == [gap["iri"] for gap in answer["closed"]]


@pytest.mark.parametrize(("path", "asked"), [("/what-if", {"engagement": ROMANIA}), ("/what-if/best", {"k": "2"})])
def test_the_workbook_has_the_rows_of_the_table(roundtable: httpx.Client, path: str, asked: dict[str, str]) -> None:
    (sheet,) = openpyxl.load_workbook(io.BytesIO(roundtable.get(f"{path}.xlsx", params=asked).content)).worksheets
    found = [["" if cell is None else str(cell) for cell in row] for row in sheet.values]
    lines = csv.reader(io.StringIO(roundtable.get(f"{path}.csv", params=asked).text.removeprefix("\ufeff")))
    assert found == list(lines)
    assert len(found) > 1


def test_several_at_once_and_in_russian(roundtable: httpx.Client) -> None:
    answer = roundtable.get(
        "/what-if.json",
        params={
            "engagement": [ROMANIA, "Perspektiva|Partnership;Advocacy|RU"],
            "collaboration": TOGETHER,
            "lang": "ru",
        },
    ).json()
    assert [one["kind"] for one in answer["assumed"]] == ["engagement", "engagement", "collaboration"]
    assert len(answer["assumed"][1]["themes"]) == 2
    assert answer["assumed"][0]["sentence"].endswith("место: Румыния.")
    assert all(re.search("[а-я]", gap["reason"]) for gap in answer["closed"])
    only = {"collaboration": TOGETHER, "kind": "isolated-partner"}
    assert roundtable.get("/what-if.json", params=only).json()["counts"]["closed"] == 2


@pytest.mark.parametrize(
    ("params", "says"),
    [
        ({}, "Nothing is assumed"),
        ({"engagement": "UNICEF Romania"}, "does not say who starts what"),
        ({"engagement": "UNICEFF Romnia|advocacy"}, "No organisation is called 'UNICEFF Romnia'"),
        ({"collaboration": "RENINCO"}, "does not name two organisations"),
        ({"collaboration": "RENINCO|reninco"}, "are the same organisation"),
        ({"engagement": ROMANIA, "kind": "uncoverd"}, "no kind of gap 'uncoverd'"),
        ({"engagement": ROMANIA, "place": "Armenja"}, "No place is called 'Armenja'"),
        ({"engagement": ROMANIA, "as_of": "soon"}, "is not a day"),
        ({"engagement": ROMANIA, "collaborations": "a|b"}, "no parameter 'collaborations'"),
        ({"engagement": [f"Perspektiva|advocacy|{i}" for i in range(21)]}, "more than 20 times"),
        ({"engagement": "x" * 501}, "longer than 500"),
    ],
)
def test_bad_input_is_explained(roundtable: httpx.Client, params: dict[str, Any], says: str) -> None:
    response = roundtable.get("/what-if.json", params=params)
    assert response.status_code == 422
    problem = response.json()
    assert says in problem["detail"]
    assert problem.get("hint") or "longer than" in says


@pytest.mark.parametrize(("k", "says"), [("0", "1 to 20"), ("21", "1 to 20"), ("many", "1 to 20")])
def test_a_bad_number_of_ties(roundtable: httpx.Client, k: str, says: str) -> None:
    response = roundtable.get("/what-if/best.json", params={"k": k})
    assert response.status_code == 422
    assert says in response.json()["hint"]


def test_the_best_ties(roundtable: httpx.Client) -> None:
    params = {"k": 3, "kind": "not-collaborating"}
    answer = roundtable.get("/what-if/best.json", params=params).json()
    assert (answer["closed"], answer["at_most"], answer["gaps"]) == (7, 7, 7)
    assert answer["told"].startswith("These 2 ties close 7 of 7 gaps.")
    assert len(rows(roundtable.get("/what-if/best.csv", params=params).text)) == 7
    # Each is what the what-if of it says.
    for new in answer["ties"]:
        tried = {new["assumed"]["kind"]: new["assumed"]["text"], "kind": "not-collaborating"}
        closed = roundtable.get("/what-if.json", params=tried).json()["closed"]
        assert [gap["iri"] for gap in new["closes"]] == [gap["iri"] for gap in closed]
    response = roundtable.get("/what-if/best.json", params={"kind": "priority-without-actor"})
    assert response.status_code == 422
    assert "uncovered" in response.json()["suggestions"]


def test_the_form_leads_to_an_address(roundtable: httpx.Client) -> None:
    assert "Somebody starts something" in page(roundtable, "/what-if")
    # The link of a gap: what and where are filled in, who is asked for.
    asked = page(roundtable, "/what-if", what="Deinstitutionalisation", where="Romania")
    assert 'name="what" list="choices-theme" value="Deinstitutionalisation"' in asked
    assert "Who would start here?" in asked
    filled = {"who": "UNICEF Romania", "what": "Deinstitutionalisation", "where": "Romania", "one": "", "other": ""}
    response = roundtable.get("/what-if", params=filled, headers=BROWSER, follow_redirects=False)
    assert response.status_code == 303
    assert response.headers["location"].startswith("/what-if?engagement=")
    found = page(roundtable, response.headers["location"])
    assert "UNICEF Romania starts work on Deinstitutionalisation in Romania." in found
    assert "Would close" in found
    assert "In place of:" in found
    # Once more, with another beside it.
    hidden = re.findall(r'type="hidden" name="(engagement)" value="([^"]+)"', found)
    more = httpx.QueryParams([*hidden, ("one", "RENINCO"), ("other", "Perspektiva"), ("kind", "isolated-partner")])
    both = roundtable.get("/what-if", params=more, headers=BROWSER)
    assert both.url.params.get_list("collaboration")
    assert both.url.params["kind"] == "isolated-partner"
    assert "Perspektiva and RENINCO work together." in html.unescape(both.text)
    # A slip beside it: what was assumed before stays, in the suggestions too.
    slip = roundtable.get("/what-if", params=[*hidden, ("one", "RENINCO"), ("other", "Perspektiwa")], headers=BROWSER)
    assert slip.status_code == 422
    (offered,) = re.findall(r'<a href="([^"]+)">Perspektiva', html.unescape(slip.text))
    assert "engagement=" in offered
    assert "other=perspektiva" in offered


@pytest.mark.parametrize(
    ("fields", "says", "offers"),
    [
        (
            {"who": "UNICEF Romnia", "what": "Advocacy"},
            "No organisation is called 'UNICEF Romnia'",
            "who=unicef-romania",
        ),
        ({"who": "Perspektiva"}, "not said on what they would start", ""),
        ({"one": "Perspektiva"}, "It takes two", ""),
        ({"one": "Perspektiva", "other": "Perspektiva"}, "are the same organisation", ""),
    ],
)
def test_a_form_that_is_filled_in_wrongly(
    roundtable: httpx.Client, fields: dict[str, str], says: str, offers: str
) -> None:
    found = page(roundtable, "/what-if", 422, **fields)
    assert says in found
    assert offers in found
    for name, value in fields.items():
        assert re.search(rf'name="{name}" [^>]*value="{value}"', found)


def test_the_pages_lead_to_each_other(roundtable: httpx.Client) -> None:
    pairs = page(roundtable, "/gaps", kind="not-collaborating")
    (link, *_) = re.findall(r'href="(/what-if\?collaboration=[^"]+)">What if they worked together\?', pairs)
    assert "Would close" in page(roundtable, link)
    cells = page(roundtable, "/gaps", kind="uncovered", place="Romania")
    (link, *_) = re.findall(r'href="(/what-if\?what=[^"]+)">What if somebody started here\?', cells)
    (who,) = re.findall(r'href="(/what-if/best[^"]+)">who is near', page(roundtable, link))
    best = page(roundtable, who)
    assert "starts work on" in best
    (together,) = re.findall(r'href="(/what-if\?engagement=[^"]+)">What if all of these came\?', best)
    assert "Would close" in page(roundtable, together)
    alone = page(roundtable, "/gaps", kind="isolated-partner")
    (link, *_) = re.findall(r'href="(/what-if/best\?kind=isolated[^"]+)">Which tie would close it\?', alone)
    assert "work together" in page(roundtable, link)


@pytest.mark.parametrize(
    ("path", "params"),
    [("/what-if.json", {"engagement": ROMANIA, "lang": "ru"}), ("/what-if/best.json", {"k": "2", "place": "Armenia"})],
)
def test_a_process_of_its_own_says_the_same(
    roundtable: httpx.Client, monkeypatch: pytest.MonkeyPatch, path: str, params: dict[str, str]
) -> None:
    """Where a kind without columns is looked for, as somebody may add one."""
    here = roundtable.get(path, params=params).json()
    monkeypatch.setattr("service.trying.columns", SimpleNamespace(known=lambda _: False))
    ran = []
    run = child.run
    monkeypatch.setattr(child, "run", lambda task, *given, **more: ran.append(task) or run(task, *given, **more))
    assert roundtable.get(path, params=params).json() == here
    assert len(ran) == 1


def test_what_takes_too_long_is_given_up(roundtable: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child, "ANSWERING", -1.0)
    response = roundtable.get("/what-if.json", params={"engagement": ROMANIA})
    assert response.status_code == 503
    assert "took longer" in response.json()["detail"]


def test_the_worst_are_shown_and_all_are_counted(roundtable: httpx.Client) -> None:
    every = roundtable.get("/what-if.json", params={"engagement": ROMANIA}).json()
    some = roundtable.get("/what-if.json", params={"engagement": ROMANIA, "limit": 1}).json()
    assert some["counts"] == every["counts"]
    for outcome in ("closed", "opened", "changed"):
        assert some[outcome] == every[outcome][:1]
        assert every["counts"][outcome] == len(every[outcome])
    shown = page(roundtable, "/what-if", engagement=ROMANIA, limit=1)
    assert "The worst 1 are shown" in shown
    assert (some["partly"], some["not_searched"]) == ([], [])
    assert roundtable.get("/what-if.json", params={"engagement": ROMANIA, "limit": 0}).status_code == 422


def test_the_process_may_die(tmp_path: Path) -> None:
    call = {"kind": None, "parameters": {}, "lang": "en", "as_of": None, "k": 1, "limit": 10}
    at = {"checkpoint": str(tmp_path / "none"), "base": "https://example.org/"}
    with pytest.raises(GraphError) as nothing_there:
        asyncio.run(child.run("best", at | call, guarded=False, seconds=60))
    assert nothing_there.value.code == "store-unusable"
    with pytest.raises(TooBusy, match="longer than"):
        asyncio.run(child.run("best", at | call, guarded=False, seconds=0.01))


def run(workspace: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["what-if", *arguments, "--data-dir", str(workspace)])


def test_on_the_command_line(workspace: Path) -> None:
    tried = run(workspace, "--engagement", ROMANIA, "--format", "json")
    assert tried.exit_code == 0, tried.output
    data = json.loads(tried.stdout)
    assert data["counts"]["closed"] == len(data["closed"]) >= 2
    table = run(workspace, "isolated-partner", "--collaboration", TOGETHER)
    assert "Enabling Education Network" in table.stdout
    assert "closed 2, opened 0" in table.stderr
    best = run(workspace, "--best", "2", "not-collaborating", "--format", "csv")
    assert len(rows(best.stdout)) == 7
    assert "These 2 ties close 7 of 7 gaps." in best.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "Nothing is assumed"),
        (["--best", "2", "--collaboration", TOGETHER], "--best goes without"),
        (["--collaboration", "RENINKO|Perspektiva"], "RENINCO"),
        (["--best", "2", "priority-without-actor"], "It can be asked for"),
    ],
)
def test_the_command_used_wrongly(workspace: Path, arguments: list[str], says: str) -> None:
    wrong = run(workspace, *arguments)
    assert wrong.exit_code == 2
    assert says in wrong.stderr
