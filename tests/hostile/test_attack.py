"""Eight hostile queries at a time, all the time, while others go on asking small ones.

A few seconds of it always; the whole minute with COMMONGROUND_SOAK=1, and then with the bounds that are promised.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from tests.hostile.queries import HOSTILE, UNREAD, small
from tests.running import Running

pytestmark = pytest.mark.xdist_group("hostile")

SOAK = bool(os.environ.get("COMMONGROUND_SOAK"))
#: Seconds of attack, hostile queries at a time, small ones a second.
SECONDS = 60.0 if SOAK else 8.0
AT_ONCE, RATE = 8, 50
#: What is promised, and what is asked of a machine that runs other tests meanwhile.
P99 = 0.5 if SOAK else 4.0
MEMORY = 4 * 1024**3

#: The outcomes that a hostile query may have: ended, refused, or told to come back.
ENDED = {400, 413, 429, 503, 504}


@dataclass
class Measured:
    """Times in seconds, memory in bytes."""

    times: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    hostile: Counter[tuple[str, str]] = field(default_factory=Counter)
    memory: int = 0

    def percentile(self, share: float) -> float:
        return sorted(self.times)[min(len(self.times) - 1, int(len(self.times) * share))]


async def one_small(client: httpx.AsyncClient, number: int, measured: Measured) -> None:
    begun = time.perf_counter()
    try:
        response = await client.post("/sparql", data={"query": small(number)})
        if response.status_code != 200 or not response.json()["results"]["bindings"]:
            measured.failures[f"{response.status_code} {response.text[:200]}"] += 1
    except httpx.HTTPError as error:
        measured.failures[repr(error)] += 1
    measured.times.append(time.perf_counter() - begun)


async def attacker(client: httpx.AsyncClient, names: Iterator[str], until: float, measured: Measured) -> None:
    while time.monotonic() < until:
        name = next(names)
        try:
            async with client.stream("POST", "/sparql", data={"query": HOSTILE[name]}) as response:
                status = str(response.status_code)
                read = 0
                async for piece in response.aiter_raw():
                    read += len(piece)
                if response.status_code == 200:
                    # A clean end means a whole result, which nobody can have had of these.
                    status = f"whole: {read} bytes"
        except (httpx.RemoteProtocolError, httpx.ReadError):
            status = "cut off"
        measured.hostile[name, status] += 1


async def silent(service: Running, names: Iterator[str], until: float, measured: Measured) -> None:
    """Asks for gigabytes and does not read them."""
    host, port = urlsplit(service.url).netloc.split(":")
    while time.monotonic() < until:
        name = next(names)
        body = urlencode({"query": HOSTILE[name]}).encode()
        head = (
            f"POST /sparql HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
        )
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(head.encode() + body)
        await asyncio.sleep(min(12.0, max(0.1, until - time.monotonic())))
        connection.close()
        measured.hostile[name, "not read"] += 1


async def attack(service: Running, seconds: float) -> Measured:
    measured = Measured()
    until = time.monotonic() + seconds
    names = itertools.cycle(HOSTILE)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=100)
    common = {"base_url": service.url, "trust_env": False, "limits": limits}
    async with httpx.AsyncClient(timeout=60, **common) as honest, httpx.AsyncClient(timeout=60, **common) as dishonest:
        hostile = [asyncio.create_task(attacker(dishonest, names, until, measured)) for _ in range(AT_ONCE - 2)]
        unread = itertools.cycle(UNREAD)
        hostile += [asyncio.create_task(silent(service, unread, until, measured)) for _ in range(2)]
        asked = []
        begun = time.monotonic()
        for number in itertools.count():
            # At a steady pace, whether or not the answers come: who waits for an answer measures too little.
            due = begun + number / RATE
            if due > until:
                break
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            asked.append(asyncio.create_task(one_small(honest, number, measured)))
            if number % RATE == 0:
                measured.memory = max(measured.memory, await asyncio.to_thread(service.memory))
        await asyncio.gather(*asked)
        for task in hostile:
            await asyncio.wait_for(task, 60)
    return measured


def test_small_queries_go_on_while_hostile_ones_run(
    service: Running, record_property: Callable[[str, object], None]
) -> None:
    measured = asyncio.run(attack(service, SECONDS))
    told = (
        f"{len(measured.times)} small queries in {SECONDS:g} s beside {sum(measured.hostile.values())} hostile ones: "
        f"p50 {measured.percentile(0.5) * 1000:.0f} ms, p99 {measured.percentile(0.99) * 1000:.0f} ms, "
        f"most memory {measured.memory // 1024**2} MB; {dict(measured.hostile)}"
    )
    record_property("measured", told)
    print(told)
    assert measured.failures == Counter()
    assert len(measured.times) >= RATE * SECONDS * 0.9
    assert measured.percentile(0.99) < P99, told
    assert measured.memory < MEMORY, told
    assert not [outcome for _, outcome in measured.hostile if outcome.startswith("whole")], told
    statuses = {outcome for _, outcome in measured.hostile} - {"cut off", "not read"}
    assert {int(status) for status in statuses} <= ENDED, told
    assert service.alive()


@pytest.mark.parametrize("name", HOSTILE)
def test_each_alone_ends_and_harms_nobody(service: Running, name: str) -> None:
    begun = time.monotonic()
    with httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client:
        try:
            with client.stream("POST", "/sparql", data={"query": HOSTILE[name]}) as response:
                status = response.status_code
                for _ in response.iter_raw():
                    pass
            assert status in ENDED, status
        except (httpx.RemoteProtocolError, httpx.ReadError):
            pass  # Cut off in the middle: what came before cannot be taken for the whole.
        assert time.monotonic() - begun < 30
        assert client.post("/sparql", data={"query": small(1)}).status_code == 200


def test_a_client_that_goes_away_is_noticed(service: Running) -> None:
    """Its worker is ended within a second; who asks next has its place."""
    host, port = urlsplit(service.url).netloc.split(":")
    body = urlencode({"query": HOSTILE["counting a cross product"]})
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    for _ in range(3):
        for connection in [socket.create_connection((host, int(port))) for _ in range(8)]:
            connection.sendall((head + body).encode())
            connection.close()
    time.sleep(1.5)
    with httpx.Client(base_url=service.url, timeout=60, trust_env=False) as client:
        begun = time.monotonic()
        assert client.post("/sparql", data={"query": small(2)}).status_code == 200
        assert time.monotonic() - begun < 5
