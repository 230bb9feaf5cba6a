"""The interface for programs: questions, coverage, gaps, exports, health, and the shape of errors."""

import csv
import io
from typing import Any

import httpx
import openpyxl
import pytest

from graph.ask import questions
from graph.exports import formats
from graph.gaps import kinds
from graph.maps import maps
from service.wording import STATES
from tests.service.conftest import BROWSER, serving

DEINSTITUTIONALISATION = "https://w3id.org/commonground/id/theme/deinstitutionalisation"


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_the_list_of_questions(client: httpx.Client) -> None:
    response = client.get("/ask")
    assert response.headers["content-type"] == "application/json"
    listed = response.json()["questions"]
    assert [q["name"] for q in listed] == list(questions())
    theme = next(q for q in listed if q["name"] == "who-works-on")["parameters"][0]
    assert (theme["name"], theme["required"]) == ("theme", True)


@pytest.mark.parametrize(
    "theme",
    ["deinstitutionalisation", "Deinstitutionalization", "деинституционализация", DEINSTITUTIONALISATION],
)
def test_an_answer_as_json(client: httpx.Client, theme: str) -> None:
    body = client.get("/ask/who-works-on.json", params={"theme": theme}).json()
    found = [(r["organisation"]["label"], r["place"]["label"], r["grade"]["code"]) for r in body["rows"]]
    assert found == [
        ("Example Agency Armenia", "Armenia", "stated"),
        ("Example Society", "CEE/CIS", "inferred"),
    ]
    assert body["rows"][0]["evidence"][0]["quote"] == "twenty quoted chars."
    assert body["as_of"] == "2010-05-12"


def test_the_query_of_an_answer_reproduces_it(client: httpx.Client) -> None:
    body = client.get("/ask/who-works-on.json", params={"theme": "deinstitutionalisation"}).json()
    again = client.get("/sparql", params={"query": body["query"]}).json()
    assert [b["organisation"]["value"] for b in again["results"]["bindings"]] == [
        r["organisation"]["iri"] for r in body["rows"]
    ]


def test_the_same_answer_as_csv(client: httpx.Client) -> None:
    response = client.get("/ask/who-works-on.csv", params={"theme": "deinstitutionalisation"})
    assert response.headers["content-type"].startswith("text/csv")
    assert "attachment" in response.headers["content-disposition"]
    assert [r["organisation"] for r in rows(response.text)] == ["Example Agency Armenia", "Example Society"]


def test_csv_gives_a_spreadsheet_no_formula_to_run(client: httpx.Client) -> None:
    text = client.get("/ask/who-works-on.csv", params={"theme": "film-advocacy", "place": "AL"}).text
    assert [r["reason"] for r in rows(text)] == ['\'=HYPERLINK("https://example.org")']


def test_blank_parameters_of_a_form_count_as_not_given(client: httpx.Client) -> None:
    asked = {"theme": "deinstitutionalisation", "place": "", "as_of": " "}
    with_blanks = client.get("/ask/who-works-on.json", params=asked).json()
    without = client.get("/ask/who-works-on.json", params={"theme": "deinstitutionalisation"}).json()
    assert with_blanks == without


def test_labels_in_russian(client: httpx.Client) -> None:
    body = client.get("/ask/who-works-on.json?theme=deinstitutionalisation&place=AM&lang=ru").json()
    assert body["rows"][0]["theme"]["label"] == "Деинституционализация"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("", "missing-parameter"),
        ("theme=deinstitutionalisatoin", "unknown-theme"),
        ("theme=advocacy&them=x", "unknown-parameter"),
        ("theme=advocacy&theme=policy", "repeated-parameter"),
        ("theme=advocacy&lang=xx", "unknown-language"),
        ("theme=advocacy&as_of=32.13.2010", "bad-date"),
        ("theme=" + "x" * 501, "value-too-long"),
        ("theme=%00", "bad-value"),
    ],
)
def test_what_is_asked_wrongly_is_a_422(client: httpx.Client, query: str, code: str) -> None:
    for suffix in ("json", "csv"):
        assert problem(client.get(f"/ask/who-works-on.{suffix}?{query}"), 422)["code"] == code


def test_an_unknown_name_comes_with_suggestions(client: httpx.Client) -> None:
    body = problem(client.get("/ask/who-works-on.json?theme=deinstitutionalisatoin"), 422)
    assert body["suggestions"][0] == "Deinstitutionalisation (deinstitutionalisation)"


