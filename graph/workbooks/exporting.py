"""What a source of a store says, as a workbook that can be edited and brought back."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Quad

from graph.errors import GraphError
from graph.store import Readable
from graph.terms import node
from graph.workbooks.filling import fill
from graph.workbooks.sheets import filled
from graph.workbooks.words import Words


@dataclass(frozen=True, slots=True)
class Exported:
    """The workbook, how many rows it has, and how many statements are in none."""

    data: bytes
    rows: int
    kept: int


def sources(store: Readable) -> tuple[str, ...]:
    """The names of the sources of a store: what stands last in the IRIs of their graphs."""
    start = f"{store.base}source/"
    described = (
        quad.subject.value
        for quad in store.quads()
        if quad.predicate == node("rdf:type")
        and quad.object == node("cg:Source")
        and isinstance(quad.subject, NamedNode)
        and quad.subject == quad.graph_name
    )
    return tuple(sorted(iri.removeprefix(start) for iri in described if iri.startswith(start)))


def export(store: Readable, source: str, lang: str, most: int | None = None) -> Exported:
    """One source of a store. Raises GraphError: ``not-found`` where there is none of that name, ``workbook-too-large``
    where it has more than ``most`` statements."""
    try:
        graph = NamedNode(f"{store.base}source/{source}")
    except ValueError:
        raise GraphError("not-found", f"'{source[:100]}' cannot be the name of a source.") from None
    own: list[Quad] = []
    others: list[Quad] = []
    for quad in store.quads():
        (own if quad.graph_name == graph else others).append(quad)
    if not own:
        raise GraphError("not-found", f"There is no source '{source[:100]}'.", "The sources are listed at /dataset.")
    if most is not None and len(own) > most:
        raise GraphError(
            "workbook-too-large",
            f"The source '{source}' has {len(own):,} statements; a workbook is made of up to {most:,}.",
            "Take it as RDF, or have the workbook made on the server's command line (commonground workbook).",
        )
    found = fill(own, others, store.base, source, lang)
    words = Words(own, others, lang)
    return Exported(filled(found, source, lang, words), sum(map(len, found.rows.values())), len(found.kept))
