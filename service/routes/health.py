"""``GET /healthz``: whether the service can do its work, found out by doing some of it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from graph.errors import GraphError
from service.contract import responses
from service.negotiation import PROBLEM
from service.problems import Problem
from service.site import site_of

router = APIRouter()

_SCHEMA = {
    "type": "object",
    "required": ["status", "generation"],
    "properties": {"status": {"const": "ok"}, "generation": {"type": "integer", "minimum": 0}},
}


@router.get("/healthz", responses=responses({"application/json": _SCHEMA}, 503), response_class=JSONResponse)
def healthz(request: Request) -> Response:
    """Whether the store can be read and holds something. 503 where not."""
    store = site_of(request).store
    try:
        # A real read through the engine: a process that answers while its store does not is not healthy.
        holds = bool(store.query("ASK { ?s ?p ?o }"))
        fault = "" if holds else "The store is empty: not even the reference data are in it."
    except (GraphError, OSError, RuntimeError):
        fault = "The store cannot be read."
    if fault:
        problem = Problem(503, "store-unusable", fault, "Look into the service's log.")
        return JSONResponse(problem.as_json(), 503, media_type=PROBLEM)
    return JSONResponse({"status": "ok", "generation": store.generation})