def test_an_unknown_question_is_a_404(client: httpx.Client) -> None:
    assert problem(client.get("/ask/who-knows.json"), 404)["code"] == "unknown-question"


def test_coverage(client: httpx.Client) -> None:
    body = client.get("/coverage.json?theme=deinstitutionalisation&place=AM").json()
    assert [(c["state"], c["partners"][0]["label"]) for c in body["cells"]] == [
        ("covered-by-one", "Example Agency Armenia")
    ]
    table = rows(client.get("/coverage.csv").text)
    whole = client.get("/coverage.json").json()
    assert len(table) == len(whole["cells"]) == len(whole["themes"]) * len(whole["places"])
    assert {cell["state"] for cell in whole["cells"]} <= set(STATES)
    problem(client.get("/coverage.json?place=nowhereland"), 422)


def test_what_coverage_counts_together_is_asked_for(client: httpx.Client) -> None:
    asked = {"theme": "education", "place": "AM"}
    together = client.get("/coverage.json", params=asked).json()
    apart = client.get("/coverage.json", params=asked | {"roll_up": "places,families"}).json()
    assert (together["roll_up"], apart["roll_up"]) == (["themes", "places", "families"], ["places", "families"])
    states = [
        next(c for c in told["cells"] if c["theme"].endswith("/education"))["state"] for told in (together, apart)
    ]
    assert states == ["covered-by-one", "unknown"]
    # The query shown gives what the cells were chosen from, and no more.
    facts = client.get("/sparql", params={"query": apart["query"]}, headers={"Accept": "text/csv"})
    assert len(rows(facts.text)) == sum(len(c["evidence"]) for c in apart["cells"])
    assert problem(client.get("/coverage.json?roll_up=theme"), 422)["suggestions"] == ["themes"]
    answer = client.get("/ask/who-works-on.json", params=asked | {"roll_up": "none"}).json()
    assert (answer["rows"], answer["cell"]["state"]["code"]) == ([], "unknown")


def test_the_workbook_of_coverage_has_the_rows_of_the_table(client: httpx.Client) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(client.get("/coverage.xlsx").content))["coverage"]
    found = [["" if cell is None else cell for cell in row] for row in sheet.values]
    assert found == list(csv.reader(io.StringIO(client.get("/coverage.csv").text.removeprefix("\ufeff"))))


def test_gaps(client: httpx.Client) -> None:
    everything = client.get("/gaps.json?limit=1000").json()["gaps"]
    assert everything
    assert [g["severity"] for g in everything] == sorted((g["severity"] for g in everything), reverse=True)
    assert client.get("/gaps.json").json()["gaps"] == everything[:100]
    of_kind = client.get("/gaps.json", params={"kind": everything[0]["kind"]}).json()["gaps"]
    assert {g["kind"] for g in of_kind} == {everything[0]["kind"]}
    assert 0 < len(of_kind) < len(everything)
    assert len(rows(client.get("/gaps.csv").text)) == client.get("/gaps.json").json()["count"] == len(everything) > 100
    problem(client.get("/gaps.json?kind=nonsense"), 422)
    problem(client.get("/gaps.csv?theme=nonsensical"), 422)


def test_gaps_page_by_page(client: httpx.Client) -> None:
    whole = client.get("/gaps.json").json()
    part = client.get("/gaps.json?limit=2&offset=1").json()
    assert (part["count"], part["shown"], part["offset"]) == (whole["count"], 2, 1)
    assert part["gaps"] == whole["gaps"][1:3]
    assert [r["iri"] for r in rows(client.get("/gaps.csv?limit=2&offset=1").text)] == [g["iri"] for g in part["gaps"]]
    assert whole["looked_at"]["kinds"] == sorted(kinds())
    for wrong in ("limit=0", "limit=-1", "limit=many", "limit=10001", "offset=-1", "offset=1.5"):
        assert problem(client.get(f"/gaps.json?{wrong}"), 422)["code"] == "bad-number", wrong


def test_no_gap_is_told_with_what_was_looked_at(client: httpx.Client) -> None:
    body = client.get("/gaps.json?kind=uncovered&theme=deinstitutionalisation&place=AM").json()
    assert (body["count"], body["shown"], body["gaps"]) == (0, 0, [])
    assert body["looked_at"]["engagements"] > 0
    assert body["looked_at"]["filters"]["place"]["label"] == "Armenia"


