"""A batch goes in whole, once, with its provenance; an edited table changes what was edited."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import GraphError
from graph.ingest import ingest, validate
from graph.model import Batch
from graph.store.embedded import EmbeddedStore
from graph.terms import expand
from tests.graph.ingest.conftest import NOON, clock

ORGANISATIONS = "id,name,kind\nblue-house,Blue House,organisation\nred-house,Red House,organisation\n"
ENGAGEMENTS = (
    "id,organisations,themes,places,start\n"
    "e1,Blue House,deinstitutionalisation,Armenia,2009\n"
    "e2,red-house,inclusive education;teacher training,AM; ROU,\n"
)
DAY = date(2010, 5, 12)
DERIVED = expand("prov:wasDerivedFrom")


def put(store: EmbeddedStore, folder: Path, source: str = "test", **options: object) -> Batch:
    return ingest(store, folder, source=source, by="Anna Blue", clock=clock, **({"as_of": DAY} | options))  # type: ignore[arg-type]


def said(store: EmbeddedStore, source: str = "test") -> frozenset[Quad]:
    """What a source says, apart from which row of which file said so."""
    quads = store.quads(f"{store.base}source/{source}")
    return frozenset(quad for quad in quads if quad.predicate.value != DERIVED)


def test_rows_become_the_documented_quads(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    folder = write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
    batch = put(store, folder)
    assert (batch.status, batch.rows, batch.removed) == ("accepted", 4, 0)
    base, graph = store.base, NamedNode(f"{store.base}source/test")
    file = hashlib.sha256((folder / "engagements.csv").read_bytes()).hexdigest()
    e2 = NamedNode(f"{base}engagement/test/e2")

    def named(iri: str) -> NamedNode:
        return NamedNode(expand(iri))

    assert {(q.predicate, q.object) for q in store.quads(graph.value) if q.subject == e2} == {
        (named("rdf:type"), named("cg:Engagement")),
        (named("cg:partner"), NamedNode(f"{base}organisation/red-house")),
        (named("cg:theme"), named("theme:inclusive-education")),
        (named("cg:theme"), named("theme:teacher-training")),
        (named("cg:place"), named("place:AM")),
        (named("cg:place"), named("place:RO")),
        (named("cg:basis"), named("basis:stated")),
        (named("cg:statedOn"), Literal("2010-05-12", datatype=named("xsd:date"))),
        (named("prov:wasDerivedFrom"), NamedNode(f"{base}file/{file}#row=3")),
    }
    period = NamedNode(f"{base}engagement/test/e1#period")
    assert {(q.predicate, q.object) for q in store.quads(graph.value) if q.subject == period} == {
        (named("rdf:type"), named("dcterms:PeriodOfTime")),
        (named("dcat:startDate"), Literal("2009", datatype=named("xsd:gYear"))),
    }
    assert {(q.predicate, q.object) for q in store.quads(graph.value) if q.subject == graph} == {
        (named("rdf:type"), named("cg:Source")),
        (named("skos:prefLabel"), Literal("test", language="en")),
    }


def test_the_same_files_twice_change_nothing(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    folder = write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS)
    first = put(store, folder)
    quads = frozenset(store.quads())
    again = put(store, folder)
    assert (again.status, again.generation, again.iri) == ("unchanged", first.generation, first.iri)
    assert frozenset(store.quads()) == quads


def test_an_edited_table_changes_the_edited_rows(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    before = said(store)
    edited = ENGAGEMENTS.replace("e1,Blue House,deinstitutionalisation,Armenia", "e1,Blue House,advocacy,Georgia")
    batch = put(store, write(engagements=edited))
    e1, graph = NamedNode(f"{store.base}engagement/test/e1"), NamedNode(f"{store.base}source/test")

    def quad(prop: str, value: str) -> Quad:
        return Quad(e1, NamedNode(expand(prop)), NamedNode(expand(value)), graph)

    assert batch.status == "accepted"
    assert before - said(store) == {quad("cg:theme", "theme:deinstitutionalisation"), quad("cg:place", "place:AM")}
    assert said(store) - before == {quad("cg:theme", "theme:advocacy"), quad("cg:place", "place:GE")}
    # The edited row comes from the new file; what is said again unchanged keeps the row that said it first.
    assert (batch.added, batch.removed) == (2 + 1, 2 + 1)


def test_a_row_that_is_gone_is_gone_when_that_is_asked_for(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    before = said(store)
    fewer = {
        "organisations": ORGANISATIONS.replace("red-house,Red House,organisation\n", ""),
        "engagements": ENGAGEMENTS.rpartition("e2")[0],
    }
    with pytest.raises(GraphError, match="2 records that the source 'test' has now are not in these files"):
        put(store, write(**fewer))
    assert said(store) == before
    put(store, write(**fewer), replace=True)
    assert not [q for q in said(store) if "red-house" in str(q) or "/e2" in str(q)]


def test_what_the_new_version_lacks_cannot_be_referred_to(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    batch = put(store, write(organisations=ORGANISATIONS.replace("red-house,Red House,organisation\n", "")))
    assert batch.status == "rejected"
    assert [(r.rule, r.value, r.ref and r.ref.row) for r in batch.report.results] == [
        ("unknown-reference", "red-house", 3)
    ]


def test_another_source_can_refer_to_what_is_known(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS))
    first = said(store)
    batch = put(store, write("other", engagements=ENGAGEMENTS), source="Other source")
    assert batch.status == "accepted"
    assert batch.source == f"{store.base}source/other-source"
    assert said(store) == first


def test_own_records_come_before_those_of_other_sources(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS))
    own = "id,name,kind\nown-house,Blue House,organisation\n"
    engagements = "id,organisations,themes\ne1,Blue House,advocacy\n"
    assert put(store, write("other", organisations=own, engagements=engagements), source="other").status == "accepted"
    partners = {q.object for q in said(store, "other") if q.predicate.value == expand("cg:partner")}
    assert partners == {NamedNode(f"{store.base}organisation/own-house")}


def test_the_batch_is_a_prov_activity(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    folder = write(organisations=ORGANISATIONS)
    ticks = iter([NOON, NOON + timedelta(seconds=3)])
    ahead = timezone(timedelta(hours=4))
    batch = ingest(store, folder, source="test", by="Anna Blue", as_of=DAY, clock=lambda: next(ticks).astimezone(ahead))
    (row,) = store.select(
        """PREFIX cg: <https://w3id.org/commonground/ns#>
        PREFIX foaf: <http://xmlns.com/foaf/0.1/>
        PREFIX prov: <http://www.w3.org/ns/prov#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?batch ?source ?start ?end ?who ?name ?hash ?rows WHERE {
          GRAPH <https://w3id.org/commonground/id/graph/provenance> {
            ?batch a prov:Activity, cg:Batch ; prov:used ?file ; prov:generated ?source ; cg:rowCount ?rows ;
              prov:startedAtTime ?start ; prov:endedAtTime ?end ; prov:wasAssociatedWith ?agent .
            ?agent a foaf:Agent ; skos:prefLabel ?who .
            ?file a prov:Entity ; cg:fileName ?name ; cg:sha256 ?hash ; cg:rowCount ?rows .
            ?source prov:wasGeneratedBy ?batch } }"""
    )
    hash_ = hashlib.sha256((folder / "organisations.csv").read_bytes()).hexdigest()
    assert [row[n].value for n in ("batch", "source", "start", "end", "who", "name", "hash", "rows")] == [
        batch.iri, f"{store.base}source/test", "2026-01-31T12:00:00Z", "2026-01-31T12:00:03Z",
        "Anna Blue", "organisations.csv", hash_, "2",
    ]  # fmt: skip


def test_going_back_to_an_earlier_table_is_another_activity(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    edited = ORGANISATIONS.replace("Red", "Green")
    batches = [put(store, write(organisations=text)) for text in (ORGANISATIONS, edited, ORGANISATIONS)]
    assert [batch.status for batch in batches] == ["accepted"] * 3
    assert len({batch.iri for batch in batches}) == 3


def test_without_a_day_nothing_is_dated(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    batch = put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS), as_of=None)
    assert batch.status == "accepted"
    assert not [q for q in said(store) if q.predicate.value == expand("cg:statedOn")]
    assert {r.rule.rpartition("#")[2] for r in batch.report.results} == {"Engagement-dated"}


def test_no_blank_node_goes_in(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    assert all(isinstance(q.subject, NamedNode) and isinstance(q.object, NamedNode | Literal) for q in store.quads())


def test_originals_are_kept_under_their_hash(store: EmbeddedStore, write: Callable[..., Path], tmp_path: Path) -> None:
    folder = write(organisations=ORGANISATIONS)
    data = (folder / "organisations.csv").read_bytes()
    for _ in range(2):
        put(store, folder, keep=tmp_path / "kept")
    assert [p.name for p in (tmp_path / "kept").iterdir()] == [hashlib.sha256(data).hexdigest()]
    assert next((tmp_path / "kept").iterdir()).read_bytes() == data


def test_progress_is_told(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    told: list[tuple[str, int, int]] = []
    put(store, write(organisations=ORGANISATIONS), progress=lambda *step: told.append(step))
    assert [stage for stage, done, total in told if done == total] == ["read", "map", "validate", "write"]


def test_validate_writes_nothing(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    quads, generation = frozenset(store.quads()), store.generation
    report = validate(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS), as_of=DAY)
    assert report.conforms
    assert (frozenset(store.quads()), store.generation) == (quads, generation)


def test_russian_headings_semicolons_and_a_byte_order_mark(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    english = write("en", organisations=ORGANISATIONS, engagements="id,organisations,themes\ne1,Blue House,Advocacy\n")
    organisations = (
        "\ufeffКод;НАЗВАНИЕ;Вид\r\nblue-house;Blue House;organisation\r\nred-house;Red House;organisation\r\n"
    )
    russian = write("ru", Организации=organisations, engagements="Код\tорганизации\tТемы\ne1\tBlue House\tAdvocacy\n")
    assert put(store, english).status == "accepted"
    before = said(store)
    assert put(store, russian).status == "unchanged"
    assert said(store) == before


def test_a_name_in_cyrillic_is_an_agent_too(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    ingest(store, write(organisations=ORGANISATIONS), source="Тест test", by="Анна", clock=clock)
    labels = {q.object for q in store.quads() if q.predicate.value == expand("skos:prefLabel")}
    assert {Literal("Анна", language="ru"), Literal("Тест test", language="ru")} <= labels


@pytest.mark.parametrize(
    ("code", "source", "name"),
    [("no-such-file", "test", "nowhere"), ("no-files", "test", "empty"), ("bad-source", "Источник", "in")],
)
def test_what_was_asked_wrongly_is_an_error(
    store: EmbeddedStore, write: Callable[..., Path], tmp_path: Path, code: str, source: str, name: str
) -> None:
    write(organisations=ORGANISATIONS)
    (tmp_path / "empty").mkdir()
    with pytest.raises(GraphError) as error:
        put(store, tmp_path / name, source=source)
    assert error.value.code == code


def test_reference_data_come_first(write: Callable[..., Path]) -> None:
    with pytest.raises(GraphError) as error:
        put(EmbeddedStore(), write(organisations=ORGANISATIONS))
    assert error.value.code == "no-reference-data"


def test_a_clock_without_zone_is_refused(store: EmbeddedStore, write: Callable[..., Path]) -> None:
    folder = write(organisations=ORGANISATIONS)
    with pytest.raises(ValueError, match="time zone"):
        ingest(store, folder, source="test", by="Anna", clock=lambda: datetime.now(UTC).replace(tzinfo=None))


def test_another_base(write: Callable[..., Path]) -> None:
    from graph.ingest import load_reference

    store = EmbeddedStore(base="https://example.org/kg/")
    load_reference(store)
    batch = put(store, write(organisations=ORGANISATIONS, engagements=ENGAGEMENTS))
    assert batch.status == "accepted"
    graphs = {q.graph_name.value for q in store.quads() if q.graph_name.value.startswith("https://example.org/")}  # type: ignore[union-attr]
    assert graphs == {f"https://example.org/kg/{name}" for name in ("source/test", "graph/provenance", "graph/state")}
