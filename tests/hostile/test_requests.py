"""Requests that no honest client sends: paths that climb, odd hosts, headers without end. Sent as bytes, because
clients mend what they are given."""

from __future__ import annotations

import re
import socket
from urllib.parse import urlsplit

import pytest

from tests.running import Running

pytestmark = [pytest.mark.xdist_group("hostile"), pytest.mark.usefixtures("unharmed")]


def send(service: Running, *lines: str, body: bytes = b"") -> tuple[int, str, str]:
    """(status, head, body); status 0 where the connection was closed without an answer."""
    host, port = urlsplit(service.url).netloc.split(":")
    raw = "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body
    received = b""
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.settimeout(30)
        try:
            connection.sendall(raw)
            while piece := connection.recv(65536):
                received += piece
        except (ConnectionResetError, BrokenPipeError):
            pass  # It may close while we are still sending; what it said before counts.
    head, _, rest = received.decode("latin-1").partition("\r\n\r\n")
    found = re.match(r"HTTP/1\.1 (\d{3})", head)
    return (int(found[1]) if found else 0), head, rest


PATHS = (
    "/../../../../etc/passwd",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/static/../../app.py",
    "/static/%2e%2e/%2e%2e/app.py",
    "/static/..%2f..%2fsettings.py",
    "/static/..%5c..%5csettings.py",
    "/static//etc/passwd",
    "/static/%00",
    "/static/site.css%00.html",
    "//etc/passwd",
    "//example.org/",
    "/\\example.org/",
    "/id//..//../tokens.json",
    "/id/%2e%2e/tokens.json",
    "/id/source/..%2f..%2ftokens.json",
    "/download/..%2f..%2ftokens.json",
    "/tokens.json",
    "/store/CURRENT",
    "/files/",
    "/.well-known/../tokens.json",
    "/;/admin",
    "/%",
    "/%zz",
    "/%c0%ae%c0%ae/",
    "/%ff%fe",
    "/" + "a/" * 3000,
)


@pytest.mark.parametrize("path", PATHS, ids=lambda p: p[:40])
def test_paths_that_climb(service: Running, path: str) -> None:
    status, head, body = send(service, f"GET {path} HTTP/1.1", "Host: localhost")
    assert status in (400, 404, 405, 414), (status, body[:200])
    assert "root:" not in body
    assert service.token not in body
    assert "sha256" not in body
    # No redirect to where somebody else says.
    assert "example.org" not in head


HOSTS = (
    "evil.example",
    "evil.example:8000",
    "localhost@evil.example",
    "localhost evil.example",
    "localhost\tx",
    "local\x00host",
    '"><script>alert(1)</script>',
    "a" * 5000,
    "[::1",
    "127.0.0.1:99999999",
    "",
)


@pytest.mark.parametrize("host", HOSTS, ids=lambda h: repr(h)[:30])
def test_odd_hosts(service: Running, host: str) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/.well-known/void"):
        status, _, body = send(service, f"GET {path} HTTP/1.1", f"Host: {host}")
        assert status in (0, 400, 421, 431), (status, body[:200])
        assert "evil.example" not in body
        assert "<script>" not in body


def test_two_hosts_and_none(service: Running) -> None:
    assert send(service, "GET / HTTP/1.1", "Host: localhost", "Host: evil.example")[0] in (0, 400)
    assert send(service, "GET / HTTP/1.1")[0] in (0, 400)


