"""An answer as plain data, for JSON and for CSV."""

from __future__ import annotations

import json

import pytest

from graph.answer_format import to_dict, to_table
from graph.ask import ask, questions
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, PLACE, THEME

ORGANISATION = DEFAULT_BASE + "organisation/example-agency-armenia"


@pytest.fixture
def data(example_store: EmbeddedStore) -> dict[str, object]:
    answer = ask(example_store, "who-works-on", {"theme": "deinstitutionalisation", "place": "Armenia"})
    return dict(json.loads(json.dumps(to_dict(answer))))


def test_json_has_everything_that_an_answer_has(data: dict[str, object]) -> None:
    assert data["question"] == "who-works-on"
    assert data["as_of"] == "2010-05-12"
    assert data["parameters"] == {
        "theme": {"iri": THEME + "deinstitutionalisation", "label": "Deinstitutionalisation"},
        "place": {"iri": PLACE + "AM", "label": "Armenia"},
    }
    assert data["looked_at"] == {"engagements": 5, "sources": 1}
    assert isinstance(data["generation"], int)
    assert "VALUES (?theme ?place ?as_of ?roll_up)" in str(data["query"])
    assert isinstance(data["columns"], list)
    assert data["columns"][0] == {"name": "organisation", "label": "Organisation"}
    assert isinstance(data["cell"], dict)
    assert data["cell"]["state"]["code"] == "covered-by-one"


def test_json_rows_have_things_codes_lists_values_and_nulls(data: dict[str, object]) -> None:
    assert isinstance(data["rows"], list)
    row = data["rows"][0]
    assert row == {
        "organisation": {"iri": ORGANISATION, "label": "Example Agency Armenia"},
        "theme": {"iri": THEME + "deinstitutionalisation", "label": "Deinstitutionalisation"},
        "place": {"iri": PLACE + "AM", "label": "Armenia"},
        "grade": {"code": "stated", "label": row["grade"]["label"], "iri": CODE + "grade/stated"},
        "basis": {"code": "stated", "label": row["basis"]["label"], "iri": CODE + "basis/stated"},
        "reason": None,
        "role": None,
        "since": None,
        "until": None,
        "stated_on": "2010-05-12",
        "talks": [{"iri": DEFAULT_BASE + "talk/example-talk", "label": "Example talk"}],
        "evidence": [
            {
                "iri": DEFAULT_BASE + "evidence/example-report/10-30",
                "quote": "twenty quoted chars.",
                "start": 10,
                "end": 30,
                "document": {"iri": DEFAULT_BASE + "document/example-report", "label": "Example report"},
                "row": DEFAULT_BASE + "file/00ff#row=2",
            }
        ],
    }


def test_truth_values_stay_truth_values(example_store: EmbeddedStore) -> None:
    answer = ask(example_store, "said-at", {"event": "Example meeting"})
    assert [row["hedged"] for row in to_dict(answer)["rows"]] == [False]
    headings, rows = to_table(answer)
    assert rows[0][headings.index("hedged")] == "false"


def test_a_table_has_labels_and_iris_and_the_words(example_store: EmbeddedStore) -> None:
    headings, rows = to_table(ask(example_store, "what-does", {"organisation": "EA"}))
    row = dict(zip(headings, rows[0], strict=True))
    assert row["organisation"] == "Example Agency Armenia"
    assert row["organisation_iri"] == ORGANISATION
    assert row["talks_iri"] == DEFAULT_BASE + "talk/example-talk"
    assert row["stated_on"] == "2010-05-12"
    assert "stated_on_iri" not in row
    assert (row["quotation"], row["position"]) == ("twenty quoted chars.", "10-30")
    assert row["document"] == "Example report"


@pytest.mark.parametrize("name", [name for name, q in questions().items() if not any(p.required for p in q.parameters)])
def test_headings_do_not_depend_on_the_rows(example_store: EmbeddedStore, name: str) -> None:
    full, empty = ask(example_store, name, {}), ask(EmbeddedStore(), name, {})
    assert full.rows
    assert not empty.rows
    headings, rows = to_table(full)
    assert headings == to_table(empty)[0]
    assert {len(row) for row in rows} == {len(headings)}
