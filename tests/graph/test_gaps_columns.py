"""Gaps found over columns are those of the kind's query, which defines them: on any network, with any filter."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import graph.gaps
from graph.gaps import columns, find_gaps, kinds
from graph.names import Names
from graph.projection import projection_of
from graph.store.embedded import EmbeddedStore
from tests.graph.networks import NETWORKS, NORTH, ORGANISATIONS, SOUTH, THEMES, A, drawn

KINDS = sorted(name for name, kind in kinds().items() if columns.known(kind))
DAYS = st.sampled_from([date(2010, 5, 12), date(2012, 1, 1)])
FILTERS = {"theme": [THEMES[0], THEMES[3]], "place": [NORTH, SOUTH, A], "organisation": ORGANISATIONS[:2]}
SHARE = {term.name: term.weight for term in kinds()["local-bridge"].severity}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()})


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(seed=NETWORKS, day=DAYS, asked=ASKED)
def test_columns_find_what_the_query_finds(kind: str, seed: int, day: date, asked: dict[str, str]) -> None:
    check(drawn(seed), kind, day, asked)


@settings(deadline=None, max_examples=60)
@given(seed=NETWORKS, day=DAYS, asked=ASKED)
def test_columns_find_the_bridges_that_the_query_finds(seed: int, day: date, asked: dict[str, str]) -> None:
    """A pair that alone connects two circles is rare in other networks."""
    check(drawn(seed, bridged=True), "local-bridge", day, asked)


def test_networks_are_drawn_with_bridges() -> None:
    cases: set[str] = set()
    found = 0
    for seed in range(60):
        store = drawn(seed, bridged=True)
        rows = columns.find(
            kinds()["local-bridge"], columns.Asked(projection_of(store), date(2010, 5, 12), {}, SHARE)
        ).rows
        cases |= {row["case"].value for row in rows}
        found += bool(rows)
    assert found > 15
    assert cases == kinds()["local-bridge"].reasons.keys()


def check(store: EmbeddedStore, kind: str, day: date, asked: dict[str, str]) -> None:
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


def test_of_very_many_engagements_slow_kinds_have_to_be_asked_for(
    roundtable_store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graph.gaps, "MOST_QUERIED", 3)
    projection = projection_of(roundtable_store)
    slow = {name for name, kind in kinds().items() if not columns.known(kind)}
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
