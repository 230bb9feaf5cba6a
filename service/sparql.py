"""The SPARQL 1.1 Protocol: what a request asks for. Pure; how it is done is in ``routes/sparql``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

import pyoxigraph as ox

from graph.errors import QueryError

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"

Pairs = Sequence[tuple[str, str]]

_OF_QUERY, _OF_UPDATE = ("default-graph-uri", "named-graph-uri"), ("using-graph-uri", "using-named-graph-uri")
_MOST_FIELDS = 1000


@dataclass(frozen=True, slots=True)
class Query:
    """The query operation. A dataset of no graphs at all is none: then the service's own is asked."""

    text: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()

    @property
    def has_dataset(self) -> bool:
        return bool(self.default_graphs or self.named_graphs)


@dataclass(frozen=True, slots=True)
class Update:
    """The update operation."""

    text: str
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()


Operation = Query | Update


def by_address(pairs: Pairs) -> Query | None:
    """What a GET asks for (section 2.1.1); None without a query. Raises QueryError."""
    if any(name == "update" for name, _ in pairs):
        raise QueryError("bad-request", "An update cannot be sent with GET.", "Send it with POST.")
    found = _operation(pairs)
    assert not isinstance(found, Update)
    return found


def by_body(body: bytes, content_type: str, address: Pairs) -> Operation | None:
    """What a POST asks for: a form (2.1.2, 2.2.1), whose parameters may also stand in the address, or the text itself
    with its parameters in the address (2.1.3, 2.2.2). None where a form has neither query nor update."""
    media_type = media_type_of(content_type)
    if media_type not in (FORM, QUERY, UPDATE):
        raise QueryError(
            "unsupported-media-type",
            f"A body of type '{media_type[:100]}' cannot be read here.",
            f"Send a form ({FORM}), a query ({QUERY}) or an update ({UPDATE}).",
        )
    text = text_of(body, content_type)
    if media_type == FORM:
        try:
            fields = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS)
        except ValueError:
            raise QueryError("bad-request", "The form cannot be read as UTF-8 fields.") from None
        return _operation([*address, *fields])
    return _operation([*address, ("query" if media_type == QUERY else "update", text)])


def media_type_of(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def text_of(body: bytes, content_type: str) -> str:
    """A body as text. UTF-8 is the only charset that the protocol has (section 2.1.3). Raises QueryError."""
    charset = charset_of(content_type)
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise QueryError("unsupported-media-type", f"The text is said to be in {charset[:40]}; UTF-8 is needed here.")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise QueryError("bad-request", "The request's body is not UTF-8 text.") from None


def charset_of(content_type: str) -> str:
    """The charset parameter of a content type in lower case; empty without one."""
    found = re.search(r";\s*charset\s*=\s*\"?([^\s\";]+)", content_type, re.IGNORECASE)
    return found[1].lower() if found else ""


def _operation(pairs: Pairs) -> Operation | None:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    queries, updates = values.get("query", []), values.get("update", [])
    for name, found in (("query", queries), ("update", updates)):
        if len(found) > 1:
            raise QueryError("bad-request", f"There are several '{name}' parameters; the protocol allows one.")
    if queries and updates:
        raise QueryError("bad-request", "A request has a query or an update, not both.")
    for names, other in ((_OF_UPDATE, queries), (_OF_QUERY, updates)):
        if other and (wrong := [name for name in names if name in values]):
            what = "a query" if other is queries else "an update"
            raise QueryError("bad-request", f"'{wrong[0]}' is no parameter of {what}.")
    if queries:
        return Query(queries[0], *(_graphs(values, name) for name in _OF_QUERY))
    if updates:
        return Update(updates[0], *(_graphs(values, name) for name in _OF_UPDATE))
    return None


def _graphs(values: dict[str, list[str]], name: str) -> tuple[str, ...]:
    return tuple(graph_iri(value) for value in values.get(name, ()))


def graph_iri(text: str) -> str:
    """The name of a graph. Raises QueryError where it is no absolute IRI."""
    try:
        return ox.NamedNode(text).value
    except ValueError:
        raise QueryError("bad-request", f"'{text[:200]}' is no absolute IRI, so it cannot name a graph.") from None
