"""Every fault of a table is one report row: where, what, why in two languages, and what would be valid."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from graph.ingest import ingest, load_reference, validate
from graph.ingest.messages import SENTENCES
from graph.model import Severity
from graph.store.embedded import EmbeddedStore
from tests.graph.ingest.cases import CASES, DOCUMENTS, EVENTS, ORGANISATIONS, Case
from tests.graph.ingest.conftest import clock
from tests.graph.ingest.rdf.test_alignments import approved_rules
from tests.graph.ingest.recipes.approve import HERE as SHEETS
from tests.graph.ingest.test_odd_files import approved

DAY = date(2010, 5, 12)
#: Warnings and remarks: the batch would go in.
GOES_IN = {"no-rows", "not-data", "example-row", "statement-gone"}


def put(case: Case, folder: Path) -> list[Path]:
    sound = {"organisations.csv": ORGANISATIONS, "events.csv": EVENTS, "documents.csv": DOCUMENTS}
    for name, content in (sound | {case.file: case.data}).items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """One store for all: nothing here changes it, which is itself looked at."""
    store = EmbeddedStore()
    load_reference(store)
    return store


@pytest.mark.parametrize("case", CASES, ids=[case.rule for case in CASES])
def test_the_approved_report_row_and_the_store_as_it_was(case: Case, store: EmbeddedStore, tmp_path: Path) -> None:
    quads, generation = frozenset(store.quads()), store.generation
    (tmp_path / "in").mkdir()
    paths = put(case, tmp_path / "in")
    if case.rule in GOES_IN:
        report = validate(store, paths, as_of=DAY)
        assert report.conforms
    else:
        batch = ingest(store, paths, source="test", by="Anna", clock=clock, as_of=DAY, keep=tmp_path / "kept")
        assert (batch.status, batch.added, batch.removed, batch.generation) == ("rejected", 0, 0, generation)
        assert not (tmp_path / "kept").exists()
        report = batch.report
    assert (frozenset(store.quads()), store.generation) == (quads, generation)
    (result,) = report.results
    assert result.ref is not None
    where = result.rule, result.ref.file, result.ref.row, result.ref.column
    assert where == (case.rule, case.file, case.row, case.column)
    assert (result.value, result.nearest) == (case.value, case.nearest)
    assert result.message == {"en": case.en, "ru": case.ru}


def test_every_sentence_has_its_case() -> None:
    read = {row[2] for rows in approved().values() for row in rows} - {""}
    foreign = {row[1] for path in SHEETS.glob("*/told.csv") for row in csv.reader(path.read_text("utf-8").splitlines())}
    told = {rule for rule in approved_rules() if rule in SENTENCES} | {"rdf-too-many", "rdf-no-day"}  # tested there
    assert {case.rule for case in CASES} | read | foreign | told == SENTENCES.keys() - {"shape", "more-faults"}


def test_all_faults_are_reported_at_once(store: EmbeddedStore, tmp_path: Path) -> None:
    """The broken rows of the issue that started this: each at its row and column, and no echo of any."""
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS)
    (tmp_path / "engagements.csv").write_text(
        "organisations,themes,places,start,end,colour\n"
        "Blue House,segregated educatoin,Armenia,,,blue\n"
        ",deinstitutionalisation,Armenia,,,\n"
        "Blue House,deinstitutionalisation,Armenia,2010-05,2009,\n"
        "Blue House,deinstitutionalisation,Armenia,32.13.2010,,\n"
        "Blue House,deinstitutionalisation,Armenia,2010,2010-05,\n"
    )
    report = validate(store, tmp_path, as_of=DAY)
    found = [(r.ref.row, r.ref.column, r.rule, r.nearest) for r in report.results if r.ref]
    assert found == [
        (1, "colour", "unknown-column", ""),
        (2, "themes", "unknown-reference", "Segregated education"),
        (3, "organisations", "required", ""),
        (4, "end", "end-before-start", "2010-05"),
        (5, "start", "bad-date", "2010-12-31"),
    ]
    assert all(r.focus for r in report.results if r.ref and r.ref.row > 1)


def test_what_only_a_shape_finds_is_located_too(store: EmbeddedStore, tmp_path: Path) -> None:
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS)
    (tmp_path / "engagements.csv").write_text(
        "id,organisations,themes,basis\ne1,Blue House,deinstitutionalisation,inferred-name\n"
    )
    report = validate(store, tmp_path, as_of=DAY)
    (result,) = report.results
    assert result.severity is Severity.WARNING
    assert report.conforms
    assert result.rule.endswith("#Record-inferredNote")
    assert result.ref is not None
    assert (result.ref.file, result.ref.row, result.ref.column) == ("engagements.csv", 2, "basis")
    assert result.focus == f"{store.base}engagement/preview/e1"
    assert result.message["en"].startswith("Note on the basis:")
    assert result.message["ru"].startswith("Примечание об основании:")


def test_a_fault_that_crosses_two_tables(store: EmbeddedStore, tmp_path: Path) -> None:
    """Nested shapes look at nodes that are no records of this batch (codes): they must be judged, not skipped."""
    (tmp_path / "organisations.csv").write_text(ORGANISATIONS)
    (tmp_path / "people.csv").write_text("id,name\nanna,Anna\n")
    (tmp_path / "events.csv").write_text(EVENTS)
    (tmp_path / "talks.csv").write_text(
        "id,name,session,organisations,delivery\nt1,First talk,meeting-1,blue-house,presenter-absent\n"
    )
    rows = {"not-stated": 0, "absent": 0, "attended": 1}
    for attendance, faults in rows.items():
        (tmp_path / "appearances.csv").write_text(f"talk,person,attendance\nt1,anna,{attendance}\n")
        found = [r for r in validate(store, tmp_path, as_of=DAY).results if r.rule.endswith("#Appearance-agrees")]
        assert len(found) == faults
        assert all(r.ref and r.ref.column == "attendance" for r in found)
