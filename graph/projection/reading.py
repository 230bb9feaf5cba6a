"""From a store to relations.

What takes long in an engine on the disk is looking up what terms are called: microseconds each, and fewest where it is
asked for terms in the order in which it keeps them. So what is said of very many subjects with far fewer objects
(themes, places, partners) is gathered by one query: objects are numbered first, and each subject, looked up once and in
that order, comes with the numbers of its objects. What has few objects is read object by object, all else pair by pair.
"""

from __future__ import annotations

import ctypes
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Lock
from typing import IO, cast

import numpy as np
import pyoxigraph as ox

from graph.projection.dictionary import Dictionary
from graph.projection.projection import Projection
from graph.projection.relations import OF, ONLY, PROPERTIES, Ints, Relation, Relations, text_of
from graph.store import Store
from graph.store.embedded import EmbeddedStore

#: Queries at once: the engine lets go of the interpreter while it works.
_AT_ONCE = 2
#: Bytes, and rows, that are taken in at a time.
_PIECE, _ROWS = 1 << 20, 10_000
#: Statements from which on a property is not read pair by pair: but object by object where there are few of them, which
#: the engine's order suits, and gathered where each is in so many statements, and there are at most so many.
_LARGE, _FEW, _EACH, _MOST = 100_000, 64, 4, 200_000
#: Terms that a query can say as tables of results do.
_SAID = re.compile(r'<[^\x00-\x20<>"{}|^`\\]*>|"[^"\\\x00-\x1f]*"(\^\^<[^\x00-\x20<>"{}|^`\\]*>|@[A-Za-z0-9-]+)?')

_NONE: Ints = np.empty(0, dtype=np.int64)
Pairs = tuple[Ints, Ints]
#: The name of a property, and two terms.
Row = tuple[str, object, object]


def projection_of(store: Store) -> Projection:
    """The projection of the present state of a store."""
    if isinstance(store, EmbeddedStore):
        with store.alone():
            return Projection(read_engine(store.engine))
    return Projection(read(store))


def read(store: Store) -> Relations:
    """The relations of any store, also of one elsewhere. A statement that several graphs make counts once."""
    numbering = _Numbering()

    def pairs(name: str) -> Pairs:
        rows = iter(store.select(f"SELECT ?s ?o WHERE {{ {_where(name, str)} }}"))
        texts = iter(lambda: [text_of(row[at]) for row in islice(rows, _ROWS) for at in (0, 1)], [])
        return _pairs(numbering.of(piece) for piece in texts)

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return numbering.relations(dict(zip(PROPERTIES, pool.map(pairs, PROPERTIES), strict=True)))


def relations_of(rows: Iterable[Row]) -> Relations:
    """The relations of rows; one that is there twice is stated in two graphs."""
    numbering = _Numbering()
    found: dict[str, list[int]] = {name: [] for name in PROPERTIES}
    for name, subject, value in rows:
        text = text_of(value)
        if name not in ONLY or text in ONLY[name]:
            found[name] += numbering[text_of(subject)], numbering[text]
    return numbering.relations({name: _pairs([np.array(some, dtype=np.int64)]) for name, some in found.items()})


