"""The records that rows describe: their IRIs, classes and names, before any reference is resolved. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.layout import VARIABLE, Column, TableSchema
from graph.ingest.tables import Table
from graph.model import Row
from graph.terms import expand, node, slug

_TYPE = node("rdf:type")
_LABELS = frozenset(expand(p) for p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"))


@dataclass(frozen=True, slots=True)
class Context:
    """What the rows of a batch have in common. ``source`` is the slug of its name, ``files`` file name -> sha256,
    ``as_of`` the day the source speaks of in ISO form or empty, ``title`` the source's name as it was given."""

    base: str
    source: str
    files: Mapping[str, str]
    as_of: str = ""
    title: str = ""

    @property
    def graph(self) -> NamedNode:
        return NamedNode(f"{self.base}source/{self.source}")


def declare(tables: Iterable[Table], context: Context) -> tuple[Quad, ...]:
    """Types and names of the batch's own records, so that its rows can refer to each other by name."""
    quads: list[Quad] = []
    for table in tables:
        if not table.schema.names_itself:
            continue
        for row in table.rows:
            subject = NamedNode(own_iri(table.schema, row, context))
            quads.extend(Quad(subject, _TYPE, t, context.graph) for t in types_of(table.schema, row))
            for column in table.schema.columns:
                if column.property in _LABELS:
                    for text in parts(column, row.cells.get(column.name, "")):
                        label = Literal(text, language=column.lang or "en")
                        quads.append(Quad(subject, NamedNode(column.property), label, context.graph))
    return tuple(quads)


def segment(text: str) -> str:
    """A text as one segment of an IRI: its slug, or percent-encoded where it has no Latin letter or digit."""
    return slug(text) or quote(text, safe="")


def row_id(row: Row) -> str:
    """The id of a record that was given none: 12 hex digits of the SHA-256 of its cells by column name."""
    cells = sorted((name, text) for name, text in row.cells.items() if text)
    return hashlib.sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()[:12]


def own_iri(schema: TableSchema, row: Row, context: Context) -> str:
    text = row.cells.get("id", "")
    filled = {"base": context.base, "source": context.source, "id": segment(text) if text else row_id(row)}
    return VARIABLE.sub(lambda found: filled[found[1]], schema.about)


def types_of(schema: TableSchema, row: Row) -> list[NamedNode]:
    """The classes of a row's record. A kind that is not valid counts as the first valid one: that fault is reported
    at its own cell, and references to the record are no further faults."""
    types = [
        NamedNode(v.value) for v in schema.virtual if v.property == _TYPE.value and not v.about and v.value[0] != "{"
    ]
    for column in schema.columns:
        if column.property == _TYPE.value and column.values:
            by_text = {key.casefold(): iri for key, iri in column.values.items()}
            first = next(iter(column.values.values()))
            types.append(NamedNode(by_text.get(row.cells.get(column.name, "").casefold(), first)))
    return types


def parts(column: Column, text: str) -> list[str]:
    if not column.separator:
        return [text] if text else []
    return [part for part in (p.strip() for p in text.split(column.separator)) if part]
