"""Reference data into the store: vocabulary, themes, places, code lists, each a named graph of its own."""

from __future__ import annotations

import functools
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox

from graph.errors import GraphError
from graph.store import Change, Store
from graph.terms import NS, REFERENCE_BASE


def reference_files(folder: Path | None = None) -> dict[str, Path]:
    """Graph IRI -> file, for those that exist in the ``ontology`` package (or another folder of its layout)."""
    root = Path(str(files("ontology"))) if folder is None else folder
    found = {
        NS.removesuffix("#"): root / "vocabulary.ttl",
        REFERENCE_BASE + "theme": root / "themes.ttl",
        REFERENCE_BASE + "place": root / "places.ttl",
    }
    found |= {f"{REFERENCE_BASE}code/{p.stem}": p for p in sorted((root / "codelists").glob("*.ttl"))}
    return {graph: path for graph, path in found.items() if path.exists()}


@functools.cache
def _quads(path: Path, graph: str) -> frozenset[ox.Quad]:
    # Through a store: it rewrites some literals, and what it would rewrite later must not look like a change.
    memory, name = ox.Store(), ox.NamedNode(graph)
    memory.load(path=str(path), format=ox.RdfFormat.TURTLE, to_graph=name)
    quads = frozenset(memory.quads_for_pattern(None, None, None, name))
    if any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object)):
        raise GraphError("blank-node", f"{path.name} has a blank node: reference data give everything an IRI.")
    return quads


def reference_quads() -> frozenset[ox.Quad]:
    """All reference data that come with the package, as a store keeps them."""
    return frozenset().union(*(_quads(path, graph) for graph, path in reference_files().items()))


def load_reference(store: Store, folder: Path | None = None) -> int:
    """Bring the reference graphs up to date in one write; returns the generation. A second call changes nothing."""
    removed: set[ox.Quad] = set()
    added: set[ox.Quad] = set()
    for graph, path in reference_files(folder).items():
        after, before = _quads(path, graph), frozenset(store.quads(graph))
        removed |= before - after
        added |= after - before
    return store.write(Change(frozenset(removed), frozenset(added)))
