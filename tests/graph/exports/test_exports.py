"""What other programs read is what was written: networkx and igraph, spreadsheets, and arbitrary text."""

import csv
import io
import json
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import igraph
import networkx as nx
import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graph.exports
from graph.errors import GraphError, UnknownName
from graph.exports import format_called, formats
from graph.exports._fields import clean, edge_fields, node_fields
from graph.maps import build, maps
from graph.model import Edge, NetworkMap, Node
from graph.store import Change
from graph.store.embedded import EmbeddedStore

EXAMPLE = Path(__file__).parent.parent / "example.trig"
SOURCE = ("https://example.org/source/1", "https://example.org/source/2")
A, B, C = (f"https://example.org/organisation/{letter}" for letter in "abc")
SMALL = NetworkMap(
    name="small",
    title="A small map",
    nodes=(
        Node(A, 'Мост <надежды> & "co"', "organisation", 2.0, SOURCE, "U: with partners that are not named: others"),
        Node(B, "B", "organisation", 2.5, SOURCE[:1], measures={"degree": 3.0, "betweenness": 2 / 3}),
        Node(C, "C stands alone", "network", 0.0, ()),
    ),
    edges=(
        Edge(
            A, B, "collaboration", "X; Y", 2.0, "stated", SOURCE, ("https://example.org/c/x", "https://example.org/c/y")
        ),
        Edge(A, B, "project", "Q", 1.0, "inferred-project", SOURCE[:1], (), "2001", "2003-06", "2010-05-12"),
    ),
    generation=7,
)


def example_map(name: str) -> NetworkMap:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(ox.parse(path=EXAMPLE))))
    return build(store, name)


ALL = [SMALL, *(example_map(name) for name in maps())]
every_map = pytest.mark.parametrize("network", ALL, ids=lambda network: network.name)


def written(name: str, network: NetworkMap) -> bytes:
    return format_called(name).write(network)


def not_empty(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value != ""}


def as_read(network: NetworkMap) -> tuple[dict[str, dict[str, Any]], list[tuple[set[str], dict[str, Any]]]]:
    """What any reader should find: fields of nodes by IRI, and edges as (their two ends, fields)."""
    nodes = {clean(node.iri): not_empty(node_fields(node)) for node in network.nodes}
    return nodes, [({clean(e.source), clean(e.target)}, not_empty(edge_fields(e))) for e in network.edges]


def tables(network: NetworkMap) -> dict[str, list[dict[str, str]]]:
    with zipfile.ZipFile(io.BytesIO(written("csv", network))) as archive:
        assert archive.namelist() == ["nodes.csv", "edges.csv"]
        return {n: list(csv.DictReader(io.StringIO(archive.read(n).decode(), newline=""))) for n in archive.namelist()}


def test_the_formats() -> None:
    assert {f.name: (f.media_type, f.suffix) for f in formats().values()} == {
        "csv": ("application/zip", ".csv.zip"),
        "gexf": ("application/gexf+xml", ".gexf"),
        "graphml": ("application/graphml+xml", ".graphml"),
        "json": ("application/json", ".json"),
    }
    assert list(formats()) == sorted(formats())


def test_an_unknown_format_names_the_others() -> None:
    with pytest.raises(UnknownName, match="'gxef'") as caught:
        format_called("gxef")
    assert "gexf" in caught.value.suggestions


def test_a_module_without_the_contract_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "halfdone.py").write_text("NAME = 'halfdone'\n")
    monkeypatch.setattr(graph.exports, "__path__", [str(tmp_path)])
    with pytest.raises(GraphError, match=r"halfdone does not define TITLE, MEDIA_TYPE, SUFFIX, write"):
        graph.exports.formats.__wrapped__()


@every_map
def test_networkx_reads_gexf(network: NetworkMap) -> None:
    found = nx.read_gexf(io.BytesIO(written("gexf", network)))
    assert not found.is_directed()
    nodes, edges = as_read(network)
    assert {iri: {"iri": iri} | data for iri, data in found.nodes(data=True)} == nodes
    ordered = sorted(found.edges(data=True), key=lambda e: int(e[2]["id"]))
    assert [({a, b}, {k: v for k, v in data.items() if k != "id"}) for a, b, data in ordered] == edges


