"""What is sent with a request, read within bounds: forms as browsers send them, and JSON."""

from __future__ import annotations

import json
from typing import Any

from fastapi import Request
from starlette.exceptions import HTTPException

from graph.errors import QueryError

_FORM = "application/x-www-form-urlencoded"


def is_form(request: Request) -> bool:
    """Whether a form without files was sent."""
    return request.headers.get("content-type", "").lower().startswith(_FORM)


async def form_fields(request: Request, most: int, longest: int = 1024 * 1024) -> dict[str, str]:
    """The fields of a form: at most ``most``, none longer than ``longest`` bytes, no files. Of a field that is there
    several times the last value. Raises QueryError."""
    return {name: values[-1] for name, values in (await form_lists(request, most, longest)).items()}


async def form_lists(request: Request, most: int, longest: int = 1024 * 1024) -> dict[str, list[str]]:
    """The same with all values of each field, as ticked boxes have them."""
    found: dict[str, list[str]] = {}
    try:
        async with request.form(max_files=0, max_fields=most, max_part_size=longest) as form:
            for name, value in form.multi_items():
                if isinstance(value, str):
                    found.setdefault(name, []).append(value)
            return found
    except (HTTPException, ValueError, AssertionError):
        raise QueryError("bad-request", "The form cannot be read.") from None


def from_json(body: bytes) -> Any:
    """What a body of JSON says. Raises QueryError."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise QueryError("bad-request", "The body is no JSON.") from None
