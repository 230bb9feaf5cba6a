"""``/what-if``: which gaps would close and open if somebody started something, or some worked together; and which new
ties would close most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response

from graph.errors import BadParameter, GraphError
from graph.gaps import kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, MOST, Assumption, collaboration, engagement, read
from graph.gaps.ties import best_ties
from graph.gaps.whatif import chosen_kinds, what_if
from graph.gaps.whatif_format import (
    assumption_to_dict,
    best_ties_table,
    best_ties_to_dict,
    what_if_table,
    what_if_to_dict,
)
from graph.model import Parameter
from service.contract import TEXT, responses
from service.output import XLSX
from service.parameters import (
    AS_OF,
    AS_OF_PARAMETER,
    LANG_PARAMETER,
    LONGEST,
    day,
    given,
    language,
    number,
    number_parameter,
    repeated,
)
from service.problems import Problem, problem_of
from service.routes.ask import choices, corrections, csv_response, xlsx_response
from service.routes.gaps import FILTER_DOCS, FILTERS, LIMIT, LISTED, SHOWN
from service.routes.gaps import MOST as MOST_GAPS
from service.site import Site, site_of
from service.trying import Asked, answer_of

router = APIRouter()

K = "k"
#: Ties that are looked for unasked.
TIES = 5
ASSUMED = (ENGAGEMENT, COLLABORATION)
PARAMETERS = ("kind", *FILTERS, AS_OF, LIMIT)
#: The fields of the page's form, and what kind of thing each takes.
FIELDS = {"who": "organisation", "what": "theme", "where": "place", "one": "organisation", "other": "organisation"}
_FIELD_PARAMETERS = tuple(Parameter(name, kind, False, {}) for name, kind in FIELDS.items())
_FILTER_PARAMETERS = tuple(Parameter(name, name, False, {}) for name in FILTERS)
_OBJECT = {"application/json": {"type": "object"}}


def _assumed_parameter(name: str, about: str) -> dict[str, object]:
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": f"{about} Names, codes or IRIs. May be given several times, up to {MOST} in all.",
        "schema": {"type": "array", "items": {"type": "string", "maxLength": LONGEST}, "maxItems": MOST},
        "style": "form",
        "explode": True,
    }


_COMMON_DOCS = [
    *FILTER_DOCS,
    AS_OF_PARAMETER,
    number_parameter(LIMIT, "Gaps to show of each outcome, the worst first", MOST_GAPS, 1, LISTED),
    LANG_PARAMETER,
]
_WHAT_IF_DOCS = {
    "parameters": [
        _assumed_parameter(
            ENGAGEMENT,
            "That somebody starts something: organisation|theme|place; several themes or places with ';' between them.",
        ),
        _assumed_parameter(
            COLLABORATION,
            "That some work together: organisation|organisation, and perhaps |theme:... and |place:... behind them.",
        ),
        *_COMMON_DOCS,
    ]
}
_BEST_DOCS = {"parameters": [number_parameter(K, "New ties, at most", MOST, 1, TIES), *_COMMON_DOCS]}


def _asked(request: Request, values: Mapping[str, str], shown: int) -> Asked:
    """Everything is understood here, where suggestions can be made."""
    names, lang = site_of(request).names, language(request)
    filters = {name: value for name, value in values.items() if name in FILTERS}
    chosen_kinds(values.get("kind"), filters)
    resolved = {name: names.resolve(name, value, lang).iri for name, value in filters.items()}
    return Asked(values.get("kind"), resolved, lang, day(values), number(values, LIMIT, MOST_GAPS, 1) or shown)


def _assumed(request: Request) -> list[Assumption]:
    names, lang = site_of(request).names, language(request)
    return [read(kind, text, names, lang) for kind in ASSUMED for text in repeated(request, kind, MOST)]


async def _what_if(request: Request, shown: int = LISTED) -> Any:
    def understood() -> tuple[list[Assumption], Asked]:
        values = given(request, PARAMETERS, ASSUMED)
        assumed = _assumed(request)
        if not assumed:
            raise BadParameter(
                "nothing-assumed",
                "Nothing is assumed.",
                "Say who would start what with engagement=organisation|theme|place, or who would work together with "
                "collaboration=organisation|organisation.",
                ASSUMED,
            )
        return assumed, _asked(request, values, shown)

    site = site_of(request)
    assumed, asked = await run_in_threadpool(understood)

    def work(patience: Callable[[], None]) -> dict[str, Any]:
        found = what_if(
            site.store,
            assumed,
            asked.kind,
            asked.filters,
            lang=asked.lang,
            as_of=asked.as_of,
            names=site.names,
            projection=site.projection,
            limit=asked.limit,
            patience=patience,
        )
        return what_if_to_dict(found, asked.lang)

    return await answer_of(request, "what-if", asked, {"assumed": _texts(assumed)}, work)


def _texts(assumed: Sequence[Assumption]) -> list[tuple[str, str]]:
    return [(one.kind, one.text()) for one in assumed]


@router.get("/what-if.json", responses=responses(_OBJECT, 422, 503), openapi_extra=_WHAT_IF_DOCS)
async def what_if_json(request: Request) -> JSONResponse:
    """Which gaps would close, open and change if all of this were so: those of the data with what is assumed against
    those of the data as they are. ``noticed`` are there anyway, and a list would show them only now."""
    return JSONResponse(await _what_if(request))


@router.get(
    "/what-if.csv",
    responses=responses({"text/csv": TEXT}, 422, 503),
    response_class=Response,
    openapi_extra=_WHAT_IF_DOCS,
)
async def what_if_csv(request: Request) -> Response:
    """The same as a table."""
    return csv_response(*what_if_table(await _what_if(request, MOST_GAPS)), "what-if")


@router.get(
    "/what-if.xlsx", responses=responses({XLSX: {}}, 422, 503), response_class=Response, openapi_extra=_WHAT_IF_DOCS
)
async def what_if_xlsx(request: Request) -> Response:
    """The same table as a workbook."""
    return xlsx_response(*what_if_table(await _what_if(request, MOST_GAPS)), "what-if")


async def _best(request: Request, shown: int = LISTED) -> Any:
    def understood() -> tuple[int, Asked]:
        values = given(request, (*PARAMETERS, K))
        return number(values, K, MOST, 1) or TIES, _asked(request, values, shown)

    site = site_of(request)
    k, asked = await run_in_threadpool(understood)

    def work(patience: Callable[[], None]) -> dict[str, Any]:
        found = best_ties(
            site.store,
            k,
            asked.kind,
            asked.filters,
            lang=asked.lang,
            as_of=asked.as_of,
            names=site.names,
            projection=site.projection,
            limit=asked.limit,
            patience=patience,
        )
        return best_ties_to_dict(found, asked.lang)

    return await answer_of(request, "best", asked, {"k": k}, work)


@router.get("/what-if/best.json", responses=responses(_OBJECT, 422, 503), openapi_extra=_BEST_DOCS)
async def best_json(request: Request) -> JSONResponse:
    """The new ties that close most gaps, chosen one after another: what each closes, how much any as many could close
    at most, how many it takes to close all, and what would become of the gaps if all of these came."""
    return JSONResponse(await _best(request))


@router.get(
    "/what-if/best.csv",
    responses=responses({"text/csv": TEXT}, 422, 503),
    response_class=Response,
    openapi_extra=_BEST_DOCS,
)
async def best_csv(request: Request) -> Response:
    """The same as a table: one row for each gap that a tie closes."""
    return csv_response(*best_ties_table(await _best(request, MOST_GAPS)), "best-ties")


@router.get(
    "/what-if/best.xlsx", responses=responses({XLSX: {}}, 422, 503), response_class=Response, openapi_extra=_BEST_DOCS
)
async def best_xlsx(request: Request) -> Response:
    """The same table as a workbook."""
    return xlsx_response(*best_ties_table(await _best(request, MOST_GAPS)), "best-ties")


@router.get("/what-if", include_in_schema=False)
async def what_if_page(request: Request) -> Response:
    """The form; and the answer, once something is assumed. What its fields say is added to the address."""
    lang = language(request)
    values = given(request, (*PARAMETERS, *FIELDS), ASSUMED)
    fields = {name: values.pop(name) for name in FIELDS if name in values}
    assumed: list[Assumption] = []
    answer: Any = None
    problem: Problem | None = None
    suggested: list[tuple[str, str]] = []
    try:
        assumed = await run_in_threadpool(_assumed, request)
        added = await run_in_threadpool(_added, site_of(request), fields, lang)
        if added:
            return RedirectResponse(_address(assumed + added, values, lang), 303)
        if assumed:
            answer = await _what_if(request, SHOWN)
    except GraphError as error:
        problem = problem_of(error)
        sent = {**values, **fields}
        # Several fields take an organisation: the one with the name that nobody has.
        meant = (p for p in (*_FIELD_PARAMETERS, *_FILTER_PARAMETERS) if f"'{sent.get(p.name)}'" in error.message)
        found = corrections(tuple(meant), sent, error)
        # What is assumed already stays.
        suggested = [(label, _address(assumed, parameters, lang)) for label, parameters in found]
    return await run_in_threadpool(
        lambda: site_of(request).render(
            request,
            "what_if.html",
            problem.status if problem else 200,
            lang,
            answer=answer,
            told=[assumption_to_dict(one, lang) for one in assumed],
            # The address without each of them.
            without=[_address(assumed[:i] + assumed[i + 1 :], values, lang) for i in range(len(assumed))],
            files=[_address(assumed, _without_limit(values), lang, suffix) for suffix in (".json", ".csv", ".xlsx")],
            fields=fields,
            values=values,
            filters=FILTERS,
            gap_kinds=kinds(),
            choices=choices(site_of(request), request),
            problem=problem,
            suggested=suggested,
            most=MOST,
        )
    )


def _without_limit(values: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name != LIMIT}


def _added(site: Site, fields: Mapping[str, str], lang: str) -> list[Assumption]:
    """What the form's fields say, in which nothing need be separated."""
    names = site.names
    found = []
    if fields.get("who"):
        if not fields.get("what"):
            raise BadParameter("bad-engagement", "It is not said on what they would start.", "Choose a theme.")
        found.append(engagement(names, fields["who"], fields["what"], fields.get("where", ""), lang=lang))
    if fields.get("one") or fields.get("other"):
        if not (fields.get("one") and fields.get("other")):
            raise BadParameter("bad-collaboration", "It takes two to work together.", "Choose the second organisation.")
        found.append(collaboration(names, [fields["one"], fields["other"]], lang=lang))
    return found


