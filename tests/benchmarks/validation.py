"""Measures validation with the screen beside pySHACL alone: ``python -m tests.benchmarks.validation --help``.

The ratio within one run says something; the times say little to another machine. Nothing here is asserted.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Iterator
from itertools import islice

import pyoxigraph as ox

from graph.ingest.mapping import SourceMap
from graph.ingest.reference import load_reference
from graph.ingest.validation import Shapes, check, load_shapes, referred
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE, REFERENCE_BASE, node
from tests.graph.shacl.test_screen import Everything

#: One of so many records has a fault.
FAULTY = 1000
_GRAPH = ox.NamedNode(f"{DEFAULT_BASE}source/benchmark")
_THEMES = ("advocacy", "teacher-training", "deinstitutionalisation", "early-childhood-education")
_PLACES = ("AM", "BG", "RO", "RS", "UA")


def records(count: int) -> Iterator[ox.Quad]:
    """Engagements as ingestion stages them, ten statements each; made up."""
    for n in range(count // 20 + 1):
        organisation = ox.NamedNode(f"{DEFAULT_BASE}organisation/invented-{n}")
        yield ox.Quad(organisation, node("rdf:type"), node("org:FormalOrganization"), _GRAPH)
        yield ox.Quad(organisation, node("skos:prefLabel"), ox.Literal(f"Invented {n}", language="en"), _GRAPH)
        yield ox.Quad(organisation, node("cg:basis"), node("basis:stated"), _GRAPH)
    day = ox.Literal("2010-05-12", datatype=node("xsd:date"))
    for n in range(count):
        it = ox.NamedNode(f"{DEFAULT_BASE}engagement/benchmark/{n}")
        period = ox.NamedNode(f"{it.value}#period")
        theme, place = _THEMES[n % len(_THEMES)], _PLACES[n % len(_PLACES)]
        statements = [
            (it, node("rdf:type"), node("cg:Engagement")),
            (it, node("cg:partner"), ox.NamedNode(f"{DEFAULT_BASE}organisation/invented-{n // 20}")),
            (it, node("cg:theme"), ox.NamedNode(f"{REFERENCE_BASE}theme/{theme}")),
            (it, node("cg:place"), ox.NamedNode(f"{REFERENCE_BASE}place/{place}")),
            (it, node("cg:statedOn"), day),
            (it, node("cg:basis" if n % FAULTY else "cg:bassis"), node("basis:stated")),
            (it, node("prov:wasDerivedFrom"), ox.NamedNode(f"{DEFAULT_BASE}file/{'0' * 64}#row={n + 2}")),
            (it, node("dcterms:temporal"), period),
            (period, node("rdf:type"), node("dcterms:PeriodOfTime")),
            (period, node("dcat:startDate"), ox.Literal("2008-09", datatype=node("xsd:gYearMonth"))),
        ]
        for subject, predicate, value in statements:
            yield ox.Quad(subject, predicate, value, _GRAPH)


def measure(count: int, shapes: Shapes) -> tuple[float, int, int]:
    """Seconds of a processor, which other work on the machine does not lengthen much, results and quads."""
    store = EmbeddedStore()
    load_reference(store)
    staged = list(records(count))
    context = list(referred(staged, store.quads()))
    begun = time.process_time()
    found = check(staged, context, shapes, SourceMap())
    return time.process_time() - begun, len(found), len(staged)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--alone", type=int, default=1_000, help="the most rows that pySHACL gets alone")
    arguments = parser.parse_args()
    shapes = load_shapes()
    alone = Shapes(shapes.shapes, shapes.vocabulary, Everything((), depth=None))
    assert len(list(islice(records(1), 3))) == 3
    for rows in arguments.rows:
        seconds, results, quads = measure(rows, shapes)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        line = f"{rows} rows, {quads} statements: {seconds:.2f} s with the screen ({results} results, {memory} MB)"
        if rows <= arguments.alone:
            other, same, _ = measure(rows, alone)
            line += f"; {other:.2f} s with pySHACL alone ({same} results): {other / seconds:.0f} times as long"
        print(line, flush=True)


if __name__ == "__main__":
    main()
