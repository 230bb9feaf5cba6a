"""Asking: parameters as people type them, answers with evidence, errors that help."""

from __future__ import annotations

from datetime import date

import pytest

from graph.ask import ask, newest_statement_date, questions
from graph.errors import BadParameter, GraphError, UnknownName
from graph.model import Thing
from graph.names import Names
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, PLACE, THEME

BASE = DEFAULT_BASE


def iri(value: object) -> str:
    assert isinstance(value, Thing)
    return value.iri


# --- what the roundtable must answer


@pytest.mark.parametrize(
    "theme",
    ["deinstitutionalisation", "Deinstitutionalization", "деинституционализация", "DI", "theme:deinstitutionalisation"],
)
def test_who_works_on_deinstitutionalisation(roundtable_store: EmbeddedStore, theme: str) -> None:
    answer = ask(roundtable_store, "who-works-on", {"theme": theme})
    stated, inferred = answer.rows
    assert [iri(stated.values[c]) for c in ("organisation", "place", "grade")] == [
        f"{BASE}organisation/unicef-armenia",
        f"{PLACE}AM",
        f"{CODE}grade/stated",
    ]
    assert [iri(inferred.values[c]) for c in ("organisation", "place", "grade", "basis")] == [
        f"{BASE}organisation/unicef-cee-cis-child-protection",
        f"{PLACE}cee-cis",
        f"{CODE}grade/inferred",
        f"{CODE}basis/inferred-session",
    ]
    assert "session" in str(inferred.values["reason"])
    title = next(one for one in stated.evidence if "Deinstitutionalization" in one.quote)
    assert title.quote == "Armenia: Focus on Deinstitutionalization"
    assert (title.start, title.end) == (4898, 4938)
    assert title.document is not None
    assert title.document.kind == "document"
    assert "#row=" in title.row
    assert answer.as_of == date(2010, 5, 12)
    assert answer.cell is None


def test_nothing_is_stated_for_romania_and_the_cell_says_so(roundtable_store: EmbeddedStore) -> None:
    answer = ask(roundtable_store, "who-works-on", {"theme": "deinstitutionalisation", "place": "Romania"})
    assert [iri(row.values["grade"]) for row in answer.rows] == [f"{CODE}grade/regional-inferred"]
    assert answer.cell is not None
    assert answer.cell.state == "inferred-only"
    assert answer.cell.theme == answer.parameters["theme"]
    assert answer.cell.place.label == "Romania"


def test_an_empty_answer_says_how_much_was_looked_at(roundtable_store: EmbeddedStore) -> None:
    answer = ask(roundtable_store, "who-works-on", {"theme": "inclusive education", "place": "United Kingdom"})
    assert answer.rows == ()
    assert answer.looked_at["sources"] == 1
    assert answer.looked_at["engagements"] > 40
    assert answer.cell is not None
    assert answer.cell.state == "unknown"


@pytest.mark.parametrize("seat", ["United Kingdom", "Kyrgyzstan", "Switzerland"])
def test_no_seat_is_a_place_of_work(roundtable_store: EmbeddedStore, seat: str) -> None:
    names = Names.of(roundtable_store)
    themes = names.all("theme")
    assert len(themes) > 30
    for theme in themes:
        rows = ask(roundtable_store, "who-works-on", {"theme": theme.iri, "place": seat}, names=names).rows
        assert {iri(row.values["grade"]).rpartition("/")[2] for row in rows} <= {"regional", "regional-inferred"}


def test_nobody_is_shown_as_having_attended(roundtable_store: EmbeddedStore) -> None:
    rows = ask(roundtable_store, "who-presented", {"event": "roundtable-2010"}).rows
    attendance = {iri(row.values["person"]): iri(row.values["attendance"]).rpartition("/")[2] for row in rows}
    assert len(attendance) == 19
    assert "attended" not in attendance.values()
    assert [person for person, how in attendance.items() if how == "absent"] == [f"{BASE}person/ingrid-lewis"]
    (absent,) = [row for row in rows if iri(row.values["person"]).endswith("ingrid-lewis")]
    assert iri(absent.values["delivery"]) == f"{CODE}delivery/presenter-absent"


def test_labels_come_in_the_language_of_the_reader(roundtable_store: EmbeddedStore) -> None:
    row = ask(roundtable_store, "who-works-on", {"theme": "DI"}, lang="ru").rows[0]
    assert [value.label for value in row.values.values() if isinstance(value, Thing)][:3] == [
        "ЮНИСЕФ в Армении",
        "Деинституционализация",
        "Армения",
    ]


# --- what every answer has


