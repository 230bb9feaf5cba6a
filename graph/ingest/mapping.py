"""From table rows to quads, with a map back to the cells. Pure: it knows no store and reads no file.

What other records are called is asked through ``Lookup``; every fault is a row of the report.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Protocol
from urllib.parse import quote

from pyoxigraph import NamedNode, Quad

from graph.errors import GraphError
from graph.ingest.layout import VARIABLE, Column, variables
from graph.ingest.messages import KIND_WORDS, fault
from graph.ingest.records import Context, own_iri, parts, segment
from graph.ingest.tables import Table, nearest
from graph.ingest.values import Bad, Term, before, parse
from graph.model import CellRef, Row, ValidationResult
from graph.terms import expand, node

_TYPE = node("rdf:type")
_DERIVED = node("prov:wasDerivedFrom")
_BROKEN_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
#: Pairs of properties of one subject whose second must not be before the first.
_ORDERED = (("dcat:startDate", "dcat:endDate"), ("oa:start", "oa:end"))


class Lookup(Protocol):
    """How mapping asks for the IRIs of things."""

    def resolve(self, kind: str, text: str) -> str:
        """The IRI of the thing of a kind that is called so. Raises UnknownName with suggestions (valid cell values),
        GraphError ``ambiguous-name`` with the candidates."""
        ...

    def known(self, iri: str) -> bool:
        """Whether anything is said about an IRI outside of this batch."""
        ...


@dataclass(frozen=True, slots=True)
class SourceMap:
    """Which cell said what: (subject IRI, predicate IRI) -> cell, and subject IRI -> row."""

    cells: Mapping[tuple[str, str], CellRef] = field(default_factory=dict)
    rows: Mapping[str, CellRef] = field(default_factory=dict)

    def locate(self, subject: str, predicate: str = "") -> CellRef | None:
        """The cell of a value, or else the row of its record."""
        return self.cells.get((subject, predicate)) or self.rows.get(subject)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What a batch's tables say. ``rows`` counts the rows read, ``rejected`` are those with a fault."""

    quads: AbstractSet[Quad]
    source_map: SourceMap
    faults: tuple[ValidationResult, ...]
    rows: int
    rejected: frozenset[CellRef]


def map_tables(tables: Iterable[Table], context: Context, lookup: Lookup) -> Mapped:
    """All quads of the tables and all faults of their cells. A faulty cell leaves out its own statement only, so
    that validation still sees the rest of the row."""
    tables = tuple(tables)
    batch = _Batch(context, lookup)
    for table in tables:
        for row in table.rows:
            _RowMapper(batch, table, row).run()
    batch.check_records()
    return Mapped(
        quads=frozenset(batch.quads),
        source_map=SourceMap(batch.expected | batch.cells, batch.subjects),
        faults=tuple(batch.faults),
        rows=sum(len(table.rows) for table in tables),
        rejected=frozenset(CellRef(f.ref.file, f.ref.sheet, f.ref.row) for f in batch.faults if f.ref),
    )


@dataclass(slots=True)
class _Batch:
    """What the rows of all tables add up to."""

    context: Context
    lookup: Lookup
    quads: list[Quad] = field(default_factory=list)
    cells: dict[tuple[str, str], CellRef] = field(default_factory=dict)
    expected: dict[tuple[str, str], CellRef] = field(default_factory=dict)  # cells that hold nothing valid
    subjects: dict[str, CellRef] = field(default_factory=dict)
    described: dict[str, CellRef] = field(default_factory=dict)
    additions: list[tuple[str, CellRef, str]] = field(default_factory=list)
    faults: list[ValidationResult] = field(default_factory=list)

    def check_records(self) -> None:
        """Rows that add to a record need one: of this batch (of whichever table), or a known one."""
        for iri, ref, text in self.additions:
            if iri not in self.described and not self.lookup.known(iri):
                own = (known.removeprefix(self.context.base) for known in self.described)
                self.faults.append(fault("unknown-record", ref, value=text, nearest=nearest(text, own), focus=iri))


