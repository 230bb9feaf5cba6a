"""Batches over HTTP: files come, are shown as a difference, go in, come back, are undone. All data are invented."""

from __future__ import annotations

import io
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import openpyxl
import pyoxigraph as ox
import pytest

from graph.ingest import load_reference
from graph.store.embedded import EmbeddedStore
from service.sessions import COOKIE
from service.tokens import Role, TokenBook
from service.workspace import now
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS
from tests.service.conftest import BROWSER, serving

FAULTY = ENGAGEMENTS + "three,red-house,=no such theme,Bulgaria,2010-05-12\n"
BUSY = ("received", "staging", "accepting")


class Service:
    """A service with one token of each role."""

    def __init__(self, address: str, folder: Path) -> None:
        self.address, self.folder = address, folder
        book = TokenBook(folder / "tokens.json")
        self.tokens = {role: book.add(role.word, role, now()) for role in (Role.READ, Role.CONTRIBUTE, Role.CURATE)}

    def client(self, role: Role | None = Role.CURATE, **headers: str) -> httpx.Client:
        given = {"authorization": f"Bearer {self.tokens[role]}"} if role else {}
        return httpx.Client(base_url=self.address, timeout=60, headers={**given, **headers})

    def bring(self, client: httpx.Client, source: str = "houses", **fields: str) -> dict[str, Any]:
        """Bring the tables given by name; the batch as soon as no job is at it."""
        form = {k: fields.pop(k) for k in ("policy", "replace", "as_of") if k in fields}
        files = [("files", (f"{name}.csv", text, "text/csv")) for name, text in fields.items()]
        response = client.post("/batches", files=files, data={"source": source, **form})
        assert response.status_code in (201, 202), response.text
        found: dict[str, Any] = response.json()
        assert response.headers["location"] == f"/batches/{found['id']}"
        return self.settled(client, found["id"])

    def settled(self, client: httpx.Client, batch: str) -> dict[str, Any]:
        deadline = time.monotonic() + 60
        while True:
            found: dict[str, Any] = client.get(f"/batches/{batch}.json").json()
            if found["state"] not in BUSY:
                return found
            assert time.monotonic() < deadline, found
            time.sleep(0.05)


@contextmanager
def reference_service(folder: Path) -> Iterator[Service]:
    """A service that knows the reference data and nothing else."""
    store = EmbeddedStore()
    load_reference(store)
    with serving(store, lifespan="on", data_dir=folder) as address:
        yield Service(address, folder)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with reference_service(tmp_path_factory.mktemp("batches")) as found:
        yield found


