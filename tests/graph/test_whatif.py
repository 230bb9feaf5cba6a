"""What if: the same as really adding, on random graphs and on the roundtable's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import rdflib
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad
from rdflib.plugins.sparql import prepareQuery

from graph.coverage import cell
from graph.errors import BadParameter, GraphError, UnknownName
from graph.gaps import find_gaps, kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, Assumption, change_of, read
from graph.gaps.whatif import reads, what_if
from graph.gaps.whatif_format import OUTCOMES, what_if_table, what_if_to_dict
from graph.ingest import ingest, load_reference
from graph.model import Gap, Thing
from graph.names import Names
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, PLACE, THEME, expand, node

DAY = date(2020, 6, 1)
GRAPH = NamedNode(DEFAULT_BASE + "source/random")
ORGANISATIONS = [f"{DEFAULT_BASE}organisation/{letter}" for letter in "abcde"]
#: t1 is wider than t2 and t3; nobody need ever have named t4. P3 and P4 lie in R.
THEMES = [f"{THEME}t{number}" for number in range(1, 5)]
COUNTRIES = [f"{PLACE}P{number}" for number in range(1, 5)]
REGION = f"{PLACE}R"


def quad(subject: str, predicate: str, value: str | Literal) -> Quad:
    term = value if isinstance(value, Literal) else NamedNode(value)
    return Quad(NamedNode(subject), node(predicate), term, GRAPH)


def frame() -> list[Quad]:
    """The themes, places and organisations that every random graph has."""
    quads = [quad(iri, "rdf:type", expand("org:FormalOrganization")) for iri in ORGANISATIONS]
    quads += [quad(iri, "skos:inScheme", "https://w3id.org/commonground/id/theme") for iri in THEMES]
    quads += [quad(iri, "rdf:type", expand("cg:Theme")) for iri in THEMES]
    quads += [quad(iri, "skos:broader", THEMES[0]) for iri in THEMES[1:3]]
    quads += [quad(iri, "rdf:type", expand("cg:Country")) for iri in COUNTRIES]
    quads += [quad(iri, "schema:containedInPlace", REGION) for iri in COUNTRIES[2:]]
    quads += [quad(REGION, "rdf:type", expand("cg:Region"))]
    for iri in (*ORGANISATIONS, *THEMES, *COUNTRIES, REGION):
        quads.append(quad(iri, "skos:prefLabel", Literal(iri.rpartition("/")[2], language="en")))
    return quads


def some(choices: list[str], least: int, most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), min_size=least, max_size=most, unique=True).map(tuple)


RECORDS = st.tuples(
    some(ORGANISATIONS, 1, 2),
    some(THEMES[:3], 0, 2),
    some([*COUNTRIES, REGION], 0, 2),
    st.sampled_from(["stated", "stated", "inferred-name", "proposed"]),
    st.sampled_from(["2020-06-01", "2020-01-01", "2013-01-01"]),
)
UNITS = st.lists(st.tuples(st.sampled_from(ORGANISATIONS[:2]), st.sampled_from(ORGANISATIONS[2:])), max_size=1)
MEMBERS = st.lists(st.tuples(st.sampled_from(ORGANISATIONS), st.sampled_from(ORGANISATIONS)), max_size=2)
ABSENCES = st.lists(st.tuples(st.sampled_from(THEMES), st.sampled_from(COUNTRIES)), max_size=1)
PRIORITIES = st.lists(st.tuples(some(THEMES, 1, 2), some(COUNTRIES, 0, 1)), max_size=2)


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Quad, ...]:
    quads = frame()
    for number, (partners, themes, places, basis, said) in enumerate(draw(st.lists(RECORDS, max_size=6))):
        record = f"{DEFAULT_BASE}engagement/random/{number}"
        quads += [
            quad(record, "rdf:type", expand("cg:Collaboration" if len(partners) > 1 else "cg:Engagement")),
            quad(record, "cg:basis", f"{CODE}basis/{basis}"),
            quad(record, "cg:statedOn", Literal(said, datatype=node("xsd:date"))),
            *(quad(record, "cg:partner", iri) for iri in partners),
            *(quad(record, "cg:theme", iri) for iri in themes),
            *(quad(record, "cg:place", iri) for iri in places),
        ]
    quads += [quad(unit, "org:unitOf", whole) for unit, whole in draw(UNITS)]
    for number, (member, network) in enumerate(draw(MEMBERS)):
        membership = f"{DEFAULT_BASE}membership/{number}"
        quads += [
            quad(membership, "rdf:type", expand("org:Membership")),
            quad(membership, "org:member", member),
            quad(membership, "org:organization", network),
        ]
    for number, (theme, place) in enumerate(draw(ABSENCES)):
        absence = f"{DEFAULT_BASE}absence/{number}"
        quads += [
            quad(absence, "rdf:type", expand("cg:AbsenceStatement")),
            quad(absence, "cg:theme", theme),
            quad(absence, "cg:place", place),
            quad(absence, "cg:absence", f"{CODE}absence/nobody"),
            quad(absence, "cg:basis", f"{CODE}basis/stated"),
        ]
    for number, (themes, places) in enumerate(draw(PRIORITIES)):
        statement = f"{DEFAULT_BASE}statement/random/{number}"
        quads += [
            quad(statement, "rdf:type", expand("cg:Priority")),
            quad(statement, "rdf:type", expand("cg:MeetingStatement")),
            *(quad(statement, "cg:theme", iri) for iri in themes),
            *(quad(statement, "cg:place", iri) for iri in places),
        ]
    return tuple(quads)


def things(iris: Iterable[str]) -> tuple[Thing, ...]:
    return tuple(Thing(iri, iri.rpartition("/")[2]) for iri in iris)


ENGAGEMENTS = st.builds(
    lambda partner, themes, places: Assumption(ENGAGEMENT, things([partner]), things(themes), things(places)),
    st.sampled_from(ORGANISATIONS),
    some(THEMES, 1, 2),
    some([*COUNTRIES, REGION], 0, 2),
)
COLLABORATIONS = st.builds(
    lambda partners, themes, places: Assumption(COLLABORATION, things(partners), things(themes), things(places)),
    some(ORGANISATIONS, 2, 3),
    some(THEMES, 0, 1),
    some(COUNTRIES, 0, 1),
)
ASSUMPTIONS = st.lists(ENGAGEMENTS | COLLABORATIONS, min_size=1, max_size=3)


def store_of(quads: Iterable[Quad]) -> EmbeddedStore:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(quads)))
    return store


def really(store: EmbeddedStore, change: Change) -> EmbeddedStore:
    """Another store with the data of the first and the change, written as any change is."""
    other = EmbeddedStore()
    other.write(Change(added=frozenset(store.quads())))
    other.write(change)
    return other


def without_evidence(gaps: Iterable[Gap]) -> dict[str, tuple[object, ...]]:
    return {g.iri: (g.subjects, g.reason, g.severity, g.severity_terms, g.remedy, g.query) for g in gaps}


@settings(max_examples=30)
@given(quads=graphs(), assumptions=ASSUMPTIONS)
def test_what_if_is_really_adding(quads: tuple[Quad, ...], assumptions: list[Assumption]) -> None:
    store = store_of(quads)
    generation = store.generation
    found = what_if(store, assumptions, as_of=DAY)
    assert store.generation == generation
    assert frozenset(store.quads()) >= frozenset(quads)
    before = without_evidence(find_gaps(store, as_of=DAY))
    added = really(store, change_of(assumptions, DEFAULT_BASE, DAY))
    after = without_evidence(find_gaps(added, as_of=DAY, names=Names.of(store)))
    assert without_evidence(found.closed) == {iri: gap for iri, gap in before.items() if iri not in after}
    new = {iri: gap for iri, gap in after.items() if iri not in before}
    assert without_evidence(found.opened) | without_evidence(found.noticed) == new
    assert not {g.iri for g in found.opened} & {g.iri for g in found.noticed}
    both = {iri for iri in before if iri in after and before[iri] != after[iri]}
    assert {change.before.iri for change in found.changed} == both
    assert without_evidence(c.before for c in found.changed) == {iri: before[iri] for iri in both}
    assert without_evidence(c.after for c in found.changed) == {iri: after[iri] for iri in both}


@settings(max_examples=60)
@given(quads=graphs(), assumption=ENGAGEMENTS)
@example(
    # A theme and a country that nobody has named: what a list sees of them now was there before.
    quads=tuple(frame()),
    assumption=Assumption(ENGAGEMENT, things(ORGANISATIONS[:1]), things(THEMES[3:]), things(COUNTRIES[:1])),
)
def test_an_engagement_opens_no_uncovered(quads: tuple[Quad, ...], assumption: Assumption) -> None:
    store = store_of(quads)
    found = what_if(store, [assumption], as_of=DAY)
    # Work on several themes in several places, not stated for each of both, is less than nobody there and more than
    # somebody around it: the one gap may take the place of the other.
    several = len(assumption.themes) > 1 and len(assumption.places) > 1
    for gap in found.opened:
        assert gap.kind != "uncovered" or (several and gap.iri in found.instead)
    # What is only noticed is a gap of the data as they are, asked for by its theme and place.
    for gap in (gap for gap in found.noticed if gap.kind == "uncovered"):
        theme, place = gap.subjects["theme"], gap.subjects["place"]
        assert isinstance(theme, Thing)
        assert isinstance(place, Thing)
        there = cell(store, theme.iri, place.iri, as_of=DAY)
        assert there is not None
        assert there.state not in ("covered", "covered-by-one")


def pair(gap: Gap) -> frozenset[str]:
    both = (gap.subjects["organisation"], gap.subjects["other"])
    return frozenset(thing.iri for thing in both if isinstance(thing, Thing))


@settings(max_examples=60)
@given(quads=graphs(), partners=some(ORGANISATIONS, 2, 2))
def test_a_collaboration_removes_exactly_its_pair(quads: tuple[Quad, ...], partners: tuple[str, ...]) -> None:
    """And the pairs of their units, for whom what their organisations do counts."""
    store = store_of(quads)
    families = [{one, *(unit_of(quads, one))} for one in partners]
    of_pair = {
        gap.iri
        for gap in find_gaps(store, "not-collaborating", as_of=DAY)
        if any(pair(gap) == {a, b} for a in families[0] for b in families[1])
    }
    found = what_if(store, [Assumption(COLLABORATION, things(partners))], "not-collaborating", as_of=DAY)
    assert {gap.iri for gap in found.closed} == of_pair
    assert not found.opened
    # Of other pairs nothing changes but who could introduce them: who is tied to both.
    for change in found.changed:
        assert change.before.severity_terms == change.after.severity_terms
        assert {name for name, value in change.before.subjects.items() if value != change.after.subjects[name]} <= {
            "mutual",
            "introducer",
        }


def unit_of(quads: Iterable[Quad], organisation: str) -> list[str]:
    return [
        q.subject.value
        for q in quads
        if q.predicate == node("org:unitOf")
        and q.object == NamedNode(organisation)
        and isinstance(q.subject, NamedNode)
    ]


def test_the_property_can_fail() -> None:
    """Partners of one theme and place, of whom the pair is a gap: else nothing above would ever be closed."""
    quads = frame()
    for letter, organisation in zip("xy", ORGANISATIONS, strict=False):
        record = f"{DEFAULT_BASE}engagement/random/{letter}"
        quads += [quad(record, "rdf:type", expand("cg:Engagement")), quad(record, "cg:partner", organisation)]
        quads += [quad(record, "cg:theme", THEMES[1]), quad(record, "cg:place", COUNTRIES[0])]
        quads += [quad(record, "cg:basis", f"{CODE}basis/stated")]
    found = what_if(store_of(quads), [Assumption(COLLABORATION, things(ORGANISATIONS[:2]))], as_of=DAY)
    assert {gap.kind for gap in found.closed} == {"not-collaborating", "isolated-partner"}


def test_what_is_assumed_is_stated_as_a_table_states_it(tmp_path: Path) -> None:
    """Word for word what comes of a row, but for the graph, the name of the record and the row itself."""
    store = EmbeddedStore()
    load_reference(store)
    (tmp_path / "organisations.csv").write_text("id,name,kind\na,A,organisation\nb,B,organisation\n", encoding="utf-8")
    (tmp_path / "engagements.csv").write_text(
        "id,organisations,themes,places\n1,a,inclusive-education;partnership,AM;GE\n", encoding="utf-8"
    )
    (tmp_path / "collaborations.csv").write_text(
        "id,name,organisations,themes,places\n2,Assumed: A and B work together on Partnership in Armenia.,"
        "a;b,partnership,AM\n",
        encoding="utf-8",
    )
    batch = ingest(
        store,
        [tmp_path],
        source="s",
        by="the tests",
        clock=lambda: datetime(2020, 6, 1, tzinfo=UTC),
        as_of=DAY,
    )
    assert batch.status == "accepted", batch.report
    names = Names.of(store)
    assumed = [
        read(ENGAGEMENT, "A|Inclusive education;Partnership|AM;Georgia", names),
        read(COLLABORATION, "A|B|theme:partnership|place:AM", names),
    ]
    ours = {(q.subject.value, q.predicate.value, str(q.object)) for q in change_of(assumed, store.base, DAY).added}
    theirs = {
        (q.subject.value.replace("/s/", "/what-if/"), q.predicate.value, str(q.object))
        for q in store.quads(f"{DEFAULT_BASE}source/s")
        if "engagement/s/" in q.subject.value or "collaboration/s/" in q.subject.value
        if q.predicate.value != expand("prov:wasDerivedFrom")
    }
    assert ours == theirs


def test_what_if_at_the_roundtable(roundtable_store: EmbeddedStore) -> None:
    """UNICEF's regional section is inferred for Romania, and its child protection stated for the region: an engagement
    of the office in Romania covers the cell, and that of the wider theme."""
    names = Names.of(roundtable_store)
    one = read(ENGAGEMENT, "UNICEF Romania|deinstitutionalisation|RO", names)
    found = what_if(roundtable_store, [one], names=names)
    closed = {gap.iri.partition("/gap/")[2]: gap for gap in found.closed}
    # The experience of others with it is no gap any more either.
    assert closed.keys() == {
        "uncovered/deinstitutionalisation--RO",
        "regional-only/child-protection--RO",
        "untapped-experience/deinstitutionalisation--RO",
        "untapped-experience/child-protection--RO",
    }
    # Both have one partner now.
    opened = {gap.iri.partition("/gap/")[2]: gap for gap in found.opened}
    assert opened.keys() == {"single-partner/deinstitutionalisation--RO", "single-partner/child-protection--RO"}
    assert found.instead[opened["single-partner/child-protection--RO"].iri].endswith("/child-protection--RO")
    assert not found.noticed
    assert found.as_of == date(2010, 5, 12)
    # The same, narrowed to Armenia: nothing there is touched.
    assert not what_if(roundtable_store, [one], parameters={"place": "Armenia"}, names=names).closed
    assert one.sentence() == "UNICEF Romania starts work on Deinstitutionalisation in Romania."
    in_russian = read(ENGAGEMENT, "UNICEF Romania|deinstitutionalisation|RO", names, "ru")
    assert in_russian.sentence("ru").endswith(": начинается работа по теме «Деинституционализация», место: Румыния.")


def test_two_who_are_alone_are_a_part_together(roundtable_store: EmbeddedStore) -> None:
    """RENINCO and Enabling Education Network are connected with nobody: together they are a part that is apart."""
    names = Names.of(roundtable_store)
    found = what_if(roundtable_store, [read(COLLABORATION, "RENINCO|Enabling Education Network", names)], names=names)
    assert {gap.iri.partition("/gap/")[2] for gap in found.closed} == {
        "isolated-partner/reninco",
        "isolated-partner/enabling-education-network",
    }
    (opened,) = found.opened
    assert opened.kind == "missing-bridge"
    assert opened.subjects["size"] == 2
    assert "Enabling Education Network and RENINCO" in opened.reason
    # It is named by the first of both, who was alone.
    assert "/gap/isolated-partner/" in found.instead[opened.iri]


def test_a_part_that_grows_is_changed(roundtable_store: EmbeddedStore) -> None:
    """The institute with its programmes is a part; one more in it, and its severity and reason are others."""
    names = Names.of(roundtable_store)
    joined = read(COLLABORATION, "RENINCO|Open Society Institute", names)
    found = what_if(roundtable_store, [joined], "missing-bridge", names=names)
    (changed,) = found.changed
    assert not found.closed
    assert not found.opened
    sizes = changed.before.subjects["size"], changed.after.subjects["size"]
    assert sizes == (4, 5)


def test_what_is_written_is_read_again(roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    for kind, text in (
        (ENGAGEMENT, "Perspektiva|Partnership"),
        (ENGAGEMENT, "Perspektiva| Partnership ; advocacy |RU;AM"),
        (COLLABORATION, "Perspektiva|RENINCO|ISSA"),
        (COLLABORATION, "Perspektiva|place:RU|RENINCO|theme:Partnership;advocacy"),
    ):
        one = read(kind, text, names)
        assert read(kind, one.text(), names) == one


@pytest.mark.parametrize(
    ("kind", "text", "says"),
    [
        (ENGAGEMENT, "Perspektiva", "does not say who starts what"),
        (ENGAGEMENT, "Perspektiva||AM", "does not say who starts what"),
        (ENGAGEMENT, "Perspektiva|Partnership|AM|2010", "it has 4 parts"),
        (COLLABORATION, "Perspektiva", "does not name two organisations"),
        (COLLABORATION, "Perspektiva|perspektiva", "are the same organisation"),
        (COLLABORATION, "Perspektiva|theme:Partnership", "does not name two organisations"),
    ],
)
def test_an_assumption_that_cannot_be_read(kind: str, text: str, says: str, roundtable_store: EmbeddedStore) -> None:
    with pytest.raises(BadParameter, match=says) as error:
        read(kind, text, Names.of(roundtable_store))
    assert "Write" in error.value.hint


def test_an_unknown_name_gets_the_nearest(roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    for text, nearest in (
        ("Perspektiwa|Partnership|AM", "Perspektiva"),
        ("Perspektiva|Partnersip|AM", "Partnership"),
        ("Perspektiva|Partnership|Armenja", "Armenia"),
        ("Perspektiva|Partnership;Advocady|AM", "Advocacy"),
    ):
        with pytest.raises(UnknownName) as error:
            read(ENGAGEMENT, text, names)
        assert nearest in error.value.suggestions[0]


def test_nothing_and_too_much_are_refused(roundtable_store: EmbeddedStore) -> None:
    one = read(ENGAGEMENT, "Perspektiva|Partnership", Names.of(roundtable_store))
    with pytest.raises(BadParameter, match="Nothing is assumed"):
        what_if(roundtable_store, [])
    with pytest.raises(BadParameter, match="More than 20"):
        what_if(roundtable_store, [one] * 21)
    with pytest.raises(BadParameter, match="no kind of gap"):
        what_if(roundtable_store, [one], "uncoverd")
    with pytest.raises(BadParameter, match="cannot be filtered"):
        what_if(roundtable_store, [one], parameters={"palce": "AM"})
    with pytest.raises(GraphError, match="Armenja"):
        what_if(roundtable_store, [one], parameters={"place": "Armenja"})


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_no_kind_leaves_a_property_open(kind: str) -> None:
    """``reads`` looks for the names of properties; a query with ``?s ?p ?o`` would read what it does not name."""

    def predicates(part: object) -> Iterable[object]:
        if isinstance(part, dict):
            for triple in part.get("triples") or ():
                # Within EXISTS rdflib keeps them as they were parsed: one flat list of terms.
                yield from triple[1::3]
            for value in part.values():
                yield from predicates(value)
        elif isinstance(part, list | tuple):
            for value in part:
                yield from predicates(value)

    found = list(predicates(prepareQuery(kinds()[kind].question.query).algebra))
    assert found
    assert not [one for one in found if isinstance(one, rdflib.Variable)]


def test_a_kind_that_reads_nothing_of_it_is_left_out() -> None:
    one = [Assumption(COLLABORATION, things(ORGANISATIONS[:2]))]
    assert all(
        reads(kind, change_of(one, DEFAULT_BASE, DAY)) for kind in map(kinds().get, ["not-collaborating"]) if kind
    )
    other = Change(added=frozenset({quad(ORGANISATIONS[0], "foaf:homepage", "https://example.org/")}))
    assert not any(reads(kind, other) for kind in kinds().values())


def test_what_if_as_data(roundtable_store: EmbeddedStore) -> None:
    names = Names.of(roundtable_store)
    assumed = [
        read(COLLABORATION, "RENINCO|Open Society Institute", names),
        read(ENGAGEMENT, "UNICEF Romania|deinstitutionalisation|RO", names),
    ]
    data = what_if_to_dict(what_if(roundtable_store, assumed, names=names))
    counts = data["counts"]
    assert counts == {name: len(data[name]) for name in OUTCOMES}
    assert counts["closed"] >= 3
    assert counts["opened"] >= 2
    assert counts["changed"] >= 1
    assert data["assumed"][0]["sentence"] == "Open Society Institute and RENINCO work together."
    bridge = next(one for one in data["changed"] if one["before"]["kind"] == "missing-bridge")
    assert bridge["before"]["severity"] != bridge["after"]["severity"]
    assert all(gap["query"].startswith("PREFIX") for gap in data["closed"])
    assert {gap["instead_of"] for gap in data["opened"]} <= {gap["iri"] for gap in data["closed"]} | {None}
    heading, rows = what_if_table(data)
    assert [row[0] for row in rows] == [name for name in OUTCOMES for _ in range(counts[name])]
    assert {len(row) for row in rows} == {len(heading)}
    for row in rows:
        told = dict(zip(heading, row, strict=True))
        assert bool(told["reason_before"]) == (told["outcome"] != "opened")
        assert bool(told["reason_after"]) == (told["outcome"] != "closed")
