"""Every answer of data names the state of the data that it speaks of, and is sent packed to who takes that."""

import gzip

import httpx
import pytest

from tests.running import running

PATHS = [
    "/",
    "/ask",
    "/ask/who-works-on?theme=deinstitutionalisation",
    "/ask/who-works-on.json?theme=deinstitutionalisation",
    "/ask/who-works-on.csv?theme=deinstitutionalisation",
    "/coverage",
    "/coverage.json",
    "/gaps.json",
    "/export/collaboration.gexf",
    "/browse/theme",
    "/id/theme/deinstitutionalisation.html",
    "/id/theme/deinstitutionalisation.ttl",
    "/dataset",
    "/ns/Engagement",
    "/sparql?query=ASK%7B%7D",
]


@pytest.mark.parametrize("path", PATHS)
def test_it_names_its_generation_and_is_not_sent_twice(roundtable: httpx.Client, path: str) -> None:
    first = roundtable.get(path)
    assert first.status_code == 200
    assert first.headers["common-ground-generation"] == "2"
    tag = first.headers["etag"]
    assert "Accept" in first.headers["vary"]
    again = roundtable.get(path, headers={"If-None-Match": tag})
    assert again.status_code == 304
    assert not again.content
    assert again.headers["etag"] == tag
    assert again.headers["common-ground-generation"] == "2"


def test_a_tag_is_of_one_address_and_one_kind_of_reader(roundtable: httpx.Client) -> None:
    tags = {roundtable.get(path).headers["etag"] for path in PATHS}
    assert len(tags) == len(PATHS)
    page = roundtable.get("/coverage", headers={"Accept": "text/html"}).headers["etag"]
    assert page != roundtable.get("/coverage", headers={"Accept": "*/*"}).headers["etag"]


def test_what_is_not_there_has_no_tag(roundtable: httpx.Client) -> None:
    for given in ("*", '"x"'):
        response = roundtable.get("/id/theme/nothing.html", headers={"If-None-Match": given})
        assert response.status_code == 404
        assert "etag" not in response.headers
    assert roundtable.get("/coverage.json", headers={"If-None-Match": "*"}).status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/openapi.json", "/static/style.css"])
def test_what_is_not_about_the_data_names_none(roundtable: httpx.Client, path: str) -> None:
    assert "common-ground-generation" not in roundtable.get(path).headers


def test_what_may_not_be_kept_has_no_tag(roundtable: httpx.Client) -> None:
    """The page of a batch changes within a generation."""
    page = roundtable.get("/batches", headers={"Accept": "text/html"})
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers


def test_it_is_packed_for_who_takes_it(roundtable: httpx.Client) -> None:
    plain = roundtable.get("/coverage.json", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in plain.headers["vary"]
    with roundtable.stream("GET", "/coverage.json", headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["content-encoding"] == "gzip"
        raw = b"".join(packed.iter_raw())
    assert len(raw) == int(packed.headers["content-length"]) < len(plain.content) / 4
    assert gzip.decompress(raw) == plain.content
    small = roundtable.get("/healthz", headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in small.headers


def test_after_a_write_the_tag_is_another(tmp_path_factory: pytest.TempPathFactory) -> None:
    with (
        running(tmp_path_factory.mktemp("representation") / "data", "--empty") as service,
        httpx.Client(base_url=service.url, headers=service.bearer, trust_env=False, timeout=30) as client,
    ):
        before = client.get("/browse").headers
        update = {"update": "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }"}
        written = client.post("/sparql", data=update).json()["generation"]
        after = client.get("/browse", headers={"If-None-Match": before["etag"]})
        assert after.status_code == 200
        assert int(after.headers["common-ground-generation"]) == written
        assert int(before["common-ground-generation"]) < written
