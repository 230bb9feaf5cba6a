"""Somebody else's sheet over HTTP and on the command line: guessed, shown, corrected, saved, found again. Invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.tokens import Role
from tests.service.conftest import BROWSER
from tests.service.test_batches import Service, reference_service

SHEET = (
    "Country,Partner,Sector,Contact\n"
    "Armenia,Blue House,Inclusive education,x\n"
    "Blue River Situation,Blue House,Water,x\n"
    "Georgia,Red House,Water,x\n"
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("recipes")) as found:
        yield found


def rows(batch: dict[str, Any]) -> tuple[int, int, int]:
    outcome = batch["outcome"]
    return outcome["rows"], outcome["accepted_rows"], outcome["rejected_rows"]


def test_a_guess_is_shown_corrected_saved_and_found_again(service: Service) -> None:
    with service.client() as client:
        batch = service.bring(client, "theirs", policy="good-rows", as_of="2024", sheet=SHEET)
        assert (batch["state"], rows(batch)) == ("previewed", (3, 2, 1))
        (sheet,) = client.get(f"/batches/{batch['id']}/recipes.json").json()["sheets"]
        columns = sheet["recipe"]["tableSchema"]["columns"]
        assert [c.get("cg:tag", "") for c in columns] == ["#country+name", "#org+impl+name", "#sector+name", ""]
        assert sheet["examples"]["Partner"] == ["Blue House", "Red House"]
        columns[0]["cg:values"] = {"Blue River Situation": "Moldova"}
        asked = {"sheet": 0, "recipe": sheet["recipe"], "save": "Blue River"}
        client.post(f"/batches/{batch['id']}/recipe", json=asked)
        batch = service.settled(client, batch["id"])
        assert (batch["state"], rows(batch)) == ("previewed", (3, 3, 0))
        assert client.post(f"/batches/{batch['id']}/accept").json()["state"] == "accepted"
        later = service.bring(client, "theirs", as_of="2024-06", sheet=SHEET)
        assert (later["state"], rows(later)) == ("previewed", (3, 3, 0))
        (sheet,) = client.get(f"/batches/{later['id']}/recipes.json").json()["sheets"]
        assert sheet["recipe"]["name"] == "blue-river"
        assert client.get("/recipes/blue-river.json").json()["name"] == "blue-river"
        assert [one["name"] for one in client.get("/recipes.json").json()["recipes"]] == ["blue-river"]
        assert client.delete("/recipes/blue-river.json").status_code == 204
        assert client.get("/recipes/blue-river.json").status_code == 404


def test_the_page_asks_for_what_is_not_clear_and_takes_the_answer(service: Service) -> None:
    with service.client(**BROWSER) as client, service.client() as program:
        batch = service.bring(program, "pages", as_of="2024", sheet=SHEET)
        assert batch["state"] == "rejected"
        page = client.get(f"/batches/{batch['id']}").text
        assert "Values that are not clear" in page
        assert "Blue River Situation" in page
        form = {
            "sheet": "0",
            "meaning-3": "#activity+description",
            "column-0": "Country",
            "from-0": "Blue River Situation",
            "none-0": "1",
        }
        assert client.post(f"/batches/{batch['id']}/recipe", data=form).status_code == 303
        batch = service.settled(program, batch["id"])
        assert (batch["state"], rows(batch)) == ("previewed", (3, 3, 0))
        columns = program.get(f"/batches/{batch['id']}/recipes.json").json()["sheets"][0]["recipe"]["tableSchema"][
            "columns"
        ]
        assert columns[3]["cg:tag"] == "#activity+description"
        assert columns[0]["cg:values"] == {"Blue River Situation": ""}


def test_who_may_only_contribute_corrects_and_does_not_save(service: Service) -> None:
    with service.client(Role.CONTRIBUTE) as client:
        batch = service.bring(client, "contributed", as_of="2024", sheet=SHEET)
        (sheet,) = client.get(f"/batches/{batch['id']}/recipes.json").json()["sheets"]
        address = f"/batches/{batch['id']}/recipe"
        assert client.post(address, json={"recipe": sheet["recipe"], "save": "mine"}).status_code == 403
        assert client.put("/recipes/mine.json", json=sheet["recipe"]).status_code == 403
        assert client.post(address, json={"recipe": sheet["recipe"]}).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "bad-request"),
        (b"[]", 422, "bad-recipe"),
        (b'{"sheet": 7, "recipe": {"tableSchema": {"columns": []}}}', 422, "no-sheet"),
        (b'{"sheet": "x", "recipe": {}}', 422, "bad-value"),
        (b'{"recipe": {"tableSchema": {"columns": [{"titles": "a", "cg:tag": "#nothing"}]}}}', 422, "bad-recipe"),
        (b"[" * 100_000, 400, "bad-request"),
    ],
)
def test_a_body_that_is_no_recipe_is_refused(service: Service, body: bytes, status: int, code: str) -> None:
    with service.client() as client:
        batch = service.bring(client, "bad", as_of="2024", sheet=SHEET)
        answer = client.post(
            f"/batches/{batch['id']}/recipe", content=body, headers={"content-type": "application/json"}
        )
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert service.settled(client, batch["id"])["state"] == "rejected"


# --- the command line


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_command_line_guesses_saves_and_uses_recipes(tmp_path: Path) -> None:
    data = ("--data-dir", str(tmp_path / "data"))
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(SHEET)
    assert run("ingest", str(sheet), *data, "--as-of", "2024").exit_code == 1
    guessed = run("recipes", "guess", str(sheet), *data)
    assert guessed.exit_code == 0, guessed.output
    recipe = json.loads(guessed.stdout)
    recipe["tableSchema"]["columns"][0]["cg:values"] = {"Blue River Situation": "Moldova"}
    file = tmp_path / "theirs.json"
    file.write_text(json.dumps(recipe))
    used = run("ingest", str(sheet), *data, "--as-of", "2024", "--recipe", str(file), "--preview", "--format", "json")
    assert used.exit_code == 0, used.output
    assert json.loads(used.stdout)["status"] == "previewed"
    assert run("ingest", str(sheet), *data, "--recipe", "theirs").exit_code == 1
    assert run("recipes", "save", str(file), "theirs", *data).exit_code == 0
    assert "theirs" in run("recipes", "list", *data).stdout
    assert json.loads(run("recipes", "show", "theirs", *data).stdout)["name"] == "theirs"
    taken = run("ingest", str(sheet), *data, "--as-of", "2024", "--format", "json")
    assert json.loads(taken.stdout)["status"] == "accepted"
    again = run("ingest", str(sheet), *data, "--as-of", "2024", "--recipe", "theirs", "--format", "json")
    assert json.loads(again.stdout)["status"] == "unchanged"
    assert run("recipes", "remove", "theirs", *data).exit_code == 0
    assert run("recipes", "show", "theirs", *data).exit_code == 1
