"""A write is refused if, and only if, validating everything finds a violation that was not there before."""

from __future__ import annotations

import itertools
import os
import random
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF, SH

from graph.direct.rehearsal import rehearse
from graph.direct.states import is_book
from graph.direct.view import Rules, load_rules
from graph.ingest.validation import load_shapes
from graph.shacl.explain import to_rdflib
from graph.store.embedded import EmbeddedStore
from graph.store.update_text import Graphs, changing
from graph.terms import DEFAULT_BASE, NS, node
from tests.graph.shacl.w3c import SUITE, cases

BASE = DEFAULT_BASE
GRAPH = ox.NamedNode(f"{BASE}source/roundtable-2010")
OTHER = ox.NamedNode("http://example.org/private")
BOOK = is_book(BASE)
#: Random changes that are tried: each is validated by pySHACL as a whole, some 0.7 s.
CHANGES = int(os.environ.get("COMMONGROUND_CHANGES", "40"))

Key = tuple[str, ...]


def everything(quads: set[ox.Quad]) -> Counter[Key]:
    """All violations of the data as a whole, by pySHACL alone. Blank nodes have no name that lasts."""
    graph = rdflib.Graph()
    for quad in quads:
        if not BOOK(quad.graph_name):
            graph.add(tuple(map(to_rdflib, (quad.subject, quad.predicate, quad.object))))  # type: ignore[arg-type]
    loaded = load_shapes()
    _, report, _ = pyshacl.validate(
        graph, shacl_graph=loaded.shapes, ont_graph=loaded.vocabulary, advanced=True, inplace=True
    )
    assert isinstance(report, rdflib.Graph)
    return violations(report)


def violations(report: rdflib.Graph) -> Counter[Key]:
    found: Counter[Key] = Counter()
    parts = (SH.focusNode, SH.sourceShape, SH.resultPath, SH.value, SH.sourceConstraintComponent)
    for result in report.objects(None, SH.result):
        if report.value(result, SH.resultSeverity) == SH.Violation:
            terms = (report.value(result, part) for part in parts)
            found[tuple("_:" if isinstance(term, rdflib.BNode) else str(term or "") for term in terms)] += 1
    return found


class Trial:
    """A state of the roundtable, and what is asked of it."""

    def __init__(self, store: EmbeddedStore, folder: Path) -> None:
        self.quads = set(store.quads())
        self.folder = folder
        self.checkpoint = folder / "checkpoint"
        store.checkpoint(self.checkpoint)
        self.numbers = itertools.count()
        self.before = everything(self.quads)

    def rehearse(self, write: dict[str, Any]) -> dict[str, Any]:
        return rehearse(self.checkpoint, self.folder / f"try-{next(self.numbers)}", write, BASE, load_rules())

    def compare(self, removed: set[ox.Quad], added: set[ox.Quad]) -> bool:
        """Whether a change is refused, which has to be what validating everything says."""
        text = changing(removed, added, Graphs())
        found = self.rehearse({"write": "update", "text": text})
        expected = everything((self.quads - removed) | added) - self.before
        told = {(re.sub("^_:.*", "_:", row["focus"]), row["rule"]) for row in found.get("refused", ())}
        assert told == {key[:2] for key in expected}, text
        assert ("refused" in found) == bool(expected), text
        return bool(expected)


