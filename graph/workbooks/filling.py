"""From what a source says back to the rows of its tables: the layouts read the other way round. Pure.

Whatever the rows are, they are mapped forward again as an import would map them, and compared: a row that would say
anything else is left out, and every statement that no row says is among those that stay as they are. So rows and
statements together are exactly the source, whatever is in it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pyoxigraph import NamedNode, Quad

from graph.ingest.keeping import ORIGIN
from graph.ingest.layout import VARIABLE, Column, TableSchema, layouts
from graph.ingest.mapping import Mapped, map_tables
from graph.ingest.records import Context
from graph.ingest.tables import Table
from graph.model import CellRef, Row
from graph.terms import node
from graph.workbooks.words import Words

_TYPE = node("rdf:type").value
_ROW = re.compile(r"#row=(\d+)$")
#: Rounds in which rows are left out that would say something else. What is wrong after them stays as statements.
_ROUNDS = 20

Cells = dict[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a source says: rows (column name -> text) by layout, and the statements that no row says, sorted."""

    rows: Mapping[str, tuple[Cells, ...]]
    kept: tuple[Quad, ...]


@dataclass(eq=False, slots=True)
class _Draft:
    """A row that may say what the source says of a record."""

    schema: TableSchema
    cells: Cells
    order: tuple[int, str]


@dataclass(slots=True)
class _Said:
    """The statements of a source by subject and property."""

    quads: frozenset[Quad]
    by: dict[tuple[str, str], list[object]] = field(default_factory=lambda: defaultdict(list))
    rows: dict[str, int] = field(default_factory=dict)

    def has(self, subject: str, predicate: str, value: str) -> bool:
        return NamedNode(value) in self.by.get((subject, predicate), ())


def fill(quads: Iterable[Quad], others: Iterable[Quad], base: str, source: str, lang: str) -> Filled:
    """The rows and remaining statements of a source. ``quads`` are those of its graph, ``others`` all others of the
    store, ``source`` the last segment of the graph's IRI."""
    context = _context(base, source)
    said = _index(quads, context.graph)
    words = Words(said.quads, others, lang)
    drafts = [
        d for schema in layouts().values() if not schema.record_column for d in _drafts(schema, said, words, context)
    ]
    drafts, mapped = _exact(drafts, said.quads, words, context)
    left = said.quads - mapped.quads
    more = [
        d
        for schema in layouts().values()
        if schema.record_column
        for d in _additions(schema, left, said, words, context)
    ]
    if more:
        drafts, mapped = _exact([*drafts, *more], said.quads, words, context)
    rows: dict[str, list[_Draft]] = defaultdict(list)
    for draft in drafts:
        rows[draft.schema.name].append(draft)
    ordered = {name: tuple(d.cells for d in sorted(found, key=lambda d: d.order)) for name, found in rows.items()}
    return Filled(ordered, tuple(sorted(said.quads - mapped.quads, key=str)))


def _context(base: str, source: str) -> Context:
    return Context(base, source, {schema.name: "" for schema in layouts().values()})


def _index(quads: Iterable[Quad], graph: NamedNode) -> _Said:
    """The statements but those that every import makes anew: where a record stood, what the source is called."""
    own = {node("rdf:type"): node("cg:Source"), node("skos:prefLabel"): None}
    kept: set[Quad] = set()
    rows: dict[str, int] = {}
    for quad in quads:
        if quad.predicate == ORIGIN and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            if found := _ROW.search(quad.object.value):
                number = int(found[1])
                rows[quad.subject.value] = min(number, rows.get(quad.subject.value, number))
        elif not (quad.subject == graph and quad.predicate in own and own[quad.predicate] in (None, quad.object)):
            kept.add(quad)
    said = _Said(frozenset(kept), rows=rows)
    for quad in sorted(kept, key=str):
        if isinstance(quad.subject, NamedNode):
            said.by[quad.subject.value, quad.predicate.value].append(quad.object)
    return said


# --- rows -------------------------------------------------------------------------------------------------------------


def _pattern(template: str, context: Context) -> re.Pattern[str]:
    """What IRIs of a template look like; ``id`` is a group, other columns are found out from their statements."""
    out, at = "", 0
    for found in VARIABLE.finditer(template):
        out += re.escape(template[at : found.start()])
        at = found.end()
        known = {"base": context.base, "source": context.source}.get(found[1])
        out += re.escape(known) if known is not None else ("([^/#]+)" if found[1] == "id" else "[^/#]*")
    return re.compile(out + re.escape(template[at:]))


