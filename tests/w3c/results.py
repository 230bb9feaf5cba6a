"""Whether a result is the expected one: rows as a bag (a sequence where the query orders them) up to the names of
blank nodes, verdicts, graphs up to isomorphism.

Numbers and truth values are compared by value within their type: the engine writes them in canonical form.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

import pyoxigraph as ox
from rdflib import Graph
from rdflib.compare import isomorphic

RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {XSD + name for name in ("integer", "decimal", "double", "float")}
_FORMATS = {
    ".srx": ox.QueryResultsFormat.XML,
    ".srj": ox.QueryResultsFormat.JSON,
    ".tsv": ox.QueryResultsFormat.TSV,
}

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Row = tuple[Term | None, ...]


@dataclass(frozen=True, slots=True)
class Rows:
    """Solutions, their columns in the order of ``variables``."""

    variables: tuple[str, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Text:
    """A CSV result: it has no types, so that only its cells can be compared."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Found = Rows | Text | bool | list[ox.Triple]


def expected(path: Path, base: str) -> Found:
    """What a result file of the suites says."""
    if path.suffix in _FORMATS:
        return rows_of(ox.parse_query_results(path=str(path), format=_FORMATS[path.suffix]))
    if path.suffix == ".csv":
        return csv_of(path.read_bytes())
    kind = ox.RdfFormat.from_extension(path.suffix[1:])
    assert kind is not None, path
    triples = [quad.triple for quad in ox.parse(path=str(path), format=kind, base_iri=base)]
    if any(triple.object == ox.NamedNode(RS + "ResultSet") for triple in triples):
        return _result_set(triples)
    return triples


def rows_of(result: ox.QuerySolutions | ox.QueryBoolean) -> Found:
    if isinstance(result, ox.QueryBoolean):
        return bool(result)
    names = tuple(variable.value for variable in result.variables)
    return Rows(names, tuple(tuple(solution[name] for name in names) for solution in result))


def csv_of(content: bytes) -> Text:
    header, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    return Text(tuple(header), tuple(tuple(row) for row in rows))


def _result_set(triples: Sequence[ox.Triple]) -> Rows:
    """Solutions written as RDF (the DAWG result set vocabulary)."""

    def values(subject: object, name: str) -> list[Term]:
        return [t.object for t in triples if t.subject == subject and t.predicate.value == RS + name]

    (head,) = (t.subject for t in triples if t.object == ox.NamedNode(RS + "ResultSet"))
    names = tuple(v.value for v in values(head, "resultVariable") if isinstance(v, ox.Literal))
    rows = []
    for solution in values(head, "solution"):
        bound: dict[str, Term] = {}
        for binding in values(solution, "binding"):
            (name,), (value,) = values(binding, "variable"), values(binding, "value")
            assert isinstance(name, ox.Literal)
            bound[name.value] = value
        rows.append(tuple(bound.get(name) for name in names))
    return Rows(names, tuple(rows))


def difference(wanted: Found, got: Found, query: str) -> str:
    """Why ``got`` is not the expected result; empty where it is."""
    if isinstance(wanted, list) and isinstance(got, list):
        return "" if isomorphic(_graph(wanted), _graph(got)) else f"graphs differ:\n{_shown(wanted)}\n--\n{_shown(got)}"
    if isinstance(wanted, Rows) and isinstance(got, Rows):
        if set(wanted.variables) != set(got.variables):
            return f"variables {got.variables}, expected {wanted.variables}"
        places = [got.variables.index(name) for name in wanted.variables]
        rows = [tuple(row[place] for place in places) for row in got.rows]
        if _same_rows(wanted.rows, rows, in_order=_is_ordered(query)):
            return ""
        return f"rows differ:\n{_shown(wanted.rows)}\n--\n{_shown(rows)}"
    if isinstance(wanted, Text) and isinstance(got, Text):
        if sorted(wanted.header) != sorted(got.header):
            return f"columns {got.header}, expected {wanted.header}"
        # The order of the columns of SELECT * is not defined.
        places = [got.header.index(name) for name in wanted.header]
        rows = [_cells(tuple(row[place] for place in places)) for row in got.rows]
        same = _same_rows([_cells(row) for row in wanted.rows], rows, _is_ordered(query))
        return "" if same else f"rows differ:\n{_shown(wanted.rows)}\n--\n{_shown(got.rows)}"
    return "" if wanted is got else f"{got!r}, expected {wanted!r}"


def same_graph(wanted: Iterable[ox.Triple], got: Iterable[ox.Triple]) -> bool:
    """Whether two graphs say the same, up to the names of blank nodes."""
    return isomorphic(_graph(wanted), _graph(got))


def _graph(triples: Iterable[ox.Triple]) -> Graph:
    graph = Graph()
    content = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
    assert content is not None
    return graph.parse(data=content, format="nt")


def _cells(row: tuple[str, ...]) -> Row:
    """Cells of a CSV result as terms, so that blank nodes are compared as such."""
    return tuple(ox.BlankNode(cell[2:]) if cell.startswith("_:") else ox.Literal(cell) for cell in row)


def _is_ordered(query: str) -> bool:
    return bool(re.search(r"\}[^{}]*\bORDER\s+BY\b[^{}]*$", query, re.IGNORECASE))


def _same_rows(wanted: Sequence[Row], got: Sequence[Row], in_order: bool) -> bool:
    """Whether there is one renaming of blank nodes that makes the rows the same."""
    if len(wanted) != len(got):
        return False

    def match(index: int, left: frozenset[int], names: dict[str, str]) -> bool:
        if index == len(wanted):
            return True
        for candidate in [index] if in_order else sorted(left):
            extended = _same_row(wanted[index], got[candidate], names)
            if extended is not None and match(index + 1, left - {candidate}, extended):
                return True
        return False

    return match(0, frozenset(range(len(got))), {})


def _same_row(wanted: Row, got: Row, names: dict[str, str]) -> dict[str, str] | None:
    extended = dict(names)
    for left, right in zip(wanted, got, strict=True):
        if isinstance(left, ox.BlankNode) and isinstance(right, ox.BlankNode):
            known = extended.setdefault(left.value, right.value)
            if known != right.value or list(extended.values()).count(right.value) > 1:
                return None
        elif not _same_term(left, right):
            return None
    return extended


def _same_term(left: Term | None, right: Term | None) -> bool:
    if left == right:
        return True
    if not (isinstance(left, ox.Literal) and isinstance(right, ox.Literal)) or left.datatype != right.datatype:
        return False
    if left.datatype.value == XSD + "boolean":
        return (left.value in ("1", "true")) == (right.value in ("1", "true"))
    if left.datatype.value not in _NUMBERS:
        return False
    try:
        if left.datatype.value in (XSD + "double", XSD + "float"):
            return abs(float(left.value) - float(right.value)) <= 1e-9 * abs(float(left.value))
        return Decimal(left.value) == Decimal(right.value)
    except (ValueError, InvalidOperation):
        return False


def _shown(rows: Iterable[object]) -> str:
    return "\n".join(str(row) for row in rows)