@every_map
def test_networkx_reads_graphml(network: NetworkMap) -> None:
    found = nx.read_graphml(io.BytesIO(written("graphml", network)), force_multigraph=True)
    assert not found.is_directed()
    nodes, edges = as_read(network)
    assert {data["iri"]: data for _, data in found.nodes(data=True)} == nodes
    iri = nx.get_node_attributes(found, "iri")
    ordered = sorted(found.edges(keys=True, data=True), key=lambda e: int(e[2][1:]))
    assert [({iri[a], iri[b]}, {k: v for k, v in d.items() if k != "id"}) for a, b, _, d in ordered] == edges
    assert found.graph["title"] == network.title


@every_map
def test_igraph_reads_graphml(network: NetworkMap, tmp_path: Path) -> None:
    (tmp_path / "map.graphml").write_bytes(written("graphml", network))
    found = igraph.Graph.Read_GraphML(str(tmp_path / "map.graphml"))
    assert not found.is_directed()
    nodes, edges = as_read(network)
    drop = ("id", "title", "generation")

    def read(attributes: dict[str, Any]) -> dict[str, Any]:
        # It reads a number that is not there as none (NaN), which is not equal to itself.
        return not_empty({k: value for k, value in attributes.items() if k not in drop and value == value})

    assert {vertex["iri"]: read(vertex.attributes()) for vertex in found.vs} == nodes
    iri = found.vs["iri"]
    assert [({iri[e.source], iri[e.target]}, read(e.attributes())) for e in found.es] == edges


@every_map
def test_networkx_reads_json(network: NetworkMap) -> None:
    document = json.loads(written("json", network))
    assert document["graph"] == {
        "name": network.name,
        "title": network.title,
        "generation": network.generation,
        "estimated_from": None,
    }
    found = nx.node_link_graph(document)
    assert found.is_multigraph()
    assert dict(found.nodes(data="label")) == {node.iri: node.label for node in network.nodes}
    assert dict(found.nodes(data="sources")) == {node.iri: list(node.sources) for node in network.nodes}
    for name in ("degree", "component", "betweenness", "constraint", "articulation"):
        fields = {node.iri: node_fields(node)[name] for node in network.nodes}
        assert dict(found.nodes(data=name)) == {iri: None if value == "" else value for iri, value in fields.items()}
    assert found.number_of_edges() == len(network.edges)
    for edge, read in zip(network.edges, document["edges"], strict=True):
        assert (read["source"], read["target"]) == (edge.source, edge.target)
        assert (read["evidence"], read["sources"]) == (list(edge.evidence), list(edge.sources))
        for name in ("kind", "label", "weight", "basis", "start", "end", "stated_on"):
            assert read[name] == getattr(edge, name)


@every_map
def test_the_tables_hold_everything(network: NetworkMap) -> None:
    found = tables(network)
    nodes, edges = as_read(network)
    measured = ("Degree", "Component", "Betweenness", "Constraint", "Articulation")
    assert list(found["nodes.csv"][0]) == ["Id", "Label", "Kind", "Weight", "Note", "Sources", *measured]
    assert list(found["edges.csv"][0])[:6] == ["Source", "Target", "Type", "Kind", "Label", "Weight"]
    for row in found["nodes.csv"]:
        expected = nodes.pop(row["Id"])
        assert (row["Label"], row["Kind"], float(row["Weight"])) == (
            expected["label"], expected["kind"], expected["weight"]
        )  # fmt: skip
        assert (row["Note"], row["Sources"]) == (expected.get("note", ""), expected.get("sources", ""))
        for heading in measured:
            assert (float(row[heading]) if row[heading] else None) == expected.get(heading.lower())
    assert nodes == {}
    for row, (ends, expected) in zip(found["edges.csv"], edges, strict=True):
        assert ({row["Source"], row["Target"]}, row["Type"]) == (ends, "Undirected")
        assert float(row["Weight"]) == expected["weight"]
        for heading in ("Kind", "Label", "Basis", "Start", "End", "Stated on", "Evidence", "Sources"):
            assert row[heading] == expected.get(heading.lower().replace(" ", "_"), "")