def _drafts(schema: TableSchema, said: _Said, words: Words, context: Context) -> Iterable[_Draft]:
    pattern = _pattern(schema.about, context)
    fixed = [v for v in schema.virtual if not v.about and not v.when and "{" not in v.value]
    kinds = [c for c in schema.columns if c.property == _TYPE and c.values]
    for subject in sorted({subject for subject, predicate in said.by if predicate == _TYPE}):
        found = pattern.fullmatch(subject)
        if found is None or not all(said.has(subject, v.property, v.value) for v in fixed):
            continue
        if not all(any(said.has(subject, _TYPE, iri) for iri in c.values.values()) for c in kinds):
            continue
        nodes = {"": subject}
        for virtual in schema.virtual:
            if not virtual.about and "{" in virtual.value:
                if virtual.value.startswith("{+about}"):
                    nodes[virtual.value] = subject + virtual.value.removeprefix("{+about}")
                elif (first := _first(virtual, subject, said, context)) is not None:
                    nodes[virtual.value] = first
        cells = _cells(schema, nodes, said, words)
        if found.groups():
            cells["id"] = found[1]
        yield _Draft(schema, cells, (said.rows.get(subject, 0), subject))


def _first(virtual: Column, subject: str, said: _Said, context: Context) -> str | None:
    """The node that a row's columns beside its own are about: the first that its record points to."""
    pattern = _pattern(virtual.value, context)
    values = (o.value for o in said.by.get((subject, virtual.property), ()) if isinstance(o, NamedNode))
    return next((value for value in values if pattern.fullmatch(value)), None)


def _additions(
    schema: TableSchema, left: frozenset[Quad], said: _Said, words: Words, context: Context
) -> Iterable[_Draft]:
    """Rows that add to records: one for each node that a record points to and that is not said yet."""
    links = {v.property: v for v in schema.virtual if not v.about and "{" in v.value}
    for quad in sorted(left, key=str):
        virtual = links.get(quad.predicate.value)
        if virtual is None or not isinstance(quad.subject, NamedNode) or not isinstance(quad.object, NamedNode):
            continue
        subject, target = quad.subject.value, quad.object.value
        if subject.startswith(context.base) and _pattern(virtual.value, context).fullmatch(target):
            cells = _cells(schema, {virtual.value: target}, said, words)
            cells[schema.record_column] = subject.removeprefix(context.base)
            yield _Draft(schema, cells, (0, f"{subject} {target}"))


def _cells(schema: TableSchema, nodes: Mapping[str, str], said: _Said, words: Words) -> Cells:
    cells: Cells = {}
    for column in schema.columns:
        subject = _node(column.about, nodes)
        if not column.property or subject is None:
            continue
        texts = [t for o in said.by.get((subject, column.property), ()) if (t := words.value(column, o))]
        if texts:
            cells[column.name] = f"{column.separator} ".join(texts) if column.separator else texts[0]
    return cells


def _node(about: str, nodes: Mapping[str, str]) -> str | None:
    """The IRI that a column speaks of: a node that is known, or a part of one."""
    if about in nodes:
        return nodes[about]
    if about.startswith("{+about}") and "" in nodes:
        return nodes[""] + about.removeprefix("{+about}")
    return next(
        (iri + about.removeprefix(known) for known, iri in nodes.items() if known and about.startswith(known)), None
    )


# --- the check --------------------------------------------------------------------------------------------------------


def _exact(
    drafts: Sequence[_Draft], said: frozenset[Quad], words: Words, context: Context
) -> tuple[list[_Draft], Mapped]:
    """The drafts that say what the source says and nothing else, and what they say together."""
    kept = list(drafts)
    for _ in range(_ROUNDS):
        mapped, places = _map(kept, words, context)
        bad = {places[one.ref.file, one.ref.row] for one in mapped.faults if one.ref is not None}
        if not bad and _statements(mapped) - said:
            bad = {d for d in kept if _statements(_map([d], words, context)[0]) - said}
        if not bad:
            return kept, mapped
        kept = [d for d in kept if d not in bad]
    return [], _map([], words, context)[0]


def _statements(mapped: Mapped) -> frozenset[Quad]:
    return frozenset(quad for quad in mapped.quads if quad.predicate != ORIGIN)


class _Known:
    """Resolves as an import would; every record counts as there: which are is judged with all rows together."""

    def __init__(self, words: Words) -> None:
        self._references = words.references

    def resolve(self, kind: str, text: str) -> str:
        return self._references.resolve(kind, text)

    def known(self, iri: str) -> bool:
        return bool(iri)


def _map(drafts: Sequence[_Draft], words: Words, context: Context) -> tuple[Mapped, dict[tuple[str, int], _Draft]]:
    by_layout: dict[str, list[_Draft]] = defaultdict(list)
    for draft in drafts:
        by_layout[draft.schema.name].append(draft)
    tables: list[Table] = []
    places: dict[tuple[str, int], _Draft] = {}
    for name, found in by_layout.items():
        rows = []
        for number, draft in enumerate(found, start=2):
            places[name, number] = draft
            full = {column.name: draft.cells.get(column.name, "") for column in draft.schema.columns}
            rows.append(Row(CellRef(name, "", number), full))
        headings = {column.name: column.name for column in found[0].schema.columns}
        tables.append(Table(found[0].schema, name, "", headings, tuple(rows)))
    return map_tables(tables, context, _Known(words)), places
