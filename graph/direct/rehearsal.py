"""A write rehearsed: what it would change, whether that may be, and the write that makes just this change.

What is written in the end is what was rehearsed, not the text again: an update with ``RAND()`` or ``UUID()`` would
else do something that nobody has looked at. Reads a checkpoint and writes into a folder of its own, nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.batches.report import to_rows
from graph.direct.judging import judge
from graph.direct.merged import refuse_merged
from graph.direct.running import copy_of, run
from graph.direct.states import Changed, State, is_book
from graph.direct.view import Rules
from graph.errors import QueryError
from graph.store.database import is_storage
from graph.store.update_text import syntax_error
from graph.terms import node

#: Called when the change is known and its judging begins.
Progress = Callable[[], None]


def rehearse(
    checkpoint: Path, folder: Path, write: dict[str, Any], base: str, rules: Rules, tell: Progress = lambda: None
) -> dict[str, Any]:
    """Rehearse one write (``graph.store.writes``: update, put, drop) on a checkpoint, in a folder that does not exist.

    Returns ``{"write": ...}``, what is to be written instead, or ``{"refused": [...], "more": n}``, the rows of the
    report. Raises QueryError for an update that cannot be done, GraphError (``merged-away``) for one that would bring
    back what was merged.
    """
    folder.mkdir(parents=True)
    before = ox.Store.read_only(str(checkpoint))
    book = is_book(base)
    generation = _generation(before, base)
    match write["write"]:
        case "update":
            change, told = _update(before, checkpoint, folder, write, book)
        case "put":
            change, told = _put(before, write), write
        case "drop":
            change, told = _drop(before, write), write
        case other:
            raise ValueError(f"A write called {other} is not rehearsed.")
    refuse_merged(before, change.added, base)
    tell()
    judged = judge(State(before, book), State(before, book, change), change, rules)
    if judged.results:
        return {"refused": to_rows(judged.results), "more": judged.more}
    return {"write": {**told, "expects": generation}, "changed": change.count}


def _generation(store: ox.Store, base: str) -> int:
    state, subject = ox.NamedNode(base + "graph/state"), ox.NamedNode(base + "store")
    found = store.quads_for_pattern(subject, node("cg:generation"), None, state)
    return max((int(quad.object.value) for quad in found if isinstance(quad.object, ox.Literal)), default=0)


def _update(
    before: ox.Store, checkpoint: Path, folder: Path, write: dict[str, Any], book: Callable[..., bool]
) -> tuple[Changed, dict[str, Any]]:
    copies = 0

    def copying() -> ox.Store:
        nonlocal copies
        copies += 1
        return copy_of(checkpoint, folder / f"copy-{copies}")

    try:
        ran = run(before, copying, write["text"], write.get("base_iri"), book)
    except (SyntaxError, ValueError) as error:
        raise syntax_error("update", error) from None
    except (RuntimeError, OSError) as error:
        if is_storage(error):
            raise
        raise QueryError("evaluation", f"The update cannot be done: {error}.") from None
    paths = {}
    for name, quads in (("removed", ran.change.removed), ("added", ran.change.added)):
        path = folder / f"{name}.nq"
        quads.dump(str(path), ox.RdfFormat.N_QUADS)
        paths[name] = str(path)
    named_blanks = _names_blanks(ran.change, before)
    told = {
        **write,
        "write": "patch",
        "text": write["text"] if named_blanks else "",
        **paths,
        "quads": ran.change.count,
        "created": [graph.value for graph in ran.created],
        "dropped": [graph.value for graph in ran.dropped],
        "named_blanks": named_blanks,
    }
    return ran.change, told


def _names_blanks(change: Changed, before: ox.Store) -> bool:
    """Whether blank nodes that are there already are spoken of: a text cannot name them."""
    blanks = {
        term
        for quads in (change.removed, change.added)
        for quad in quads
        for term in (quad.subject, quad.object, quad.graph_name)
        if isinstance(term, ox.BlankNode | ox.Triple)
    }
    return any(
        isinstance(term, ox.Triple)
        or next(before.quads_for_pattern(term, None, None), None) is not None
        or next(before.quads_for_pattern(None, None, term), None) is not None
        for term in blanks
    )


def _put(before: ox.Store, write: dict[str, Any]) -> Changed:
    """What a file brings to a graph, and with ``replace`` takes from it. Its blank nodes are new ones."""
    graph = _graph(write["graph"])
    change = Changed()
    parsed = ox.parse(path=write["path"], format=ox.RdfFormat.N_QUADS, rename_blank_nodes=True)
    file = ox.Store()
    file.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed)
    if next(before.quads_for_pattern(None, None, None, graph), None) is None:
        return Changed(added=file)
    change.added.bulk_extend(quad for quad in file if quad not in before)
    if write["replace"]:
        there = before.quads_for_pattern(None, None, None, graph)
        change.removed.bulk_extend(quad for quad in there if quad not in file)
    return change


def _drop(before: ox.Store, write: dict[str, Any]) -> Changed:
    change = Changed()
    change.removed.bulk_extend(before.quads_for_pattern(None, None, None, _graph(write["graph"])))
    return change


def _graph(name: str) -> ox.NamedNode | ox.DefaultGraph:
    return ox.NamedNode(name) if name else ox.DefaultGraph()
