"""Files made to harm who reads them. They need a token to be sent at all, but a curator's file may be another's."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.hostile.conftest import Canary
from tests.running import Running
from tests.service.raw import exchange, status

pytestmark = [pytest.mark.xdist_group("hostile"), pytest.mark.usefixtures("unharmed")]

GRAPH = {"graph": "http://example.org/uploaded"}
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://example.org/"'
MB = 1024 * 1024


def xml(doctype: str, content: str) -> str:
    return (
        f'<?xml version="1.0"?>{doctype}<rdf:RDF {RDF}><rdf:Description rdf:about="http://example.org/">'
        f"<e:p>{content}</e:p></rdf:Description></rdf:RDF>"
    )


def laughs() -> str:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "lol" * 10}">' for n in range(12))
    return xml(f"<!DOCTYPE r [{entities}]>", "&a11;")


def quadratic() -> str:
    return xml(f'<!DOCTYPE r [<!ENTITY a "{"x" * 100_000}">]>', "&a;" * 60_000)


#: (media type, text); {canary} is an address that must not be called, {secret} a file that must not be read.
FILES: dict[str, tuple[str, Callable[[], str]]] = {
    "entities of entities": ("application/rdf+xml", laughs),
    "one long entity many times": ("application/rdf+xml", quadratic),
    "an entity from elsewhere": (
        "application/rdf+xml",
        lambda: xml('<!DOCTYPE r [<!ENTITY x SYSTEM "{canary}/x">]>', "&x;"),
    ),
    "an entity from a file": (
        "application/rdf+xml",
        lambda: xml('<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>', "&x;"),
    ),
    "a parameter entity": (
        "application/rdf+xml",
        lambda: xml('<!DOCTYPE r [<!ENTITY % x SYSTEM "{canary}/x.dtd"> %x;]>', "y"),
    ),
    "a document type from elsewhere": ("application/rdf+xml", lambda: xml('<!DOCTYPE r SYSTEM "{canary}/r.dtd">', "y")),
    "an inclusion": (
        "application/rdf+xml",
        lambda: xml("", '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'),
    ),
    "deep elements": (
        "application/rdf+xml",
        lambda: xml("", "<rdf:Description><e:p>" * 100_000 + "</e:p></rdf:Description>" * 100_000),
    ),
    "a remote context": ("application/ld+json", lambda: '{{"@context": "{canary}/context.jsonld", "name": "x"}}'),
    "a remote context in a list": (
        "application/ld+json",
        lambda: '{{"@context": [{{"e": "http://example.org/"}}, "{canary}/c"], "e:p": "x"}}',
    ),
    "an imported context": (
        "application/ld+json",
        lambda: '{{"@context": {{"@version": 1.1, "@import": "{canary}/c"}}, "name": "x"}}',
    ),
    "a scoped context": (
        "application/ld+json",
        lambda: (
            '{{"@context": {{"e": {{"@id": "urn:e", "@context": "{canary}/c"}}}}, "@id": "urn:s", "e": {{"x": 1}}}}'
        ),
    ),
    "deep lists": ("application/ld+json", lambda: '{{"@id": "urn:s", "urn:p": ' + "[" * 50_000 + "]" * 50_000 + "}}"),
    "deep objects": (
        "application/ld+json",
        lambda: '{{"urn:p":' * 50_000 + "1" + "}}" * 50_000,
    ),
    "deep brackets": ("text/turtle", lambda: "<urn:s> <urn:p> " + "[ <urn:p> " * 100_000 + "1" + " ]" * 100_000 + " ."),
    "deep lists in Turtle": ("text/turtle", lambda: "<urn:s> <urn:p> " + "(" * 100_000 + ")" * 100_000 + " ."),
    "prefixes of prefixes": ("text/turtle", lambda: "@prefix a: <" + "a" * 2_000_000),
    "an endless string": ("text/turtle", lambda: '<urn:s> <urn:p> """' + "x" * 4_000_000),
}


