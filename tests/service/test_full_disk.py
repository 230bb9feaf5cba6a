"""A disk that is full: writes are refused with 507, reads go on, and it recovers by itself."""

import shutil
import time
from pathlib import Path

import httpx
import pytest

from graph.store.isolated import supported
from tests.running import running, small_disk

pytestmark = pytest.mark.skipif(not supported(), reason="the guards need Linux on x86-64 or ARM64")

UPDATE = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"}


def in_time(client: httpx.Client, status: int) -> httpx.Response:
    until = time.monotonic() + 30
    while (response := client.get("/healthz")).status_code != status and time.monotonic() < until:
        time.sleep(0.2)
    return response


def test_writes_are_refused_and_reads_go_on(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "160m") as disk,
        running(disk / "data", "--empty") as service,
        httpx.Client(base_url=service.url, headers=service.bearer, trust_env=False, timeout=60) as client,
    ):
        assert client.post("/sparql", data=UPDATE).status_code == 200
        other = disk / "other"
        other.write_bytes(bytes(shutil.disk_usage(disk).free - 8 * 1024 * 1024))
        red = in_time(client, 503)
        assert red.status_code == 503
        assert "disk" in red.text
        for refused in (
            client.post("/sparql", data=UPDATE),
            client.put(
                "/rdf-graph-store",
                params={"graph": "urn:h"},
                content="<urn:s> <urn:p> 1 .",
                headers={"Content-Type": "text/turtle"},
            ),
        ):
            assert refused.status_code == 507, refused.text
            assert refused.headers["content-type"] == "application/problem+json"
            assert "room" in refused.json()["hint"]
        asked = client.get("/sparql", params={"query": "ASK { GRAPH <urn:g> { ?s ?p 1 } }"})
        assert asked.json()["boolean"] is True
        other.unlink()
        assert in_time(client, 200).status_code == 200
        assert client.post("/sparql", data=UPDATE).status_code == 200
