"""``/gaps``: where collaboration is missing, why, how badly, and what would close it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.errors import GraphError
from graph.gaps import FoundGaps, find_gaps, kinds
from graph.gaps.chronicle import open_since
from graph.gaps.following import Following
from graph.gaps.format import gaps_table, gaps_to_dict
from graph.gaps.weights import read_weights
from graph.model import Parameter
from service.contract import TEXT, responses
from service.describe_response import page_as_it_is
from service.output import XLSX
from service.parameters import (
    AS_OF,
    AS_OF_PARAMETER,
    LANG_PARAMETER,
    day,
    given,
    language,
    number,
    number_parameter,
    text_parameter,
)
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections, csv_response, xlsx_response
from service.site import site_of

router = APIRouter()

#: What gaps can be filtered by, in the order of a form; those that a kind adds come last.
FILTERS: tuple[str, ...] = tuple(
    dict.fromkeys(
        [
            *("theme", "place", "organisation"),
            *sorted({parameter.name for kind in kinds().values() for parameter in kind.parameters}),
        ]
    )
)
WEIGHTS, LIMIT, OFFSET = "weights", "limit", "offset"
PARAMETERS = ("kind", *FILTERS, AS_OF, WEIGHTS, LIMIT, OFFSET)
#: More cards than these on one page nobody reads.
SHOWN = 60
#: Gaps in one JSON answer: unasked, and at most; a table has more.
LISTED, MOST = 100, 10_000
#: Gaps in one table: more rows than this no spreadsheet is glad of.
TABLE = 100_000
_LAST = 100_000_000
FILTER_PARAMETERS = tuple(Parameter(name, name, False, {}) for name in FILTERS)
_ABOUT = {
    "theme": "Only gaps of this theme and its narrower ones",
    "place": "Only gaps of this place, or of the places in this region",
    "organisation": "Only gaps of this organisation or its units",
}
FILTER_DOCS: list[dict[str, object]] = [
    {
        "name": "kind",
        "in": "query",
        "required": False,
        "description": "Only gaps of this kind",
        "schema": {"type": "string", "enum": sorted(kinds())},
    },
    *(text_parameter(name, _ABOUT.get(name, f"Only gaps of this {name}")) for name in FILTERS),
]


def following_of(request: Request) -> Following:
    """Who keeps the book of gaps."""
    return cast(Following, request.app.state.following)


def _documented(shown: int | None) -> dict[str, object]:
    about = "Gaps to show, the worst first" + ("" if shown else f"; {TABLE:,} of them where nothing is given")
    return {
        "parameters": [
            *FILTER_DOCS,
            AS_OF_PARAMETER,
            text_parameter(WEIGHTS, "Shares of the terms of severity, as sure:0.7,apart:0.2"),
            number_parameter(LIMIT, about, MOST if shown else _LAST, 1, shown),
            number_parameter(OFFSET, "Gaps to leave out before the first shown", _LAST, 0, 0),
            LANG_PARAMETER,
        ]
    }


def _found(request: Request, values: Mapping[str, str], shown: int, most: int = _LAST) -> FoundGaps:
    site = site_of(request)
    return find_gaps(
        site.store,
        values.get("kind"),
        {name: value for name, value in values.items() if name in FILTERS},
        lang=language(request),
        as_of=day(values),
        names=site.names,
        weights=read_weights(values[WEIGHTS]) if WEIGHTS in values else None,
        limit=number(values, LIMIT, most, 1) or shown,
        offset=number(values, OFFSET, _LAST) or 0,
        projection=site.projection,
    )


@router.get(
    "/gaps.json",
    responses=responses({"application/json": {"type": "object"}}, 422),
    response_class=JSONResponse,
    openapi_extra=_documented(LISTED),
)
def gaps_json(request: Request) -> Response:
    """Gaps, worst first: kind, IRI, reason, severity with its terms, remedy, evidence, query, and since when it is open
    (``what`` is "known" for one that was there when its history began; null before it is noted); how many there are in
    all, what was looked at, and the weights they are ranked by."""
    found = _found(request, given(request, PARAMETERS), LISTED, MOST)
    told = gaps_to_dict(found)
    chronicle = following_of(request).chronicle
    for gap in told["gaps"]:
        since = open_since(chronicle.history(gap["iri"]))
        gap["since"] = since and {"at": since.at, "generation": since.generation, "what": since.what}
    return page_as_it_is(request, found.looked_at.generation, JSONResponse(told))


@router.get(
    "/gaps.csv", responses=responses({"text/csv": TEXT}, 422), response_class=Response, openapi_extra=_documented(None)
)
def gaps_csv(request: Request) -> Response:
    """The same as a table."""
    return csv_response(*gaps_table(_found(request, given(request, PARAMETERS), TABLE)), "gaps")


@router.get(
    "/gaps.xlsx", responses=responses({XLSX: {}}, 422), response_class=Response, openapi_extra=_documented(None)
)
def gaps_xlsx(request: Request) -> Response:
    """The same table as a workbook."""
    return xlsx_response(*gaps_table(_found(request, given(request, PARAMETERS), TABLE)), "gaps")


@router.get("/gaps", include_in_schema=False)
def gaps_page(request: Request) -> Response:
    site = site_of(request)
    lang = language(request)
    found: FoundGaps | None = None
    problem: Problem | None = None
    suggested: Any = ()
    values = given(request, PARAMETERS)
    try:
        found = _found(request, values, SHOWN, SHOWN)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(FILTER_PARAMETERS, values, error)
    return site.render(
        request,
        "gaps.html",
        problem.status if problem else 200,
        lang,
        found=found,
        shown=SHOWN,
        gap_kinds=kinds(),
        filters=FILTERS,
        values=values,
        # For the files: all of it, not this page of it.
        whole={name: value for name, value in values.items() if name not in (LIMIT, OFFSET)},
        # Of one kind of them: not every kind has the terms that are weighed.
        of_kind={name: value for name, value in values.items() if name not in (LIMIT, OFFSET, WEIGHTS)},
        feed={name: value for name, value in values.items() if name in ("kind", *FILTERS)},
        choices=choices(site, request),
        problem=problem,
        suggested=suggested,
    )
