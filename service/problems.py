"""Errors over HTTP: the only table from exception to status, and the one shape they have (RFC 9457).

Programs get ``application/problem+json``, people a page with the same words. Neither shows how the program is made.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from graph.errors import (
    BadParameter,
    DiskFull,
    GraphError,
    NotVisible,
    QueryError,
    QueryTimeout,
    QueryTooLarge,
    StoreBusy,
    StoreDamaged,
    TooBusy,
    UnknownName,
    UnreadableFile,
    WriteRefused,
    WriterLost,
)
from graph.model import ValidationReport

#: By code where one says more than the class.
STATUS_BY_CODE: dict[str, int] = {
    "unknown-question": 404,
    "unknown-map": 404,
    "unknown-format": 404,
    "not-found": 404,
    "not-acceptable": 406,
    "too-long": 413,
    "unsupported-media-type": 415,
    "service-refused": 403,
    "load-refused": 403,
    "no-such-graph": 404,
    "own-graph": 403,
    "writes-off": 403,
    "store-unusable": 503,
    "bad-question-file": 500,
    "wrong-state": 409,
    "would-withdraw": 409,
    "newer-there": 409,
    "would-orphan": 409,
    "undone-already": 409,
    "merged-already": 409,
    "merged-on": 409,
    "cannot-merge": 409,
    "merged-away": 422,
    "batch-damaged": 500,
    "workbook-too-large": 413,
}

#: The first class that fits, most precise first.
STATUS_BY_CLASS: tuple[tuple[type[GraphError], int], ...] = (
    (UnknownName, 422),
    (BadParameter, 422),
    (UnreadableFile, 422),
    (QueryTimeout, 504),
    # What was asked for is more than is given: nothing is wrong on our side, and asking again does not help.
    (QueryTooLarge, 413),
    (QueryError, 400),
    (TooBusy, 503),
    (NotVisible, 503),
    (WriterLost, 503),
    (DiskFull, 507),
    (StoreBusy, 503),
    (StoreDamaged, 503),
    (GraphError, 422),
)

#: When to ask again where all places are taken: most queries end in a moment, the longest in ten seconds.
RETRY_SECONDS = 3

#: What a status means to a reader, as the title of a problem and of its page.
TITLES: dict[int, str] = {
    400: "This request cannot be read",
    401: "This needs a token",
    403: "This is not allowed here",
    404: "There is nothing at this address",
    405: "This address cannot be used this way",
    406: "None of the formats asked for is available",
    408: "The request did not come to its end",
    409: "This does not fit what is there",
    413: "This is too much",
    414: "This address is too long",
    415: "This kind of content cannot be read",
    421: "This service does not answer under this name",
    422: "This cannot be answered as it is asked",
    429: "This is more than one client may ask",
    431: "The headers of this request are too long",
    500: "Something went wrong on our side",
    503: "This cannot be done at the moment",
    504: "This takes longer than it may",
    507: "There is no room for this",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One error as RFC 9457 shapes it. ``code`` is the stable word for programs, ``hint`` the next step, and
    ``more`` holds members of this kind of problem (``line``, ``column``, ``suggestions``). ``report`` is that of a
    write that would break shapes; ``refusals`` tells it."""

    status: int
    code: str
    detail: str
    hint: str = ""
    suggestions: tuple[str, ...] = ()
    more: Mapping[str, int | str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    report: ValidationReport | None = None

    @property
    def title(self) -> str:
        return TITLES.get(self.status) or HTTPStatus(self.status).phrase

    def as_json(self) -> dict[str, object]:
        body: dict[str, object] = {
            "type": f"/docs#problem-{self.status}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "code": self.code,
        }
        if self.hint:
            body["hint"] = self.hint
        if self.suggestions:
            body["suggestions"] = list(self.suggestions)
        return {**body, **self.more}


class Refusal(Exception):
    """Raised at the edge, where what to answer is known as it is raised, headers included."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


def problem_of(error: Exception) -> Problem:
    """The problem that an exception is to the caller. What nobody foresaw becomes a 500 that gives nothing away."""
    match error:
        case Refusal():
            return error.problem
        case WriteRefused():
            more = {"unchecked": error.more} if error.more else {}
            return Problem(422, error.code, error.message, error.hint, more=more, report=error.report)
        case GraphError():
            status = STATUS_BY_CODE.get(error.code) or next(
                status for kind, status in STATUS_BY_CLASS if isinstance(error, kind)
            )
            place = {key: value for key in ("line", "column") if (value := getattr(error, key, None))}
            headers = {"retry-after": str(RETRY_SECONDS)} if isinstance(error, TooBusy) else {}
            return Problem(status, error.code, error.message, error.hint, error.suggestions, place, headers)
        case RequestValidationError():
            return Problem(422, "bad-parameter", _sentences(error))
        case HTTPException():
            return Problem(
                error.status_code,
                _code(error.status_code),
                _DETAILS.get(error.status_code, str(error.detail)),
                _HINTS.get(error.status_code, ""),
                headers=error.headers or {},
            )
        case _:
            return Problem(
                500,
                "unexpected",
                "The service met an error that nobody foresaw. It has been written to the service's log.",
                "Try again; if it happens again, tell the people who run this service what you did.",
            )


_DETAILS = {
    404: "No page, question or thing has this address.",
    405: "This address exists, but not for this kind of request.",
}
_HINTS = {404: "Start from the first page, or search for the thing by its name."}


def _code(status: int) -> str:
    return {404: "not-found", 405: "method-not-allowed"}.get(status, f"http-{status}")


def _sentences(error: RequestValidationError) -> str:
    """Pydantic's findings as one text: which parameter, what is wrong. Never the internals it also carries."""
    findings = []
    for finding in error.errors():
        where = ".".join(str(step) for step in finding.get("loc", ()) if step not in ("query", "path", "body"))
        findings.append(f"{where or 'request'}: {finding.get('msg', 'not valid')}")
    return "; ".join(findings) + "."
