"""Betweenness, articulation points and constraint are those that networkx finds, and those that were published."""

import doctest
import itertools
import time

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import graph.analysis.articulation
import graph.analysis.betweenness
import graph.analysis.constraint
import graph.analysis.measures
import graph.analysis.simple
from graph.analysis.articulation import articulation_points
from graph.analysis.betweenness import EXACT_UP_TO, PIVOTS, betweenness
from graph.analysis.constraint import constraint

NAMES = st.sampled_from("abcdefghij")
NODES = st.lists(NAMES, unique=True)
EDGES = st.lists(st.tuples(NAMES, NAMES), max_size=25)
#: D. Krackhardt, "Assessing the Political Landscape: Structure, Cognition, and Power in Organizations", Administrative
#: Science Quarterly 35(2), 1990, pages 342-369: the kite, by the initials of its people.
KITE = [
    (line[0], other) for line in ["ABCDF", "BDEG", "CDF", "DEFG", "EG", "FGH", "GH", "HI", "IJ"] for other in line[1:]
]
#: Burt's example in S. P. Borgatti, "Structural Holes: Unpacking Burt's Redundancy Measures", Connections 20(1), 1997,
#: pages 35-38.
BURT = [(pair[0], pair[1]) for pair in ["AB", "AF", "AG", "AE", "EG", "FG", "BG", "BD", "DG", "GC"]]


def drawn(nodes: list[str], edges: list[tuple[str, str]]) -> "nx.Graph[str]":
    network: nx.Graph[str] = nx.Graph()
    network.add_nodes_from(nodes)
    network.add_edges_from((one, other) for one, other in edges)
    network.remove_edges_from([(node, node) for node in network])
    return network


@given(NODES, EDGES)
def test_betweenness_is_networkxs(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    found = betweenness(nodes, edges)
    assert not found.estimated
    assert found.values == pytest.approx(nx.betweenness_centrality(drawn(nodes, edges)))


@given(NODES, EDGES)
def test_from_all_nodes_as_pivots_it_is_no_estimate(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    """What estimates are made of: the shortest ways from one pivot."""
    network = drawn(nodes, edges)
    ways = graph.analysis.betweenness._Ways(graph.analysis.simple.Simple.of(nodes, edges))
    expected = nx.betweenness_centrality(network, normalized=False)
    found = sum((ways.dependencies(pivot) for pivot in range(len(network))), start=0)
    for at, node in enumerate(sorted(network)):
        assert float(found[at]) / 2 == pytest.approx(expected[node])  # type: ignore[index]


@given(NODES, EDGES)
def test_articulation_points_are_networkxs(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    assert articulation_points(nodes, edges) == tuple(sorted(nx.articulation_points(drawn(nodes, edges))))


@given(NODES, EDGES)
def test_constraint_is_networkxs(nodes: list[str], edges: list[tuple[str, str]]) -> None:
    network = drawn(nodes, edges)
    network.remove_nodes_from(list(nx.isolates(network)))
    found = constraint(nodes, edges)
    assert found == pytest.approx(nx.constraint(network))
    assert all(0 < value <= 1.125 for value in found.values())


def test_betweenness_as_krackhardt_published_it() -> None:
    """Heather joins Ike and Jane to the rest; Diane has the most contacts and is hardly ever needed."""
    found = {name: round(value, 3) for name, value in betweenness([], KITE).values.items()}
    assert found == dict(zip("ABCDEFGHIJ", (0.023, 0.023, 0, 0.102, 0, 0.231, 0.231, 0.389, 0.222, 0), strict=True))
    assert articulation_points([], KITE) == ("H", "I")


def test_betweenness_of_the_karate_club() -> None:
    """W. W. Zachary, "An Information Flow Model for Conflict and Fission in Small Groups", Journal of Anthropological
    Research 33(4), 1977, pages 452-473. M. Girvan and M. E. J. Newman (PNAS 99(12), 2002) found him and the
    administrator its centres; values as in networkx's documentation."""
    edges = [(f"{one + 1:02}", f"{other + 1:02}") for one, other in nx.karate_club_graph().edges()]
    found = betweenness([], edges).values
    ranked = sorted(found, key=lambda name: -found[name])
    assert ranked[:3] == ["01", "34", "33"]
    assert [round(found[name], 3) for name in ranked[:3]] == [0.438, 0.304, 0.145]
    # Number 12 knows only the instructor, so he alone holds a member.
    assert articulation_points([], edges) == ("01",)


def test_constraint_of_burts_example() -> None:
    """As UCINET has it, and as it is worked out by hand: A gives a quarter of its attention to each of B, E, F and G,
    of whom the first three know G: 3 (1/4 (1 + 1/6)) ^ 2 + (1/4 (1 + 1/3 + 1/2 + 1/2)) ^ 2 = 0.595."""
    found = constraint([], BURT)
    assert {name: round(found[name], 3) for name in "AGC"} == {"A": 0.595, "G": 0.4, "C": 1.0}
    # Two contacts who know each other: twice (1/2 + 1/2 * 1/2) squared, the most there is.
    assert constraint([], itertools.combinations("abc", 2)) == dict.fromkeys("abc", 1.125)


def test_estimates_of_large_networks_say_so_and_are_near() -> None:
    network = nx.barabasi_albert_graph(EXACT_UP_TO + 500, 2, seed=1)
    edges = [(f"{one:05}", f"{other:05}") for one, other in network.edges()]
    found = betweenness([], edges)
    assert (found.estimated, found.pivots) == (True, PIVOTS)
    assert found == betweenness([], reversed(edges)), "the same graph, the same estimate"
    exact = betweenness([], edges, exact_up_to=len(network))
    assert not exact.estimated
    most = sorted(exact.values, key=lambda node: -exact.values[node])[:10]
    for node in most:
        assert found.values[node] == pytest.approx(exact.values[node], rel=0.25)
    assert sum(found.values.values()) == pytest.approx(sum(exact.values.values()), rel=0.1)


def test_a_long_chain_does_not_recurse() -> None:
    names = [f"{i:06}" for i in range(50_000)]
    edges = list(itertools.pairwise(names))
    assert articulation_points([], edges) == tuple(names[1:-1])
    assert set(constraint([], edges).values()) == {0.5, 1.0}


def test_constraint_of_hubs_takes_little_time() -> None:
    """A hub of 30,000 has 450 million pairs of contacts; from their ends nothing of it is looked at."""
    hubs = [(f"hub{at % 3}", f"n{at:06}") for at in range(90_000)]
    started = time.process_time()
    found = constraint([], [*hubs, ("hub0", "hub1"), ("hub1", "hub2"), ("hub0", "hub2")])
    assert time.process_time() - started < 5
    assert found["hub0"] == pytest.approx(1 / 30_000, rel=0.01)


@pytest.mark.parametrize("name", ["articulation", "betweenness", "constraint", "measures", "simple"])
def test_the_examples_hold(name: str) -> None:
    result = doctest.testmod(getattr(graph.analysis, name))
    assert result.attempted > 0
    assert result.failed == 0
