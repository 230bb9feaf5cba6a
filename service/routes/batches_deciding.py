"""``/batches/<id>/accept`` and the like: what becomes of a batch."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from graph.batches.states import State
from graph.errors import BadParameter, GraphError
from service.batch_access import QUICK, decided, desk_of, mine, who, yes
from service.contract import OBJECT, responses
from service.forms import form_fields, is_form
from service.tokens import Role

router = APIRouter()

#: Fields of a form.
_MOST_FIELDS = 20
_DONE = responses({"application/json": OBJECT}, 400, 403, 404, 409, 413, 415, 422, 503, 507) | {
    303: {"description": "A browser is led to the batch's page"}
}
_FORM = {
    "requestBody": {
        "required": False,
        "content": {
            "application/x-www-form-urlencoded": {
                "schema": {
                    "type": "object",
                    "properties": {
                        "replace": {"type": "string", "description": "1: what the files lack is withdrawn"},
                        "force": {
                            "type": "string",
                            "description": "1, of a withdrawal: also where other sources speak of what it describes",
                        },
                        "reason": {"type": "string", "description": "Of a return: why"},
                    },
                }
            }
        },
    }
}


async def _fields(request: Request) -> dict[str, str]:
    """What a decision says beside its address: a form's fields, or none."""
    return await form_fields(request, _MOST_FIELDS) if is_form(request) else {}


@router.post("/batches/{batch}/accept", responses=_DONE, response_class=Response, openapi_extra=_FORM)
async def accept(request: Request, batch: str) -> Response:
    """Take a batch in, whole and at once. Where the data have changed so that it would do something else than was
    shown, it is only shown again. Needs a token of the role curate."""
    caller = who(request, Role.CURATE)
    fields = await _fields(request)
    desk = desk_of(request)
    record = await desk.accept(batch, caller.name, replace_source=yes(fields.get("replace", "")))
    return decided(request, record, caller)


@router.post("/batches/{batch}/withdraw", responses=_DONE, response_class=Response, openapi_extra=_FORM)
async def withdraw(request: Request, batch: str) -> Response:
    """Undo a batch: its source says again exactly what it said before. Where other sources speak of what it alone
    describes, that needs ``force``. Needs a token of the role curate."""
    caller = who(request, Role.CURATE)
    force = yes((await _fields(request)).get("force", ""))
    return decided(request, await desk_of(request).withdraw(batch, caller.name, force=force), caller)


@router.post("/batches/{batch}/return", responses=_DONE, response_class=Response, openapi_extra=_FORM)
async def give_back(request: Request, batch: str) -> Response:
    """Give a contribution back to whoever brought it, with a reason. Needs a token of the role curate."""
    caller = who(request, Role.CURATE)
    reason = (await _fields(request)).get("reason", "").strip()[:1000]
    if not reason:
        raise BadParameter("no-reason", "A batch is returned with a reason.", "Say in 'reason' what is to be mended.")
    return decided(request, desk_of(request).give_back(batch, caller.name, reason), caller)


@router.post("/batches/{batch}/cancel", responses=_DONE, response_class=Response)
async def cancel(request: Request, batch: str) -> Response:
    """Stop a batch that is not in, also while a job is at it."""
    caller, record = mine(request, batch)
    desk = desk_of(request)
    record = desk.cancel(record.id, caller.name)
    return decided(request, await desk.settled(record.id, QUICK), caller)


@router.post("/batches/{batch}/stage", responses=_DONE, response_class=Response)
async def look_again(request: Request, batch: str) -> Response:
    """Have a job look into a batch again that was rejected or failed: what its rows refer to may be there by now."""
    caller, record = mine(request, batch)
    if record.state not in (State.REJECTED, State.FAILED):
        raise GraphError("wrong-state", f"This batch is {record.state}: it need not be looked into again.")
    desk = desk_of(request)
    desk.look_into(record)
    return decided(request, await desk.looked(record, QUICK), caller)
