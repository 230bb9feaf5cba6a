"""``/statements``: what people state of a theme in a place, or confirm of work: listed, recorded, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response

from graph.errors import BadParameter
from graph.statements import (
    KINDS,
    Book,
    FaultyStatement,
    Remark,
    Said,
    cautions,
    read,
    record,
    withdraw,
)
from graph.store import Change, Readable
from service.access import Access, Caller
from service.batch_access import desk_of, unstored, who
from service.contract import OBJECT, PROBLEM_SCHEMA, TEXT, responses
from service.forms import form_lists, from_json, is_form
from service.negotiation import PROBLEM, wants_page
from service.parameters import LANG_PARAMETER, given, language, text_parameter
from service.problems import Problem, Refusal
from service.refusals import reader_language
from service.site import Site, site_of
from service.statement_page import listed, page_of, today
from service.statement_view import remark_to_data
from service.tokens import Role
from service.workspace import now

router = APIRouter()

#: What a statement is made of; also the fields of the form, beside ``anyway``.
FIELDS = ("say", "theme", "place", "organisation", "engagement", "who", "day", "source", "note")
_FILTERS = ("say", "theme", "place")
#: Fields of a form with many boxes to tick, bytes of a body.
_MOST_FIELDS, _LONGEST = 600, 200_000

_JSON = {"application/json": OBJECT}
_ONE_OR_MORE = {"oneOf": [TEXT, {"type": "array", "items": TEXT}]}
_BODY: dict[str, Any] = {
    "type": "object",
    "required": ["say", "who", "day"],
    "properties": {
        "say": {"type": "string", "enum": list(KINDS)},
        "theme": {**_ONE_OR_MORE, "description": "Themes by label, code or IRI; several as a list or parted by ;"},
        "place": {**_ONE_OR_MORE, "description": "Places, the same way"},
        "engagement": {**_ONE_OR_MORE, "description": "Of a confirmation: what still holds, by IRI"},
        "organisation": {
            "type": "string",
            "description": "Of a confirmation without engagements: all of this organisation's that are about to lapse",
        },
        "who": {"type": "string", "description": "The name of who says so; it is public"},
        "day": {"type": "string", "description": "The day it holds: 2026-11-25, 2026-11 or 2026"},
        "source": {"type": "string", "description": "A document or web address that says so; empty: who said it"},
        "note": TEXT,
    },
}
_REMARK = {
    "type": "object",
    "required": ["code", "field", "message", "messages"],
    "properties": {"message": TEXT, "messages": {"type": "object", "additionalProperties": TEXT}},
}
_DONE: dict[int | str, dict[str, Any]] = {
    **responses(
        {
            "application/json": {
                "type": "object",
                "required": ["iri", "generation", "cautions"],
                "properties": {"cautions": {"type": "array", "items": _REMARK}},
            }
        },
        400,
        403,
        404,
        409,
        503,
        507,
    ),
    303: {"description": "A browser is led back"},
    422: {
        "description": "It cannot be recorded as it is; nothing was",
        "content": {
            PROBLEM: {
                "schema": {
                    **PROBLEM_SCHEMA,
                    "properties": {**PROBLEM_SCHEMA["properties"], "faults": {"type": "array", "items": _REMARK}},
                }
            }
        },
    },
}


# --- what was stated --------------------------------------------------------------------------------------------------


@router.get(
    "/statements.json",
    responses=responses(_JSON, 422),
    response_class=JSONResponse,
    openapi_extra={
        "parameters": [
            {"name": "say", "in": "query", "required": False, "schema": {"type": "string", "enum": list(KINDS)}},
            text_parameter("theme", "Only statements that name this theme"),
            text_parameter("place", "Only statements that name this place"),
            LANG_PARAMETER,
        ]
    },
)
async def statements(request: Request) -> Response:
    """What was stated, the newest first, withdrawn statements included: who says so, for which day, and who recorded it
    when."""
    lang, values = language(request), given(request, _FILTERS)
    return JSONResponse({"statements": await listed(request, values, lang)})


@router.get("/statements", include_in_schema=False)
async def show(request: Request) -> Response:
    values = given(request, FIELDS)
    return await page_of(request, {name: [text] for name, text in values.items()})


# --- recording and withdrawing ----------------------------------------------------------------------------------------


@router.post(
    "/statements",
    responses=_DONE,
    response_class=Response,
    openapi_extra={
        "parameters": [LANG_PARAMETER],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _BODY}, "application/x-www-form-urlencoded": {"schema": OBJECT}},
        },
    },
)
async def make(request: Request) -> Response:
    """Record that nobody works on a theme in a place, that it is not needed, that a list names everybody, or that work
    still goes on. Needs a token of the role curate. ``cautions`` say what it does beside that."""
    caller = _curator(request)
    asked = await _asked(request)
    site, lang = site_of(request), language(request)
    people = wants_page(request.headers.get("accept"))
    try:
        said, careful = await run_in_threadpool(_looked, site, asked, lang)
    except FaultyStatement as error:
        if people:
            return await page_of(request, asked, error.faults)
        return _refused(request, error)
    if people and careful and "anyway" not in asked:
        return await page_of(request, asked, careful=careful)
    made = ""

    def plan(store: Readable) -> Change:
        nonlocal made
        made, change = record(store, said, by=caller.name, clock=now)
        return change

    generation = await desk_of(request).change(plan)
    told = {"iri": made, "id": made.rpartition("/")[2], "cautions": [remark_to_data(one, lang) for one in careful]}
    return _done(request, told, generation)


def _looked(site: Site, asked: Mapping[str, list[str]], lang: str) -> tuple[Said, tuple[Remark, ...]]:
    names, projection = site.names, site.projection
    said = read(site.store, names, projection, asked, today(), lang)
    return said, cautions(site.store, names, projection, said, lang)


@router.post("/statements/{statement}/withdraw", responses=_DONE, response_class=Response)
async def take_back(request: Request, statement: str) -> Response:
    """Withdraw a statement: the data are as if it had never been made, and history keeps it. Needs a token of the role
    curate."""
    caller = _curator(request)
    iri = ""

    def plan(store: Readable) -> Change:
        nonlocal iri
        iri = Book.of_store(store).iri_of(statement)
        return withdraw(store, iri, by=caller.name, clock=now)

    generation = await desk_of(request).change(plan)
    return _done(request, {"iri": iri, "id": statement, "withdrawn": True, "cautions": []}, generation)


def _curator(request: Request) -> Caller:
    """Who asks, where he may record statements. Raises Refusal: it says whom to ask."""
    access: Access = request.app.state.access
    caller = access.who(request)
    if caller.role is Role.CONTRIBUTE:
        curators = sorted(entry.name for entry in access.book.tokens() if entry.role >= Role.CURATE)
        raise Refusal(
            Problem(
                403,
                "role-too-low",
                "What is stated here counts at once, so a curator records it.",
                (f"Ask {' or '.join(curators[:5])}. " if curators else "")
                + "Or bring it in the table 'absences' or 'completeness': such a batch waits for a curator.",
            )
        )
    return who(request, Role.CURATE)


def _done(request: Request, told: dict[str, Any], generation: int) -> Response:
    if wants_page(request.headers.get("accept")):
        lang = language(request)
        return unstored(RedirectResponse(f"/statements{'?lang=' + lang if lang != 'en' else ''}#{told['id']}", 303))
    headers = {"common-ground-generation": str(generation)}
    return unstored(JSONResponse({**told, "generation": generation}, headers=headers))


def _refused(request: Request, error: FaultyStatement) -> Response:
    """All faults, in the reader's language and in both."""
    lang = reader_language(request)
    first = error.faults[0]
    problem = Problem(422, error.code, error.sentence(lang), suggestions=first.suggestions)
    body = {**problem.as_json(), "faults": [remark_to_data(one, lang) for one in error.faults]}
    headers = {"content-language": lang, "vary": "Accept, Accept-Language"}
    return unstored(JSONResponse(body, 422, headers, media_type=PROBLEM))


async def _asked(request: Request) -> dict[str, list[str]]:
    """The fields of a form, or of a JSON object, each with its values."""
    if is_form(request):
        asked = await form_lists(request, _MOST_FIELDS)
        return {name: texts for name, texts in asked.items() if name in (*FIELDS, "anyway")}
    found = from_json((await request.body())[: _LONGEST + 1])
    if not isinstance(found, dict):
        raise BadParameter("bad-value", "The body is an object: say, theme, place, who, day ...")
    asked = {}
    for name, value in found.items():
        texts = value if isinstance(value, list) else [value]
        if name not in FIELDS:
            known = ", ".join(FIELDS)
            raise BadParameter("unknown-parameter", f"There is no field '{name[:40]}'.", f"There are {known}.", FIELDS)
        # Half of a surrogate pair is a string to JSON, and no text.
        if not all(_is_text(text) for text in texts):
            raise BadParameter("bad-value", f"'{name}' is a text, or a list of texts.")
        asked[name] = texts
    return asked


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not any("\ud800" <= char <= "\udfff" for char in value)
