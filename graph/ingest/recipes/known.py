"""What is known of names, as recipes ask for it: organisations, themes, places and their parts, codes. Pure: made of
quads once, then only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.matching import Matcher, Verdict
from graph.names_text import key
from graph.terms import CODE, expand

_IN, _TYPE = expand("schema:containedInPlace"), expand("rdf:type")
_SUBDIVISION, _NOTATION = expand("cg:Subdivision"), expand("skos:notation")
_LABELS = frozenset(expand(p) for p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"))
#: Links by which a concept of another list counts as one of our themes, or as a narrower one.
_SAME = frozenset(expand(p) for p in ("skos:exactMatch", "skos:closeMatch"))
_NARROWER = expand("skos:narrowMatch")
#: Words for a state of work -> code of the IATI list of activity statuses.
_STATUS_WORDS: Mapping[str, tuple[str, ...]] = {
    "1": ("planned", "pipeline", "pipeline/identification", "planeada", "planificada", "planifié", "prévu"),
    "2": (
        *("ongoing", "on-going", "implementation", "under way", "underway", "in progress", "active", "current"),
        *("en ejecución", "en curso", "en cours", "в процессе", "идёт", "действует", "выполняется"),
    ),
    "3": ("finalisation", "finalization", "completion"),
    "4": (
        *("closed", "completed", "complete", "finished", "ended", "post-completion", "finalizada", "completada"),
        *("terminé", "achevé", "завершено", "завершён", "завершен", "закончено"),
    ),
    "5": ("cancelled", "canceled", "cancelada", "annulé", "отменено", "отменён"),
    "6": ("suspended", "suspendida", "suspendu", "приостановлено", "приостановлен"),
}
#: Words for a kind of organisation -> code of the IATI list of organisation types, beside the labels of that list.
_TYPE_WORDS: Mapping[str, tuple[str, ...]] = {
    "10": ("gobierno", "gouvernement", "правительство", "estado"),
    "11": ("gobierno local", "local authority", "autoridad local"),
    "21": ("ingo", "ong internacional", "ong internationale", "международная нко", "international ngos"),
    "22": ("nngo", "ngo", "ong nacional", "ong nationale", "ong local", "local ngo", "national ngos"),
    "40": ("un", "united nations", "un agency", "naciones unidas", "nations unies", "оон", "агентство оон"),
    "60": ("fundación", "fondation"),
    "70": ("sector privado", "secteur privé", "private"),
    "80": ("academia", "university", "universidad", "université", "университет", "academic"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """``others``: everything that a batch may refer to."""

    organisations: Matcher
    themes: Matcher
    places: Matcher
    subjects: frozenset[str]
    parts: Mapping[tuple[str, str], frozenset[str]]
    same: Mapping[str, str]
    broader: Mapping[str, tuple[str, ...]]
    codes: Mapping[tuple[str, str], str]
    _verdicts: dict[tuple[str, str], bool] = field(default_factory=dict)

    @classmethod
    def from_quads(cls, others: Iterable[Quad], apart: Mapping[str, frozenset[str]] | None = None) -> Known:
        """One pass over the quads of a store. ``apart``: what names were judged not to be (``Judgements.apart``)."""
        quads = others if isinstance(others, list) else list(others)
        subjects: set[str] = set()
        inside: dict[str, set[str]] = defaultdict(set)
        called: dict[str, set[str]] = defaultdict(set)
        divisions: set[str] = set()
        same: dict[str, str] = {}
        broader: dict[str, set[str]] = defaultdict(set)
        codes: dict[tuple[str, str], str] = {}
        for quad in quads:
            if not isinstance(quad.subject, NamedNode):
                continue
            iri, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            subjects.add(iri)
            if predicate == _IN and isinstance(value, NamedNode):
                inside[iri].add(value.value)
            elif predicate == _TYPE and isinstance(value, NamedNode) and value.value == _SUBDIVISION:
                divisions.add(iri)
            elif isinstance(value, Literal) and (predicate in _LABELS or predicate == _NOTATION):
                called[iri].add(key(value.value))
                if iri.startswith(CODE):
                    codes[iri.removeprefix(CODE).partition("/")[0], value.value.casefold()] = iri
            elif predicate in _SAME and isinstance(value, NamedNode):
                same.setdefault(value.value, iri)
            elif predicate == _NARROWER and isinstance(value, NamedNode):
                broader[value.value].add(iri)
        parts: dict[tuple[str, str], set[str]] = defaultdict(set)
        for iri in divisions:
            for above in inside[iri]:
                for name in called[iri]:
                    parts[above, name].add(iri)
        return cls(
            organisations=Matcher.from_quads("organisation", quads, apart),
            themes=Matcher.from_quads("theme", quads, apart),
            places=Matcher.from_quads("place", [q for q in quads if _of_no_part(q, divisions)]),
            subjects=frozenset(subjects),
            parts={pair: frozenset(iris) for pair, iris in parts.items()},
            same=same,
            broader={link: tuple(sorted(iris)) for link, iris in broader.items()},
            codes=codes,
        )

    def is_called(self, meaning: str, text: str) -> bool:
        """Whether a value is certainly a country, a theme, an organisation, for guessing what a column holds."""
        matcher = {"#country+name": self.places, "#sector+name": self.themes}.get(meaning, self.organisations)
        pair = meaning, text
        if pair not in self._verdicts:
            self._verdicts[pair] = matcher.match(text).verdict is Verdict.CERTAIN
        return self._verdicts[pair]

    def part(self, above: str, *texts: str) -> str:
        """The known part of a country, or of a part, that has one of these codes or names; empty if none or several."""
        for text in texts:
            found = self.parts.get((above, key(text)), frozenset()) if text else frozenset()
            if len(found) == 1:
                return next(iter(found))
        return ""

    def status(self, text: str) -> str:
        """The IRI of a state of work that a word or a code names; empty where it is not known."""
        return self._code("project-status", text, _STATUS_WORDS)

    def organisation_type(self, text: str) -> str:
        """The IRI of a kind of organisation that a word or a code names; empty where it is not known."""
        return self._code("organisation-type", text, _TYPE_WORDS)

    def _code(self, scheme: str, text: str, words: Mapping[str, tuple[str, ...]]) -> str:
        wanted = " ".join(text.casefold().split())
        if iri := self.codes.get((scheme, wanted)):
            return iri
        return next((f"{CODE}{scheme}/{code}" for code, known in words.items() if wanted in known), "")


def _of_no_part(quad: Quad, divisions: set[str]) -> bool:
    return not (isinstance(quad.subject, NamedNode) and quad.subject.value in divisions)
