"""Measures the gap engine on invented engagements of realistic skew: ``python -m tests.benchmarks.gaps``.

For each size: reading a store on disk into columns, taking in a batch of 1,000 rows, the matrix, every kind of gap that
is found over columns (the worst 100, unfiltered and filtered to a theme and a region), what-ifs, the best ties, what
became of gaps in a year, and memory; beside the kind's own query on the engine in memory, which is given up after a
minute. Nothing is asserted.

50,000 organisations (a tenth of them units of others), 300 themes in a tree, 200 countries in 20 regions. Few
organisations, themes and places have most of the engagements (Zipf). A fifth as many resources and numbers as
engagements, at most 20,000 of each, and half as many talks; a quarter of the themes has definitions.
"""

from __future__ import annotations

import argparse
import bisect
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from itertools import accumulate
from pathlib import Path

import numpy as np
import pyoxigraph as ox

from graph.coverage.cells import Cells
from graph.gaps import columns, kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, Assumption
from graph.gaps.between_days import between_days
from graph.gaps.columns import Asked
from graph.gaps.ties import best_ties
from graph.gaps.whatif import what_if
from graph.model import GapKind
from graph.names import Names
from graph.projection import Projection
from graph.projection.reading import give_back, read_engine
from graph.question_file import bind
from graph.store.snapshot import Snapshot
from graph.terms import DEFAULT_BASE, NS, PLACE, REFERENCE_BASE, THEME

_ORGANISATIONS, _THEMES, _COUNTRIES, _REGIONS = 50_000, 300, 200, 20
#: Resources, and numbers.
_MOST = 20_000
_LANGUAGES = ("en", "fr", "es", "ar", "ru", "pt", "sw", "uk", "tr", "de", "fa", "ps", "so", "my")
_DAY = date(2026, 6, 30)
_PATIENCE = 60.0
_GRAPH = f"<{DEFAULT_BASE}source/invented>"
_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_XSD_DATE = "<http://www.w3.org/2001/XMLSchema#date>"


def _zipf(chance: random.Random, size: int, exponent: float) -> Callable[[], int]:
    sums = list(accumulate(1 / (rank + 1) ** exponent for rank in range(size)))
    return lambda: bisect.bisect_left(sums, chance.random() * sums[-1])


