"""What a statement does beside what is meant, before it is recorded: it stands against what a source states, or makes
all answers speak of a later day."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from graph.coverage.asof import last_day
from graph.coverage.matrix import Matrix
from graph.coverage.wording import listed
from graph.evidence import evidence_of
from graph.model import Cell
from graph.names import Names
from graph.projection import ENDED, Projection
from graph.projection.columns import lapsed_before
from graph.statements.engagements import about
from graph.statements.said import COMPLETE, CONFIRM, Said
from graph.statements.wording import Remark, remark
from graph.store import Store

#: Cells that are looked at one by one; a statement for more is a rare thing.
MOST_CELLS = 12


def cautions(store: Store, names: Names, projection: Projection, said: Said, lang: str = "en") -> tuple[Remark, ...]:
    """What to look at before a statement is recorded; none of it stands in the way."""
    return (
        *_against(store, names, projection, said, lang),
        *_unsure(store, names, said, lang),
        *_aging(projection, said),
    )


def _against(store: Store, names: Names, projection: Projection, said: Said, lang: str) -> Iterator[Remark]:
    themes, places = ([names.thing(iri, lang) for iri in iris] for iris in (said.themes, said.places))
    told = 0
    for found in Matrix(projection, last_day(said.day), themes, places, names, lang).cells() if themes else ():
        partners = _beside(store, names, found, said) if found.state in ("covered", "covered-by-one") else []
        if partners and told < MOST_CELLS:
            told += 1
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


def _aging(projection: Projection, said: Said) -> Iterator[Remark]:
    """Answers speak of the newest day in the data unless they are asked for another one."""
    if not projection.newest:
        return
    newest, day = last_day(projection.newest), last_day(said.day)
    was = lapsed_before(newest.isoformat())
    if day > newest:
        limit = lapsed_before(day.isoformat())
        lapsing = projection.said.each(lambda text: was[: len(text)] <= text < limit[: len(text)])
        # What was ended counts as over already, and what is confirmed does not lapse.
        lapsing &= projection.status(newest) != ENDED
        confirmed = set(said.engagements)
        count = sum(projection.iri(int(record)) not in confirmed for record in np.flatnonzero(lapsing))
        if count:
            yield remark("speaks-of", "day", before=newest.isoformat(), day=said.day, count=count)
    elif said.day < was[: len(said.day)]:
        yield remark("already-old", "day", before=newest.isoformat(), day=said.day)