#: Texts that are well-formed, however strange: to take them in is as good as to refuse them.
HARMLESS = {
    "a document type from elsewhere",
    "a parameter entity",
    "an entity from elsewhere",
    "an entity from a file",
    "an inclusion",
    "deep brackets",
    "deep lists in Turtle",
    "deep lists",
    "deep objects",
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_made_to_harm(
    curator: httpx.Client, service: Running, canary: Canary, tmp_path: Path, name: str
) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the-secret", encoding="utf-8")
    kind, make = FILES[name]
    text = make()
    text = text.replace("{canary}", canary.url).replace("{secret}", str(secret))
    if kind == "application/ld+json":
        text = text.replace("{{", "{").replace("}}", "}")
    before = service.memory()
    try:
        response = curator.put("/rdf-graph-store", params=GRAPH, content=text, headers={"Content-Type": kind})
        if response.is_success:
            assert name in HARMLESS, f"{name} was taken in"
            held = curator.get("/rdf-graph-store", params=GRAPH, headers={"Accept": "application/n-triples"})
            assert "the-secret" not in held.text
        else:
            assert 400 <= response.status_code < 500, response.text
            assert response.headers["content-type"] == "application/problem+json"
            assert "the-secret" not in response.text
    finally:
        curator.delete("/rdf-graph-store", params=GRAPH)
    assert service.memory() < before + 400 * MB
    assert service.alive()
    canary.assert_silence()


def gzip_bomb(size: int) -> bytes:
    """``size`` bytes of a Turtle string without end, compressed to a thousandth."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    pieces = [packer.compress(b'<urn:s> <urn:p> """')]
    pieces += [packer.compress(b"a" * MB) for _ in range(size // MB)]
    return b"".join([*pieces, packer.flush()])


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip", "deflate", "br", "zstd", "nonsense"])
def test_compressed_bodies(curator: httpx.Client, service: Running, encoding: str) -> None:
    before = service.memory()
    bomb = gzip_bomb(1024 * MB)
    if encoding == "gzip, gzip":
        bomb = gzip.compress(bomb)
    for url, params, kind in (
        ("/rdf-graph-store", GRAPH, "text/turtle"),
        ("/sparql", {}, "application/sparql-update"),
        ("/sparql", {}, "application/sparql-query"),
    ):
        response = curator.request(
            "PUT" if url == "/rdf-graph-store" else "POST",
            url,
            params=params,
            content=bomb,
            headers={"Content-Type": kind, "Content-Encoding": encoding},
        )
        assert response.status_code in (400, 413, 415), (url, kind, response.status_code, response.text[:200])
    assert service.memory() < before + 400 * MB
    assert service.alive()


def test_a_body_that_is_not_what_its_length_says(service: Running) -> None:
    body = b"<urn:s> <urn:p> 1 ."
    for length in ("-1", "1e9", "99999999999999999999", "0x10", "5, 5", ""):
        head = (
            "PUT /rdf-graph-store?graph=http://example.org/uploaded HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {service.token}\r\nContent-Type: text/turtle\r\nContent-Length: {length}\r\n\r\n"
        )
        assert 400 <= status(exchange(service.url, head.encode() + body, 60)) < 500, length


def test_parts_of_a_form_without_end(curator: httpx.Client) -> None:
    boundary = "x"
    part = f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="f.ttl"\r\n\r\n\r\n'
    many = (part * 20_000 + f"--{boundary}--\r\n").encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}"}
    response = curator.post("/rdf-graph-store", params=GRAPH, content=many, headers=headers)
    assert response.status_code in (400, 413, 415)
    for body in (b"", b"--x", b"--x\r\n", b"--y--\r\n", b"\r\n" * 100_000, many[:-5]):
        response = curator.post("/rdf-graph-store", params=GRAPH, content=body, headers=headers)
        assert response.status_code in (400, 413, 415), body[:20]


def test_a_form_of_ten_thousand_fields(curator: httpx.Client) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = curator.post("/sparql", content="a=b&" * 20_000 + "query=ASK%20%7B%7D", headers=headers)
    assert response.status_code in (200, 400, 413)


def test_json_is_never_read_from_elsewhere(canary: Canary, curator: httpx.Client) -> None:
    """A Link header may name a context too (JSON-LD 1.1, section 6.1)."""
    headers = {
        "Content-Type": "application/json",
        "Link": f'<{canary.url}/c>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"',
    }
    body = json.dumps({"name": "x"})
    response = curator.put("/rdf-graph-store", params=GRAPH, content=body, headers=headers)
    assert response.status_code in (400, 415)
    canary.assert_silence()
