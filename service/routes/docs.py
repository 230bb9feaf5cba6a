"""``/docs``: the reference of the interface for programs, written out from the OpenAPI document. No script, no CDN."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from service.parameters import language
from service.problems import TITLES
from service.site import site_of

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation as the page shows it."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[dict[str, Any], ...]
    media_types: tuple[str, ...]
    errors: tuple[str, ...]
    anchor: str


@router.get("/docs", include_in_schema=False)
def docs(request: Request) -> Response:
    app = cast(FastAPI, request.app)
    document = app.openapi()
    return site_of(request).render(
        request,
        "docs.html",
        lang=language(request),
        about=document["info"]["description"],
        operations=operations(document),
        problems=TITLES,
    )


def operations(document: dict[str, Any]) -> tuple[Operation, ...]:
    """The operations of an OpenAPI document, in its order."""
    found = []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            answers = operation["responses"]
            found.append(
                Operation(
                    method=method.upper(),
                    path=path,
                    summary=operation.get("summary", ""),
                    description=operation.get("description", ""),
                    parameters=tuple(operation.get("parameters", ())),
                    media_types=tuple(answers.get("200", {}).get("content", {})),
                    errors=tuple(status for status in answers if status != "200"),
                    anchor=operation["operationId"],
                )
            )
    return tuple(found)
