"""Statements: recorded, looked at by every question, withdrawn exactly. All names are invented."""

from __future__ import annotations

import itertools
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from graph.ask import ask
from graph.batches.folder import KEPT, Folders
from graph.batches.past import as_known
from graph.coverage import cell, coverage
from graph.errors import BadParameter, GraphError
from graph.gaps import find_gaps
from graph.ingest import ingest, originals
from graph.ingest.mapping import SourceMap
from graph.ingest.validation import check, load_shapes, referred
from graph.names import Names
from graph.projection import projection_of
from graph.statements import (
    KINDS,
    SOURCE,
    Book,
    Engagement,
    FaultyStatement,
    Said,
    cautions,
    due,
    read,
    record,
    withdraw,
)
from graph.statements.said import from_quads, to_quads
from graph.statements.wording import SENTENCES
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import PLACE, THEME, node

TODAY = date(2010, 11, 25)
#: Of ``example.trig``.
DEINST, EARLY, INCLUSIVE = (
    THEME + name for name in ("deinstitutionalisation", "early-childhood-education", "inclusive-education")
)
AM, GE, RO, FRANCE = (PLACE + code for code in ("AM", "GE", "RO", "FR"))


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def keep(store: EmbeddedStore, said: Said, clock: Clock, by: str = "Anna") -> str:
    iri, change = record(store, said, by=by, clock=clock)
    store.write(change)
    return iri


def data(store: EmbeddedStore) -> frozenset[Quad]:
    """Everything but the records that the service keeps of what was done."""
    return frozenset(q for q in store.quads() if not q.graph_name.value.startswith(store.base + "graph/"))


def absent(theme: str = DEINST, place: str = FRANCE, day: str = "2010-11", say: str = "absence", **more: str) -> Said:
    return Said(say, "Example Agency", day, (theme,), (place,), **more)


def asked(**fields: str | list[str]) -> dict[str, list[str]]:
    whole = {"say": "absence", "theme": "Deinstitutionalisation", "place": "France", "who": "Ana", "day": "2010-11-01"}
    return {name: [text] if isinstance(text, str) else text for name, text in {**whole, **fields}.items()}


def said_by(store: EmbeddedStore, fields: dict[str, list[str]], today: date = TODAY, lang: str = "en") -> Said:
    return read(store, Names.of(store), projection_of(store), fields, today, lang)


def lapsing(store: EmbeddedStore, day: date, **of: str) -> tuple[Engagement, ...]:
    return due(store, projection_of(store), day, **of)


def codes(store: EmbeddedStore, today: date = TODAY, **fields: str | list[str]) -> list[str]:
    with pytest.raises(FaultyStatement) as caught:
        said_by(store, asked(**fields), today)
    return [one.code for one in caught.value.faults]


# --- what they do to a cell -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("say", "state", "gap"),
    [("absence", "known-absence", 1), ("not-needed", "known-absence", 0), ("complete", "none-listed", 1)],
)
def test_a_statement_gives_its_cell_a_state_and_taking_it_back_takes_that(
    example_store: EmbeddedStore, clock: Clock, say: str, state: str, gap: int
) -> None:
    before = data(example_store)
    assert cell(example_store, DEINST, FRANCE).state == "unknown"
    iri = keep(example_store, absent(say=say), clock)
    found = cell(example_store, DEINST, FRANCE)
    assert found.state == state
    assert "Example Agency" in found.reason
    assert "2010-11" in found.reason
    assert found.evidence == (iri,)
    gaps = find_gaps(example_store, "uncovered", {"theme": DEINST, "place": FRANCE})
    assert len([one for one in gaps if one.subjects["theme"].iri == DEINST]) == gap  # type: ignore[union-attr]
    if gap:
        (said,) = [one for one in gaps[0].evidence if one.who]
        assert (said.who, said.said_on, said.iri) == ("Example Agency", "2010-11", iri)
    example_store.write(withdraw(example_store, iri, by="Boris", clock=clock))
    assert data(example_store) == before
    assert cell(example_store, DEINST, FRANCE).state == "unknown"