class Invented:
    """Statements as lines of N-Quads."""

    def __init__(self, seed: int = 20100511) -> None:
        self.chance = random.Random(seed)
        self._organisation = _zipf(self.chance, _ORGANISATIONS, 0.8)
        self._theme = _zipf(self.chance, _THEMES, 0.9)
        self._country = _zipf(self.chance, _COUNTRIES, 0.9)
        # Whoever works much is no neighbour of others who do, in the order of names.
        self._names = list(range(_ORGANISATIONS))
        self.chance.shuffle(self._names)

    def organisation(self) -> str:
        return f"<{DEFAULT_BASE}organisation/o{self._names[self._organisation()]:05}>"

    @staticmethod
    def line(subject: str, predicate: str, value: str) -> str:
        return f"{subject} <{predicate}> {value} {_GRAPH} .\n"

    def reference(self) -> Iterator[str]:
        """Themes, places and families."""
        skos = "http://www.w3.org/2004/02/skos/core#"
        for theme in range(_THEMES):
            me = f"<{THEME}t{theme}>"
            yield self.line(me, f"{skos}inScheme", f"<{REFERENCE_BASE}theme>")
            yield self.line(me, _A[1:-1], f"<{NS}Theme>")
            yield self.line(me, f"{skos}prefLabel", f'"Theme {theme}"@en')
            if theme >= 10:
                yield self.line(me, f"{skos}broader", f"<{THEME}t{self.chance.randrange(theme // 3)}>")
        inside = "https://schema.org/containedInPlace"
        for region in range(_REGIONS):
            yield f"<{PLACE}r{region}> {_A} <{NS}Region> {_GRAPH} .\n"
            yield self.line(f"<{PLACE}r{region}>", f"{skos}prefLabel", f'"Region {region}"@en')
            yield self.line(f"<{PLACE}r{region}>", inside, f"<{PLACE}m49-001>")
        for country in range(_COUNTRIES):
            yield f"<{PLACE}c{country}> {_A} <{NS}Country> {_GRAPH} .\n"
            yield self.line(f"<{PLACE}c{country}>", f"{skos}prefLabel", f'"Country {country}"@en')
            yield self.line(f"<{PLACE}c{country}>", inside, f"<{PLACE}r{country % _REGIONS}>")
        for unit in range(0, _ORGANISATIONS, 10):
            parent = f"<{DEFAULT_BASE}organisation/o{(unit * 7 + 1) % _ORGANISATIONS:05}>"
            me = f"<{DEFAULT_BASE}organisation/o{unit:05}>"
            yield self.line(me, "http://www.w3.org/ns/org#unitOf", parent)
        for number in range(20):
            me = f"<{DEFAULT_BASE}statement/invented/w{number}>"
            for kind in ("MeetingStatement", "Priority"):
                yield f"{me} {_A} <{NS}{kind}> {_GRAPH} .\n"
            yield self.line(me, f"{NS}theme", f"<{THEME}t{self.chance.randrange(_THEMES)}>")
            yield self.line(me, f"{NS}place", f"<{PLACE}c{self.chance.randrange(_COUNTRIES)}>")

    def definitions(self) -> Iterator[str]:
        """Of every fourth theme, by one to five of twenty books; a tenth of the themes asks what another one means."""
        skos, chance = "http://www.w3.org/2004/02/skos/core#", self.chance
        for theme in range(0, _THEMES, 4):
            me = f"<{THEME}t{theme}>"
            yield self.line(me, f"{skos}definition", '"What we mean by it, in some words of our own."@en')
            for book in chance.sample(range(20), chance.randrange(1, 6)):
                definition = f"<{THEME}t{theme}/definition/b{book}>"
                yield self.line(me, f"{skos}definition", definition)
                yield self.line(definition, "http://purl.org/dc/terms/source", f"<{DEFAULT_BASE}book/b{book}>")
        for theme in range(10, _THEMES, 10):
            yield self.line(f"<{THEME}t{theme}>", f"{skos}notation", f'"defining-t{theme}"')
            me = f"<{DEFAULT_BASE}statement/invented/d{theme}>"
            for kind in ("MeetingStatement", "Challenge"):
                yield f"{me} {_A} <{NS}{kind}> {_GRAPH} .\n"
            yield self.line(me, f"{NS}theme", f"<{THEME}t{theme}>")

    def resource(self, number: int) -> Iterator[str]:
        """What somebody made, a tenth of it only proposed, a fifth without a language; and, of every second, a talk."""
        chance, schema = self.chance, "https://schema.org/"
        me = f"<{DEFAULT_BASE}resource/invented/{number:08x}>"
        yield f"{me} {_A} <{schema}CreativeWork> {_GRAPH} .\n"
        availability = "proposed" if chance.random() < 0.1 else "existing"
        yield self.line(me, f"{NS}availability", f"<{REFERENCE_BASE}code/availability/{availability}>")
        yield self.line(me, f"{NS}basis", f"<{REFERENCE_BASE}code/basis/stated>")
        yield self.line(me, f"{schema}creator", self.organisation())
        for theme in {self._theme() for _ in range(chance.randrange(1, 3))}:
            yield self.line(me, f"{NS}theme", f"<{THEME}t{theme}>")
        if chance.random() < 0.8:
            yield self.line(me, f"{schema}inLanguage", f'"{_LANGUAGES[int(len(_LANGUAGES) * chance.random() ** 4)]}"')
        if number % 2:
            return
        talk = f"<{DEFAULT_BASE}talk/invented/{number:08x}>"
        yield f"{talk} {_A} <{NS}Talk> {_GRAPH} .\n"
        yield self.line(talk, f"{NS}onBehalfOf", self.organisation())
        yield self.line(talk, f"{NS}theme", f"<{THEME}t{self._theme()}>")

    def observation(self, number: int) -> Iterator[str]:
        """A number for a theme in a country, now and then in a region."""
        chance = self.chance
        me = f"<{DEFAULT_BASE}observation/invented/{number:08x}>"
        yield f"{me} {_A} <http://purl.org/linked-data/cube#Observation> {_GRAPH} .\n"
        yield self.line(me, f"{NS}theme", f"<{THEME}t{chance.randrange(_THEMES)}>")
        region = chance.random() < 0.05
        place = f"r{chance.randrange(_REGIONS)}" if region else f"c{chance.randrange(_COUNTRIES)}"
        yield self.line(me, f"{NS}place", f"<{PLACE}{place}>")
        value = f"{chance.randrange(1, 1_000_000)}.{chance.randrange(1, 10)}"
        yield self.line(me, f"{NS}value", f'"{value}"^^<http://www.w3.org/2001/XMLSchema#decimal>')
        indicator = chance.randrange(200)
        yield self.line(me, f"{NS}indicator", f'"People who are counted by indicator {indicator}"@en')
        yield self.line(me, f"{NS}indicator", f'"Люди, которых считает показатель {indicator}"@ru')
        yield self.line(me, f"{NS}unit", '"per 100,000"')
        yield self.line(me, f"{NS}basis", f"<{REFERENCE_BASE}code/basis/stated>")
        yield self.line(me, f"{NS}statedOn", f'"{chance.choice((2017, 2024, 2026))}-03-15"^^{_XSD_DATE}')

    def engagement(self, number: int) -> Iterator[str]:
        """One row: a tenth for a region, a twentieth of several, some old, some inferred."""
        chance = self.chance
        me = f"<{DEFAULT_BASE}engagement/invented/{number:08x}>"
        several = chance.random() < 0.05
        yield f"{me} {_A} <{NS}{'Collaboration' if several else 'Engagement'}> {_GRAPH} .\n"
        for who in {self.organisation() for _ in range(chance.randrange(2, 4) if several else 1)}:
            yield self.line(me, f"{NS}partner", who)
        for theme in {self._theme() for _ in range(2 if chance.random() < 0.1 else 1)}:
            yield self.line(me, f"{NS}theme", f"<{THEME}t{theme}>")
        if chance.random() < 0.1:
            yield self.line(me, f"{NS}place", f"<{PLACE}r{chance.randrange(_REGIONS)}>")
        else:
            for country in {self._country() for _ in range(2 if chance.random() < 0.1 else 1)}:
                yield self.line(me, f"{NS}place", f"<{PLACE}c{country}>")
        basis = "inferred-project" if chance.random() < 0.1 else "stated"
        yield self.line(me, f"{NS}basis", f"<{REFERENCE_BASE}code/basis/{basis}>")
        year = chance.choice((2017, 2024, 2025, 2026, 2026))
        yield self.line(me, f"{NS}statedOn", f'"{year}-0{chance.randrange(1, 7)}-15"^^{_XSD_DATE}')
        row = f"<{DEFAULT_BASE}file/invented#row={number}>"
        yield self.line(me, "http://www.w3.org/ns/prov#wasDerivedFrom", row)


