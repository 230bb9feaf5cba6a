"""What if over columns: the same as on a copy, where every gap of both states is found by its query and compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.gaps import columns, kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, Assumption
from graph.gaps.moved import Moved
from graph.gaps.whatif_columns import GapsOfColumns
from graph.gaps.whatif_copy import GapsOfCopy
from graph.model import Thing
from graph.names import Names
from graph.projection import projection_of
from graph.store.embedded import EmbeddedStore
from tests.graph.networks import NETWORKS, NORTH, ORGANISATIONS, PLACES, SOUTH, THEMES, A, crowded, drawn

KINDS = sorted(name for name, kind in kinds().items() if columns.known(kind))
DAYS = st.sampled_from([date(2010, 5, 12), date(2012, 1, 1)])
FILTERS = {"theme": [THEMES[0], THEMES[3]], "place": [NORTH, SOUTH, A], "organisation": ORGANISATIONS[:2]}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in FILTERS.items()})


def things(iris: list[str]) -> tuple[Thing, ...]:
    return tuple(Thing(iri, iri.rpartition("/")[2]) for iri in iris)


def assumed(chance: Random) -> list[Assumption]:
    """One to three, of anybody on anything anywhere."""

    def some(choices: list[str], least: int, most: int) -> tuple[Thing, ...]:
        return things(chance.sample(choices, chance.randrange(least, most + 1)))

    return [
        Assumption(ENGAGEMENT, some(ORGANISATIONS, 1, 1), some(THEMES, 1, 2), some(PLACES, 0, 2))
        if chance.random() < 0.6
        else Assumption(COLLABORATION, some(ORGANISATIONS, 2, 3), some(THEMES, 0, 1), some(PLACES, 0, 1))
        for _ in range(chance.choice((1, 1, 2, 3)))
    ]


def told(found: Moved) -> Mapping[str, object]:
    """Everything that becomes of the gaps, but for what they rest on."""

    def row(one: object) -> tuple[object, ...]:
        return tuple(getattr(one, name) for name in ("subjects", "values", "case", "terms", "severity"))

    sides = {"closed": found.before, "opened": found.after, "noticed": found.after}
    return {
        **{
            name: {key: row(one) for key, one in side.rows(getattr(found, name)).items()}
            for name, side in sides.items()
        },
        "changed": {one.subjects: (row(one), row(other)) for one, other in found.changed},
    }


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=40)
@given(network=st.sampled_from([drawn, crowded]), seed=NETWORKS, day=DAYS, asked=ASKED)
def test_over_columns_as_on_a_copy(
    kind: str, network: Callable[[int], EmbeddedStore], seed: int, day: date, asked: dict[str, str]
) -> None:
    store = network(seed)
    names = Names.of(store)
    known = {p.name for p in kinds()[kind].parameters}
    filters = {name: names.resolve(name, iri) for name, iri in asked.items() if name in known}
    assumptions = assumed(Random(seed))
    copy = GapsOfCopy(store, filters=filters, as_of=day, names=names)
    fast = GapsOfColumns(store, projection_of(store), filters=filters, as_of=day, names=names)
    found = fast.moved(kind, assumptions)
    assert told(found) == told(copy.moved(kind, assumptions))
    assert not found.partly
    assert fast.rows(kind) == copy.rows(kind)
