"""Rows and columns of the coverage matrix: which themes and places it has, and in which order. ``axes.rq`` says the
same as a query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from graph.model import Thing
from graph.names import Names
from graph.projection import Flags, Ints, Projection
from graph.terms import WORLD

#: What a source says of a place by, or of a theme.
SPEAKING = ("Engagement", "Collaboration", "Talk", "MeetingStatement", "AbsenceStatement", "CompletenessStatement")


@dataclass(frozen=True, slots=True)
class Axes:
    """Themes as a tree read from the top, places by label, and how deep each theme (by IRI) stands."""

    themes: tuple[Thing, ...]
    places: tuple[Thing, ...]
    depth: Mapping[str, int]


def read_axes(projection: Projection, names: Names, wanted: Mapping[str, Thing], lang: str = "en") -> Axes:
    """The axes for all themes and places, or for a ``theme`` and its narrower ones, a ``place`` and its countries."""
    rows, columns = _rows(projection, wanted), _columns(projection, wanted)
    parents: dict[str, set[str]] = {iri: set() for iri in rows}
    themes = projection.themes
    broader = projection.relations["broader"]
    for one, other in zip(themes.positions(broader.subjects), themes.positions(broader.objects), strict=True):
        if (iri := themes.iris[one]) in parents:
            parents[iri].add(themes.iris[other])

    def by_label(iri: str) -> tuple[str, str]:
        return names.thing(iri, lang).label.casefold(), iri

    children: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(parents, key=by_label):
        # A theme with several broader ones is shown once, below the first; a broader one that is not shown is none.
        shown = sorted((p for p in parents[iri] if p in parents), key=by_label)
        children[shown[0] if shown else ""].append(iri)
    depth = dict(_walk(children, "", 0))
    # Themes in a circle (a fault of the scheme) hang below no top; they are shown all the same.
    for iri in sorted(parents.keys() - depth.keys(), key=by_label):
        depth[iri] = 0
    return Axes(
        themes=tuple(names.thing(iri, lang) for iri in depth),
        places=tuple(names.thing(iri, lang) for iri in sorted(columns, key=by_label)),
        depth=depth,
    )


def _rows(projection: Projection, wanted: Mapping[str, Thing]) -> list[str]:
    themes = projection.themes
    if "theme" in wanted:
        at = themes.position(wanted["theme"].iri)
        inside = projection.narrower.within(at).tolist() if at >= 0 else []
        return [themes.iris[one] for one in inside] or [wanted["theme"].iri]
    named = themes.positions(projection.relations["theme"].objects)
    shown = in_scheme(projection)
    shown[projection.narrower.up.spread(np.unique(named))[1]] = True
    return [themes.iris[one] for one in np.flatnonzero(shown)]


def _columns(projection: Projection, wanted: Mapping[str, Thing]) -> list[str]:
    places = projection.places
    shown = countries(projection)
    if "place" not in wanted:
        shown &= spoken_of(projection)
        return [places.iris[one] for one in np.flatnonzero(shown)]
    at = places.position(wanted["place"].iri)
    inside = projection.inside.within(at) if at >= 0 else np.empty(0, dtype=np.int64)
    return [places.iris[one] for one in inside[shown[inside]]] or [wanted["place"].iri]


def in_scheme(projection: Projection) -> Flags:
    """Which themes stand in the scheme."""
    found = np.zeros(len(projection.themes), dtype=np.bool_)
    found[projection.themes.positions(projection.relations["in_scheme"].subjects)] = True
    return found


def named_themes(projection: Projection) -> Flags:
    """Which themes a record or a statement names."""
    found = np.zeros(len(projection.themes), dtype=np.bool_)
    found[projection.themes.positions(_named(projection, "theme"))] = True
    return found


def spoken_of(projection: Projection) -> Flags:
    """Which places a record or a statement speaks of: what it names, what is in it, and the country that a part of
    which it names."""
    inside, places = projection.inside, projection.places
    named = places.positions(_named(projection, "place"))
    named = np.unique(named[named != places.position(WORLD)])
    found = np.zeros(len(places), dtype=np.bool_)
    found[inside.down.spread(named)[1]] = True
    parts = named[projection.are("Subdivision")[named]]
    above = inside.up.spread(parts)[1]
    found[above[projection.are("Country")[above]]] = True
    return found


def countries(projection: Projection) -> Flags:
    """Which places are countries: what is called so, or what has no kind and nothing in it."""
    other = projection.are("Region") | projection.are("Subdivision")
    contained = projection.relations["contained_in"]
    other[projection.places.positions(contained.objects)] = True
    return projection.are("Country") | ~other


def _named(projection: Projection, name: str) -> Ints:
    relation = projection.relations[name]
    speaking = np.zeros(len(projection.terms), dtype=np.bool_)
    for kind in SPEAKING:
        speaking[projection.instances(kind)] = True
    return relation.objects[speaking[relation.subjects]]


def _walk(children: Mapping[str, list[str]], parent: str, level: int) -> Iterator[tuple[str, int]]:
    for iri in children.get(parent, ()):
        yield iri, level
        yield from _walk(children, iri, level + 1)
