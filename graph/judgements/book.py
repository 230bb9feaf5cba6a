"""The graph of judgements as data. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from graph.names_text import key
from graph.store import Readable
from graph.terms import expand, node

#: Under the base of the installation.
GRAPH = "graph/judgements"
SAME, DIFFERENT, UNSURE = VERDICTS = ("same", "different", "unsure")

TYPE, JUDGEMENT = node("rdf:type"), node("cg:Judgement")
JUDGED, VERDICT, NOTE, BEFORE = node("cg:judged"), node("cg:verdict"), node("cg:note"), node("cg:before")
BY, AT = node("prov:wasAttributedTo"), node("prov:generatedAtTime")
ENDED, ENDED_BY = node("prov:invalidatedAtTime"), node("cg:undoneBy")
REPLACED = node("dcterms:isReplacedBy")
_LABELS = frozenset(expand(p) for p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"))


@dataclass(frozen=True, slots=True)
class Judgement:
    """``left`` was judged to be ``right`` (or not). ``undone`` is when it was taken back, else empty; ``before`` is, of
    a merge, what it rewrote, as N-Quads."""

    iri: str
    left: str
    right: str
    verdict: str
    by: str
    at: str
    note: str = ""
    undone: str = ""
    before: str = ""


def iri_of(base: str, left: str, right: str, at: str) -> str:
    """The same pair at another time is another judgement."""
    seed = "\n".join((*sorted((left, right)), at))
    return f"{base}judgement/{hashlib.sha256(seed.encode()).hexdigest()[:16]}"


class Judgements:
    """All of them. ``redirects`` leads from what was merged to what stands now, over any number of steps."""

    def __init__(self, all_: Iterable[Judgement] = (), redirects: Mapping[str, str] | None = None) -> None:
        self.all = tuple(sorted(all_, key=lambda one: (one.at, one.iri)))
        steps = dict(redirects or {})
        self.redirects = {iri: _end(iri, steps) for iri in steps}
        self._pairs = {frozenset((one.left, one.right)): one for one in self.all if not one.undone}

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Judgements:
        """Read the graph of judgements."""
        said: dict[str, dict[NamedNode, list[Any]]] = defaultdict(lambda: defaultdict(list))
        steps: dict[str, str] = {}
        for quad in quads:
            if isinstance(quad.subject, NamedNode):
                if quad.predicate == REPLACED and isinstance(quad.object, NamedNode):
                    steps[quad.subject.value] = quad.object.value
                else:
                    said[quad.subject.value][quad.predicate].append(quad.object)
        found = []
        for iri, about in said.items():
            if JUDGEMENT in about[TYPE] and len(about[JUDGED]) == 2:
                text = {name: values[0].value for name, values in about.items()}
                verdict = text.get(VERDICT, UNSURE)
                left, right = sorted(value.value for value in about[JUDGED])
                if verdict == SAME and left != text.get(node("cg:merged"), left):
                    left, right = right, left
                found.append(
                    Judgement(
                        iri,
                        left,
                        right,
                        verdict,
                        text.get(BY, ""),
                        text.get(AT, ""),
                        text.get(NOTE, ""),
                        text.get(ENDED, ""),
                        text.get(BEFORE, ""),
                    )
                )
        return cls(found, steps)

    @classmethod
    def of_store(cls, store: Readable) -> Judgements:
        """Those that a store has now."""
        return cls.from_quads(store.quads(store.base + GRAPH))

    def of(self, one: str, other: str) -> Judgement | None:
        """What was judged of a pair, if that stands."""
        return self._pairs.get(frozenset((one, other)))

    def standing(self, iri: str) -> str:
        """What an IRI leads to: itself, unless it was merged."""
        return self.redirects.get(iri, iri)

    def apart(self, quads: Iterable[Quad]) -> Mapping[str, frozenset[str]]:
        """Folded name -> what it was judged not to be, by the names in ``quads`` of each thing of a pair."""
        others: dict[str, set[str]] = defaultdict(set)
        for one in self._pairs.values():
            if one.verdict == DIFFERENT:
                others[one.left].add(one.right)
                others[one.right].add(one.left)
        found: dict[str, set[str]] = defaultdict(set)
        if others:
            for quad in quads:
                if quad.predicate.value in _LABELS and isinstance(quad.subject, NamedNode):
                    iris = others.get(quad.subject.value)
                    if iris and isinstance(quad.object, Literal):
                        found[key(quad.object.value)] |= iris
        return {name: frozenset(iris) for name, iris in found.items()}


def _end(iri: str, steps: Mapping[str, str]) -> str:
    seen = {iri}
    while (following := steps.get(iri)) is not None and following not in seen:
        seen.add(following)
        iri = following
    return iri
