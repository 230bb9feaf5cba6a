"""What is made of somebody else's sheets: ``sheets/<name>/`` holds a file (invented; nobody and nothing in it exists,
unless the roundtable's data know it) and what was approved: ``recipe.json``, ``told.csv`` and ``facts.csv``.

``python -m tests.graph.ingest.recipes.approve`` writes them anew; read what changed before committing it.
"""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from graph.ingest import ingest, load_reference
from graph.ingest.pipeline import Staged, stage
from graph.ingest.recipes import to_csvw
from graph.ingest.recipes.shelf import read
from graph.store.embedded import EmbeddedStore

HERE = Path(__file__).parent / "sheets"
SHEETS = sorted(path.name for path in HERE.iterdir())
_ROUNDTABLE = Path(__file__).parents[4] / "data" / "roundtable-2010"
_FACTS = """
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcat: <http://www.w3.org/ns/dcat#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX prov: <http://www.w3.org/ns/prov#>
SELECT ?class ?partner ?role ?basis ?since ?until ?said
       (GROUP_CONCAT(DISTINCT STR(?theme); separator=" ") AS ?themes)
       (GROUP_CONCAT(DISTINCT STR(?place); separator=" ") AS ?places) ?project
       (GROUP_CONCAT(DISTINCT STRAFTER(STR(?row), "#row="); separator=" ") AS ?rows)
WHERE {
  VALUES ?class { cg:Engagement cg:Participation cg:Project }
  ?x a ?class ; prov:wasDerivedFrom ?row .
  OPTIONAL { ?x cg:partner ?partner } OPTIONAL { ?x cg:role ?role } OPTIONAL { ?x cg:basis ?basis }
  OPTIONAL { ?x dcterms:temporal ?p OPTIONAL { ?p dcat:startDate ?since } OPTIONAL { ?p dcat:endDate ?until } }
  OPTIONAL { ?x cg:statedOn ?said } OPTIONAL { ?x cg:theme ?theme } OPTIONAL { ?x cg:place ?place }
  OPTIONAL { ?x cg:project ?project }
}
GROUP BY ?x ?class ?partner ?role ?basis ?since ?until ?said ?project
"""
_THINGS = """
PREFIX cg: <https://w3id.org/commonground/ns#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX org: <http://www.w3.org/ns/org#>
PREFIX schema: <https://schema.org/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?x ?p ?o WHERE {
  VALUES ?class { org:Organization cg:Theme cg:Subdivision cg:Region }
  VALUES ?p { skos:prefLabel skos:altLabel skos:notation skos:broader skos:exactMatch schema:containedInPlace
              dcterms:identifier org:classification }
  ?x a ?class ; ?p ?o
}
"""


@functools.cache
def store() -> EmbeddedStore:
    """The reference data and the roundtable, which tests only read."""
    found = EmbeddedStore()
    load_reference(found)
    ingest(found, _ROUNDTABLE, source="roundtable-2010", by="test", clock=lambda: datetime(2024, 1, 1, tzinfo=UTC))
    return found


@functools.cache
def staged(name: str) -> Staged:
    """A sheet, read and checked."""
    made = ("recipe.json", "told.csv", "facts.csv", "given.json")
    files = [path for path in (HERE / name).iterdir() if path.name not in made]
    given = HERE / name / "given.json"
    return stage(store(), files, source="test", recipes=(lambda _: read(given)) if given.exists() else None)


def found(name: str) -> dict[str, str]:
    """File name -> what is made of the sheet now."""
    made = staged(name)
    recipes = [to_csvw(recipe) for _, recipe in made.recipes]
    return {
        "recipe.json": json.dumps(recipes, ensure_ascii=False, indent=1) + "\n",
        "told.csv": _table(
            (
                r.severity.value,
                _local(r.rule),
                str(r.ref.row),
                r.ref.column,
                r.value,
                r.nearest,
                *r.message.values(),
            )
            for r in made.report.results
            if r.ref
        ),
        "facts.csv": _facts(made),
    }


def _facts(made: Staged) -> str:
    data = ox.Store()
    data.extend(ox.Quad(q.subject, q.predicate, q.object) for q in sorted(made.quads, key=str))
    rows = sorted([_short(term) for term in row] for row in data.query(_FACTS))  # type: ignore[union-attr, arg-type]
    things = sorted([_short(term) for term in row] for row in data.query(_THINGS))  # type: ignore[union-attr, arg-type]
    return _table([*rows, *things])


def _short(term: object) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        return _words(term.value)
    assert isinstance(term, ox.Literal)
    return f"{_words(term.value)}{'@' + term.language if term.language else ''}"


def _words(text: str) -> str:
    return " ".join(sorted(_local(word) for word in text.split())) if "://" in text else text


def _local(iri: str) -> str:
    return iri.removeprefix("https://w3id.org/commonground/id/").removeprefix("https://w3id.org/commonground/ns#")


def _table(rows: Iterable[Iterable[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    return out.getvalue()


if __name__ == "__main__":
    for name in SHEETS:
        for file, text in found(name).items():
            (HERE / name / file).write_text(text, encoding="utf-8")
