"""All statements that were recorded here, those too that were withdrawn. Pure but for ``of_store``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyoxigraph import NamedNode, Quad

from graph.batches.history import graph_of
from graph.errors import GraphError
from graph.statements.said import SOURCE, Said, description, from_quads, to_quads
from graph.store import Change, Readable, difference
from graph.terms import node

_MADE, _BY, _AT = node("prov:generated"), node("prov:wasAssociatedWith"), node("prov:endedAtTime")
_LABEL, _ENDED_BY, _ENDED = node("skos:prefLabel"), node("prov:wasInvalidatedBy"), node("prov:invalidatedAtTime")
_STARTED_BY, _STARTED = node("prov:wasGeneratedBy"), node("prov:generatedAtTime")
_PARTS = tuple(node(f"rdf:{part}") for part in ("subject", "predicate", "object"))


@dataclass(frozen=True, slots=True)
class Recorded:
    """A statement, who recorded it and when (UTC); ``withdrawn`` is when it was taken back, else empty. ``activity`` is
    the IRI of its recording."""

    iri: str
    said: Said
    activity: str
    by: str
    at: str
    withdrawn: str = ""
    withdrawn_by: str = ""

    @property
    def id(self) -> str:
        return self.iri.rpartition("/")[2]


class Book:
    """``standing`` and ``withdrawn`` together are ``all``, the newest first."""

    def __init__(self, standing: Iterable[Recorded], withdrawn: Iterable[Recorded]) -> None:
        self.standing, self.withdrawn = tuple(standing), tuple(withdrawn)
        both = (*self.standing, *self.withdrawn)
        self.all = tuple(sorted(both, key=lambda one: (one.withdrawn or one.at, one.iri), reverse=True))

    @classmethod
    def of_store(cls, store: Readable) -> Book:
        """Those that a store has now; three graphs are read."""
        graph = NamedNode(store.base + SOURCE)
        told = _Told(store.quads(store.base + "graph/provenance"))
        standing = [
            Recorded(iri, said, activity := told.made.get(iri, ""), told.by(activity), told.one(activity, _AT))
            for iri, said in from_quads(store.quads(graph.value))
        ]
        return cls(standing, _withdrawn(store.quads(graph_of(graph).value), told))

    def iri_of(self, name: str) -> str:
        """The IRI of a statement by its id, or by that. Raises GraphError (``not-found``)."""
        found = next((one.iri for one in self.all if name in (one.id, one.iri)), None)
        if found is None:
            raise GraphError("not-found", f"There is no statement '{name[:200]}'.", "They are listed at /statements.")
        return found

    def since(self, base: str, at: str) -> Change:
        """What leads from the statements of now back to those that stood at a time (UTC)."""
        then = [one for one in self.standing if one.at <= at]
        then += [one for one in self.withdrawn if one.at <= at < one.withdrawn]
        return difference(_whole(self.standing, base), _whole(then, base))


def _whole(statements: Iterable[Recorded], base: str) -> frozenset[Quad]:
    found = frozenset(quad for one in statements for quad in to_quads(one.said, base))
    return found | description(base) if found else found


class _Told:
    """What provenance says. ``made``: what was recorded -> the last activity that did so."""

    def __init__(self, quads: Iterable[Quad]) -> None:
        self._said: dict[str, dict[NamedNode, list[str]]] = defaultdict(lambda: defaultdict(list))
        for quad in quads:
            if isinstance(quad.subject, NamedNode) and not isinstance(quad.object, Quad):
                self._said[quad.subject.value][quad.predicate].append(getattr(quad.object, "value", ""))
        made = [(self.one(iri, _AT), iri, thing) for iri in list(self._said) for thing in self._said[iri][_MADE]]
        self.made = {thing: iri for _, iri, thing in sorted(made)}

    def one(self, iri: str, name: NamedNode) -> str:
        """A value, or an empty text."""
        return min(self._said[iri][name], default="") if iri in self._said else ""

    def by(self, activity: str) -> str:
        """The name of who did something."""
        return self.one(self.one(activity, _BY), _LABEL)


def _withdrawn(quads: Iterable[Quad], told: _Told) -> Iterable[Recorded]:
    """Statements put together of what history keeps of them, by what ended them."""
    kept: dict[Any, dict[NamedNode, Any]] = defaultdict(dict)
    for quad in quads:
        kept[quad.subject][quad.predicate] = quad.object
    ended: dict[tuple[str, str, str, str], list[Quad]] = defaultdict(list)
    for one in kept.values():
        if all(part in one for part in (*_PARTS, _ENDED_BY, _ENDED)):
            came = (one[name].value if name in one else "" for name in (_STARTED_BY, _STARTED))
            key = (one[_ENDED_BY].value, one[_ENDED].value, *came)
            ended[key].append(Quad(*(one[part] for part in _PARTS)))
    for (undoing, at, activity, began), said_then in ended.items():
        for iri, said in from_quads(said_then):
            yield Recorded(iri, said, activity, told.by(activity), began, at, told.by(undoing))
