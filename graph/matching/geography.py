"""Names of places that are not one place, and places within names of organisations. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from graph.matching.latin import latin
from graph.names_text import key

_JOINTS = re.compile(r"\s*[/;,+&|\u2013\u2014]\s*|\s*-\s*|\s+(?:and|y|et|e|und|и|та|with|vs)\s+|\s+-\s+", re.IGNORECASE)


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: What is said of a place rather than being part of its name.
_SITUATIONS = _set(
    """
    situation crisis emergency response refugees refugee border borders operation operations regional region appeal
    conflict war returnees displacement influx subregion cluster and the in of v na i situatsiia krisis krisa
    chrezvychainaia reagirovanie bezhentsy granitsa region situacion emergencia respuesta refugiados frontera la en
    del de crise urgence reponse refugies frontiere au limitrophe neighbouring neighboring countries country
    surrounding area areas sub
    """
)
_TELLING = _SITUATIONS - _set("and the in of v na i la en del de au")


class Places:
    """The names of places, to be found within other names."""

    def __init__(self, places: Mapping[str, frozenset[str]]) -> None:
        self._by_key: dict[str, set[str]] = defaultdict(set)
        self._by_first: dict[str, dict[tuple[str, ...], set[str]]] = defaultdict(dict)
        for name, iris in places.items():
            if folded := key(name):
                self._by_key[folded] |= iris
            if tokens := tuple(latin(name).split()):
                self._by_first[tokens[0]].setdefault(tokens, set()).update(iris)

    def named(self, text: str) -> frozenset[str]:
        """The places of that very name."""
        return frozenset(self._by_key.get(key(text), ())) if self._by_key else frozenset()

    def within(self, tokens: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[frozenset[str]]]:
        """The words that are no place, and the places that the others are, longest names first."""
        core: list[str] = []
        found: set[frozenset[str]] = set()
        at = 0
        while at < len(tokens):
            names = self._by_first.get(tokens[at])
            fitting = [n for n in names or () if tokens[at : at + len(n)] == n]
            if names and fitting:
                longest = max(fitting, key=len)
                found.add(frozenset(names[longest]))
                at += len(longest)
            else:
                core.append(tokens[at])
                at += 1
        return tuple(core), frozenset(found)

    def is_one(self, tokens: tuple[str, ...]) -> bool:
        """Whether these words are the name of a place."""
        return tokens in self._by_first.get(tokens[0], ()) if tokens else False

    def combined(self, text: str) -> list[frozenset[str]]:
        """The places that a text names together: two or more, and nothing else; otherwise none."""
        for parts in _partings(text):
            found = [self.named(part) for part in parts]
            if all(found) and len(set(found)) > 1:
                return found
        return []

    def situation(self, text: str) -> list[frozenset[str]]:
        """The places that a text speaks of when it names what happens there ("Mali Situation"); otherwise none."""
        core, found = self.within(tuple(latin(text).split()))
        telling = [word for word in core if word in _TELLING]
        return sorted(found, key=sorted) if found and telling and all(word in _SITUATIONS for word in core) else []


def _partings(text: str) -> Iterator[list[str]]:
    parts = [part for part in _JOINTS.split(text.strip(" .()")) if part]
    if 1 < len(parts) <= 40:
        yield parts
        # "A, B and C D" where a joint is inside of a name: try each pair of neighbours as one.
        for at in range(len(parts) - 1) if len(parts) > 2 else ():
            yield [*parts[:at], f"{parts[at]} {parts[at + 1]}", *parts[at + 2 :]]
            yield [*parts[:at], f"{parts[at]} and {parts[at + 1]}", *parts[at + 2 :]]
