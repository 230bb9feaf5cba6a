"""The statements that a projection is made of, as columns: of each property its pairs of subject and object.

Terms are numbers, given in the order in which terms are first met; a number means the same term for as long as its
``Dictionary`` lives, so that columns of one state can be turned into those of the next. Pure but for the dictionary,
which only grows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pyoxigraph import Literal, NamedNode, Quad

from graph.projection.dictionary import Dictionary
from graph.terms import REFERENCE_BASE, expand

Ints = npt.NDArray[np.int64]

#: The properties that matter to coverage and gaps, by the name that is used for them here.
PROPERTIES: Mapping[str, str] = {
    name: expand(curie)
    for name, curie in (
        ("type", "rdf:type"),
        ("partner", "cg:partner"),
        ("theme", "cg:theme"),
        ("place", "cg:place"),
        ("basis", "cg:basis"),
        ("stated_on", "cg:statedOn"),
        ("project", "cg:project"),
        ("temporal", "dcterms:temporal"),
        ("start", "dcat:startDate"),
        ("end", "dcat:endDate"),
        ("absence", "cg:absence"),
        ("creator", "dcterms:creator"),
        ("unnamed", "cg:unnamedPartners"),
        ("hedged", "cg:hedged"),
        ("made_at", "cg:madeAt"),
        ("on_behalf_of", "cg:onBehalfOf"),
        ("delivery", "cg:delivery"),
        ("super_event", "schema:superEvent"),
        ("organizer", "schema:organizer"),
        ("made_by", "schema:creator"),
        ("result_of", "cg:resultOf"),
        ("availability", "cg:availability"),
        ("in_language", "schema:inLanguage"),
        ("language", "dcterms:language"),
        ("definition", "skos:definition"),
        ("definer", "dcterms:source"),
        ("notation", "skos:notation"),
        ("value", "cg:value"),
        ("unit", "cg:unit"),
        ("indicator", "cg:indicator"),
        ("member", "org:member"),
        ("organization", "org:organization"),
        ("unit_of", "org:unitOf"),
        ("linked_to", "org:linkedTo"),
        ("broader", "skos:broader"),
        ("in_scheme", "skos:inScheme"),
        ("contained_in", "schema:containedInPlace"),
    )
}
#: Of these properties only some objects matter; of ``type`` the classes by name.
CLASSES: Mapping[str, str] = {
    name: f"<{expand(f'cg:{name}')}>"
    for name in (
        *("Engagement", "Collaboration", "Talk", "MeetingStatement", "Challenge", "Priority", "Recommendation"),
        *(
            "NextStep",
            "Goal",
            "Claim",
            "AbsenceStatement",
            "CompletenessStatement",
            "Country",
            "Region",
            "Subdivision",
            "Source",
        ),
    )
} | {
    "Person": f"<{expand('foaf:Person')}>",
    "Membership": f"<{expand('org:Membership')}>",
    "Event": f"<{expand('schema:Event')}>",
    "CreativeWork": f"<{expand('schema:CreativeWork')}>",
    "Document": f"<{expand('foaf:Document')}>",
    "Observation": f"<{expand('qb:Observation')}>",
}
ONLY: Mapping[str, frozenset[str]] = {
    "type": frozenset(CLASSES.values()),
    "in_scheme": frozenset({f"<{REFERENCE_BASE}theme>"}),
}
#: Properties of which only that matters which is said of what another one leads to, and of that other one only what is
#: no text: many things have a source, and definitions are long.
OF: Mapping[str, str] = {"definer": "definition"}
_LEADING = frozenset(OF.values())
_LEADING_IRIS = frozenset(PROPERTIES[name] for name in _LEADING)
_NAME_OF = {iri: name for name, iri in PROPERTIES.items()}
#: Literals that a table of results writes without quotation marks: by type, those that Turtle takes for one of it.
_BARE: Mapping[str, re.Pattern[str]] = {
    expand(f"xsd:{name}"): re.compile(pattern)
    for name, pattern in (
        ("boolean", "true|false"),
        ("integer", r"[+-]?[0-9]+"),
        ("decimal", r"[+-]?[0-9]*\.[0-9]+"),
        ("double", r"[+-]?([0-9]+\.[0-9]*|\.?[0-9]+)[eE][+-]?[0-9]+"),
    )
}

_ESCAPES = str.maketrans({"\t": "\\t", "\n": "\\n", "\r": "\\r", '"': '\\"', "\\": "\\\\"})


def text_of(term: object) -> str:
    """A term as tables of results (SPARQL 1.1 TSV) write it."""
    if isinstance(term, Literal) and (bare := _BARE.get(term.datatype.value)) and bare.fullmatch(term.value):
        return term.value
    text = str(term)
    if isinstance(term, Literal):
        # By itself the engine also escapes control characters.
        return '"' + term.value.translate(_ESCAPES) + text[text.rindex('"') :]
    return text


@dataclass(frozen=True, slots=True)
class Relation:
    """Unique pairs, sorted: ``keys`` are subject << 32 | object, ``counts`` in how many graphs each is stated."""

    keys: Ints
    counts: npt.NDArray[np.int32]

    @classmethod
    def of(cls, subjects: Ints, objects: Ints) -> Relation:
        """The relation of pairs; one that is given twice is stated in two graphs."""
        keys, counts = np.unique(subjects << 32 | objects, return_counts=True)
        return cls(keys, counts.astype(np.int32))

    @property
    def subjects(self) -> Ints:
        return self.keys >> 32

    @property
    def objects(self) -> Ints:
        return self.keys & 0xFFFFFFFF

    def after(self, changed: Mapping[int, int]) -> Relation:
        """With counts raised or lowered, by key; pairs that no graph states any more go."""
        changes = {key: by for key, by in changed.items() if by}
        if not changes:
            return self
        keys = np.array(sorted(changes), dtype=np.int64)
        by = np.array([changes[int(key)] for key in keys], dtype=np.int32)
        at = np.searchsorted(self.keys, keys)
        there = np.zeros(len(keys), dtype=bool)
        inside = at < len(self.keys)
        there[inside] = self.keys[at[inside]] == keys[inside]
        counts = self.counts.copy()
        counts[at[there]] += by[there]
        new = ~there & (by > 0)
        all_keys = np.insert(self.keys, at[new], keys[new])
        all_counts = np.insert(counts, at[new], by[new])
        stated = all_counts > 0
        return Relation(all_keys[stated], all_counts[stated].astype(np.int32))


@dataclass(frozen=True, slots=True)
class Relations:
    """All columns of one state. They share the dictionary with those of other states."""

    dictionary: Dictionary
    by_name: Mapping[str, Relation]

    def __getitem__(self, name: str) -> Relation:
        return self.by_name[name]

    @classmethod
    def of_quads(cls, quads: Iterable[Quad]) -> Relations:
        """The columns of quads."""
        quads = tuple(quads)
        nothing = cls(Dictionary(), dict.fromkeys(PROPERTIES, _EMPTY))
        leading = nothing.after((), [quad for quad in quads if leads(quad)])
        return leading.after((), [quad for quad in quads if not leads(quad)])

    def after(self, removed: Iterable[Quad], added: Iterable[Quad]) -> Relations:
        """The columns once quads are taken out and put in. A quad that is taken out must have been there; none may
        be one that ``leads`` to what is known already."""
        changes: dict[str, dict[int, int]] = {}
        with self.dictionary.lock:
            for quads, by in ((removed, -1), (added, 1)):
                for quad in quads:
                    name = self._name(quad)
                    if name is None:
                        continue
                    value = text_of(quad.object)
                    key = self.dictionary[text_of(quad.subject)] << 32 | self.dictionary[value]
                    of_name = changes.setdefault(name, {})
                    of_name[key] = of_name.get(key, 0) + by
        changed = {name: self.by_name[name].after(keys) for name, keys in changes.items()}
        return Relations(self.dictionary, {**self.by_name, **changed})

    def states(self, quad: Quad) -> bool | None:
        """Whether any graph states what a quad states; None where it is of no concern here."""
        name = self._name(quad)
        if name is None:
            return None
        subject = self.dictionary.get(text_of(quad.subject))
        value = self.dictionary.get(text_of(quad.object))
        if subject is None or value is None:
            return False
        keys, key = self.by_name[name].keys, subject << 32 | value
        at = int(np.searchsorted(keys, key))
        return at < len(keys) and int(keys[at]) == key

    def _name(self, quad: Quad) -> str | None:
        """The relation of a quad; None for one of no concern."""
        name = _NAME_OF.get(quad.predicate.value)
        if name is None or not isinstance(quad.subject, NamedNode):
            return None
        if name in ONLY and text_of(quad.object) not in ONLY[name]:
            return None
        if name in OF:
            subject = self.dictionary.get(text_of(quad.subject))
            known = subject is not None and bool((self.by_name[OF[name]].objects == subject).any())
            return name if known else None
        return None if name in _LEADING and isinstance(quad.object, Literal) else name


def leads(quad: Quad) -> bool:
    """Whether it depends on a quad which other quads matter, so that a change of it is no change of known pairs."""
    return quad.predicate.value in _LEADING_IRIS and not isinstance(quad.object, Literal)


_EMPTY = Relation(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int32))
