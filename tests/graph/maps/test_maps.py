"""Every map draws what its case says, and nothing that no source says."""

import csv
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import graph.maps
from graph.errors import GraphError, UnknownName
from graph.maps import build, maps
from graph.model import Edge, Node
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import DEFAULT_BASE

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "example.trig"


def store_of(path: Path) -> EmbeddedStore:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(ox.parse(path=path))))
    return store


def expected(name: str, table: str) -> list[dict[str, str]]:
    with (HERE / name / table).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def iris(text: str, within: str = "") -> tuple[str, ...]:
    return tuple(DEFAULT_BASE + within + part for part in text.split())


@pytest.mark.parametrize("name", maps())
def test_the_case(name: str) -> None:
    found = build(store_of(HERE / name / "given.trig"), name)
    assert [replace(node, measures={}) for node in found.nodes] == [
        Node(
            iri=DEFAULT_BASE + row["iri"],
            label=row["label"],
            kind=row["kind"],
            weight=float(row["weight"]),
            sources=iris(row["sources"], "source/"),
            note=row["note"],
        )
        for row in expected(name, "nodes.csv")
    ]
    assert list(found.edges) == [
        Edge(
            source=DEFAULT_BASE + row["source"],
            target=DEFAULT_BASE + row["target"],
            kind=row["kind"],
            label=row["label"],
            weight=float(row["weight"]),
            basis=row["basis"],
            sources=iris(row["sources"], "source/"),
            evidence=iris(row["evidence"]),
            start=row["start"],
            end=row["end"],
            stated_on=row["stated_on"],
        )
        for row in expected(name, "edges.csv")
    ]
    assert found.generation == 1


def test_nodes_are_measured_on_the_map() -> None:
    """Worked out by hand. A joins B, C and N to G, H and Z, which are all joined to each other; N hangs on B; F is
    alone. C gives B half of its attention and, by A, a tenth; A half and, by B, a sixth."""
    nodes = build(store_of(HERE / "collaboration" / "given.trig"), "collaboration").nodes

    def of(measure: str) -> dict[str, float]:
        return {node.label: node.measures[measure] for node in nodes if node.measures.get(measure)}

    assert of("degree") == {"A": 5, "B": 3, "C": 2, "G": 3, "H": 3, "Network": 1, "Z": 3}
    assert of("component") == dict.fromkeys(of("degree"), 1) | {"F": 2}
    assert of("articulation") == {"A": 1, "B": 1}
    assert of("betweenness") == pytest.approx({"A": 9 / 21, "B": 5 / 21})
    constraint = of("constraint")
    assert constraint["C"] == pytest.approx((1 / 2 + 1 / 10) ** 2 + (1 / 2 + 1 / 6) ** 2)
    assert constraint["Network"] == 1
    assert "F" not in constraint


@pytest.mark.parametrize("name", maps())
def test_a_map_is_in_order_and_complete(name: str) -> None:
    found = build(store_of(EXAMPLE), name)
    known = [node.iri for node in found.nodes]
    assert known == sorted(set(known))
    keys = [(e.source, e.target, e.kind, e.basis, e.start, e.end) for e in found.edges]
    assert keys == sorted(set(keys))
    assert keys, "the example has something for every map"
    assert {end for e in found.edges for end in (e.source, e.target)} <= set(known)
    assert all(e.evidence and e.sources and e.label and e.basis for e in found.edges)
    assert {n.label for n in found.nodes if n.kind == "organisation"} == {
        "Example Agency", "Example Agency Armenia", "Example Network", "Example Society"
    }  # fmt: skip


def test_partners_without_a_name_are_a_note_and_nobody_is_invented() -> None:
    found = build(store_of(EXAMPLE), "collaboration")
    noted = {node.label: node.note for node in found.nodes if node.note}
    assert list(noted) == ["Example Network"]
    assert "its members and other organisations" in noted["Example Network"]
    assert {(e.kind, e.basis) for e in found.edges} == {("unit", "inferred-name"), ("member", "stated")}


def test_labels_and_titles_follow_the_language() -> None:
    found = build(store_of(HERE / "collaboration" / "given.trig"), "collaboration", lang="ru")
    assert found.title == "Партнёры и их сотрудничество"
    assert found.nodes[0].label == "А по-русски"
    assert found.nodes[1].label == "B", "what has no Russian name keeps its own"
    assert "Входит в" in {edge.label for edge in found.edges}
    assert "Y; Икс" in {edge.label for edge in found.edges}
    assert any("которых источник не называет: some others" in node.note for node in found.nodes)


def test_an_empty_store_gives_an_empty_map() -> None:
    found = build(EmbeddedStore(), "collaboration")
    assert (found.nodes, found.edges, found.generation) == ((), (), 0)


def test_an_unknown_map_names_the_others() -> None:
    with pytest.raises(UnknownName, match="no map 'colaboration'") as caught:
        build(EmbeddedStore(), "colaboration")
    assert caught.value.suggestions == ("collaboration", "shared-work")


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("#+ edge theme @en: Works on @ru: Работает по теме\n", "", "no '#[+] edge theme"),
        ("@ru: Работает по теме", "", "expected '#[+] edge kind"),
        ("#+ edge theme", "#+ edge topic", 'makes no "topic"'),
        ("#+ column text value @en: Remark @ru: Примечание\n", "", "a map has the columns"),
        ("#+ title@ru", "#+ title@xx", "needs a language"),
    ],
)
def test_a_file_that_breaks_the_format_is_named(tmp_path: Path, old: str, new: str, problem: str) -> None:
    text = (Path(graph.maps.__file__).parent / "shared-work.rq").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "broken.rq").write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(GraphError, match=problem) as caught:
        maps(tmp_path)
    assert caught.value.message.startswith("broken.rq, line ")
