"""Which of many known names may be meant by a text: posting lists, so that only few have to be compared. Pure.

Every word leads to the names that have it, rarest words first; a word that nobody has leads to the words that are
spelt nearly like it, found by the words that remain when one letter is left out of both (as in SymSpell), long words
also by their ends. Two neighbouring words written as one are a word too ("Shelter Box", "ShelterBox").
"""

from __future__ import annotations

import heapq
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from graph.matching.words import Words, Worth, generic, linking, slips

#: A word that more names have than these says nothing about which one is meant, unless there is nothing else.
_COMMON = 300
#: Names that are compared word by word.
COMPARED = 12
#: Letters at either end of a long word by which it is found.
_END, _LONG = 4, 8


@dataclass(frozen=True, slots=True)
class Name:
    """One label of one thing, made ready. ``core`` are its words without the places in it, ``where`` those places."""

    iri: str
    text: str
    rank: int
    tokens: tuple[str, ...]
    core: tuple[str, ...]
    where: frozenset[frozenset[str]]
    cyrillic: bool
    words: Words
    core_words: Words


class Index:
    """The known names of one kind, by their words."""

    def __init__(self, names: Sequence[Name], worth: Worth) -> None:
        self.names = names
        self.worth = worth
        self._lists: dict[str, list[int]] = defaultdict(list)
        for number, name in enumerate(names):
            for token in dict.fromkeys((*name.tokens, *_joined(name.tokens))):
                self._lists[token].append(number)
        self._near: dict[str, list[str]] = defaultdict(list)
        self._ends: dict[str, list[str]] = defaultdict(list)
        for token in {token for name in names for token in name.tokens if token.isalpha()}:
            for shape in _shapes(token):
                self._near[shape].append(token)
            if len(token) >= _LONG:
                self._ends["^" + token[:_END]].append(token)
                self._ends["$" + token[-_END:]].append(token)
        pairs = sorted(("".join(name.tokens), number) for number, name in enumerate(names))
        self._keys, self._order = [key for key, _ in pairs], [number for _, number in pairs]

    def near(self, token: str) -> list[str]:
        """The known words that a word may be a slip of."""
        allowed = slips(len(token))
        if not allowed or not token.isalpha():
            return []
        found = {other for shape in _shapes(token) for other in self._near.get(shape, ())}
        if len(token) >= _LONG:
            for end in ("^" + token[:_END], "$" + token[-_END:]):
                found.update(o for o in self._ends.get(end, ()) if abs(len(o) - len(token)) <= allowed)
        found.discard(token)
        return sorted(o for o in found if OSA.distance(token, o, score_cutoff=allowed) <= allowed)

    def like(self, tokens: tuple[str, ...]) -> list[Name]:
        """The names that share most with these words, most first, at most ``COMPARED``."""
        lists: list[tuple[float, list[int]]] = []
        unheard = False
        for token in dict.fromkeys((*tokens, *_joined(tokens))):
            if linking(token):
                continue
            found = self._lists.get(token)
            near = self.near(token) if found is None or len(found) < 2 else []
            if found is not None:
                lists.append((self.worth.of(token), found))
            lists += [(self.worth.of(other) * 0.9, self._lists[other]) for other in near]
            unheard |= found is None and not near and token in tokens and not generic(token)
        lists.sort(key=lambda pair: len(pair[1]))
        scores: dict[int, float] = defaultdict(float)
        for worth, numbers in lists:
            if len(numbers) <= _COMMON:
                for number in numbers:
                    scores[number] += worth
        common = [pair for pair in lists if len(pair[1]) > _COMMON]
        if not scores and unheard:
            return []  # Nobody has the word that tells it from others.
        if not scores and common:
            # Nothing but words that many have: the names that have all of them.
            shared = set(common[0][1])
            for _, numbers in common[1:]:
                shared = shared.intersection(numbers) or shared
            scores.update(dict.fromkeys(sorted(shared)[:_COMMON], 0.0))
        for worth, numbers in common if len(scores) > COMPARED else ():
            # What a rarer word has found is told apart by these.
            for number in scores:
                if _has(numbers, number):
                    scores[number] += worth
        if len(scores) <= COMPARED:
            return [self.names[number] for number in scores]
        # Among names that share the same words, the shorter are nearer.
        rated = [(score / (4 + len(self.names[number].tokens)), -number) for number, score in scores.items()]
        return [self.names[-number] for _, number in heapq.nlargest(COMPARED, rated)]

    def beginning_with(self, key: str) -> Iterator[Name]:
        """The names whose letters begin with these; a name that was cut off is found so."""
        at = bisect_left(self._keys, key)
        while at < len(self._keys) and self._keys[at].startswith(key):
            yield self.names[self._order[at]]
            at += 1


def _has(numbers: list[int], number: int) -> bool:
    at = bisect_left(numbers, number)
    return at < len(numbers) and numbers[at] == number


def _joined(tokens: tuple[str, ...]) -> Iterable[str]:
    return (one + other for one, other in pairwise(tokens) if len(one) + len(other) >= _LONG)


def _shapes(token: str) -> Iterable[str]:
    """A word, and what remains of it without any one of its letters."""
    if len(token) < _END or len(token) > 24:
        return ()
    return {token, *(token[:i] + token[i + 1 :] for i in range(len(token)))}