@pytest.mark.parametrize(
    "header",
    [
        "Accept: " + ", ".join(f"a/b{n};q=0.{n % 10}" for n in range(10_000)),
        "Accept: " + "text/html;q=" + "0" * 20_000,
        "Accept: " + ";" * 50_000,
        "Accept-Language: " + "en;q=0.1," * 10_000,
        "Accept-Encoding: " + "gzip;q=0.1," * 10_000,
        "Range: bytes=" + ",".join(f"{n}-{n}" for n in range(10_000)),
        "If-None-Match: " + ", ".join(f'"{n}"' for n in range(10_000)),
        "Cookie: " + "a=b; " * 10_000,
        "Authorization: Bearer " + "a" * 100_000,
        "X-Forwarded-For: " + "127.0.0.1, " * 10_000,
        "A" * 100_000 + ": x",
    ],
    ids=lambda h: h[:20],
)
def test_headers_without_end(service: Running, header: str) -> None:
    for path in ("/", "/sparql?query=ASK%7B%7D", "/static/site.css"):
        status, _, _ = send(service, f"GET {path} HTTP/1.1", "Host: localhost", header)
        assert status in (0, 200, 206, 304, 400, 401, 404, 406, 413, 416, 431), status
        assert status != 500


def test_many_ranges_cost_nothing(service: Running) -> None:
    """Ten thousand ranges that overlap must not make an answer larger than the file (CVE-2011-3192)."""
    overlapping = "Range: bytes=" + ",".join(["0-"] * 400)
    for path in ("/static/site.css", "/", "/download/dataset.nq"):
        _, _, plain = send(service, f"GET {path} HTTP/1.1", "Host: localhost")
        status, _, body = send(service, f"GET {path} HTTP/1.1", "Host: localhost", overlapping)
        assert status in (200, 206, 400, 404, 416, 431)
        assert len(body) <= 2 * len(plain) + 2000


def test_ten_thousand_headers(service: Running) -> None:
    status, _, _ = send(service, "GET / HTTP/1.1", "Host: localhost", *(f"X-{n}: {n}" for n in range(10_000)))
    assert status in (0, 400, 431)


@pytest.mark.parametrize(
    "lines",
    [
        ("GET / HTTP/9.9", "Host: localhost"),
        ("GET  /  HTTP/1.1", "Host: localhost"),
        ("GET http://evil.example/ HTTP/1.1", "Host: localhost"),
        ("CONNECT evil.example:80 HTTP/1.1", "Host: localhost"),
        ("TRACE / HTTP/1.1", "Host: localhost", "X-Secret: 1"),
        ("NONSENSE / HTTP/1.1", "Host: localhost"),
        ("\x16\x03\x01\x02\x00\x01\x00\x01\xfc", ""),
        ("GET / HTTP/1.1", "Host: localhost", "Content-Length: 5", "Transfer-Encoding: chunked"),
        ("GET / HTTP/1.1", "Host: localhost", "Transfer-Encoding: nonsense"),
        ("GET / HTTP/1.1", "Host: localhost", " folded: line"),
        ("GET / HTTP/1.1", "Host: localhost", "Expect: 999-nonsense"),
        ("GET / HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Sec-WebSocket-Version: 13"),
    ],
    ids=lambda lines: " ".join(lines)[:40].encode("ascii", "replace").decode(),
)
def test_requests_that_are_none(service: Running, lines: tuple[str, ...]) -> None:
    status, head, body = send(service, *lines)
    assert status < 500 or status == 501, (status, body[:200])
    assert "evil.example" not in head
    assert "X-Secret" not in body


def test_a_client_that_sends_slowly_does_not_stop_others(service: Running) -> None:
    host, port = urlsplit(service.url).netloc.split(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(50)]
    try:
        for connection in slow:
            connection.sendall(b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n")
        assert service.alive()
    finally:
        for connection in slow:
            connection.close()


def test_a_line_break_in_a_log_is_none(service: Running) -> None:
    """What a client sends must not look like a line of ours."""
    send(service, "GET /%0d%0aINJECTED%0aline HTTP/1.1", "Host: localhost", "User-Agent: x\x0bINJECTED")
    log = service.data_dir.parent / f"{service.data_dir.name}.log"
    assert not re.search(r"^INJECTED", log.read_text(encoding="utf-8", errors="replace"), re.MULTILINE)