def test_gaps_by_weight_and_organisation(client: httpx.Client) -> None:
    body = client.get("/gaps.json?kind=uncovered&weights=absence:1,asked:3").json()
    assert body["weights"] == {"uncovered": {"absence": 0.25, "asked": 0.75}}
    assert problem(client.get("/gaps.json?weights=absense:1"), 422)["suggestions"][0] == "absence"
    assert problem(client.get("/gaps.json?wieghts=absence:1"), 422)["suggestions"] == ["weights"]
    of_one = client.get("/gaps.json?organisation=Example%20Society").json()
    assert of_one["looked_at"]["filters"]["organisation"]["label"] == "Example Society"
    assert "not-collaborating" in of_one["looked_at"]["kinds"]
    assert "uncovered" in of_one["looked_at"]["left_out"]
    assert problem(client.get("/gaps.json?organisation=Exampel%20Society"), 422)["suggestions"]


def test_the_workbook_of_gaps_has_the_rows_of_the_table(client: httpx.Client) -> None:
    response = client.get("/gaps.xlsx?lang=ru")
    assert "gaps.xlsx" in response.headers["content-disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(response.content))["gaps"]
    found = [["" if cell is None else cell for cell in row] for row in sheet.values]
    table = list(csv.reader(io.StringIO(client.get("/gaps.csv?lang=ru").text.removeprefix("\ufeff"))))
    assert found == [table[0], *([float(row[0]), *row[1:]] for row in table[1:])]
    # Nothing in it is a formula, nor would become one on being edited.
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}
    assert not any(str(text).startswith(("=", "+", "@")) for row in found for text in row)


def test_every_map_in_every_format(client: httpx.Client) -> None:
    assert maps()
    for name in maps():
        for suffix, form in formats().items():
            response = client.get(f"/export/{name}.{suffix}")
            assert response.status_code == 200, response.text
            assert response.headers["content-type"] == form.media_type
            assert f'filename="{name}' in response.headers["content-disposition"]
            assert response.content
    assert problem(client.get("/export/nothing.gexf"), 404)["code"] == "unknown-map"
    assert problem(client.get(f"/export/{next(iter(maps()))}.bmp"), 404)["code"] == "unknown-format"


def test_health_reads_the_store(client: httpx.Client) -> None:
    answer = client.get("/healthz").json()
    assert (answer["status"], answer["generation"]) == ("ok", 2)
    assert not any(answer["parts"].values())


def test_a_store_that_cannot_be_read_is_not_healthy() -> None:
    from graph.store.embedded import EmbeddedStore

    class Broken(EmbeddedStore):
        def query(self, *_: object, **__: object) -> Any:
            raise OSError("disk gone at /secret/path")

    with serving(Broken()) as url:
        response = httpx.get(url + "/healthz")
        assert "secret" not in response.text
        assert problem(response, 503)["code"] == "unhealthy"


def test_an_unforeseen_error_gives_nothing_away() -> None:
    from graph.store.embedded import EmbeddedStore

    class Broken(EmbeddedStore):
        def select(self, _: str) -> Any:
            raise ZeroDivisionError("inside /secret/path")

    with serving(Broken()) as url:
        for_programs = httpx.get(url + "/coverage.json")
        assert problem(for_programs, 500)["code"] == "unexpected"
        assert "secret" not in for_programs.text
        assert "Zero" not in for_programs.text
        for_people = httpx.get(url + "/coverage", headers=BROWSER)
        assert for_people.status_code == 500
        assert "secret" not in for_people.text


def test_head_is_get_without_a_body(client: httpx.Client) -> None:
    response = client.head("/healthz")
    assert response.status_code == 200
    assert response.content == b""


def test_overlong_addresses_and_wrong_methods(client: httpx.Client) -> None:
    assert problem(client.get("/ask?x=" + "y" * 9000), 414)["code"] == "address-too-long"
    problem(client.post("/ask"), 405)
    problem(client.get("/no/such/page"), 404)


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/", "/ask", "/healthz", "/static/style.css", "/no/such/page", "/ask?x=" + "y" * 9000):
        headers = client.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
