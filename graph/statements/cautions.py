"""What a statement does beside what is meant, before it is recorded: it stands against what a source states, or makes
all answers speak of a later day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode

from graph.coverage import cell
from graph.coverage.asof import last_day, newest_statement
from graph.coverage.wording import listed
from graph.evidence import evidence_of
from graph.model import Cell
from graph.names import Names
from graph.statements.engagements import about
from graph.statements.said import COMPLETE, CONFIRM, Said
from graph.statements.wording import Remark, remark
from graph.store import Store

#: Cells that are looked at one by one; a statement for more is a rare thing.
MOST_CELLS = 12
#: Years after which what nobody has confirmed counts as lapsed: as in ``facts.rq``.
_LAPSE = 5
_LAPSING = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT (COUNT(*) AS ?lapsing) WHERE {
  { SELECT ?engagement (MAX(STR(?d)) AS ?said) WHERE {
      VALUES ?class { cg:Engagement cg:Collaboration }
      ?engagement a ?class ; cg:statedOn ?d
    } GROUP BY ?engagement }
  FILTER(?said >= SUBSTR("%s", 1, STRLEN(?said)) && ?said < SUBSTR("%s", 1, STRLEN(?said)))
  MINUS { VALUES ?engagement { %s } }
}"""


def cautions(store: Store, names: Names, said: Said, lang: str = "en") -> tuple[Remark, ...]:
    """What to look at before a statement is recorded; none of it stands in the way."""
    return (*_against(store, names, said, lang), *_unsure(store, names, said, lang), *_aging(store, said))


def _against(store: Store, names: Names, said: Said, lang: str) -> Iterator[Remark]:
    day = last_day(said.day)
    cells = [(theme, place) for theme in said.themes for place in said.places]
    for theme, place in cells[:MOST_CELLS]:
        found = cell(store, theme, place, lang=lang, as_of=day, names=names)
        partners = _beside(store, names, found, said) if found.state in ("covered", "covered-by-one") else []
        if partners:
            code = "list-names" if said.say == COMPLETE else "stated-there"
            words = {"theme": found.theme.label, "place": found.place.label, "day": said.day}
            yield remark(code, "theme", names=listed(partners, lang), **words)


def _beside(store: Store, names: Names, found: Cell, said: Said) -> list[str]:
    """The partners that are stated in a cell; of a complete list, those that it is not quoted for."""
    partners = {one.iri: one.label for one in found.partners}
    if said.say == COMPLETE and said.source:
        records = about(store, found.evidence)
        resting = evidence_of(store, names, list(records))
        for iri, record in records.items():
            if any(one.document and one.document.iri == said.source for one in resting.get(iri, ())):
                for partner in record.partners:
                    partners.pop(partner, None)
    return list(partners.values())


def _unsure(store: Store, names: Names, said: Said, lang: str) -> Iterator[Remark]:
    if said.say == CONFIRM:
        found = about(store, said.engagements).values()
        unsure = [one.label(names, lang) for one in found if one.basis.startswith(("inferred", "proposed"))]
        if unsure:
            yield remark("stays-inferred", "engagement", names=listed(unsure, lang))


def _aging(store: Store, said: Said) -> Iterator[Remark]:
    """Answers speak of the newest day in the data unless they are asked for another one."""
    newest, day = newest_statement(store), last_day(said.day)
    if day > newest:
        confirmed = " ".join(str(NamedNode(iri)) for iri in said.engagements)
        row = next(iter(store.select(_LAPSING % (_lapse(newest), _lapse(day), confirmed))))
        term = row["lapsing"]
        count = int(term.value) if isinstance(term, Literal) else 0
        if count:
            yield remark("speaks-of", "day", before=newest.isoformat(), day=said.day, count=count)
    elif said.day < _lapse(newest)[: len(said.day)]:
        yield remark("already-old", "day", before=newest.isoformat(), day=said.day)


def _lapse(day: date) -> str:
    return f"{day.year - _LAPSE:04}{day.isoformat()[4:]}"
