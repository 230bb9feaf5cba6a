"""The command line as a coordinator uses it."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from service.cli import main

pytestmark = pytest.mark.xdist_group("workspace")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_the_missions_question(workspace: Path) -> None:
    result = run(
        "ask",
        "who-works-on",
        "--theme",
        "deinstitutionalisation",
        "--format",
        "json",
        "--data-dir",
        str(workspace),
    )
    assert result.exit_code == 0, result.output
    rows = json.loads(result.stdout)["rows"]
    found = [(r["organisation"]["label"], r["place"]["label"], r["grade"]["code"]) for r in rows]
    assert found == [
        ("UNICEF Armenia", "Armenia", "stated"),
        ("UNICEF CEE/CIS Child Protection", "CEE/CIS", "inferred"),
    ]
    for row in rows:
        assert row["evidence"][0]["quote"]
        assert row["evidence"][0]["end"] > row["evidence"][0]["start"]


def test_an_unknown_theme_gets_suggestions_and_exit_2(workspace: Path) -> None:
    result = run("ask", "who-works-on", "--theme", "deinstitutonalisaton", "--data-dir", str(workspace))
    assert result.exit_code == 2
    assert "Deinstitutionalisation" in result.stderr


def test_a_missing_parameter_is_wrong_usage(workspace: Path) -> None:
    assert run("ask", "who-works-on", "--data-dir", str(workspace)).exit_code == 2


@pytest.mark.parametrize("fmt", ["table", "json", "csv"])
def test_gaps_in_every_format(workspace: Path, fmt: str) -> None:
    result = run("gaps", "--place", "Armenia", "--format", fmt, "--data-dir", str(workspace))
    assert result.exit_code == 0, result.output
    assert "Armenia" in result.stdout


def test_gaps_as_a_workbook_are_those_of_the_table(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "found.xlsx"
    asked = ("gaps", "--organisation", "UNICEF", "--limit", "3", "--data-dir", str(workspace))
    result = run(*asked, "--format", "xlsx", "--output", str(target))
    assert result.exit_code == 0, result.output
    sheet = openpyxl.load_workbook(target)["gaps"]
    table = list(csv.reader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    heading, *rows = [["" if cell is None else cell for cell in row] for row in sheet.values]
    assert [heading, *rows] == [table[0], *([float(row[0]), *row[1:]] for row in table[1:])]
    assert len(table) == 4


def test_coverage_in_every_format(workspace: Path, tmp_path: Path) -> None:
    asked = ("coverage", "--theme", "deinstitutionalisation", "--place", "Armenia", "--data-dir", str(workspace))
    table = run(*asked)
    assert "Stated: UNICEF Armenia." in table.stdout
    assert "1 theme, 1 place: covered-by-one 1. Looked at: 44 engagements" in table.stderr
    told = json.loads(run(*asked, "--format", "json").stdout)
    assert [(cell["state"], cell["since"]) for cell in told["cells"]] == [("covered-by-one", "2010-05-12")]
    target = tmp_path / "cells.xlsx"
    run(*asked, "--format", "xlsx", "-o", str(target))
    sheet = openpyxl.load_workbook(target)["coverage"]
    lines = list(csv.reader(io.StringIO(run(*asked, "--format", "csv").stdout)))
    assert [["" if cell is None else cell for cell in row] for row in sheet.values] == lines
    wrong = run(*asked, "--roll-up", "family")
    assert (wrong.exit_code, "families" in wrong.stderr) == (2, True)


def test_gaps_that_were_not_all_looked_for_are_told_as_at_least(workspace: Path) -> None:
    asked = ("gaps", "not-collaborating", "--data-dir", str(workspace))
    some, every = run(*asked, "--limit", "1", "--format", "json"), run(*asked, "--limit", "10000")
    told = json.loads(some.stdout)
    assert (some.stderr.startswith("At least "), "At least" in every.stderr) == (told["count_is_at_least"], False)
    assert told["count_is_at_least"]
    assert f"At least {told['count']} gap" in some.stderr


def test_gaps_say_what_was_looked_at_and_by_which_weights(workspace: Path) -> None:
    asked = ("gaps", "uncovered", "--theme", "deinstitutionalisation", "--place", "Armenia")
    result = run(*asked, "--data-dir", str(workspace))
    assert (result.exit_code, result.stdout) == (0, "")
    assert "0 gaps. Looked at:" in result.stderr
    assert "as of 2010-05-12" in result.stderr
    weighed = run(
        "gaps", "uncovered", "--weights", "asked:1,absence:0", "--format", "json", "--data-dir", str(workspace)
    )
    assert json.loads(weighed.stdout)["weights"] == {"uncovered": {"absence": 0.0, "asked": 1.0}}
    wrong = run("gaps", "--weights", "askd:1", "--data-dir", str(workspace))
    assert wrong.exit_code == 2
    assert "asked" in wrong.stderr


def test_gaps_between_two_days(workspace: Path) -> None:
    """Five years and a day after the roundtable the one stated pair has lapsed."""
    asked = ("gaps", "lapsed", "--theme", "deinstitutionalisation", "--data-dir", str(workspace))
    days = ("--from", "2010-05-12", "--to", "2015-05-13")
    body = json.loads(run(*asked, *days, "--format", "json").stdout)
    assert any(gap["iri"].endswith("lapsed/deinstitutionalisation--AM") for gap in body["opened"])
    assert body["counts"]["opened"] == len(body["opened"])
    table = list(csv.DictReader(io.StringIO(run(*asked, *days, "--format", "csv").stdout)))
    assert {row["change"] for row in table} == {"opened"}
    assert len(table) == len(body["opened"])
    assert "UNICEF Armenia" in run(*asked, *days).stdout
    # What was known before anything came is nothing; what is known now is all there is.
    known = run(
        *asked, "--from", "2001", "--to", "2100", "--by", "knowledge", "--as-of", "2015-05-13", "--format", "json"
    )
    assert json.loads(known.stdout)["counts"]["opened"] == len(body["opened"])
    for wrong in (("--from", "2010"), ("--from", "2011", "--to", "2010"), (*days, "--limit", "3")):
        assert run(*asked, *wrong).exit_code == 2, wrong


BROKEN = """organisations,themes,places,start,end,colour
,deinstitutionalisation,AM,2010,2011,red
UNICEF Armenia,deinstitutionalysating,AM,2010,2011,
UNICEF Armenia,deinstitutionalisation,AM,32.13.2010,,
UNICEF Armenia,deinstitutionalisation,AM,2011,2010,
"""


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    path = tmp_path / "engagements.csv"
    path.write_text(BROKEN, encoding="utf-8")
    return path


def test_a_broken_table_is_explained_at_its_cells(workspace: Path, broken: Path) -> None:
    before = run(
        "ask",
        "what-does",
        "--organisation",
        "UNICEF Armenia",
        "--format",
        "json",
        "--data-dir",
        str(workspace),
    )
    result = run("ingest", str(broken), "--source", "broken", "--format", "json", "--data-dir", str(workspace))
    assert result.exit_code == 1
    report = json.loads(result.stdout)["report"]
    at = {(r["row"], r["column"]): r for r in report["results"]}
    assert (2, "organisations") in at
    assert at[3, "themes"]["nearest"] == "deinstitutionalisation"
    assert at[4, "start"]["value"] == "32.13.2010"
    assert any(row == 5 for row, _ in at)
    assert any(column == "colour" for _, column in at)
    for r in report["results"]:
        assert r["message"]["en"]
        assert r["message"]["ru"]
    after = run(
        "ask",
        "what-does",
        "--organisation",
        "UNICEF Armenia",
        "--format",
        "json",
        "--data-dir",
        str(workspace),
    )
    assert after.stdout == before.stdout


def test_validate_says_whether_the_table_would_go_in(workspace: Path, tmp_path: Path) -> None:
    table = tmp_path / "engagements.csv"

    def says(*lines: str) -> tuple[int, str]:
        table.write_text("\n".join(["organisations,themes,places,as_of", *lines]), encoding="utf-8")
        result = run("validate", str(table), "--data-dir", str(workspace))
        return result.exit_code, result.stderr.strip().splitlines()[-1]

    assert says("Perspektiva,policy,Georgia,2011") == (0, "No findings: it would go in.")
    # A date that is missing is a warning.
    assert says("Perspektiva,policy,Georgia,") == (0, "1 finding, none of which stands in the way: it would go in.")
    assert says("Perspektiva,policy,Narnia,2011", "Nobody,policy,Georgia,2011") == (
        1,
        "2 findings: nothing of it would go in before the violations are corrected.",
    )


def test_a_report_in_russian(workspace: Path, broken: Path) -> None:
    result = run("validate", str(broken), "--lang", "ru", "--data-dir", str(workspace))
    assert result.exit_code == 1
    assert any("а" <= c <= "я" for c in result.stdout)


def test_ingest_and_the_same_again(tmp_path: Path) -> None:
    data = tmp_path / "data"
    table = tmp_path / "engagements.csv"
    table.write_text("organisations,themes,places\nPerspektiva,inclusive education,Georgia\n", encoding="utf-8")
    first = run("ingest", str(table), "--source", "ours", "--data-dir", str(data), "--format", "json")
    assert first.exit_code == 0, first.output
    again = run("ingest", str(table), "--source", "ours", "--data-dir", str(data), "--format", "json")
    assert json.loads(again.stdout)["status"] == "unchanged"
    assert json.loads(again.stdout)["generation"] == json.loads(first.stdout)["generation"]
    asked = run("ask", "where-is", "--theme", "IE", "--format", "csv", "--data-dir", str(data))
    assert "Georgia" in asked.stdout


def test_a_part_of_a_source_does_not_wipe_out_the_rest(workspace: Path, tmp_path: Path) -> None:
    table = tmp_path / "organisations.csv"
    table.write_text("id,name,kind\nanother,Another,organisation\n", encoding="utf-8")
    refused = run("ingest", str(table), "--source", "roundtable-2010", "--data-dir", str(workspace))
    assert refused.exit_code == 1
    assert "would be withdrawn" in refused.stderr
    assert "--replace" in refused.stderr
    asked = run("ask", "who-works-on", "--theme", "DI", "--format", "csv", "--data-dir", str(workspace))
    assert "UNICEF Armenia" in asked.stdout


def test_backup_and_restore(workspace: Path, tmp_path: Path) -> None:
    archive, again = tmp_path / "all.tar.gz", tmp_path / "again"
    assert run("backup", str(archive), "--data-dir", str(workspace)).exit_code == 0
    assert run("restore", str(archive), "--data-dir", str(again)).exit_code == 0
    question = ("ask", "who-works-on", "--theme", "inclusive education", "--format", "csv")
    before, after = run(*question, "--data-dir", str(workspace)), run(*question, "--data-dir", str(again))
    assert after.stdout == before.stdout
    assert run("restore", str(archive), "--data-dir", str(again)).exit_code == 1


def test_export_writes_a_map(workspace: Path, tmp_path: Path) -> None:
    target = tmp_path / "map.graphml"
    result = run("export", "collaboration", "--format", "graphml", "-o", str(target), "--data-dir", str(workspace))
    assert result.exit_code == 0, result.output
    assert target.read_bytes().startswith(b"<?xml")


def test_every_command_explains_itself() -> None:
    for name, command in main.commands.items():
        assert run(name, "--help").exit_code == 0
        assert command.help, name