def test_nobody_in_a_region_on_a_theme_covers_what_is_inside_and_narrower(
    example_store: EmbeddedStore, clock: Clock
) -> None:
    day = TODAY
    before = coverage(example_store, as_of=day, theme="education", place="cee-cis")
    keep(example_store, absent(THEME + "education", PLACE + "cee-cis"), clock)
    after = coverage(example_store, as_of=day, theme="education", place="cee-cis")
    changed = {(a.theme.iri, a.place.iri) for a, b in zip(before.cells, after.cells, strict=True) if a != b}
    assert changed
    for one in after.cells:
        # What is stated for a cell stands before what somebody says is not there.
        assert one.state != "unknown"


def test_a_confirmation_brings_back_what_lapsed_and_leaves_the_record_as_it_is(
    example_store: EmbeddedStore, clock: Clock
) -> None:
    engagement = f"{example_store.base}engagement/example/e1"
    late = date(2016, 6, 1)
    assert cell(example_store, DEINST, AM, as_of=late).state == "lapsed"
    mine = frozenset(example_store.quads(f"{example_store.base}source/example"))
    iri = keep(example_store, Said("confirm", "Ana", "2015-03", engagements=(engagement,), note="By phone."), clock)
    assert frozenset(example_store.quads(f"{example_store.base}source/example")) == mine
    assert cell(example_store, DEINST, AM, as_of=late).state == "covered-by-one"
    answer = ask(example_store, "who-works-on", {"theme": DEINST, "place": AM, "as_of": "2016-06-01"})
    (row,) = [one for one in answer.rows if one.values["stated_on"] == "2015-03"]
    (said,) = [one for one in row.evidence if one.who]
    assert (said.iri, said.who, said.said_on, said.note) == (iri, "Ana", "2015-03", "By phone.")
    # Every question has it once, and says the last day.
    for name, values in (("where-is", {"theme": DEINST}), ("what-does", {"organisation": "example-agency-armenia"})):
        rows = [r for r in ask(example_store, name, values).rows if r.values["stated_on"] == "2015-03"]
        assert len(rows) == 1, name
    example_store.write(withdraw(example_store, iri, by="Ana", clock=clock))
    assert cell(example_store, DEINST, AM, as_of=late).state == "lapsed"


def test_what_two_confirm_stays_confirmed_while_one_does(example_store: EmbeddedStore, clock: Clock) -> None:
    engagement = f"{example_store.base}engagement/example/e1"
    before = data(example_store)
    one, two = (
        keep(example_store, Said("confirm", who, "2015", engagements=(engagement,)), clock) for who in ("Ana", "Boris")
    )
    day = Quad(
        NamedNode(engagement), node("cg:statedOn"), Literal("2015", datatype=node("xsd:gYear")),
        NamedNode(example_store.base + SOURCE),
    )  # fmt: skip
    example_store.write(withdraw(example_store, one, by="Ana", clock=clock))
    assert day in data(example_store)
    example_store.write(withdraw(example_store, two, by="Ana", clock=clock))
    assert data(example_store) == before


# --- properties -------------------------------------------------------------------------------------------------------

_THEMES, _PLACES = st.sampled_from([DEINST, EARLY, INCLUSIVE]), st.sampled_from([AM, GE, RO, FRANCE])
_ENGAGEMENTS = st.sampled_from(
    [f"https://w3id.org/commonground/id/engagement/example/e{number}" for number in (1, 2, 3)]
)
_DAYS = st.sampled_from(["2009", "2010-05", "2010-05-12", "2010-11-02"])


