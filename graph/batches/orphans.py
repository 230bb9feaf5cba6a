"""What would be left without a description if a batch were undone, though other sources speak of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import GraphError
from graph.store import Change, Readable
from graph.terms import node

_TYPE, _NAME = node("rdf:type"), node("skos:prefLabel")
#: Examples that are told.
_MOST = 5


@dataclass(frozen=True, slots=True)
class Orphan:
    """``iri`` is described by the batch alone, and these ``sources`` (graphs) point to it from so many ``records``."""

    iri: str
    label: str
    records: int
    sources: tuple[str, ...]


def orphans(store: Readable, source: str, change: Change) -> tuple[Orphan, ...]:
    """What undoing ``change``, which a batch made of the graph ``source``, would leave so; most pointed to first."""
    graph = NamedNode(source)
    before = frozenset(store.quads(source))
    lost = _described(before) - _described((before - change.added) | change.removed)
    pointing: dict[NamedNode, set[object]] = defaultdict(set)
    sources: dict[NamedNode, set[str]] = defaultdict(set)
    own = f"{store.base}graph/"
    for quad in store.quads() if lost else ():
        here = quad.graph_name
        if here == graph or not isinstance(here, NamedNode) or here.value.startswith(own):
            continue
        if quad.predicate == _TYPE and quad.subject in lost:
            lost.discard(quad.subject)  # Somebody else describes it too.
        elif isinstance(quad.object, NamedNode) and quad.object in lost:
            pointing[quad.object].add(quad.subject)
            sources[quad.object].add(here.value)
    labels = {quad.subject: quad.object for quad in sorted(before, key=str) if quad.predicate == _NAME}
    found = []
    for thing in lost & pointing.keys():
        label = labels.get(thing)
        name = label.value if isinstance(label, Literal) else thing.value
        found.append(Orphan(thing.value, name, len(pointing[thing]), tuple(sorted(sources[thing]))))
    return tuple(sorted(found, key=lambda one: (-one.records, one.label, one.iri)))


def _described(quads: Iterable[Quad]) -> set[NamedNode]:
    return {quad.subject for quad in quads if quad.predicate == _TYPE and isinstance(quad.subject, NamedNode)}


def refuse(found: tuple[Orphan, ...], title: str) -> None:
    """Raises GraphError (``would-orphan``) where there are any."""
    if not found:
        return
    sources = sorted({source.rpartition("/")[2] for one in found for source in one.sources})
    examples = "; ".join(f"{one.label} ({one.records})" for one in found[:_MOST])
    raise GraphError(
        "would-orphan",
        f"Other sources ({', '.join(sources[:_MOST])}{', ...' if len(sources) > _MOST else ''}) speak of {len(found)} "
        f"things that only '{title}' describes, as of this batch. Records that point to them: {examples}"
        f"{'; ...' if len(found) > _MOST else ''}. Without it they would point to something without a name.",
        "Withdraw the batches of those sources first, or bring a source that describes these things; or withdraw this "
        "one all the same (force=1, --force).",
    )
