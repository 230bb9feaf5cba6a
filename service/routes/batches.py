"""``/batches``: files are brought, looked at, accepted, undone - by people on pages and by programs in JSON."""

from __future__ import annotations

import hashlib
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException

from graph.batches import folder as places
from graph.batches import report as reports
from graph.batches import returning
from graph.batches.desk import Desk
from graph.batches.folder import plain_name
from graph.batches.record import ALL, GOOD_ROWS, POLICIES, Record
from graph.batches.states import State
from graph.coverage.asof import last_day
from graph.errors import BadParameter, DiskFull, GraphError, QueryError, TooBusy
from graph.ingest.originals import Original
from graph.ingest.readers import readers
from graph.store.embedded import is_full
from graph.terms import slug
from service import batch_view
from service.access import Access, Caller
from service.contract import OBJECT, TEXT, responses
from service.negotiation import wants_page
from service.output import to_csv
from service.parameters import LANG_PARAMETER, given, language
from service.site import site_of
from service.tokens import Role

router = APIRouter()

#: Seconds for which an upload waits for its preview before it is answered without.
QUICK = 1.5
#: Batches of one contributor that may wait at once.
MOST_WAITING = 50
#: Files and other fields of one form, and bytes of a field.
_MOST_FILES, _MOST_FIELDS, _LONGEST_FIELD = 50, 20, 20_000
_JSON = {"application/json": OBJECT}
_ERRORS = (400, 403, 404, 409, 413, 415, 422, 503, 507)
_READ = responses(_JSON, 403, 404, 422)
_DONE = responses(_JSON, *_ERRORS) | {303: {"description": "A browser is led to the batch's page"}}
_BATCH = {"parameters": [LANG_PARAMETER]}
_FORM = {
    "requestBody": {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "replace": {"type": "string", "description": "1: what the files lack is withdrawn"},
                        "reason": {"type": "string", "description": "Of a return: why"},
                    },
                }
            }
        },
    }
}


def desk_of(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _who(request: Request, role: Role = Role.CONTRIBUTE) -> Caller:
    access: Access = request.app.state.access
    return access.require(request, role)


def _mine(request: Request, batch: str) -> tuple[Caller, Record]:
    """The caller and a batch that he may see: every one for who curates, otherwise his own. Raises GraphError (404)."""
    caller = _who(request)
    record = desk_of(request).folders.load(batch)
    if not caller.may(Role.CURATE) and record.by != caller.name:
        raise GraphError("not-found", f"There is no batch '{batch}' of yours.", "Yours are listed at /batches.")
    return caller, record


def _unstored(response: Response) -> Response:
    """What is told to one caller is kept in nobody's cache."""
    response.headers["cache-control"] = "no-store"
    return response


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
    caller = _who(request)
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
            replace_source=_yes(fields.get("replace", "")),
            contributed=not caller.may(Role.CURATE),
            recipe=slug(fields.get("recipe", "")),
        )
    )
    desk.look_into(record)
    record = await desk.settled(record.id, QUICK)
    address = f"/batches/{record.id}"
    if wants_page(request.headers.get("accept")):
        return _unstored(RedirectResponse(address, 303))
    status = 202 if record.state in (State.RECEIVED, State.STAGING) else 201
    return _unstored(JSONResponse(batch_view.as_json(desk, record, caller), status, headers={"location": address}))


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


def _yes(text: str) -> bool:
    return text.strip().lower() in ("1", "true", "yes", "on")


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
        return _unstored(_sign_in(request, lang))
    caller = _who(request)
    desk = desk_of(request)
    wanted = slug(source)
    found = [
        record
        for record in desk.folders.all()
        if (caller.may(Role.CURATE) or record.by == caller.name) and wanted in ("", record.source)
    ]
    if not page:
        return _unstored(JSONResponse({"batches": [batch_view.as_json(desk, record, caller) for record in found]}))
    return _unstored(
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
    caller, record = _mine(request, batch)
    return _unstored(JSONResponse(batch_view.as_json(desk_of(request), record, caller)))


@router.get("/batches/{batch}", responses=_READ, response_class=Response, openapi_extra=_BATCH)
def batch_page(request: Request, batch: str, page: int = 1, what: str = "") -> Response:
    """One batch: a page for browsers, JSON for programs."""
    lang = language(request)
    desk = desk_of(request)
    if not wants_page(request.headers.get("accept")):
        return batch_json(request, batch)
    access: Access = request.app.state.access
    if not access.who(request).may(Role.CONTRIBUTE):
        return _unstored(_sign_in(request, lang))
    caller, record = _mine(request, batch)
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
        shown=200,
        rejected=desk.folders.read(record.id, places.REJECTED) or [],
        good_rows=GOOD_ROWS,
    )
    if "progress" in told:
        # The page asks again by itself, without a script.
        rendered.headers["refresh"] = "2"
    return _unstored(rendered)


