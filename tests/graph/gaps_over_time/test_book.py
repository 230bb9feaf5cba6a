"""The book of gaps: it grows by what became of them, survives being cut off, and never tells the same twice."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.gaps import filtering, find_gap, find_gaps, kinds, rows_of
from graph.gaps.addresses import iri_of, subjects_of
from graph.gaps.book import (
    BEGINS,
    CHANGED,
    CLOSED,
    FOLLOWED,
    KNOWN,
    NAME,
    NOT_FOLLOWED,
    OPENED,
    REDEFINED,
    Line,
    lines_of,
    note,
)
from graph.gaps.chronicle import Chronicle, open_since
from graph.gaps.following import Following
from graph.names import Names
from graph.projection import projection_of
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.store.inprocess import InProcessEngine
from graph.terms import DEFAULT_BASE, node

KIND = "uncovered"
CELL = f"{DEFAULT_BASE}gap/uncovered/deinstitutionalisation--RO"
SOURCE = NamedNode(f"{DEFAULT_BASE}source/invented")
WORK = NamedNode(f"{DEFAULT_BASE}engagement/invented/1")


def at(day: int) -> str:
    return f"2026-03-{day:02d}T12:00:00Z"


def work_in_romania() -> Change:
    """Somebody is stated to work on deinstitutionalisation in Romania (invented)."""
    said = {
        "rdf:type": node("cg:Engagement"),
        "cg:partner": NamedNode(f"{DEFAULT_BASE}organisation/unicef-armenia"),
        "cg:theme": node("theme:deinstitutionalisation"),
        "cg:place": node("place:RO"),
        "cg:basis": node("basis:stated"),
        "cg:statedOn": Literal("2010-05-12", datatype=node("xsd:date")),
    }
    return Change(added=frozenset(Quad(WORK, node(name), value, SOURCE) for name, value in said.items()))


@pytest.fixture
def store(roundtable_store: EmbeddedStore) -> EmbeddedStore:
    """A copy to write into."""
    copy = EmbeddedStore()
    copy.write(Change(added=frozenset(roundtable_store.quads())))
    return copy


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / NAME


def read(path: Path) -> list[Line]:
    return [line for _, _, line in lines_of(path)]


def open_now(path: Path) -> set[str]:
    """What the lines add up to."""
    found: set[str] = set()
    for line in read(path):
        if line["what"] == REDEFINED:
            found = {gap for gap in found if f"/{line['kind']}/" not in gap}
        elif line["what"] in (KNOWN, OPENED):
            assert line["gap"] not in found, "opened twice"
            found.add(line["gap"])
        elif line["what"] == CLOSED:
            found.remove(line["gap"])
    return found


def test_it_begins_with_a_line_that_says_so(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    first, *rest = read(path)
    assert (first["what"], first["at"], first["generation"]) == (BEGINS, at(1), store.generation)
    assert {line["what"] for line in rest} == {KNOWN, FOLLOWED}
    assert open_now(path) == {gap.iri for gap in find_gaps(store)}
    assert note(store, path, at(2)) == 0, "nothing changed"


def test_what_opens_and_closes_is_told_once(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    before = store.generation
    store.write(work_in_romania())
    note(store, path, at(2))
    store.write(Change(removed=work_in_romania().added))
    note(store, path, at(3))
    chronicle = Chronicle(path)
    history = chronicle.history(CELL)
    assert [(event.what, event.at, event.generation) for event in history] == [
        (KNOWN, at(1), before),
        (CLOSED, at(2), before + 1),
        (OPENED, at(3), before + 2),
    ]
    since = open_since(history)
    assert since is not None
    assert (since.what, since.generation) == (OPENED, before + 2)
    assert open_since(history[:2]) is None
    # What is told of a gap that has gone is what was last true of it.
    assert history[1].reason == history[0].reason
    assert history[1].reason["ru"].startswith("Тема «Деинституционализация», Румыния")
    assert open_now(path) == {gap.iri for gap in find_gaps(store)}
    assert len({event.iri for event in chronicle.last()}) == len([*chronicle.last()])
    assert [event.at for event in chronicle.last()] == sorted((event.at for event in chronicle.last()), reverse=True)


def test_a_change_says_in_what(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    absent = {
        "rdf:type": node("cg:AbsenceStatement"),
        "cg:theme": node("theme:deinstitutionalisation"),
        "cg:place": node("place:RU"),
        "cg:absence": NamedNode("https://w3id.org/commonground/id/code/absence/nobody"),
        "cg:basis": node("basis:stated"),
        "cg:statedOn": Literal("2010-05-12", datatype=node("xsd:date")),
    }
    record = NamedNode(f"{DEFAULT_BASE}absence/invented/1")
    quads = [Quad(record, node(name), value, SOURCE) for name, value in absent.items()]
    # Only inferred work stands against it: that is what the cell was known for, and it still is.
    gone = [
        quad
        for quad in store.quads()
        if quad.predicate == node("cg:theme") and quad.object == node("theme:deinstitutionalisation")
    ]
    store.write(Change(added=frozenset(quads), removed=frozenset(gone)))
    note(store, path, at(2))
    cell = CELL.replace("--RO", "--RU")
    last = Chronicle(path).history(cell)[-1]
    assert last.what == CHANGED
    assert {"case", "severity", "terms"} <= set(last.changed)
    assert last.before == Chronicle(path).history(cell)[0].severity
    assert last.terms["absence"] == 1.0


def test_a_label_that_changes_changes_no_gap(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    name = Quad(node("place:RO"), node("skos:prefLabel"), Literal("Rumania", language="en"), SOURCE)
    old = [q for q in store.quads() if q.subject == node("place:RO") and q.predicate == node("skos:prefLabel")]
    store.write(Change(added=frozenset({name}), removed=frozenset(q for q in old if 'language="en"' in repr(q))))
    assert note(store, path, at(2)) == 0


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9, 0.999])
def test_a_journal_that_was_cut_off_is_taken_up(store: EmbeddedStore, path: Path, share: float) -> None:
    note(store, path, at(1))
    store.write(work_in_romania())
    note(store, path, at(2))
    whole = open_now(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    note(store, path, at(3))
    assert open_now(path) == whole == {gap.iri for gap in find_gaps(store)}
    assert sum(line["what"] == BEGINS for line in read(path)) == 1
    assert all(json.loads(line) for line in path.read_bytes().splitlines())
    assert note(store, path, at(4)) == 0


def test_a_line_that_cannot_be_read_takes_nothing_else_with_it(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    lines = path.read_bytes().splitlines(keepends=True)
    lines[5] = b"\x00" * (len(lines[5]) - 1) + b"\n"
    path.write_bytes(b"".join(lines))
    assert note(store, path, at(2)) == 1, "the gap whose line is gone is noted again"
    assert open_now(path) == {gap.iri for gap in find_gaps(store)}
    assert Chronicle(path).begins is not None


def test_a_kind_with_too_many_gaps_is_not_followed_and_says_so(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1), most=20)
    assert {line["kind"] for line in read(path) if line["what"] == NOT_FOLLOWED} == {
        name for name in kinds() if find_gaps(store, name).total > 20
    }
    assert KIND not in {line.get("kind") for line in read(path) if line["what"] == KNOWN}
    assert note(store, path, at(2), most=20) == 0, "said once"
    note(store, path, at(3))
    # Of what was there all along nobody says that it opened.
    assert not [line for line in read(path) if line["what"] == OPENED]
    assert open_now(path) == {gap.iri for gap in find_gaps(store)}


def test_a_kind_that_is_defined_anew_makes_no_news(store: EmbeddedStore, path: Path) -> None:
    """What another version of the program finds has neither opened nor closed."""
    note(store, path, at(1))
    lines = path.read_text(encoding="utf-8").splitlines()
    other = [
        line.replace('"definition":"', '"definition":"other-') if '"what":"followed"' in line else line
        for line in lines
        # As if the cell had been no gap by that definition.
        if CELL not in line
    ]
    path.write_text("\n".join(other) + "\n", encoding="utf-8")
    note(store, path, at(2))
    new = read(path)[len(other) :]
    assert {line["what"] for line in new} == {REDEFINED, KNOWN, FOLLOWED}
    assert {line["kind"] for line in new if line["what"] == REDEFINED} == set(kinds())
    assert open_now(path) == {gap.iri for gap in find_gaps(store)}
    assert not [*Chronicle(path).last()]
    assert note(store, path, at(3)) == 0


def test_a_chronicle_reads_on_and_notices_a_new_journal(store: EmbeddedStore, path: Path) -> None:
    chronicle = Chronicle(path)
    assert chronicle.begins is None
    assert not [*chronicle.last()]
    note(store, path, at(1))
    assert chronicle.begins is not None
    assert not [*chronicle.last()], "what was there when history began has not happened"
    store.write(work_in_romania())
    note(store, path, at(2))
    assert CELL in {event.gap for event in chronicle.last()}
    path.unlink()
    note(store, path, at(3))
    assert chronicle.begins is not None
    assert chronicle.begins.at == at(3)
    assert not chronicle.history(CELL)


def test_a_filter_of_the_book_is_that_of_the_search(store: EmbeddedStore, path: Path) -> None:
    note(store, path, at(1))
    known = [line for line in read(path) if line["what"] == KNOWN]
    for kind, filters in (
        (None, {"theme": "inclusive-education"}),
        (None, {"place": "AM"}),
        ("not-collaborating", {"organisation": "UNICEF"}),
        (KIND, {"theme": "deinstitutionalisation", "place": "Armenia"}),
        (None, {}),
    ):
        keep = filtering(store, kind, filters)
        found = {line["gap"] for line in known if keep(line["kind"], line["columns"])}
        searched = {gap.iri for gap in find_gaps(store, kind, filters)}
        # A search for a theme and a place looks at cells that nobody looks at unasked.
        assert found == searched & {line["gap"] for line in known}, (kind, filters)
        assert found or not searched


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_the_iri_of_a_gap_leads_back_to_it(kind: str, roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    projection = projection_of(roundtable_store)
    found = find_gaps(roundtable_store, kind, names=names)
    by_iri = {iri_of(DEFAULT_BASE, kind, row.subjects): row.subjects for row in rows_of(
        roundtable_store, kinds()[kind], names, date(2010, 5, 12)
    )}  # fmt: skip
    for gap in found[:: max(1, len(found) // 5)]:
        again = find_gap(roundtable_store, kind, by_iri[gap.iri], names=names)
        assert again == gap
        assert find_gap(roundtable_store, kind, by_iri[gap.iri], names=names, projection=projection) == gap
        segment = gap.iri.rpartition("/")[2]
        possible = subjects_of(DEFAULT_BASE, kinds()[kind], segment)
        assert by_iri[gap.iri] in possible or len(segment) == 16


def test_a_service_keeps_it_in_the_background(tmp_path: Path, store: EmbeddedStore) -> None:
    """In a process of its own, after writing has come to rest; each generation once."""

    async def life() -> list[str]:
        following = Following(InProcessEngine(store), store.base, tmp_path, quiet=0.2)
        following.start()
        try:
            await until(lambda: following.noted == store.generation)
            first = following.noted
            store.write(work_in_romania())
            await until(lambda: following.noted == store.generation)
            assert first is not None
            assert following.noted == first + 1
            return [event.what for event in following.chronicle.history(CELL)]
        finally:
            await following.stop()

    async def until(done: object) -> None:
        async with asyncio.timeout(60):
            while not done():  # type: ignore[operator]
                await asyncio.sleep(0.05)

    assert asyncio.run(life()) == [KNOWN, CLOSED]
