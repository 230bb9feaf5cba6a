"""Local bridges are those that networkx finds, are told in whole sentences, and go when somebody ties the circles."""

from __future__ import annotations

import re
from datetime import date
from itertools import combinations

import networkx as nx
from hypothesis import given, settings
from pyoxigraph import NamedNode, Quad

from graph.gaps import columns, find_gaps, kinds
from graph.gaps.columns import Asked
from graph.projection import projection_of
from graph.store import Change, Store
from graph.terms import CODE, DEFAULT_BASE, node
from tests.graph.networks import NETWORKS, bridged
from tests.graph.test_gaps import SOURCE, given_store, short

KIND = kinds()["local-bridge"]
TEXT = (SOURCE / "local-bridge.rq").read_text(encoding="utf-8")
#: What is in a group together: who with what.
GROUPS = (
    "?group cg:partner ?who",
    "?record cg:project ?group ; cg:partner ?who",
    "?membership org:organization ?group ; org:member ?who FILTER NOT EXISTS { ?who a foaf:Person }",
    "?membership org:member ?group ; org:organization ?who . ?group a foaf:Person",
    "?group org:member|org:organization ?who FILTER NOT EXISTS { ?who a foaf:Person }",
    """?a org:linkedTo ?b VALUES ?side { 1 2 }
       BIND(IF(?side = 1, ?a, ?b) AS ?who) BIND(CONCAT(STR(?a), STR(?b)) AS ?group)""",
)
PREFIXES = """PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX foaf: <http://xmlns.com/foaf/0.1/>
PREFIX org: <http://www.w3.org/ns/org#>
"""


def network(store: Store) -> nx.Graph[str]:
    """The network of families, put together without the projection."""
    units: nx.DiGraph[str] = nx.DiGraph(
        (row["unit"].value, row["whole"].value)  # type: ignore[union-attr]
        for row in store.select(PREFIXES + "SELECT ?unit ?whole { ?unit org:unitOf ?whole }")
    )

    def family(one: str) -> str:
        above = nx.descendants(units, one) | {one} if one in units else {one}
        return min((top for top in above if top not in units or not units.out_degree(top)), default=one)

    found: nx.Graph[str] = nx.Graph()
    for pattern in GROUPS:
        groups: dict[str, set[str]] = {}
        for row in store.select(f"{PREFIXES} SELECT DISTINCT ?group ?who {{ {pattern} }}"):
            groups.setdefault(row["group"].value, set()).add(family(row["who"].value))  # type: ignore[union-attr]
        for members in groups.values():
            found.add_edges_from(combinations(sorted(members), 2))
    return found


def ends(store: Store) -> set[tuple[str, str]]:
    share = {term.name: term.weight for term in KIND.severity}
    rows = columns.find(KIND, Asked(projection_of(store), date(2010, 5, 12), {}, share)).rows
    return {(row["end"].value, row["other_end"].value) for row in rows}


@settings(deadline=None)
@given(seed=NETWORKS)
def test_bridges_are_networkxs(seed: int) -> None:
    store = bridged(seed)
    of = network(store)
    assert ends(store) == {
        (min(one, other), max(one, other))
        for one, other, span in nx.local_bridges(of, with_span=True)
        if span >= 4 and min(of.degree(one), of.degree(other)) > 2
    }


def test_a_tie_across_closes_a_bridge_and_one_within_a_circle_does_not() -> None:
    def bridges(*partners: str) -> set[tuple[str, str]]:
        store = given_store("local-bridge")
        record, graph = NamedNode(f"{DEFAULT_BASE}collaboration/case/new"), NamedNode(f"{DEFAULT_BASE}source/case")
        said = [("rdf:type", node("cg:Collaboration")), ("cg:basis", NamedNode(f"{CODE}basis/proposed"))]
        said += [("cg:partner", NamedNode(f"{DEFAULT_BASE}organisation/{partner}")) for partner in partners]
        store.write(Change(added=frozenset(Quad(record, node(name), value, graph) for name, value in said)))
        return {(one.rpartition("/")[2], other.rpartition("/")[2]) for one, other in ends(store)}

    everything = {("a", "b"), ("i", "j"), ("p", "q")}
    assert bridges("a1", "a2") == everything
    assert bridges("a2", "b2") == everything - {("a", "b")}
    assert bridges("i-bureau", "j1") == everything - {("i", "j")}