_PAGED = {
    "parameters": [
        {"name": "page", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 1}},
        {
            "name": "what",
            "in": "query",
            "required": False,
            "schema": {"type": "string", "enum": ["created", "changed", "withdrawn"]},
        },
    ]
}


@router.get("/batches/{batch}/difference.json", responses=_READ, response_class=Response, openapi_extra=_PAGED)
def difference(request: Request, batch: str) -> Response:
    """What the batch changes, record by record with old and new values, in pages."""
    _, record = _mine(request, batch)
    values = given(request, ["page", "what"])
    what, page = values.get("what", ""), values.get("page", "1")
    if what not in ("", "created", "changed", "withdrawn"):
        raise BadParameter("bad-value", f"'{what[:40]}' is not one of created, changed, withdrawn.")
    if not page.isascii() or not page.isdigit() or len(page) > 9:
        raise BadParameter("bad-value", f"'{page[:40]}' is no number of a page.")
    return _unstored(JSONResponse(batch_view.records_page(desk_of(request), record, what, int(page))))


@router.get("/batches/{batch}/report.json", responses=_READ, response_class=Response)
def report_json(request: Request, batch: str) -> Response:
    """The faults, each with its cell, its rule, a sentence in English and in Russian, and the nearest valid value."""
    _, record = _mine(request, batch)
    return _unstored(JSONResponse(batch_view.report(desk_of(request), record)))


@router.get(
    "/batches/{batch}/report.csv",
    responses=responses({"text/csv": TEXT}, 403, 404, 422),
    response_class=Response,
    openapi_extra=_BATCH,
)
def report_csv(request: Request, batch: str) -> Response:
    """The faults as a table in one language."""
    _, record = _mine(request, batch)
    rows = batch_view.report(desk_of(request), record)["results"]
    text = to_csv(*reports.table(rows, language(request)))
    return _download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"report-{batch}.csv")


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get(
    "/batches/{batch}/report.xlsx",
    responses=responses({_XLSX: {}}, 403, 404, 422),
    response_class=Response,
    openapi_extra=_BATCH,
)
def report_xlsx(request: Request, batch: str) -> Response:
    """The rejected rows as a workbook, each faulty cell marked and explained beside it."""
    _, record = _mine(request, batch)
    desk = desk_of(request)
    sheets = desk.folders.read(record.id, places.REJECTED) or []
    data = returning.as_workbook(sheets, batch_view.report(desk, record)["results"], language(request))
    return _download(data, _XLSX, f"rejected-{record.source}.xlsx")


@router.get(
    "/batches/{batch}/rejected.csv",
    responses=responses({"text/csv": TEXT}, 403, 404, 422),
    response_class=Response,
    openapi_extra={
        "parameters": [
            LANG_PARAMETER,
            {"name": "table", "in": "query", "required": False, "schema": {"type": "integer", "minimum": 0}},
        ]
    },
)
def rejected_csv(request: Request, batch: str) -> Response:
    """The rejected rows of one table (the first, or ``table`` counted from 0) as CSV, with two more columns: where each
    stood, and what is wrong."""
    _, record = _mine(request, batch)
    desk = desk_of(request)
    sheets = desk.folders.read(record.id, places.REJECTED) or []
    wanted = given(request, ["table"]).get("table", "0")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 6 and int(wanted) < len(sheets)):
        raise GraphError("not-found", "No row of such a table was rejected.", "The batch's page links those there are.")
    sheet = sheets[int(wanted)]
    text = returning.as_csv(sheet, batch_view.report(desk, record)["results"], language(request))
    return _download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"rejected-{sheet['file']}")


