"""How alike two names are, by their words: SoftTFIDF with Jaro-Winkler within words (Cohen, Ravikumar, Fienberg: A
Comparison of String Distance Metrics for Name-Matching Tasks, 2003), over candidates that share a rare word or one that
is spelt alike. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from rapidfuzz.distance import JaroWinkler

from graph.matching.spelling import trigrams, words

#: Two words are spellings of one from here on; short ones must be equal.
_ALIKE, _SHORT = 0.9, 4
#: Names that share a word are looked at, unless so many do.
_MOST_SHARING = 400
#: Known words that are looked at for one that is not known.
_MOST_WORDS = 40


class Likeness:
    """All names of one kind, ready to be compared with others. ``add`` all, then ``close``, then ask."""

    def __init__(self) -> None:
        self._names: list[tuple[str, tuple[str, ...]]] = []
        self._having: dict[str, list[int]] = defaultdict(list)
        self._weights: dict[str, float] = {}
        self._norms: list[float] = []
        self._of_trigram: dict[str, list[str]] = defaultdict(list)
        self._spellings: dict[str, tuple[tuple[str, float], ...]] = {}
        self._unknown = 1.0

    def add(self, identity: str, text: str) -> None:
        """A name of something."""
        found = words(text)
        if found:
            at = len(self._names)
            self._names.append((identity, found))
            for word in set(found):
                self._having[word].append(at)

    def close(self) -> None:
        """Weigh the words: a rare one tells more."""
        total = len(self._names) + 1
        self._weights = {word: math.log(total / len(at)) + 0.1 for word, at in self._having.items()}
        self._unknown = math.log(total) + 0.1
        self._norms = [math.sqrt(sum(self._weights[word] ** 2 for word in set(found))) for _, found in self._names]
        for word in self._having:
            if len(word) > _SHORT - 1:
                for piece in trigrams(word):
                    self._of_trigram[piece].append(word)

    def nearest(self, text: str, least: float) -> list[tuple[str, float, tuple[str, ...]]]:
        """(identity, likeness 0..1, the words of the name) of everything at least so like, best first."""
        mine = tuple(dict.fromkeys(words(text)))
        if not mine:
            return []
        alike = {word: self._alike(word) for word in mine}
        scores: dict[int, float] = defaultdict(float)
        # A word that is spelt otherwise weighs what the word weighs that it stands for.
        weights = {
            word: max((self._weights[other] for other, _ in alike[word]), default=self._unknown)
            if word not in self._weights
            else self._weights[word]
            for word in mine
        }
        norm = math.sqrt(sum(weight**2 for weight in weights.values()))
        # Rare words bring the candidates; the frequent ones then only add to what these are worth.
        ordered = sorted(mine, key=lambda word: -weights[word])
        brought: set[int] = set()
        for word in ordered:
            for other, likeness in alike[word]:
                having = self._having[other]
                if len(having) <= _MOST_SHARING or not brought:
                    brought.update(having[: _MOST_SHARING * 4])
                worth = weights[word] * self._weights[other] * likeness
                if len(having) < len(brought):
                    for at in having:
                        if at in brought:
                            scores[at] = scores[at] + worth
                else:
                    for at in brought:
                        if other in self._names[at][1]:
                            scores[at] += worth
        best: dict[str, tuple[float, tuple[str, ...]]] = {}
        for at, dot in scores.items():
            identity, found = self._names[at]
            score = min(1.0, dot / (norm * self._norms[at]))
            if score >= least and score > best.get(identity, (0.0, ()))[0]:
                best[identity] = score, found
        return sorted(((i, s, f) for i, (s, f) in best.items()), key=lambda one: (-one[1], one[0]))

    def _alike(self, word: str) -> tuple[tuple[str, float], ...]:
        """Known words that are this one or spell it otherwise, with how alike they are."""
        if word not in self._spellings:
            found = {word: 1.0} if word in self._having else {}
            if len(word) >= _SHORT:
                shared: dict[str, int] = defaultdict(int)
                for piece in trigrams(word):
                    for other in self._of_trigram.get(piece, ()):
                        shared[other] += 1
                least = max(2, len(word) // 3)
                close = [other for other, count in shared.items() if count >= least and other != word]
                close.sort(key=lambda other: -shared[other])
                for other in close[:_MOST_WORDS]:
                    if (likeness := JaroWinkler.similarity(word, other)) >= _ALIKE:
                        found[other] = likeness
            self._spellings[word] = tuple(found.items())
        return self._spellings[word]

    def apart(self, text: str, found: Iterable[str]) -> tuple[set[str], set[str]]:
        """Words of the one and of the other that have no partner."""
        mine, other = set(words(text)), set(found)
        partners = {word: {name for name, _ in self._alike(word)} & other for word in mine}
        matched = set().union(*partners.values()) if partners else set()
        return {word for word, names in partners.items() if not names}, other - matched
