"""Names as words: which words there are, what each is worth, and how alike two names are. Pure.

The measure is SoftTFIDF (Cohen, Ravikumar, Fienberg 2003: A comparison of string distance metrics for name-matching
tasks): the cosine of two names whose words are weighted by how rare they are, where words that are spelt nearly alike
count as the same in part. How alike two words are is Jaro-Winkler's, within a bound on Damerau-Levenshtein's distance:
its preference for a shared beginning makes "internal" of "international" otherwise.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import OSA, JaroWinkler


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Words that tell one name from another hardly at all, and how much of their weight they keep.
_LINKING = _set(
    """
    the of and for in on at to de la le les des du d l et el los las y del a do da dos das e para por pour i v na po
    und der die das fur fuer von
    """
)
_GENERIC = _set(
    """
    international internationale internacional internatsionalnyi organisation organisations organisatsiia
    organisacion association asociacion assotsiatsiia foundation fondation fundacion fond fund society ngo ong npo
    inc ltd llc gmbh ev ab as sa plc bv foreningen stiftung verein company corporation co group int intl centre center
    tsentr centro institute institut instituto
    """
)
_LINKING_WORTH, _GENERIC_WORTH = 0.1, 0.4
#: What a word costs that only one of two names has, beside its weight: "Health" is a common word, and yet tells one
#: body from another.
_EXTRA = 0.08


@dataclass(frozen=True, slots=True)
class Words:
    """A name's words in their order, each with its weight."""

    tokens: tuple[str, ...]
    weights: tuple[float, ...]


class Worth:
    """How much a word says: the rarer among the known names, the more."""

    def __init__(self, names: Iterable[tuple[str, ...]]) -> None:
        self._seen = Counter(token for tokens in names for token in set(tokens))
        self._names = max(2, sum(self._seen.values()) // 3)

    def of(self, token: str) -> float:
        idf = math.log(1 + self._names / self._seen.get(token, 0.5))
        if token in _LINKING:
            return idf * _LINKING_WORTH
        return idf * _GENERIC_WORTH if token in _GENERIC else idf

    def words(self, tokens: tuple[str, ...]) -> Words:
        return Words(tokens, tuple(self.of(token) for token in tokens))


def linking(token: str) -> bool:
    """Whether a word only joins others."""
    return token in _LINKING


def generic(token: str) -> bool:
    """Whether a word says what kind of body it is, not which."""
    return token in _GENERIC


def slips(length: int) -> int:
    """How many letters of a word of that length may be wrong for it to be the same word."""
    return 0 if length < 4 else 1 if length < 8 else 2


@lru_cache(maxsize=65536)
def same_word(one: str, other: str) -> float:
    """How alike two different words are, 0 to 1; 0 where they are two words rather than a slip of the pen.

    >>> same_word("shield", "sheild") > 0.9, same_word("internal", "international"), same_word("iran", "iraq")
    (True, 0.0, 0.0)
    """
    if linking(one) or linking(other):
        # "fo", "ofr": which of the small words it is does not matter.
        return 0.9 if 1 < len(one) < 5 and 1 < len(other) < 5 and OSA.distance(one, other, score_cutoff=1) <= 1 else 0.0
    if not one.isalpha() or not other.isalpha():
        return 0.0  # 2010 is no misspelling of 2011.
    shorter, longer = sorted((len(one), len(other)))
    allowed = slips(shorter)
    if not allowed or longer - shorter > allowed or (longer == 4 and one[:3] == other[:3]):
        return 0.0
    if OSA.distance(one, other, score_cutoff=allowed) > allowed:
        return 0.0
    return JaroWinkler.similarity(one, other)


def alike(one: Words, other: Words) -> tuple[float, list[str], list[str]]:
    """SoftTFIDF of two names, 0 to 1, and the words of each that the other has nothing for.

    A misspelt word is rare by accident: it weighs what the word weighs that it is taken for.
    """
    left: dict[str, list[float]] = {}
    for token, weight in zip(other.tokens, other.weights, strict=True):
        left.setdefault(token, []).append(weight)
    product = mine = theirs = 0.0
    open_: list[tuple[str, float]] = []
    for token, weight in zip(one.tokens, one.weights, strict=True):
        if weights := left.get(token):
            square = weight * weights.pop()
            product, mine, theirs = product + square, mine + square, theirs + square
            if not weights:
                del left[token]
        else:
            open_.append((token, weight))
    lonely = []
    for token, weight in open_:
        best, found = 0.0, ""
        for candidate in left:
            likeness = same_word(token, candidate)
            if likeness > best or (likeness == best and likeness and candidate < found):
                best, found = likeness, candidate
        if found:
            square = min(weight, left[found].pop()) ** 2
            product, mine, theirs = product + best * square, mine + square, theirs + square
            if not left[found]:
                del left[found]
        else:
            mine += weight * weight
            lonely.append(token)
    missing = []
    for token, weights in left.items():
        theirs += sum(weight * weight for weight in weights)
        missing += [token] * len(weights)
    extra = sum(not (linking(token) or generic(token)) for token in (*lonely, *missing))
    score = product / math.sqrt(mine * theirs) if product else 0.0
    return min(score, 1.0) * (1 - _EXTRA * min(extra, 5)), lonely, missing
