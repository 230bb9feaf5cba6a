"""How a name may be meant by a text that is not quite it: each way gives (IRI, score, reason). Pure.

Scores are 0 to 100; from 75 a match is proposed. What is merely similar never is certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rapidfuzz.distance import OSA

from graph.matching import acronyms
from graph.matching.geography import Places
from graph.matching.index import Index, Name
from graph.matching.latin import is_cyrillic, latin, sound
from graph.matching.sentences import why
from graph.matching.words import alike, generic, linking, same_word

Found = tuple[str, float, Mapping[str, str]]
Labelled = Mapping[str, set[tuple[str, str]]]

#: SoftTFIDF from which names are proposed, and the score that this gets.
_ALIKE, _PROPOSED = 0.86, 80.0
#: Score of an office beside its parent and the like: told, not proposed.
FAMILY = 60.0
#: Initials that so many have say nothing.
_TOO_MANY = 12
#: Letters of a name that may have been cut off at the end (many systems keep 30).
_CUT = 15
#: Words that may follow the name of a parent in that of its unit, where they are no place.
_MORE = 2
#: What a name in another alphabet can be at best: letters are written in several ways there.
_OTHER_SCRIPT = 90.0


def of_whole(
    text: str,
    acronym: str,
    by_words: Mapping[tuple[str, ...], set[tuple[str, str]]],
    by_sound: Labelled,
    by_initials: Labelled,
    by_key: Mapping[str, Mapping[str, int]],
    with_initials: bool,
) -> Iterator[Found]:
    """By the text as a whole: its words in another order, another alphabet, initials."""
    tokens = latin(text).split()
    if len(tokens) > 1:
        for iri, name in by_words.get(tuple(sorted(tokens)), ()):
            if is_cyrillic(name) == is_cyrillic(text):
                yield iri, 92.0, why("order", label=name)
    heard = sound(text)
    for iri, name in by_sound.get(heard, ()) if len(heard) > 2 else ():
        if is_cyrillic(name) != is_cyrillic(text):
            yield iri, 90.0, why("script", label=name)
    if not with_initials:
        return
    for short in sorted({text, acronym} - {""}):
        if acronyms.is_acronym(short):
            whole = by_initials.get(latin(short).replace(" ", ""), ())
            for iri, name in whole if len(whole) <= _TOO_MANY else ():
                if is_cyrillic(name) == is_cyrillic(short):
                    yield iri, 78.0, why("initials", label=name)
    if not acronyms.is_acronym(text):
        for short in acronyms.initials(text) if len(tokens) > 1 else ():
            for iri in by_key.get(short, ()):
                yield iri, 78.0, why("initials-of", label=short.upper())


def of_core(
    asked: Name,
    places: Places,
    by_core: Mapping[tuple[str, ...], set[tuple[str, str]]],
    by_key: Mapping[str, Mapping[str, int]],
    by_sound: Labelled,
) -> Iterator[Found]:
    """Families of organisations: the same name with a place, without one, with another one, or with a word more."""
    tokens = asked.tokens
    for at in range(1, len(tokens)):
        for own, rest in ((tokens[:at], tokens[at:]), (tokens[at:], tokens[:at])):
            placed = places.is_one(rest)
            if not placed and ((own is not tokens[:at] and own != tokens[:at]) or len(rest) > _MORE):
                continue
            named = "".join(own)
            if len(named) < 3 or all(linking(token) or generic(token) for token in own):
                continue
            for iri in by_key.get(named, ()):
                yield iri, FAMILY if placed else FAMILY - 4, why("family", text=asked.text, label=named.upper())
            if placed and asked.cyrillic:
                for iri, name in by_sound.get(sound(" ".join(own)), ()):
                    yield iri, FAMILY - 4, why("family", text=asked.text, label=name)
    for iri, name in by_core.get(asked.core, ()):
        if asked.where:
            yield iri, FAMILY - 5, why("sibling", label=name)
        else:
            yield iri, FAMILY, why("parent", text=asked.text, label=name)


def of_words(asked: Name, index: Index, kind: str) -> Iterator[Found]:
    """By words: misspelt, missing, added; cut off at the end."""
    letters = "".join(asked.tokens)
    if len(letters) >= _CUT:
        for number, name in enumerate(index.beginning_with(letters)):
            if number >= _TOO_MANY:
                break
            yield name.iri, 82.0, why("cut", label=name.text)
    if len(letters) < 4:
        return  # Nearly the same three letters are another acronym.
    for name in sorted(index.like(asked.tokens), key=lambda name: name.cyrillic != asked.cyrillic):
        score, lonely, missing = alike(asked.words, name.words)
        complete = not lonely and not missing
        if asked.where != name.where and kind == "organisation":
            if asked.where and name.where:
                # Two places: two offices, whatever their names.
                if asked.core and asked.core != name.core and alike(asked.core_words, name.core_words)[0] > _ALIKE:
                    yield name.iri, FAMILY - 8, why("sibling", label=name.text)
                continue
            if not complete:
                likeness, *_ = alike(asked.core_words, name.core_words)
                if likeness >= _ALIKE and asked.core and name.core:
                    case = "family" if asked.where else "parent"
                    yield name.iri, FAMILY - 2, why(case, text=asked.text, label=name.text)
                continue
        if not complete and len(letters) > 7:
            whole = "".join(name.tokens)
            near = OSA.normalized_similarity(letters, whole, score_cutoff=0.9)
            if near and len(asked.tokens) != len(name.tokens) and _figures(asked) == _figures(name):
                yield name.iri, _scaled(near), why("spelling", label=name.text)
                continue
        if any(_telling(token) for token in (*lonely, *missing)):
            # A letter or a number more is another section, another phase.
            if kind == "organisation" and not missing and len(lonely) == 1 and lonely[0] == asked.tokens[-1]:
                yield name.iri, FAMILY, why("family", text=asked.text, label=name.text)
            continue
        if score >= _ALIKE:
            foreign = name.cyrillic != asked.cyrillic
            case = "script" if foreign else "spelling" if complete else "words"
            yield name.iri, min(_scaled(score), _OTHER_SCRIPT if foreign else 98), why(case, label=name.text)
        elif score >= 0.6:
            contained = not missing and len(lonely) < len(asked.tokens) and len("".join(name.tokens)) > 2
            if kind == "organisation" and contained:
                yield name.iri, 100 * score * 0.8, why("family", text=asked.text, label=name.text)
            elif kind == "place" and contained:
                yield name.iri, 100 * score * 0.8, why("part", text=asked.text, label=name.text)
            else:
                yield name.iri, 100 * score * 0.8, why("words", label=name.text)


def of_people(asked: Name, index: Index) -> Iterator[Found]:
    """Family names alike, and the other names alike or their initials."""
    wanted = asked.tokens
    for name in index.like(wanted):
        left, initial, slip, shared = list(name.tokens), 0, 0, 0
        for token in sorted(wanted, key=len, reverse=True):
            if token in left:
                left.remove(token)
                shared += len(token) > 1
                continue
            near = next((one for one in left if same_word(token, one)), None)
            if near is None and len(token) > 1:
                near = next((one for one in left if len(one) == 1 and token.startswith(one)), None)
                initial += near is not None
            elif near is None:
                near = next((one for one in left if one.startswith(token)), None)
                initial += near is not None
            else:
                slip += 1
                shared += 1
            if near is None:
                break
            left.remove(near)
        else:
            if shared and len(wanted) > 1 and len(left) <= 1 and (len(name.tokens) - len(left)) > 1:
                score = 92.0 - 8 * bool(initial) - 5 * slip - 4 * len(left)
                yield name.iri, score, why("person" if initial else "spelling" if slip else "words", label=name.text)


def _telling(token: str) -> bool:
    return len(token) <= 1 or any(character.isdigit() for character in token)


def _figures(name: Name) -> tuple[list[str], list[str]]:
    """What tells sections and phases apart: digits, and words of one letter."""
    return [c for t in name.tokens for c in t if c.isdigit()], sorted(t for t in name.tokens if len(t) == 1)


def _scaled(score: float) -> float:
    """``_ALIKE`` to 1 as ``_PROPOSED`` to 98: nothing that is only alike gets 100."""
    return _PROPOSED + (min(score, 1.0) - _ALIKE) / (1 - _ALIKE) * (98 - _PROPOSED)
