"""What is known of one kind of thing: labels, codes, what contains what. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from pyoxigraph import Literal, NamedNode, Quad

from graph.kinds import kind_of
from graph.matching.generic import is_generic
from graph.terms import WORLD, expand

#: What a thing is called comes before what it was misspelt as.
PREFERRED, ALTERNATIVE, HIDDEN = 0, 1, 2

_LABELS = {
    expand("skos:prefLabel"): PREFERRED,
    expand("rdfs:label"): PREFERRED,
    expand("skos:altLabel"): ALTERNATIVE,
    expand("skos:hiddenLabel"): HIDDEN,
}
_PREF = expand("skos:prefLabel")
_CODES = frozenset(
    expand(curie) for curie in ("skos:notation", "cg:alpha2", "cg:alpha3", "cg:m49", "dcterms:identifier")
)
_WITHIN = frozenset(
    expand(curie) for curie in ("org:unitOf", "schema:containedInPlace", "skos:broader", "skos:inScheme")
)
_PARTNER, _SITE = expand("cg:partner"), expand("org:hasSite")
_PLACES = frozenset((expand("cg:place"), expand("schema:addressCountry")))
_TYPE = expand("rdf:type")
_COUNTRY = expand("cg:Country")


@dataclass(slots=True)
class Thing:
    """All that is said of one thing. ``names`` is text -> the best rank that it has."""

    iri: str
    names: dict[str, int] = field(default_factory=dict)
    preferred: dict[str, str] = field(default_factory=dict)  # language -> label
    codes: set[str] = field(default_factory=set)

    @property
    def label(self) -> str:
        """Its name in English, else in any language, else the end of its IRI."""
        if "en" in self.preferred:
            return self.preferred["en"]
        if self.preferred:
            return self.preferred[min(self.preferred)]
        return min(self.names, key=lambda text: (self.names[text], text)) if self.names else segment(self.iri)


@dataclass(slots=True)
class Known:
    """``things`` of the kind by IRI; ``places`` is the name of a country or region -> their IRIs; ``within`` what
    each thing is directly part of."""

    things: dict[str, Thing]
    places: Mapping[str, frozenset[str]]
    countries: frozenset[str]
    within: Mapping[str, frozenset[str]]
    #: Of organisations whose name any country may have: the countries where they sit or work.
    where: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def inside(self, iri: str, whole: str) -> bool:
        """Whether a thing is in, under or the same as another, at any depth; rings in the data do no harm."""
        seen: set[str] = set()
        todo = [iri]
        while todo:
            one = todo.pop()
            if one == whole:
                return True
            if one not in seen:
                seen.add(one)
                todo += self.within.get(one, ())
        return False

    def countries_of(self, place: str) -> frozenset[str]:
        """The country that a place is, or lies in at any depth; a region lies in none."""
        seen: set[str] = set()
        todo = [place]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo += () if one in self.countries else self.within.get(one, ())
        return frozenset(seen & self.countries)


def read(kind: str, quads: Iterable[Quad]) -> Known:
    """What quads say of the things of a kind."""
    quads = quads if isinstance(quads, list) else list(quads)
    things: dict[str, Thing] = {}
    classes: dict[str, set[str]] = defaultdict(set)
    within: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if not isinstance(quad.subject, NamedNode):
            continue
        predicate, value = quad.predicate.value, quad.object
        iri = quad.subject.value
        if predicate == _TYPE and isinstance(value, NamedNode):
            classes[iri].add(value.value)
        elif predicate in _WITHIN and isinstance(value, NamedNode):
            within[iri].add(value.value)
        elif isinstance(value, Literal) and (predicate in _LABELS or predicate in _CODES):
            thing = things.setdefault(iri, Thing(iri))
            if predicate in _CODES:
                thing.codes.add(value.value)
                continue
            rank = _LABELS[predicate]
            if predicate == _PREF:
                language = value.language or ""
                thing.preferred[language] = min(value.value, thing.preferred.get(language, value.value))
            thing.names[value.value] = min(rank, thing.names.get(value.value, rank))
    kinds = {iri: kind_of(iri, of) for iri, of in classes.items()}
    places: dict[str, set[str]] = defaultdict(set)
    for iri, thing in things.items():
        if kinds.get(iri) == "place" and iri != WORLD:
            for name in thing.names:
                places[name].add(iri)
    found = Known(
        {iri: thing for iri, thing in things.items() if kinds.get(iri) == kind},
        {name: frozenset(iris) for name, iris in places.items()},
        frozenset(iri for iri, of in classes.items() if _COUNTRY in of),
        {iri: frozenset(of) for iri, of in within.items()},
    )
    return replace(found, where=_where(found, quads)) if kind == "organisation" else found


def _where(known: Known, quads: list[Quad]) -> Mapping[str, frozenset[str]]:
    generic = {iri for iri, thing in known.things.items() if any(map(is_generic, thing.names))}
    if not generic:
        return {}
    #: What says where -> of which organisations: seats, and records of work.
    says: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        predicate, subject, value = quad.predicate.value, quad.subject, quad.object
        if isinstance(subject, NamedNode) and isinstance(value, NamedNode):
            if predicate == _PARTNER and value.value in generic:
                says[subject.value].add(value.value)
            elif predicate == _SITE and subject.value in generic:
                says[value.value].add(subject.value)
    found: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate.value in _PLACES and isinstance(quad.subject, NamedNode):
            for iri in says.get(quad.subject.value, ()):
                found[iri] |= known.countries_of(getattr(quad.object, "value", ""))
    return {iri: frozenset(countries) for iri, countries in found.items()}


def segment(iri: str) -> str:
    """The last part of an IRI."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
