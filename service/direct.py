"""Direct writes at the edge: whether one is to be checked, and its way through the gate."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from graph.direct.gate import Gate
from graph.errors import BadParameter
from graph.store.engine import Written
from service.access import Access, Caller
from service.recording import record
from service.site import site_of
from service.tokens import Role

VALIDATION = "validation"
_ON, _OFF = "on", "off"
VALIDATION_PARAMETER: dict[str, object] = {
    "name": VALIDATION,
    "in": "query",
    "required": False,
    "description": "Of a write: off to make it whatever the shapes say of it, which needs the role admin and is "
    "recorded with the write",
    "schema": {"type": "string", "enum": [_ON, _OFF], "default": _ON},
}


def is_validated(request: Request) -> bool:
    """Whether a write is to be checked. Raises BadParameter, and Refusal for who may not switch it off.

    It stands in the address alone: so it is in the log too, and no form of another page can bring it along.
    """
    values = set(request.query_params.getlist(VALIDATION)) or {_ON}
    if values == {_ON}:
        return True
    if values != {_OFF}:
        raise BadParameter(
            "bad-value", f"'{VALIDATION}' is on or off.", "Leave it out to have the write checked.", (_ON, _OFF)
        )
    access: Access = request.app.state.access
    access.require(request, Role.ADMIN)
    return False


async def write(
    request: Request, caller: Caller, what: str, asked: dict[str, Any], *, validated: bool, wait: bool = True
) -> Written:
    """Make a write through the gate, with a note of who made it. Raises as ``Gate.write``."""
    gate: Gate = request.app.state.gate
    note = record(site_of(request), caller, what, validated=validated)
    return await gate.write({**asked, "note": note}, validate=validated, wait=wait)