def test_a_file_comes_is_shown_goes_in_and_is_undone(service: Service) -> None:
    with service.client() as client:
        batch = service.bring(client, "first", organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
        assert batch["state"] == "previewed"
        assert batch["outcome"]["rows"] == batch["outcome"]["accepted_rows"] == 4
        assert batch["actions"] == ["accept", "cancel"]
        asked = client.get("/sparql", params={"query": "ASK { ?s ?p 'Blue House'@en }"}, headers={"accept": "*/*"})
        assert asked.json()["boolean"] is False
        difference = client.get(f"/batches/{batch['id']}/difference.json", params={"what": "created"}).json()
        assert difference["counts"]["created"] == difference["total"] > 3
        assert "Blue House" in {row["label"] for row in difference["records"]}
        done = client.post(f"/batches/{batch['id']}/accept")
        assert done.status_code == 200, done.text
        assert done.json()["state"] == "accepted"
        assert done.headers["common-ground-generation"] == str(done.json()["generation"])
        again = service.bring(client, "first", organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
        assert again["state"] == "unchanged"
        undone = client.post(f"/batches/{batch['id']}/withdraw").json()
        assert undone["state"] == "withdrawn"
        twice = client.post(f"/batches/{batch['id']}/withdraw")
        assert (twice.status_code, twice.json()["code"]) == (409, "wrong-state")


def test_what_others_speak_of_is_withdrawn_only_when_that_is_confirmed(service: Service) -> None:
    named = {"organisations": ORGANISATIONS.replace("house", "barn")}
    with service.client() as client, service.client(**BROWSER) as browser:
        batch = service.bring(client, "barns", **named)
        client.post(f"/batches/{batch['id']}/accept").raise_for_status()
        work = service.bring(client, "barn-work", engagements=ENGAGEMENTS.replace("house", "barn"))
        client.post(f"/batches/{work['id']}/accept").raise_for_status()
        here = f"/batches/{batch['id']}/withdraw"
        refused = client.post(here)
        assert (refused.status_code, refused.json()["code"]) == (409, "would-orphan")
        assert "barn-work" in refused.json()["detail"]
        assert 'name="force"' in browser.get(f"/batches/{batch['id']}").text
        page = browser.post(here)
        assert page.status_code == 409
        assert "speak of 2 things" in page.text
        assert client.post(here, data={"force": "1"}).json()["state"] == "withdrawn"
        client.post(f"/batches/{work['id']}/withdraw").raise_for_status()


def test_every_fault_is_told_at_its_cell_in_every_form(service: Service) -> None:
    with service.client() as client:
        batch = service.bring(client, "faulty", organisations=ORGANISATIONS, engagements=FAULTY)
        assert batch["state"] == "rejected"
        here = f"/batches/{batch['id']}"
        report = client.get(f"{here}/report.json").json()
        (fault,) = [one for one in report["results"] if one["severity"] == "violation"]
        assert (fault["file"], fault["row"], fault["column"]) == ("engagements.csv", 4, "themes")
        assert fault["message"]["en"]
        assert fault["message"]["ru"]
        csv = client.get(f"{here}/report.csv", params={"lang": "ru"})
        assert fault["message"]["ru"] in csv.text
        assert "attachment" in csv.headers["content-disposition"]
        for suffix, kind in (("ttl", "text/turtle; charset=utf-8"), ("jsonld", "application/ld+json")):
            told = client.get(f"{here}/report.{suffix}")
            assert told.headers["content-type"] == kind
            triples = list(ox.parse(told.content, format=ox.RdfFormat.from_media_type(kind.partition(";")[0])))
            places = {q.object.value for q in triples if q.predicate.value.endswith("#wasDerivedFrom")}
            rejected = client.get(f"{here}.json").json()["files"]
            (sha256,) = [one["sha256"] for one in rejected if one["name"] == "engagements.csv"]
            assert f"https://w3id.org/commonground/id/file/{sha256}#row=4" in places
        by_accept = client.get(f"{here}/report", headers={"accept": "text/turtle"})
        assert by_accept.content == client.get(f"{here}/report.ttl").content
        assert client.get(f"{here}/report").json() == report
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"{here}/report.xlsx").content))
        sheet = book["engagements"]
        assert [cell.value for cell in sheet[1]][-2:] == ["Row in your file", "What is wrong"]
        cell = sheet.cell(2, 3)
        assert (cell.value, cell.data_type) == ("=no such theme", "s"), "never a formula"
        assert cell.comment is not None
        assert fault["message"]["en"] in cell.comment.text
        assert sheet.cell(2, 6).value == 4
        returned = client.get(f"{here}/rejected.csv").content.decode("utf-8-sig")
        assert returned.splitlines()[1].startswith("three,red-house,'=no such theme,")
        assert client.get(f"{here}/rejected.csv", params={"table": "9"}).status_code == 404
        with service.client(Role.CURATE, **BROWSER) as browser:
            page = browser.get(here).text
        assert fault["message"]["en"].replace('"', "&#34;") in page
        assert "row 4" in page


def test_good_rows_go_in_if_that_is_wanted(service: Service) -> None:
    with service.client() as client:
        batch = service.bring(client, "partly", policy="good-rows", organisations=ORGANISATIONS, engagements=FAULTY)
        outcome = batch["outcome"]
        assert (outcome["rows"], outcome["accepted_rows"], outcome["rejected_rows"]) == (5, 4, 1)
        assert client.post(f"/batches/{batch['id']}/accept").json()["state"] == "accepted"


def test_a_contribution_waits_for_a_curator_and_its_author_sees_what_becomes_of_it(service: Service) -> None:
    with service.client(Role.CONTRIBUTE) as author, service.client() as curator:
        mine = service.bring(author, "gift", organisations=ORGANISATIONS)
        assert (mine["state"], mine["contributed"], mine["actions"]) == ("waiting", True, ["cancel"])
        refused = author.post(f"/batches/{mine['id']}/accept")
        assert (refused.status_code, refused.json()["code"]) == (403, "role-too-low")
        assert curator.post(f"/batches/{mine['id']}/return").json()["code"] == "no-reason"
        back = curator.post(f"/batches/{mine['id']}/return", data={"reason": "Which year is this?"})
        assert back.json()["state"] == "returned"
        assert author.get(f"/batches/{mine['id']}.json").json()["message"] == "Which year is this?"
        theirs = service.bring(curator, "theirs", organisations=ORGANISATIONS.replace("house", "shed"))
        assert author.get(f"/batches/{theirs['id']}.json").status_code == 404
        assert author.post(f"/batches/{theirs['id']}/cancel").status_code == 404
        assert {one["by"] for one in author.get("/batches").json()["batches"]} == {"contribute"}
        assert curator.post(f"/batches/{theirs['id']}/cancel").json()["state"] == "cancelled"
        second = service.bring(author, "gift", organisations=ORGANISATIONS)
        assert curator.post(f"/batches/{second['id']}/accept").json()["accepted_by"] == "curate"


