"""Keeping the gaps of a theme, a place or an organisation: what those include, and which rows have it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pyoxigraph import NamedNode

from graph.gaps.header import Filter
from graph.model import Thing, Value
from graph.projection import Projection
from graph.store import Store

_INSIDE = {
    "theme": "?x <http://www.w3.org/2004/02/skos/core#broader>* %s",
    "place": "?x <https://schema.org/containedInPlace>* %s",
    "organisation": "?x <http://www.w3.org/ns/org#unitOf>* %s",
}
_AROUND = {
    "theme": "%s <http://www.w3.org/2004/02/skos/core#broader>* ?x",
    "place": "%s <https://schema.org/containedInPlace>* ?x",
    "organisation": "%s <http://www.w3.org/ns/org#unitOf>* ?x",
}


def reached(store: Store, kind: str, iri: str, around: bool = False) -> frozenset[str]:
    """The thing itself and what it includes: narrower themes, places inside, units; ``around`` adds what it is in."""
    root = str(NamedNode(iri))
    patterns = [_INSIDE[kind] % root] if kind in _INSIDE else []
    if around and kind in _AROUND:
        patterns.append(_AROUND[kind] % root)
    found = {iri}
    for pattern in patterns:
        found |= {row["x"].value for row in store.select(f"SELECT DISTINCT ?x WHERE {{ {pattern} }}")}
    return frozenset(found)


def reached_in(
    projection: Projection, filters: Mapping[str, Filter], resolved: Mapping[str, Thing]
) -> dict[str, frozenset[str]]:
    """``reached``, over columns."""
    found: dict[str, frozenset[str]] = {}
    for name, chosen in filters.items():
        thing = resolved[name].iri
        axis, hierarchy = {
            "theme": (projection.themes, projection.narrower),
            "place": (projection.places, projection.inside),
            "organisation": (projection.organisations, projection.units),
        }[name]
        at = axis.position(thing)
        inside = [hierarchy.within(at)] if at >= 0 else []
        if chosen.touching and at >= 0:
            inside.append(hierarchy.above(at))
        found[name] = frozenset({thing, *(axis.iris[one] for part in inside for one in part.tolist())})
    return found


def keeps(chosen: Filter, allowed: frozenset[str], values: Mapping[str, Value]) -> bool:
    """Whether a row with these values passes."""
    return passes(chosen, allowed, {column: iris(values.get(column)) for column in chosen.columns})


def passes(chosen: Filter, allowed: frozenset[str], columns: Mapping[str, Sequence[str]]) -> bool:
    """The same of a row whose columns are lists of IRIs."""
    there = {iri for column in chosen.columns for iri in columns.get(column, ())}
    return bool(there & allowed) or (chosen.touching and not there)


def iris(value: Value) -> tuple[str, ...]:
    """The IRIs of a value; none for a plain one."""
    things = value if isinstance(value, tuple) else (value,)
    return tuple(thing.iri for thing in things if isinstance(thing, Thing))
