"""The pages: what stands on them, without a browser."""

import html
import itertools
import re

import httpx
import pytest

from tests.service.conftest import BROWSER

PAGES = [
    "/",
    "/ask",
    "/ask/who-works-on",
    "/ask/who-works-on?theme=deinstitutionalisation",
    "/ask/what-does?organisation=hostile",
    "/ask/who-works-on?theme=film-advocacy&place=AL&lang=ru",
    "/coverage",
    "/coverage?theme=advocacy&place=AL",
    "/gaps",
    "/gaps?theme=film-advocacy",
    "/gaps?organisation=hostile&as_of=2011&weights=absence:2,asked:1",
    "/gaps/between",
    "/gaps/between?from=2010-05-12&to=2016&theme=film-advocacy&lang=ru",
    "/id/gap/uncovered/deinstitutionalisation--AL",
    "/what-if",
    "/what-if?what=Advocacy&where=Albania",
    "/what-if?engagement=hostile|film-advocacy|AM",
    "/what-if/best?kind=uncovered&theme=film-advocacy&k=1",
    "/export",
    "/browse",
    "/browse/organisation",
    "/browse/theme",
    "/browse/place?q=armania",
    "/about",
    "/docs",
    "/sparql",
    "/sparql?query=SELECT%20*%20%7B%20%3Chttps%3A%2F%2Fw3id.org%2Fcommonground%2Fid%2Forganisation%2Fhostile%3E%20%3Fp%20%3Fo%7D",
    "/id/organisation/hostile",
    "/id/organisation/example-society",
    "/id/person/example-person",
    "/id/theme/deinstitutionalisation",
    "/id/theme/film-advocacy",
    "/id/place/AL",
    "/id/place/AM",
    "/id/place/m49-001",
    "/id/event/example-meeting",
    "/id/event/example-session",
    "/id/talk/example-talk",
    "/id/resource/example-database",
    "/id/document/example-report",
    "/id/statement/example/s1",
    "/id/engagement/example/e1",
    "/id/collaboration/example/c1",
    "/id/source/example",
    "/id/source/hostile",
    "/id/code/grade/stated",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_whole_and_harmless(client: httpx.Client, path: str) -> None:
    response = client.get(path, headers=BROWSER)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = response.text
    assert page.count("<h1>") == 1
    assert page.rstrip().endswith("</html>")
    # The policy forbids scripts and inline styles; there are none to forbid, whatever labels say.
    assert "<script" not in page
    assert not re.search(r"""\s(?:style|on[a-z]+)\s*=\s*["']""", page)
    assert not re.search(r"""(?:href|action)\s*=\s*["']?\s*(?:javascript|data):""", page, re.IGNORECASE)
    assert not re.search(r"""(?:src|href)="https?://[^"]*\.(?:js|css|woff2?)""", page)
    # Heading levels do not jump, and ids are unique.
    levels = [int(n) for n in re.findall(r"<h([1-6])", page)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels)), levels
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_links_lead_somewhere(client: httpx.Client) -> None:
    links: set[str] = set()
    for path in PAGES:
        page = client.get(path, headers=BROWSER).text
        found = {html.unescape(link) for link in re.findall(r'href="(/[^"#]*)', page)}
        # The example's table file is not described in it; cells of the matrix are as many as they are alike.
        links |= {link for link in sorted(found)[:40] if not link.startswith("/id/file/")}
    assert len(links) > 100
    for link in sorted(links):
        assert client.get(link, headers=BROWSER).status_code == 200, link


def test_a_hostile_label_is_shown_as_text(client: httpx.Client) -> None:
    page = client.get("/id/organisation/hostile", headers=BROWSER).text
    assert "&lt;script&gt;alert(&#39;label&#39;)&lt;/script&gt;" in page
    assert 'href="https://example.org/page"' in page
    assert "javascript:alert" in page


def test_the_answer_page_tells_grade_quotation_position_and_query(client: httpx.Client) -> None:
    page = client.get("/ask/who-works-on?theme=deinstitutionalisation&place=AM", headers=BROWSER).text
    assert "“twenty quoted chars.”" in page
    assert "characters 10 to 30" in page
    assert 'class="badge stated"' in page
    assert 'class="badge regional-inferred"' in page
    assert "Covered by one" in page
    assert "VALUES (?theme ?place ?as_of ?roll_up)" in page
    assert "/ask/who-works-on.json?theme=deinstitutionalisation&amp;place=AM" in page
    assert "It speaks of <strong>2010-05-12</strong>" in page


def test_an_empty_answer_says_what_was_looked_at(client: httpx.Client) -> None:
    page = client.get("/ask/who-works-on?theme=policy-development", headers=BROWSER).text
    assert "Nothing is recorded." in page
    assert re.search(r"\d+ engagements", page)