def test_without_a_token_there_is_nothing_to_see(service: Service) -> None:
    with service.client(None) as nobody, service.client() as curator, service.client(Role.READ) as reader:
        batch = service.bring(curator, "closed", organisations=ORGANISATIONS)
        for path in (
            "/batches",
            f"/batches/{batch['id']}",
            f"/batches/{batch['id']}/report.json",
            f"/batches/{batch['id']}/files/0",
        ):
            assert nobody.get(path).status_code == 401, path
            assert reader.get(path).status_code == 403, path
        for path in ("/batches", f"/batches/{batch['id']}/accept"):
            assert nobody.post(path).status_code == 401
        page = nobody.get("/batches", headers=BROWSER)
        assert page.status_code == 200
        assert 'action="/sign-in"' in page.text
        assert "closed" not in page.text


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"source": "x", "policy": "some"}, "bad-policy"),
        ({"source": "x", "as_of": "yesterday"}, "bad-date"),
        ({"source": "x", "colour": "red"}, "unknown-field"),
        ({"source": "???"}, "bad-source"),
    ],
)
def test_what_is_asked_wrongly_is_said(service: Service, form: dict[str, str], code: str) -> None:
    with service.client() as client:
        response = client.post("/batches", files={"files": ("a.csv", "id\n1\n")}, data=form)
        assert (response.status_code, response.json()["code"]) == (422, code)


def test_what_is_no_form_or_has_no_file_is_said(service: Service) -> None:
    with service.client() as client:
        assert client.post("/batches", content=b"x").status_code == 415
        empty = client.post("/batches", files={"files": ("", b"")}, data={"source": "x"})
        assert empty.status_code in (400, 422)
        torn = client.post("/batches", content=b"--x\r\n", headers={"content-type": "multipart/form-data; boundary=x"})
        assert torn.status_code in (400, 422)


def test_a_file_keeps_its_bytes_and_its_name_leads_nowhere(service: Service) -> None:
    page = "<script>alert(1)</script>"
    with service.client() as client:
        response = client.post(
            "/batches",
            files={"files": ("../../\u043b\u0438\u0441\u0442\r\n.html", page, "text/html")},
            data={"source": "odd"},
        )
        batch = service.settled(client, response.json()["id"])
        (file,) = batch["files"]
        assert "/" not in file["name"]
        got = client.get(file["href"])
        assert got.text == page
        assert got.headers["content-type"] == "application/octet-stream"
        assert got.headers["content-disposition"].startswith("attachment;")
        assert batch["state"] == "rejected"


def test_an_original_that_went_in_is_there_under_its_hash(service: Service) -> None:
    with service.client() as client, service.client(None) as nobody:
        batch = service.bring(client, "kept", organisations=ORGANISATIONS.replace("house", "mill"))
        sha256 = batch["files"][0]["sha256"]
        assert client.get(f"/files/{sha256}").status_code == 404
        client.post(f"/batches/{batch['id']}/accept")
        got = client.get(f"/files/{sha256}")
        assert got.text == ORGANISATIONS.replace("house", "mill")
        assert got.headers["content-disposition"] == 'attachment; filename="organisations.csv"'
        assert nobody.get(f"/files/{sha256}").status_code == 401


# --- people -----------------------------------------------------------------------------------------------------------


