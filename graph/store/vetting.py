"""What a text from anybody may not contain, and how an update gets the dataset that its request names.

Found out with the engine's own parser (see ``probe``), so to be called where a crash does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pyoxigraph as ox

from graph.errors import QueryError
from graph.store.probe import has_escaped_letter, is_keyword, query_complaint, update_complaint, without
from graph.store.prologue import offset, with_one_prologue

#: What follows the keyword of SERVICE and LOAD. Used only to name the fault of a text that is refused in any case.
_ADDRESS = re.compile(r"\s*(?:#[^\n]*\n\s*)*(?:SILENT)?\s*(?:#[^\n]*\n\s*)*(?:[<?$:#]|\w[\w-]*:)", re.IGNORECASE)
#: An update with more places for USING than this is a program's, which can write the clauses itself.
_MOST_CLAUSES = 100

_REFUSED = {
    "service": (
        "service-refused",
        "SERVICE is switched off here: a query may not send requests to other services.",
        "Ask the other service yourself, and bring its values in with VALUES.",
    ),
    "load": (
        "load-refused",
        "LOAD is switched off here: an update may not fetch data from elsewhere.",
        "Fetch the file yourself, and send it to the graph store (/rdf-graph-store).",
    ),
}


def vet_query(text: str) -> None:
    """Refuse SERVICE, which would let anybody send requests from this machine. Raises QueryError.

    A text without the word reaches no network in any case, and is not parsed here.
    """
    _refuse("service", text, query_complaint)


def vet_update(text: str, using: Sequence[str] = (), using_named: Sequence[str] = ()) -> str:
    """Refuse LOAD and SERVICE; returns the text as the engine reads it, with the request's dataset as USING clauses.

    Raises QueryError.
    """
    text = with_one_prologue(text, update_complaint)
    complaint = update_complaint(text)
    if complaint:
        raise QueryError("syntax", complaint)
    for word in ("load", "service"):
        _refuse(word, text, update_complaint)
    return _with_dataset(text, using, using_named) if using or using_named else text


def _refuse(word: str, text: str, complaint: Callable[[str], str]) -> None:
    found = without(word, text, complaint)
    if found.parses:
        return
    at = offset(found.probe, found.complaint)
    clause = any(start <= at <= end for start, end in found.places) or any(
        _ADDRESS.match(found.plain, end) for _, end in found.places
    )
    if clause:
        raise QueryError(*_REFUSED[word])
    raise QueryError("syntax", found.complaint)


def _with_dataset(text: str, using: Sequence[str], using_named: Sequence[str]) -> str:
    """SPARQL 1.1 Protocol, section 2.2.3: the dataset of the request is that of every WHERE clause, and the text may
    not name another with USING or WITH.

    The engine takes no dataset for an update, so USING clauses are put before each WHERE of a DELETE/INSERT: before
    the keyword where it is one, and where the text with the clause still parses, which it does nowhere else (a WHERE
    of a sub-select takes no USING).
    """
    if has_escaped_letter(text):
        raise _unsupported("that writes letters as \\u escapes")
    for word in ("using", "with"):
        if not without(word, text, update_complaint).parses:
            raise QueryError(
                "dataset-conflict",
                f"The request names a dataset, and its update has {word.upper()}: only one of them may.",
                "Leave out using-graph-uri and using-named-graph-uri, or the clauses.",
            )
    clauses = "".join(f"USING {ox.NamedNode(graph)} " for graph in using)
    clauses += "".join(f"USING NAMED {ox.NamedNode(graph)} " for graph in using_named)
    places = [found.span() for found in re.finditer("where", text, re.IGNORECASE)]
    if len(places) > _MOST_CLAUSES:
        raise _unsupported(f"with more than {_MOST_CLAUSES} WHERE clauses")
    # From the end, so that earlier places stay where they are.
    for start, end in reversed(places):
        if not is_keyword(text, start, end, update_complaint):
            continue
        if not update_complaint(f"{text[:start]} {{}} {text[start:]}"):
            raise _unsupported("with DELETE WHERE, which has no place for a dataset")
        narrowed = f"{text[:start]} {clauses}{text[start:]}"
        if not update_complaint(narrowed):
            text = narrowed
    return text


def _unsupported(what: str) -> QueryError:
    return QueryError(
        "dataset-unsupported",
        f"using-graph-uri and using-named-graph-uri cannot be applied to an update {what}.",
        "Name the dataset in the update itself: DELETE { ... } INSERT { ... } USING <graph> WHERE { ... }.",
    )
