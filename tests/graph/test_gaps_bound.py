"""The query of one gap looks at what the gap is about: among thousands of engagements it takes a small part of the time
that the query for all gaps takes. A sub-select that is not bound (see "Questions" in docs/architecture.md) would read
all of them."""

from __future__ import annotations

import time
from random import Random

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.gaps import find_rows, kinds
from graph.gaps.rows import dated
from graph.names import Names
from graph.projection import projection_of
from graph.question_file import bind
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, node

ENGAGEMENTS, ORGANISATIONS = 2_000, 250
#: Kinds whose unbound query reads few things, or that nothing of the invented network is about.
OTHERS = {
    "conflicting-definitions",
    "lapsed",
    "local-bridge",
    "need-without-response",
    "priority-without-actor",
    "resource-without-language",
}
SOURCE = NamedNode(DEFAULT_BASE + "source/invented")


@pytest.fixture(scope="module")
def crowded(roundtable_store: EmbeddedStore) -> EmbeddedStore:
    """The roundtable and engagements by organisations in pairs or alone."""
    store, chance = EmbeddedStore(), Random(5)
    roundtable_quads = list(roundtable_store.quads())
    store.write(Change(added=frozenset(roundtable_quads)))
    themes = sorted(
        {
            quad.subject
            for quad in roundtable_quads
            if quad.predicate == node("skos:inScheme") and quad.object.value.endswith("/id/theme")
        },
        key=str,
    )  # type: ignore[union-attr]
    places = sorted({quad.subject for quad in roundtable_quads if quad.object == node("cg:Country")}, key=str)[:40]
    quads = set()
    for number in range(ENGAGEMENTS):
        record = NamedNode(f"{DEFAULT_BASE}engagement/invented/e{number}")
        first = chance.randrange(ORGANISATIONS) // 2 * 2
        partners = [first, first + 1] if first < ORGANISATIONS // 2 and chance.random() < 0.5 else [first]
        said = [("rdf:type", node("cg:Collaboration" if len(partners) > 1 else "cg:Engagement"))]
        said += [("cg:partner", NamedNode(f"{DEFAULT_BASE}organisation/x{partner:03}")) for partner in partners]
        said += [("cg:theme", chance.choice(themes)), ("cg:place", chance.choice(places))]
        said += [("cg:basis", NamedNode(CODE + "basis/stated")), ("cg:statedOn", Literal("2010-05-01"))]
        quads |= {Quad(record, node(name), value, SOURCE) for name, value in said}
    store.write(Change(added=frozenset(quads)))
    return store


@pytest.mark.parametrize("name", sorted(kinds().keys() - OTHERS))
def test_the_query_of_one_gap_takes_a_small_part_of_that_of_all(name: str, crowded: EmbeddedStore) -> None:
    kind, projection = kinds()[name], projection_of(crowded)
    found = find_rows(crowded, name, names=Names.of(crowded), projection=projection, most=50)
    assert found.rows
    of_day = dated(kind, found.looked_at.as_of)
    begun = time.process_time()
    assert len(list(crowded.select(bind(kind.question, of_day)))) >= len(found.rows)
    of_all = time.process_time() - begun
    row = found.rows[len(found.rows) // 2]
    bound = dict(zip(kind.subject, map(NamedNode, row.subjects), strict=True))
    begun = time.process_time()
    (only,) = crowded.select(bind(kind.question, bound | of_day))
    of_one = time.process_time() - begun
    assert tuple(only[column].value for column in kind.subject) == row.subjects
    assert of_one < of_all / 3, f"{of_one:.2f} s of {of_all:.2f} s"
