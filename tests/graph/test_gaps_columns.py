"""Gaps found over columns are those of the kind's query, which defines them: on any network, with any filter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

import graph.gaps
from graph.gaps import columns, find_gap, find_gaps, kinds
from graph.gaps.columns import asked as rows_asked
from graph.gaps.columns import unconnected, unlinked_themes
from graph.names import Names
from graph.projection import projection_of
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, node
from tests.graph.networks import NETWORKS, NORTH, ORGANISATIONS, SOURCE, SOUTH, THEMES, A, bridged, crowded, drawn

#: Kinds that are only found by their query: to be asked for where there are very many engagements.
SLOW: set[str] = set()
KINDS = sorted(name for name, kind in kinds().items() if columns.known(kind))
DAYS = st.sampled_from([date(2010, 5, 12), date(2012, 1, 1)])
FILTERS = {"theme": [THEMES[0], THEMES[3]], "place": [NORTH, SOUTH, A], "organisation": ORGANISATIONS[:2]}
SHARE = {term.name: term.weight for term in kinds()["local-bridge"].severity}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()})


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(network=st.sampled_from([drawn, crowded, bridged]), seed=NETWORKS, day=DAYS, asked=ASKED)
def test_columns_find_what_the_query_finds(
    kind: str, network: Callable[[int], EmbeddedStore], seed: int, day: date, asked: dict[str, str]
) -> None:
    store = network(seed)
    names = Names.of(store)
    projection = projection_of(store)
    filters = {name: iri for name, iri in asked.items() if name in {p.name for p in kinds()[kind].parameters}}
    queried = find_gaps(store, kind, filters, as_of=day, names=names)
    found = find_gaps(store, kind, filters, as_of=day, names=names, projection=projection)
    assert found.gaps == queried.gaps
    assert (found.total, found.looked_at) == (queried.total, queried.looked_at)
    some = find_gaps(store, kind, filters, as_of=day, names=names, projection=projection, limit=2, offset=1)
    assert some.gaps == queried.gaps[1:3]
    assert some.total == queried.total or (some.more and some.total <= queried.total)


def test_networks_are_drawn_with_bridges() -> None:
    cases: set[str] = set()
    found = 0
    for seed in range(60):
        store = bridged(seed)
        rows = columns.find(
            kinds()["local-bridge"], columns.Asked(projection_of(store), date(2010, 5, 12), {}, SHARE)
        ).rows
        cases |= {row["case"].value for row in rows}
        found += bool(rows)
    assert found > 15
    assert cases == kinds()["local-bridge"].reasons.keys()


@pytest.mark.parametrize("kind", KINDS)
def test_of_very_many_things_in_a_row_some_are_told(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    day, share = date(2010, 5, 12), {term.name: term.weight for term in kinds()[kind].severity}
    lists = {name for name, of in kinds()[kind].question.column_types.items() if of == "list"} | {"evidence"}
    stores = [network(seed) for network in (drawn, crowded, bridged) for seed in range(12)]

    def rows() -> list[columns.Row]:
        searches = (columns.Asked(projection_of(store), day, {}, share) for store in stores)
        return [row for one in searches for row in columns.find(kinds()[kind], one).rows]

    every = rows()
    for module in (rows_asked, unconnected, unlinked_themes):
        monkeypatch.setattr(module, "MOST_LISTED", 2)
    monkeypatch.setattr(unlinked_themes, "_FIRST_STEP", 1)
    some = rows()
    assert len(some) == len(every) > 0
    for row, whole in zip(some, every, strict=True):
        for name in whole:
            if name in lists:
                told, there = row[name].value.split(), whole[name].value.split()
                assert {*told} <= {*there}
                assert len(told) == min(len(there), 2)
            else:
                assert row[name] == whole[name]


def test_of_very_many_records_those_of_the_partner_itself_come_first() -> None:
    """It is the last by IRI, and one of 301 on the theme."""
    organisation, record = DEFAULT_BASE + "organisation/o", DEFAULT_BASE + "engagement/many/"
    store = EmbeddedStore()
    store.write(
        Change(
            added=frozenset(
                Quad(NamedNode(f"{record}{n:03}"), node(name), NamedNode(value), SOURCE)
                for n in range(301)
                for name, value in (
                    ("rdf:type", node("cg:Engagement").value),
                    ("cg:partner", f"{organisation}{n:03}"),
                    ("cg:theme", THEMES[0]),
                    ("cg:place", A),
                    ("cg:basis", CODE + "basis/stated"),
                )
            )
        )
    )
    kind, last = kinds()["isolated-partner"], organisation + "300"
    share = {term.name: term.weight for term in kind.severity}
    asked = columns.Asked(projection_of(store), date(2010, 5, 12), {"organisation": frozenset({last})}, share)
    (row,) = columns.find(kind, asked).rows
    assert row["evidence"].value.split()[0] == record + "300"
    found = find_gap(store, kind.name, [last], projection=asked.projection)
    queried = find_gap(store, kind.name, [last])
    assert found is not None
    assert queried is not None
    assert (found.records, found.more_records) == (200, True)
    assert (queried.records, queried.more_records) == (301, False)
    assert "and at least 196 more" in found.reason + found.remedy


@pytest.mark.parametrize("kind", ["conflicting-definitions", "need-without-response", "resource-without-language"])
@settings(deadline=None, max_examples=20)
@given(seed=NETWORKS)
def test_what_has_no_iri_counts_and_is_no_evidence(kind: str, seed: int) -> None:
    store = drawn(seed)
    number, resource, definition = BlankNode(), BlankNode(), BlankNode()
    said = [
        (number, "rdf:type", node("qb:Observation")),
        (number, "cg:theme", NamedNode(THEMES[0])),
        (number, "cg:place", NamedNode(A)),
        (number, "cg:value", Literal(7)),
        (number, "cg:basis", NamedNode(CODE + "basis/stated")),
        (resource, "rdf:type", node("schema:CreativeWork")),
        (resource, "cg:theme", NamedNode(THEMES[0])),
        (resource, "cg:availability", NamedNode(CODE + "availability/existing")),
        (resource, "cg:basis", NamedNode(CODE + "basis/stated")),
        (NamedNode(THEMES[0]), "skos:definition", definition),
        (definition, "dcterms:source", NamedNode(DEFAULT_BASE + "book/other")),
    ]
    store.write(Change(added=frozenset(Quad(one, node(name), value, SOURCE) for one, name, value in said)))
    queried = find_gaps(store, kind)
    assert find_gaps(store, kind, projection=projection_of(store)).gaps == queried.gaps


def test_of_very_many_engagements_every_kind_is_looked_for(
    roundtable_store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph.gaps, "MOST_QUERIED", 3)
    found = find_gaps(roundtable_store, limit=5, projection=projection_of(roundtable_store))
    assert (set(found.looked_at.not_searched), set(found.looked_at.kinds)) == (SLOW, {*kinds()} - SLOW)


def test_a_kind_that_has_only_its_query_has_to_be_asked_for_among_very_many(
    roundtable_store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = {"lapsed", "uncovered"}
    monkeypatch.setattr(graph.gaps, "MOST_QUERIED", 3)
    monkeypatch.setattr(columns, "known", lambda kind: kind.name not in slow)
    projection = projection_of(roundtable_store)
    found = find_gaps(roundtable_store, limit=5, projection=projection)
    assert set(found.looked_at.not_searched) == slow
    assert not slow & set(found.looked_at.kinds)
    for kind in sorted(slow):
        asked = find_gaps(roundtable_store, kind, limit=5, projection=projection)
        assert (asked.looked_at.not_searched, asked.looked_at.kinds) == ((), (kind,))


@pytest.mark.parametrize("kind", KINDS)
def test_columns_find_the_gaps_of_the_roundtable(kind: str, roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    found = find_gaps(roundtable_store, kind, names=names, projection=projection_of(roundtable_store))
    assert found == find_gaps(roundtable_store, kind, names=names)
