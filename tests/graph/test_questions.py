"""Every question has a case, and answers it as a person worked it out.

A case is ``given.trig``, ``params.json`` and ``expected.csv`` in ``questions/<name>/``; more cases on the same data are
``params-<case>.json`` and ``expected-<case>.csv``. ``roundtable*.json`` and ``roundtable*.csv`` are cases on the
roundtable data. See ``questions/README.md`` for how the rows were derived.
"""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, RdfFormat, parse

from graph.ask import ask
from graph.model import Answer, AnswerRow, Thing, Value
from graph.store import Change
from graph.store.embedded import EmbeddedStore

SOURCE = Path(__file__).parents[2] / "graph" / "questions"
CASES = Path(__file__).with_name("questions")
QUESTIONS = sorted(path.stem for path in SOURCE.glob("*.rq"))


@dataclass(frozen=True)
class Case:
    question: str
    params: Path
    expected: Path

    @property
    def parameters(self) -> dict[str, str]:
        return dict(json.loads(self.params.read_text(encoding="utf-8")))

    @property
    def heading(self) -> list[str]:
        return self._lines()[0]

    @property
    def rows(self) -> list[list[str]]:
        return self._lines()[1:]

    def _lines(self) -> list[list[str]]:
        with self.expected.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))


def cases(params: str, expected: str) -> list[Case]:
    """The cases whose file names begin so; a question without its first case has one whose files are missing."""
    found = []
    for question in QUESTIONS:
        folder = CASES / question
        paths = {folder / f"{params}.json", *folder.glob(f"{params}-*.json")}
        found += [
            Case(question, path, folder / f"{expected}{path.stem.removeprefix(params)}.csv") for path in sorted(paths)
        ]
    return found


def identifier(case: Case) -> str:
    return f"{case.question}/{case.params.stem}"


GIVEN = pytest.mark.parametrize("case", cases("params", "expected"), ids=identifier)
ROUNDTABLE = pytest.mark.parametrize("case", cases("roundtable", "roundtable"), ids=identifier)

#: rdflib's TriG parser warns about its own use of names that rdflib has given up.
IN_RDFLIB = pytest.mark.filterwarnings("ignore:(Dataset\\.[a-z_]+|ConjunctiveGraph) is deprecated:DeprecationWarning")


def given_store(question: str) -> EmbeddedStore:
    store = EmbeddedStore()
    data = (CASES / question / "given.trig").read_bytes()
    store.write(Change(added=frozenset(parse(data, RdfFormat.TRIG))))
    return store


def short(value: Value) -> str:
    """A value as the expected files write it: last segments of IRIs, several joined by blanks."""
    if isinstance(value, Thing):
        return value.iri.replace("#", "/").rpartition("/")[2]
    if isinstance(value, tuple):
        return " ".join(sorted(short(thing) for thing in value))
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def short_row(row: AnswerRow, heading: list[str]) -> list[str]:
    evidence = " ".join(f"{one.start}-{one.end}" for one in row.evidence if one.start is not None)
    values = {name: short(value) for name, value in row.values.items()} | {"evidence": evidence}
    return [values[name] for name in heading]


def test_there_are_the_questions_that_the_service_promises() -> None:
    promised = "resources-on rests-on said-at what-does where-is who-collaborates who-presented who-works-on"
    assert set(promised.split()) <= set(QUESTIONS)


@GIVEN
def test_a_question_answers_its_case(case: Case) -> None:
    answer = ask(given_store(case.question), case.question, case.parameters)
    assert case.heading == [*answer.question.columns, "evidence"], "a case says what every column holds"
    assert case.rows, "a case that expects nothing proves nothing"
    assert [short_row(row, case.heading) for row in answer.rows] == case.rows


@ROUNDTABLE
def test_a_question_answers_for_the_roundtable(case: Case, roundtable_store: EmbeddedStore) -> None:
    answer = ask(roundtable_store, case.question, case.parameters)
    assert set(case.heading) <= {*answer.question.columns, "evidence"}
    assert [short_row(row, case.heading) for row in answer.rows] == case.rows
    for row in answer.rows:
        assert row.evidence, f"nothing is quoted for {row.values}"
        assert all(one.quote and one.start is not None and one.document and one.row for one in row.evidence)


def _in_pyoxigraph(store: EmbeddedStore, query: str) -> set[tuple[tuple[str, ...], ...]]:
    solutions = store.select(query)
    names = [variable.value for variable in solutions.variables]
    return {
        tuple(_parts(term.value) if isinstance(term := row[name], NamedNode | Literal) else () for name in names)
        for row in solutions
    }


def _in_rdflib(data: Path, query: str) -> set[tuple[tuple[str, ...], ...]]:
    dataset = rdflib.Dataset(default_union=True)
    dataset.parse(data=data.read_text(encoding="utf-8"), format="trig")
    return {tuple(() if term is None else _parts(str(term)) for term in row) for row in dataset.query(query)}


def _parts(text: str) -> tuple[str, ...]:
    """Grouped IRIs have no order of their own."""
    return tuple(sorted(text.split()))


@IN_RDFLIB
@GIVEN
def test_the_query_of_an_answer_gives_the_same_rows_in_another_engine(case: Case) -> None:
    store = given_store(case.question)
    answer: Answer = ask(store, case.question, case.parameters)
    rows = _in_pyoxigraph(store, answer.query)
    assert len(rows) == len(answer.rows) > 0
    assert _in_rdflib(CASES / case.question / "given.trig", answer.query) == rows


@IN_RDFLIB
@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_file_runs_unmodified_in_another_engine(question: str) -> None:
    text = (SOURCE / f"{question}.rq").read_text(encoding="utf-8")
    rows = _in_pyoxigraph(given_store(question), text)
    assert rows, "as it stands a question answers for everything"
    assert _in_rdflib(CASES / question / "given.trig", text) == rows
