"""``/ask``: the questions, and their answers as page, JSON and CSV, all made of the one Answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any

from anyio import from_thread
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.answer_format import to_dict, to_table
from graph.ask import ask, questions
from graph.batches.recall import Recall
from graph.errors import BadParameter, GraphError, UnknownName
from graph.model import Answer, AnswerRow, Parameter, Question, Thing
from graph.terms import CODE
from service.contract import TEXT, responses
from service.negotiation import wants_page
from service.output import XLSX, to_csv, to_xlsx
from service.parameters import AS_KNOWN, AS_KNOWN_PARAMETER, AS_OF, documented, given, known_day, language
from service.problems import Problem, problem_of
from service.site import Site, site_of
from service.wording import place_in_order
from service.workspace import now

router = APIRouter()

#: More rows than these are a file to download, not a page to read.
ROWS_SHOWN = 300

_LIST = {
    "type": "object",
    "required": ["questions"],
    "properties": {"questions": {"type": "array", "items": {"type": "object", "required": ["name", "title"]}}},
}
_ANSWER = {
    "type": "object",
    "required": ["rows", "query", "generation", "as_of"],
    "properties": {
        "rows": {"type": "array", "items": {"type": "object"}},
        "query": {"type": "string", "description": "The SPARQL text that gives these rows"},
        "generation": {"type": "integer"},
        "as_of": {"type": "string", "format": "date"},
        "as_known": {"type": "string", "format": "date", "description": "Where it was asked for"},
    },
}


@router.get(
    "/ask",
    responses=responses({"application/json": _LIST}),
    response_class=JSONResponse,
)
def ask_list(request: Request) -> Response:
    """The questions, with their parameters and columns."""
    if wants_page(request.headers.get("accept")):
        site = site_of(request)
        page = site.render(
            request, "questions.html", lang=language(request), questions=questions(), choices=choices(site, request)
        )
        page.headers["vary"] = "Accept"
        return page
    listed = [
        {
            "name": q.name,
            "title": dict(q.title),
            "about": dict(q.about),
            "parameters": [
                {"name": p.name, "kind": p.kind, "required": p.required, "about": dict(p.about)} for p in q.parameters
            ],
            "columns": {name: dict(heading) for name, heading in q.columns.items()},
            "links": {kind: f"/ask/{q.name}.{kind}" for kind in ("json", "csv")},
        }
        for q in questions().values()
    ]
    return JSONResponse({"questions": listed}, headers={"vary": "Accept"})


def _answer(request: Request, question: Question) -> Answer:
    return _asked(request, question, given(request, _allowed(question)))


def _asked(request: Request, question: Question, values: Mapping[str, str]) -> Answer:
    """The answer of the data as they are, or as they were known on the day ``as_known``."""
    site, lang = site_of(request), language(request)
    today = now().date()
    day = known_day(values, today)
    asked = {name: value for name, value in values.items() if name != AS_KNOWN}
    if day in (None, today):
        return ask(site.store, question.name, asked, lang=lang, names=site.names, projection=site.projection)
    assert day is not None
    recall: Recall = request.app.state.recall
    return from_thread.run(recall.ask, question.name, asked, lang, day)


def _allowed(question: Question) -> list[str]:
    return [*(p.name for p in question.parameters), AS_KNOWN]


def _json_route(question: Question) -> Callable[[Request], Response]:
    def answer_as_json(request: Request) -> Response:
        told = to_dict(_answer(request, question), language(request))
        if day := known_day(given(request, _allowed(question)), now().date()):
            told[AS_KNOWN] = day.isoformat()
        return JSONResponse(told)

    return answer_as_json


def _csv_route(question: Question) -> Callable[[Request], Response]:
    def answer_as_csv(request: Request) -> Response:
        return csv_response(*to_table(_answer(request, question)), question.name)

    return answer_as_csv


def csv_response(headers: Any, rows: Any, name: str) -> Response:
    """A table as a file that a spreadsheet opens: with a byte order mark, or Excel reads UTF-8 as something else."""
    return Response(
        "\ufeff" + to_csv(headers, rows),
        headers={
            "content-type": "text/csv; charset=utf-8; header=present",
            "content-disposition": f'attachment; filename="{name}.csv"',
        },
    )


def xlsx_response(headers: Any, rows: Any, name: str) -> Response:
    """The same as a workbook."""
    body = to_xlsx(headers, rows, name)
    return Response(body, media_type=XLSX, headers={"content-disposition": f'attachment; filename="{name}.xlsx"'})


# One route a question, so that the OpenAPI document names each with its own parameters.
for _question in questions().values():
    for _suffix, _make, _ok in (
        ("json", _json_route, {"application/json": _ANSWER}),
        ("csv", _csv_route, {"text/csv": TEXT}),
    ):
        router.add_api_route(
            f"/ask/{_question.name}.{_suffix}",
            _make(_question),
            methods=["GET"],
            name=f"ask-{_question.name}-{_suffix}",
            operation_id=f"ask-{_question.name}-{_suffix}",
            summary=f"{_question.title['en']} ({_suffix.upper()})",
            description=_question.about["en"],
            responses=responses(_ok, 422, 503),
            response_class=JSONResponse if _suffix == "json" else Response,
            openapi_extra={"parameters": [*documented(_question.parameters), AS_KNOWN_PARAMETER]},
        )


@router.get("/ask/{name}", include_in_schema=False)
def answer_page(request: Request, name: str) -> Response:
    """The answer as a page; with nothing filled in, the question's form."""
    question = questions().get(name.removesuffix(".json").removesuffix(".csv"))
    if question is None or question.name != name:
        raise GraphError(
            "unknown-question", f"There is no question '{name[:100]}'.", "The list of questions is at /ask."
        )
    site = site_of(request)
    lang = language(request)
    values: dict[str, str] = {}
    answer: Answer | None = None
    problem: Problem | None = None
    suggested: tuple[tuple[str, dict[str, str]], ...] = ()
    try:
        values = given(request, _allowed(question))
        known_day(values, now().date())
        if values.keys() - {AS_KNOWN} or not any(p.required for p in question.parameters):
            answer = _asked(request, question, values)
    except (BadParameter, UnknownName) as error:
        problem, suggested = problem_of(error), corrections(question.parameters, values, error)
    except GraphError as error:
        if error.code != "ambiguous-name":
            raise
        problem, suggested = problem_of(error), corrections(question.parameters, values, error)
    if not wants_page(request.headers.get("accept")) and problem is not None:
        return JSONResponse(problem.as_json(), problem.status, media_type="application/problem+json")
    page = site.render(
        request,
        "answer.html",
        problem.status if problem else 200,
        lang,
        question=question,
        values=values,
        # Said back as labels: who asked by code sees what was understood.
        shown_values={**values, **_labels(answer)},
        asked=[value.iri for value in answer.parameters.values() if isinstance(value, Thing)] if answer else [],
        answer=answer,
        groups=by_grade(answer) if answer else (),
        shown=ROWS_SHOWN,
        choices=choices(site, request),
        problem=problem,
        suggested=suggested,
        as_of=AS_OF,
        as_known=values.get(AS_KNOWN, ""),
    )
    page.headers["vary"] = "Accept"
    return page


