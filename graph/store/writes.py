"""Writes as data, so that they can go to another process: each is applied whole or not at all.

``{"write": "change", "removed", "added"}``    quads as N-Quads text; ``"more"``, files of N-Quads and the byte
at which each begins, are further ones that come in
``{"write": "update", "text", "base_iri"}``    a SPARQL 1.1 update
``{"write": "put", "graph", "path", "replace"}``    a file of N-Quads into one graph, beside or instead of what it has
``{"write": "drop", "graph"}``
``{"write": "patch", "removed", "added", "quads", "created", "dropped", "named_blanks", "text", "base_iri"}``    what an
update was found to change (``graph.direct``): files of N-Quads and how many quads they have, names of graphs, whether
blank nodes that are there already are among them, and the update itself

A change may have ``"unchanged"``, a graph and its fingerprint: where the graph has another one it is refused
(``moved-on``) and nothing is written, so that nobody's write is undone by one who has not seen it.

Any of them may have ``"expects"``, the generation that it speaks of: on another one it is refused
(``generation-moved``).

The graph "" is the default graph. Any of them may have a ``"note"``, more quads as N-Quads text: who wrote, when. It
goes in with the write or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.errors import GraphError
from graph.store import Change, Lines
from graph.store.embedded import LARGE as LARGE_CHANGE
from graph.store.embedded import LARGE_FILE, EmbeddedStore
from graph.store.update_text import Graphs

#: Bytes of N-Quads from which on a file is not one transaction: some 50,000 quads.
LARGE = LARGE_FILE


def apply(store: EmbeddedStore, write: dict[str, Any], *, flush: bool = True) -> dict[str, Any]:
    """Apply one write; returns the ``generation`` and, for a graph, whether it ``existed``. Raises QueryError."""
    with store.alone():
        if "expects" in write and write["expects"] != store.generation:
            raise GraphError("generation-moved", "Others have written meanwhile.", "Look again.")
        return _apply(store, write, flush=flush)


def _apply(store: EmbeddedStore, write: dict[str, Any], *, flush: bool) -> dict[str, Any]:
    note = _quads(write.get("note", ""))
    match write["write"]:
        case "change":
            more = tuple(Lines(Path(path), begin) for path, begin in write.get("more", ()))
            change = Change(_quads(write["removed"]), _quads(write["added"]) | note, more)
            unchanged = tuple(write["unchanged"]) if "unchanged" in write else None
            return {"generation": store.write(change, flush=flush, unchanged=unchanged)}
        case "update":
            return {"generation": store.update(write["text"], base_iri=write.get("base_iri"), note=note, flush=flush)}
        case "put":
            existed = store.has_graph(write["graph"])
            file, replace = Path(write["path"]), write["replace"]
            if file.stat().st_size > LARGE:
                generation = store.load_graph(write["graph"], file, replace=replace, note=note)
            else:
                parsed = ox.parse(path=file, format=ox.RdfFormat.N_QUADS)
                generation = store.put_graph(write["graph"], parsed, replace=replace, note=note, flush=flush)
            return {"generation": generation, "existed": existed}
        case "drop":
            existed = store.has_graph(write["graph"])
            generation = store.drop_graph(write["graph"], note=note, flush=flush) if existed else store.generation
            return {"generation": generation, "existed": existed}
        case "patch":
            return {"generation": _patch(store, write, note, flush=flush)}
        case other:
            raise GraphError("unknown-write", f"There is no write called {other}.")


def _patch(store: EmbeddedStore, write: dict[str, Any], note: frozenset[ox.Quad], *, flush: bool) -> int:
    removed, added = (ox.parse(path=write[name], format=ox.RdfFormat.N_QUADS) for name in ("removed", "added"))
    graphs = Graphs(tuple(write["created"]), tuple(write["dropped"]))
    if write["named_blanks"] or write["quads"] > LARGE_CHANGE:
        if store.can_copy():
            return store.change_on_a_copy(removed, added, graphs, note)
        if write["named_blanks"]:
            # No text can name them, and nothing else is atomic here: the update itself, on the state that it was
            # tried on.
            return store.update(write["text"], base_iri=write.get("base_iri"), note=note, flush=flush)
    return store.change_graphs(removed, added, graphs, note, flush=flush)


def as_write(change: Change, unchanged: tuple[str, str] | None = None) -> dict[str, Any]:
    """A change as a write; ``unchanged`` is a graph and the fingerprint that it has to have still."""
    write: dict[str, Any] = {"write": "change", "removed": _text(change.removed), "added": _text(change.added)}
    if change.more:
        write["more"] = [[str(lines.path.resolve()), lines.begin] for lines in change.more]
    return write if unchanged is None else {**write, "unchanged": list(unchanged)}


def _quads(text: str) -> frozenset[ox.Quad]:
    return frozenset(ox.parse(text.encode(), format=ox.RdfFormat.N_QUADS))


def _text(quads: Iterable[ox.Quad]) -> str:
    return "".join(f"{quad} .\n" for quad in quads)