@contextmanager
def signed_in(service: Service, role: Role) -> Iterator[httpx.Client]:
    headers = {**BROWSER, "sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=service.address, timeout=60, headers=headers) as client:
        response = client.post("/sign-in", data={"token": service.tokens[role], "after": "/batches"})
        assert (response.status_code, response.headers["location"]) == (303, "/batches")
        cookie = response.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=strict" in cookie
        assert service.tokens[role] not in cookie
        yield client


def test_a_person_signs_in_brings_accepts_and_signs_out(service: Service) -> None:
    with signed_in(service, Role.CURATE) as browser, service.client() as curator:
        assert 'enctype="multipart/form-data"' in browser.get("/batches").text
        tables = {"files": ("organisations.csv", ORGANISATIONS.replace("house", "boat"))}
        brought = browser.post(
            "/batches", files=tables, data={"source": "boats", "as_of": "", "policy": "all-or-nothing"}
        )
        assert brought.status_code == 303
        here = brought.headers["location"]
        service.settled(curator, here.rpartition("/")[2])
        page = browser.get(here)
        assert page.headers["cache-control"] == "no-store"
        assert "Blue House" in page.text
        assert "refresh" not in page.headers
        accepted = browser.post(f"{here}/accept")
        assert (accepted.status_code, accepted.headers["location"]) == (303, here)
        assert "Accepted" in browser.get(here).text
        assert "boats" in browser.get("/batches", params={"source": "boats"}).text
        browser.post("/sign-out")
        assert 'action="/sign-in"' in browser.get("/batches").text


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {},
    ],
)
def test_another_site_cannot_use_a_session(service: Service, headers: dict[str, str]) -> None:
    with signed_in(service, Role.CURATE) as browser:
        key = browser.cookies[COOKIE]
    with httpx.Client(base_url=service.address, headers=headers, cookies={COOKIE: key}) as other:
        refused = other.post("/batches", files={"files": ("a.csv", "id\n")}, data={"source": "x"})
        assert (refused.status_code, refused.json()["code"]) == (403, "other-site")
        assert other.post("/sparql", data={"update": "CLEAR ALL"}).status_code == 403
        assert other.post("/sign-in", data={"token": service.tokens[Role.CURATE]}).status_code == 403


def test_an_old_browser_is_believed_by_its_origin(service: Service) -> None:
    with signed_in(service, Role.CURATE) as browser:
        key = browser.cookies[COOKIE]
    with httpx.Client(base_url=service.address, headers={"origin": service.address}, cookies={COOKIE: key}) as same:
        assert same.post("/batches", data={"source": "x"}).status_code in (400, 415, 422)


def test_a_token_that_is_removed_ends_its_sessions(service: Service) -> None:
    book = TokenBook(service.folder / "tokens.json")
    service.tokens[Role.ADMIN] = book.add("short-lived", Role.ADMIN, now())
    with signed_in(service, Role.ADMIN) as browser:
        assert "Sign out" in browser.get("/batches").text
        book.remove("short-lived")
        assert 'action="/sign-in"' in browser.get("/batches").text


def test_a_wrong_token_is_told_so_and_leads_nowhere_else(service: Service) -> None:
    with httpx.Client(base_url=service.address, headers={**BROWSER, "sec-fetch-site": "same-origin"}) as browser:
        wrong = browser.post("/sign-in", data={"token": "cg_wrong", "after": "/batches"})
        assert wrong.status_code == 401
        assert "not known" in wrong.text
        assert "set-cookie" not in wrong.headers
        for after in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
            right = browser.post("/sign-in", data={"token": service.tokens[Role.READ], "after": after})
            assert right.headers["location"] == "/batches"


# --- what goes wrong --------------------------------------------------------------------------------------------------


def large(rows: int) -> str:
    return "id,name,kind\n" + "".join(f"big-{n},Big {n},organisation\n" for n in range(rows))


def workers(batch: str) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"graph.batches.worker" in words and any(batch.encode() in word for word in words):
            found.append(int(path.parent.name))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="processes are found through /proc")
@pytest.mark.parametrize("end", ["kill", "cancel"])
def test_a_job_that_ends_in_the_middle_says_so_and_changes_nothing(service: Service, end: str) -> None:
    with service.client() as client:
        files = {"files": ("organisations.csv", large(40_000))}
        batch = client.post("/batches", files=files, data={"source": f"big-{end}"}).json()["id"]
        deadline = time.monotonic() + 30
        while not (found := workers(batch)):
            assert time.monotonic() < deadline
            assert client.get(f"/batches/{batch}.json").json()["state"] in BUSY, "the job is to be caught at its work"
            time.sleep(0.01)
        with service.client(Role.CURATE, **BROWSER) as browser:
            page = browser.get(f"/batches/{batch}")
        assert page.headers.get("refresh") == "2" or "progress" not in page.text
        if end == "kill":
            os.kill(found[0], signal.SIGKILL)
            told = service.settled(client, batch)
            assert told["state"] == "failed"
            assert "nothing was changed" in told["message"]
            assert told["actions"] == ["stage", "cancel"]
        else:
            client.post(f"/batches/{batch}/cancel")
            told = service.settled(client, batch)
            assert told["state"] == "cancelled"
            assert not workers(batch)
        small = service.bring(client, "after", organisations=ORGANISATIONS)
        assert small["state"] in ("previewed", "unchanged"), "the next batch has its turn"
