"""Comunica, the query engine of the JavaScript world, unmodified: it asks our endpoint as one of its sources.

It is installed from npm, not by us: COMMONGROUND_COMUNICA names the folder with ``node_modules`` that holds
``@comunica/query-sparql``.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.clients.conftest import NAMES, ROWS, Service

FOLDER = os.environ.get("COMMONGROUND_COMUNICA", "")
MODULE = Path(FOLDER) / "node_modules" / "@comunica" / "query-sparql"
pytestmark = [
    pytest.mark.xdist_group("clients"),
    pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed"),
    pytest.mark.skipif(
        not (FOLDER and MODULE.is_dir()),
        reason="COMMONGROUND_COMUNICA names no folder with node_modules/@comunica/query-sparql",
    ),
]

ASK = """
const { QueryEngine } = require(process.argv[1]);
const [endpoint, type, query] = process.argv.slice(2);
(async () => {
  const engine = new QueryEngine();
  const options = { sources: [type ? { type, value: endpoint } : endpoint] };
  const result = await engine.query(query, options);
  if (result.resultType === 'bindings') {
    const found = await (await result.execute()).toArray();
    console.log(JSON.stringify(found.map((row) => Object.fromEntries([...row].map(([v, t]) => [v.value, t.value])))));
  } else if (result.resultType === 'quads') {
    console.log(JSON.stringify((await (await result.execute()).toArray()).map((quad) => quad.predicate.value)));
  } else {
    console.log(JSON.stringify(await result.execute()));
  }
})().catch((error) => { console.error(error); process.exit(1); });
"""


def comunica(service: Service, query: str, kind: str = "sparql") -> object:
    done = subprocess.run(
        ["node", "-e", ASK, str(MODULE), service.endpoint, kind, query],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env={**os.environ, "NO_PROXY": "*", "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_rows(service: Service) -> None:
    rows = comunica(service, ROWS)
    assert isinstance(rows, list)
    assert {row["name"] for row in rows} == NAMES


def test_a_join_that_it_does_itself(service: Service) -> None:
    query = """PREFIX e: <http://example.org/>
    SELECT ?a ?c ?size { ?a e:next ?b . ?b e:next ?c . ?c e:size ?size FILTER(?size > 2) }"""
    rows = comunica(service, query)
    assert isinstance(rows, list)
    assert [(row["a"], row["c"], float(row["size"])) for row in rows] == [
        ("http://example.org/one", "http://example.org/three", 3.0)
    ]


def test_a_verdict_and_a_graph(service: Service) -> None:
    assert comunica(service, "ASK { ?s <http://example.org/flag> true }") is True
    found = comunica(service, "CONSTRUCT WHERE { ?s <http://example.org/next> ?o }")
    assert found == ["http://example.org/next"] * 2


def test_it_finds_out_by_itself_what_the_endpoint_is(service: Service) -> None:
    """Without being told that it is a SPARQL endpoint, from the service description."""
    rows = comunica(service, ROWS, kind="")
    assert isinstance(rows, list)
    assert {row["name"] for row in rows} == NAMES
