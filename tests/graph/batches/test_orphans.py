"""What a batch alone describes and others speak of is not left without a name unnoticed. All data are invented."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from graph.batches.bench import LocalBench
from graph.batches.orphans import orphans
from graph.batches.record import Record
from graph.batches.states import State
from graph.errors import GraphError
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS, silent

Bring = Callable[..., Record]
BASE = "https://w3id.org/commonground/id/"


def accept(bench: LocalBench, record: Record) -> Record:
    return bench.accept(record, "Boris", replace_source=False, progress=silent)


def test_it_is_told_before_and_done_when_confirmed(bench: LocalBench, bring: Bring) -> None:
    houses = accept(bench, bring(organisations=ORGANISATIONS))
    accept(bench, bring(source="work", engagements=ENGAGEMENTS))
    found = orphans(bench.store, houses.graph, bench.change(houses))
    assert [(one.label, one.records, one.sources) for one in found] == [
        ("Blue House", 1, (f"{BASE}source/work",)),
        ("Red House", 1, (f"{BASE}source/work",)),
    ]
    before = frozenset(bench.store.quads())
    with pytest.raises(GraphError) as refused:
        bench.withdraw(houses, "Clara")
    assert refused.value.code == "would-orphan"
    assert "Other sources (work) speak of 2 things" in refused.value.message
    assert "Blue House (1); Red House (1)" in refused.value.message
    assert "--force" in refused.value.hint
    assert frozenset(bench.store.quads()) == before
    assert bench.folders.load(houses.id).state is State.ACCEPTED
    assert not bench.folders.load(houses.id).undo, "nothing is under way"
    assert bench.withdraw(houses, "Clara", force=True).state is State.WITHDRAWN
    assert not list(bench.store.quads(houses.graph))


def test_what_another_source_describes_too_or_points_to_from_itself_is_none(bench: LocalBench, bring: Bring) -> None:
    houses = accept(bench, bring(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    assert orphans(bench.store, houses.graph, bench.change(houses)) == ()
    work = accept(bench, bring(source="work", engagements=ENGAGEMENTS.replace("blue-house", "red-house")))
    same = ORGANISATIONS.replace("blue-house,Blue House,organisation\n", "")
    accept(bench, bring(source="others", organisations=same))
    assert orphans(bench.store, houses.graph, bench.change(houses)) == ()
    assert bench.withdraw(houses, "Clara").state is State.WITHDRAWN
    assert bench.withdraw(work, "Clara").state is State.WITHDRAWN


def test_a_newer_version_that_described_it_first_leaves_it_described(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS))
    second = accept(bench, bring(organisations=ORGANISATIONS.replace("Blue House", "Blue Roof")))
    accept(bench, bring(source="work", engagements=ENGAGEMENTS))
    assert orphans(bench.store, second.graph, bench.change(second)) == (), "the version before has it too"
    assert bench.withdraw(second, "Clara").state is State.WITHDRAWN
