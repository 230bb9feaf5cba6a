"""The columns that part of the matrix needs, read from a store that is elsewhere without reading all of it.

What contains what - themes, places, families - is read whole. Of the records those are read, with all that counts of
them, which name one of the themes and one of the places that lead to a cell; and where all themes or all countries are
rows or columns, one record more for each that is named. So a cell that is asked for has all that is said of it, and no
other cell may be looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from graph.coverage.axes import SPEAKING
from graph.model import Thing
from graph.projection import Projection
from graph.projection.columns import Axis
from graph.projection.hierarchy import Hierarchy
from graph.projection.reading import Row, relations_of
from graph.projection.relations import CLASSES, PROPERTIES
from graph.store import Store
from graph.store.embedded import EmbeddedStore

_CONTAINING = ("broader", "in_scheme", "contained_in", "unit_of")
_PLACES = ("Country", "Region", "Subdivision")
_OF_RECORDS = ("type", "partner", "theme", "place", "basis", "stated_on", "temporal", "absence", "creator")
_OF_PERIODS = ("start", "end")
_NAMES = {iri: name for name, iri in PROPERTIES.items()}
_COUNTS = {
    "engagements": ("Engagement", "Collaboration"),
    "statements": ("AbsenceStatement", "CompletenessStatement"),
    "sources": ("Source",),
}


def pays(store: Store, wanted: Mapping[str, Thing]) -> bool:
    """Whether ``narrowed`` is for this: of a store of ours all is read sooner, and kept."""
    return bool(wanted) and not isinstance(store, EmbeddedStore)


def narrowed(store: Store, wanted: Mapping[str, Thing]) -> Projection:
    """What says something of the cells of a ``theme``, a ``place`` or both, as in ``read_axes``."""
    containing = [*_rows(store, _CONTAINING), *_rows(store, ("type",), of=f"VALUES ?o {{ {_classes(_PLACES)} }}")]
    known = Projection(relations_of(containing))
    ways = {"theme": (known.themes, known.narrower), "place": (known.places, known.inside)}
    leading = {name: _leading(*ways[name], thing.iri) for name, thing in wanted.items()}
    records = _records(leading)
    periods = f"{records} ?record <{PROPERTIES['temporal']}> ?s ."
    return Projection(
        relations_of(
            [
                *containing,
                *_rows(store, _OF_RECORDS, of=records.replace("?record", "?s")),
                *_rows(store, _OF_PERIODS, of=f"{{ SELECT DISTINCT ?s WHERE {{ {periods} }} }}"),
            ]
        )
    )


def counted(store: Store) -> Mapping[str, int]:
    """``Projection.looked_at`` of all that a store has."""
    found = {}
    for name, classes in _COUNTS.items():
        query = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ VALUES ?class {{ {_classes(classes)} }} ?s a ?class }}"
        found[name] = int(next(iter(store.select(query)))["n"].value)
    return found


def _rows(store: Store, names: Collection[str], of: str = "") -> Iterator[Row]:
    properties = " ".join(f"<{PROPERTIES[name]}>" for name in names)
    for row in store.select(f"SELECT ?s ?p ?o WHERE {{ VALUES ?p {{ {properties} }} {of} ?s ?p ?o }}"):
        yield _NAMES[row["p"].value], row["s"], row["o"]


def _classes(names: Collection[str]) -> str:
    return " ".join(CLASSES[name] for name in names)


def _leading(axis: Axis, hierarchy: Hierarchy, iri: str) -> list[str]:
    """A thing, what it includes, and what that is in."""
    at = axis.position(iri)
    inside = hierarchy.within(at) if at >= 0 else np.empty(0, dtype=np.int64)
    reached = np.unique(hierarchy.up.spread(inside)[1])
    return sorted({iri, *(axis.iris[one] for one in reached.tolist())})


def _records(leading: Mapping[str, Collection[str]]) -> str:
    """The pattern that finds them."""
    naming = " ".join(
        f"VALUES ?{name} {{ {' '.join(f'<{iri}>' for iri in iris)} }} ?record <{PROPERTIES[name]}> ?{name} ."
        for name, iris in leading.items()
    )
    parts = [f"{{ {naming} }}"]
    theme, place = f"?any <{PROPERTIES['theme']}> ?theme", f"?any a ?class ; <{PROPERTIES['place']}> ?place"
    one_each = {"theme": theme, "place": f"VALUES ?class {{ {_classes(SPEAKING)} }} {place}"}
    for name in one_each.keys() - leading.keys():
        parts.append(f"{{ SELECT (SAMPLE(?any) AS ?record) WHERE {{ {one_each[name]} }} GROUP BY ?{name} }}")
    return f"{{ SELECT DISTINCT ?record WHERE {{ {' UNION '.join(parts)} }} }}"
