"""Coverage: how well each theme is covered in each place, and how sure that is.

``facts.rq`` is the definition: what each record says of each cell; ``state`` chooses a cell's state from that and
``wording`` says why. One cell is asked so of any store. The matrix is made of a projection (``cells``), which says the
same of all cells at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from graph.coverage.asof import newest_statement
from graph.coverage.axes import read_axes
from graph.coverage.cells import Cells
from graph.coverage.matrix import Matrix
from graph.coverage.narrowed import counted, narrowed, pays
from graph.coverage.rollup import ROLL_UP, apart, roll_up_text
from graph.coverage.state import GRADES, STATES, Fact, choose
from graph.coverage.wording import reason
from graph.model import Cell, Coverage, Thing
from graph.names import Names
from graph.projection import Projection, projection_of
from graph.question_file import bind, read_question
from graph.store import Store
from graph.terms import CODE, expand

__all__ = ["GRADES", "STATES", "Cells", "cell", "coverage"]

_FACTS = Path(__file__).with_name("facts.rq")


def coverage(
    store: Store,
    *,
    theme: str | None = None,
    place: str | None = None,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    projection: Projection | None = None,
    roll_up: Sequence[str] = ROLL_UP,
) -> Coverage:
    """The matrix of all themes and of the countries that the sources speak of, or part of it.

    ``theme`` (IRI, code or label) keeps that theme and its narrower ones, ``place`` that country, or the countries of
    that region. Rows come as a tree, parents before their children and otherwise by label; columns by label. Rows and
    columns of which nothing is known are there. ``roll_up`` says what is counted together (``rollup``). ``projection``
    and ``names`` save reading them again when the caller has those of this generation; without, of a store elsewhere
    only what the asked cells need is read. Raises UnknownName.
    """
    names = names or Names.of(store)
    wanted = _resolved(names, lang, theme=theme, place=place)
    part = projection is None and pays(store, wanted)
    projection = projection or (narrowed(store, wanted) if part else projection_of(store))
    day = as_of or newest_statement(store, projection=None if part else projection)
    axes = read_axes(projection, names, wanted, lang)
    return Coverage(
        themes=axes.themes,
        places=axes.places,
        cells=Matrix(projection, day, axes.themes, axes.places, names, lang, roll_up).cells(),
        query=_query(wanted, day, roll_up),
        generation=store.generation,
        as_of=day,
        looked_at=counted(store) if part else projection.looked_at,
        depth=axes.depth,
        roll_up=tuple(roll_up),
    )


def cell(
    store: Store,
    theme: str,
    place: str,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    roll_up: Sequence[str] = ROLL_UP,
    projection: Projection | None = None,
) -> Cell:
    """One cell; ``place`` may be a region, which then is asked as a whole. By its definition, or of very many
    engagements sooner with the ``projection`` of this state. Raises UnknownName."""
    names = names or Names.of(store)
    wanted = _resolved(names, lang, theme=theme, place=place)
    row, column = wanted["theme"], wanted["place"]
    day = as_of or newest_statement(store, projection=projection)
    if projection is not None:
        return Matrix(projection, day, (row,), (column,), names, lang, roll_up).cells()[0]
    facts = _facts(store, _query(wanted, day, roll_up))
    return _cell(names, row, column, facts.get((row.iri, column.iri), ()), lang, apart=apart(roll_up))


def _resolved(names: Names, lang: str, **texts: str | None) -> Mapping[str, Thing]:
    return {kind: names.resolve(kind, text, lang) for kind, text in texts.items() if text}


def _query(wanted: Mapping[str, Thing], day: date, roll_up: Sequence[str]) -> str:
    values: dict[str, NamedNode | Literal] = {name: NamedNode(thing.iri) for name, thing in wanted.items()}
    values["as_of"] = Literal(day.isoformat(), datatype=NamedNode(expand("xsd:date")))
    if apart(roll_up):
        values["roll_up"] = Literal(roll_up_text(roll_up))
    return bind(read_question(_FACTS), values)


def _facts(store: Store, query: str) -> Mapping[tuple[str, str], tuple[Fact, ...]]:
    found: dict[tuple[str, str], list[Fact]] = defaultdict(list)
    for row in store.select(query):
        text = {
            name: "" if row[name] is None else row[name].value
            for name in (
                "cell_theme",
                "cell_place",
                "fact",
                "record",
                "organisation",
                "family",
                "who",
                "said_on",
                "since",
            )
        }
        found[text.pop("cell_theme"), text.pop("cell_place")].append(Fact(**text))
    return {key: tuple(facts) for key, facts in found.items()}


def _cell(names: Names, theme: Thing, place: Thing, facts: Iterable[Fact], lang: str, *, apart: bool) -> Cell:
    facts = tuple(facts)
    state = choose(facts)
    partners = sorted({f.organisation for f in state.because if f.organisation})
    return Cell(
        theme=theme,
        place=place,
        state=state.name,
        label=names.thing(f"{CODE}cell-state/{state.name}", lang).label,
        reason=reason(state, lambda iri: names.thing(iri, lang).label, lang, apart=apart),
        organisations=state.families,
        organisations_by_grade=state.families_by_grade,
        partners=tuple(names.thing(iri, lang) for iri in partners),
        since=state.since,
        evidence=tuple(sorted({f.record for f in facts})),
    )
