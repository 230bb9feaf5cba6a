"""Who may see and do what with a batch, over HTTP."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from graph.batches.desk import Desk
from graph.batches.record import Record
from graph.errors import GraphError
from service import batch_view
from service.access import Access, Caller
from service.negotiation import wants_page
from service.tokens import Role

#: Seconds for which a request waits for a job before it is answered without.
QUICK = 1.5


def desk_of(request: Request) -> Desk:
    """Where the batches of this service are looked after."""
    desk: Desk = request.app.state.desk
    return desk


def who(request: Request, role: Role = Role.CONTRIBUTE) -> Caller:
    """The caller, who has a role. Raises Refusal."""
    access: Access = request.app.state.access
    return access.require(request, role)


def mine(request: Request, batch: str) -> tuple[Caller, Record]:
    """The caller and a batch that he may see: every one for who curates, otherwise his own. Raises GraphError (404)."""
    caller = who(request)
    record = desk_of(request).folders.load(batch)
    if not caller.may(Role.CURATE) and record.by != caller.name:
        raise GraphError("not-found", f"There is no batch '{batch}' of yours.", "Yours are listed at /batches.")
    return caller, record


def unstored(response: Response) -> Response:
    """What is told to one caller is kept in nobody's cache."""
    response.headers["cache-control"] = "no-store"
    return response


def decided(request: Request, record: Record, caller: Caller) -> Response:
    """What a decision is answered with: a browser is led to the batch's page."""
    if wants_page(request.headers.get("accept")):
        return unstored(RedirectResponse(f"/batches/{record.id}", 303))
    headers = {"common-ground-generation": str(record.generation)} if record.generation else {}
    return unstored(JSONResponse(batch_view.as_json(desk_of(request), record, caller), headers=headers))


def yes(text: str) -> bool:
    """Whether a box of a form is ticked."""
    return text.strip().lower() in ("1", "true", "yes", "on")
