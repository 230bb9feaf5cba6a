"""Reconciliation: others' names against what is known here, as the W3C community group's API has it (Reconciliation
Service API 0.2, https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/).

Pure but for the store that is read: one matcher for each kind of thing, made once for each generation.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import BadParameter
from graph.kinds import KINDS
from graph.matching import Match, Matcher, Verdict
from graph.names import Names
from graph.names_text import fold
from graph.terms import expand

#: Kinds that can be matched, and queries of one request.
TYPES = ("organisation", "theme", "place", "person")
BATCH = 50
#: Candidates of a query, letters of a name, ids of a request for values.
_MOST, _LONGEST, _MOST_IDS = 25, 500, 500
#: Properties that a table can be extended with: id -> (English name, the IRI of the property).
PROPERTIES: Mapping[str, tuple[str, str]] = {
    "name": ("Name", expand("skos:prefLabel")),
    "also-known-as": ("Also known as", expand("skos:altLabel")),
    "code": ("Code", expand("skos:notation")),
    "alpha2": ("Two-letter code", expand("cg:alpha2")),
    "alpha3": ("Three-letter code", expand("cg:alpha3")),
    "m49": ("M49 code", expand("cg:m49")),
    "identifier": ("Identifier", expand("dcterms:identifier")),
    "type": ("Type of organisation", expand("org:classification")),
    "part-of": ("Unit of", expand("org:unitOf")),
    "broader": ("Broader theme", expand("skos:broader")),
    "within": ("Lies in", expand("schema:containedInPlace")),
    "homepage": ("Home page", expand("foaf:homepage")),
}
_CODES = ("code", "alpha2", "alpha3", "m49", "identifier")
_OF: Mapping[str, tuple[str, ...]] = {
    "organisation": ("name", "also-known-as", "identifier", "type", "part-of", "homepage"),
    "theme": ("name", "also-known-as", "code", "broader"),
    "place": ("name", "also-known-as", "code", "alpha2", "alpha3", "m49", "within"),
    "person": ("name", "also-known-as"),
}
_WANTED = frozenset(iri for _, iri in PROPERTIES.values()) | {expand("rdf:type"), expand("skos:hiddenLabel")}


@dataclass(frozen=True, slots=True)
class State:
    """What is known in one generation."""

    generation: int
    matchers: Mapping[str, Matcher]
    names: Names
    values: Mapping[str, Mapping[str, tuple[Any, ...]]]
    prefixes: Mapping[str, tuple[tuple[str, str], ...]]


@dataclass(slots=True)
class Reconciler:
    """Answers for one service. ``read`` gives the generation and its quads."""

    generation: Callable[[], int]
    read: Callable[[], Iterable[Quad]]
    _state: State | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def state(self) -> State:
        """What is known now; made where it is not, by one request for all."""
        with self._lock:
            now = self.generation()
            if self._state is None or self._state.generation != now:
                self._state = _state(now, self.read())
            return self._state

    def queries(self, asked: object) -> dict[str, Any]:
        """Answers to a batch of queries. Raises BadParameter."""
        if not isinstance(asked, Mapping):
            raise BadParameter("bad-queries", "'queries' is no object of queries.")
        if len(asked) > BATCH:
            raise BadParameter("too-many-queries", f"A batch has at most {BATCH} queries.")
        state = self.state()
        return {str(name): {"result": _answer(state, query)} for name, query in asked.items()}

    def extend(self, asked: object) -> dict[str, Any]:
        """Values of properties of things. Raises BadParameter."""
        if not isinstance(asked, Mapping):
            raise BadParameter("bad-extend", "'extend' is no object with ids and properties.")
        ids, wanted = asked.get("ids", []), asked.get("properties", [])
        if not isinstance(ids, list) or not isinstance(wanted, list) or len(ids) > _MOST_IDS:
            raise BadParameter("bad-extend", f"'ids' and 'properties' are lists; of ids there are at most {_MOST_IDS}.")
        state = self.state()
        names = [one.get("id") for one in wanted if isinstance(one, Mapping)]
        known = [name for name in names if isinstance(name, str) and name in PROPERTIES]
        if len(known) < len(wanted):
            raise BadParameter("unknown-property", f"Properties are {', '.join(PROPERTIES)}.")
        return {
            "meta": [{"id": name, "name": PROPERTIES[name][0]} for name in known],
            "rows": {str(iri): {name: _values(state, str(iri), name) for name in known} for iri in ids},
        }

    def suggest(self, what: str, prefix: str) -> dict[str, Any]:
        """Entities, types or properties that begin so, or have a word that does."""
        start = fold(prefix[:_LONGEST])
        if what == "type":
            found = [(name, KINDS[name].label["en"], "") for name in TYPES]
        elif what == "property":
            found = [(name, label, "") for name, (label, _) in PROPERTIES.items()]
        else:
            return {"result": _entities(self.state(), start)}
        return {
            "result": [
                {"id": name, "name": label}
                for name, label, _ in found
                if fold(label).startswith(start) or start in name
            ]
        }

    def propose(self, type_: str) -> dict[str, Any]:
        """Properties that things of a type may have."""
        names = _OF.get(type_, tuple(PROPERTIES))
        return {"type": type_, "properties": [{"id": name, "name": PROPERTIES[name][0]} for name in names]}


def _state(generation: int, quads: Iterable[Quad]) -> State:
    kept = [q for q in quads if q.predicate.value in _WANTED and isinstance(q.subject, NamedNode)]
    names = Names.from_quads(kept)
    values: dict[str, dict[str, dict[Any, None]]] = defaultdict(lambda: defaultdict(dict))
    matchers = {kind: Matcher.from_quads(kind, kept) for kind in TYPES}
    prefixes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    labels = {expand("skos:prefLabel"), expand("skos:altLabel")}
    for quad in kept:
        iri = quad.subject.value  # type: ignore[union-attr]
        if names.thing(iri).kind in TYPES:
            values[iri][quad.predicate.value][quad.object] = None
            if quad.predicate.value in labels and isinstance(quad.object, Literal):
                for word in fold(quad.object.value).split():
                    prefixes[word[:2]].append((fold(quad.object.value), iri))
    return State(
        generation,
        matchers,
        names,
        {iri: {name: tuple(found) for name, found in about.items()} for iri, about in values.items()},
        {start: tuple(sorted(set(pairs))) for start, pairs in prefixes.items()},
    )


def _answer(state: State, query: object) -> list[dict[str, Any]]:
    if not isinstance(query, Mapping) or not isinstance(query.get("query", ""), str):
        raise BadParameter("bad-query", "A query is an object with the text 'query'.")
    text = " ".join(query.get("query", "")[:_LONGEST].split())
    limit = query.get("limit", 5)
    limit = min(max(limit, 1), _MOST) if isinstance(limit, int) and not isinstance(limit, bool) else 5
    wanted = query.get("type", "")
    wanted = [wanted] if isinstance(wanted, str) else wanted
    if not isinstance(wanted, list) or not all(isinstance(kind, str) for kind in wanted):
        raise BadParameter("bad-query", "'type' is the name of a type.")
    kinds = [kind for kind in wanted if kind in TYPES]
    if any(wanted) and not kinds:
        raise BadParameter("unknown-type", f"'{str(wanted[0])[:40]}' is no type.", f"Types are {', '.join(TYPES)}.")
    codes, acronym = _hints(query.get("properties", []))
    if not text and not codes:
        return []
    found: dict[str, dict[str, Any]] = {}
    for kind in kinds or TYPES:
        match = state.matchers[kind].match(text, codes=codes, acronym=acronym)
        for candidate in _candidates(kind, match):
            known = found.get(candidate["id"])
            if known is None or known["score"] < candidate["score"]:
                found[candidate["id"]] = candidate
    ordered = sorted(found.values(), key=lambda one: (-one["score"], one["id"]))[:limit]
    # A match is one only where no other kind of thing is called so too.
    if sum(one["match"] for one in ordered) > 1:
        ordered = [{**one, "match": False} for one in ordered]
    return ordered


def _hints(properties: object) -> tuple[tuple[str, ...], str]:
    codes: list[str] = []
    acronym = ""
    for one in properties if isinstance(properties, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("v"), str | int):
            value = str(one["v"])[:_LONGEST]
            if one.get("pid") in _CODES:
                codes.append(value)
            elif one.get("pid") in ("also-known-as", "acronym"):
                acronym = value
    return tuple(codes[:5]), acronym


def _candidates(kind: str, match: Match) -> Iterable[dict[str, Any]]:
    for one in match.candidates:
        yield {
            "id": one.iri,
            "name": one.label,
            "score": one.score,
            "match": match.verdict is Verdict.CERTAIN,
            "type": [{"id": kind, "name": KINDS[kind].label["en"]}],
            "description": one.why["en"],
        }


def _values(state: State, iri: str, name: str) -> list[dict[str, str]]:
    found = []
    for value in state.values.get(iri, {}).get(PROPERTIES[name][1], ()):
        if isinstance(value, Literal) or name == "homepage":
            found.append({"str": value.value})
        else:
            found.append({"id": value.value, "name": state.names.thing(value.value).label})
    return sorted(found, key=lambda one: tuple(one.values()))


def _entities(state: State, start: str) -> list[dict[str, Any]]:
    if not start:
        return []
    found: dict[str, dict[str, Any]] = {}
    first = start.split()[0]
    for text, iri in state.prefixes.get(first[:2], ()):
        if iri not in found and (text.startswith(start) or f" {start}" in text):
            thing = state.names.thing(iri)
            kind = {"id": thing.kind, "name": KINDS[thing.kind].label["en"]}
            found[iri] = {"id": iri, "name": thing.label, "description": kind["name"], "notable": [kind]}
            if len(found) >= _MOST:
                break
    return list(found.values())
