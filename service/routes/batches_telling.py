"""What is told of a batch: its difference, its faults, the rejected rows, the files as they came."""

from __future__ import annotations

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.batches import folder as places
from graph.batches import report as reports
from graph.batches import returning
from graph.batches.marked import marked
from graph.batches.record import Record
from graph.errors import BadParameter, GraphError
from graph.model import CellRef
from service import batch_view, refusals
from service.batch_access import desk_of, mine, unstored
from service.contract import OBJECT, TEXT, responses
from service.formats import content_type, not_acceptable
from service.negotiation import choose
from service.output import XLSX, to_csv
from service.parameters import LANG_PARAMETER, given, language

router = APIRouter()

_READ = responses({"application/json": OBJECT}, 403, 404, 422)
_BATCH = {"parameters": [LANG_PARAMETER]}
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
    _, record = mine(request, batch)
    values = given(request, ["page", "what"])
    what, page = values.get("what", ""), values.get("page", "1")
    if what not in ("", "created", "changed", "withdrawn"):
        raise BadParameter("bad-value", f"'{what[:40]}' is not one of created, changed, withdrawn.")
    if not page.isascii() or not page.isdigit() or len(page) > 9:
        raise BadParameter("bad-value", f"'{page[:40]}' is no number of a page.")
    return unstored(JSONResponse(batch_view.records_page(desk_of(request), record, what, int(page))))


@router.get("/batches/{batch}/report.json", responses=_READ, response_class=Response)
def report_json(request: Request, batch: str) -> Response:
    """The faults, each with its cell, its rule, a sentence in English and in Russian, and the nearest valid value."""
    _, record = mine(request, batch)
    return unstored(JSONResponse(batch_view.report(desk_of(request), record)))


@router.get(
    "/batches/{batch}/report",
    responses=responses({"application/json": OBJECT, **dict.fromkeys(refusals.REPORTS, TEXT)}, 403, 404, 406, 422),
    response_class=Response,
)
def report(request: Request, batch: str) -> Response:
    """The faults as JSON, or as a SHACL validation report in RDF, as the Accept header asks."""
    offers = ["application/json", *refusals.REPORTS]
    chosen = choose(request.headers.get("accept"), offers)
    if chosen is None:
        raise not_acceptable(offers)
    response = report_json(request, batch) if chosen == offers[0] else _report_rdf(request, batch, chosen)
    response.headers["vary"] = "Accept"
    return response


@router.get(
    "/batches/{batch}/report.csv",
    responses=responses({"text/csv": TEXT}, 403, 404, 422),
    response_class=Response,
    openapi_extra=_BATCH,
)
def report_csv(request: Request, batch: str) -> Response:
    """The faults as a table in one language."""
    _, record = mine(request, batch)
    rows = batch_view.report(desk_of(request), record)["results"]
    text = to_csv(*reports.table(rows, language(request)))
    return _download(text.encode("utf-8-sig"), "text/csv; charset=utf-8", f"report-{batch}.csv")


@router.get(
    "/batches/{batch}/report.ttl",
    responses=responses({"text/turtle": TEXT}, 403, 404, 422),
    response_class=Response,
)
def report_ttl(request: Request, batch: str) -> Response:
    """The faults as a SHACL validation report in Turtle. A rule of the table layouts is told as a constraint
    component."""
    return _report_rdf(request, batch, "text/turtle")


@router.get(
    "/batches/{batch}/report.jsonld",
    responses=responses({"application/ld+json": {}}, 403, 404, 422),
    response_class=Response,
)
def report_jsonld(request: Request, batch: str) -> Response:
    """The same report in JSON-LD."""
    return _report_rdf(request, batch, "application/ld+json")


def _report_rdf(request: Request, batch: str, media_type: str) -> Response:
    _, record = mine(request, batch)
    desk = desk_of(request)

    def locate(ref: CellRef) -> str:
        sha256 = record.files.get(ref.file)
        file = f"{desk.base}file/{sha256}" if sha256 else f"{desk.base}batch-file/{quote(ref.file, safe='')}"
        return f"{file}#row={ref.row}" if ref.row else file

    found = reports.from_rows(batch_view.report(desk, record)["results"])
    return unstored(Response(refusals.as_rdf(found, media_type, locate), media_type=content_type(media_type)))


@router.get(
    "/batches/{batch}/report.xlsx",
    responses=responses({XLSX: {}}, 403, 404, 422),
    response_class=Response,
    openapi_extra=_BATCH,
)
def report_xlsx(request: Request, batch: str) -> Response:
    """The rejected rows as a workbook, each faulty cell marked and explained beside it."""
    _, record = mine(request, batch)
    desk = desk_of(request)
    sheets = desk.folders.read(record.id, places.REJECTED) or []
    data = returning.as_workbook(sheets, batch_view.report(desk, record)["results"], language(request))
    return _download(data, XLSX, f"rejected-{record.source}.xlsx")


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
    _, record = mine(request, batch)
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
    _, record = mine(request, batch)
    at = _number(number, record)
    data = (desk_of(request).folders.path(batch) / "files" / str(at)).read_bytes()
    return _download(data, "application/octet-stream", sorted(record.files)[at])


@router.get(
    "/batches/{batch}/files/{number}/marked",
    responses=responses({XLSX: {}}, 403, 404, 422),
    response_class=Response,
    openapi_extra=_BATCH,
)
async def marked_file(request: Request, batch: str, number: str) -> Response:
    """A workbook as it came, with the faults marked in it: formats, formulas and other sheets as they were. Where that
    cannot be done, a new workbook with the rows at fault, which says why."""
    _, record = mine(request, batch)
    lang, at = language(request), _number(number, record)
    desk = desk_of(request)
    async with desk.marking:
        data, same = await marked(desk.folders, record, at, lang, guarded=desk.engine.guarded)
    name = sorted(record.files)[at]
    stem, _, suffix = name.rpartition(".")
    return _download(data, XLSX, f"{stem or name}-{_MARKED[lang]}.{suffix if same else 'xlsx'}")


_MARKED = {"en": "marked", "ru": "с-пометками"}


def _number(text: str, record: Record) -> int:
    """The number of a file of a batch. Raises GraphError (``not-found``)."""
    if not (text.isascii() and text.isdigit() and len(text) < 6 and int(text) < len(record.files)):
        raise GraphError("not-found", f"The batch has no file {text[:20]}.")
    return int(text)


def _download(data: bytes, media_type: str, name: str) -> Response:
    """Never shown by a browser as if it were ours: what somebody sent may be a page with a script."""
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    return unstored(Response(data, media_type=media_type, headers={"content-disposition": disposition}))