def test_the_sentences_of_a_bridge() -> None:
    def told(lang: str) -> dict[str, tuple[str, str]]:
        found = find_gaps(given_store("local-bridge"), "local-bridge", lang=lang)
        return {short(gap.subjects["end"]): (gap.reason, gap.remedy) for gap in found}

    english, russian = told("en"), told("ru")
    assert english["a"] == (
        "Nothing recorded but a and b connects the other partners of the one (a1 and a2) with those of the other (b1 "
        "and b2), though both circles work on Education; Policy making and Research.",
        "Ask a and b to introduce a2 and b2 to each other, so that the circles do not depend on one pair.",
    )
    assert english["i"][0].endswith("; and what connects these two is only proposed, over or long not confirmed.")
    assert english["i"][1].startswith("Ask I and j whether they still work together, and whether others")
    assert english["p"][0].endswith("(p1; p2 and p3) with those of the other (q1; q2 and q3).")
    assert english["p"][1].startswith("Ask p and q whether others of their partners know each other, and record it;")
    assert russian["a"][0].startswith("Других партнёров (a1 и a2) и (b1 и b2) соединяет только пара a - b, хотя тема")
    assert (
        russian["a"][1]
        == "Попросите эту пару (a; b) познакомить партнёров: a2 и b2, чтобы круги не зависели от одной пары."
    )
    assert russian["i"][0].endswith("и её связь лишь предложена, завершена или давно не подтверждалась.")
    assert russian["p"][1].endswith("если нет - сведите их.")
    # Five years later nothing is confirmed any more, but for what bears no date.
    later = find_gaps(given_store("local-bridge"), "local-bridge", as_of=date(2016, 1, 1), lang="en")
    (over,) = (gap for gap in later if short(gap.subjects["end"]) == "a")
    assert over.reason.endswith(
        "though both circles work on Education; Policy making and Research; and what connects these two is only "
        "proposed, over or long not confirmed."
    )
    assert over.remedy == "Ask a and b whether they still work together, and to introduce a2 and b2 to each other."


def test_what_connects_two_families_is_said_in_the_same_words() -> None:
    """A query cannot name a part of it, so it is there as often as it is needed; the copies may not part."""
    found = re.findall(
        r"\{ SELECT DISTINCT \?(\w+) \?(\w+) WHERE \{\s*(\{ SELECT DISTINCT \?one \?two .*?AS \?\2\)\s*FILTER.*?\))",
        TEXT,
        re.S,
    )
    assert len(found) == 8
    assert len({" ".join(re.sub(rf"\?({one}|{two})\b", "?x", text).split()) for one, two, text in found}) == 1
    families = re.findall(r"OPTIONAL \{\s*\?(\w+) org:unitOf \?whole_\w+ \.(.*?GROUP BY \?\w+ \}\s*\})", TEXT, re.S)
    assert len({" ".join(re.sub(rf"\b(top_)?{who}\b", r"\1x", text).split()) for who, text in families}) == 1
    # The ways are those of a missing bridge, but that units count as their family.
    of_parts = (SOURCE / "missing-bridge.rq").read_text(encoding="utf-8")
    (ways,) = {" ".join(one.split()) for one in re.findall(r"\?member \((\^.*?)\)\* \?reached", of_parts, re.S)}
    ours = re.search(r"\?one (\^cg:partner/cg:partner.*?) \?two", TEXT, re.S)
    assert ours
    co_members = "^org:member/org:organization/^org:organization/org:member"
    assert {*re.split(r"\|", " ".join(ours[1].split()).replace(" ", ""))} - {co_members} == {
        way for way in ways.replace(" ", "").split("|") if "unitOf" not in way
    }