@router.get(
    "/batches/{batch}/files/{number}",
    responses=responses({"application/octet-stream": {}}, 403, 404, 422),
    response_class=Response,
)
def batch_file(request: Request, batch: str, number: str) -> Response:
    """A file as it came, byte by byte."""
    _, record = _mine(request, batch)
    names = sorted(record.files)
    if not (number.isascii() and number.isdigit() and len(number) < 6 and int(number) < len(names)):
        raise GraphError("not-found", f"The batch has no file {number[:20]}.")
    data = (desk_of(request).folders.path(batch) / "files" / str(int(number))).read_bytes()
    return _download(data, "application/octet-stream", names[int(number)])


def _download(data: bytes, media_type: str, name: str) -> Response:
    """Never shown by a browser as if it were ours: what somebody sent may be a page with a script."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return _unstored(Response(data, media_type=media_type, headers={"content-disposition": disposition}))


# --- decisions --------------------------------------------------------------------------------------------------------


async def _fields(request: Request) -> dict[str, str]:
    """What a decision says beside its address: a form's fields, or none."""
    if not request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        async with request.form(max_files=0, max_fields=_MOST_FIELDS) as form:
            return {name: value for name, value in form.items() if isinstance(value, str)}
    except (HTTPException, ValueError, AssertionError):
        raise QueryError("bad-request", "The form cannot be read.") from None


def _decided(request: Request, record: Record, caller: Caller) -> Response:
    if wants_page(request.headers.get("accept")):
        return _unstored(RedirectResponse(f"/batches/{record.id}", 303))
    headers = {"common-ground-generation": str(record.generation)} if record.generation else {}
    return _unstored(JSONResponse(batch_view.as_json(desk_of(request), record, caller), headers=headers))


@router.post("/batches/{batch}/accept", responses=_DONE, response_class=Response, openapi_extra=_FORM)
async def accept(request: Request, batch: str) -> Response:
    """Take a batch in, whole and at once. Where the data have changed so that it would do something else than was
    shown, it is only shown again. Needs a token of the role curate."""
    caller = _who(request, Role.CURATE)
    fields = await _fields(request)
    desk = desk_of(request)
    record = await desk.accept(batch, caller.name, replace_source=_yes(fields.get("replace", "")))
    return _decided(request, record, caller)


@router.post("/batches/{batch}/withdraw", responses=_DONE, response_class=Response)
async def withdraw(request: Request, batch: str) -> Response:
    """Undo a batch: its source says again exactly what it said before. Needs a token of the role curate."""
    caller = _who(request, Role.CURATE)
    return _decided(request, await desk_of(request).withdraw(batch, caller.name), caller)


@router.post("/batches/{batch}/return", responses=_DONE, response_class=Response, openapi_extra=_FORM)
async def give_back(request: Request, batch: str) -> Response:
    """Give a contribution back to whoever brought it, with a reason. Needs a token of the role curate."""
    caller = _who(request, Role.CURATE)
    reason = (await _fields(request)).get("reason", "").strip()[:1000]
    if not reason:
        raise BadParameter("no-reason", "A batch is returned with a reason.", "Say in 'reason' what is to be mended.")
    return _decided(request, desk_of(request).give_back(batch, caller.name, reason), caller)


@router.post("/batches/{batch}/cancel", responses=_DONE, response_class=Response)
async def cancel(request: Request, batch: str) -> Response:
    """Stop a batch that is not in, also while a job is at it."""
    caller, record = _mine(request, batch)
    desk = desk_of(request)
    record = desk.cancel(record.id, caller.name)
    return _decided(request, await desk.settled(record.id, QUICK), caller)


@router.post("/batches/{batch}/stage", responses=_DONE, response_class=Response)
async def look_again(request: Request, batch: str) -> Response:
    """Have a job look into a batch again that was rejected or failed: what its rows refer to may be there by now."""
    caller, record = _mine(request, batch)
    if record.state not in (State.REJECTED, State.FAILED):
        raise GraphError("wrong-state", f"This batch is {record.state}: it need not be looked into again.")
    desk = desk_of(request)
    desk.look_into(record)
    return _decided(request, await desk.looked(record, QUICK), caller)
