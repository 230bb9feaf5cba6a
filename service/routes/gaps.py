"""``/gaps``: where collaboration is missing, why, how badly, and what would close it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.errors import GraphError
from graph.gaps import find_gaps, kinds
from graph.gaps.format import gaps_table, gaps_to_dict
from graph.model import Gap, Parameter
from service.contract import TEXT, responses
from service.parameters import AS_OF, AS_OF_PARAMETER, LANG_PARAMETER, day, given, language, text_parameter
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections, csv_response
from service.site import site_of

router = APIRouter()

FILTERS = ("kind", "theme", "place", AS_OF)
#: More cards than these on one page nobody reads.
SHOWN = 60
_FILTER_PARAMETERS = tuple(Parameter(name, name, False, {}) for name in ("theme", "place"))
_PARAMETERS = {
    "parameters": [
        {
            "name": "kind",
            "in": "query",
            "required": False,
            "description": "Only gaps of this kind",
            "schema": {"type": "string", "enum": sorted(kinds())},
        },
        text_parameter("theme", "Only gaps of this theme and its narrower ones"),
        text_parameter("place", "Only gaps of this place, or of the places in this region"),
        AS_OF_PARAMETER,
        LANG_PARAMETER,
    ]
}


def _gaps(request: Request) -> tuple[Gap, ...]:
    site = site_of(request)
    values = given(request, FILTERS)
    filters = {name: value for name, value in values.items() if name in ("theme", "place")}
    return find_gaps(
        site.store, values.get("kind"), filters, lang=language(request), as_of=day(values), names=site.names
    )


@router.get(
    "/gaps.json",
    responses=responses({"application/json": {"type": "object"}}, 422),
    response_class=JSONResponse,
    openapi_extra=_PARAMETERS,
)
def gaps_json(request: Request) -> Response:
    """Gaps, worst first: kind, IRI, reason, severity with its terms, remedy, evidence, query."""
    return JSONResponse(gaps_to_dict(_gaps(request)))


@router.get(
    "/gaps.csv", responses=responses({"text/csv": TEXT}, 422), response_class=Response, openapi_extra=_PARAMETERS
)
def gaps_csv(request: Request) -> Response:
    """The same as a table."""
    return csv_response(*gaps_table(_gaps(request)), "gaps")


@router.get("/gaps", include_in_schema=False)
def gaps_page(request: Request) -> Response:
    site = site_of(request)
    lang = language(request)
    found: tuple[Gap, ...] = ()
    problem: Problem | None = None
    suggested: Any = ()
    values = given(request, FILTERS)
    try:
        found = _gaps(request)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(_FILTER_PARAMETERS, values, error)
    return site.render(
        request,
        "gaps.html",
        problem.status if problem else 200,
        lang,
        gaps=found[:SHOWN],
        total=len(found),
        gap_kinds=kinds(),
        values=values,
        choices=choices(site, request),
        problem=problem,
        suggested=suggested,
    )
