"""``/coverage``: every theme in every place, and how well it is covered, as page, JSON, CSV and XLSX."""

from __future__ import annotations

from collections import Counter
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.coverage import coverage
from graph.coverage.format import coverage_table, coverage_to_dict
from graph.coverage.rollup import read_roll_up
from graph.errors import GraphError
from graph.model import Coverage, Parameter
from service.contract import TEXT, responses
from service.output import XLSX
from service.parameters import AS_OF, AS_OF_PARAMETER, LANG_PARAMETER, day, given, language, text_parameter
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections, csv_response, xlsx_response
from service.site import site_of
from service.wording import STATES

router = APIRouter()

ROLL_UP = "roll_up"
FILTERS = ("theme", "place", AS_OF, ROLL_UP)
_FILTER_PARAMETERS = tuple(Parameter(name, name, False, {}) for name in ("theme", "place"))
_PARAMETERS = {
    "parameters": [
        text_parameter("theme", "Only this theme and its narrower ones"),
        text_parameter("place", "Only this country, or the countries of this region"),
        AS_OF_PARAMETER,
        text_parameter(
            ROLL_UP,
            "What is counted together, of themes,places,families: themes with their narrower ones, places with what "
            "they contain, organisations as families. All of it unless given; none of it with 'none'",
        ),
        LANG_PARAMETER,
    ]
}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["themes", "places", "cells", "query", "generation", "as_of"],
    "properties": {
        "cells": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["theme", "place", "state", "reason"],
                "properties": {"state": {"enum": list(STATES)}},
            },
        }
    },
}


def _coverage(request: Request) -> Coverage:
    site = site_of(request)
    values = given(request, FILTERS)
    return coverage(
        site.store,
        theme=values.get("theme"),
        place=values.get("place"),
        lang=language(request),
        as_of=day(values),
        names=site.names,
        projection=site.projection,
        roll_up=read_roll_up(values.get(ROLL_UP, "")),
    )


@router.get(
    "/coverage.json",
    responses=responses({"application/json": _SCHEMA}, 422),
    response_class=JSONResponse,
    openapi_extra=_PARAMETERS,
)
def coverage_json(request: Request) -> Response:
    """The state of every theme in every place."""
    return JSONResponse(coverage_to_dict(_coverage(request)))


@router.get(
    "/coverage.csv",
    responses=responses({"text/csv": TEXT}, 422),
    response_class=Response,
    openapi_extra=_PARAMETERS,
)
def coverage_csv(request: Request) -> Response:
    """The same, one line a cell."""
    return csv_response(*coverage_table(_coverage(request)), "coverage")


@router.get(
    "/coverage.xlsx",
    responses=responses({XLSX: {}}, 422),
    response_class=Response,
    openapi_extra=_PARAMETERS,
)
def coverage_xlsx(request: Request) -> Response:
    """The same table as a workbook."""
    return xlsx_response(*coverage_table(_coverage(request)), "coverage")


@router.get("/coverage", include_in_schema=False)
def coverage_page(request: Request) -> Response:
    site = site_of(request)
    lang = language(request)
    found: Coverage | None = None
    problem: Problem | None = None
    suggested: Any = ()
    values = given(request, FILTERS)
    try:
        found = _coverage(request)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(_FILTER_PARAMETERS, values, error)
    counts = Counter(cell.state for cell in found.cells) if found else Counter[str]()
    return site.render(
        request,
        "coverage.html",
        problem.status if problem else 200,
        lang,
        coverage=found,
        states=STATES,
        counts=counts,
        values=values,
        choices=choices(site, request),
        problem=problem,
        suggested=suggested,
    )