def _address(assumed: Sequence[Assumption], values: Mapping[str, str], lang: str, suffix: str = "") -> str:
    pairs = [*_texts(assumed), *values.items(), *([("lang", lang)] if lang != "en" else [])]
    return f"/what-if{suffix}?{urlencode(pairs)}" if pairs else f"/what-if{suffix}"


@router.get("/what-if/best", include_in_schema=False)
async def best_page(request: Request) -> Response:
    lang = language(request)
    values = given(request, (*PARAMETERS, K))
    answer: Any = None
    problem: Problem | None = None
    suggested: Any = ()
    try:
        answer = await _best(request, SHOWN)
    except GraphError as error:
        problem, suggested = problem_of(error), corrections(_FILTER_PARAMETERS, values, error)
    ties = [one["assumed"] for one in answer["ties"]] if answer else []
    together = [*((one["kind"], one["text"]) for one in ties), *([("lang", lang)] if lang != "en" else [])]
    return await run_in_threadpool(
        lambda: site_of(request).render(
            request,
            "best_ties.html",
            problem.status if problem else 200,
            lang,
            answer=answer,
            together=f"/what-if?{urlencode(together)}" if ties else "",
            values=values,
            filters=FILTERS,
            gap_kinds=kinds(),
            choices=choices(site_of(request), request),
            problem=problem,
            suggested=suggested,
            k=values.get(K) or TIES,
            most=MOST,
        )
    )
