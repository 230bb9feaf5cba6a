"""What was known on a day, exactly, whatever was replaced or withdrawn since. All data are invented."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from graph.ask import ask
from graph.batches.bench import LocalBench
from graph.batches.past import as_known
from graph.batches.record import Record
from graph.gaps.known import between_known
from tests.graph.batches.conftest import ENGAGEMENTS, ORGANISATIONS, Clock, silent

Bring = Callable[..., Record]
GRAPH = "https://w3id.org/commonground/id/source/houses"


@pytest.fixture
def clock(bench: LocalBench) -> Clock:
    assert isinstance(bench.folders.clock, Clock)
    return bench.folders.clock


def on(day: int) -> datetime:
    return datetime(2026, 3, day, 9, 0, tzinfo=UTC)


def test_each_day_is_as_it_was(bench: LocalBench, bring: Bring, clock: Clock) -> None:
    versions = []
    batches = []
    for day, text in ((1, "Blue House"), (3, "Blue Roof"), (5, "Blue Door")):
        clock.now = on(day)
        given = ORGANISATIONS.replace("Blue House", text)
        given = given if day < 5 else given.replace("red-house,Red House,organisation\n", "")
        record = bring(organisations=given)
        batches.append(bench.accept(record, "Boris", replace_source=True, progress=silent))
        versions.append(frozenset(bench.store.quads(GRAPH)))
    clock.now = on(7)
    bench.withdraw(batches[2], "Clara")
    assert frozenset(bench.store.quads(GRAPH)) == versions[1]
    for day, expected in ((1, 0), (2, 0), (3, 1), (4, 1), (5, 2), (6, 2), (7, 1), (28, 1)):
        past = as_known(bench.store, bench.folders, on(day).date())
        assert frozenset(past.quads(GRAPH)) == versions[expected], day
    assert not list(as_known(bench.store, bench.folders, datetime(2026, 2, 28, tzinfo=UTC).date()).quads(GRAPH))


def test_a_question_is_asked_of_the_past_unchanged(bench: LocalBench, bring: Bring, clock: Clock) -> None:
    def places(store: object) -> list[str]:
        answer = ask(store, "what-does", {"organisation": "Blue House"})  # type: ignore[arg-type]
        return [str(getattr(row.values["place"], "label", "")) for row in answer.rows]

    for day, text in ((1, ENGAGEMENTS), (3, ENGAGEMENTS.replace("Armenia", "Albania"))):
        clock.now = on(day)
        record = bring(organisations=ORGANISATIONS, engagements=text)
        bench.accept(record, "Boris", replace_source=True, progress=silent)
    assert places(bench.store) == ["Albania"], "what was superseded is not taken for current"
    assert places(as_known(bench.store, bench.folders, on(2).date())) == ["Armenia"]


def test_the_history_question_knows_who_ended_it(bench: LocalBench, bring: Bring, clock: Clock) -> None:
    clock.now = on(1)
    bench.accept(bring(organisations=ORGANISATIONS), "Boris", replace_source=False, progress=silent)
    clock.now = on(3)
    renamed = bring(organisations=ORGANISATIONS.replace("Blue House", "Blue Roof"))
    bench.accept(renamed, "Clara", replace_source=False, progress=silent)
    answer = ask(bench.store, "history-of", {"record": "https://w3id.org/commonground/id/organisation/blue-house"})
    (gone,) = [row for row in answer.rows if row.values["until"]]
    assert gone.values["value"] == "Blue House"
    assert str(gone.values["since"]).startswith("2026-03-01")
    assert str(gone.values["until"]).startswith("2026-03-03")
    assert getattr(gone.values["said_by"], "label", "") == "Boris"
    assert getattr(gone.values["ended_by"], "label", "") == "Clara"


def test_gaps_between_what_was_known_on_two_days(bench: LocalBench, bring: Bring, clock: Clock) -> None:
    """On the 1st work in Armenia is stated; on the 3rd the source says Albania instead: the gap moves the other way."""
    for day, text in ((1, ENGAGEMENTS), (3, ENGAGEMENTS.replace("Armenia", "Albania"))):
        clock.now = on(day)
        record = bring(organisations=ORGANISATIONS, engagements=text)
        bench.accept(record, "Boris", replace_source=True, progress=silent)
    asked = {"kind": "uncovered", "parameters": {"theme": "deinstitutionalisation", "place": "m49-142"}}
    days = on(2).date(), on(4).date()
    found = between_known(bench.store, bench.folders, *days, **asked)
    assert [gap["iri"].rpartition("/")[2] for gap in found["opened"]] == ["deinstitutionalisation--AM"]
    assert (found["from"]["known_on"], found["to"]["known_on"]) == ("2026-03-02", "2026-03-04")
    albania = asked | {"parameters": {"theme": "deinstitutionalisation", "place": "Albania"}}
    found = between_known(bench.store, bench.folders, *days, **albania)
    assert [gap["iri"].rpartition("/")[2] for gap in found["closed"]] == ["deinstitutionalisation--AL"]
    assert found["counts"] == {"opened": 0, "closed": 1, "changed": 0}
