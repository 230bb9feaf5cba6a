"""The one family of errors this library raises on purpose.

A fault in somebody's *data* is never an exception: it is a row of a report. These are for what a caller
asked wrongly or what could not be done at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from graph.model import ValidationReport


class GraphError(Exception):
    """Something that was asked for cannot be done.

    ``code`` is a stable machine-readable word (``unknown-theme``), ``message`` a sentence that names the
    place, the value and the rule, ``hint`` the next step (may be empty), ``suggestions`` the nearest valid values.
    """

    def __init__(self, code: str, message: str, hint: str = "", suggestions: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.suggestions = suggestions


class UnknownName(GraphError):
    """A theme, place, organisation ... that nothing in the graph is called. Carries the nearest names."""


class BadParameter(GraphError):
    """A parameter that the question does not have, lacks, or cannot read."""


class QueryError(GraphError):
    """A SPARQL text that does not parse or cannot be evaluated. Lines and columns count from 1."""

    line: int | None = None
    column: int | None = None


class StoreBusy(GraphError):
    """Another process has the store open for writing."""


class StoreDamaged(GraphError):
    """The store, or a backup, is not what was written."""


class UnreadableFile(GraphError):
    """A file that cannot be read as what it claims to be."""


class QueryTimeout(QueryError):
    """A query passed its time and was ended."""


class QueryTooLarge(QueryError):
    """A query passed its memory, its result passed its size, or its process died of it."""


class NotAcceptable(QueryError):
    """The result cannot be written in any media type that was asked for."""


class TooBusy(GraphError):
    """All places are taken; asking again in a moment helps."""


class DiskFull(GraphError):
    """There is no room for a write; what is there can still be read."""


class WriterLost(GraphError):
    """The writer died before it acknowledged: the write may or may not have been kept."""


class NotVisible(GraphError):
    """A write is durable, but readers do not see it yet."""


class WriteRefused(GraphError):
    """A direct write that would leave data at fault, and was not made. ``report`` says which of its violations are
    new; ``more`` counts nodes that may be at fault too and were not looked at one by one."""

    def __init__(self, code: str, message: str, hint: str = "", *, report: ValidationReport, more: int = 0) -> None:
        super().__init__(code, message, hint)
        self.report = report
        self.more = more
