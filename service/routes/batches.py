"""``/batches``: files are brought, looked at, accepted, undone - by people on pages and by programs in JSON."""

from __future__ import annotations

import hashlib
from typing import Any

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from graph.batches import folder as places
from graph.batches.desk import Desk
from graph.batches.folder import plain_name
from graph.batches.record import ALL, GOOD_ROWS, POLICIES, Record
from graph.batches.states import State
from graph.coverage.asof import last_day
from graph.errors import BadParameter, DiskFull, QueryError, TooBusy
from graph.ingest.originals import Original
from graph.ingest.readers import readers
from graph.ingest.recipes.meanings import MEANINGS
from graph.store.database import is_full
from graph.terms import slug
from service import batch_view, recipe_form
from service.access import Access, Caller
from service.batch_access import QUICK, desk_of, mine, unstored, who, yes
from service.contract import OBJECT, responses
from service.negotiation import wants_page
from service.parameters import LANG_PARAMETER, given, language
from service.site import site_of
from service.tokens import Role

router = APIRouter()

#: Batches of one contributor that may wait at once.
MOST_WAITING = 50
#: Files and other fields of one form, and bytes of a field.
_MOST_FILES, _MOST_FIELDS, _LONGEST_FIELD = 50, 20, 20_000
_JSON = {"application/json": OBJECT}
_ERRORS = (400, 403, 404, 409, 413, 415, 422, 503, 507)
_READ = responses(_JSON, 403, 404, 422)
_DONE = responses(_JSON, *_ERRORS) | {303: {"description": "A browser is led to the batch's page"}}
_BATCH = {"parameters": [LANG_PARAMETER]}

# --- bringing ---------------------------------------------------------------------------------------------------------


@router.post(
    "/batches",
    responses=_DONE
    | {
        201: {"description": "The batch with its preview", "content": {"application/json": {"schema": OBJECT}}},
        202: {"description": "The batch; a job looks into it", "content": {"application/json": {"schema": OBJECT}}},
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {
                    "schema": {
                        "type": "object",
                        "required": ["files", "source"],
                        "properties": {
                            "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
                            "source": {"type": "string", "description": "Name of the source"},
                            "as_of": {"type": "string", "description": "The day that the files speak of"},
                            "policy": {"type": "string", "enum": list(POLICIES), "default": ALL},
                            "replace": {"type": "string", "description": "1: a new version of the whole source"},
                            "recipe": {"type": "string", "description": "Name of a recipe for the columns"},
                        },
                    }
                }
            },
        }
    },
    response_class=Response,
)
async def bring(request: Request) -> Response:
    """Bring files of one source. The answer says what they would change, or, where that takes longer, where to ask.
    Needs a token of the role contribute; what somebody without the role curate brings waits for a curator."""
    caller = who(request)
    desk = desk_of(request)
    files, fields = await _upload(request)
    source = fields.get("source", "").strip()
    _room(desk, caller)
    record = await run_in_threadpool(
        lambda: _receive(
            desk,
            files,
            source=source or files[0].name.rpartition(".")[0],
            by=caller.name,
            as_of=_day(fields.get("as_of", "").strip()),
            policy=fields.get("policy", "").strip() or ALL,
            replace_source=yes(fields.get("replace", "")),
            contributed=not caller.may(Role.CURATE),
            recipe=slug(fields.get("recipe", "")),
        )
    )
    desk.look_into(record)
    record = await desk.settled(record.id, QUICK)
    address = f"/batches/{record.id}"
    if wants_page(request.headers.get("accept")):
        return unstored(RedirectResponse(address, 303))
    status = 202 if record.state in (State.RECEIVED, State.STAGING) else 201
    return unstored(JSONResponse(batch_view.as_json(desk, record, caller), status, headers={"location": address}))


def _room(desk: Desk, caller: Caller) -> None:
    """Whether a contributor may bring more: a queue that nobody can read to its end helps nobody. Raises TooBusy."""
    if caller.may(Role.CURATE):
        return
    waiting = (State.RECEIVED, State.STAGING, State.PREVIEWED, State.WAITING)
    if sum(one.by == caller.name and one.state in waiting for one in desk.folders.all()) >= MOST_WAITING:
        raise TooBusy(
            "too-many-waiting",
            f"{MOST_WAITING} batches of yours wait for a curator already.",
            "Cancel one that is not needed any more, or ask a curator to look at them.",
        )


def _receive(desk: Desk, files: list[Original], **said: Any) -> Record:
    try:
        return desk.folders.receive(files, **said)
    except OSError as error:
        if not is_full(error):
            raise
        raise DiskFull("disk-full", "The disk is full; nothing was taken.", "Make room and bring it again.") from None