def test_the_query_of_an_answer_gives_its_rows(example_store: EmbeddedStore) -> None:
    answer = ask(example_store, "who-works-on", {"theme": "child protection", "place": "AM"})
    again = [(s["organisation"].value, s["grade"].value) for s in example_store.select(answer.query)]
    assert again == [(iri(row.values["organisation"]), iri(row.values["grade"])) for row in answer.rows]
    assert again
    assert answer.generation == example_store.generation


def test_a_record_without_quotation_still_names_its_row(example_store: EmbeddedStore) -> None:
    (row,) = ask(example_store, "what-does", {"organisation": "EA"}).rows
    (evidence,) = row.evidence
    assert (evidence.quote, evidence.start, evidence.end) == ("twenty quoted chars.", 10, 30)
    assert evidence.document == Thing(f"{BASE}document/example-report", "Example report", "document")
    assert evidence.row == f"{BASE}file/00ff#row=2"


def test_an_answer_speaks_as_of_the_newest_statement_unless_told(example_store: EmbeddedStore) -> None:
    theme = {"theme": "inclusive education", "place": "Romania"}
    assert ask(example_store, "who-works-on", theme).as_of == date(2010, 5, 12)
    grades = {
        day: iri(ask(example_store, "who-works-on", theme, as_of=day).rows[0].values["grade"]).rpartition("/")[2]
        for day in (date(2008, 12, 31), date(2009, 1, 1))
    }
    assert grades == {date(2008, 12, 31): "stated", date(2009, 1, 1): "history"}
    typed = ask(example_store, "who-works-on", {**theme, "as_of": "2008"}, as_of=date(2020, 1, 1))
    assert typed.as_of == date(2008, 12, 31)
    assert '"2008-12-31"^^<http://www.w3.org/2001/XMLSchema#date>' in typed.query


def test_a_graph_without_dates_speaks_of_today() -> None:
    assert newest_statement_date(EmbeddedStore(), clock=lambda: date(2031, 2, 3)) == date(2031, 2, 3)


def test_an_empty_text_is_a_parameter_that_nobody_gave(example_store: EmbeddedStore) -> None:
    answer = ask(example_store, "who-works-on", {"theme": "disability", "place": " ", "as_of": ""})
    assert list(answer.parameters) == ["theme"]


@pytest.mark.parametrize("name", sorted(questions()))
def test_every_question_can_be_asked_of_an_empty_store(name: str) -> None:
    question = questions()[name]
    required = [p.name for p in question.parameters if p.required]
    if not required:
        assert ask(EmbeddedStore(), name, {}).rows == ()
        return
    with pytest.raises(UnknownName):
        ask(EmbeddedStore(), name, dict.fromkeys(required, "anything"))


# --- what is asked wrongly


@pytest.mark.parametrize(
    ("parameters", "error", "code", "suggestion"),
    [
        ({}, BadParameter, "missing-parameter", "theme"),
        ({"theme": "  "}, BadParameter, "missing-parameter", "theme"),
        ({"thema": "disability"}, BadParameter, "unknown-parameter", "theme"),
        ({"theme": "disability", "xyzzy": "1"}, BadParameter, "unknown-parameter", "theme"),
        (
            {"theme": "deinstitutionalsation"},
            UnknownName,
            "unknown-theme",
            "Deinstitutionalisation (deinstitutionalisation)",
        ),
        ({"theme": "Romania"}, UnknownName, "unknown-theme", None),
        ({"theme": "disability", "place": "Romnia"}, UnknownName, "unknown-place", "Romania (RO)"),
        ({"theme": "disability", "place": THEME + "disability"}, UnknownName, "unknown-place", None),
        ({"theme": "disability", "as_of": "32.13.2010"}, BadParameter, "bad-date", None),
        ({"theme": "disability", "as_of": "2010-02-30"}, BadParameter, "bad-date", None),
        ({"theme": "disability", "as_of": "2010-13"}, BadParameter, "bad-date", None),
    ],
)
def test_what_is_asked_wrongly_is_explained(
    example_store: EmbeddedStore,
    parameters: dict[str, str],
    error: type[GraphError],
    code: str,
    suggestion: str | None,
) -> None:
    with pytest.raises(error) as caught:
        ask(example_store, "who-works-on", parameters)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")
    assert caught.value.hint
    if suggestion:
        assert caught.value.suggestions[0] == suggestion


def test_an_unknown_question_gets_the_nearest(example_store: EmbeddedStore) -> None:
    with pytest.raises(UnknownName) as caught:
        ask(example_store, "who-work-on", {})
    assert caught.value.code == "unknown-question"
    assert caught.value.suggestions[0] == "who-works-on"
