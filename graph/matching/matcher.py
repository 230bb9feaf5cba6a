"""The matcher of one kind of thing. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from graph.kinds import KINDS
from graph.matching import placeholders
from graph.matching.likeness import Likeness
from graph.matching.model import Candidate, Match, Verdict
from graph.matching.spelling import cyrillic, initials, is_acronym, latin, words
from graph.names_text import key
from graph.terms import CODE, expand

_TYPE, _PREF = expand("rdf:type"), expand("skos:prefLabel")
_LABELS = (_PREF, expand("skos:altLabel"), expand("skos:hiddenLabel"))
_CODES = frozenset(expand(name) for name in ("skos:notation", "cg:alpha2", "cg:alpha3", "cg:m49", "dcterms:identifier"))
_PLACES = frozenset(KINDS["place"].classes)
#: SoftTFIDF from which two names are proposed as one. Measured in tests/benchmarks/matching.py.
_LIKELY = 0.86
_MOST = 5


def _why(en: str, ru: str) -> Mapping[str, str]:
    return {"en": en, "ru": ru}


_CALLED = _why("It has this name.", "Так оно называется.")
_CODED = _why("It has this code.", "У него такой код.")
_SEVERAL = _why("Several things have this name.", "Так называется несколько вещей.")
_ROMAN = _why("It is the same name in the other alphabet.", "Это то же название в другом алфавите.")
_ORDER = _why("It has the same words in another order.", "Те же слова в другом порядке.")
_INITIALS = _why("It has these initials.", "Это его начальные буквы.")
_SPELT = _why("Its name is spelt much alike.", "Его название пишется очень похоже.")
_PARENT = _why(
    "It is called so without the place: this may be an office of it, and an office is not its parent.",
    "Без места оно называется так: возможно, это его отделение, а отделение - не то же, что целое.",
)
_NEW = _why("Nothing that is known has such a name.", "Ничто известное так не называется.")
_NOTHING = _why("This is no name.", "Это не название.")
_NO_PLACE = _why("It is called after places and is no country or area.", "Названо по местам, но это не страна.")


class Matcher:
    """Everything of one kind (a name of ``graph.kinds``) that quads describe. Make it with ``from_quads``."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._label: dict[str, str] = {}
        self._texts: dict[str, list[str]] = defaultdict(list)
        self._named: dict[str, set[str]] = defaultdict(set)
        self._coded: dict[str, set[str]] = defaultdict(set)
        self._latin: dict[str, set[str]] = defaultdict(set)
        self._words: dict[frozenset[str], set[str]] = defaultdict(set)
        self._initials: dict[str, set[str]] = defaultdict(set)
        self._acronyms: dict[str, set[str]] = defaultdict(set)
        self._likeness = Likeness()
        self._places: frozenset[str] = frozenset()
        self._apart: Mapping[str, frozenset[str]] = {}
        self._known: dict[tuple[object, ...], Match] = {}

    @classmethod
    def from_quads(cls, kind: str, quads: Iterable[Quad], apart: Mapping[str, frozenset[str]] | None = None) -> Matcher:
        """Read what things of a kind are called. ``apart``: folded name -> IRIs that somebody has judged are not it."""
        classes = set(KINDS[kind].classes)
        things, places, said = set[str](), set[str](), list[tuple[str, str, Literal]]()
        for quad in quads:
            if not isinstance(quad.subject, NamedNode):
                continue
            iri, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            if predicate == _TYPE and isinstance(value, NamedNode):
                if value.value in classes and not (kind == "theme" and iri.startswith(CODE)):
                    things.add(iri)
                if value.value in _PLACES:
                    places.add(iri)
            elif isinstance(value, Literal) and (predicate in _LABELS or predicate in _CODES):
                said.append((iri, predicate, value))
        found = cls(kind)
        found._apart = apart or {}
        if kind == "theme":
            things -= places
        names: dict[str, dict[str, int]] = defaultdict(dict)
        for iri, predicate, value in said:
            if iri in things:
                found._take(iri, predicate, value, names)
        found._places = frozenset(
            word
            for iri, predicate, value in said
            if iri in places and predicate in _LABELS
            for word in words(value.value)
        )
        for iri, texts in names.items():
            for text in texts:
                found._index(iri, text)
        found._likeness.close()
        return found

    def _take(self, iri: str, predicate: str, value: Literal, names: dict[str, dict[str, int]]) -> None:
        if predicate in _CODES:
            self._coded[_code(value.value)].add(iri)
            return
        names[iri].setdefault(value.value, 0)
        better = predicate == _PREF and (iri not in self._label or value.language == "en")
        if better:
            self._label[iri] = value.value
        self._label.setdefault(iri, value.value)

    def _index(self, iri: str, text: str) -> None:
        self._texts[iri].append(text)
        self._named[key(text)].add(iri)
        self._latin[latin(text)].add(iri)
        self._words[frozenset(words(text))].add(iri)
        if short := initials(text):
            self._initials[short].add(iri)
        if is_acronym(text):
            self._acronyms[key(text)].add(iri)
        self._likeness.add(iri, text)

    def __contains__(self, iri: object) -> bool:
        return iri in self._label

    def label(self, iri: str) -> str:
        """What something is called, in English where it has an English name."""
        return self._label.get(iri, iri)

    def iris(self) -> frozenset[str]:
        """Everything that it knows."""
        return frozenset(self._label)

    def others(self, iri: str) -> tuple[Candidate, ...]:
        """What something that is known may be the same as, beside itself; best first."""
        found: dict[str, Candidate] = {}
        for text in self._texts.get(iri, ()):
            same = self._all(self._named.get(key(text), set()) - {iri}, 96.0, _SEVERAL)
            for one in (*same, *self._likely(text, "")):
                if one.iri != iri and (one.iri not in found or found[one.iri].score < one.score):
                    found[one.iri] = one
        return tuple(sorted(found.values(), key=lambda one: (-one.score, one.iri)))

    def match_all(self, texts: Iterable[str]) -> dict[str, Match]:
        """Each distinct text once."""
        return {text: self.match(text) for text in dict.fromkeys(texts)}

    def match(self, text: str, *, codes: Sequence[str] = (), acronym: str = "") -> Match:
        """What a text is. ``codes`` are codes given as such: a *name* is never looked up among codes, or "N/A" would be
        Namibia. ``acronym`` stands beside the name and confirms it."""
        asked = (text, tuple(codes), acronym)
        found = self._known.get(asked)
        if found is None:
            found = self._known[asked] = self._match(text, codes, acronym)
        return found

    def _match(self, text: str, codes: Sequence[str], acronym: str) -> Match:
        for code in codes:
            iris = self._coded.get(_code(code), set())
            if len(iris) == 1:
                return self._certain(text, iris, _CODED)
        wanted = key(text)
        apart = self._apart.get(wanted, frozenset())
        iris = self._named.get(wanted, set()) - apart if wanted else set()
        if len(iris) == 1:
            return self._certain(text, iris, _CALLED)
        if iris:
            return Match(text, Verdict.LIKELY, self._all(iris, 90.0, _SEVERAL), _SEVERAL)
        if placeholders.is_placeholder(text):
            return Match(text, Verdict.NOT_A_NAME, (), _NOTHING)
        if self.kind == "place" and (inside := self._of_places(text)):
            return Match(text, Verdict.NOT_A_NAME, inside, _NO_PLACE)
        likely = [one for one in self._likely(text, acronym) if one.iri not in apart]
        if acronym and likely and likely[0].iri in self._acronyms.get(key(acronym), set()) and likely[0].score >= 86:
            # The acronym is of the one whose name is spelt alike: two signs that are independent.
            return self._certain(text, {likely[0].iri}, _CALLED)
        if likely:
            return Match(text, Verdict.LIKELY, tuple(likely[:_MOST]), likely[0].why)
        return Match(text, Verdict.NEW, self._parents(text), _NEW)

    def _certain(self, text: str, iris: set[str], why: Mapping[str, str]) -> Match:
        return Match(text, Verdict.CERTAIN, self._all(iris, 100.0, why), why)

    def _all(self, iris: Iterable[str], score: float, why: Mapping[str, str]) -> tuple[Candidate, ...]:
        return tuple(Candidate(iri, self.label(iri), score, why) for iri in sorted(iris))

    def _likely(self, text: str, acronym: str) -> list[Candidate]:
        found: dict[str, Candidate] = {}

        def offer(iris: Iterable[str], score: float, why: Mapping[str, str]) -> None:
            for iri in iris:
                if iri not in found or found[iri].score < score:
                    found[iri] = Candidate(iri, self.label(iri), round(score, 1), why)

        offer(self._latin.get(latin(text), ()), 95.0 if cyrillic(text) else 92.0, _ROMAN if cyrillic(text) else _SPELT)
        mine = words(text)
        if len(mine) > 1:
            offer(self._words.get(frozenset(mine), ()), 94.0, _ORDER)
        if self.kind == "organisation":
            if is_acronym(text):
                offer(self._initials.get(key(text), ()), 80.0, _INITIALS)
            if short := initials(text):
                offer(self._acronyms.get(short, ()), 80.0, _INITIALS)
            if acronym:
                offer(self._acronyms.get(key(acronym), ()), 82.0, _INITIALS)
        for iri, score, theirs in self._likeness.nearest(text, _LIKELY):
            if not self._differ(text, theirs):
                offer([iri], 100.0 * score, _SPELT)
        return sorted(found.values(), key=lambda one: (-one.score, one.iri))

    def _differ(self, text: str, theirs: Sequence[str]) -> bool:
        """Alike but for a place or a number: two offices, two programmes."""
        ours, others = self._likeness.apart(text, theirs)
        rest = ours | others
        return any(word in self._places or word.isdigit() or len(word) == 1 for word in rest)

    def _parents(self, text: str) -> tuple[Candidate, ...]:
        """Of an organisation that is called like a known one and a place: the known one."""
        mine = words(text)
        if self.kind != "organisation" or len(mine) < 2:
            return ()
        rest = [word for word in mine if word not in self._places]
        if len(rest) in (0, len(mine)):
            return ()
        iris = self._named.get("".join(rest), set())
        return self._all(iris, 60.0, _PARENT)

    def _of_places(self, text: str) -> tuple[Candidate, ...]:
        """The places that something is called after which is none itself."""
        if placeholders.is_operation(text):
            return self._all(self._named.get(key(placeholders.without_operation(text)), ()), 50.0, _NO_PLACE)
        parts = placeholders.several(text)
        found = [self._named.get(key(part), set()) for part in parts]
        if len(parts) > 1 and all(len(iris) == 1 for iris in found):
            return tuple(one for iris in found for one in self._all(iris, 50.0, _NO_PLACE))
        return ()


def _code(text: str) -> str:
    """Codes ignore case and, as numbers do, leading zeros."""
    text = text.strip().casefold()
    return text.lstrip("0") or text if text.isdigit() else text
