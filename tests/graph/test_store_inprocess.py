"""The in-process engine: the same protocol as the isolated one, without its guards, and saying so."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.errors import NotAcceptable, QueryError
from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.store.engine import TABLE, Engine
from graph.store.inprocess import InProcessEngine
from graph.store.writes import as_write

JSON = "application/sparql-results+json"
ACCEPT: dict[str, str | None] = {"solutions": JSON, "boolean": JSON, "graph": "application/n-triples"}
G, P = ox.NamedNode("https://example.org/g"), ox.NamedNode("https://example.org/p")


def quads(count: int) -> frozenset[ox.Quad]:
    return frozenset(ox.Quad(ox.NamedNode(f"https://example.org/{n}"), P, ox.Literal(n), G) for n in range(count))


def within(work: Callable[[InProcessEngine], Awaitable[None]], count: int = 100) -> None:
    async def run() -> None:
        store = EmbeddedStore()
        store.write(Change(added=quads(count)))
        engine = InProcessEngine(store)
        await engine.start()
        try:
            await work(engine)
        finally:
            await engine.stop()

    asyncio.run(run())


def test_it_is_an_engine_and_says_that_it_has_no_guards() -> None:
    engine = InProcessEngine(EmbeddedStore())
    assert isinstance(engine, Engine)
    assert not engine.guarded


def test_each_form_of_result() -> None:
    async def work(engine: InProcessEngine) -> None:
        for text, form, part in (
            ("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", "solutions", b'"101"'),
            ("ASK { ?s ?p 7 }", "boolean", b"true"),
            ("CONSTRUCT WHERE { <https://example.org/7> ?p ?o }", "graph", b"example.org/7"),
        ):
            result = await engine.ask(text, ACCEPT)
            assert (result.form, result.generation) == (form, 1)
            assert part in await result.read()
        with pytest.raises(NotAcceptable):
            await engine.ask("ASK {}", {**ACCEPT, "boolean": None})
        with pytest.raises(QueryError) as caught:
            await engine.ask("SELECT * {\n ?s ?p }", ACCEPT)
        assert caught.value.line == 2

    within(work)


def test_a_table_is_cut_and_says_so() -> None:
    async def work(engine: InProcessEngine) -> None:
        result = await engine.ask("SELECT ?s ?o ?none { ?s ?p ?o }", {**ACCEPT, "solutions": TABLE}, rows=5)
        body = await result.read()
        assert b'"more": true' in body
        assert body.count(b'["literal"') == 5

    within(work)


def test_the_graph_without_a_name_and_those_kept_aside() -> None:
    async def work(engine: InProcessEngine) -> None:
        async def count(text: str, **options: object) -> bytes:
            accept: dict[str, str | None] = {**ACCEPT, "solutions": "text/csv"}
            result = await engine.ask(f"SELECT (COUNT(*) AS ?n) {text}", accept, **options)  # type: ignore[arg-type]
            return (await result.read()).split()[1]

        assert await count("{ ?s ?p ?o }", union=False) == b"0"
        assert await count("{ GRAPH ?g { ?s ?p ?o } }", union=False, aside=[G.value]) == b"1"
        assert await count(f"FROM {G} {{ ?s ?p ?o }}", union=False, aside=[G.value]) == b"100"
        assert await count("{ ?s ?p ?o }", default_graphs=[G.value]) == b"100"

    within(work)


def test_a_result_that_nobody_reads_lets_its_thread_go() -> None:
    async def work(engine: InProcessEngine) -> None:
        for _ in range(20):
            result = await engine.ask("SELECT * { ?a ?b ?c . ?d ?e ?f }", ACCEPT)
            async for _ in result.pieces():
                break
            result.abandon()
        assert await (await engine.ask("ASK {}", ACCEPT)).read()

    within(work, 600)


def test_a_graph_has_to_be_there_where_that_is_asked_for() -> None:
    async def work(engine: InProcessEngine) -> None:
        assert (await (await engine.dump("application/n-triples", G.value, existing=True)).read()).count(b"\n") == 100
        with pytest.raises(QueryError) as caught:
            await engine.dump("text/turtle", "https://example.org/none", existing=True)
        assert caught.value.code == "no-such-graph"
        assert await (await engine.dump("text/turtle", "", existing=True)).read() == b""

    within(work)


def test_writes_with_a_note_of_who(tmp_path: Path) -> None:
    file = tmp_path / "up.nq"
    file.write_text("<urn:s> <urn:p> _:b .\n", encoding="utf-8")
    note = "<urn:write> <urn:by> <urn:me> <urn:notes> .\n"

    async def work(engine: InProcessEngine) -> None:
        put = {"write": "put", "path": str(file), "replace": True, "note": note}
        assert not (await engine.submit({**put, "graph": "urn:new"})).existed
        assert (await engine.submit({**put, "graph": "urn:new"})).existed
        assert not (await engine.submit({**put, "graph": ""})).existed
        assert (await engine.submit({"write": "update", "text": "CLEAR ALL ;", "note": note})).existed
        assert (await (await engine.dump("application/n-triples", "urn:notes")).read()).count(b"\n") == 1
        assert not (await engine.submit({"write": "drop", "graph": "urn:none", "note": note})).existed
        assert (await engine.submit(as_write(Change(added=quads(1))))).generation == engine.generation
        with pytest.raises(QueryError):
            await engine.submit({"write": "update", "text": "INSERT DATA {"})

    within(work)


def test_hostile_texts_and_files_are_read_by_the_same_calls(tmp_path: Path) -> None:
    file, target = tmp_path / "up.ttl", tmp_path / "out.nq"
    file.write_text("<a:a> <b:b>\n <c:c> , .", encoding="utf-8")

    async def work(engine: InProcessEngine) -> None:
        assert (await engine.parse({"call": "vet", "text": "CLEAR ALL"}))["text"] == "CLEAR ALL"
        with pytest.raises(QueryError) as caught:
            await engine.parse({"call": "vet", "text": "LOAD <http://127.0.0.1:1/>"})
        assert caught.value.code == "load-refused"
        call = {"call": "parse", "path": str(file), "target": str(target), "type": "text/turtle", "graph": ""}
        with pytest.raises(QueryError) as caught:
            await engine.parse(call)
        assert caught.value.line == 2
        file.write_text("<a:a> <b:b> 'long enough' .", encoding="utf-8")
        assert (await engine.parse(call))["quads"] == 1
        with pytest.raises(QueryError) as caught:
            await engine.parse({**call, "largest": 10})
        assert caught.value.code == "result-too-large"

    within(work)