@st.composite
def statements(draw: st.DrawFn) -> Said:
    say, who, day = draw(st.sampled_from(KINDS)), draw(st.sampled_from(["Ana", "Boris"])), draw(_DAYS)
    note = draw(st.sampled_from(["", "Сказано по телефону.", "On paper."]))
    if say == "confirm":
        return Said(say, who, day, engagements=tuple(sorted(draw(st.sets(_ENGAGEMENTS, min_size=1)))), note=note)
    themes, places = (tuple(sorted(draw(st.sets(some, min_size=1, max_size=2)))) for some in (_THEMES, _PLACES))
    source = draw(st.sampled_from(["", "https://example.org/letter"]))
    return Said(say, who, day, themes, places, source=source, note=note)


@settings(max_examples=25, deadline=None)
@given(st.lists(statements(), min_size=1, max_size=5, unique=True), st.randoms(use_true_random=False))
def test_recorded_and_withdrawn_in_any_order_the_data_are_what_they_were(said: list[Said], order: object) -> None:
    store, clock = _example(), Clock()
    before = data(store)
    iris = [keep(store, one, clock) for one in said]
    assert len(set(iris)) == len(said)
    assert {one.said for one in Book.of_store(store).standing} == set(said)
    order.shuffle(iris)  # type: ignore[attr-defined]
    for number, iri in enumerate(iris, 1):
        store.write(withdraw(store, iri, by="Boris", clock=clock))
        left = {one.said for one in Book.of_store(store).standing}
        assert left == {one for one in said if one.iri(store.base) not in iris[:number]}
    assert data(store) == before
    book = Book.of_store(store)
    assert {one.said for one in book.withdrawn} == set(said)
    assert all((one.by, one.withdrawn_by) == ("Anna", "Boris") for one in book.withdrawn)
    assert all(one.at < one.withdrawn for one in book.withdrawn)


@settings(max_examples=15, deadline=None)
@given(statements())
def test_only_the_cells_that_it_covers_change(said: Said) -> None:
    store = _example()
    options = {"as_of": date(2014, 1, 1)}
    before = coverage(store, **options)  # type: ignore[arg-type]
    keep(store, said, Clock())
    after = coverage(store, **options)  # type: ignore[arg-type]
    was = {(one.theme.iri, one.place.iri): one for one in before.cells}
    for one in after.cells:
        at = one.theme.iri, one.place.iri
        if was.get(at, one) != one:
            assert at in _covered(store, said), at


def _covered(store: EmbeddedStore, said: Said) -> set[tuple[str, str]]:
    """The cells of a statement, by the plain words of the docs: its themes and narrower ones, its places and what they
    contain; of a confirmation, the cells that its engagements have anything to do with."""
    quads = list(store.quads())

    def reach(start: set[str], name: str, back: bool) -> set[str]:
        found = set(start)
        while True:
            more = {
                (q.subject if back else q.object).value
                for q in quads
                if q.predicate == node(name) and (q.object if back else q.subject).value in found
            } - found
            if not more:
                return found
            found |= more

    if said.say != "confirm":
        themes = reach(set(said.themes), "skos:broader", back=True)
        return set(itertools.product(themes, reach(set(said.places), "schema:containedInPlace", back=True)))
    cells: set[tuple[str, str]] = set()
    for iri in said.engagements:
        of = {
            n: {q.object.value for q in quads if q.subject.value == iri and q.predicate == node(n)}
            for n in ("cg:theme", "cg:place")
        }
        themes = reach(of["cg:theme"], "skos:broader", back=False)
        places = reach(of["cg:place"], "schema:containedInPlace", back=False)
        places |= reach(of["cg:place"], "schema:containedInPlace", back=True)
        cells |= set(itertools.product(themes, places))
    return cells


@settings(max_examples=30, deadline=None)
@given(statements())
def test_what_is_written_conforms_to_the_shapes_and_is_read_back(said: Said) -> None:
    store = _example()
    quads = to_quads(said, store.base)
    assert [one for _, one in from_quads(quads)] == [said]
    own = frozenset(q for q in quads if q.subject.value == said.iri(store.base))
    assert len(own) > 4
    assert check(own, referred(own, store.quads()), load_shapes(), SourceMap({}, {})) == ()


