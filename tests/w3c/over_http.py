"""A test of the suites run over HTTP against a service. Raises AssertionError where the result is not the expected one.

A text with relative IRIs gets a BASE before it: the tests resolve them against their own files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import httpx
import pyoxigraph as ox

from tests.w3c.engine import dataset_difference
from tests.w3c.manifest import EVALUATE, UPDATE, Case, Data, iri_of
from tests.w3c.results import Found, csv_of, difference, expected, rows_of

QUERY = {"Content-Type": "application/sparql-query"}
WRITE = {"Content-Type": "application/sparql-update"}
_RELATIVE = re.compile(r"<(?![a-zA-Z][a-zA-Z0-9+.-]*:)[^<>\"{}|^`\\\s]*>")
_ROWS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
#: What a result is asked for in; the last for results that the suites write in other ways.
_ACCEPT = {
    ".srx": "application/sparql-results+xml",
    ".srj": "application/sparql-results+json",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    "": "application/sparql-results+json, application/n-triples",
}


class Runner:
    """Runs tests on one service, and remembers which data it put there last."""

    def __init__(self, client: httpx.Client, own_graphs: str) -> None:
        """``own_graphs`` is the prefix of graphs that the service keeps for itself."""
        self._client, self._own = client, own_graphs
        self._loaded: Data | None = None

    def run(self, case: Case) -> None:
        if case.kind in EVALUATE:
            self._evaluate(case)
        elif case.kind == UPDATE:
            self._update(case)
        else:
            self._syntax(case)

    def _load(self, data: Data) -> None:
        if data == self._loaded:
            return
        self._loaded = None
        text = f"DROP ALL ;\nINSERT DATA {{\n{_as_data(data.quads())}\n}}"
        # The suites describe people in other ways than our shapes have it.
        response = self._client.post("/sparql", params={"validation": "off"}, content=text, headers=WRITE)
        assert response.is_success, response.text
        self._loaded = data

    def _evaluate(self, case: Case) -> None:
        assert case.result is not None
        self._load(case.data)
        accept = _ACCEPT.get(case.result.suffix, _ACCEPT[""])
        response = self._client.post("/sparql", content=_based(case), headers={**QUERY, "Accept": accept})
        assert response.status_code == 200, response.text
        kind = response.headers["content-type"].partition(";")[0]
        got: Found
        if kind == "text/csv":
            got = csv_of(response.content)
        elif kind in _ROWS:
            got = rows_of(ox.parse_query_results(response.content, format=_ROWS[kind]))
        else:
            found = ox.RdfFormat.from_media_type(kind)
            assert found is not None, kind
            got = [quad.triple for quad in ox.parse(response.content, format=found)]
        told = difference(expected(case.result, iri_of(case.result)), got, case.text)
        assert not told, told

    def _update(self, case: Case) -> None:
        self._load(case.data)
        self._loaded = None
        response = self._client.post("/sparql", content=_based(case), headers=WRITE)
        assert response.is_success, response.text
        told = dataset_difference(list(case.after.quads()), self.everything())
        assert not told, told

    def everything(self) -> list[ox.Quad]:
        """What the service holds, apart from its own graphs: read through the Graph Store Protocol."""
        names = self._client.post(
            "/sparql",
            content="SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }",
            headers={**QUERY, "Accept": "application/sparql-results+json"},
        )
        graphs = [row["g"]["value"] for row in names.json()["results"]["bindings"]]
        found = self._graph(ox.DefaultGraph(), {"default": ""})
        for graph in graphs:
            if not graph.startswith(self._own):
                found += self._graph(ox.NamedNode(graph), {"graph": graph})
        return found

    def _graph(self, name: ox.NamedNode | ox.DefaultGraph, identified: dict[str, str]) -> list[ox.Quad]:
        response = self._client.get("/rdf-graph-store", params=identified, headers={"Accept": "application/n-triples"})
        assert response.status_code == 200, response.text
        parsed = ox.parse(response.content, format=ox.RdfFormat.N_TRIPLES)
        return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in parsed]

    def _syntax(self, case: Case) -> None:
        update = "Update" in case.kind
        self._loaded = None if update else self._loaded
        response = self._client.post("/sparql", content=_based(case), headers=WRITE if update else QUERY)
        if case.kind.startswith("Negative"):
            assert response.status_code == 400, response.text
            assert "line" in response.json(), response.text
        elif response.is_error:
            # It may be refused (LOAD) or impossible (an unknown function, CREATE of a graph that is there), but it is
            # to be understood: only complaints of the parser name a line.
            assert 400 <= response.status_code < 500, response.text
            assert "line" not in response.json(), response.text


def _as_data(quads: Iterable[ox.Quad]) -> str:
    return "\n".join(
        f"{q.triple} ." if isinstance(q.graph_name, ox.DefaultGraph) else f"GRAPH {q.graph_name} {{ {q.triple} }}"
        for q in quads
    )


def _based(case: Case) -> bytes:
    text = f"BASE <{case.base}>\n{case.text}" if _RELATIVE.search(case.text) else case.text
    return text.encode()
