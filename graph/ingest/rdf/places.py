"""Which place of ours a name, a code or a described place of a file is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.rdf.facts import Facts, Value
from graph.ingest.recipes.known import Known
from graph.ingest.records import Context
from graph.matching import Verdict
from graph.terms import expand

_TYPE, _PREF, _NOTATION = expand("rdf:type"), expand("skos:prefLabel"), expand("skos:notation")
_PLACE, _COUNTRY, _PART = expand("cg:Place"), expand("cg:Country"), expand("cg:Subdivision")
_WITHIN, _IN = expand("schema:containedInPlace"), expand("skos:inScheme")
_SCHEME, _CONCEPT = expand("skos:ConceptScheme"), expand("skos:Concept")
_DEEPEST = 20

#: Called with rule, value, nearest and subject.
Tell = Callable[[str, str, str, str], None]


@dataclass(slots=True)
class Places:
    """``countries`` are those that we list. After ``settle`` the places that a file describes are known as ours, or as
    parts of ours, or as none."""

    context: Context
    known: Known
    countries: frozenset[str]
    _described: dict[str, str] = field(default_factory=dict)  # IRI in the file -> ours, or itself, or empty

    @classmethod
    def of(cls, context: Context, known: Known, others: Iterable[Quad]) -> Places:
        type_ = NamedNode(_TYPE)
        found = (q.subject.value for q in others if q.predicate == type_ and q.object == NamedNode(_COUNTRY))  # type: ignore[union-attr]
        return cls(context, known, frozenset(found))

    def settle(self, facts: Facts) -> None:
        """Find out what each described place is; leave those in ``facts`` that are new parts of a country."""
        described = facts.of_type(_PLACE)
        for iri in described:
            self._described[iri] = self._ours(facts, iri)
        for iri in described:
            self._part(facts, iri, 0)
        used = False
        for iri in described:
            if self._described[iri] == iri and iri not in self.known.places:
                used = True
                facts.said[iri].pop(_TYPE)
                for class_ in (_PLACE, _PART, _CONCEPT):
                    facts.add(iri, _TYPE, NamedNode(class_))
                facts.said[iri].pop(_NOTATION, None)
                facts.add(iri, _IN, NamedNode(self._scheme))
            else:
                del facts.said[iri]
        if used:
            facts.add(self._scheme, _TYPE, NamedNode(_SCHEME))
            facts.add(self._scheme, _PREF, Literal("Parts of countries", language="en"))

    @property
    def _scheme(self) -> str:
        return f"{self.context.base}scheme/{self.context.source}-places"

    def _ours(self, facts: Facts, iri: str) -> str:
        if iri in self.known.places:
            return iri
        codes = tuple(facts.texts(iri, _NOTATION))
        for name in facts.texts(iri, _PREF):
            match = self.known.places.match(name, codes=codes)
            if match.verdict is Verdict.CERTAIN:
                return match.iri
        return ""

    def _part(self, facts: Facts, iri: str, depth: int) -> str:
        """Of a place that is none of ours: itself, where it lies in one that is."""
        if self._described.get(iri) or depth > _DEEPEST:
            return self._described.get(iri, "")
        wholes = []
        for value in facts.values(iri, _WITHIN):
            inner = isinstance(value, NamedNode) and value.value in self._described
            whole = self._part(facts, value.value, depth + 1) if inner else self._find(value)
            wholes += [whole] if whole and whole != iri else []
        if wholes and facts.texts(iri, _PREF):
            facts.said[iri][_WITHIN] = {NamedNode(whole): None for whole in wholes}
            self._described[iri] = iri
        return self._described[iri]

    def _find(self, value: Value) -> str:
        if isinstance(value, NamedNode):
            return value.value if value.value in self.known.places else self.known.same.get(value.value, "")
        match = self.known.places.match(value.value, codes=(value.value,))
        return match.iri if match.verdict is Verdict.CERTAIN else ""

    def place(self, value: Value, country: bool, subject: str, tell: Tell) -> str:
        """The IRI of a place that a statement names, of a country where it has to be one; empty, and told, where it is
        not certain which."""
        found = self._described.get(value.value, "") if isinstance(value, NamedNode) else ""
        found = found or self._find(value)
        if found and country and found not in self.countries:
            found = ""
        if not found:
            nearest = ""
            if isinstance(value, Literal):
                match = self.known.places.match(value.value)
                nearest = match.candidates[0].label if match.candidates else ""
            tell("rdf-unknown-place", value.value, nearest, subject)
        return found
