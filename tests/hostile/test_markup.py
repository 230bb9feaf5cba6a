"""Labels and IRIs in the data that are made for the reader's browser: they are shown as what they are, text."""

from __future__ import annotations

import csv
import io
import re

import httpx
import pytest

from tests.hostile.test_parameters import harmless
from tests.service.conftest import BROWSER

pytestmark = [pytest.mark.xdist_group("hostile"), pytest.mark.usefixtures("unharmed")]

LABEL = "<script>alert('label')</script>"
PAGES = (
    "/id/organisation/hostile",
    "/id/organisation/hostile.html",
    "/id/engagement/hostile/h1",
    "/id/source/hostile",
    "/ask/who-works-on?theme=film-advocacy",
    "/ask/what-does?organisation=hostile",
    "/gaps?theme=film-advocacy",
    "/what-if?engagement=hostile|film-advocacy|AM",
    "/coverage",
    "/browse/organisation",
    "/search?q=script",
)


@pytest.mark.parametrize("path", PAGES)
def test_pages_show_text(anybody: httpx.Client, path: str) -> None:
    response = anybody.get(path, headers=BROWSER, follow_redirects=True)
    assert response.status_code in (200, 404), response.text[:300]
    harmless(response, LABEL)
    policy = response.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "'none'" in policy or "'self'" in policy


def test_the_label_is_there_as_text(anybody: httpx.Client) -> None:
    page = anybody.get("/id/organisation/hostile", headers=BROWSER, follow_redirects=True).text
    assert "&lt;script&gt;alert(" in page


def test_an_address_that_is_a_program_is_no_link(anybody: httpx.Client) -> None:
    page = anybody.get("/id/organisation/hostile", headers=BROWSER, follow_redirects=True).text
    assert 'href="https://example.org/page"' in page
    assert not re.search(r"href\s*=\s*[\"']?\s*(?:javascript|data|vbscript):", page, re.IGNORECASE)


@pytest.mark.parametrize(
    "path", ["/ask/who-works-on.csv?theme=film-advocacy", "/gaps.csv", "/what-if.csv?engagement=hostile|advocacy"]
)
def test_a_table_has_no_formulas(anybody: httpx.Client, path: str) -> None:
    response = anybody.get(path)
    assert response.status_code == 200
    for row in csv.reader(io.StringIO(response.content.decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "@", "\t", "\r")), cell


@pytest.mark.parametrize("path", ["/id/organisation/hostile.json", "/id/organisation/hostile.jsonld"])
def test_data_is_never_taken_for_a_page(anybody: httpx.Client, path: str) -> None:
    response = anybody.get(path, headers=BROWSER, follow_redirects=True)
    assert response.status_code == 200
    assert not response.headers["content-type"].startswith("text/html")
    assert response.headers["x-content-type-options"] == "nosniff"


def test_a_result_on_the_query_page_is_text(anybody: httpx.Client) -> None:
    query = "SELECT ?a ?b { VALUES (?a ?b) { ('<img src=x onerror=alert(1)>' <javascript:alert(1)>) } }"
    for headers in ({**BROWSER}, {**BROWSER, "Sec-Fetch-Dest": "iframe"}):
        page = anybody.post("/sparql", data={"query": query}, headers=headers)
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        harmless(page, query)
