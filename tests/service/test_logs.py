"""The log: one line a request whatever is sent, without what is secret, and never in the way."""

import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.logs import Log, Messages
from service.tokens import Role, TokenBook
from tests.service.conftest import example_store, serving
from tests.service.raw import exchange
from tests.service.test_access import NOW


def lines(path: Path, least: int) -> list[dict[str, Any]]:
    """The log's records, as soon as there are so many."""
    deadline = time.monotonic() + 20
    while True:
        text = path.read_text() if path.exists() else ""
        found = [json.loads(line) for line in text.splitlines()]
        if len(found) >= least:
            return found
        assert time.monotonic() < deadline, text
        time.sleep(0.02)


def test_each_request_has_its_line(tmp_path: Path) -> None:
    token = TokenBook(tmp_path / "tokens.json").add("Анна", Role.READ, NOW)
    log = tmp_path / "log"
    with serving(example_store(), data_dir=tmp_path, log=str(log)) as url, httpx.Client(base_url=url) as client:
        query = "SELECT * { ?secret ?p ?o } LIMIT 1"
        client.get("/sparql", params={"query": query})
        client.post("/sparql", data={"query": query})
        client.get("/nothing?password=swordfish")
        client.head("/", headers={"Authorization": f"Bearer {token}"})
        client.get("/", headers={"Authorization": "Bearer cg_wrong"})
        found = lines(log, 5)
    assert [(r["method"], r["path"], r["status"], r["outcome"]) for r in found] == [
        ("GET", "/sparql", 200, "ok"),
        ("POST", "/sparql", 200, "ok"),
        ("GET", "/nothing", 404, "not-found"),
        ("HEAD", "/", 200, "ok"),
        ("GET", "/", 401, "unknown-token"),
    ]
    assert all(r["client"] == "127.0.0.1" and r["ms"] >= 0 and r["time"].endswith("Z") for r in found)
    assert [r["caller"] for r in found] == ["", "", "", "Анна", ""]
    assert found[0]["query"] == found[1]["query"]
    assert len(found[0]["query"]) == 16
    text = log.read_text()
    for secret in ("secret", "swordfish", token, token[3:], "cg_wrong"):
        assert secret not in text


def test_nothing_that_is_sent_breaks_a_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    tricks = [
        b"GET /%0d%0a%7b%22time%22%3a1%7d%0a HTTP/1.1",
        b"GET /x%1b%5b31m%00%7f HTTP/1.1",
        b"GET /%e2%80%a8%c2%85%ff HTTP/1.1",
        b"GET /" + b"a" * 2000 + b" HTTP/1.1",
        b"INJECT%0a /x HTTP/1.1",
    ]
    with serving(example_store(), log=str(log)) as url:
        for trick in tricks:
            exchange(url, trick + b"\r\nHost: localhost\r\nX-Forwarded-For: 1.2.3.4\\n\r\nConnection: close\r\n\r\n")
        lines(log, len(tricks))
    raw = log.read_bytes()
    assert raw.isascii()
    assert raw.count(b"\n") == len(tricks)
    assert not any(byte < 32 for byte in raw.replace(b"\n", b""))
    assert max(len(line) for line in raw.splitlines()) < 2500


def test_a_log_that_nobody_reads_holds_nothing_up(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        log = Log(pipe, most=10)
        record = {"path": "x" * 1000}
        before = time.monotonic()
        for _ in range(1000):
            log.write(record)
        assert time.monotonic() - before < 20
        assert log.lost > 500
        log.close(0.1)
    finally:
        os.close(reader)


def test_a_log_that_was_moved_away_begins_anew(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    log.write({"n": 1})
    lines(tmp_path / "log", 1)
    (tmp_path / "log").rename(tmp_path / "log.1")
    log.write({"n": 2})
    assert lines(tmp_path / "log", 1) == [{"n": 2}]
    assert lines(tmp_path / "log.1", 1) == [{"n": 1}]
    log.close()


def test_what_waits_is_written_at_the_end(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    threads = [threading.Thread(target=lambda: [log.write({"n": n}) for n in range(100)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close(20)
    assert len(lines(tmp_path / "log", 400)) == 400
    assert log.lost == 0


def test_complaints_come_in_the_same_form(tmp_path: Path) -> None:
    log = Log(tmp_path / "log")
    logger = logging.Logger("apart")
    logger.addHandler(Messages(log))
    logger.info("not this")
    logger.warning("two\nlines %s", "\x1b[31m")
    try:
        raise RuntimeError("inner\nfault")
    except RuntimeError:
        logger.exception("it failed")
    log.close(20)
    first, second = lines(tmp_path / "log", 2)
    assert (first["level"], first["message"]) == ("warning", "two\nlines \x1b[31m")
    assert "inner\nfault" in second["trace"]


def test_a_log_that_cannot_be_written_is_told_at_the_start(tmp_path: Path) -> None:
    from graph.errors import GraphError

    with pytest.raises(GraphError) as error:
        Log(tmp_path / "missing" / "log")
    assert error.value.code == "log-unwritable"
