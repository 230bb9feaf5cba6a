"""The matcher of one kind of thing. Made of quads, never changes, needs no store and no file. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Quad

from graph.matching import acronyms, likeness
from graph.matching.generic import is_generic
from graph.matching.geography import Places
from graph.matching.index import Index, Name
from graph.matching.known import HIDDEN, Known, Thing, read, segment
from graph.matching.latin import is_cyrillic, latin, sound
from graph.matching.model import Candidate, Match, Verdict
from graph.matching.placeholders import has_no_letters, is_code_of_many, is_placeholder
from graph.matching.sentences import why
from graph.matching.words import Worth
from graph.names_text import key

#: What is at least so good is proposed.
LIKELY = 75.0
#: Candidates that are worth telling, and how many of them.
_TOLD, _MOST = 50.0, 8
#: Longest text that is looked at; names are shorter.
LONGEST = 1000
_RANKS = ("label", "alternative", "hidden")
_NOBODY = Candidate("", "", 0.0, {})
_NOTHING: Mapping[str, frozenset[str]] = {}
_NOWHERE: frozenset[str] = frozenset()


class Matcher:
    """Finds what names mean among the things of one kind. Build it with ``from_quads``."""

    def __init__(self, kind: str, known: Known, apart: Mapping[str, frozenset[str]] = _NOTHING) -> None:
        self.kind = kind
        self._known = known
        self._apart = apart
        self._places = Places(known.places if kind in ("organisation", "place") else {})
        self._by_key: dict[str, dict[str, int]] = defaultdict(dict)  # folded name -> IRI -> rank
        self._by_code: dict[str, set[str]] = defaultdict(set)
        self._by_segment: dict[str, set[str]] = defaultdict(set)
        self._by_sound: dict[str, set[tuple[str, str]]] = defaultdict(set)  # -> (IRI, label)
        self._by_initials: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._by_words: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
        self._by_core: dict[tuple[str, ...], set[tuple[str, str]]] = defaultdict(set)
        raw: list[tuple[str, str, int, tuple[str, ...]]] = []
        for iri in sorted(known.things):
            thing = known.things[iri]
            for code in thing.codes:
                self._by_code[_code(code)].add(iri)
            self._by_segment[_code(segment(iri))].add(iri)
            for text in sorted(thing.names):
                rank, folded, tokens = thing.names[text], key(text), tuple(latin(text).split())
                if not folded:
                    continue
                ranks = self._by_key[folded]
                ranks[iri] = min(rank, ranks.get(iri, rank))
                self._by_sound[sound(text)].add((iri, text))
                self._by_words[tuple(sorted(tokens))].add((iri, text))
                for one in acronyms.initials(text):
                    self._by_initials[one].add((iri, text))
                raw.append((iri, text, rank, tokens))
        worth = Worth([tokens for _, _, _, tokens in raw])
        names: list[Name] = []
        for iri, text, rank, tokens in raw:
            core, where = self._places.within(tokens) if kind == "organisation" else (tokens, frozenset())
            if where and core:
                self._by_core[core].add((iri, text))
            names.append(
                Name(iri, text, rank, tokens, core, where, is_cyrillic(text), worth.words(tokens), worth.words(core))
            )
        self._index = Index(names, worth)

    @classmethod
    def from_quads(cls, kind: str, quads: Iterable[Quad], apart: Mapping[str, frozenset[str]] | None = None) -> Matcher:
        """A matcher of what quads say of a kind (``organisation``, ``theme``, ``place``, ``person``; any of
        ``graph.kinds``). For organisations, the quads should have the places too: their names tell offices apart.
        ``apart``: folded name -> IRIs that somebody has judged are not it (``Judgements.apart``)."""
        return cls(kind, read(kind, quads), apart or _NOTHING)

    @property
    def things(self) -> Mapping[str, Thing]:
        """What is known, by IRI."""
        return self._known.things

    def label(self, iri: str) -> str:
        """What a thing is called, in English where it has such a name."""
        thing = self._known.things.get(iri)
        return thing.label if thing else segment(iri)

    def __contains__(self, iri: object) -> bool:
        return iri in self._known.things

    def others(self, iri: str) -> tuple[Candidate, ...]:
        """What a thing that is known may be the same as, beside itself; best first. Those of a generic name in other
        countries are none."""
        thing = self._known.things.get(iri)
        found: dict[str, Candidate] = {}
        for text in sorted(thing.names) if thing else ():
            reason = why("ambiguous", count=str(len(self._named(text))))
            same = [self._candidate(one, 95, reason) for one in self._named(text)]
            for one in (*same, *self._near(text, "", "", self._apart.get(key(text), frozenset())).candidates):
                if one.iri == iri or self._in_other_countries(iri, one.iri):
                    continue
                if one.score >= LIKELY and one.score > found.get(one.iri, _NOBODY).score:
                    found[one.iri] = one
        return tuple(sorted(found.values(), key=lambda one: (-one.score, one.iri)))

    def _in_other_countries(self, iri: str, other: str) -> bool:
        here, there = self._known.where.get(iri), self._known.where.get(other)
        return bool(here and there and here.isdisjoint(there))

    def match_all(self, texts: Iterable[str]) -> dict[str, Match]:
        """Each different text once."""
        return {text: self.match(text) for text in dict.fromkeys(texts)}

    def match(
        self,
        text: str,
        *,
        codes: Sequence[str] = (),
        acronym: str = "",
        within: str = "",
        countries: frozenset[str] = _NOWHERE,
    ) -> Match:
        """What a text means. ``codes`` are given as codes in the list it comes from, ``acronym`` beside the name;
        ``within`` is the IRI of what the thing has to be in or under (a place, a parent, a scheme): of several of one
        name that one is meant, and nothing elsewhere is certain. ``countries`` are those that the asker speaks of: a
        name that any country may have (``is_generic``) is certain only of what sits or works in one of them."""
        text = text[:LONGEST]
        excluded = self._apart.get(key(text), frozenset())
        coded = self._coded(codes)
        named = {iri: rank for iri, rank in self._named(text).items() if iri not in excluded}
        exact = self._exact(text, coded, named, within)
        if exact is None and (text.strip() in self.things) and text.strip() not in excluded:
            exact = self._certain(text, text.strip(), why("iri"))
        if exact is None:
            exact = self._with_acronym(text, acronym, excluded)
        if exact is not None:
            return exact if coded or within or not self.is_generic(text) else self._where(exact, countries)
        return self._not_a_name(text) or self._near(text, acronym, within, excluded)

    # --- certain --------------------------------------------------------------------------------------------------

    def is_generic(self, text: str) -> bool:
        """Whether any country may have an organisation of that name."""
        name = acronyms.apart(text)[0] or text
        return (
            self.kind == "organisation" and is_generic(name) and not self._places.within(tuple(latin(text).split()))[1]
        )

    def _where(self, found: Match, countries: frozenset[str]) -> Match:
        """Of those of a generic name the one that is certainly there, or all as what may be meant."""
        here = [one.iri for one in found.candidates if self._known.where.get(one.iri, _NOWHERE) & countries]
        if len(here) == 1:
            return self._certain(found.text, here[0], why("here"))
        reason = why("generic", text=found.text)
        return self._likely(found.text, [self._candidate(one.iri, 90, reason) for one in found.candidates], reason)

    def _coded(self, codes: Sequence[str]) -> dict[str, str]:
        """Things that have one of the codes -> the code."""
        found: dict[str, str] = {}
        for code in codes:
            if self.kind == "organisation" and is_code_of_many(code):
                continue
            folded = _code(code)
            for iri in (self._by_code.get(folded) or self._by_segment.get(folded) or ()) if folded else ():
                found.setdefault(iri, code)
            if code.strip() in self.things:
                found.setdefault(code.strip(), code)
        return found

    def _named(self, text: str) -> Mapping[str, int]:
        """Things of that very name -> how it is theirs; a misspelling only counts where nobody is really called so."""
        ranks = self._by_key.get(key(text), {})
        own = {iri: rank for iri, rank in ranks.items() if rank < HIDDEN}
        return own or ranks

    def _exact(self, text: str, coded: Mapping[str, str], named: Mapping[str, int], within: str) -> Match | None:
        if within:
            inside = {iri: rank for iri, rank in named.items() if self._known.inside(iri, within)}
            if named and not inside and not coded:
                return self._likely(text, [self._candidate(iri, 85, why("outside")) for iri in named])
            named = inside
        if len(coded) > 1:
            if both := sorted(set(coded) & set(named)):
                coded = {iri: coded[iri] for iri in both}
            if len(coded) > 1:
                return self._likely(text, [self._candidate(iri, 90, why("codes")) for iri in coded])
        if coded:
            iri, code = next(iter(coded.items()))
            if named and iri not in named:
                clash = [self._candidate(one, 90, why("conflict")) for one in (iri, *named)]
                return self._likely(text, clash, why("conflict"))
            return self._certain(text, iri, why("code", code=code))
        if len(named) == 1:
            iri, rank = next(iter(named.items()))
            return self._certain(text, iri, why(_RANKS[rank]))
        if named:
            reason = why("ambiguous", count=str(len(named)))
            return self._likely(text, [self._candidate(iri, 95, reason) for iri in named], reason)
        return None

    def _with_acronym(self, text: str, acronym: str, excluded: frozenset[str]) -> Match | None:
        """A name that stands with its acronym: certain where both fit one thing."""
        name, short = (text, acronym) if acronym.strip() else acronyms.apart(text)
        if not short:
            return None
        by_name = {iri for iri in self._named(name) if iri not in excluded}
        if name != text and len(by_name) == 1 and latin(short).replace(" ", "") in acronyms.initials(name):
            return self._certain(text, min(by_name), why("acronym", acronym=short))
        by_acronym = {iri for iri in self._named(short) if iri not in excluded}
        by_acronym |= {iri for iri, _ in self._by_initials.get(key(short), ()) if iri in by_name}
        both = by_name & by_acronym
        if len(both) == 1:
            return self._certain(text, min(both), why("acronym", acronym=short))
        near = [c for c in self._near(name, "", "", excluded).candidates if c.score >= LIKELY and c.iri in by_acronym]
        return (
            self._likely(text, [self._candidate(c.iri, 97, why("acronym", acronym=short)) for c in near])
            if near
            else None
        )

    def _certain(self, text: str, iri: str, reason: Mapping[str, str]) -> Match:
        only = Candidate(iri, self.label(iri), 100.0, reason)
        return Match(text, Verdict.CERTAIN, (only,), why("certain", text=text, label=only.label))

    # --- no name --------------------------------------------------------------------------------------------------

    def _not_a_name(self, text: str) -> Match | None:
        def found(case: str, iris: Iterable[str] = ()) -> Match:
            told = [self._candidate(iri, 50, why("named-in", text=text)) for iri in dict.fromkeys(iris)]
            return Match(text, Verdict.NOT_A_NAME, tuple(told), why(case, text=text))

        if not text.strip():
            return found("nothing")
        if has_no_letters(text):
            return found("no-letters")
        if is_placeholder(self.kind, text):
            return found("placeholder")
        if self.kind == "organisation":
            # Many an organisation has the letters of a country: DRC is more often a council than the Congo.
            if self._places.named(text) and not acronyms.is_acronym(text):
                return found("place-as-organisation")
            parts = [part.strip() for part in text.replace(";", "/").split("/") if part.strip()]
            means = [set(self._named(part)) for part in parts]
            if len(parts) > 1 and all(len(one) == 1 for one in means) and len(set.union(*means)) > 1:
                return found("combined", sorted(set.union(*means)))
        if self.kind == "place":
            if several := self._places.combined(text):
                return found("combined", [iri for iris in several for iri in sorted(iris)])
            if of := self._places.situation(text):
                return found("situation", [iri for iris in of for iri in sorted(iris)])
        return None

    # --- likely or new --------------------------------------------------------------------------------------------

    def _near(self, text: str, acronym: str, within: str, excluded: frozenset[str]) -> Match:
        best: dict[str, Candidate] = {}

        def add(iri: str, score: float, reason: Mapping[str, str]) -> None:
            if iri in excluded:
                score, reason = min(score, 60.0), why("refused")
            elif within and not self._known.inside(iri, within):
                score = min(score, LIKELY - 1)
            if iri not in best or best[iri].score < score:
                best[iri] = self._candidate(iri, score, reason)

        for iri in self._by_code.get(_code(text), ()):
            add(iri, 80, why("code-as-name", text=text))
        initials = self.kind not in ("place", "person")
        for iri, score, reason in likeness.of_whole(
            text, acronym, self._by_words, self._by_sound, self._by_initials, self._by_key, initials
        ):
            add(iri, score, reason)
        asked = self._name(text)
        if self.kind == "organisation":
            for iri, score, reason in likeness.of_core(
                asked, self._places, self._by_core, self._by_key, self._by_sound
            ):
                add(iri, score, reason)
        if self.kind == "person":
            for iri, score, reason in likeness.of_people(asked, self._index):
                add(iri, score, reason)
        else:
            for iri, score, reason in likeness.of_words(asked, self._index, self.kind):
                add(iri, score, reason)
        return self._likely(text, best.values())

    def _name(self, text: str) -> Name:
        tokens = tuple(latin(text).split())
        core, where = self._places.within(tokens) if self.kind == "organisation" else (tokens, frozenset())
        worth = self._index.worth
        return Name("", text, 0, tokens, core, where, is_cyrillic(text), worth.words(tokens), worth.words(core))

    def _candidate(self, iri: str, score: float, reason: Mapping[str, str]) -> Candidate:
        return Candidate(iri, self.label(iri), round(float(score), 1), reason)

    def _likely(self, text: str, found: Iterable[Candidate], reason: Mapping[str, str] | None = None) -> Match:
        told = sorted((one for one in found if one.score >= _TOLD), key=lambda one: (-one.score, one.iri))[:_MOST]
        if told and told[0].score >= LIKELY:
            return Match(text, Verdict.LIKELY, tuple(told), reason or why("likely", text=text, label=told[0].label))
        return Match(text, Verdict.NEW, tuple(told), why("new", text=text))


def _code(text: str) -> str:
    """Codes ignore case and, as numbers do, leading zeros."""
    text = text.strip().casefold()
    return text.lstrip("0") or text if text.isdigit() else text
