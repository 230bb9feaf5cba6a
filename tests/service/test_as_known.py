"""What was known on a day, over HTTP: the same answers as on the command line. All data are invented."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime

import httpx
import pytest

from graph.ask import ask
from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from graph.batches.recalled import packed, unpacked
from graph.ingest import load_reference
from graph.store.embedded import EmbeddedStore
from service.workspace import now
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS, Clock, files, silent
from tests.service.conftest import BROWSER, serving

ASKED = {"organisation": "Blue House"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A service whose source spoke of Armenia on 1 March 2020, and of Albania from 3 March on."""
    folder = tmp_path_factory.mktemp("as-known")
    store = EmbeddedStore()
    load_reference(store)
    clock = Clock()
    bench = LocalBench(Folders(folder / "batches", clock), folder / "files", store)
    for day, text in ((1, ENGAGEMENTS), (3, ENGAGEMENTS.replace("Armenia", "Albania"))):
        clock.now = datetime(2020, 3, day, 9, 0, tzinfo=UTC)
        record = bench.folders.receive(files(organisations=ORGANISATIONS, engagements=text), source="houses", by="Anna")
        bench.accept(bench.stage(record, silent), "Boris", replace_source=True, progress=silent)
    with (
        serving(store, lifespan="on", data_dir=folder) as address,
        httpx.Client(base_url=address, timeout=60, follow_redirects=True) as found,
    ):
        yield found


def places(client: httpx.Client, **more: str) -> list[str]:
    response = client.get("/ask/what-does.json", params=ASKED | more)
    assert response.status_code == 200, response.text
    assert response.json().get("as_known", "") == more.get("as_known", "")
    return [row["place"]["label"] for row in response.json()["rows"]]


def test_each_day_is_as_it_was(client: httpx.Client) -> None:
    assert places(client) == ["Albania"]
    assert places(client, as_known="2020-03-02") == ["Armenia"]
    assert places(client, as_known="2020-03-03") == ["Albania"]
    assert places(client, as_known=now().date().isoformat()) == ["Albania"]
    table = client.get("/ask/what-does.csv", params=ASKED | {"as_known": "2020-03-02"}).text
    assert "Armenia" in table
    assert "Albania" not in table
    # Of a month its last day is meant.
    month = client.get("/ask/what-does.json", params=ASKED | {"as_known": "2020-03"}).json()
    assert month["as_known"] == "2020-03-31"


def test_the_page_says_so(client: httpx.Client) -> None:
    page = client.get("/ask/what-does", params=ASKED | {"as_known": "2020-03-02"}, headers=BROWSER).text
    assert "Armenia" in page
    assert "after <strong>2020-03-02</strong> is left out" in page
    assert 'name="as_known" value="2020-03-02"' in page
    assert "/ask/what-does.json?organisation=Blue+House&amp;as_known=2020-03-02" in page
    assert "Open it on the SPARQL page" not in page, "there it would be asked of today's data"


def test_before_it_was_known_nothing_is_called_so(client: httpx.Client) -> None:
    response = client.get("/ask/what-does.json", params=ASKED | {"as_known": "2019"})
    assert response.status_code == 422
    assert response.json()["code"] == "unknown-organisation"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("yesterday", "is not a day"),
        ("2020-02-30", "is not a day"),
        ("0000", "is not a day"),
        ("9999-01-01", "still to come"),
    ],
)
@pytest.mark.parametrize("address", ["/ask/what-does.json", "/ask/what-does.csv", "/ask/what-does"])
def test_what_is_no_day_of_the_past_is_refused(client: httpx.Client, value: str, told: str, address: str) -> None:
    response = client.get(address, params=ASKED | {"as_known": value})
    assert response.status_code == 422
    assert response.json()["code"] == "bad-date"
    assert told in response.json()["detail"]
    assert "day" in response.json()["hint"]


def test_an_answer_comes_through_as_it_was() -> None:
    store = EmbeddedStore()
    load_reference(store)
    for name, values in (
        ("who-works-on", {"theme": "deinstitutionalisation", "place": "Armenia"}),
        ("history-of", {"record": "Armenia"}),
    ):
        answer = ask(store, name, values, as_of=date(2020, 3, 1))
        assert unpacked(json.loads(json.dumps(packed(answer)))) == answer
