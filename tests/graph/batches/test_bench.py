"""A batch from its arrival to its end, over a store in this process."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from pyoxigraph import Quad

from graph.batches import folder as places
from graph.batches.accepting import is_in
from graph.batches.bench import LocalBench
from graph.batches.record import GOOD_ROWS, Record
from graph.batches.states import State
from graph.errors import GraphError
from graph.terms import node
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS, silent

Bring = Callable[..., Record]
BASE = "https://w3id.org/commonground/id/"
GRAPH = BASE + "source/houses"
HISTORY = BASE + "graph/history/houses"


def source(bench: LocalBench) -> frozenset[Quad]:
    return frozenset(bench.store.quads(GRAPH))


def accept(bench: LocalBench, record: Record, replace_source: bool = False) -> Record:
    return bench.accept(record, "Boris", replace_source=replace_source, progress=silent)


def test_a_preview_shows_what_would_change_and_changes_nothing(bench: LocalBench, bring: Bring) -> None:
    before = bench.store.generation
    record = bring(organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
    assert record.state is State.PREVIEWED
    assert bench.store.generation == before
    assert not source(bench)
    outcome = record.outcome
    assert outcome is not None
    assert (outcome.rows, outcome.accepted_rows, outcome.rejected_rows) == (4, 4, 0)
    assert outcome.rows_by_file == {"organisations.csv": 2, "engagements.csv": 2}
    rows = bench.folders.read(record.id, places.PREVIEW)
    assert {row["what"] for row in rows} == {"created"}
    assert {"Blue House", "Red House"} <= {row["label"] for row in rows if row["kind"] == "organisation"}


def test_accepting_writes_once_and_says_who(bench: LocalBench, bring: Bring) -> None:
    before = bench.store.generation
    record = accept(bench, bring(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    assert record.state is State.ACCEPTED
    assert (record.generation, record.by, record.accepted_by) == (before + 1, "Anna", "Boris")
    assert bench.store.generation == before + 1
    assert is_in(bench.store, record.activity)
    assert all((bench.keep / sha).is_file() for sha in record.files.values())
    assert not list(bench.store.quads(HISTORY))
    assert [event.state for event in record.events] == ["received", "staging", "previewed", "accepting", "accepted"]


def test_the_same_again_is_unchanged(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS))
    before = bench.store.generation
    record = bring(organisations=ORGANISATIONS)
    assert record.state is State.UNCHANGED
    assert bench.store.generation == before
    with pytest.raises(GraphError, match="cannot be accepted"):
        accept(bench, record)


def test_a_changed_cell_is_shown_with_its_old_and_new_value(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS))
    record = bring(organisations=ORGANISATIONS.replace("Red House", "Red Roof"))
    assert record.outcome is not None
    assert (record.outcome.changed, record.outcome.created, record.outcome.withdrawn) == (1, 0, 0)
    (row,) = bench.folders.read(record.id, places.PREVIEW)
    assert row["what"] == "changed"
    (found,) = row["properties"]
    assert (found["old"], found["new"]) == (["Red House"], ["Red Roof"])


def test_what_is_gone_needs_to_be_meant(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS))
    less = ORGANISATIONS.replace("red-house,Red House,organisation\n", "")
    record = bring(organisations=less)
    with pytest.raises(GraphError) as error:
        accept(bench, record)
    assert error.value.code == "would-withdraw"
    assert bench.folders.load(record.id).state is State.PREVIEWED
    assert accept(bench, record, replace_source=True).state is State.ACCEPTED


def test_what_is_gone_becomes_history_with_its_dates(bench: LocalBench, bring: Bring) -> None:
    first = accept(bench, bring(organisations=ORGANISATIONS))
    was = source(bench)
    second = accept(
        bench, bring(organisations=ORGANISATIONS.replace("red-house,Red House,organisation\n", ""), replace_source=True)
    )
    now = source(bench)
    assert not [q for q in now if "red-house" in str(q.subject)]
    kept = list(bench.store.quads(HISTORY))

    def values(prop: str) -> list[str]:
        return sorted(str(quad.object) for quad in kept if quad.predicate == node(prop))

    gone = [quad for quad in was - now if quad.predicate != node("prov:wasDerivedFrom")]
    assert values("rdf:subject") == sorted(str(quad.subject) for quad in gone)
    assert values("rdf:predicate") == sorted(str(quad.predicate) for quad in gone)
    assert values("rdf:object") == sorted(str(quad.object) for quad in gone)
    assert {first.ended in one for one in values("prov:generatedAtTime")} == {True}
    assert {second.ended in one for one in values("prov:invalidatedAtTime")} == {True}
    assert set(values("prov:wasInvalidatedBy")) == {f"<{second.activity}>"}


def test_withdrawing_restores_the_source_exactly(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    before, past = source(bench), frozenset(bench.store.quads(HISTORY))
    second = accept(
        bench,
        bring(organisations=ORGANISATIONS.replace("Red House", "Red Roof"), replace_source=True),
        replace_source=True,
    )
    assert source(bench) != before
    undone = bench.withdraw(second, "Clara")
    assert undone.state is State.WITHDRAWN
    assert source(bench) == before
    # What the withdrawn batch had ended holds again, so that it is no history any more.
    assert frozenset(bench.store.quads(HISTORY)) == past
    assert is_in(bench.store, undone.undo)


def test_only_the_newest_of_a_source_can_be_withdrawn(bench: LocalBench, bring: Bring) -> None:
    first = accept(bench, bring(organisations=ORGANISATIONS))
    second = accept(bench, bring(organisations=ORGANISATIONS.replace("Red House", "Red Roof")))
    other = accept(bench, bring("others", organisations=ORGANISATIONS.replace("-house", "-barn")))
    with pytest.raises(GraphError) as error:
        bench.withdraw(first, "Clara")
    assert error.value.code == "newer-there"
    assert error.value.hint
    bench.withdraw(second, "Clara")
    assert bench.withdraw(first, "Clara").state is State.WITHDRAWN
    assert not source(bench)
    assert list(bench.store.quads(BASE + "source/others"))
    assert bench.folders.load(other.id).state is State.ACCEPTED


def test_a_batch_that_would_now_do_something_else_is_shown_again(bench: LocalBench, bring: Bring) -> None:
    accept(bench, bring(organisations=ORGANISATIONS))
    slow = bring(organisations=ORGANISATIONS.replace("Red House", "Red Roof"))
    accept(bench, bring(organisations=ORGANISATIONS.replace("Blue House", "Blue Roof")))
    again = accept(bench, slow)
    assert again.state is State.PREVIEWED
    assert "changed since" in again.message
    assert accept(bench, again).state is State.ACCEPTED


def test_a_store_that_moved_on_elsewhere_does_not_matter(bench: LocalBench, bring: Bring) -> None:
    slow = bring(organisations=ORGANISATIONS)
    accept(bench, bring("others", organisations=ORGANISATIONS.replace("-house", "-barn")))
    assert accept(bench, slow).state is State.ACCEPTED


FAULTY = ENGAGEMENTS + "three,red-house,no such theme,Bulgaria,2010-05-12\nfour,nobody,teacher training,AM,2010\n"


def test_all_or_nothing_is_the_rule(bench: LocalBench, bring: Bring) -> None:
    record = bring(organisations=ORGANISATIONS, engagements=FAULTY)
    assert record.state is State.REJECTED
    assert record.outcome is not None
    assert (record.outcome.rows, record.outcome.accepted_rows, record.outcome.rejected_rows) == (6, 0, 6)
    assert record.outcome.violations == 2
    (sheet,) = bench.folders.read(record.id, places.REJECTED)
    assert [row["row"] for row in sheet["rows"]] == [4, 5]


def test_good_rows_go_in_and_the_others_come_back(bench: LocalBench, bring: Bring) -> None:
    record = bring(policy=GOOD_ROWS, organisations=ORGANISATIONS, engagements=FAULTY)
    assert record.state is State.PREVIEWED
    outcome = record.outcome
    assert outcome is not None
    assert (outcome.rows, outcome.accepted_rows, outcome.rejected_rows) == (6, 4, 2)
    assert outcome.violations == 2
    accept(bench, record)
    said = "\n".join(map(str, source(bench)))
    assert "/engagement/houses/one" in said
    assert "/engagement/houses/three" not in said


def test_what_refers_to_a_rejected_row_is_rejected_with_it(bring: Bring) -> None:
    broken = ORGANISATIONS.replace("red-house,Red House,organisation", "red-house,Red House,no such kind")
    record = bring(policy=GOOD_ROWS, organisations=broken, engagements=ENGAGEMENTS)
    assert record.outcome is not None
    assert (record.outcome.rows, record.outcome.accepted_rows, record.outcome.rejected_rows) == (4, 2, 2)


def test_a_fault_that_is_in_no_row_stands_in_the_way_of_all(bring: Bring) -> None:
    record = bring(policy=GOOD_ROWS, organisations=ORGANISATIONS.replace("kind", "kynd"))
    assert record.state is State.REJECTED


def test_a_contribution_waits(bench: LocalBench, bring: Bring) -> None:
    record = bring(contributed=True, organisations=ORGANISATIONS)
    assert record.state is State.WAITING
    assert accept(bench, record).state is State.ACCEPTED


@pytest.mark.parametrize("written", [False, True])
def test_what_was_being_written_is_in_or_not_and_the_batch_says_so(
    bench: LocalBench, bring: Bring, written: bool
) -> None:
    record = bring(organisations=ORGANISATIONS)
    record = bench.folders.turn(record, State.ACCEPTING, "Boris")
    plan = bench.plan(bench.store, bench.store.generation, record, "Boris")
    assert plan is not None
    record = bench.accepting(record, plan, "Boris")
    if written:
        bench.store.write(plan.change)
    bench.recover()
    found = bench.folders.load(record.id)
    assert found.state is (State.ACCEPTED if written else State.PREVIEWED)
    assert bool(source(bench)) is written
    if not written:
        assert "nothing of it is in" in found.message
        assert accept(bench, found).state is State.ACCEPTED


def test_a_write_that_has_not_seen_another_is_refused(bench: LocalBench, bring: Bring) -> None:
    record = bring(organisations=ORGANISATIONS)
    record = bench.folders.turn(record, State.ACCEPTING, "Boris")
    plan = bench.plan(bench.store, bench.store.generation, record, "Boris")
    assert plan is not None
    bench.store.update(f"INSERT DATA {{ GRAPH <{GRAPH}> {{ <urn:a> <urn:b> <urn:c> }} }}")
    with pytest.raises(GraphError) as error:
        bench.store.write(plan.change, unchanged=(plan.graph, plan.before))
    assert error.value.code == "moved-on"
    assert len(source(bench)) == 1


def test_a_batch_that_was_not_whole_when_it_came_is_not_there(bench: LocalBench, bring: Bring) -> None:
    record = bring(organisations=ORGANISATIONS)
    torn = bench.folders.root / "20260131-120000-00000000"
    (torn / "files").mkdir(parents=True)
    bench.recover()
    assert not torn.exists()
    assert [one.id for one in bench.folders.all()] == [record.id]


def test_a_record_is_read_as_it_was_kept(bench: LocalBench, bring: Bring) -> None:
    record = bring(organisations=ORGANISATIONS)
    assert bench.folders.load(record.id) == record
    assert replace(record, notes=("a",)) == bench.folders.save(replace(record, notes=("a",)))
    assert bench.folders.load(record.id).notes == ("a",)


@pytest.mark.parametrize("name", ["..", "x", "20260131-120000-0000000g", "../../etc", ""])
def test_no_name_leads_out_of_the_folder(bench: LocalBench, name: str) -> None:
    with pytest.raises(GraphError) as error:
        bench.folders.load(name)
    assert error.value.code == "not-found"
