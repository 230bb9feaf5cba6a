"""What is said of things, by thing and property: the working form of aligned statements. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.rdf.model import TYPE, Model
from graph.terms import expand

Value = NamedNode | Literal
_DERIVED = expand("prov:wasDerivedFrom")
_TIMES = (expand("dcterms:temporal"), expand("org:memberDuring"))
_PERIOD, _ENGAGEMENT, _THEME = expand("dcterms:PeriodOfTime"), expand("cg:Engagement"), expand("cg:theme")


@dataclass(slots=True)
class Facts:
    """``said``: subject -> property -> values in order; ``origins``: subject -> the things of the file that say so."""

    said: dict[str, dict[str, dict[Value, None]]] = field(default_factory=dict)
    origins: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, quads: Iterable[Quad], leaving_out: frozenset[str]) -> Facts:
        """Of statements of which some subjects are left out; sorted, so that the same statements give the same."""
        facts = cls()
        for quad in sorted(quads, key=str):
            subject = quad.subject.value  # type: ignore[union-attr]
            if not isinstance(quad.subject, NamedNode) or subject in leaving_out:
                continue
            if quad.predicate.value == _DERIVED and isinstance(quad.object, NamedNode):
                facts.origins.setdefault(subject, set()).add(quad.object.value)
            elif isinstance(quad.object, NamedNode | Literal):
                facts.add(subject, quad.predicate.value, quad.object)
        return facts

    def forget(self, own: frozenset[str]) -> None:
        """Take out what comes from records of our own alone: they have said it themselves."""
        for subject, origins in self.origins.items():
            if origins and origins <= own:
                self.said.pop(subject, None)

    def add(self, subject: str, predicate: str, value: Value) -> None:
        self.said.setdefault(subject, {}).setdefault(predicate, {})[value] = None

    def values(self, subject: str, predicate: str) -> list[Value]:
        return list(self.said.get(subject, {}).get(predicate, ()))

    def iris(self, subject: str, predicate: str) -> list[str]:
        return [value.value for value in self.values(subject, predicate) if isinstance(value, NamedNode)]

    def texts(self, subject: str, predicate: str) -> list[str]:
        return [value.value for value in self.values(subject, predicate) if isinstance(value, Literal)]

    def types(self, subject: str) -> list[str]:
        return self.iris(subject, TYPE)

    def of_type(self, type_: str) -> list[str]:
        return [subject for subject in self.said if type_ in self.types(subject)]

    def drop_incomplete(self, model: Model) -> dict[str, int]:
        """Take out the records that lack what they need: class -> how many. One round; references to them are the
        caller's."""
        gone: dict[str, int] = {}
        used = {value.value for properties in self.said.values() for of in _TIMES for value in properties.get(of, ())}
        for subject in list(self.said):
            types = self.types(subject)
            properties = self.said[subject]
            if _PERIOD in types and subject not in used:
                # Nobody misses the period of a record that is not there.
                del self.said[subject]
                continue
            # Where it comes from is said at the end.
            has = {name for name, values in properties.items() if values} | {_DERIVED}
            lacks = not types or any(not needed & has for needed in model.must_say(types))
            # An engagement has a theme, which its shape says in a way that cannot be read off.
            if lacks or (_ENGAGEMENT in types and _THEME not in has):
                del self.said[subject]
                if types:
                    gone[types[0]] = gone.get(types[0], 0) + 1
        return gone

    def quads(self, graph: NamedNode) -> Iterator[Quad]:
        for subject, properties in self.said.items():
            for predicate, values in properties.items():
                for value in values:
                    yield Quad(NamedNode(subject), NamedNode(predicate), value, graph)