def change(chance: random.Random, quads: list[ox.Quad]) -> tuple[set[ox.Quad], set[ox.Quad]]:
    """A small change such as people make: most of them do harm."""
    one, other = chance.choice(quads), chance.choice(quads)
    typed = [quad for quad in quads if quad.predicate == node("rdf:type")]
    thing = chance.choice(typed)
    graph = chance.choice([GRAPH, OTHER])
    match chance.randrange(9):
        case 0:
            return {one}, set()
        case 1:
            return {thing}, set()
        case 2:
            return {one}, {ox.Quad(one.subject, one.predicate, other.object, one.graph_name)}
        case 3:
            return set(), {ox.Quad(one.subject, other.predicate, other.object, graph)}
        case 4:
            return {quad for quad in quads if quad.subject == one.subject}, set()
        case 5:
            return set(), {ox.Quad(one.subject, node("rdf:type"), thing.object, graph)}
        case 6:
            blank = ox.BlankNode()
            own = {ox.Quad(blank, q.predicate, q.object, graph) for q in quads if q.subject == thing.subject}
            return set(), own - {chance.choice(sorted(own, key=str))}
        case 7:
            above = ox.NamedNode("http://example.org/Kind")
            subclass = ox.Quad(above, node("rdfs:subClassOf"), thing.object, OTHER)
            return set(), {subclass, ox.Quad(one.subject, node("rdf:type"), above, OTHER)}
        case _:
            # Said elsewhere too, so that nothing is missing.
            return {one}, {ox.Quad(one.subject, one.predicate, one.object, OTHER)}


def faulty(store: EmbeddedStore, chance: random.Random) -> None:
    """Old faults in the data."""
    for _ in range(12):
        own = [quad for quad in store.quads() if quad.graph_name in (GRAPH, OTHER)]
        removed, added = change(chance, own)
        if not any(isinstance(quad.subject, ox.BlankNode) for quad in removed):
            store.update(changing(removed, added, Graphs()))


@pytest.mark.xdist_group("slow")
@pytest.mark.parametrize("with_faults", [False, True])
def test_refused_just_where_validating_everything_finds_something_new(
    store: EmbeddedStore, tmp_path: Path, with_faults: bool
) -> None:
    chance = random.Random(20100512 + with_faults)
    if with_faults:
        faulty(store, chance)
    trial = Trial(store, tmp_path)
    assert bool(trial.before) == with_faults
    own = sorted((quad for quad in trial.quads if quad.graph_name in (GRAPH, OTHER)), key=str)
    own = [quad for quad in own if "_:" not in str(quad)]
    every = [quad for quad in sorted(trial.quads, key=str) if not BOOK(quad.graph_name) and "_:" not in str(quad)]
    verdicts: Counter[bool] = Counter()
    for number in range(CHANGES // 2):
        removed, added = change(chance, own if number % 3 else every)
        verdicts[trial.compare(removed, added)] += 1
    assert len(verdicts) == 2, "both are tried"


def quad(subject: str, predicate: str, value: ox.NamedNode | ox.Literal, graph: ox.NamedNode = OTHER) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), node(predicate), value, graph)


def test_a_new_superclass_of_a_class_in_use_brings_its_things_under_rules(store: EmbeddedStore, tmp_path: Path) -> None:
    store.update(
        "INSERT DATA { <urn:thing> a <urn:Kind> . <urn:other> a <urn:Narrower> . "
        "<urn:Narrower> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <urn:Kind> }"
    )
    trial = Trial(store, tmp_path)
    assert trial.compare(set(), {quad("urn:Kind", "rdfs:subClassOf", node("foaf:Person"))})
    assert not trial.compare(set(), {quad("urn:Kind", "rdfs:subClassOf", ox.NamedNode("urn:Anything"))})


def test_an_end_before_its_start_is_found_by_the_target_in_sparql(store: EmbeddedStore, tmp_path: Path) -> None:
    trial = Trial(store, tmp_path)
    year = node("xsd:gYear")
    start, end = (ox.Literal(text, datatype=year) for text in ("2010", "2009"))
    assert trial.compare(set(), {quad("urn:x", "dcat:startDate", start), quad("urn:x", "dcat:endDate", end)})


