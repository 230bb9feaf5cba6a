"""``/judgements``: what may be the same thing, and what people have judged of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from graph.errors import BadParameter
from graph.judgements import Judgement, Judgements, Pair, judge, undo
from graph.judgements.pairs import MOST_PAIRS
from graph.names import Names
from graph.store import Change, Readable
from graph.store.snapshot import Snapshot
from service.access import Access, Caller
from service.batch_access import desk_of, unstored, who
from service.contract import OBJECT, responses
from service.forms import form_fields, from_json, is_form
from service.negotiation import wants_page
from service.parameters import LANG_PARAMETER, given, language, number, number_parameter
from service.searches import Searches
from service.site import site_of
from service.tokens import Role
from service.workspace import now

router = APIRouter()

_KINDS = ("organisation", "theme", "place", "person")
_MOST_FIELDS, _LONGEST = 20, 100_000
#: Pairs on a page, and pages.
PAGE = 100
_MOST_PAGES = MOST_PAIRS // PAGE
_JSON = {"application/json": OBJECT}
_READ = responses(_JSON, 403, 404, 422)
_DONE = responses(_JSON, 400, 403, 404, 409, 422, 503, 507) | {303: {"description": "A browser is led back"}}


@router.get(
    "/judgements",
    responses=_READ,
    response_class=Response,
    openapi_extra={
        "parameters": [
            LANG_PARAMETER,
            {"name": "kind", "in": "query", "required": False, "schema": {"type": "string", "enum": list(_KINDS)}},
            number_parameter("page", f"Of the pairs, {PAGE} a page", _MOST_PAGES, 1, 1),
        ]
    },
)
async def judgements(request: Request) -> Response:
    """Pairs that may be the same and that nobody has judged, likeliest first, each with its reason; and all judgements.
    ``looked_at`` of ``things`` were compared with the others so far: to ask again goes on with that. Needs a token of
    the role contribute."""
    lang = language(request)
    values = given(request, ["kind", "page"])
    kind, at = values.get("kind", "organisation"), number(values, "page", _MOST_PAGES, 1) or 1
    if kind not in _KINDS:
        raise BadParameter("bad-value", f"'{kind[:40]}' is not one of {', '.join(_KINDS)}.")
    page = wants_page(request.headers.get("accept"))
    access: Access = request.app.state.access
    if page and not access.who(request).may(Role.CONTRIBUTE):
        off = not access.anybody_may(Role.CONTRIBUTE)
        return unstored(
            site_of(request).render(request, "sign_in.html", lang=lang, off=off, wrong=False, after="/judgements")
        )
    caller = who(request)

    searches: Searches = request.app.state.searches

    def look(store: Snapshot) -> tuple[tuple[Pair, ...], Judgements, Names, int, int]:
        book = Judgements.of_store(store)
        search, names = searches.go_on(store, book, kind)
        return search.pairs(book), book, names, search.done, search.total

    pairs, book, names, done, total = await desk_of(request).look(look)
    pages = max(1, -(-len(pairs) // PAGE))
    at = min(at, pages)
    shown = pairs[(at - 1) * PAGE : at * PAGE]
    told = [_told(one, names) for one in reversed(book.all)]
    if not page:
        counted = {"looked_at": done, "things": total, "total": len(pairs), "page": at, "pages": pages}
        found = {"kind": kind, **counted, "pairs": [_pair(pair) for pair in shown], "judgements": told}
        return unstored(JSONResponse(found))
    return unstored(
        site_of(request).render(
            request,
            "judgements.html",
            lang=lang,
            kind=kind,
            kinds_here=_KINDS,
            pairs=shown,
            waiting=len(pairs),
            page=at,
            pages=pages,
            looked_at=done,
            things=total,
            judgements=told,
            curates=caller.may(Role.CURATE),
        )
    )


@router.post("/judgements", responses=_DONE, response_class=Response)
async def make(request: Request) -> Response:
    """Judge a pair: ``left``, ``right`` (IRIs), ``verdict`` (same, different, unsure), perhaps a ``note``. "same"
    merges the left one into the right one. Needs a token of the role curate."""
    caller = who(request, Role.CURATE)
    asked = await _asked(request)
    for name in ("left", "right", "verdict"):
        if not asked.get(name):
            raise BadParameter("missing-parameter", f"'{name}' is missing.")
    made = ""

    def plan(store: Readable) -> Change:
        nonlocal made
        made, change = judge(
            store,
            asked["left"],
            asked["right"],
            asked["verdict"],
            by=caller.name,
            clock=now,
            note=asked.get("note", ""),
        )
        return change

    generation = await desk_of(request).change(plan)
    return _done(request, asked, {"judgement": made}, generation)


@router.post("/judgements/{judgement}/undo", responses=_DONE, response_class=Response)
async def take_back(request: Request, judgement: str) -> Response:
    """Take a judgement back; what it merged is apart again, as it was. Needs a token of the role curate."""
    caller: Caller = who(request, Role.CURATE)
    asked = await _asked(request)
    desk = desk_of(request)
    iri = f"{desk.base}judgement/{judgement}"
    generation = await desk.change(lambda store: undo(store, iri, by=caller.name, clock=now))
    return _done(request, asked, {"judgement": iri, "undone": True}, generation)


def _done(request: Request, asked: dict[str, str], told: dict[str, Any], generation: int) -> Response:
    if wants_page(request.headers.get("accept")):
        kind = asked.get("kind", "")
        return unstored(RedirectResponse(f"/judgements?kind={kind}" if kind in _KINDS else "/judgements", 303))
    headers = {"common-ground-generation": str(generation)}
    return unstored(JSONResponse({**told, "generation": generation}, headers=headers))


async def _asked(request: Request) -> dict[str, str]:
    """The fields of a form, or of a JSON object."""
    if is_form(request):
        return await form_fields(request, _MOST_FIELDS)
    body = await request.body()
    if not body:
        return {}
    found = from_json(body[:_LONGEST])
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        raise BadParameter("bad-value", "The body is an object of texts: left, right, verdict, note.")
    return found


def _pair(pair: Pair) -> dict[str, Any]:
    return {
        "left": {"iri": pair.left, "label": pair.left_label},
        "right": {"iri": pair.right, "label": pair.right_label},
        "score": pair.score,
        "why": dict(pair.why),
    }


def _told(one: Judgement, names: Names) -> dict[str, Any]:
    def called(iri: str) -> str:
        return names.thing(iri).label

    return {
        "id": one.iri.rpartition("/")[2],
        "iri": one.iri,
        "left": {"iri": one.left, "label": called(one.left)},
        "right": {"iri": one.right, "label": called(one.right)},
        "verdict": one.verdict,
        "by": called(one.by),
        "at": one.at,
        "note": one.note,
        "undone": one.undone,
    }