class _RowMapper:
    """One row: first the value of every cell, then the IRI of the record, then the statements."""

    def __init__(self, batch: _Batch, table: Table, row: Row) -> None:
        self.batch, self.table, self.row, self.schema = batch, table, row, table.schema
        self.terms: dict[str, list[Term]] = {}  # column -> its values
        self.bad: set[str] = set()  # columns with a fault
        self.faults: list[ValidationResult] = []
        self.about = ""

    def run(self) -> None:
        for column in self.schema.columns:
            self._read(column)
        self.about = self._subject()
        if self.about:
            self._say_all()
        self.batch.faults.extend(replace(f, focus=self.about) for f in self.faults)

    def _say_all(self) -> None:
        for column in self.schema.columns:
            self._say(column)
        for column in self.schema.virtual:
            if self._holds(column.when):
                subject, value = self._iri(column.about, column), self._iri(column.value, column)
                if subject and value:
                    self._add(subject, column.property, NamedNode(value), None)
        self._check_order()
        file = self.batch.context.files[self.table.file]
        origin = f"{self.batch.context.base}file/{file}#row={self.row.ref.row}"
        self._add(self.about, _DERIVED.value, NamedNode(origin), None)

    # Values

    def _read(self, column: Column) -> None:
        text = self.row.cells.get(column.name, "")
        if not text:
            if column.required and not column.default and column.name in self.table.headings:
                self._fault("required", column, words=column.words())
            text = column.default.replace("{as_of}", self.batch.context.as_of)
        for part in parts(column, text):
            value = self._value(column, part)
            if isinstance(value, Bad):
                self._fault(value.rule, column, value=part, nearest=value.nearest, words=value.words)
            else:
                self.terms.setdefault(column.name, []).append(value)

    def _value(self, column: Column, text: str) -> Term | Bad:
        if column.values:
            by_text = {key.casefold(): iri for key, iri in column.values.items()}
            if iri := by_text.get(text.casefold()):
                return NamedNode(iri)
            known = ", ".join(column.values)
            return Bad("bad-value", nearest(text, column.values), {"known": known, **column.words()})
        if not column.refers_to:
            return parse(column.datatype, column.lang, text)
        try:
            return NamedNode(self.batch.lookup.resolve(column.refers_to, text))
        except GraphError as error:
            if error.code == "ambiguous-name":
                return Bad("ambiguous-reference", "", {"known": "; ".join(error.suggestions)})
            kind, russian = KIND_WORDS[column.refers_to.partition(":")[0]]
            close = error.suggestions[0] if error.suggestions else ""
            return Bad("unknown-reference", close, {"kind": kind, "kind_ru": russian})

    # The record

    def _subject(self) -> str:
        """The IRI of the row's record, or empty where a cell that it is made of has a fault."""
        schema, context, row = self.schema, self.batch.context, self.row
        if name := schema.record_column:
            text = row.cells.get(name, "")
            path = quote(text.removeprefix(context.base), safe="/-._~:@!$&'()*+,;=%")
            iri = context.base + _BROKEN_PERCENT.sub("%25", path)
            if text:
                self.batch.additions.append((iri, self.table.cell(row, name), text))
            return iri if text else ""
        if schema.names_itself:
            iri = own_iri(schema, row, context)
        else:
            iri = self._iri(schema.about, None)
        if iri and (first := self.batch.described.setdefault(iri, row.ref)) is not row.ref:
            key = "id" if row.cells.get("id") else ""
            ref = self.table.cell(row, key) if key else row.ref
            value = row.cells.get("id") or iri.removeprefix(context.base)
            words = {"file": first.file, "row": first.row}
            self.faults.append(fault("duplicate-record", ref, value=value, words=words))
        return iri

    # Statements

    def _say(self, column: Column) -> None:
        filled = bool(self.row.cells.get(column.name))
        when = column.when or self._typed_when(column.about)
        if filled and not self._holds(when):
            needed = self.schema.column(when[0])
            if needed.name not in self.bad:
                self._fault("needs-column", needed, words=needed.words() | column.words("other"))
            return
        if not column.property or not (filled or self.terms.get(column.name) or column.required):
            # Nothing to say, but a shape that misses the value should point to the empty cell.
            if column.property and not column.about:
                self._expect(self.about, column)
            return
        if not self._holds(when):
            return
        subject = self._iri(column.about, column)
        if subject:
            self._expect(subject, column)
            for term in self.terms.get(column.name, ()):
                self._add(subject, column.property, term, column)

    def _typed_when(self, about: str) -> tuple[str, ...]:
        """Columns about a side node (a quotation's position) need what the node itself needs."""
        found = (v.when for v in self.schema.virtual if about and v.about == about and v.property == _TYPE.value)
        return next(found, ())

    def _holds(self, when: tuple[str, ...]) -> bool:
        return not when or any(self.row.cells.get(name) for name in when)

    def _iri(self, template: str, column: Column | None) -> str:
        """A URI template filled in; a plain IRI stays. Empty where a column of it has no value: that is a fault
        unless the column's own is known already."""
        if not template:
            return self.about
        for name in variables(template):
            if not self.terms.get(name):
                cause = column if column and not column.virtual else self._cause(column)
                if name not in self.bad and cause is not None:
                    needed = self.schema.column(name)
                    self._fault("needs-column", needed, words=needed.words() | cause.words("other"))
                return ""
        return VARIABLE.sub(lambda found: self._variable(found[1]), template)

    def _cause(self, column: Column | None) -> Column | None:
        return self.schema.column(column.when[0]) if column and column.when else None

    def _variable(self, name: str) -> str:
        context = self.batch.context
        if name in ("base", "source", "about", "_row"):
            return {"base": context.base, "source": context.source, "about": self.about}.get(
                name, str(self.row.ref.row)
            )
        term = self.terms[name.removesuffix("_iri")][0]
        if name.endswith("_iri"):
            return term.value
        if isinstance(term, NamedNode):
            return term.value.rstrip("/").rpartition("/")[2].replace("#", "-")
        column = self.schema.column(name)
        return term.value if column.datatype else segment(term.value)

    def _check_order(self) -> None:
        for first, second in _ORDERED:
            start = next((c for c in self.schema.columns if c.property == expand(first)), None)
            end = next((c for c in self.schema.columns if c.property == expand(second)), None)
            if start is None or end is None:
                continue
            starts, ends = self.terms.get(start.name), self.terms.get(end.name)
            if starts and ends and before(ends[0].value, starts[0].value):
                self._fault(
                    "end-before-start",
                    end,
                    value=self.row.cells[end.name],
                    nearest=starts[0].value,
                    words={"start": self.row.cells[start.name], **end.words(), **start.words("other")},
                )

    # Bookkeeping

    def _add(self, subject: str, predicate: str, value: Term, column: Column | None) -> None:
        quad = Quad(NamedNode(subject), NamedNode(predicate), value, self.batch.context.graph)
        self.batch.quads.append(quad)
        self.batch.subjects.setdefault(subject, self.row.ref)
        if column:
            self.batch.cells.setdefault((subject, predicate), self.table.cell(self.row, column.name))

    def _expect(self, subject: str, column: Column) -> None:
        self.batch.expected.setdefault((subject, column.property), self.table.cell(self.row, column.name))

    def _fault(
        self, rule: str, column: Column, value: str = "", nearest: str = "", words: Mapping[str, object] | None = None
    ) -> None:
        self.bad.add(column.name)
        ref = self.table.cell(self.row, column.name)
        self.faults.append(fault(rule, ref, value=value, nearest=nearest, words=words or {}))
