"""Large writes, made on a copy of the database that takes its place."""

from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import GraphError
from graph.store import Change, Lines, bulk, embedded, tally, writes
from graph.store.embedded import EmbeddedStore
from graph.store.fingerprint import fingerprint

P = "https://example.org/"
NOTE = f"<{P}write> <{P}by> 'Anna' <{P}notes> .\n".replace("'", '"')


def quads(*numbers: int) -> str:
    return "".join(f'<{P}{n}> <{P}p> "{n}" .\n' for n in numbers)


def put(
    store: EmbeddedStore, folder: Path, text: str, graph: str = f"{P}g", *, replace: bool = True
) -> dict[str, object]:
    file = folder / "upload.nq"
    file.write_text(f"# {'x' * writes.LARGE}\n{text}", encoding="utf-8")
    return writes.apply(store, {"write": "put", "graph": graph, "path": str(file), "replace": replace, "note": NOTE})


def held(store: EmbeddedStore, graph: str = f"{P}g") -> set[int]:
    return {int(quad.object.value) for quad in store.quads(graph)}  # type: ignore[union-attr]


@pytest.fixture(params=["on disk", "in memory", "no exchange of folders"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> EmbeddedStore:
    if request.param == "no exchange of folders":
        monkeypatch.setattr(bulk, "possible", lambda _: False)
    return EmbeddedStore(None if request.param == "in memory" else tmp_path / "store")


def test_a_graph_is_made_added_to_and_replaced(store: EmbeddedStore, tmp_path: Path) -> None:
    store.update(f"INSERT DATA {{ GRAPH <{P}other> {{ <{P}1> <{P}p> '1' }} }}")
    assert put(store, tmp_path, quads(1, 2)) == {"generation": 2, "existed": False}
    assert put(store, tmp_path, quads(2, 3), replace=False) == {"generation": 3, "existed": True}
    assert held(store) == {1, 2, 3}
    assert put(store, tmp_path, quads(3, 4)) == {"generation": 4, "existed": True}
    assert held(store) == {3, 4}
    assert held(store, f"{P}other") == {1}
    assert [quad.object.value for quad in store.quads(f"{P}notes")] == ["Anna"]  # type: ignore[union-attr]
    assert store.generation == 4
    assert store.update("CLEAR DEFAULT") == 5
    store.close()


def test_an_empty_graph_is_there(store: EmbeddedStore, tmp_path: Path) -> None:
    put(store, tmp_path, quads(1))
    put(store, tmp_path, "")
    assert held(store) == set()
    assert store.has_graph(f"{P}g")
    store.close()


def test_the_default_graph(store: EmbeddedStore, tmp_path: Path) -> None:
    put(store, tmp_path, quads(1, 2), graph="")
    put(store, tmp_path, quads(2), graph="")
    found = store.query(f"ASK {{ <{P}2> ?p ?o }}"), store.query(f"ASK {{ <{P}1> ?p ?o }}")
    assert [bool(answer) for answer in found] == [True, False]
    store.close()


def test_a_large_change_takes_out_and_puts_in(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LARGE", 2)
    one, two, three, four = (next(iter(ox.parse(quads(n).encode(), format=ox.RdfFormat.N_QUADS))) for n in range(4))
    graph = ox.NamedNode(f"{P}g")
    one, two, three, four = (ox.Quad(q.subject, q.predicate, q.object, graph) for q in (one, two, three, four))
    assert store.write(Change(added=frozenset({one, two, three}))) == 1
    before = fingerprint(store.quads(f"{P}g"))
    change = Change(removed=frozenset({one, two}), added=frozenset({four}))
    with pytest.raises(GraphError, match="changed meanwhile"):
        store.write(change, unchanged=(f"{P}g", "another"))
    assert store.generation == 1
    assert store.write(change, unchanged=(f"{P}g", before)) == 2
    assert held(store) == {2, 3}
    store.close()


@pytest.mark.parametrize("large", [False, True])
def test_what_comes_in_may_be_lines_of_a_file(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: bool
) -> None:
    if large:
        monkeypatch.setattr(embedded, "LARGE_FILE", 0)
        monkeypatch.setattr(bulk, "_LOADED", 100)
    lines = "".join(f'<{P}{n}> <{P}p> "{n}" <{P}g> .\n' for n in range(50))
    before = quads(51)
    (tmp_path / "more.nq").write_text(before + lines, encoding="utf-8")
    more = Lines(tmp_path / "more.nq", len(before))
    removed = next(iter(ox.parse(f'<{P}52> <{P}p> "52" <{P}g> .'.encode(), format=ox.RdfFormat.N_QUADS)))
    added = next(iter(ox.parse(f'<{P}53> <{P}p> "53" <{P}g> .'.encode(), format=ox.RdfFormat.N_QUADS)))
    assert store.write(Change(added=frozenset({removed}))) == 1
    write = writes.as_write(Change(frozenset({removed}), frozenset({added}), (more,)))
    assert writes.apply(store, write) == {"generation": 2}
    assert held(store) == {*range(50), 53}
    assert store.has_graph(f"{P}g")
    assert not store.has_graph("")
    assert not Change(more=(Lines(tmp_path / "more.nq", more.size + more.begin),))
    store.close()


def test_lines_of_a_file_keep_the_names_of_blank_nodes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "LARGE_FILE", 0)
    file = tmp_path / "more.nq"
    file.write_text(f"_:abc <{P}p> _:xyz <{P}g> .\n", encoding="utf-8")
    store = EmbeddedStore(tmp_path / "store")
    store.write(Change(more=(Lines(file),)))
    assert set(store.quads()) > set(Lines(file).quads())
    file.write_text(f"<{P}1> <{P}p> <{P}2> <{P}g> .\n<{P}broken\n", encoding="utf-8")
    with pytest.raises(SyntaxError):
        store.write(Change(more=(Lines(file),)))
    assert store.generation == 1
    assert len(set(store.quads(f"{P}g"))) == 1
    store.close()


def test_it_is_there_after_closing_and_confirmed(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    put(store, tmp_path, quads(1, 2))
    confirmed = tally.read(tally.path_for(tmp_path / "store"))
    assert confirmed is not None
    assert confirmed.generation == 1
    store.close()
    again = EmbeddedStore(tmp_path / "store")
    assert held(again) == {1, 2}
    assert not again.lost
    assert not bulk.beside(tmp_path / "store").exists()
    again.close()


def test_a_file_that_breaks_off_changes_nothing(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    put(store, tmp_path, quads(1))
    with pytest.raises(SyntaxError):
        put(store, tmp_path, quads(2, 3) + f"<{P}4> <{P}p> ")
    assert held(store) == {1}
    assert store.generation == 1
    assert put(store, tmp_path, quads(5))["generation"] == 2
    assert held(store) == {5}
    store.close()


def test_a_copy_that_a_killed_write_left_is_removed(tmp_path: Path) -> None:
    EmbeddedStore(tmp_path / "store").close()
    left = bulk.beside(tmp_path / "store")
    left.mkdir()
    (left / "CURRENT").write_text("by half")
    EmbeddedStore(tmp_path / "store").close()
    assert not left.exists()


def test_folders_are_exchanged_in_one_step(tmp_path: Path) -> None:
    if not bulk.possible(tmp_path):
        pytest.skip("the system cannot exchange two folders")
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "name").write_text(name)
    bulk.exchange(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "name").read_text() == "other"
    assert (tmp_path / "other" / "name").read_text() == "one"
    with pytest.raises(OSError, match="exchanged"):
        bulk.exchange(tmp_path / "one", tmp_path / "missing")
