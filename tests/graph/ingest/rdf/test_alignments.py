"""Each alignment has a file in its vocabulary, and what it says here was approved: ``files/<name>.txt``, written anew,
to be read again, by ``python -m tests.graph.ingest.rdf.test_alignments``."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.ingest import load_reference
from graph.ingest.pipeline import Staged, stage
from graph.ingest.rdf.aligning import ALIGNED, FILE, alignments
from graph.ingest.rdf.names import curie
from graph.store.embedded import EmbeddedStore

FILES = Path(__file__).parent / "files"
CASES = sorted(path for path in FILES.iterdir() if path.suffix != ".txt")
#: It works on what the others make.
COMMON = {"engagements"}
#: Files that are there for something else.
OTHER = {"ours", "odd-values"}


def approved_rules() -> set[str]:
    """The rules whose sentences are in the approved reports."""
    found = re.findall(r"^(?:violation|warning|info) (\S+) row", "\n".join(_texts()), re.MULTILINE)
    return set(found)


def _texts() -> list[str]:
    return [path.with_suffix(".txt").read_text(encoding="utf-8") for path in CASES]


def staged(path: Path, as_of: date | None = date(2011, 1, 1)) -> Staged:
    store = EmbeddedStore()
    load_reference(store)
    return stage(store, path, source="a source", as_of=as_of)


def told(staged: Staged) -> str:
    """The report and the statements, for people to read."""
    lines = [
        f"{r.severity.value} {r.rule.rpartition('#')[2]} row {r.ref.row if r.ref else 0} {r.value}\n  {r.message['en']}"
        for r in staged.report.results
    ]
    about: dict[str, list[str]] = {}
    for quad in staged.quads:
        value = quad.object
        text = str(value) if isinstance(value, ox.Literal) else curie(value.value)  # type: ignore[union-attr]
        about.setdefault(curie(quad.subject.value), []).append(f"  {curie(quad.predicate.value)} {text}")  # type: ignore[union-attr]
    for subject in sorted(about):
        lines += ["", subject, *sorted(about[subject])]
    return re.sub(r"file/[0-9a-f]{64}", "file/...", "\n".join(lines)) + "\n"


@pytest.mark.parametrize("path", CASES, ids=[path.stem for path in CASES])
def test_what_a_file_says_here_was_approved(path: Path) -> None:
    found = staged(path)
    assert found.report.conforms
    assert told(found) == path.with_suffix(".txt").read_text(encoding="utf-8")


def test_each_alignment_has_its_case() -> None:
    assert {one.name for one in alignments()} - COMMON == {path.stem for path in CASES} - OTHER


@pytest.mark.parametrize("alignment", alignments(), ids=[one.name for one in alignments()])
def test_an_alignment_runs_anywhere(alignment) -> None:  # type: ignore[no-untyped-def]
    """It is an update that any store takes, and it reads one graph and writes another."""
    store = ox.Store()
    store.update(alignment.update, base_iri="http://example.org/")
    assert len(store) == 0
    assert {FILE.value, ALIGNED.value} >= set(re.findall(r"urn:x-commonground:\w+", alignment.update))
    assert set(alignment.about) == {"en", "ru"}


def test_what_is_inferred_says_so() -> None:
    """No engagement is stated by an alignment: files in these vocabularies do not say who works on what where."""
    type_, basis = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", "https://w3id.org/commonground/ns#basis"
    for path in CASES:
        if path.stem not in OTHER:
            quads = staged(path).quads
            made = {q.subject for q in quads if q.predicate.value == type_ and q.object.value.endswith("ns#Engagement")}  # type: ignore[union-attr]
            assert made
            bases = {q.object.value for q in quads if q.subject in made and q.predicate.value == basis}  # type: ignore[union-attr]
            assert all("/basis/inferred-" in one for one in bases)


def test_undated_engagements_are_told_once() -> None:
    found = staged(FILES / "eurio.ttl", as_of=None)
    (result,) = (r for r in found.report.results if "day" in r.rule or "dated" in r.rule)
    assert result.rule == "rdf-no-day"
    assert result.message["en"].startswith("2 engagements have no date")
    assert result.message["ru"].startswith("У записей об участии (2) нет даты")


def test_the_example_of_the_docs_is_an_alignment_and_the_others_are_listed(tmp_path: Path) -> None:
    docs = (Path(__file__).parents[4] / "docs" / "how-to-ingest.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```sparql\n(#\+ title@en: Example.*?)```", docs, re.DOTALL)
    (tmp_path / "example.ru").write_text(example, encoding="utf-8")
    (alignment,) = alignments(tmp_path)
    assert alignment.vocabularies == ("http://example.org/ns#",)
    store = ox.Store()
    body, space = ox.NamedNode("http://example.org/b"), "http://example.org/ns#"
    store.add(
        ox.Quad(
            body, ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), ox.NamedNode(space + "Body"), FILE
        )
    )
    store.add(ox.Quad(body, ox.NamedNode(space + "called"), ox.Literal("Blue House"), FILE))
    store.update(alignment.update)
    assert len(list(store.quads_for_pattern(body, None, None, ALIGNED))) == 4
    assert {f"{one.name}.ru" for one in alignments()} == set(re.findall(r"^  \| `(\S+\.ru)` \|", docs, re.MULTILINE))


if __name__ == "__main__":
    for each in CASES:
        each.with_suffix(".txt").write_text(told(staged(each)), encoding="utf-8")
