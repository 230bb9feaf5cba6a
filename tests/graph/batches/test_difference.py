"""Differences as quads and by record. All data are invented."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pyoxigraph import BlankNode, Literal, NamedNode, Quad

from graph.batches.difference import about, by_record, digest_of, kept, sorted_lines, to_pieces
from graph.names import Names
from graph.store import Change
from graph.store.fingerprint import fingerprint, shifted
from graph.terms import node

GRAPH = NamedNode("https://example.org/source/x")
NAME, TYPE = node("skos:prefLabel"), node("rdf:type")
ROW = node("prov:wasDerivedFrom")

nodes = some.sampled_from([NamedNode(f"https://example.org/{n}") for n in ("a", "a#part", "ab", "c", "d")])
names = some.from_regex("[a-z]{1,3}", fullmatch=True)
texts = some.text(some.characters(exclude_categories=["Cs"]), max_size=20)
quads = some.builds(
    Quad, nodes, some.sampled_from([NAME, ROW]), some.one_of(nodes, some.builds(Literal, texts)), some.just(GRAPH)
)
changes = some.builds(Change, some.frozensets(quads, max_size=6), some.frozensets(quads, max_size=6))


def text(change: Change) -> bytes:
    return b"".join(pieces(change))


def pieces(change: Change) -> Iterator[bytes]:
    return to_pieces(about(change.removed), about(change.added))


def lines(quads: Iterable[Quad]) -> bytes:
    return b"".join(sorted_lines(about(quads)))


@given(changes)
def test_a_change_comes_back_from_its_file(change: Change) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "difference.nq"
        path.write_bytes(text(change))
        found = kept(path, digest_of(pieces(change)))
        assert found.change() == change
        assert text(found.change()) == text(change)
        assert b"".join(found.added.pieces(10)) == b"".join(found.added.lines()) == lines(change.added)
        with pytest.raises(ValueError, match="another change"):
            kept(path, digest_of([b"another"]))


def test_a_file_that_ends_too_early_is_no_change(tmp_path: Path) -> None:
    path = tmp_path / "difference.nq"
    path.write_bytes(b"# removed\n")
    with pytest.raises(ValueError, match="no part"):
        kept(path)


@given(some.frozensets(some.one_of(quads, some.builds(Quad, some.builds(BlankNode, names), some.just(NAME), nodes))))
def test_lines_are_sorted_as_a_whole(said: frozenset[Quad]) -> None:
    assert lines(said) == "".join(sorted(f"{quad} .\n" for quad in said)).encode()


@given(changes, changes)
def test_two_changes_have_one_digest_only_if_they_are_one(one: Change, other: Change) -> None:
    assert (digest_of(pieces(one)) == digest_of(pieces(other))) == (one == other)


@given(some.frozensets(quads), some.frozensets(quads))
def test_a_fingerprint_is_shifted_by_what_goes_and_what_comes(before: frozenset[Quad], after: frozenset[Quad]) -> None:
    added = lines(after - before).splitlines(keepends=True)
    assert shifted(fingerprint(before), before - after, added) == fingerprint(after)


def said(subject: str, *pairs: tuple[NamedNode, NamedNode | Literal]) -> list[Quad]:
    return [Quad(NamedNode(subject), prop, value, GRAPH) for prop, value in pairs]


A, B = "https://example.org/a", "https://example.org/b"
ORG = node("org:FormalOrganization")


def test_records_are_counted_once_each() -> None:
    before = said(A, (TYPE, ORG), (NAME, Literal("A", language="en"))) + said(B, (TYPE, ORG))
    after = said(A, (TYPE, ORG), (NAME, Literal("A!", language="en"))) + said("https://example.org/c", (TYPE, ORG))
    counted, rows = by_record(about(before), about(after), Names.from_quads(after))
    assert (counted.created, counted.changed, counted.withdrawn, counted.unchanged) == (1, 1, 1, 0)
    assert [row["what"] for row in rows] == ["withdrawn", "changed", "created"]
    assert rows[1]["properties"][0]["old"] == ["A"]
    assert rows[1]["properties"][0]["new"] == ["A!"]


def test_a_record_that_only_stands_in_another_row_is_unchanged() -> None:
    before = said(A, (TYPE, ORG), (ROW, NamedNode("https://example.org/file/1#row=2")))
    after = said(A, (TYPE, ORG), (ROW, NamedNode("https://example.org/file/2#row=3")))
    counted, rows = by_record(about(before), about(after), Names.from_quads([]))
    assert (counted.unchanged, rows) == (1, [])


def test_a_part_of_a_record_counts_as_the_record() -> None:
    period = said(f"{A}#period", (TYPE, node("dcterms:PeriodOfTime")), (node("dcat:startDate"), Literal("2010")))
    later = said(f"{A}#period", (TYPE, node("dcterms:PeriodOfTime")), (node("dcat:startDate"), Literal("2011")))
    before, after = said(A, (TYPE, ORG)) + period, said(A, (TYPE, ORG)) + later
    counted, rows = by_record(about(before), about(after), Names.from_quads([]))
    assert counted.changed == 1
    assert [row["iri"] for row in rows] == [A]


def test_the_fingerprint_of_a_graph_does_not_depend_on_order() -> None:
    some_quads = said(A, (TYPE, ORG), (NAME, Literal("x")))
    assert fingerprint(some_quads) == fingerprint(reversed(some_quads))
    assert fingerprint(some_quads) != fingerprint(some_quads[:1])
