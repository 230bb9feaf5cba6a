"""The whole service is killed while a batch is looked into or written: all of it is in afterwards or nothing, and the
batch says which. Needs the isolated engine, so Linux."""

from __future__ import annotations

import contextlib
import random
import shutil
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from graph.store.isolated.guard import supported
from service.tokens import Role, TokenBook
from service.workspace import now
from tests.service.killing import Process
from tests.service.test_batches import BUSY, large

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux" or not supported(), reason="the isolated engine needs Linux"),
    pytest.mark.xdist_group("slow"),
]

ROWS = 1200


def count(client: httpx.Client) -> int:
    text = "SELECT (COUNT(*) AS ?n) { GRAPH <https://w3id.org/commonground/id/source/big> { ?s ?p ?o } }"
    found = client.get("/sparql", params={"query": text}, headers={"accept": "application/sparql-results+json"})
    return int(found.json()["results"]["bindings"][0]["n"]["value"])


def settled(client: httpx.Client, batch: str) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, object] = client.get(f"/batches/{batch}.json").json()
        assert "state" in found, found
        if found["state"] not in BUSY:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.05)


def test_kill_at_any_point_leaves_all_of_a_batch_or_none(workspace: Path, tmp_path: Path) -> None:
    chance = random.Random(4)
    folder = tmp_path / "data"
    shutil.copytree(workspace, folder)
    token = TokenBook(folder / "tokens.json").add("curator", Role.CURATE, now())
    headers = {"authorization": f"Bearer {token}"}
    running = Process(folder)
    try:
        with httpx.Client(base_url=running.url, timeout=60, headers=headers) as client:
            files = {"files": ("organisations.csv", large(ROWS))}
            batch = client.post("/batches", files=files, data={"source": "big"}).json()["id"]
        time.sleep(chance.uniform(0.0, 0.3))
        running.kill()
        # It was looked into when the service died, and is looked into again without being asked.
        running = Process(folder)
        with httpx.Client(base_url=running.url, timeout=60, headers=headers) as client:
            assert settled(client, batch)["state"] == "previewed"
            whole = client.get(f"/batches/{batch}.json").json()["outcome"]["added"]
        for _ in range(4):
            with httpx.Client(base_url=running.url, timeout=60, headers=headers) as client:

                def accept(client: httpx.Client = client) -> None:
                    with contextlib.suppress(httpx.HTTPError):
                        client.post(f"/batches/{batch}/accept")

                asking = threading.Thread(target=accept)
                asking.start()
                time.sleep(chance.uniform(0.0, 0.6))
                running.kill()
                asking.join(60)
            running = Process(folder)
            with httpx.Client(base_url=running.url, timeout=60, headers=headers) as client:
                told = settled(client, batch)
                there = count(client)
                if told["state"] == "accepted":
                    assert there == whole
                    assert client.post(f"/batches/{batch}/withdraw").json()["state"] == "withdrawn"
                    assert count(client) == 0
                    return
                assert told["state"] == "previewed"
                assert there == 0
        # Every kill came before the write: it can still go in.
        with httpx.Client(base_url=running.url, timeout=60, headers=headers) as client:
            assert client.post(f"/batches/{batch}/accept").json()["state"] == "accepted"
            assert count(client) == whole
    finally:
        running.stop()