def test_an_unknown_name_gets_links_to_what_may_be_meant(client: httpx.Client) -> None:
    response = client.get("/ask/who-works-on?theme=deinstitutionalisatoin&place=AM", headers=BROWSER)
    assert response.status_code == 422
    assert "Did you mean" in response.text
    assert 'href="/ask/who-works-on?theme=deinstitutionalisation&amp;place=AM"' in response.text
    coverage = client.get("/coverage?place=Armeniia", headers=BROWSER)
    assert 'href="/coverage?place=AM"' in coverage.text


def test_an_error_is_a_page_for_people(client: httpx.Client) -> None:
    for path, status in (("/no/such/page", 404), ("/ask/who-knows", 404), ("/id/organisation/nobody", 404)):
        response = client.get(path, headers=BROWSER)
        assert response.status_code == status
        assert response.headers["content-type"].startswith("text/html")
        assert "<h1>There is nothing at this address</h1>" in response.text


def test_a_seat_is_told_as_a_seat(client: httpx.Client) -> None:
    page = client.get("/id/organisation/example-society", headers=BROWSER).text
    assert "It says nothing about where it works." in page
    assert "Example Town" in page


def test_definitions_come_with_their_sources(client: httpx.Client) -> None:
    page = client.get("/id/theme/deinstitutionalisation", headers=BROWSER).text
    assert "There are several; sources do not agree." in page
    assert "Guidelines for the Alternative Care of Children" in page


def test_the_language_is_kept_in_links(client: httpx.Client) -> None:
    page = client.get("/browse/theme?lang=ru", headers=BROWSER).text
    assert "Деинституционализация" in page
    assert 'href="/id/theme/deinstitutionalisation?lang=ru"' in page


@pytest.mark.parametrize(
    ("suffix", "accept", "media_type", "token"),
    [
        (".ttl", None, "text/turtle; charset=utf-8", "skos:prefLabel"),
        (".json", None, "application/ld+json", '"@graph"'),
        (".nt", None, "application/n-triples", "<http://www.w3.org/2004/02/skos/core#prefLabel>"),
        (".rdf", None, "application/rdf+xml", "<rdf:RDF"),
        ("", "text/turtle", "text/turtle; charset=utf-8", "skos:prefLabel"),
        ("", "application/ld+json", "application/ld+json", '"@graph"'),
    ],
)
def test_a_thing_as_data(client: httpx.Client, suffix: str, accept: str | None, media_type: str, token: str) -> None:
    headers = {"Accept": accept} if accept else {}
    response = client.get(f"/id/organisation/example-society{suffix}", headers=headers)
    assert response.headers["content-type"] == media_type
    assert token in response.text
    # As subject and as object.
    assert "Example Society" in response.text
    assert "engagement/example/e2" in response.text


def test_a_thing_in_no_known_format_is_not_acceptable(client: httpx.Client) -> None:
    response = client.get("/id/organisation/example-society", headers={"Accept": "image/png"})
    assert response.status_code == 406
    assert response.headers["content-type"] == "application/problem+json"


def test_a_row_of_a_table_is_evidence_though_it_has_no_words(client: httpx.Client) -> None:
    page = client.get("/gaps?kind=uncovered&theme=teacher-training&place=RO", headers=BROWSER).text
    assert '<a href="/id/engagement/example/e3">row 4</a>' in page
    assert "more quotation" not in page
    answer = client.get("/ask/what-does?organisation=example-society", headers=BROWSER).text
    assert '<a href="/id/engagement/example/e3">row 4</a>' in answer


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Known of, but not as stated there"), ("ru", "Известны, но не для этого места")]
)
def test_what_a_gap_is_about_is_called_as_its_kind_calls_it(client: httpx.Client, lang: str, title: str) -> None:
    page = client.get(f"/gaps?kind=uncovered&theme=teacher-training&place=RO&lang={lang}", headers=BROWSER).text
    assert f"<dt>{title}</dt>" in page


def test_a_gap_between_two_themes_leads_to_trying_both(roundtable: httpx.Client) -> None:
    page = roundtable.get("/gaps?kind=unlinked-themes", headers=BROWSER).text
    gaps = roundtable.get("/gaps.json?kind=unlinked-themes").json()["gaps"]
    assert gaps
    assert page.count("What if somebody worked on both here?") == len(gaps)
    assert "Somebody told you" not in page
    link = re.search(r'href="(/what-if\?[^"]*)">What if somebody worked on both', page)
    assert link
    form = roundtable.get(html.unescape(link[1]), headers=BROWSER).text
    both = "; ".join(gaps[0]["subjects"][name]["label"] for name in ("theme", "other"))
    assert f'value="{both}"' in form
