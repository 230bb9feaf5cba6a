"""``GET /healthz``: whether the service can do its work, found out by doing some of it."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from service.contract import responses
from service.negotiation import PROBLEM
from service.problems import Problem
from service.site import site_of

router = APIRouter()

_PARTS = {
    "type": "object",
    "description": "What is wrong with each part; empty where nothing is",
    "additionalProperties": {"type": "string"},
}
_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["status", "generation", "parts"],
    "properties": {
        "status": {"const": "ok"},
        "generation": {"type": "integer", "minimum": 0},
        "parts": _PARTS,
    },
}
#: What the people who run the service can do about a part.
_HINTS = {
    "data": "Restore the newest backup into another folder and serve that; or, to accept what there is, remove the "
    "file store-tally.json beside the store and start again.",
    "disk": "Make room on the disk; writing goes on by itself.",
    "writing": "Look into the service's log.",
    "reading": "Look into the service's log.",
}


@router.get("/healthz", responses=responses({"application/json": _SCHEMA}, 503), response_class=JSONResponse)
async def healthz(request: Request) -> Response:
    """Whether queries are answered and writes taken, and nothing that was confirmed is lost. 503 where not."""
    health = await site_of(request).engine.health()
    headers = {"cache-control": "no-store"}
    parts = dict(health.parts)
    if health.sound:
        return JSONResponse({"status": "ok", "generation": health.generation, "parts": parts}, headers=headers)
    broken = [name for name in _HINTS if parts.get(name)]
    problem = Problem(503, "unhealthy", " ".join(parts[name] for name in broken), _HINTS[broken[0]])
    body = {**problem.as_json(), "generation": health.generation, "parts": parts}
    return JSONResponse(body, 503, media_type=PROBLEM, headers=headers)
