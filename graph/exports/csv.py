"""Two CSV tables in a zip, ``nodes.csv`` and ``edges.csv``, with the headings that Gephi and Cytoscape look for."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence

from graph.exports._fields import MEASURES, clean, edge_fields, node_fields, number
from graph.model import NetworkMap

NAME = "csv"
TITLE = "CSV tables of nodes and edges (zip)"
MEDIA_TYPE = "application/zip"
SUFFIX = ".csv.zip"

NODE_HEADINGS = (
    *("Id", "Label", "Kind", "Weight", "Note", "Sources"),
    *(name.capitalize() for name in MEASURES),
)
EDGE_HEADINGS = (
    "Source",
    "Target",
    "Type",
    "Kind",
    "Label",
    "Weight",
    "Basis",
    "Start",
    "End",
    "Stated on",
    "Evidence",
    "Sources",
)
#: A cell that begins so is run as a formula by spreadsheet programs (https://owasp.org/www-community/attacks/CSV_Injection),
#: in full-width letters too.
_FORMULA = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write(network: NetworkMap) -> bytes:
    estimated = network.estimated_from is not None
    nodes = (tuple(node_fields(node).values()) for node in network.nodes)
    edges = (
        (clean(edge.source), clean(edge.target), "Undirected", *edge_fields(edge).values()) for edge in network.edges
    )
    headings = [
        f"{name} (estimated from {network.estimated_from} nodes)" if name == "Betweenness" and estimated else name
        for name in NODE_HEADINGS
    ]
    tables = {"nodes.csv": _table(headings, nodes), "edges.csv": _table(EDGE_HEADINGS, edges)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in tables.items():
            # The earliest time that a zip can name, so that the same map gives the same bytes on every day.
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return packed.getvalue()


def _table(headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8")


def _cell(value: str | float) -> str:
    """A number plainly; a text that would be run as a formula with an apostrophe before it, which makes it a text."""
    if isinstance(value, float):
        return number(value)
    return f"'{value}" if value.startswith(_FORMULA) else value
