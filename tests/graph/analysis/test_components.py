"""Components and degrees are those that networkx finds."""

import doctest
import itertools
import random

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graph.analysis.components
import graph.analysis.degree
from graph.analysis.articulation import articulation_points
from graph.analysis.components import components, labels
from graph.analysis.degree import degrees

NODES = st.lists(st.sampled_from("abcdefghij"), unique=True)
EDGES = st.lists(st.tuples(st.sampled_from("abcdefghij"), st.sampled_from("abcdefghij")), max_size=12)


def drawn(nodes: list[str], edges: list[tuple[str, str]]) -> "nx.Graph[str]":
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(nodes)
    network.add_edges_from(edges)
    return network


@given(NODES, EDGES)
def test_components_are_networkxs(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    expected = {frozenset(group) for group in nx.connected_components(drawn(nodes, edges))}
    found = components(nodes, edges)
    assert {frozenset(group) for group in found} == expected
    assert len(found) == len(expected)


@given(NODES, EDGES, st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(
    nodes: list[str], edges: list[tuple[str, str]], shuffler: random.Random
) -> None:
    found = components(nodes, edges)
    sizes = [len(group) for group in found]
    assert sizes == sorted(sizes, reverse=True)
    turned = [(target, source) for source, target in edges]
    shuffler.shuffle(turned)
    assert components(sorted(nodes, reverse=True), turned) == found


@given(NODES, EDGES)
def test_degrees_are_networkxs(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    simple = drawn(nodes, edges)
    simple.remove_edges_from([(node, node) for node in simple])
    assert degrees(nodes, edges) == dict(simple.degree())


@given(st.integers(0, 10), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_the_components_of_columns_are_the_same(size: int, edges: list[tuple[int, int]]) -> None:
    kept = [edge for edge in edges if max(edge) < size]
    ends = np.array(kept, dtype=np.int64).reshape(-1, 2)
    expected = {
        int(node): int(min(part, key=int))
        for part in components(map(str, range(size)), ((str(one), str(other)) for one, other in kept))
        for node in part
    }
    assert labels(size, ends[:, 0], ends[:, 1]).tolist() == [expected[node] for node in range(size)]


def test_components_of_the_families_of_florence() -> None:
    """J. F. Padgett and C. K. Ansell, "Robust Action and the Rise of the Medici, 1400-1434", American Journal of
    Sociology 98(6), 1993, pages 1259-1319: marriages connect fifteen families; the Pucci married none of them. Four
    families alone hold another, as anybody sees on the map: Albizzi the Ginori, Guadagni the Lamberteschi, Medici the
    Acciaiuoli, Salviati the Pazzi."""
    marriages = [(one, other) for one, other in nx.florentine_families_graph().edges()]
    connected, alone = components(["Pucci"], marriages)
    assert (len(connected), alone) == (15, ("Pucci",))
    assert articulation_points(["Pucci"], marriages) == ("Albizzi", "Guadagni", "Medici", "Salviati")
    without = [edge for edge in marriages if "Medici" not in edge]
    assert [len(part) for part in components(connected, without)] == [11, 2, 1, 1], (
        "Salviati and Pazzi; Acciaiuoli; Medici"
    )


def test_a_long_chain_does_not_recurse() -> None:
    names = [f"{i:06}" for i in range(50_000)]
    assert components([], itertools.pairwise(names)) == (tuple(names),)


@pytest.mark.parametrize("module", [graph.analysis.components, graph.analysis.degree])
def test_the_examples_hold(module: object) -> None:
    result = doctest.testmod(module)  # type: ignore[arg-type]
    assert result.attempted > 0
    assert result.failed == 0
