"""Rows and columns of the coverage matrix: which themes and places it has, and in which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode

from graph.model import Thing
from graph.names import Names
from graph.question_file import bind, read_question
from graph.store import Store

_FILE = Path(__file__).with_name("axes.rq")


@dataclass(frozen=True, slots=True)
class Axes:
    """Themes as a tree read from the top, places by label, and how deep each theme (by IRI) stands."""

    themes: tuple[Thing, ...]
    places: tuple[Thing, ...]
    depth: Mapping[str, int]


def read_axes(store: Store, names: Names, wanted: Mapping[str, Thing], lang: str = "en") -> Axes:
    """The axes for all themes and places, or for a ``theme`` and its narrower ones, a ``place`` and its countries."""
    question = read_question(_FILE)
    query = bind(question, {name: NamedNode(thing.iri) for name, thing in wanted.items()})
    places: set[str] = set()
    parents: dict[str, set[str]] = defaultdict(set)
    for row in store.select(query):
        if row["axis"].value == "place":
            places.add(row["item"].value)
        else:
            parents[row["item"].value] |= {row["parent"].value} if row["parent"] else set()
    if "theme" in wanted:
        parents.setdefault(wanted["theme"].iri, set())
    if "place" in wanted and not places:
        places.add(wanted["place"].iri)

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
        places=tuple(names.thing(iri, lang) for iri in sorted(places, key=by_label)),
        depth=depth,
    )


def _walk(children: Mapping[str, list[str]], parent: str, level: int) -> Iterator[tuple[str, int]]:
    for iri in children.get(parent, ()):
        yield iri, level
        yield from _walk(children, iri, level + 1)
