"""Asking: a question's name and what people typed -> an answer with its evidence and the query that gives it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolution
from rapidfuzz import process

from graph import catalogue
from graph.coverage import cell
from graph.coverage.asof import last_day, newest_statement
from graph.coverage.rollup import read_roll_up, roll_up_text
from graph.errors import BadParameter, UnknownName
from graph.evidence import evidence_of
from graph.model import Answer, AnswerRow, Parameter, Question, Thing, Value
from graph.names import Names
from graph.projection import Projection
from graph.question_file import bind, read_question
from graph.store import Store
from graph.terms import expand

__all__ = ["ask", "evidence_of", "newest_statement_date", "questions"]

#: The parameter that every question whose rows can age has; ``ask`` fills it when nobody does.
AS_OF = "as_of"
#: The parameter of questions that can leave out what is narrower or inside.
ROLL_UP = "roll_up"

_HERE = Path(__file__).with_name("questions")
_DATE = re.compile(r"\d{4}(-\d{2}){0,2}")
_LOOKED_AT = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT (COUNT(DISTINCT ?engagement) AS ?engagements) (COUNT(DISTINCT ?source) AS ?sources) WHERE {
  { VALUES ?class { cg:Engagement cg:Collaboration } ?engagement a ?class } UNION { ?source a cg:Source }
}"""


@cache
def questions(folder: Path = _HERE) -> Mapping[str, Question]:
    """All questions by name. Raises GraphError (``bad-question-file``) for a file that breaks the format."""
    return {name: read_question(path) for name, path in catalogue.files(folder, ".rq").items()}


def newest_statement_date(store: Store, clock: Callable[[], date] = date.today) -> date:
    """The day an answer speaks of when nobody names one: the newest ``cg:statedOn``, else the clock's day."""
    return newest_statement(store, clock)


def ask(
    store: Store,
    name: str,
    parameters: Mapping[str, str],
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    projection: Projection | None = None,
) -> Answer:
    """Answer one question.

    ``parameters`` are texts as people type them: IRI, code or label; an empty text counts as not given. ``as_of`` is
    the day the answer speaks of; a parameter of that name goes before it, the newest statement's day is the default.
    ``names`` and ``projection`` save reading them again when the caller has those of this generation.

    Raises UnknownName (question or value, with suggestions) and BadParameter.
    """
    question = _question(name)
    names = names or Names.of(store)
    given = {key: text for key, text in parameters.items() if text.strip()}
    resolved = _resolve(question, given, names, lang)
    day = (
        date.fromisoformat(str(resolved[AS_OF]))
        if AS_OF in resolved
        else as_of or newest_statement(store, projection=projection)
    )
    terms = {p.name: _term(p, resolved[p.name]) for p in question.parameters if p.name in resolved}
    if any(p.name == AS_OF for p in question.parameters):
        terms[AS_OF] = _date(day)
    query = bind(question, terms)
    theme, place = resolved.get("theme"), resolved.get("place")
    return Answer(
        question=question,
        parameters=resolved,
        rows=_rows(store, question, query, names, lang),
        query=query,
        generation=store.generation,
        as_of=day,
        looked_at=_looked_at(store, projection),
        cell=(
            cell(
                store,
                theme.iri,
                place.iri,
                lang=lang,
                as_of=day,
                names=names,
                roll_up=read_roll_up(str(resolved.get(ROLL_UP, ""))),
                projection=projection,
            )
            if isinstance(theme, Thing) and isinstance(place, Thing)
            else None
        ),
    )


def _question(name: str) -> Question:
    known = questions()
    if name not in known:
        near = tuple(match for match, _, _ in process.extract(name, list(known), limit=3, score_cutoff=50))
        hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
        raise UnknownName("unknown-question", f"There is no question '{name}'.", hint, near)
    return known[name]


def _resolve(question: Question, given: Mapping[str, str], names: Names, lang: str) -> dict[str, Thing | str]:
    by_name = {p.name: p for p in question.parameters}
    for key in given:
        if key not in by_name:
            near = tuple(match for match, _, _ in process.extract(key, list(by_name), limit=1, score_cutoff=60))
            raise BadParameter(
                "unknown-parameter",
                f"The question '{question.name}' has no parameter '{key}'.",
                (f"Did you mean {near[0]}? " if near else "") + f"It has {', '.join(by_name)}.",
                near or tuple(by_name),
            )
    for parameter in question.parameters:
        if parameter.required and parameter.name not in given:
            raise BadParameter(
                "missing-parameter",
                f"The question '{question.name}' needs the parameter '{parameter.name}'.",
                f"{parameter.about['en']}.",
                (parameter.name,),
            )
    return {p.name: _value(p, given[p.name], names, lang) for p in question.parameters if p.name in given}


def _value(parameter: Parameter, text: str, names: Names, lang: str) -> Thing | str:
    if parameter.name == ROLL_UP:
        return roll_up_text(read_roll_up(text))
    if parameter.kind == "text":
        return text
    if parameter.kind != "date":
        return names.resolve(parameter.kind, text, lang)
    try:
        if not _DATE.fullmatch(text.strip()):
            raise ValueError(text)
        return last_day(text.strip()).isoformat()
    except ValueError:
        raise BadParameter(
            "bad-date",
            f"The parameter '{parameter.name}' is '{text}', which is no date.",
            "Give a day, month or year as 2010-05-12, 2010-05 or 2010; of a month or year its last day is meant.",
        ) from None


def _term(parameter: Parameter, value: Thing | str) -> NamedNode | Literal:
    if isinstance(value, Thing):
        return NamedNode(value.iri)
    return _date(date.fromisoformat(value)) if parameter.kind == "date" else Literal(value)


def _date(day: date) -> Literal:
    return Literal(day.isoformat(), datatype=NamedNode(expand("xsd:date")))


def _rows(store: Store, question: Question, query: str, names: Names, lang: str) -> tuple[AnswerRow, ...]:
    found: list[tuple[dict[str, Value], list[str]]] = []
    for solution in store.select(query):
        values = {column: _cell_value(solution, question, column, names, lang) for column in question.columns}
        evidence = solution[question.evidence] if question.evidence else None
        records = evidence.value.split() if isinstance(evidence, NamedNode | Literal) else []
        found.append((values, sorted(records)))
    by_record = evidence_of(store, names, {record for _, records in found for record in records}, lang)
    return tuple(
        AnswerRow(values, tuple(one for record in records for one in by_record.get(record, ())))
        for values, records in found
    )


def _cell_value(solution: QuerySolution, question: Question, column: str, names: Names, lang: str) -> Value:
    term = solution[column]
    if isinstance(term, NamedNode):
        return names.thing(term.value, lang)
    if not isinstance(term, Literal) or not term.value:
        return None
    if question.column_types[column] == "list":
        things = (names.thing(iri, lang) for iri in term.value.split())
        return tuple(sorted(things, key=lambda thing: (thing.label, thing.iri)))
    return _plain(term)


def _plain(term: Literal) -> str | int | float | bool:
    """A number or truth value as such; everything else, partial dates too, as it is written."""
    local = term.datatype.value.rpartition("#")[2]
    if local == "boolean":
        return term.value in ("true", "1")
    if local == "integer":
        return int(term.value)
    if local in ("decimal", "double", "float"):
        return float(term.value)
    return term.value


def _looked_at(store: Store, projection: Projection | None) -> dict[str, int]:
    names = ("engagements", "sources")
    if projection is not None:
        return {name: projection.looked_at[name] for name in names}
    counts = next(iter(store.select(_LOOKED_AT)))
    return {name: int(counts[name].value) for name in names}
