"""Workbooks over HTTP: the template, what a source says, a brought file with its faults marked. All data are
invented."""

from __future__ import annotations

import hashlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pytest
from openpyxl.workbook import Workbook

from graph.store.embedded import EmbeddedStore
from graph.store.isolated import supported
from graph.workbooks import child
from service.tokens import Role, TokenBook
from service.workspace import ROUNDTABLE, now
from tests.running import running
from tests.service.conftest import BROWSER, serving

pytestmark = pytest.mark.xdist_group("workspace")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Service:
    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        token = TokenBook(folder / "tokens.json").add("curator", Role.CURATE, now())
        self.client = httpx.Client(base_url=url, timeout=120, headers={"authorization": f"Bearer {token}"})

    def bring(self, name: str, data: bytes, **fields: str) -> dict[str, Any]:
        response = self.client.post("/batches", files=[("files", (name, data, XLSX))], data=fields)
        assert response.status_code in (201, 202), response.text
        found: dict[str, Any] = response.json()
        while found["state"] in ("received", "staging"):
            found = self.client.get(f"/batches/{found['id']}.json").json()
        return found


@pytest.fixture(scope="module", params=["in-process", "isolated"])
def service(
    request: pytest.FixtureRequest, workspace: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The roundtable over each engine."""
    folder = tmp_path_factory.mktemp(request.param) / "data"
    shutil.copytree(workspace, folder)
    if request.param == "isolated":
        if not supported():
            pytest.skip("this system has none of the isolated engine's guards")
        with running(folder) as running_service:
            service = Service(running_service.url, folder)
            with service.client:
                yield service
        return
    store = EmbeddedStore(folder / "store")
    with serving(store, lifespan="on", data_dir=folder) as url:
        service = Service(url, folder)
        with service.client:
            yield service
    store.close()


def opened(response: httpx.Response) -> Workbook:
    assert response.status_code == 200, response.text
    return openpyxl.load_workbook(io.BytesIO(response.content))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(("lang", "sheet"), [("en", "Organisations"), ("ru", "Организации")])
def test_anybody_gets_the_template(service: Service, lang: str, sheet: str) -> None:
    response = httpx.get(f"{service.url}/template.xlsx", params={"lang": lang})
    assert sheet in opened(response).sheetnames
    assert response.headers["content-type"] == XLSX
    assert "attachment" in response.headers["content-disposition"]
    again = httpx.get(
        f"{service.url}/template.xlsx", params={"lang": lang}, headers={"if-none-match": response.headers["etag"]}
    )
    assert again.status_code == 304
    assert httpx.get(f"{service.url}/template.xlsx", params={"lang": "xx"}).status_code == 422


def test_a_source_goes_out_is_edited_and_comes_back(service: Service) -> None:
    address = f"/download/source/{ROUNDTABLE}.xlsx"
    response = service.client.get(address, params={"lang": "ru"})
    book = opened(response)
    assert response.headers["content-type"] == XLSX
    assert f'filename="{ROUNDTABLE}.xlsx"' in response.headers["content-disposition"]
    hashed = service.client.get(f"{address}.sha256", params={"lang": "ru"}).text
    assert hashed.startswith(hashlib.sha256(response.content).hexdigest())
    # Without a name it is taken for the source that the file is called like.
    unchanged = service.bring(f"{ROUNDTABLE}.xlsx", response.content)
    assert (unchanged["state"], unchanged["outcome"]["rejected_rows"]) == ("unchanged", 0)

    page = book["Люди"]
    page["B2"] = "Invented Person"
    batch = service.bring(f"{ROUNDTABLE}.xlsx", saved(book))
    assert batch["state"] == "previewed"
    outcome = batch["outcome"]
    assert (outcome["created"], outcome["changed"], outcome["withdrawn"]) == (0, 1, 0)
    assert service.client.post(f"/batches/{batch['id']}/accept").json()["state"] == "accepted"
    # The next one is made anew, of the data as they are now.
    assert opened(service.client.get(address))["People"]["B2"].value == "Invented Person"
    assert service.client.post(f"/batches/{batch['id']}/withdraw").json()["state"] == "withdrawn"
    assert opened(service.client.get(address))["People"]["B2"].value != "Invented Person"


@pytest.mark.parametrize("name", ["source/nobody.xlsx", "theme.xlsx", "all.xlsx", f"source/{ROUNDTABLE}.xlsx.gz"])
def test_what_is_no_source_is_no_workbook(service: Service, name: str) -> None:
    response = service.client.get(f"/download/{name}")
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


def faulty() -> bytes:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Organisations"
    for row in (["id", "name", "kind"], ["blue-house", "Blue House", "organisation"], ["red house", "Red", "unit"]):
        page.append(row)
    book.create_sheet("Formulas")["A1"] = "=1+1"
    page.column_dimensions["B"].width = 51
    return saved(book)


@pytest.mark.parametrize("policy", ["all-or-nothing", "good-rows"])
def test_their_own_workbook_comes_back_marked(service: Service, policy: str) -> None:
    batch = service.bring("houses.xlsx", faulty(), policy=policy, source=f"houses-{policy}")
    (file,) = batch["files"]
    outcome = batch["outcome"]
    assert outcome["rows"] == outcome["accepted_rows"] + outcome["rejected_rows"]
    for lang in ("en", "ru"):
        response = service.client.get(file["marked"], params={"lang": lang})
        book = opened(response)
        assert response.headers["cache-control"] == "no-store"
        assert "attachment" in response.headers["content-disposition"]
        comment = book["Organisations"]["A3"].comment
        report = service.client.get(f"/batches/{batch['id']}/report.json").json()["results"]
        (fault,) = [one for one in report if one["rule"] == "bad-slug"]
        assert comment is not None
        assert fault["message"][lang] in comment.text
        assert book["Organisations"].column_dimensions["B"].width == 51
        assert book["Formulas"]["A1"].value == "=1+1"
    page = service.client.get(f"/batches/{batch['id']}", headers=BROWSER).text
    assert "houses.xlsx, the faults marked in it" in page


def test_a_file_that_cannot_be_marked_comes_back_as_rows_and_says_why(service: Service) -> None:
    table = b"id,name,kind\nred house,Red House,unit\n"
    batch = service.bring("organisations.csv", table, source="no-workbook")
    assert batch["files"][0]["marked"] == ""
    book = opened(service.client.get(f"/batches/{batch['id']}/files/0/marked"))
    assert book.sheetnames == ["About this file", "organisations"]
    assert "Only workbooks" in str(book["About this file"]["A2"].value)
    damaged = service.bring("houses.xlsx", b"PK\x03\x04 and nothing else", source="damaged")
    book = opened(service.client.get(damaged["files"][0]["marked"], params={"lang": "ru"}))
    assert "Её части не согласуются" in str(book["Об этом файле"]["A2"].value)
    assert service.client.get(f"/batches/{damaged['id']}/files/7/marked").status_code == 404
    assert httpx.get(f"{service.url}/batches/{damaged['id']}/files/0/marked").status_code in (401, 403)


# A service in another process keeps its own limits.
@pytest.mark.parametrize("service", ["in-process"], indirect=True)
def test_one_that_takes_too_long_is_ended_and_comes_back_as_rows(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    from graph.batches import marked

    monkeypatch.setattr(marked, "SECONDS", 0.01)
    batch = service.bring("slow.xlsx", faulty(), source="slow")
    book = opened(service.client.get(batch["files"][0]["marked"]))
    assert "more time or memory" in str(book["About this file"]["A2"].value)
    monkeypatch.undo()
    # It is tried again the next time.
    assert "Faults" in opened(service.client.get(batch["files"][0]["marked"])).sheetnames
    assert child.SECONDS > marked.SECONDS > 1


def test_pages_lead_to_them(service: Service) -> None:
    page = service.client.get("/batches", headers=BROWSER).text
    assert 'href="/template.xlsx"' in page
    assert 'href="/template.xlsx?lang=ru"' in page
    page = service.client.get(f"/batches?source={ROUNDTABLE}", headers=BROWSER).text
    assert f"/download/source/{ROUNDTABLE}.xlsx" in page
    page = service.client.get(f"/id/source/{ROUNDTABLE}.html", headers=BROWSER).text
    assert f"/download/source/{ROUNDTABLE}.xlsx" in page
