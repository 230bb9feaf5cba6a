"""Errors of the engine put into words, and what is refused before the engine sees it.

A query may not nest deeper than people write: the engine's parser is recursive and takes its process with it. That
process is a worker which may die, or the service itself where the system has no such workers. What has to be parsed to
be found (SERVICE, LOAD) is refused where it is parsed: ``graph.store.vetting``.
"""

from __future__ import annotations

import re

from graph.errors import QueryError

#: No query that a person writes comes near; a few thousand levels end the process in the engine's parser.
DEEPEST = 100

_POSITION = re.compile(r"error at (\d+):(\d+): (.*)", re.DOTALL)
_UPDATE = re.compile(
    r"\s*(?:(?:PREFIX\s+\S*\s*<[^>]*>|BASE\s*<[^>]*>|#[^\n]*\n)\s*)*"
    r"(?:INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|ADD|MOVE|COPY|WITH)\b",
    re.IGNORECASE,
)
_BLANK = re.compile(r"blank node (_:\S+)")


class QueryFault(QueryError):
    """A text that does not parse: where (1-based line and column), and what was expected there."""

    def __init__(self, message: str, line: int, column: int, hint: str = "") -> None:
        super().__init__("bad-query", message, hint)
        self.line = line
        self.column = column


def refuse_depth(text: str, deepest: int = DEEPEST) -> None:
    """Raises QueryError where brackets nest too deep."""
    if sum(text.count(opening) for opening in "({[") > deepest:
        depth = reached = 0
        for character in re.findall(r"[({\[\])}]", text):
            depth += 1 if character in "({[" else -1
            reached = max(reached, depth)
        # Brackets in strings count too: who nests a hundred of them in a string can escape them.
        if reached > deepest:
            raise QueryError("query-too-deep", f"The query nests brackets more than {deepest} deep.")
    if text.count("!") > deepest * 10:
        raise QueryError("query-too-deep", f"The query has more than {deepest * 10} exclamation marks.")


def located(error: QueryError, text: str, what: str = "query") -> QueryError:
    """The engine's complaint about a text with its position and what stands there; its list of all tokens that could
    have stood there instead is no help to people."""
    if error.code != "syntax":
        return error
    match = _POSITION.search(error.message)
    reason = "" if match and match[3].startswith("expected") else f": {(match[3] if match else error.message)[:200]}"
    line, column = (int(match[1]), int(match[2])) if match else _place_of(error.message, text)
    if what == "query" and _UPDATE.match(text):
        return QueryFault("This is an update, sent as a query.", line, column, "Send it as 'update', with POST.")
    lines = text.split("\n")
    if line > len(lines):
        line, column = len(lines), len(lines[-1]) + 1
    rest = lines[line - 1][column - 1 :].strip()
    near = f", at '{rest[:40]}'" if rest else ", where it ends"
    return QueryFault(
        f"The {what} cannot be read at line {line}, column {column}{near}{reason.rstrip('. ')}.",
        line,
        column,
        "Look at what stands just before this place: a missing bracket, dot or prefix shows only here.",
    )


def _place_of(message: str, text: str) -> tuple[int, int]:
    """Where to look, for complaints about the text as a whole."""
    found = _BLANK.search(message)
    at = max(0, text.rfind(found[1])) if found else 0
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
