"""Gaps found over columns are those of the kind's query, which defines them: on any network, with any filter."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps import columns, find_gaps, kinds
from graph.names import Names
from graph.projection import projection_of
from tests.graph.networks import NETWORKS, NORTH, ORGANISATIONS, SOUTH, THEMES, A, drawn

KINDS = sorted(name for name, kind in kinds().items() if columns.known(kind))
DAYS = st.sampled_from([date(2010, 5, 12), date(2012, 1, 1)])
FILTERS = {"theme": [THEMES[0], THEMES[3]], "place": [NORTH, SOUTH, A], "organisation": ORGANISATIONS[:2]}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()})


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=60)
@given(seed=NETWORKS, day=DAYS, asked=ASKED)
def test_columns_find_what_the_query_finds(kind: str, seed: int, day: date, asked: dict[str, str]) -> None:
    store = drawn(seed)
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