# --- reading, with all faults at once ---------------------------------------------------------------------------------


def test_names_become_things_and_a_partial_date_stays_partial(example_store: EmbeddedStore) -> None:
    names = Names.of(example_store)
    fields = asked(
        theme="deinstitutionalisation; Inclusive education", place=["FR", "Армения"], day="2010", note=" Two\nlines "
    )
    said = said_by(example_store, fields, TODAY, "ru")
    for who in ("آنا\u200cماریا", "Ana\u00a0Maria"):
        assert said_by(example_store, asked(who=who), TODAY).who.startswith(who[:3])
    assert said == Said("absence", "Ana", "2010", (DEINST, INCLUSIVE), (AM, FRANCE), note="Two\nlines")
    document = f"{example_store.base}document/example-report"
    for text in (names.thing(document).label, document):
        assert said_by(example_store, asked(source=text), TODAY).source == document
    assert said_by(example_store, asked(source="https://example.org/a"), TODAY).source == "https://example.org/a"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"say": "rumour"}, ["unknown-say"]),
        ({"say": "", "who": " ", "day": "", "theme": ";", "place": ""}, ["missing"] * 5),
        ({"theme": "Deinstitutionalization of"}, ["unknown-name"]),
        ({"day": "yesterday"}, ["bad-day"]),
        ({"day": "2010-02-30"}, ["bad-day"]),
        ({"day": "0000"}, ["bad-day"]),
        ({"day": "2010-11-26"}, ["future-day"]),
        ({"day": "2010-12"}, ["future-day"]),
        ({"day": "9998"}, ["future-day"]),
        ({"who": "A" * 201, "note": "B" * 1001}, ["too-long", "too-long"]),
        ({"who": "Ana\x00"}, ["bad-text"]),
        ({"theme": "\u202eDeinst"}, ["bad-text"]),
        ({"who": "ana@example.org", "note": "Ask <ana@example.org>."}, ["has-address", "has-address"]),
        ({"source": "mailto:ana@example.org"}, ["has-address"]),
        ({"source": "No such paper"}, ["unknown-source"]),
        ({"source": "javascript:alert(1)"}, ["unknown-source"]),
        ({"place": ";".join(f"P{n}" for n in range(60))}, ["too-many"]),
        ({"say": "confirm", "theme": "", "place": ""}, ["nothing-named"]),
        ({"say": "confirm", "engagement": ""}, ["nothing-named"]),
        ({"say": "confirm", "engagement": "engagement/example/e99"}, ["unknown-engagement"]),
        ({"say": "confirm", "engagement": "a b> <c"}, ["unknown-engagement"]),
        ({"say": "confirm", "engagement": "organisation/example-agency"}, ["unknown-engagement"]),
        ({"say": "confirm", "engagement": "engagement/example/e4"}, ["ended"]),
        ({"say": "confirm", "theme": "", "place": "", "organisation": "Example Society"}, ["nothing-due"]),
        ({"say": "confirm", "place": "Armenia;Georgia"}, ["too-many"]),
    ],
)
def test_what_cannot_be_recorded_is_told_whole(
    example_store: EmbeddedStore, fields: dict[str, str], expected: list[str]
) -> None:
    assert codes(example_store, **fields) == expected


def test_a_name_of_several_things_is_not_chosen_among(example_store: EmbeddedStore) -> None:
    graph = NamedNode(example_store.base + "source/example")
    twins = [NamedNode(f"{example_store.base}theme/twin-{number}") for number in (1, 2)]
    called = {Quad(twin, node("skos:prefLabel"), Literal("Twin", language="en"), graph) for twin in twins}
    classes = {Quad(twin, node("rdf:type"), node("cg:Theme"), graph) for twin in twins}
    example_store.write(Change(added=frozenset(called | classes)))
    assert codes(example_store, theme="Twin") == ["ambiguous-name"]


