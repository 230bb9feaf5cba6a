"""What the OpenAPI document says of responses: the problem shape, once, and the errors that a route may give."""

from __future__ import annotations

from typing import Any

from service.negotiation import PROBLEM
from service.problems import TITLES

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "What is wrong, in a sentence"},
        "code": {"type": "string", "description": "A stable word for programs"},
        "hint": {"type": "string", "description": "The next step"},
        "suggestions": {"type": "array", "items": {"type": "string"}, "description": "The nearest valid values"},
        "line": {"type": "integer", "description": "Of a query: where it cannot be read, from 1"},
        "column": {"type": "integer"},
    },
}


def responses(ok: dict[str, Any], *errors: int) -> dict[int | str, dict[str, Any]]:
    """Responses of a route: ``ok`` is media type -> schema (may be empty); errors are problem+json.

    Any route can be asked for with an overlong address, with a token that is not known, or too often.
    """
    documented: dict[int | str, dict[str, Any]] = {
        200: {"description": "The answer", "content": {kind: {"schema": schema} for kind, schema in ok.items()}}
    }
    for status in sorted({*errors, 401, 414, 429}):
        documented[status] = {
            "description": TITLES[status],
            "content": {PROBLEM: {"schema": PROBLEM_SCHEMA}},
        }
    return documented


TEXT: dict[str, Any] = {"type": "string"}
OBJECT: dict[str, Any] = {"type": "object"}

_RESULT: dict[str, Any] = {
    "type": "object",
    "required": ["severity", "focusNode", "sourceConstraintComponent", "message"],
    "properties": {
        **dict.fromkeys(
            ("severity", "focusNode", "resultPath", "value", "sourceShape", "sourceConstraintComponent"), TEXT
        ),
        "message": {"type": "string", "description": "In the reader's language (lang, Accept-Language)"},
        "messages": {"type": "object", "additionalProperties": TEXT, "description": "By language"},
        "explained": {"type": "string", "description": "The page that explains the rule"},
    },
}
_REFUSED_SCHEMA: dict[str, Any] = {
    **PROBLEM_SCHEMA,
    "properties": {
        **PROBLEM_SCHEMA["properties"],
        "conforms": {"type": "boolean"},
        "results": {"type": "array", "items": _RESULT},
        "unchecked": {"type": "integer", "description": "Nodes that may be at fault too"},
    },
}
#: The response to a write that the shapes stand against: a problem, or a SHACL report as the Accept header asks.
REFUSED: dict[int | str, dict[str, Any]] = {
    422: {
        "description": "The write would leave data at fault, or a parameter is none; nothing was written",
        "content": {
            PROBLEM: {"schema": _REFUSED_SCHEMA},
            "text/turtle": {"schema": TEXT},
            "application/ld+json": {"schema": {}},
            "application/n-triples": {"schema": TEXT},
            "application/rdf+xml": {"schema": TEXT},
        },
    }
}
