"""Batches on the command line. All data are invented."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner, Result

from service.cli import main
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS

pytestmark = pytest.mark.xdist_group("workspace")


class Shell:
    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data

    def run(self, *words: str, status: int = 0) -> Result:
        result = CliRunner().invoke(main, [*words, "--data-dir", str(self.data)])
        assert result.exit_code == status, result.output
        return result

    def file(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def batches(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.run("batches", "list", "--format", "json").stdout)
        return found


@pytest.fixture
def shell(workspace: Path, tmp_path: Path) -> Shell:
    # Other tests may have brought something to the folder that they share.
    shutil.copytree(workspace, tmp_path / "data", ignore=shutil.ignore_patterns("batches"))
    return Shell(tmp_path, tmp_path / "data")


def test_a_preview_changes_nothing_until_it_is_accepted_and_can_be_undone(shell: Shell) -> None:
    table = shell.file("organisations.csv", ORGANISATIONS)
    shown = shell.run("ingest", table, "--source", "houses", "--preview")
    assert "Blue House" in shown.stdout
    assert "Nothing was changed" in shown.stderr
    (batch,) = shell.batches()
    assert batch["state"] == "previewed"
    assert "commonground batches accept " + batch["id"] in shown.stderr
    shell.run("batches", "accept", batch["id"])
    assert json.loads(shell.run("batches", "show", batch["id"], "--format", "json").stdout)["status"] == "accepted"
    assert "withdrawn" in shell.run("batches", "withdraw", batch["id"]).stderr
    assert shell.batches()[0]["state"] == "withdrawn"
    refused = shell.run("batches", "withdraw", batch["id"], status=1)
    assert "nothing of it to withdraw" in refused.stderr


def test_a_script_takes_in_what_it_brings_and_can_read_what_became_of_it(shell: Shell) -> None:
    table = shell.file("organisations.csv", ORGANISATIONS)
    told = json.loads(shell.run("ingest", table, "--source", "houses", "--format", "json").stdout)
    assert (told["status"], told["rows"], told["outcome"]["created"]) == ("accepted", 2, 2)
    assert {row["label"] for row in told["difference"]} == {"Blue House", "Red House"}
    again = json.loads(shell.run("ingest", table, "--source", "houses", "--accept", "--format", "json").stdout)
    assert again["status"] == "unchanged"


def test_good_rows_go_in_and_the_others_come_back_in_a_workbook(shell: Shell) -> None:
    faulty = ENGAGEMENTS + "three,red-house,no such theme,Bulgaria,2010-05-12\n"
    tables = [shell.file("organisations.csv", ORGANISATIONS), shell.file("engagements.csv", faulty)]
    back = shell.folder / "back.xlsx"
    shell.run("ingest", *tables, "--source", "houses", status=1)
    result = shell.run("ingest", *tables, "--source", "houses", "--good-rows", "--rejected", str(back), "--lang", "ru")
    assert "5 rows" in result.stderr
    assert "1 rejected" in result.stderr
    page = openpyxl.load_workbook(back)["engagements"]
    assert [page.cell(2, 1).value, page.cell(2, 6).value] == ["three", 4]


def test_what_was_known_can_be_asked(shell: Shell) -> None:
    table = shell.file("organisations.csv", ORGANISATIONS)
    shell.run("ingest", table, "--source", "houses")
    asked = ["ask", "history-of", "--record", "Blue House", "--format", "json"]
    rows = json.loads(shell.run(*asked).stdout)["rows"]
    assert {row["said_by"]["label"] for row in rows} == {"command line"}
    unknown = shell.run(*asked, "--as-known", "2020", status=2)
    assert "Blue House" in unknown.stderr, "then nothing was called so"


def test_no_batch_of_that_name_is_said(shell: Shell) -> None:
    assert "There is no batch" in shell.run("batches", "show", "x", status=1).stderr
    assert "Nothing was brought" in shell.run("batches", "list").stdout