def test_every_sentence_is_in_both_languages_and_has_all_its_words() -> None:
    for code, (english, russian) in SENTENCES.items():
        words = [set(re.findall(r"{(\w+)}", text)) for text in (english, russian)]
        assert words[0] == words[1], code
        assert re.search("[а-я]", russian), code
        assert english.endswith((".", "!")), code


# --- what it does beside what is meant --------------------------------------------------------------------------------


def told(store: EmbeddedStore, said: Said) -> list[tuple[str, str]]:
    found = cautions(store, Names.of(store), projection_of(store), said)
    assert all(set(one.message) == {"en", "ru"} for one in found)
    return [(one.code, one.message["en"]) for one in found]


def test_a_statement_against_what_a_source_states_says_whom_it_is_against(example_store: EmbeddedStore) -> None:
    for say, code in (("absence", "stated-there"), ("not-needed", "stated-there"), ("complete", "list-names")):
        ((found, text),) = told(example_store, absent(DEINST, AM, "2010-05-12", say))
        assert found == code
        assert "Example Agency Armenia" in text
    assert told(example_store, absent(DEINST, FRANCE, "2010-05-12")) == []
    # The list itself is what the engagement rests on.
    document = f"{example_store.base}document/example-report"
    assert told(example_store, absent(DEINST, AM, "2010-05-12", "complete", source=document)) == []


def test_one_that_makes_answers_speak_of_a_later_day_says_what_lapses(example_store: EmbeddedStore) -> None:
    assert told(example_store, absent(day="2015-05-12")) == []
    ((code, text),) = told(example_store, absent(day="2015-05-13"))
    assert code == "speaks-of"
    engagements = len(lapsing(example_store, date(2015, 5, 13)))
    assert "2010-05-12" in text
    assert re.search(r"on (\d+) more", text)[1] == str(engagements)  # type: ignore[index]
    # What is confirmed does not lapse.
    everything = tuple(one.iri for one in lapsing(example_store, date(2015, 5, 13)))
    found = told(example_store, Said("confirm", "Ana", "2015-05-13", engagements=everything))
    assert [code for code, _ in found] == ["stays-inferred"]


def test_one_that_is_too_old_to_count_says_so(example_store: EmbeddedStore) -> None:
    assert [code for code, _ in told(example_store, absent(day="2005-05"))] == []
    assert [code for code, _ in told(example_store, absent(day="2005-04"))] == ["already-old"]
    keep(example_store, absent(day="2005-04"), Clock())
    assert cell(example_store, DEINST, FRANCE).state == "unknown"


# --- what is about to lapse -------------------------------------------------------------------------------------------


def test_what_is_about_to_lapse_can_be_confirmed_at_once(example_store: EmbeddedStore, clock: Clock) -> None:
    base = example_store.base
    assert lapsing(example_store, date(2014, 5, 12)) == ()
    everything = {one.iri for one in lapsing(example_store, date(2014, 5, 13))}
    # Not the ended one.
    assert f"{base}engagement/example/e4" not in everything
    assert {f"{base}engagement/example/e{n}" for n in (1, 2, 3)} <= everything
    agency = due(
        example_store,
        projection_of(example_store),
        date(2014, 5, 13),
        organisation=f"{base}organisation/example-agency",
    )
    assert f"{base}engagement/example/e1" in {one.iri for one in agency}
    fields = asked(say="confirm", day="2014-06", theme="", place="", organisation="Example Agency")
    said = said_by(example_store, fields, date(2014, 6, 30))
    assert set(said.engagements) == {one.iri for one in agency}
    keep(example_store, said, clock)
    assert (
        due(
            example_store,
            projection_of(example_store),
            date(2014, 6, 30),
            organisation=f"{base}organisation/example-agency",
        )
        == ()
    )