def test_an_estimate_is_called_one_in_every_format() -> None:
    network = replace(SMALL, estimated_from=256)
    assert json.loads(written("json", network))["graph"]["estimated_from"] == 256
    assert "; betweenness is estimated from 256 nodes" in written("gexf", network).decode()
    assert nx.read_graphml(io.BytesIO(written("graphml", network))).graph["estimated_from"] == 256
    assert "Betweenness (estimated from 256 nodes)" in tables(network)["nodes.csv"][0]


def test_an_empty_map_is_a_file_too() -> None:
    empty = NetworkMap("empty", "Empty", (), (), 0)
    assert nx.read_gexf(io.BytesIO(written("gexf", empty))).number_of_nodes() == 0
    assert nx.read_graphml(io.BytesIO(written("graphml", empty))).number_of_nodes() == 0
    assert tables(empty) == {"nodes.csv": [], "edges.csv": []}
    assert json.loads(written("json", empty))["nodes"] == []


ANY_TEXT = st.text(st.characters(), max_size=30)


def labelled(label: str, note: str, name: str) -> NetworkMap:
    nodes = (Node(A, label, "organisation", 1.0, SOURCE, note), Node(B, "B", "organisation"))
    return NetworkMap("any", label, nodes, (Edge(A, B, "collaboration", name),), 1)


@given(ANY_TEXT, ANY_TEXT, ANY_TEXT)
def test_any_text_can_be_read_again(label: str, note: str, name: str) -> None:
    network = labelled(label, note, name)
    wanted = (clean(label), clean(note), clean(name))
    gexf = nx.read_gexf(io.BytesIO(written("gexf", network)))
    assert (gexf.nodes[A]["label"], gexf.nodes[A].get("note", "")) == wanted[:2]
    assert gexf.edges[A, B].get("label", "") == wanted[2]
    graphml = nx.read_graphml(io.BytesIO(written("graphml", network)))
    assert (graphml.nodes["n0"].get("label", ""), graphml.nodes["n0"].get("note", "")) == wanted[:2]
    with tempfile.NamedTemporaryFile(suffix=".graphml") as file:
        file.write(written("graphml", network))
        file.flush()
        assert igraph.Graph.Read_GraphML(file.name).vs[0].attributes().get("label", "") == wanted[0]
    document = json.loads(written("json", network))
    assert (document["nodes"][0]["label"], document["nodes"][0]["note"]) == wanted[:2]
    row = tables(network)["nodes.csv"][0]
    for cell, text in ((row["Label"], wanted[0]), (row["Note"], wanted[1])):
        assert cell in (text, "'" + text)
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20"))


@pytest.mark.parametrize("label", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r\n=1", " =1", "\x00=1", "\uff1d1"])
def test_no_cell_is_a_formula(label: str) -> None:
    row = tables(labelled(label, label, label))["nodes.csv"][0]
    assert row["Label"] == row["Note"] == "'" + clean(label)
    assert tables(labelled(label, label, label))["edges.csv"][0]["Label"] == "'" + clean(label)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\x00\x08b", "ab"),
        (" two\r\n lines\t", "two lines"),
        ("no\u00a0break", "no break"),
        ("\ud800half", "half"),
        ("\ufffe\uffff\U0001ffff.", "."),
        ("\N{GRINNING FACE} Россия", "\N{GRINNING FACE} Россия"),
        ("\x1c\x85", ""),
    ],
)
def test_what_no_file_can_hold_goes(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize("name", formats())
def test_the_same_map_gives_the_same_bytes(name: str) -> None:
    again = "import sys; sys.path.insert(0, sys.argv[1])\n" + (
        "from tests.graph.exports.test_exports import ALL, written\n"
        "from hashlib import sha256\n"
        f"print(*(sha256(written({name!r}, m)).hexdigest() for m in ALL))\n"
    )
    root = str(Path(__file__).parents[3])
    outputs = {
        subprocess.run(
            [sys.executable, "-c", again, root],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Yerevan"))
    }
    assert len(outputs) == 1
    assert len(outputs.pop().split()) == len(ALL)


def test_xml_is_declared_and_pure() -> None:
    for name in ("gexf", "graphml"):
        content = written(name, SMALL)
        assert content.startswith(b"<?xml version='1.0' encoding='utf-8'?>")
        assert ET.fromstring(content) is not None
