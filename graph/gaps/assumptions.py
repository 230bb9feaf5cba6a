"""What is assumed in a what-if: engagements and collaborations that nobody has stated, as names and as quads.

An assumption is stated exactly as a table row would be, in a graph of its own that no store ever has.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import BadParameter, UnknownName
from graph.gaps.sentence import words
from graph.model import Thing
from graph.names import Names
from graph.store import Change
from graph.terms import CODE, expand, node

ENGAGEMENT, COLLABORATION = "engagement", "collaboration"
#: Between the parts of an assumption, and between several themes or places of one.
PART, SEVERAL = "|", ";"
#: Assumptions of one what-if; more than these nobody oversees.
MOST = 20
_ON, _IN = "theme:", "place:"
_HOW = {
    ENGAGEMENT: "Write organisation|theme|place, several themes or places with ';' between them: "
    "UNICEF Armenia|Inclusive education|Armenia.",
    COLLABORATION: "Write the organisations with '|' between them: UNICEF Armenia|Bridge of Hope. What they work "
    "together on and where may follow: ...|theme:Inclusive education|place:Armenia.",
}
_SENTENCES = {
    "en": {
        ENGAGEMENT: "{partners} starts work on {themes}",
        COLLABORATION: "{partners} work together",
        "themes": " on {themes}",
        "places": " in {places}",
    },
    "ru": {
        ENGAGEMENT: "{partners}: начинается работа по теме «{themes}»",
        COLLABORATION: "{partners} сотрудничают",
        "themes": " по теме «{themes}»",
        "places": ", место: {places}",
    },
}


@dataclass(frozen=True, slots=True)
class Assumption:
    """``kind`` is ENGAGEMENT (one partner, one theme or more, places where they are known) or COLLABORATION (two
    partners or more, perhaps with themes and places)."""

    kind: str
    partners: tuple[Thing, ...]
    themes: tuple[Thing, ...] = ()
    places: tuple[Thing, ...] = ()

    def sentence(self, lang: str = "en") -> str:
        """As a sentence: "UNICEF Armenia starts work on Inclusive education in Armenia." """
        texts = _SENTENCES[lang]
        whole = texts[self.kind]
        if self.kind == COLLABORATION and self.themes:
            whole += texts["themes"]
        if self.places:
            whole += texts["places"]
        values = {name: words(getattr(self, name), lang) for name in ("partners", "themes", "places")}
        return whole.format_map(values) + "."

    def text(self) -> str:
        """As ``read`` reads it, with IRIs: what an address carries."""
        partners, themes, places = (
            [thing.iri for thing in things] for things in (self.partners, self.themes, self.places)
        )
        if self.kind == ENGAGEMENT:
            return PART.join([*partners, SEVERAL.join(themes), SEVERAL.join(places)]).rstrip(PART)
        more = [mark + SEVERAL.join(iris) for mark, iris in ((_ON, themes), (_IN, places)) if iris]
        return PART.join([*partners, *more])


def read(kind: str, text: str, names: Names, lang: str = "en") -> Assumption:
    """An assumption as people write it: ``organisation|theme;theme|place;place``, or ``organisation|organisation`` and
    perhaps ``theme:...`` and ``place:...``. Each is a label, a code or an IRI.

    Raises BadParameter where a part is missing, UnknownName with the nearest names, and GraphError ``ambiguous-name``.
    """
    parts = [part.strip() for part in text.split(PART)]
    if kind == ENGAGEMENT:
        if not 2 <= len(parts) <= 3 or not all(parts[:2]):
            raise BadParameter(
                "bad-engagement", f"'{text}' does not say who starts what{_count(parts)}.", _HOW[ENGAGEMENT]
            )
        return engagement(names, *parts, lang=lang)
    themes = SEVERAL.join(part.removeprefix(_ON) for part in parts if part.startswith(_ON))
    places = SEVERAL.join(part.removeprefix(_IN) for part in parts if part.startswith(_IN))
    partners = [part for part in parts if part and not part.startswith((_ON, _IN))]
    if len(partners) < 2:
        raise BadParameter("bad-collaboration", f"'{text}' does not name two organisations.", _HOW[COLLABORATION])
    return collaboration(names, partners, themes, places, lang=lang)


def engagement(names: Names, partner: str, themes: str, places: str = "", *, lang: str = "en") -> Assumption:
    """One organisation starts to work on themes in places. Raises as ``read`` does."""
    return Assumption(
        ENGAGEMENT,
        (names.resolve("organisation", partner, lang),),
        _things(names, "theme", themes, lang),
        _things(names, "place", places, lang),
    )


def collaboration(
    names: Names, partners: Sequence[str], themes: str = "", places: str = "", *, lang: str = "en"
) -> Assumption:
    """Several organisations work together, perhaps on themes and in places. Raises as ``read`` does."""
    found = tuple(dict.fromkeys(names.resolve("organisation", partner, lang) for partner in partners))
    if len(found) < 2:
        raise BadParameter(
            "bad-collaboration", f"'{partners[0]}' and '{partners[-1]}' are the same organisation.", _HOW[COLLABORATION]
        )
    return Assumption(
        COLLABORATION, found, _things(names, "theme", themes, lang), _things(names, "place", places, lang)
    )


def _things(names: Names, kind: str, text: str, lang: str) -> tuple[Thing, ...]:
    """One name, or several; a name that has the separator in it is one."""
    if not text.strip():
        return ()
    try:
        return (names.resolve(kind, text, lang),)
    except UnknownName:
        several = [part for part in text.split(SEVERAL) if part.strip()]
        if len(several) < 2:
            raise
    return tuple(dict.fromkeys(names.resolve(kind, part, lang) for part in several))


def _count(parts: Sequence[str]) -> str:
    return f": it has {len(parts)} parts" if len(parts) > 3 else ""


def change_of(assumptions: Sequence[Assumption], base: str, day: date) -> Change:
    """The quads that an ingestion would write of these, stated on ``day``, in the graph ``{base}graph/what-if``; the
    records are called ``{base}engagement/what-if/1`` and so on."""
    graph = NamedNode(base + "graph/what-if")
    quads: set[Quad] = set()
    for number, one in enumerate(assumptions, start=1):
        record = NamedNode(f"{base}{one.kind}/what-if/{number}")

        def say(predicate: str, value: NamedNode | Literal, about: NamedNode = record) -> None:
            quads.add(Quad(about, node(predicate), value, graph))

        say("rdf:type", node("cg:Collaboration" if one.kind == COLLABORATION else "cg:Engagement"))
        say("cg:basis", NamedNode(CODE + "basis/stated"))
        say("cg:statedOn", Literal(day.isoformat(), datatype=NamedNode(expand("xsd:date"))))
        for predicate, things in (("cg:partner", one.partners), ("cg:theme", one.themes), ("cg:place", one.places)):
            for thing in things:
                say(predicate, NamedNode(thing.iri))
        if one.kind == COLLABORATION:
            say("skos:prefLabel", Literal(f"Assumed: {one.sentence()}", language="en"))
    return Change(added=frozenset(quads))
