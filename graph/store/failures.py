"""Errors that crossed a boundary between processes or threads: from words back to exceptions."""

from __future__ import annotations

from typing import Any

from graph.errors import GraphError, NotAcceptable, QueryError, QueryTooLarge

_CLASSES: dict[str, type[GraphError]] = {
    "syntax": QueryError,
    "evaluation": QueryError,
    "not-acceptable": NotAcceptable,
    "result-too-large": QueryTooLarge,
}


def as_error(described: dict[str, Any]) -> GraphError:
    """The exception that ``calls.describe`` put into words."""
    code = described.get("code", "evaluation")
    error = _CLASSES.get(code, QueryError)(code, described.get("message", ""), described.get("hint", ""))
    if isinstance(error, QueryError):
        error.line, error.column = described.get("line"), described.get("column")
    return error
