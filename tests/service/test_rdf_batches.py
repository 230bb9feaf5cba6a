"""RDF and IATI files as batches, on the command line and over HTTP: the same file twice changes nothing, faults are at
their line, hostile files harm nobody. All data are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest

from tests.graph.ingest.odd_rdf import RDF_FILES
from tests.graph.ingest.odd_xml import NEW
from tests.graph.ingest.rdf.test_alignments import FILES
from tests.service.test_batches import Service, reference_service
from tests.service.test_cli_batches import Shell, shell

__all__ = ["shell"]
NAMES = sorted(path.name for path in FILES.iterdir() if path.suffix != ".txt")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("rdf")) as found:
        yield found


def bring(service: Service, client: httpx.Client, source: str, name: str, data: bytes, **form: str) -> dict[str, Any]:
    """Bring one file; the batch as soon as no job is at it."""
    files = [("files", (name, data, "application/octet-stream"))]
    response = client.post("/batches", files=files, data={"source": source, **form})
    assert response.status_code in (201, 202), response.text
    return service.settled(client, response.json()["id"])


@pytest.mark.parametrize("name", NAMES)
def test_the_same_file_twice_over_http(service: Service, name: str) -> None:
    with service.client() as client:
        source, data = name.partition(".")[0], (FILES / name).read_bytes()
        first = bring(service, client, source, name, data, as_of="2011-01-01")
        assert first["state"] == "previewed", first
        assert first["outcome"]["rows"] == first["outcome"]["accepted_rows"] > 0
        assert client.post(f"/batches/{first['id']}/accept").json()["state"] == "accepted"
        again = bring(service, client, source, name, data, as_of="2011-01-01")
        assert again["state"] == "unchanged"


def test_the_same_file_twice_on_the_command_line(shell: Shell) -> None:
    for name in ("ours.ttl", "schema-org.jsonld"):
        words = ["ingest", str(FILES / name), "--source", name.partition(".")[0], "--format", "json"]
        assert json.loads(shell.run(*words).stdout)["status"] == "accepted"
        assert json.loads(shell.run(*words).stdout)["status"] == "unchanged"
    asked = shell.run("ask", "who-works-on", "--theme", "inclusive education", "--place", "Armenia", "--format", "csv")
    assert "Blue House" in asked.stdout


def test_iati_activities_are_a_batch_like_any_other(service: Service) -> None:
    with service.client() as client:
        batch = bring(service, client, "iati", "activities.xml", NEW, as_of="2011-01-01")
        assert batch["state"] == "previewed"
        assert batch["outcome"]["rows"] == 1
        assert client.post(f"/batches/{batch['id']}/accept").json()["state"] == "accepted"
        again = bring(service, client, "iati", "activities.xml", NEW, as_of="2011-01-01")
        assert again["state"] == "unchanged"


def test_a_faulty_thing_comes_back_with_its_line(service: Service, tmp_path: Path) -> None:
    text = (FILES / "ours.ttl").read_text(encoding="utf-8").replace("place:AM", '"Armenia"')
    line = 1 + text[: text.index(":work a")].count("\n")
    with service.client() as client:
        refused = bring(service, client, "faulty", "ours.ttl", text.encode())
        assert refused["state"] == "rejected"
        report = client.get(f"/batches/{refused['id']}/report.json").json()
        (fault,) = [one for one in report["results"] if one["severity"] == "violation"]
        assert (fault["file"], fault["row"], fault["column"]) == ("ours.ttl", line, "cg:place")
        book = tmp_path / "back.xlsx"
        book.write_bytes(client.get(f"/batches/{refused['id']}/report.xlsx").content)
        page = openpyxl.load_workbook(book)["ours"]
        headings = [cell.value for cell in page[1]]
        cell = page.cell(2, headings.index("cg:place") + 1)
        assert (cell.value, page.cell(2, 1).value.partition("\n")[0]) == ("Armenia", "http://blue.example/work")
        assert cell.comment is not None
        partly = bring(service, client, "partly", "ours.ttl", text.encode(), policy="good-rows")
        outcome = partly["outcome"]
        assert (outcome["rejected_rows"], outcome["rows"] - outcome["accepted_rows"]) == (1, 1)


@pytest.mark.parametrize(
    "name", [name for name in RDF_FILES if "bomb" in name or "deep" in name or "elsewhere" in name]
)
def test_what_is_made_to_harm_is_refused_with_a_sentence(service: Service, name: str) -> None:
    file, make = RDF_FILES[name]
    with service.client() as client:
        batch = bring(service, client, "hostile", file, make())
        assert batch["state"] == "rejected"
        report = client.get(f"/batches/{batch['id']}/report.json").json()
        assert [one["severity"] for one in report["results"]] == ["violation"]
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200