def _timed(label: str, work: Callable[[], object], times: int = 1) -> float:
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - begun)
    print(f"  {label:44} {best * 1000:12,.1f} ms", flush=True)
    return best


def _query(path: str, text: str) -> None:
    store = ox.Store.read_only(path)
    copy = ox.Store()
    copy.bulk_extend(store)
    begun = time.perf_counter()
    count = sum(1 for _ in copy.query(text, use_default_graph_as_union=True))  # type: ignore[union-attr]
    print(f"  {'... as a query':44} {(time.perf_counter() - begun) * 1000:12,.1f} ms ({count:,} rows)", flush=True)


def _beside(path: Path, kind: GapKind) -> None:
    """The kind's own query, in a process that is given up after a while."""
    values = {"as_of": ox.Literal(_DAY.isoformat(), datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#date"))}
    known = {parameter.name for parameter in kind.question.parameters}
    text = bind(kind.question, values if "as_of" in known else {})
    process = multiprocessing.get_context("spawn").Process(target=_query, args=(str(path), text))
    process.start()
    process.join(_PATIENCE)
    if process.is_alive() or process.exitcode:
        process.kill()
        process.join()
        print(f"  {'... as a query':44} {'not':>12} within {_PATIENCE:g} s", flush=True)


def _resident() -> int:
    """KiB that this process holds now (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0])


def measure(rows: int, folder: Path, *, beside: bool) -> None:
    """One size."""
    print(f"{rows:,} engagements", flush=True)
    invented = Invented()
    file, path = folder / f"{rows}.nq", folder / f"{rows}.store"
    with file.open("w", encoding="utf-8") as out:
        out.writelines(invented.reference())
        for number in range(rows):
            out.writelines(invented.engagement(number))
        out.writelines(invented.definitions())
        for number in range(min(rows // 5, _MOST)):
            out.writelines(invented.resource(number))
            out.writelines(invented.observation(number))
    store = ox.Store(str(path))
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_QUADS)
    store.flush()
    del store
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found: list[Projection] = []

    def columns_of() -> None:
        found[:] = [Projection(read_engine(ox.Store.read_only(str(path))))]

    _timed("read into columns, just loaded", columns_of)
    found.clear()
    # What the engine does by itself in the minute after, while somebody has the store open for writing.
    ox.Store(str(path)).optimize()
    _timed("read into columns, at rest", columns_of)
    projection = found.pop()
    give_back()
    batch = frozenset(
        quad
        for number in range(1000)
        for quad in ox.parse("".join(invented.engagement(rows + number)).encode(), format=ox.RdfFormat.N_QUADS)
    )
    everything = np.arange(len(projection.themes)), np.arange(len(projection.places))

    def matrix(of: Projection) -> None:
        Cells(of, _DAY, *everything).states  # noqa: B018 - it is worked out when it is asked for

    _timed("the matrix, first", lambda: matrix(projection))
    _timed("the matrix, again", lambda: matrix(projection), 3)
    after: list[Projection] = []
    give_back()
    print(f"  {'memory with the columns and the matrix':44} {_resident() // 1024:12,} MB", flush=True)
    _timed("take in 1,000 rows", lambda: after.append(projection.after((), batch)))
    _timed("... and its matrix", lambda: matrix(after[0]))
    theme = projection.narrower.within(projection.themes.position(f"{THEME}t3"))
    place = projection.inside.within(projection.places.position(f"{PLACE}r3"))
    narrow = {
        "theme": frozenset(projection.themes.iris[one] for one in theme),
        "place": frozenset(projection.places.iris[one] for one in place),
    }
    for name, kind in kinds().items():
        if not columns.known(kind):
            continue
        share = {term.name: term.weight for term in kind.severity}
        known = {parameter.name for parameter in kind.parameters}
        some = {parameter: iris for parameter, iris in narrow.items() if parameter in known}

        def find(kind: GapKind, allowed: dict[str, frozenset[str]], share: dict[str, float], of: Projection) -> None:
            for _ in columns.find(kind, Asked(of, _DAY, allowed, share, 100)).rows:
                pass  # Some rows are only made when they are looked at.

        def unfiltered(kind: GapKind = kind, share: dict[str, float] = share) -> None:
            find(kind, {}, share, projection)

        def filtered(
            kind: GapKind = kind, share: dict[str, float] = share, some: dict[str, frozenset[str]] = some
        ) -> None:
            find(kind, some, share, projection)

        _timed(f"{name}, first", unfiltered)
        _timed(f"{name}, again", unfiltered, 3)
        _timed(f"{name}, filtered ({', '.join(some)})", filtered, 3)
        if beside:
            _beside(path, kind)
    try_out(Snapshot(path, DEFAULT_BASE), projection)
    now = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"  {'memory, at most':44} {now // 1024:12,} MB (of which {before // 1024:,} MB before)", flush=True)


def try_out(store: Snapshot, projection: Projection) -> None:
    """What-ifs of all kinds, the best ties of a theme and a region, and what became of gaps in a year."""
    names = Names.of(store)
    counts = np.bincount(projection.partners.things)
    # Somebody with little work, and whoever has most.
    some, most = (
        names.thing(projection.organisations.iris[at]) for at in (np.argsort(counts)[len(counts) // 2], counts.argmax())
    )
    theme, place = names.thing(f"{THEME}t40"), names.thing(f"{PLACE}c30")
    begun = Assumption(ENGAGEMENT, (some,), (theme,), (place,))
    together = Assumption(COLLABORATION, (some, most))
    narrow = {"theme": f"{THEME}t3", "place": f"{PLACE}r3"}

    def tried(assumption: Assumption, parameters: dict[str, str]) -> None:
        found = what_if(
            store, [assumption], None, parameters, as_of=_DAY, names=names, projection=projection, limit=100
        )
        print(f"  {dict(found.counts)}, partly {found.partly}, not {found.not_searched}")

    def tied() -> None:
        found = best_ties(store, 5, None, narrow, as_of=_DAY, names=names, projection=projection, limit=100)
        print(f"  {found.closed} of {found.gaps} closed, at most {found.at_most}, worst of {found.worst_of}")

    def compared() -> None:
        found = between_days(
            store, _DAY.replace(year=_DAY.year - 1), _DAY, None, narrow, names=names, projection=projection, limit=100
        )
        print(f"  {dict(found.counts)}, too many {found.too_many}")

    _timed("what if somebody began: all kinds", lambda: tried(begun, {}))
    _timed("what if two worked together: all kinds", lambda: tried(together, {}))
    _timed("what if somebody began: filtered", lambda: tried(begun, narrow))
    _timed("the 5 best ties, filtered", tied)
    _timed("between two days, filtered", compared)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--beside", type=int, default=10_000, help="the largest size at which queries are run beside")
    arguments = parser.parse_args()
    for rows in arguments.rows:
        with tempfile.TemporaryDirectory() as folder:
            measure(rows, Path(folder), beside=rows <= arguments.beside)


if __name__ == "__main__":
    main()
