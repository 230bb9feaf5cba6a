"""How a statement is told, over HTTP and on the command line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graph.answer_format import thing_to_data
from graph.model import Thing
from graph.names import Names
from graph.statements import Engagement, Recorded, Remark, about
from graph.store import Store


@dataclass(frozen=True, slots=True)
class Words:
    """What a kind of statement is called, what its form says first, and what it does."""

    title: str
    lead: str
    does: str


#: By kind, in the order of display.
WORDS: Mapping[str, Words] = {
    "absence": Words(
        "Nobody works on it",
        "Somebody told you that nobody works on a theme in a place.",
        "The cell becomes a known absence, unless a source states that there is work.",
    ),
    "not-needed": Words(
        "It is not needed",
        "Somebody told you that a theme is not needed in a place.",
        "The cell is no gap any more.",
    ),
    "complete": Words(
        "A list names everybody",
        "A source names all partners for a theme in a place.",
        "Where no source states any work, the cell becomes 'none listed' instead of 'unknown'.",
    ),
    "confirm": Words(
        "It still goes on",
        "Somebody told you that work which was last stated long ago still goes on.",
        "It counts again from that day. What its source says stays as it is, and what has ended stays ended.",
    ),
}


def engagements_of(store: Store, statements: Iterable[Recorded]) -> Mapping[str, Engagement]:
    """What the confirmations among statements confirm, as far as it is still there."""
    return about(store, {iri for one in statements for iri in one.said.engagements})


def as_json(one: Recorded, names: Names, engagements: Mapping[str, Engagement], lang: str) -> dict[str, Any]:
    """A statement as JSON has it: things with their labels, days and times as they were given."""

    def things(iris: Iterable[str]) -> list[dict[str, str]]:
        return [thing_to_data(names.thing(iri, lang)) for iri in iris]

    def engagement(iri: str) -> dict[str, str]:
        known = engagements.get(iri)
        thing = names.thing(iri, lang)
        return thing_to_data(Thing(iri, known.label(names, lang), "engagement") if known else thing)

    said = one.said
    return {
        "id": one.id,
        "iri": one.iri,
        "say": said.say,
        "themes": things(said.themes),
        "places": things(said.places),
        "engagements": [engagement(iri) for iri in said.engagements],
        "who": said.who,
        "day": said.day,
        "source": things([said.source])[0] if said.source else None,
        "note": said.note,
        "by": one.by,
        "at": one.at,
        "withdrawn": one.withdrawn,
        "withdrawn_by": one.withdrawn_by,
    }


def remark_to_data(one: Remark, lang: str) -> dict[str, Any]:
    """A sentence in the reader's language, and in all."""
    return {
        "code": one.code,
        "field": one.field,
        "message": one.message[lang],
        "messages": dict(one.message),
        "suggestions": list(one.suggestions),
    }
