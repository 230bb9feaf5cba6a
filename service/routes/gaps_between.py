"""``/gaps/between``: what became of gaps from one day to another - days spoken of, or days on which it was known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, Response

from graph.errors import BadParameter, GraphError
from graph.gaps import kinds
from graph.gaps.between_days import between_days
from graph.gaps.format import between_days_to_dict
from service.contract import responses
from service.parameters import (
    AS_OF,
    LANG_PARAMETER,
    day,
    day_parameter,
    given,
    language,
    number,
    number_parameter,
)
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections
from service.routes.gaps import FILTER_DOCS, FILTER_PARAMETERS, FILTERS, LIMIT, LISTED, MOST, SHOWN, following_of
from service.site import site_of
from service.workspace import Workspace

router = APIRouter()

FROM, TO, BY = "from", "to", "by"
VALIDITY, KNOWLEDGE = _BY = "validity", "knowledge"
PARAMETERS = (FROM, TO, BY, "kind", *FILTERS, AS_OF, LIMIT)
_BETWEEN = {
    "type": "object",
    "required": ["by", "from", "to", "counts", "opened", "closed", "changed"],
    "properties": {
        "counts": {"type": "object", "additionalProperties": {"type": "integer"}},
        **{name: {"type": "array", "items": {"type": "object"}} for name in ("opened", "closed", "changed")},
    },
}
_DOCUMENTED = {
    "parameters": [
        day_parameter(FROM, "The earlier day", required=True),
        day_parameter(TO, "The later day", required=True),
        {
            "name": BY,
            "in": "query",
            "required": False,
            "description": "Whether these are days spoken of (as_of), or days at whose end something was known here",
            "schema": {"type": "string", "enum": list(_BY), "default": VALIDITY},
        },
        *FILTER_DOCS,
        day_parameter(AS_OF, "With by=knowledge, the day that both speak of; by default the newest that was known"),
        number_parameter(LIMIT, "Gaps to show of those opened, closed, changed", MOST, 1, LISTED),
        LANG_PARAMETER,
    ]
}


async def _between(request: Request, values: Mapping[str, str], shown: int, most: int) -> dict[str, Any]:
    site = site_of(request)
    first, last = day(values, FROM), day(values, TO)
    if first is None or last is None:
        missing = FROM if first is None else TO
        raise BadParameter(
            "missing-parameter", f"The day '{missing}' is not given.", "Give it as 2010-05-12.", (missing,)
        )
    if first > last:
        raise BadParameter("bad-date", f"'{FROM}' ({first}) is after '{TO}' ({last}).", "Exchange them.")
    by = values.get(BY, VALIDITY)
    if by not in _BY:
        raise BadParameter(
            "bad-value",
            f"Nothing is compared by '{by[:100]}'.",
            f"Take {VALIDITY} or {KNOWLEDGE}.",
            (VALIDITY, KNOWLEDGE),
        )
    limit = number(values, LIMIT, most, 1) or shown
    filters = {name: value for name, value in values.items() if name in FILTERS}
    lang, kind, as_of = language(request), values.get("kind"), day(values)
    if by == KNOWLEDGE:
        asked = {
            "kind": kind,
            "parameters": filters,
            "lang": lang,
            "as_of": as_of and as_of.isoformat(),
            "limit": limit,
        }
        batches = Workspace(site.settings.data_dir).batches
        return await following_of(request).known(batches, (first.isoformat(), last.isoformat()), asked)
    if as_of is not None:
        raise BadParameter(
            "unknown-parameter",
            "The days compared are the days spoken of.",
            f"Leave out {AS_OF}, or add by={KNOWLEDGE}.",
        )

    def look() -> dict[str, Any]:
        found = between_days(
            site.store,
            first,
            last,
            kind,
            filters,
            lang=lang,
            names=site.names,
            projection=site.projection,
            limit=limit,
        )
        return between_days_to_dict(found)

    return await run_in_threadpool(look)


@router.get(
    "/gaps/between.json",
    responses=responses({"application/json": _BETWEEN}, 413, 422, 503),
    response_class=JSONResponse,
    openapi_extra=_DOCUMENTED,
)
async def between_json(request: Request) -> Response:
    """Gaps that opened, closed and changed between two days, and in what they changed."""
    return JSONResponse(await _between(request, given(request, PARAMETERS), LISTED, MOST))


@router.get("/gaps/between", include_in_schema=False)
async def between_page(request: Request) -> Response:
    site = site_of(request)
    lang = language(request)
    values = given(request, PARAMETERS)
    found: dict[str, Any] | None = None
    problem: Problem | None = None
    suggested: Any = ()
    try:
        # Without days it is the form.
        if FROM in values or TO in values:
            found = await _between(request, values, SHOWN, SHOWN)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(FILTER_PARAMETERS, values, error)
    return await run_in_threadpool(
        lambda: site.render(
            request,
            "gaps_between.html",
            problem.status if problem else 200,
            lang,
            found=found,
            gap_kinds=kinds(),
            filters=FILTERS,
            values=values,
            choices=choices(site, request),
            problem=problem,
            suggested=suggested,
        )
    )
