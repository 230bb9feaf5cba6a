"""A gap as a row of its kind's query, and in words: the same for all kinds and however the row was found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from pyoxigraph import Literal, NamedNode, QuerySolution

from graph.evidence import evidence_of
from graph.gaps import columns
from graph.gaps.addresses import iri_of
from graph.gaps.columns.asked import MOST_LISTED
from graph.gaps.filters import iris
from graph.gaps.found import Row
from graph.gaps.sentence import fill
from graph.model import Gap, GapKind, Value
from graph.names import Names
from graph.question_file import bind
from graph.store import Store
from graph.terms import expand

_AS_OF = "as_of"
#: Records whose words are quoted in one answer, and of each gap of many; the query gives all of them.
_QUOTED, _QUOTED_EACH = 2_000, 50


def shares_of(kind: GapKind) -> dict[str, float]:
    """The shares that the terms of severity have in the kind's file."""
    return {term.name: term.weight for term in kind.severity}


def values_of(kind: GapKind, row: QuerySolution | columns.Row, names: Names, lang: str) -> dict[str, Value]:
    """The columns of a gap, with the names of things."""
    return {column: _value(row, kind, column, names, lang) for column in kind.question.columns}


def weighed(
    kind: GapKind,
    row: QuerySolution | columns.Row,
    share: Mapping[str, float],
    names: Names,
    lang: str,
    values: Mapping[str, Value] | None = None,
) -> Row:
    """A row with its severity; ``share`` has the weights of its terms."""
    if values is None:
        values = values_of(kind, row, names, lang)
    terms = {term.name: round(float(_text(row, f"severity_{term.name}")), 3) for term in kind.severity}
    return Row(
        kind=kind,
        subjects=tuple(iris(values[name])[0] for name in kind.subject),
        values=values,
        case=_text(row, "case"),
        terms=terms,
        severity=round(sum(weight * terms[name] for name, weight in share.items()), 3),
        records=(records := _records(kind, row)),
        more=len(records) >= MOST_LISTED and not isinstance(row, QuerySolution),
    )


def worded(store: Store, rows: Sequence[Row], names: Names, lang: str, day: date) -> Iterator[Gap]:
    """Rows as sentences, with their evidence and the query that gives each."""
    most = max(_QUOTED // max(len(rows), 1), _QUOTED_EACH)
    evidence = evidence_of(store, names, {record for row in rows for record in row.records[:most]}, lang)
    for row in rows:
        kind = row.kind
        quoted = {one.iri: one for record in row.records[:most] for one in evidence.get(record, ())}
        bound = {name: NamedNode(iri) for name, iri in zip(kind.subject, row.subjects, strict=True)}
        yield Gap(
            kind=kind.name,
            iri=iri_of(store.base, kind.name, row.subjects),
            subjects=row.values,
            reason=reason_of(row, lang),
            severity=row.severity,
            severity_terms=row.terms,
            remedy=fill(_in(kind.remedies[row.case], lang), row.values, lang),
            evidence=tuple(quoted.values()),
            records=len(row.records),
            more_records=row.more,
            query=bind(kind.question, bound | dated(kind, day)),
        )


def reason_of(row: Row, lang: str) -> str:
    """The sentence that says what is missing."""
    return fill(_in(row.kind.reasons[row.case], lang), row.values, lang)


def dated(kind: GapKind, day: date) -> dict[str, NamedNode | Literal]:
    """What a kind's query is bound to so that it speaks of a day."""
    if not any(p.name == _AS_OF for p in kind.question.parameters):
        return {}
    return {_AS_OF: Literal(day.isoformat(), datatype=NamedNode(expand("xsd:date")))}


def _value(row: QuerySolution | columns.Row, kind: GapKind, column: str, names: Names, lang: str) -> Value:
    term = row[column]
    if isinstance(term, NamedNode):
        return names.thing(term.value, lang)
    if kind.question.column_types.get(column) == "list":
        things = [names.thing(iri, lang) for iri in {*_text(row, column).split()}]
        return tuple(sorted(things, key=lambda thing: (thing.label, thing.iri)))
    text = _text(row, column)
    return int(text) if isinstance(term, Literal) and term.datatype.value == expand("xsd:integer") else text or None


def _records(kind: GapKind, row: QuerySolution | columns.Row) -> tuple[str, ...]:
    """By IRI; of more than are quoted those first that tell most, where that is known: a query has no order."""
    found = dict.fromkeys(_text(row, kind.question.evidence).split())
    known = len(found) > _QUOTED_EACH and not isinstance(row, QuerySolution)
    return tuple(found if known else sorted(found))


def _text(row: QuerySolution | columns.Row, name: str) -> str:
    term = row[name]
    return term.value if isinstance(term, NamedNode | Literal) else ""


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang, texts["en"])
