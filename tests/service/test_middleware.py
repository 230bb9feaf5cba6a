"""The edge over real sockets: odd requests, sizes, names, budgets, and what every response carries."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from service.tokens import Role, TokenBook
from tests.service.conftest import BROWSER, example_store, serving
from tests.service.raw import connect, exchange, status
from tests.service.test_access import NOW

STRICT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
END = b"\r\nHost: localhost\r\nConnection: close\r\n\r\n"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("HEAD", "/"),
        ("GET", "/static/style.css"),
        ("GET", "/healthz"),
        ("GET", "/metrics"),
        ("GET", "/openapi.json"),
        ("GET", "/sparql?query=ASK%20%7B%7D"),
        ("GET", "/sparql?query=nonsense"),
        ("GET", "/nothing"),
        ("DELETE", "/ask"),
        ("GET", "/" + "x" * 9000),
        ("GET", "//evil.example/"),
    ],
)
def test_every_response_is_guarded(client: httpx.Client, method: str, path: str) -> None:
    response = client.send(httpx.Request(method, str(client.base_url).rstrip("/") + path, headers=BROWSER))
    for name, value in STRICT.items():
        assert response.headers[name] == value
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "script-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "server" not in response.headers
    assert "strict-transport-security" not in response.headers


def test_https_alone_is_asked_for_only_where_it_was_told() -> None:
    with serving(example_store(), hsts_seconds=31_536_000) as url:
        for path in ("/", "/nothing"):
            response = httpx.get(url + path, timeout=30)
            assert response.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        (b"localhost", 200),
        (b"127.0.0.1:1", 200),
        (b"[::1]", 200),
        (b"evil.example", 421),
        (b"evil.example:80", 421),
        (b"localhost.evil.example", 421),
        (b"", 400),
        (b"a b", 400),
        (b"<script>alert(1)</script>", 400),
        (b"localhost/../x", 400),
        (b"\xff\xfe", 400),
        (b"localhost\r\nHost: localhost", 400),
        (b"x" * 5000, 421),
    ],
)
def test_hosts(address: str, host: bytes, expected: int) -> None:
    response = exchange(address, b"GET /ask HTTP/1.1\r\nHost: " + host + b"\r\nConnection: close\r\n\r\n")
    assert status(response) == expected
    assert b"nosniff" in response
    assert b"<script>alert" not in response


def test_a_request_without_a_host(address: str) -> None:
    assert status(exchange(address, b"GET /ask HTTP/1.1\r\nConnection: close\r\n\r\n")) == 400
    assert status(exchange(address, b"GET /ask HTTP/1.0\r\n\r\n")) == 200


def test_further_names() -> None:
    with serving(example_store(), allowed_hosts=("graph.example.org",), public_url="https://g.example.net") as url:
        for host, expected in (("graph.example.org", 200), ("g.example.net", 200), ("evil.example", 421)):
            assert httpx.get(url + "/ask", headers={"Host": host}, timeout=30).status_code == expected
        # Behind a proxy nothing that it or a client says of the host changes where links lead.
        page = httpx.get(url, headers={**BROWSER, "X-Forwarded-Host": "evil.example"}, timeout=30)
        assert "evil.example" not in page.text


@pytest.mark.parametrize(
    "target",
    [
        b"/%2e%2e/%2e%2e/etc/passwd",
        b"/../../etc/passwd",
        b"/static/../app.py",
        b"/static/%2e%2e/app.py",
        b"/static/..%2f..%2fapp.py",
        b"/static/%2e%2e%2f%2e%2e%2fapp.py",
        b"/static//etc/passwd",
        b"/static/..%5c..%5capp.py",
        b"/static/%00",
        b"/static/style.css%00.html",
        b"/static/%252e%252e/app.py",
        b"//evil.example/%2f..",
        b"//evil.example",
        b"/\\evil.example",
        b"/ask/",
        b"/ask//",
        b"///",
        b"/./ask",
        b"/ask/..",
        b"/id/%2e%2e/%2e%2e/tokens.json",
        b"/id/a%0d%0aSet-Cookie:%20x=y",
        b"/tokens.json",
        b"/%ff%fe",
        b"/ask/%3Cscript%3Ealert(1)%3C/script%3E",
        b"http://evil.example/",
        b"*",
        b"x",
    ],
)
def test_path_tricks(address: str, target: bytes) -> None:
    for accept in (b"text/html", b"*/*"):
        response = exchange(address, b"GET " + target + b" HTTP/1.1\r\nAccept: " + accept + END)
        assert status(response) in (400, 404), response[:200]
        for leak in (b"root:", b"def create_app", b"\nset-cookie", b"\nlocation:", b"<script>alert"):
            assert leak not in response.lower()
    assert status(exchange(address, b"GET /ask HTTP/1.1" + END)) == 200


@pytest.mark.parametrize("path", ["/static/style.css", "/", "/export/collaboration.gexf"])
def test_ten_thousand_ranges_are_ignored(client: httpx.Client, path: str) -> None:
    whole = client.get(path)
    for ranges in ("bytes=0-0", "bytes=" + ",".join("0-" for _ in range(5_000)), "bytes=5-2", "bytes=-9999999999"):
        response = client.get(path, headers={"Range": ranges, "If-Range": "x"})
        assert response.status_code == 200
        assert response.content == whole.content
        assert response.headers.get("accept-ranges", "none") == "none"


def test_more_ranges_than_a_head_may_be_long(address: str) -> None:
    ranges = b"\r\nRange: bytes=" + b",".join(b"%d-" % n for n in range(10_000))
    assert status(exchange(address, b"GET /static/style.css HTTP/1.1" + ranges + END)) in (200, 400, 431)
    assert status(exchange(address, b"GET /ask HTTP/1.1" + END)) == 200


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
        b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n",
        b"GET  /  HTTP/1.1\r\n\r\n",
        b"\r\n\r\n\r\n\x00\x00",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: a\r\n b\x00c\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + b"X: y\r\n" * 20_000 + b"\r\n",
        b"GET /" + b"a" * 200_000,
        b"GET /ask\xff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\nhello",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\nhello",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip\r\n\r\nhello",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_http(address: str, request_bytes: bytes) -> None:
    response = exchange(address, request_bytes)
    assert status(response) in (0, 400, 413, 414, 431, 501)
    assert b"nosniff" in response or response in (b"", b"<reset>")
    assert status(exchange(address, b"GET /ask HTTP/1.1" + END)) == 200


def post(length: int, *, chunked: bool = False) -> bytes:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    head += b"Content-Type: application/sparql-query\r\n"
    if not chunked:
        return head + b"Content-Length: %d\r\n\r\n" % length + b"#" * length
    pieces = (b"3e8\r\n" + b"#" * 1000 + b"\r\n") * (length // 1000)
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + pieces + b"0\r\n\r\n"


@pytest.mark.parametrize("chunked", [False, True])
def test_bodies_have_a_length_they_may_have(chunked: bool) -> None:
    with serving(example_store(), longest_query=20_000, longest_update=20_000) as url:
        assert status(exchange(url, post(19_000, chunked=chunked))) == 400
        for length in (25_000, 200_000, 3_000_000):
            response = exchange(url, post(length, chunked=chunked))
            assert status(response) == 413 or response.endswith(b"<reset>"), response[:300]
        assert status(exchange(url, b"GET /ask HTTP/1.1" + END)) == 200


def test_a_length_that_is_only_said_is_refused_before_the_body_is_sent(address: str) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\n"
    head += b"Expect: 100-continue\r\nContent-Length: 99999999999\r\n\r\n"
    with connect(address) as connection:
        connection.sendall(head)
        received = connection.recv(65536)
    assert status(received) == 413
    assert b"problem+json" in received


def test_every_route_bounds_its_body(client: httpx.Client) -> None:
    """Also one that takes no body at all: what is sent to it is not gathered up."""
    for method in ("GET", "PUT", "DELETE", "OPTIONS", "PATCH"):
        response = client.request(method, "/ask", content=(b"x" * 65536 for _ in range(100)))
        assert response.status_code in (200, 204, 401, 403, 405, 413)


def test_a_body_that_does_not_go_on_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.exchange.BODY_SECONDS", 0.3)
    with serving(example_store()) as url, connect(url) as connection:
        connection.sendall(post(1000)[:-500])
        assert status(connection.recv(65536)) == 408


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Address of a service with a tiny budget, and a token."""
    token = TokenBook(tmp_path / "tokens.json").add("reader", Role.READ, NOW)
    with serving(
        example_store(), data_dir=tmp_path, client_seconds=0.001, client_queries=2, trusted_proxies=("127.0.0.1",)
    ) as url:
        yield url, token