async def _upload(request: Request) -> tuple[list[Original], dict[str, str]]:
    """The files and fields of a form. Raises QueryError (400), BadParameter."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise QueryError("unsupported-media-type", "Files are sent as a form (multipart/form-data).")
    files: list[Original] = []
    fields: dict[str, str] = {}
    try:
        async with request.form(max_files=_MOST_FILES, max_fields=_MOST_FIELDS, max_part_size=_LONGEST_FIELD) as form:
            for name, value in form.multi_items():
                if isinstance(value, UploadFile):
                    if value.filename:  # A form without a chosen file sends an empty one.
                        data = await value.read()
                        sha256 = await run_in_threadpool(lambda d=data: hashlib.sha256(d).hexdigest())  # type: ignore[misc]
                        files.append(Original(plain_name(value.filename), data, sha256))
                else:
                    fields[name] = value
    except (HTTPException, KeyError, ValueError, AssertionError) as error:
        detail = error.detail if isinstance(error, HTTPException) else "its parts cannot be told apart"
        raise QueryError("bad-request", f"The form cannot be read: {detail}.") from None
    unknown = sorted(fields.keys() - {"source", "as_of", "policy", "replace", "recipe"})
    if unknown:
        raise BadParameter("unknown-field", f"There is no field '{unknown[0][:100]}' in this form.")
    if not files:
        raise BadParameter("no-files", "There is no file in this form.", "Choose one or more.")
    return files, fields


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return last_day(text).isoformat()
    except (ValueError, IndexError):
        raise BadParameter(
            "bad-date", f"'{text[:40]}' is not a day.", "Give a day, month or year as 2010-05-12, 2010-05 or 2010."
        ) from None


# --- reading ----------------------------------------------------------------------------------------------------------


@router.get("/batches", responses=_READ, response_class=Response, openapi_extra=_BATCH)
def batches(request: Request, source: str = "") -> Response:
    """The batches, newest first: all of them for a curator, otherwise one's own. With ``source`` those of one source.
    A browser gets a page with a form to bring a file."""
    given(request, ["source"])
    lang = language(request)
    page = wants_page(request.headers.get("accept"))
    access: Access = request.app.state.access
    if page and not access.who(request).may(Role.CONTRIBUTE):
        return unstored(_sign_in(request, lang))
    caller = who(request)
    desk = desk_of(request)
    wanted = slug(source)
    found = [
        record
        for record in desk.folders.all()
        if (caller.may(Role.CURATE) or record.by == caller.name) and wanted in ("", record.source)
    ]
    if not page:
        return unstored(JSONResponse({"batches": [batch_view.as_json(desk, record, caller) for record in found]}))
    return unstored(
        site_of(request).render(
            request,
            "batches.html",
            lang=lang,
            caller=caller,
            curates=caller.may(Role.CURATE),
            records=found,
            source=wanted,
            words=batch_view.WORDS,
            suffixes=",".join(sorted(readers())),
            longest=site_of(request).settings.longest_upload // 1_000_000,
        )
    )


def _sign_in(request: Request, lang: str) -> Response:
    access: Access = request.app.state.access
    access_off = not access.anybody_may(Role.CONTRIBUTE)
    return site_of(request).render(request, "sign_in.html", lang=lang, off=access_off, wrong=False, after="/batches")


@router.get("/batches/{batch}.json", responses=_READ, response_class=Response)
def batch_json(request: Request, batch: str) -> Response:
    """One batch as JSON: its state, how far its job is, what it would change, what may be done with it."""
    caller, record = mine(request, batch)
    return unstored(JSONResponse(batch_view.as_json(desk_of(request), record, caller)))


@router.get("/batches/{batch}", responses=_READ, response_class=Response, openapi_extra=_BATCH)
def batch_page(request: Request, batch: str, page: int = 1, what: str = "") -> Response:
    """One batch: a page for browsers, JSON for programs."""
    lang = language(request)
    desk = desk_of(request)
    if not wants_page(request.headers.get("accept")):
        return batch_json(request, batch)
    access: Access = request.app.state.access
    if not access.who(request).may(Role.CONTRIBUTE):
        return unstored(_sign_in(request, lang))
    caller, record = mine(request, batch)
    told = batch_view.as_json(desk, record, caller)
    faults = batch_view.report(desk, record)
    rendered = site_of(request).render(
        request,
        "batch.html",
        lang=lang,
        caller=caller,
        record=record,
        told=told,
        word=batch_view.WORDS[record.state],
        words=batch_view.WORDS,
        difference=batch_view.records_page(desk, record, what, page),
        what=what,
        faults=faults,
        grouped=batch_view.grouped(faults["results"]),
        shown=200,
        rejected=desk.folders.read(record.id, places.REJECTED) or [],
        recipes=recipe_form.sheets(desk.folders.read(record.id, places.RECIPES) or [], faults["results"]),
        may_correct=record.state in (State.PREVIEWED, State.WAITING, State.REJECTED, State.FAILED),
        curates=caller.may(Role.CURATE),
        meanings=MEANINGS,
        separators=recipe_form.SEPARATORS,
        good_rows=GOOD_ROWS,
    )
    if "progress" in told:
        # The page asks again by itself, without a script.
        rendered.headers["refresh"] = "2"
    return unstored(rendered)
