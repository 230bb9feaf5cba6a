"""Coverage: how well each theme is covered in each place, and how sure that is.

Two queries make the matrix, however big: ``axes.rq`` its rows and columns, ``facts.rq`` what is known of its cells;
``state`` chooses a cell's state and ``wording`` says why. No query is asked per cell.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from graph.coverage.asof import newest_statement
from graph.coverage.axes import read_axes
from graph.coverage.state import GRADES, STATES, Fact, choose
from graph.coverage.wording import reason
from graph.model import Cell, Coverage, Thing
from graph.names import Names
from graph.question_file import bind, read_question
from graph.store import Store
from graph.terms import CODE, expand

__all__ = ["GRADES", "STATES", "cell", "coverage"]

_HERE = Path(__file__).parent
_LOOKED_AT = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT (COUNT(DISTINCT ?engagement) AS ?engagements) (COUNT(DISTINCT ?statement) AS ?statements)
       (COUNT(DISTINCT ?source) AS ?sources)
WHERE {
  { VALUES ?class { cg:Engagement cg:Collaboration } ?engagement a ?class }
  UNION { VALUES ?class { cg:AbsenceStatement cg:CompletenessStatement } ?statement a ?class }
  UNION { ?source a cg:Source }
}"""


def coverage(
    store: Store,
    *,
    theme: str | None = None,
    place: str | None = None,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
) -> Coverage:
    """The matrix of all themes and of the countries that the sources speak of, or part of it.

    ``theme`` (IRI, code or label) keeps that theme and its narrower ones, ``place`` that country, or the countries of
    that region. Rows come as a tree, parents before their children and otherwise by label; columns by label. Rows and
    columns of which nothing is known are there. Raises UnknownName.
    """
    names = names or Names.of(store)
    day = as_of or newest_statement(store)
    wanted = _resolved(names, lang, theme=theme, place=place)
    axes = read_axes(store, names, wanted, lang)
    query, facts = _facts(store, wanted, day)
    cells = tuple(
        _cell(names, row, column, facts.get((row.iri, column.iri), ()), lang)
        for row in axes.themes
        for column in axes.places
    )
    return Coverage(
        themes=axes.themes,
        places=axes.places,
        cells=cells,
        query=query,
        generation=store.generation,
        as_of=day,
        looked_at=_looked_at(store),
        depth=axes.depth,
    )


def cell(
    store: Store,
    theme: str,
    place: str,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
) -> Cell:
    """One cell; ``place`` may be a region, which then is asked as a whole. Raises UnknownName."""
    names = names or Names.of(store)
    wanted = _resolved(names, lang, theme=theme, place=place)
    _, facts = _facts(store, wanted, as_of or newest_statement(store))
    row, column = wanted["theme"], wanted["place"]
    return _cell(names, row, column, facts.get((row.iri, column.iri), ()), lang)


def _resolved(names: Names, lang: str, **texts: str | None) -> Mapping[str, Thing]:
    return {kind: names.resolve(kind, text, lang) for kind, text in texts.items() if text}


def _facts(
    store: Store, wanted: Mapping[str, Thing], day: date
) -> tuple[str, Mapping[tuple[str, str], tuple[Fact, ...]]]:
    values: dict[str, NamedNode | Literal] = {name: NamedNode(thing.iri) for name, thing in wanted.items()}
    values["as_of"] = Literal(day.isoformat(), datatype=NamedNode(expand("xsd:date")))
    query = bind(read_question(_HERE / "facts.rq"), values)
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for row in store.select(query):
        text = {
            name: "" if row[name] is None else row[name].value
            for name in ("cell_theme", "cell_place", "fact", "record", "organisation", "family", "who", "said_on")
        }
        found[text.pop("cell_theme"), text.pop("cell_place")].append(Fact(**text))
    return query, {key: tuple(facts) for key, facts in found.items()}


def _cell(names: Names, theme: Thing, place: Thing, facts: Iterable[Fact], lang: str) -> Cell:
    facts = tuple(facts)
    state = choose(facts)
    partners = sorted({f.organisation for f in state.because if f.organisation})
    return Cell(
        theme=theme,
        place=place,
        state=state.name,
        label=names.thing(f"{CODE}cell-state/{state.name}", lang).label,
        reason=reason(state, lambda iri: names.thing(iri, lang).label, lang),
        organisations=state.families,
        organisations_by_grade=state.families_by_grade,
        partners=tuple(names.thing(iri, lang) for iri in partners),
        evidence=tuple(sorted({f.record for f in facts})),
    )


def _looked_at(store: Store) -> Mapping[str, int]:
    counts = next(iter(store.select(_LOOKED_AT)))
    return {name: int(counts[name].value) for name in ("engagements", "statements", "sources")}
