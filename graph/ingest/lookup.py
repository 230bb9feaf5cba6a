"""What things are called, for mapping: the batch's own records first, then what the store knows."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad
from rapidfuzz import fuzz

from graph.errors import GraphError, UnknownName
from graph.ingest.tables import fold, nearest
from graph.names import Names
from graph.terms import CODE, expand

_CODE_NAMES = frozenset(expand(p) for p in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel", "skos:notation"))


class References:
    """Resolves the references of one batch. ``own`` are the types and names that the batch declares, ``others`` all
    quads of the store but those of the source that is being replaced: what the new version no longer describes
    cannot be referred to."""

    def __init__(self, own: Iterable[Quad], others: Iterable[Quad]) -> None:
        self._own = Names.from_quads(own)
        subjects: set[str] = set()
        codes: dict[str, dict[str, str]] = defaultdict(dict)  # list -> folded name -> IRI
        self._others = Names.from_quads(_watch(others, subjects, codes))
        self._subjects = subjects
        self._codes = codes
        self._found: dict[tuple[str, str], str] = {}

    def known(self, iri: str) -> bool:
        return iri in self._subjects

    def resolve(self, kind: str, text: str) -> str:
        if (kind, text) not in self._found:
            if kind.startswith("code:"):
                self._found[kind, text] = self._code(kind.removeprefix("code:"), text)
            else:
                self._found[kind, text] = self._thing(kind, text)
        return self._found[kind, text]

    def _thing(self, kind: str, text: str) -> str:
        for names in (self._own, self._others):
            try:
                return names.resolve(kind, text).iri
            except UnknownName:
                continue
            except GraphError as error:
                # Candidates come as "Label (IRI)"; in a cell their code is enough.
                short = tuple(re.sub(r"\(\S*/([^/\s]+)\)$", r"(\1)", c) for c in error.suggestions)
                raise GraphError(error.code, error.message, error.hint, short) from None
        raise UnknownName(f"unknown-{kind}", f"No {kind} is called '{text}'.", "", self._suggestions(kind, text))

    def _suggestions(self, kind: str, text: str) -> tuple[str, ...]:
        """Cell values that would be valid, nearest first: of each thing its code or its label, whichever is nearer."""
        found: dict[str, float] = {}
        for names in (self._own, self._others):
            for thing in names.suggest(kind, text):
                forms = [thing.iri.rpartition("/")[2], *names.labels(thing.iri).values()]
                best = max(forms, key=lambda form: fuzz.ratio(fold(text), fold(form)))
                found.setdefault(best, fuzz.ratio(fold(text), fold(best)))
        return tuple(sorted(found, key=lambda form: (-found[form], form)))

    def _code(self, name: str, text: str) -> str:
        codes = self._codes.get(name, {})
        iri = text if text in codes.values() else codes.get(fold(text))
        if iri is None:
            close = nearest(text, codes)
            near = (codes[close].rpartition("/")[2] if fold(close) not in codes else close,) if close else ()
            raise UnknownName(f"unknown-{name}", f"No code of {name} is called '{text}'.", "", near)
        return iri


def _watch(quads: Iterable[Quad], subjects: set[str], codes: dict[str, dict[str, str]]) -> Iterable[Quad]:
    """The same quads, noting on the way which subjects there are and what the codes are called."""
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            iri = quad.subject.value
            subjects.add(iri)
            if iri.startswith(CODE):
                name, _, code = iri.removeprefix(CODE).partition("/")
                if code:
                    codes[name][fold(code)] = iri
                    if quad.predicate.value in _CODE_NAMES and isinstance(quad.object, Literal):
                        codes[name].setdefault(fold(quad.object.value), iri)
        yield quad
