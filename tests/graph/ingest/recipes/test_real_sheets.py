"""Real files that nobody here wrote: what becomes of every row, place and name is told, and a second time is the same.

They are no part of the project; where they are missing these tests skip and say so.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox
import pytest
import rdflib

from graph.ingest.pipeline import Staged, stage
from graph.ingest.validation import Shapes
from graph.model import Severity
from graph.shacl.screen import compile_shapes
from graph.store import difference
from graph.terms import node
from tests.graph.ingest.recipes.approve import store
from tests.material import shared


@dataclass
class Sources:
    """What a store has, and a source more."""

    base: str
    source: frozenset[ox.Quad]

    def quads(self, graph: str | None = None) -> Iterator[ox.Quad]:
        yield from store().quads(graph)
        yield from (quad for quad in self.source if graph is None or quad.graph_name == ox.NamedNode(graph))


#: Each file is staged once for all that is asked of it: the largest takes half a minute.
@functools.cache
def staged(*parts: str) -> Staged:
    return stage(store(), shared("datasets", *parts), source="real")


def blocked(made: Staged) -> Counter[tuple[str, str]]:
    return Counter((r.rule, r.value) for r in made.report.results if r.severity is Severity.VIOLATION)


# One process has what is kept of them.
pytestmark = pytest.mark.xdist_group("real-sheets")

NO_SHAPES = Shapes(rdflib.Graph(), rdflib.Graph(), compile_shapes(rdflib.Graph()))
FILES = (
    ("hxl3w", "unhcr-3w.csv"),
    ("hxl3w", "whowhatwhere_345wdata_43.xlsx"),
    ("iati", "iati_1.04_UgandaAIMS_GeocodedResearchRelease.xml"),
    ("iati", "activity-standard-example-annotated.xml"),
    ("iati", "SDG_IATI_v0.1_beta.csv.gz"),
)


def things(made: Staged, curie: str) -> int:
    return len({q.subject for q in made.quads if q.predicate == node("rdf:type") and q.object == node(curie)})


def rows_behind(made: Staged, kind: str) -> set[int]:
    """Rows on which records of a kind rest."""
    return {
        int(q.object.value.rpartition("#row=")[2])  # type: ignore[union-attr]
        for q in made.quads
        if q.predicate == node("prov:wasDerivedFrom") and f"/{kind}/" in q.subject.value  # type: ignore[union-attr]
    }


def test_the_refugee_agencys_3w_sheet() -> None:
    made = staged("hxl3w", "unhcr-3w.csv")
    assert made.rows["unhcr-3w.csv"] == 2250
    assert blocked(made) == {
        ("not-a-place", "Mali Situation"): 205,
        ("not-a-place", "Nigeria Situation"): 14,
        ("not-a-place", "Thailand-Myanmar"): 4,
        ("no-organisation", ""): 1,  # "Inter - Agence"
    }
    # Every other row is behind an engagement, to the row.
    assert len(rows_behind(made, "engagement")) == 2250 - 224
    assert things(made, "cg:Subdivision") == 49
    assert things(made, "cg:Theme") == 38
    assert not [q for q in made.quads if q.object == ox.NamedNode("https://w3id.org/commonground/id/place/NA")]


def test_the_colombian_345w_workbook() -> None:
    made = staged("hxl3w", "whowhatwhere_345wdata_43.xlsx")
    assert sum(made.rows.values()) == 4662
    assert not blocked(made)
    assert len(rows_behind(made, "engagement")) == 4662
    assert things(made, "cg:Subdivision") == 34 + 288
    assert things(made, "cg:Project") == 66
    ((_, recipe),) = made.recipes
    assert recipe.lang == "es"


@pytest.mark.parametrize(
    ("parts", "rows", "faulty"),
    [
        (("iati", "iati_1.04_UgandaAIMS_GeocodedResearchRelease.xml"), 1709, 4),
        (("iati", "activity-standard-example-annotated.xml"), 1, 0),
    ],
)
def test_iati_activities(parts: tuple[str, ...], rows: int, faulty: int) -> None:
    made = staged(*parts)
    assert sum(made.rows.values()) == rows
    assert {rule for rule, _ in blocked(made)} <= {"ends-before-start"}
    assert sum(blocked(made).values()) == faulty
    assert things(made, "cg:Project") == rows - faulty
    assert len(rows_behind(made, "project")) == rows - faulty


def test_the_flattened_iati_activities() -> None:
    made = staged("iati", "SDG_IATI_v0.1_beta.csv.gz")
    assert sum(made.rows.values()) == 28_568
    assert {rule for rule, _ in blocked(made)} == {"ends-before-start"}
    faulty = sum(blocked(made).values())
    assert faulty == 3
    assert things(made, "cg:Project") == len(rows_behind(made, "project")) == 28_568 - faulty
    linked = {q.subject for q in made.quads if q.predicate == node("skos:exactMatch")}
    themes = {q.subject for q in made.quads if q.predicate == node("rdf:type") and q.object == node("cg:Theme")}
    # Every sector of the OECD-DAC list stands with its link.
    assert {t for t in themes if "/oecd-dac/" in t.value} <= linked  # type: ignore[union-attr]


@pytest.mark.parametrize("parts", FILES, ids=lambda parts: parts[-1])
def test_a_second_time_nothing_changes(parts: tuple[str, ...]) -> None:
    first = staged(*parts)
    there = Sources(store().base, first.quads)
    # The rows were judged the first time, and judging changes none.
    again = stage(there, shared("datasets", *parts), source="real", shapes=NO_SHAPES)
    assert not difference(first.quads, again.quads)
    assert again.rows == first.rows
