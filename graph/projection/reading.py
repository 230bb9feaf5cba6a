"""From a store to relations: one query a property, so that no row is more than a pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pyoxigraph as ox

from graph.projection.projection import Projection
from graph.projection.relations import OF, ONLY, PROPERTIES, Dictionary, Relation, Relations, text_of
from graph.store import Store
from graph.store.embedded import EmbeddedStore

#: Runs a query for ``?s ?o`` and gives the terms' texts, subject and object in turn.
Ask = Callable[[str], Sequence[str]]
#: Queries at once: the engine lets go of the interpreter while it works.
_AT_ONCE = 2
_HEADING = b"?s\t?o\n"


def projection_of(store: Store) -> Projection:
    """The projection of the present state of a store."""
    if isinstance(store, EmbeddedStore):
        with store.alone():
            return Projection(read_engine(store.engine))
    return Projection(read(store))


def read(store: Store) -> Relations:
    """The relations of any store, also of one elsewhere. A statement that several graphs make counts once."""
    return _read(lambda text: [text_of(row[at]) for row in store.select(text) for at in (0, 1)], "{pattern}")


def read_engine(engine: ox.Store) -> Relations:
    """The same of an engine in this process: several times as fast, and how many graphs state a pair is known."""

    def ask(text: str) -> list[str]:
        result = engine.query(text)
        assert isinstance(result, ox.QuerySolutions)
        table = result.serialize(format=ox.QueryResultsFormat.TSV)
        assert table is not None
        # No text of a table has a line's end or a tab inside.
        return table[len(_HEADING) :].decode().replace("\n", "\t").split("\t")[:-1]

    return _read(ask, "{{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}")


def _read(ask: Ask, where: str) -> Relations:
    dictionary = Dictionary()
    found: dict[str, Relation] = {}
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        texts = {name: _query(name, iri, where) for name, iri in PROPERTIES.items()}
        for name, terms in zip(texts, pool.map(ask, texts.values()), strict=True):
            found[name] = _relation(dictionary, terms)
    return Relations(dictionary, found)


def _query(name: str, iri: str, where: str) -> str:
    pattern = f"?s <{iri}> ?o"
    if name in ONLY:
        pattern = f"VALUES ?o {{ {' '.join(sorted(ONLY[name]))} }} {pattern}"
    if name in OF.values():
        pattern += " FILTER(!ISLITERAL(?o))"
    text = where.format(pattern=pattern)
    if name in OF:
        leading = where.format(pattern=f"?of <{PROPERTIES[OF[name]]}> ?s FILTER(!ISLITERAL(?s))")
        text = f"{{ SELECT DISTINCT ?s WHERE {{ {leading} }} }} {text}"
    return f"SELECT ?s ?o WHERE {{ {text} }}"


def _relation(dictionary: Dictionary, terms: Sequence[str]) -> Relation:
    number = dictionary.__getitem__
    subjects = np.fromiter(map(number, terms[::2]), dtype=np.int64, count=len(terms) // 2)
    objects = np.fromiter(map(number, terms[1::2]), dtype=np.int64, count=len(terms) // 2)
    return Relation.of(subjects, objects)
