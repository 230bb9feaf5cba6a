"""What may not reach the engine, and errors of the engine put into words.

A query may not nest deeper than people write (the engine's parser is recursive and takes the process with it), and
it may not contain SERVICE. There is no guard against queries that merely take long: the embedded engine cannot be
interrupted.
"""

from __future__ import annotations

import re

from graph.errors import QueryError
from graph.store.probe import without

#: No query that a person writes comes near; a few thousand levels end the process in the engine's parser.
DEEPEST = 100

#: What follows the clause's keyword. Used only to name the fault of a text that is refused in any case.
_ENDPOINT = re.compile(r"\s*(?:SILENT)?\s*(?:[<?$:#]|\w[\w-]*:)", re.IGNORECASE)
_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_UPDATE = re.compile(
    r"\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>|#[^\n]*\n)\s*)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)

WRITES_OFF = QueryError(
    "writes-off",
    "This is an update, and this address answers queries only: writing over the web is switched off.",
    "Data come in with 'commonground ingest', which checks them and keeps their source.",
)


class QueryFault(QueryError):
    """A query that does not parse: where (1-based line and column), and what was expected there."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__("bad-query", message, hint)
        self.line = line
        self.column = column


def refuse_depth(query: str) -> None:
    depth = deepest = 0
    for character in query:
        if character in "({[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in ")}]":
            depth -= 1
    # Brackets in strings count too: who nests a hundred of them in a string can escape them.
    if deepest > DEEPEST or query.count("!") > DEEPEST * 10:
        raise QueryError("query-too-deep", f"The query nests brackets more than {DEEPEST} deep.")


def refuse_service(query: str) -> None:
    """SERVICE would let anybody send requests from this machine, so it is refused before anything runs.

    Whether the word is the clause is found out as ``graph.store.probe`` says; a text without the word reaches no
    network in any case.
    """
    found = without("service", query)
    if found.parses:
        return
    at = _offset(found.probe, found.complaint)
    clause = any(start <= at <= end for start, end in found.places) or any(
        _ENDPOINT.match(found.plain, end) for _, end in found.places
    )
    if clause:
        raise QueryError(
            "service-refused",
            "SERVICE is switched off here: a query may not send requests to other services.",
            "Ask the other service yourself, and bring its values in with VALUES.",
        )
    raise located(QueryError("bad-query", found.complaint), found.plain)


def _offset(text: str, message: str) -> int:
    match = _POSITION.search(message)
    if match is None:
        return -1
    lines = text.split("\n")
    line = min(int(match[1]), len(lines))
    return sum(len(before) + 1 for before in lines[: line - 1]) + int(match[2]) - 1


def located(error: QueryError, query: str) -> QueryError:
    """The engine's error with its position and the text that stands there; its list of all tokens that could have
    stood there instead is no help to people. An update is said to be one."""
    match = _POSITION.search(error.message)
    if match is None:
        return error
    if _UPDATE.match(query):
        return WRITES_OFF
    line, column = int(match[1]), int(match[2])
    lines = query.split("\n")
    rest = lines[line - 1][column - 1 :].strip() if line <= len(lines) else ""
    near = f", at '{rest[:40]}'" if rest else ", where it ends"
    reason = "" if match[3].startswith("expected") else f": {match[3].rstrip('. ')}"
    return QueryFault(
        f"The query cannot be read at line {line}, column {column}{near}{reason}.",
        line,
        column,
        "Look at what stands just before this place: a missing bracket, dot or prefix shows only here.",
    )
