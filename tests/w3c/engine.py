"""A test of the suites run on the engine itself, in this process: what the service is measured against.

Raises AssertionError with the difference where the engine does not give what is expected.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from tests.w3c.manifest import EVALUATE, UPDATE, Case, iri_of
from tests.w3c.results import Found, csv_of, difference, expected, rows_of, same_graph


def run(case: Case) -> None:
    if case.kind in EVALUATE:
        _evaluate(case)
    elif case.kind == UPDATE:
        _update(case)
    elif case.kind.startswith("Positive"):
        complaint = _complaint(case)
        assert not complaint, complaint
    elif case.kind.startswith("Negative"):
        assert _complaint(case), "it was read without complaint"
    else:
        raise AssertionError(f"no runner for {case.kind}")


def loaded(case: Case) -> ox.Store:
    store = ox.Store()
    store.extend(case.data.quads())
    return store


def _evaluate(case: Case) -> None:
    assert case.result is not None
    result = loaded(case).query(case.text, base_iri=case.base)
    got: Found
    if isinstance(result, ox.QueryTriples):
        got = list(result)
    elif case.result.suffix == ".csv":
        got = csv_of(result.serialize(format=ox.QueryResultsFormat.CSV) or b"")
    elif case.result.suffix == ".tsv":
        written = result.serialize(format=ox.QueryResultsFormat.TSV) or b""
        got = rows_of(ox.parse_query_results(written, format=ox.QueryResultsFormat.TSV))
    else:
        got = rows_of(result)
    told = difference(expected(case.result, iri_of(case.result)), got, case.text)
    assert not told, told


def _update(case: Case) -> None:
    store = loaded(case)
    store.update(case.text, base_iri=case.base)
    told = dataset_difference(list(case.after.quads()), list(store))
    assert not told, told


def dataset_difference(wanted: list[ox.Quad], got: list[ox.Quad]) -> str:
    """Which graphs of two datasets differ; empty graphs do not count."""
    names = {quad.graph_name for quad in [*wanted, *got]}
    return ", ".join(
        f"{name} differs"
        for name in sorted(names, key=str)
        if not same_graph(
            [q.triple for q in wanted if q.graph_name == name], [q.triple for q in got if q.graph_name == name]
        )
    )


def _complaint(case: Case) -> str:
    """The parser's complaint about a text of the syntax tests; empty where it reads it."""
    store = ox.Store()
    try:
        if "Update" not in case.kind:
            store.query(case.text, base_iri=case.base)
        elif case.kind.startswith("Positive") and "LOAD" in case.text.upper():
            # It is not to be run: LOAD would reach the network. With a fault put after it, it is at fault itself
            # only where the complaint is about a place before that.
            store.update(case.text + "\n;\n}", base_iri=case.base)
        else:
            store.update(case.text, base_iri=case.base)
    except SyntaxError as error:
        place = re.search(r"at (\d+):", str(error))
        beyond = place is not None and int(place[1]) > len(case.text.split("\n"))
        return "" if beyond and "LOAD" in case.text.upper() else str(error)
    except (RuntimeError, OSError, ValueError):
        pass  # It was read; that it cannot be run is not asked here.
    return ""