def _labels(answer: Answer | None) -> dict[str, str]:
    parameters = answer.parameters if answer else {}
    return {name: value.label if isinstance(value, Thing) else value for name, value in parameters.items()}


def corrections(
    parameters: tuple[Parameter, ...], values: Mapping[str, str], error: GraphError
) -> tuple[tuple[str, dict[str, str]], ...]:
    """'Did you mean': each suggestion with the parameters that ask for it instead of the one not found."""
    kind = error.code.removeprefix("unknown-")
    wrong = [p.name for p in parameters if kind in p.kind.split("|") and p.name in values]
    wrong = wrong or [name for name, value in values.items() if f"'{value}'" in error.message]
    if not wrong or error.code == "unknown-parameter":
        return ()
    return tuple((s, {**values, wrong[0]: _code_in(s)}) for s in error.suggestions)


def _code_in(suggestion: str) -> str:
    """The code or IRI of ``Label (code)``."""
    match = re.search(r"\(([^()\s]+)\)$", suggestion)
    return match[1] if match else suggestion


def by_grade(answer: Answer) -> tuple[tuple[str, tuple[AnswerRow, ...]], ...]:
    """Rows in groups of one grade, surest first; in one group without a name where a question has no grades."""

    def grade(row: AnswerRow) -> str:
        value = row.values.get("grade")
        return value.iri.removeprefix(f"{CODE}grade/") if isinstance(value, Thing) else ""

    ordered = sorted(answer.rows, key=lambda row: place_in_order(grade(row)))
    return tuple((name, tuple(rows)) for name, rows in groupby(ordered, grade))


def choices(site: Site, request: Request) -> dict[str, tuple[str, ...]]:
    """What the boxes of a form offer while somebody types: labels by kind. Engagements have no names to offer."""
    lang = language(request)
    kinds = {kind for q in questions().values() for p in q.parameters for kind in p.kind.split("|")} | {
        "theme",
        "place",
    }
    return {
        kind: tuple(dict.fromkeys(t.label for t in site.names.all(kind, lang)))
        for kind in sorted(kinds - {"date", "text", "engagement"})
    }