# --- the record of what was done --------------------------------------------------------------------------------------


def test_the_same_statement_is_recorded_once_and_withdrawn_once(example_store: EmbeddedStore, clock: Clock) -> None:
    iri = keep(example_store, absent(), clock)
    again, change = record(example_store, absent(), by="Boris", clock=clock)
    assert (again, bool(change)) == (iri, False)
    example_store.write(withdraw(example_store, iri, by="Boris", clock=clock))
    with pytest.raises(GraphError) as caught:
        withdraw(example_store, iri, by="Boris", clock=clock)
    assert caught.value.code == "undone-already"
    with pytest.raises(GraphError) as caught:
        withdraw(example_store, iri + "0", by="Boris", clock=clock)
    assert caught.value.code == "not-found"
    assert keep(example_store, absent(), clock) == iri
    book = Book.of_store(example_store)
    (standing,), (withdrawn,) = book.standing, book.withdrawn
    assert standing.iri == withdrawn.iri == iri
    assert withdrawn.at < withdrawn.withdrawn < standing.at


def test_a_day_is_as_it_was_whatever_was_recorded_and_withdrawn_since(
    example_store: EmbeddedStore, tmp_path: Path, clock: Clock
) -> None:
    engagement = f"{example_store.base}engagement/example/e1"
    known, iris = [data(example_store)], []
    for said in (absent(), Said("confirm", "Ana", "2010-11", engagements=(engagement,)), None, None):
        clock.now += timedelta(days=1)
        if said is None:
            example_store.write(withdraw(example_store, iris.pop(0), by="Boris", clock=clock))
        else:
            iris.append(keep(example_store, said, clock))
        known.append(data(example_store))
    assert len(set(known)) == 4, "the last is as the first"
    for number, expected in enumerate(known):
        day = date(2026, 1, 1) + timedelta(days=number)
        past = as_known(example_store, Folders(tmp_path, clock), day)
        assert data(past) == expected, day


def test_a_new_version_of_another_source_leaves_statements_alone(
    example_store: EmbeddedStore, tmp_path: Path, clock: Clock
) -> None:
    sheet = tmp_path / "engagements.csv"
    iris = []
    for theme, mine in (("deinstitutionalisation", True), ("inclusive-education", False)):
        sheet.write_text(f"id,organisations,themes,places,basis,as_of\nk1,example-agency,{theme},FR,stated,2009\n")
        batch = ingest(example_store, sheet, source="sheet", by="Boris", clock=clock)
        assert batch.status == "accepted", batch.report
        if mine:
            engagement = f"{example_store.base}engagement/sheet/k1"
            iris = [keep(example_store, absent(), clock)]
            iris.append(keep(example_store, Said("confirm", "Ana", "2010", engagements=(engagement,)), clock))
            before = frozenset(example_store.quads(example_store.base + SOURCE))
    assert frozenset(example_store.quads(example_store.base + SOURCE)) == before
    assert {one.iri for one in Book.of_store(example_store).standing} == set(iris)


def test_no_batch_takes_the_place_of_what_people_state(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "a.csv").write_text("a")
    with pytest.raises(BadParameter) as caught:
        Folders(tmp_path, clock).receive(originals.load(tmp_path / "a.csv"), source="Statements", by="Boris")
    assert caught.value.code == "bad-source"
    assert f"source/{KEPT}" == SOURCE


_EXAMPLE: list[frozenset[Quad]] = []


def _example() -> EmbeddedStore:
    """A store of its own for each example of a property."""
    store = EmbeddedStore()
    store.engine.extend(_EXAMPLE[0])
    return store


@pytest.fixture(autouse=True)
def _quads_of_the_example(request: pytest.FixtureRequest) -> None:
    if not _EXAMPLE:
        _EXAMPLE.append(frozenset(request.getfixturevalue("example_store").quads()))
