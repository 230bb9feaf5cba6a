"""The names of things: from what people type - label, code, IRI - to a thing, and from an IRI to a label.

A ``Names`` is made of one state of a store and never changes; make a new one when the generation does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from pyoxigraph import Literal, NamedNode, Quad
from rapidfuzz import fuzz, process

from graph.errors import GraphError, UnknownName
from graph.kinds import KINDS, kind_of
from graph.model import Thing
from graph.names_text import fold, key
from graph.store import Store
from graph.terms import PREFIXES, expand

__all__ = ["KINDS", "Names"]

_PREF, _ALT, _HIDDEN = expand("skos:prefLabel"), expand("skos:altLabel"), expand("skos:hiddenLabel")
_LABEL, _NOTATION, _TYPE = expand("rdfs:label"), expand("skos:notation"), expand("rdf:type")
#: How good a match a name is, by the property that carries it: what a thing is called comes before what it
#: was misspelt as.
_RANK = {_NOTATION: 0, _PREF: 1, _LABEL: 1, _ALT: 2, _HIDDEN: 3}
#: A part of a country is not meant where a country or region is called so, in whatever way: "Egypt" is the country,
#: though a sheet that wants a province may name it again ("Egypt / Egypt").
_SUBDIVISION, _AFTER_ALL = expand("cg:Subdivision"), 1 + max(_RANK.values())
#: Records without a label of their own are known by their IRI only.
_UNNAMED = ("engagement",)
#: What counts as a similar name: spelt alike, or made of the same words ("Bosnia"). The second is worth less, and
#: says nothing of names of a letter or three: every code would be in every text.
_SCORERS = ((fuzz.ratio, 65.0, 1.0), (fuzz.token_set_ratio, 85.0, 0.9))
_SHORT = 4

_NAMES = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
SELECT ?thing ?property ?name WHERE {
  VALUES ?property { skos:prefLabel skos:altLabel skos:hiddenLabel rdfs:label skos:notation }
  ?thing ?property ?name
}"""
_TYPES = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?thing ?class WHERE { ?thing skos:prefLabel ?name ; a ?class }"""


@dataclass(slots=True)
class _Entry:
    """What is known of one IRI. ``names`` are (rank, text) of everything it is called."""

    kind: str = ""
    classified: bool = False  # whether its classes are known
    part: bool = False  # of a country
    preferred: dict[str, str] = field(default_factory=dict)  # language -> label
    names: set[tuple[int, str]] = field(default_factory=set)
    notations: set[str] = field(default_factory=set)


class Names:
    """All names of one generation. Build it with ``of`` or ``from_quads``."""

    def __init__(self, names: Iterable[tuple[str, str, str, str]], types: Iterable[tuple[str, str]]) -> None:
        """``names`` are (IRI, property IRI, text, language), ``types`` (IRI, class IRI)."""
        self._entries: dict[str, _Entry] = defaultdict(_Entry)
        for iri, prop, text, language in names:
            entry = self._entries[iri]
            entry.names.add((_RANK[prop], text))
            if prop == _NOTATION:
                entry.notations.add(text)
            elif prop in (_PREF, _LABEL) and (prop == _PREF or language not in entry.preferred):
                entry.preferred[language] = text
        classes: dict[str, set[str]] = defaultdict(set)
        for iri, class_iri in types:
            if iri in self._entries:
                classes[iri].add(class_iri)
        for iri, of in classes.items():
            self._entries[iri].kind = kind_of(iri, of)
            self._entries[iri].classified = True
            self._entries[iri].part = _SUBDIVISION in of
        self._choices: dict[str, tuple[list[str], list[str]]] = {}

    @cached_property
    def _by_name(self) -> Mapping[str, dict[str, dict[int, set[str]]]]:
        """Kind -> folded name -> rank -> IRIs. Made when somebody asks: who only wants labels needs none of it."""
        found: dict[str, dict[str, dict[int, set[str]]]] = defaultdict(dict)
        for iri, entry in self._entries.items():
            later = _AFTER_ALL if entry.part else 0
            for rank, text in entry.names if entry.kind else ():
                found[entry.kind].setdefault(key(text), {}).setdefault(rank + later, set()).add(iri)
        return found

    @cached_property
    def _by_code(self) -> Mapping[str, dict[str, set[str]]]:
        """Kind -> code -> IRIs."""
        found: dict[str, dict[str, set[str]]] = defaultdict(dict)
        for iri, entry in self._entries.items():
            for code in {*entry.notations, _segment(iri)} if entry.kind else ():
                found[entry.kind].setdefault(_code(code), set()).add(iri)
        return found

    @classmethod
    def of(cls, store: Store) -> Names:
        """Read the names of a store with two SELECTs; descriptions and quotations are not read."""
        rows = (
            (s["thing"].value, s["property"].value, s["name"].value, s["name"].language or "")
            for s in store.select(_NAMES)
            if isinstance(s["thing"], NamedNode) and isinstance(s["name"], Literal)
        )
        types = (
            (s["thing"].value, s["class"].value)
            for s in store.select(_TYPES)
            if isinstance(s["thing"], NamedNode) and isinstance(s["class"], NamedNode)
        )
        return cls(rows, types)

    @classmethod
    def from_quads(cls, quads: Iterable[Quad]) -> Names:
        """The same from quads in memory (staged rows, a reference file)."""
        names: list[tuple[str, str, str, str]] = []
        types: list[tuple[str, str]] = []
        told = {NamedNode(iri) for iri in (*_RANK, _TYPE)}
        for quad in quads:
            # Most say something else: this is asked of millions.
            if (predicate := quad.predicate) not in told or not isinstance(quad.subject, NamedNode):
                continue
            value = quad.object
            if predicate.value == _TYPE and isinstance(value, NamedNode):
                types.append((quad.subject.value, value.value))
            elif predicate.value in _RANK and isinstance(value, Literal):
                names.append((quad.subject.value, predicate.value, value.value, value.language or ""))
        return cls(names, types)

    def thing(self, iri: str, lang: str = "en") -> Thing:
        """The thing, labelled in ``lang``, else in English, else in any language, else by its last segment."""
        entry = self._entries.get(iri)
        if entry is None:
            return Thing(iri, _segment(iri), _kind_by_segment(iri))
        labels = entry.preferred
        label = labels.get(lang) or labels.get("en") or next((labels[k] for k in sorted(labels)), "")
        # What is known to be something else (a book on a theme, say) is not what its address begins with.
        kind = entry.kind or ("" if entry.classified else _kind_by_segment(iri))
        return Thing(iri, label or _segment(iri), kind)

    def labels(self, iri: str) -> Mapping[str, str]:
        """The preferred labels by language; empty where there is none."""
        entry = self._entries.get(iri)
        return dict(entry.preferred) if entry else {}

    def iris(self) -> tuple[str, ...]:
        """Everything that has a name, whatever it is."""
        return tuple(sorted(self._entries))

    def all(self, kind: str, lang: str = "en") -> tuple[Thing, ...]:
        """Every named thing of a kind, by label."""
        things = (self.thing(iri, lang) for iri, entry in self._entries.items() if entry.kind == kind)
        return tuple(sorted(things, key=lambda t: (fold(t.label), t.iri)))

    def resolve(self, kind: str, text: str, lang: str = "en") -> Thing:
        """The thing of ``kind`` (or of one of several: ``document|source``) that ``text`` means.

        ``text`` is an IRI, ``prefix:local``, a code (``AM``, ``ARM``, ``051``, an IRI's last segment) or a label
        in any language. Raises UnknownName with the nearest names, and GraphError ``ambiguous-name`` with the
        candidates.
        """
        kinds = kind.split("|")
        for found in (self._by_iri(kinds, text), self._coded(kinds, text), *self._named(kinds, text)):
            if len(found) == 1:
                return self.thing(next(iter(found)), lang)
            if found:
                candidates = tuple(sorted(self._explained(iri, lang, full=True) for iri in found))
                raise GraphError(
                    "ambiguous-name",
                    f"'{text}' is the name of {len(found)} {KINDS[kinds[0]].plural['en'].lower()}.",
                    f"Give the code or IRI of the one you mean: {'; '.join(candidates)}.",
                    candidates,
                )
        suggestions = tuple(self._explained(t.iri, lang) for t in self.suggest(kind, text, lang=lang))
        words = " or ".join(KINDS[k].label["en"].lower() for k in kinds)
        hint = f"Did you mean {suggestions[0]}?" if suggestions else _no_suggestion(kinds[0])
        raise UnknownName(f"unknown-{kinds[0]}", f"No {words} is called '{text}'.", hint, suggestions)

    def suggest(self, kind: str, text: str, limit: int = 5, lang: str = "en") -> tuple[Thing, ...]:
        """The things of a kind whose names are nearest to ``text``, best first, at most ``limit``."""
        best: dict[str, float] = {}
        for one in kind.split("|"):
            texts, iris = self._choices_of(one)
            for scorer, cutoff, worth in _SCORERS:
                scored = process.extract(
                    fold(text), texts, scorer=scorer, processor=None, limit=limit * 6, score_cutoff=cutoff
                )
                for _, score, index in scored:
                    if scorer is fuzz.ratio or len(texts[index]) >= _SHORT:
                        best[iris[index]] = max(score * worth, best.get(iris[index], 0.0))
        ordered = sorted(best, key=lambda iri: (-best[iri], iri))
        return tuple(self.thing(iri, lang) for iri in ordered[:limit])

    def _choices_of(self, kind: str) -> tuple[list[str], list[str]]:
        if kind not in self._choices:
            pairs = sorted(
                {
                    (fold(text), iri)
                    for iri, entry in self._entries.items()
                    if entry.kind == kind
                    for _, text in {*entry.names, (0, _segment(iri))}
                }
            )
            self._choices[kind] = ([text for text, _ in pairs], [iri for _, iri in pairs])
        return self._choices[kind]

    def _by_iri(self, kinds: list[str], text: str) -> set[str]:
        text = text.strip().removeprefix("<").removesuffix(">")
        prefix, colon, local = text.partition(":")
        if colon and prefix in PREFIXES:
            text = PREFIXES[prefix] + local
        entry = self._entries.get(text)
        if entry is not None and entry.kind in kinds:
            return {text}
        by_segment = _kind_by_segment(text)
        return {text} if entry is None and by_segment in _UNNAMED and by_segment in kinds else set()

    def _coded(self, kinds: list[str], text: str) -> set[str]:
        return {iri for kind in kinds for iri in self._by_code.get(kind, {}).get(_code(text), ())}

    def _named(self, kinds: list[str], text: str) -> list[set[str]]:
        """Things called ``text``, in groups of falling rank."""
        found: dict[int, set[str]] = defaultdict(set)
        wanted = key(text)
        for kind in kinds:
            for rank, iris in self._by_name.get(kind, {}).get(wanted, {}).items() if wanted else ():
                found[rank] |= iris
        return [found[rank] for rank in sorted(found)]

    def _explained(self, iri: str, lang: str, full: bool = False) -> str:
        notations = self._entries[iri].notations
        code = min(notations, key=lambda n: (len(n), n.isdigit(), n)) if notations else _segment(iri)
        return f"{self.thing(iri, lang).label} ({iri if full else code})"


def _kind_by_segment(iri: str) -> str:
    """The kind that our own IRIs name in their path: ``{base}engagement/<source>/<id>``."""
    parts = iri.partition("#")[0].split("/")
    return next((p for p in reversed(parts[:-1]) if p in KINDS), "") if "://" in iri else ""


def _segment(iri: str) -> str:
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri


def _code(text: str) -> str:
    """Codes ignore case and, as numbers do, leading zeros (M49 "051" is often kept as 51)."""
    text = text.strip().casefold()
    return text.lstrip("0") or text if text.isdigit() else text


def _no_suggestion(kind: str) -> str:
    plural = KINDS[kind].plural["en"].lower()
    return f"Nothing in the graph has a similar name. The list of {plural} shows all of them."