def test_graphs_are_rehearsed_as_updates_are(store: EmbeddedStore, tmp_path: Path) -> None:
    trial = Trial(store, tmp_path)
    faults = tmp_path / "faults.nq"
    faults.write_text(f"_:b <{RDF.type}> <{NS}Engagement> .\n_:b <urn:p> _:c .\n")
    put = {"write": "put", "graph": OTHER.value, "path": str(faults), "replace": True}
    assert {row["focus"][:2] for row in trial.rehearse(put)["refused"]} == {"_:"}
    fine = tmp_path / "fine.nq"
    fine.write_text("_:b <urn:p> _:c .\n")
    found = trial.rehearse({**put, "path": str(fine)})
    assert found["changed"] == 1
    assert found["write"] == {**put, "path": str(fine), "expects": store.generation}
    # Without its source everything of it goes, and what others say of it is at fault.
    assert "refused" not in trial.rehearse({"write": "drop", "graph": GRAPH.value})
    assert trial.rehearse({"write": "drop", "graph": f"{BASE}theme"})["refused"]


def test_the_same_faults_of_blank_nodes_do_not_stand_in_the_way(store: EmbeddedStore, tmp_path: Path) -> None:
    """A graph that is replaced has other blank nodes, with the faults that it had."""
    store.update(f"INSERT DATA {{ GRAPH {OTHER} {{ _:a a <{NS}Engagement> . _:b a <{NS}Engagement> }} }}")
    trial = Trial(store, tmp_path)
    one = tmp_path / "again.nq"
    one.write_text(f"_:b <{RDF.type}> <{NS}Engagement> .\n_:c <{RDF.type}> <{NS}Engagement> .\n")
    put = {"write": "put", "graph": OTHER.value, "path": str(one), "replace": True}
    assert "refused" not in trial.rehearse(put)
    one.write_text(one.read_text() + f"_:d <{RDF.type}> <{NS}Engagement> .\n")
    told = trial.rehearse(put)["refused"]
    assert len({row["focus"] for row in told}) == 1


@pytest.mark.skipif(not SUITE.exists(), reason="the W3C's suite is not here")
def test_shapes_of_all_kinds_find_what_a_change_brings(tmp_path: Path) -> None:
    """The suites' data as a change to nothing: whatever is expected of them is new."""
    missed: dict[str, tuple[set[str], set[str]]] = {}
    count = 0
    for case in cases():
        if case.expected is None or not len(case.data):
            continue
        rules = Rules.of(case.shapes, rdflib.Graph())
        text = case.data.serialize(format="nt").encode()
        store = EmbeddedStore()
        folder = tmp_path / str(count)
        store.checkpoint(folder / "checkpoint")
        data = folder / "data.nq"
        data.write_bytes(text)
        put = {"write": "put", "graph": "", "path": str(data), "replace": False}
        expected = expected_violations(case.shapes, text)
        if expected is None:
            continue
        found = rehearse(folder / "checkpoint", folder / "try", put, BASE, rules)
        told = {row["focus"] for row in found.get("refused", ())}
        if named(told) != named(expected):
            missed[case.name] = (expected - told, told - expected)
        count += 1
    assert missed == {}
    assert count > 80


def named(nodes: set[str]) -> set[str]:
    """Without blank nodes, whose names differ from one library to the other."""
    return {one for one in nodes if one.startswith(("http", "urn:"))}


def expected_violations(shapes: rdflib.Graph, data: bytes) -> set[str] | None:
    """Focus nodes of what pySHACL finds in data as the store keeps them, and not in no data; None where it cannot
    say."""
    store = ox.Store()
    store.bulk_extend(ox.parse(data, format=ox.RdfFormat.N_TRIPLES))
    found = []
    for quads in ((), store):
        graph = rdflib.Graph()
        for prefix, name in shapes.namespaces():
            graph.bind(prefix, name)
        for one in quads:
            graph.add(tuple(map(to_rdflib, (one.subject, one.predicate, one.object))))  # type: ignore[arg-type]
        try:
            _, report, _ = pyshacl.validate(graph, shacl_graph=shapes, advanced=True, inplace=True)
        except Exception:
            return None
        assert isinstance(report, rdflib.Graph)
        found.append(violations(report))
    return {key[0] for key in found[1] - found[0]}
