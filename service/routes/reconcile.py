"""``/reconcile``: OpenRefine and others match their own lists with what is known here (Reconciliation Service API)."""

from __future__ import annotations

import json
import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse, JSONResponse, Response

from graph.errors import BadParameter, GraphError
from graph.kinds import KINDS
from graph.terms import REFERENCE_BASE
from service.contract import OBJECT, TEXT, responses
from service.forms import form_fields
from service.reconciliation import BATCH, TYPES, Reconciler
from service.site import site_of

router = APIRouter()

_CALLBACK = re.compile(r"[A-Za-z_$][\w$.]{0,99}")
_MEDIA = {"application/json": OBJECT, "text/javascript": TEXT}
_ANSWERS = responses(_MEDIA, 400, 422, 503)
_PARAMETERS = [
    {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
    for name in ("queries", "extend", "callback")
]
_PREFIX = {
    "parameters": [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in ("prefix", "cursor", "callback")
    ]
}


def _reconciler(request: Request) -> Reconciler:
    found: Reconciler = request.app.state.reconciler
    return found


@router.get("/reconcile", responses=_ANSWERS, response_class=Response, openapi_extra={"parameters": _PARAMETERS})
async def reconcile_get(request: Request) -> Response:
    """What this service can match (the manifest), or answers to ``queries`` or ``extend``."""
    return await _reply(request, dict(request.query_params))


@router.post(
    "/reconcile",
    responses=_ANSWERS,
    response_class=Response,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}},
        }
    },
)
async def reconcile_post(request: Request) -> Response:
    """The same with a form."""
    return await _reply(request, await form_fields(request, 10, 2_000_000))


async def _reply(request: Request, fields: dict[str, str]) -> Response:
    found = _reconciler(request)
    if fields.get("queries"):
        asked = _json(fields["queries"], "queries")
        answer = await run_in_threadpool(found.queries, asked)
    elif fields.get("extend"):
        asked = _json(fields["extend"], "extend")
        answer = await run_in_threadpool(found.extend, asked)
    else:
        answer = _manifest(request)
    return _sent(answer, fields.get("callback", ""))


def _json(text: str, name: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadParameter("bad-json", f"'{name}' is no JSON.") from None


def _sent(answer: dict[str, Any], callback: str = "") -> Response:
    if not callback:
        return JSONResponse(answer)
    if not _CALLBACK.fullmatch(callback):
        raise BadParameter("bad-callback", "'callback' is no name of a function.")
    # The comment keeps an answer from being taken for something else than a script.
    text = json.dumps(answer).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return Response(f"/**/{callback}({text});", media_type="text/javascript")


def _manifest(request: Request) -> dict[str, Any]:
    site = site_of(request)
    url = f"{site.settings.url}/reconcile"
    return {
        "versions": ["0.1", "0.2"],
        "name": "Common Ground",
        "identifierSpace": site.store.base,
        "schemaSpace": REFERENCE_BASE,
        "documentation": f"{site.settings.url}/docs",
        "defaultTypes": [{"id": name, "name": KINDS[name].label["en"]} for name in TYPES],
        "batchSize": BATCH,
        "view": {"url": "{{id}}"},
        "preview": {"url": f"{url}/preview?id={{{{id}}}}", "width": 380, "height": 180},
        "suggest": {
            what: {"service_url": url, "service_path": f"/suggest/{what}"} for what in ("entity", "type", "property")
        },
        "extend": {"propose_properties": {"service_url": url, "service_path": "/propose"}, "property_settings": []},
    }


@router.get(
    "/reconcile/suggest/{what}",
    responses=responses(_MEDIA, 404, 422, 503),
    response_class=Response,
    openapi_extra=_PREFIX,
)
async def suggest(request: Request, what: str) -> Response:
    """Entities, types or properties whose name has a word that begins with ``prefix``."""
    if what not in ("entity", "type", "property"):
        raise GraphError("not-found", f"Nothing is suggested of '{what[:40]}'.", "There are entity, type and property.")
    fields = request.query_params
    answer = await run_in_threadpool(_reconciler(request).suggest, what, fields.get("prefix", ""))
    return _sent(answer, fields.get("callback", ""))


@router.get(
    "/reconcile/propose",
    responses=_ANSWERS,
    response_class=Response,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
            for name in ("type", "limit", "callback")
        ]
    },
)
async def propose(request: Request) -> Response:
    """Properties with which a table can be extended."""
    fields = request.query_params
    return _sent(_reconciler(request).propose(fields.get("type", "")), fields.get("callback", ""))


@router.get(
    "/reconcile/preview",
    responses=responses({"text/html": TEXT}, 404, 422, 503),
    response_class=Response,
    openapi_extra={"parameters": [{"name": "id", "in": "query", "required": True, "schema": {"type": "string"}}]},
)
async def preview(request: Request) -> Response:
    """A thing in a few words, to be shown in a frame of another page."""
    iri = request.query_params.get("id", "")
    state = await run_in_threadpool(_reconciler(request).state)
    thing = state.names.thing(iri)
    properties = _reconciler(request).propose(thing.kind)["properties"]
    about = await run_in_threadpool(_reconciler(request).extend, {"ids": [iri], "properties": properties})
    rows = [
        (one["name"], ", ".join(value.get("name") or value.get("str", "") for value in values))
        for one in about["meta"]
        if (values := about["rows"][iri][one["id"]])
    ]
    if not rows:
        raise GraphError("not-found", f"Nothing here has the identifier '{iri[:200]}'.")
    page = site_of(request).render(
        request, "reconcile_preview.html", thing=thing, rows=rows, kind=KINDS[thing.kind].label["en"]
    )
    policy = "default-src 'none'; style-src 'self'; frame-ancestors *"
    return HTMLResponse(bytes(page.body), headers={"content-security-policy": policy})
