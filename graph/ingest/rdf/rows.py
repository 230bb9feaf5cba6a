"""The rows of an RDF file as a sheet, for giving back those that stay out: one column for each property."""

from __future__ import annotations

from collections.abc import Collection

from pyoxigraph import Literal

from graph.ingest.rdf.names import curie
from graph.ingest.readers import Sheet, Statements
from graph.ingest.readers._rdf_blank import BLANK


def as_sheet(statements: Statements, wanted: Collection[int]) -> Sheet:
    """Some rows of a file, by number. Several values stand in a cell in lines of their own."""
    rows: dict[int, dict[str, dict[str, None]]] = {}
    for quad in statements.quads:
        subject = quad.subject.value  # type: ignore[union-attr]
        row = statements.rows[subject]
        if row in wanted:
            cells = rows.setdefault(row, {"subject": {}})
            cells["subject"][subject.replace(BLANK, "_:")] = None
            value = quad.object
            text = value.value if isinstance(value, Literal) else curie(value.value).replace(BLANK, "_:")  # type: ignore[union-attr]
            cells.setdefault(curie(quad.predicate.value), {})[text] = None
    headers = tuple(dict.fromkeys(["subject", *sorted({name for cells in rows.values() for name in cells})]))
    body = ((row, tuple("\n".join(rows[row].get(name, ())) for name in headers)) for row in sorted(rows))
    return Sheet(statements.file, "", 0, headers, tuple(body))