def test_who_has_used_up_the_budget_is_told_when_to_come_back(limited: tuple[str, str]) -> None:
    url, token = limited
    here = {"X-Forwarded-For": "198.51.100.7"}
    with httpx.Client(base_url=url, timeout=30) as client:
        assert client.get("/ask", headers=here).status_code == 200
        for path in ("/ask", "/sparql?query=ASK%7B%7D", "/nothing"):
            response = client.get(path, headers=here)
            assert (response.status_code, response.json()["code"]) == (429, "too-many-requests")
            assert int(response.headers["retry-after"]) >= 1
        assert client.get("/ask", headers={**BROWSER, **here}).headers["content-type"].startswith("text/html")
        # Others, callers with a token, and what watches over the service are not held up.
        assert client.get("/ask", headers={"X-Forwarded-For": "198.51.100.8"}).status_code == 200
        assert client.get("/ask", headers={**here, "Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get("/healthz", headers=here).status_code == 200
        assert client.get("/static/style.css", headers=here).status_code == 200
        # Who pretends to come from somewhere else gets no further: the nearest untrusted address counts.
        for number in range(3):
            forged = {"X-Forwarded-For": f"203.0.113.{number}, 198.51.100.7"}
            assert client.get("/ask", headers=forged).status_code == 429


def test_a_forged_address_counts_for_nothing_without_a_trusted_proxy() -> None:
    with serving(example_store(), client_seconds=0.001) as url, httpx.Client(base_url=url, timeout=30) as client:
        answers = [client.get("/ask", headers={"X-Forwarded-For": f"198.51.100.{n}"}).status_code for n in range(4)]
    assert answers == [200, 429, 429, 429]


def test_this_machine_has_no_budget_unless_one_was_set(client: httpx.Client) -> None:
    for _ in range(30):
        assert client.get("/healthz").status_code == 200
        assert client.get("/ask").status_code == 200


def test_only_so_many_requests_at_once() -> None:
    """A request whose body is still coming is under way."""
    with serving(example_store(), client_seconds=60, client_queries=2) as url:
        with connect(url) as first, connect(url) as second:
            for connection in (first, second):
                connection.sendall(post(1000)[:-500])
            deadline = time.monotonic() + 20
            while httpx.get(url + "/ask", timeout=30).status_code != 429:
                assert time.monotonic() < deadline
            first.sendall(b"#" * 500)
            assert status(first.recv(65536)) == 400
        deadline = time.monotonic() + 20
        while httpx.get(url + "/ask", timeout=30).status_code != 200:
            assert time.monotonic() < deadline


def test_a_slow_line_costs_no_budget() -> None:
    with serving(example_store(), client_seconds=2) as url, connect(url) as connection:
        body = post(1000)
        connection.sendall(body[:-500])
        threading.Event().wait(2.5)
        connection.sendall(body[-500:])
        assert status(connection.recv(65536)) == 400
        assert httpx.get(url + "/ask", timeout=30).status_code == 200


def test_a_wrong_token_is_refused_at_any_address(address: str) -> None:
    with httpx.Client(base_url=address, timeout=30, headers={"Authorization": "Bearer cg_nobody"}) as client:
        for path in ("/", "/healthz", "/sparql?query=ASK%7B%7D", "/static/style.css"):
            response = client.get(path)
            assert response.status_code == 401
            assert response.headers["www-authenticate"] == 'Bearer realm="commonground", error="invalid_token"'


def test_pipelined_requests_are_all_answered(address: str) -> None:
    one = b"GET /ask HTTP/1.1\r\nHost: localhost\r\n\r\n"
    response = exchange(address, one * 5 + b"GET /ask HTTP/1.1" + END)
    assert response.count(b"HTTP/1.1 200 OK") == 6


def test_a_client_that_leaves_in_the_middle_does_no_harm(address: str) -> None:
    for number in range(20):
        with connect(address) as connection:
            connection.sendall(b"GET / HTTP/1.1" + END if number % 2 else post(1000)[: number * 10])
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    assert status(exchange(address, b"GET /ask HTTP/1.1" + END)) == 200