def read_engine(engine: ox.Store) -> Relations:
    """The same of an engine in this process: several times as fast, and how many graphs state a pair is known."""
    reading = _Reading(engine)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        sizes = dict(zip(PROPERTIES, pool.map(reading.size, PROPERTIES), strict=True))
        large = {
            name: objects for name, (statements, objects) in sizes.items() if statements >= _LARGE and name not in OF
        }
        gathered = [name for name, objects in large.items() if _FEW < objects <= min(sizes[name][0] // _EACH, _MOST)]
        first = pool.submit(reading.gathered, gathered)

        def alone(name: str) -> Pairs:
            few = name in large and large[name] <= _FEW
            return reading.by_object(name) if few else reading.pairs(name)

        others = [name for name in PROPERTIES if name not in gathered]
        found = dict(zip(others, pool.map(alone, others), strict=True)) | first.result()
        missing = [name for name in gathered if name not in found]
        found.update(zip(missing, pool.map(alone, missing), strict=True))
    return reading.numbering.relations(found)


def give_back() -> None:
    """Let the system have the memory that was only needed for reading, where its C library can be asked to: it is more
    than half of all."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if sys.platform == "linux" else None
    if trim is not None:
        trim(0)


class _Numbering(dict[str, int]):
    """Terms by their text, numbered as they are met."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number

    def of(self, texts: Sequence[str]) -> Ints:
        """The numbers of some texts."""
        with self._lock:
            return np.fromiter(map(self.__getitem__, texts), dtype=np.int64, count=len(texts))

    def relations(self, found: dict[str, Pairs]) -> Relations:
        """What was found; it is used up, and so are these numbers, so that nothing is in memory twice."""
        made = {name: Relation.of(*found.pop(name)) for name in PROPERTIES}
        dictionary = Dictionary(self)
        self.clear()
        return Relations(dictionary, made)


def _pairs(pieces: Iterable[Ints]) -> Pairs:
    """Of pieces in which subject and object take turns."""
    both = np.concatenate([_NONE, *pieces])
    return both[::2], both[1::2]


def _pattern(name: str) -> str:
    pattern = f"?s <{PROPERTIES[name]}> ?o"
    if name in ONLY:
        pattern = f"VALUES ?o {{ {' '.join(sorted(ONLY[name]))} }} {pattern}"
    return f"{pattern} FILTER(!ISLITERAL(?o))" if name in OF.values() else pattern


def _where(name: str, stated: Callable[[str], str]) -> str:
    """What matters of a property; ``stated`` says where a pattern is looked for."""
    if name not in OF:
        return stated(_pattern(name))
    leading = stated(f"?of <{PROPERTIES[OF[name]]}> ?s FILTER(!ISLITERAL(?s))")
    return f"{{ SELECT DISTINCT ?s WHERE {{ {leading} }} }} {stated(_pattern(name))}"


def _anywhere(pattern: str) -> str:
    """A pattern once for each graph that has it."""
    return f"{{ {pattern} }} UNION {{ GRAPH ?g {{ {pattern} }} }}"


class _Reading:
    """One engine, read once. Methods may run side by side."""

    def __init__(self, engine: ox.Store) -> None:
        self._engine = engine
        self.numbering = _Numbering()

    def size(self, name: str) -> tuple[int, int]:
        """How many statements a property has, and how many different objects."""
        counts = "SELECT (COUNT(*) AS ?statements) (COUNT(DISTINCT ?o) AS ?objects)"
        (row,) = self._query(f"{counts} WHERE {{ {_anywhere(_pattern(name))} }}")
        return int(row["statements"].value), int(row["objects"].value)

    def pairs(self, name: str) -> Pairs:
        """Pairs of subject and object, one for each graph that states it."""
        return _pairs(self._numbers(f"SELECT ?s ?o WHERE {{ {_where(name, _anywhere)} }}"))

    def by_object(self, name: str) -> Pairs:
        """The same, object by object: so the engine does not look up the same few again and again."""
        objects = self._objects(name)
        queries = [f"SELECT ?s WHERE {{ {_anywhere(f'?s <{PROPERTIES[name]}> {text}')} }}" for text, _ in objects]
        subjects = [np.concatenate([_NONE, *self._numbers(query)]) for query in queries]
        if not objects or [len(some) for some in subjects] != [count for _, count in objects]:
            return self.pairs(name)
        numbers = self.numbering.of([text for text, _ in objects])
        return np.concatenate(subjects), np.repeat(numbers, [count for _, count in objects])

    def _numbers(self, query: str) -> list[Ints]:
        """The numbers of all terms in a query's table, in pieces."""
        taken: list[Ints] = []
        self._table(query, lambda cells: taken.append(self.numbering.of(cells)))
        return taken

    def gathered(self, names: Sequence[str]) -> dict[str, Pairs]:
        """The same of several properties at once. One of which not all is found so is left out: a query cannot name
        every object, and a subject without a class is not looked for."""
        objects = [(name, *one) for name in names for one in self._objects(name)]
        if not objects:
            return {}
        codes = _Codes(len(objects))
        values = " ".join(f'(<{PROPERTIES[name]}> {text} "{codes[at]}")' for at, (name, text, _) in enumerate(objects))
        # The left side of OPTIONAL tells the order, which is that of the engine for subjects of one class.
        query = f"""SELECT ?s ?codes WHERE {{
            {{ SELECT DISTINCT ?s WHERE {{ {_anywhere(f"?s <{PROPERTIES['type']}> ?class")} }} }}
            OPTIONAL {{ SELECT ?s (GROUP_CONCAT(?code; separator="") AS ?codes) WHERE {{
                VALUES (?p ?o ?code) {{ {values} }} {_anywhere("?s ?p ?o")}
            }} GROUP BY ?s }}
            FILTER(BOUND(?codes))
        }}"""
        taken: list[tuple[Ints, Ints]] = [(_NONE, _NONE)]

        def take(cells: Sequence[str]) -> None:
            subjects, found = self.numbering.of(cells[::2]), codes.read(cells[1::2])
            taken.append((np.repeat(subjects, [(len(cell) - 2) // codes.width for cell in cells[1::2]]), found))

        self._table(query, take)
        subjects, which = (np.concatenate(column) for column in zip(*taken, strict=True))
        complete = np.bincount(which, minlength=len(objects)) == [count for _, _, count in objects]
        numbers = self.numbering.of([text for _, text, _ in objects])
        whose = np.array([name for name, _, _ in objects])
        made = {}
        for name in np.unique(whose).tolist():
            if complete[whose == name].all():
                rows = (whose == name)[which]
                made[name] = subjects[rows], numbers[which[rows]]
        return made

    def _objects(self, name: str) -> list[tuple[str, int]]:
        """The objects of a property that a query can name, and in how many statements each is."""
        found: list[tuple[str, int]] = []
        self._table(
            f"SELECT ?o (COUNT(*) AS ?count) WHERE {{ {_anywhere(_pattern(name))} }} GROUP BY ?o",
            lambda cells: found.extend(zip(cells[::2], map(int, cells[1::2]), strict=True)),
        )
        return found if all(_SAID.fullmatch(text) for text, _ in found) else []

    def _query(self, text: str) -> ox.QuerySolutions:
        result = self._engine.query(text)
        assert isinstance(result, ox.QuerySolutions)
        return result

    def _table(self, text: str, take: Callable[[Sequence[str]], object]) -> None:
        """The cells of a query's table, in pieces of whole rows."""
        table = _Table(take)
        self._query(text).serialize(cast(IO[bytes], table), ox.QueryResultsFormat.TSV)
        table.end()


class _Table:
    """A file that takes in a table of results while it is written, so that there is never all of it."""

    def __init__(self, take: Callable[[Sequence[str]], object]) -> None:
        self._take = take
        self._written = bytearray()
        self._headed = False

    def write(self, data: bytes) -> int:
        self._written += data
        if len(self._written) >= _PIECE:
            self.end()
        return len(data)

    def flush(self) -> None:
        """Nothing: what is not a whole row is kept for later."""

    def end(self) -> None:
        """Take what is there."""
        if not self._headed:
            heading = self._written.find(b"\n") + 1
            del self._written[:heading]
            self._headed = bool(heading)
        end = self._written.rfind(b"\n") + 1
        # No text of a table has a line's end or a tab inside.
        cells = self._written[:end].decode().replace("\n", "\t").split("\t")[:-1]
        del self._written[:end]
        if cells:
            self._take(cells)


class _Codes:
    """Short texts for the numbers below ``size``, all of one width: of a group of at most 15 bytes the engine does not
    ask its database whether it knows that text."""

    _LETTERS = "".join(chr(one) for one in range(33, 127) if chr(one) not in '"\\')

    def __init__(self, size: int) -> None:
        self._base = len(self._LETTERS)
        self.width = next(width for width in range(1, 9) if self._base**width >= size)

    def __getitem__(self, number: int) -> str:
        return "".join(self._LETTERS[number // self._base**at % self._base] for at in range(self.width))

    def read(self, cells: Sequence[str]) -> Ints:
        """The numbers whose texts stand in quoted cells, one after the other."""
        digit = np.zeros(128, dtype=np.int64)
        digit[[ord(letter) for letter in self._LETTERS]] = np.arange(self._base)
        letters = np.frombuffer("".join(cell[1:-1] for cell in cells).encode(), dtype=np.uint8)
        found: Ints = digit[letters].reshape(-1, self.width) @ (self._base ** np.arange(self.width))
        return found
