"""What can be confirmed: engagements, what they are about, and which of them are about to lapse."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
from pyoxigraph import Literal, NamedNode, QuerySolution

from graph.names import Names
from graph.projection import INFERRED, STATED, UNCONFIRMED, Flags, Pairs, Projection
from graph.projection.columns import lapsed_before
from graph.projection.hierarchy import Hierarchy
from graph.store import Store
from graph.terms import CODE

#: Asked about in one query.
_BATCH = 500
_ABOUT = """PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?engagement ?basis (MAX(STR(?d)) AS ?said) (MIN(STR(?e)) AS ?until)
       (GROUP_CONCAT(DISTINCT STR(?partner); separator=" ") AS ?partners)
       (GROUP_CONCAT(DISTINCT STR(?theme); separator=" ") AS ?themes)
       (GROUP_CONCAT(DISTINCT STR(?place); separator=" ") AS ?places)
WHERE {
  VALUES ?engagement { %s }
  VALUES ?class { cg:Engagement cg:Collaboration }
  ?engagement a ?class ; cg:basis ?basis .
  OPTIONAL { ?engagement cg:partner ?partner }
  OPTIONAL { ?engagement cg:theme ?theme }
  OPTIONAL { ?engagement cg:place ?place }
  OPTIONAL { ?engagement cg:statedOn ?d }
  OPTIONAL { ?engagement dcterms:temporal/dcat:endDate ?e }
} GROUP BY ?engagement ?basis"""


@dataclass(frozen=True, slots=True)
class Engagement:
    """``partners``, ``themes`` and ``places`` are IRIs, ``said`` when it was last stated and ``until`` when it ended,
    as far as anybody says so; ``basis`` the code of its basis."""

    iri: str
    partners: tuple[str, ...]
    themes: tuple[str, ...]
    places: tuple[str, ...]
    basis: str
    said: str
    until: str

    def label(self, names: Names, lang: str = "en") -> str:
        """What it is called in a list: partners, themes, places."""
        parts = (self.partners, self.themes, self.places)
        return ": ".join(", ".join(names.thing(iri, lang).label for iri in part) for part in parts if part)


def about(store: Store, iris: Collection[str]) -> Mapping[str, Engagement]:
    """The engagements among some IRIs."""
    found: dict[str, Engagement] = {}
    ordered = sorted(set(iris))
    for start in range(0, len(ordered), _BATCH):
        values = " ".join(str(NamedNode(iri)) for iri in ordered[start : start + _BATCH])
        for row in store.select(_ABOUT % values):
            iri = _text(row, "engagement")
            found[iri] = Engagement(
                iri=iri,
                partners=tuple(sorted(_text(row, "partners").split())),
                themes=tuple(sorted(_text(row, "themes").split())),
                places=tuple(sorted(_text(row, "places").split())),
                basis=_text(row, "basis").removeprefix(f"{CODE}basis/"),
                said=_text(row, "said"),
                until=_text(row, "until"),
            )
    return found


def due(
    store: Store, projection: Projection, day: date, *, organisation: str = "", theme: str = "", place: str = ""
) -> tuple[Engagement, ...]:
    """The engagements that count as lapsed within a year of a day, or do so already: of an organisation and its units,
    on a theme and its narrower ones, in a place and what it contains, each an IRI or empty.

    They were last stated more than four years before that day; what has ended or is only proposed is left out. The
    longest unconfirmed come first.
    """
    today = day.isoformat()
    # What counts as lapsed in a year, as partial dates compare.
    limit = lapsed_before(f"{day.year + 1:04}{today[4:]}")
    status = projection.status(day)
    found = projection.said.each(lambda text: text < limit[: len(text)])
    found &= (status == STATED) | (status == INFERRED) | (status == UNCONFIRMED)
    for iri, axis, tree, pairs in (
        (organisation, projection.organisations, projection.units, projection.partners),
        (theme, projection.themes, projection.narrower, projection.record_themes),
        (place, projection.places, projection.inside, projection.record_places),
    ):
        if iri:
            found &= _naming(axis.position(iri), len(axis), tree, pairs, len(found))
    iris = [projection.iri(int(record)) for record in np.flatnonzero(found)]
    return tuple(sorted(about(store, iris).values(), key=lambda one: (one.said, one.iri)))


def _naming(at: int, things: int, tree: Hierarchy, pairs: Pairs, records: int) -> Flags:
    """Which records name a thing or what is within it."""
    wanted, found = np.zeros(things, dtype=np.bool_), np.zeros(records, dtype=np.bool_)
    if at >= 0:
        wanted[tree.within(at)] = True
        found[pairs.records[wanted[pairs.things]]] = True
    return found


def _text(row: QuerySolution, name: str) -> str:
    term = row[name]
    return term.value if isinstance(term, NamedNode | Literal) else ""
