"""Network maps: one ``.rq`` file beside this module is one map.

A file is a question (see ``docs/architecture.md``) with two more header lines, which say what its kinds of edges,
and of remarks on a node, are called::

    #+ edge collaboration @en: Carry a collaboration together @ru: ...
    #+ note unnamed-partners @en: with partners that the source does not name: {text} @ru: ...

Each row of its SELECT is one of three things: a node (``?source`` alone), an edge that one record makes (``?source``,
``?target``, ``?kind``), or a remark on a node (``?source``, ``?kind``, ``?text``). What several records say of the
same two is put together here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from pyoxigraph import Literal, NamedNode, QuerySolution

from graph import catalogue
from graph.analysis.measures import measures
from graph.errors import UnknownName
from graph.model import Edge, MapDefinition, NetworkMap, Node
from graph.names import Names
from graph.question_file import fault, read_question, split
from graph.store import Store

__all__ = ["COLUMNS", "build", "maps"]

_HERE = Path(__file__).parent
#: The variables of every map's SELECT.
COLUMNS = ("source", "target", "kind", "via", "basis", "start", "end", "stated_on", "text", "evidence", "origin")
_OWN_HEADERS = frozenset({"edge", "note"})
_TEXTS = re.compile(r"(?P<kind>[a-z]+(?:-[a-z]+)*) @en: (?P<en>.+) @ru: (?P<ru>.+)")


@cache
def maps(folder: Path = _HERE) -> Mapping[str, MapDefinition]:
    """All maps by name. Raises GraphError (``bad-question-file``) for a file that breaks the format."""
    return {name: _read(path) for name, path in catalogue.files(folder, ".rq").items()}


def build(store: Store, name: str, *, lang: str = "en", names: Names | None = None) -> NetworkMap:
    """Draw one map of all that the store holds. Organisations that nothing joins to others are on it too.

    One edge for each two things, kind, basis and period, so that what is stated never mixes with what is inferred,
    nor what has ended with what goes on. Nodes are measured on the whole map. Raises UnknownName for a map that is not
    there.
    """
    found = maps()
    if name not in found:
        raise UnknownName("unknown-map", f"There is no map '{name}'.", f"There are {', '.join(found)}.", tuple(found))
    definition = found[name]
    generation = store.generation
    rows = [_Row.of(solution) for solution in store.select(definition.query)]
    names = names or Names.of(store)
    edges = _edges(rows, definition, names, lang)
    nodes, estimated_from = _measured(_nodes(rows, definition, names, lang), edges)
    return NetworkMap(
        name=name,
        title=_in(definition.title, lang),
        nodes=nodes,
        edges=edges,
        generation=generation,
        estimated_from=estimated_from,
    )


def _measured(nodes: Sequence[Node], edges: Iterable[Edge]) -> tuple[tuple[Node, ...], int | None]:
    found, estimated_from = measures([node.iri for node in nodes], [(edge.source, edge.target) for edge in edges])
    return tuple(replace(node, measures=found[node.iri]) for node in nodes), estimated_from


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a map's SELECT as texts; what is unbound is empty."""

    source: str
    target: str
    kind: str
    via: str
    basis: str
    start: str
    end: str
    stated_on: str
    text: str
    evidence: str
    origin: str

    @classmethod
    def of(cls, solution: QuerySolution) -> _Row:
        terms = (solution[column] for column in COLUMNS)
        return cls(*(term.value if isinstance(term, NamedNode | Literal) else "" for term in terms))


@dataclass(slots=True)
class _Seen:
    """What the rows of one node or edge say together."""

    vias: set[str] = field(default_factory=set)
    evidence: set[str] = field(default_factory=set)
    origins: set[str] = field(default_factory=set)
    notes: set[str] = field(default_factory=set)
    stated_on: str = ""

    def add(self, row: _Row) -> None:
        if row.via:
            self.vias.add(row.via)
        self.evidence.update(row.evidence.split())
        if row.origin:
            self.origins.add(row.origin)
        # Partial dates sort as texts: the longer of two that begin alike says more.
        self.stated_on = max(self.stated_on, row.stated_on)


def _nodes(rows: Iterable[_Row], definition: MapDefinition, names: Names, lang: str) -> tuple[Node, ...]:
    seen: dict[str, _Seen] = defaultdict(_Seen)
    for row in rows:
        for iri in filter(None, (row.source, row.target)):
            seen[iri].add(row)
        if row.kind and not row.target:
            words = _in(definition.notes.get(row.kind, {"en": "{text}"}), lang).replace("{text}", row.text)
            named = names.labels(row.via) and names.thing(row.via, lang).label
            seen[row.source].notes.add(f"{named}: {words}" if named else words[:1].upper() + words[1:])
    nodes = []
    for iri in sorted(seen):
        thing, of = names.thing(iri, lang), seen[iri]
        note = "; ".join(sorted(of.notes))
        nodes.append(Node(iri, thing.label, thing.kind, float(len(of.vias)), tuple(sorted(of.origins)), note))
    return tuple(nodes)


def _edges(rows: Iterable[_Row], definition: MapDefinition, names: Names, lang: str) -> tuple[Edge, ...]:
    seen: dict[tuple[str, ...], _Seen] = defaultdict(_Seen)
    for row in rows:
        if row.target:
            basis = row.basis.rpartition("/")[2]
            seen[(row.source, row.target, row.kind, basis, row.start, row.end)].add(row)
    edges = []
    for key, of in sorted(seen.items()):
        source, target, kind, basis, start, end = key
        # The names of what joins the two where all of it is named, else what kind of thing it is.
        named = sorted(names.thing(via, lang).label for via in of.vias if names.labels(via))
        general = _in(definition.edges.get(kind, {"en": kind}), lang)
        edges.append(
            Edge(
                source=source,
                target=target,
                kind=kind,
                label="; ".join(named) if named and len(named) == len(of.vias) else general,
                # A plain triple that no record speaks of joins them too.
                weight=float(len(of.vias) or 1),
                basis=basis,
                sources=tuple(sorted(of.origins)),
                evidence=tuple(sorted(of.evidence)),
                start=start,
                end=end,
                stated_on=of.stated_on,
            )
        )
    return tuple(edges)


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or texts["en"]


def _read(path: Path) -> MapDefinition:
    question = read_question(path, also=_OWN_HEADERS)
    if tuple(question.columns) != COLUMNS:
        raise fault(path, 1, f"a map has the columns {', '.join(COLUMNS)}, in this order.")
    texts: dict[str, dict[str, Mapping[str, str]]] = {"edge": {}, "note": {}}
    for header in split(path)[0]:
        if header.key in texts:
            match = _TEXTS.fullmatch(header.text)
            if match is None:
                raise fault(path, header.line, f"expected '#+ {header.key} kind @en: text @ru: text'.")
            if f'"{match["kind"]}"' not in question.query:
                raise fault(path, header.line, f'the query makes no "{match["kind"]}".')
            texts[header.key][match["kind"]] = {"en": match["en"].strip(), "ru": match["ru"].strip()}
    for kind in re.findall(r'"([a-z-]+)" AS \?kind', question.query):
        if kind not in texts["edge"] and kind not in texts["note"]:
            raise fault(path, 1, f"there is no '#+ edge {kind} @en: ...' line.")
    return MapDefinition(question.name, question.title, question.about, question.query, texts["edge"], texts["note"])
