"""Which theme a name, a concept or a described topic of a file is: one of ours where it is called so, else its own,
under the IRI that the file gives it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol

from pyoxigraph import Literal, NamedNode

from graph.ingest.rdf.facts import Facts, Value
from graph.ingest.recipes.entities import Entities
from graph.ingest.recipes.known import Known
from graph.ingest.records import Context
from graph.matching import Verdict
from graph.terms import expand

_TYPE, _PREF = expand("rdf:type"), expand("skos:prefLabel")
_THEME, _CONCEPT, _SCHEME = expand("cg:Theme"), expand("skos:Concept"), expand("skos:ConceptScheme")
_IN, _BROADER = expand("skos:inScheme"), expand("skos:broader")
#: A concept that is matched so to one of ours is put below it: then questions find it.
_MATCHES = tuple(expand(p) for p in ("skos:exactMatch", "skos:closeMatch", "skos:broadMatch"))
_SEVERAL = re.compile(r"\s*[,;]\s*")


class Tells(Protocol):
    """Takes what could not be settled."""

    def add(self, rule: str, value: str, nearest: str, subject: str) -> None: ...


@dataclass(slots=True)
class Themes:
    """After ``settle`` the topics that a file describes are known."""

    context: Context
    known: Known
    entities: Entities
    _described: dict[str, str] = field(default_factory=dict)

    def settle(self, facts: Facts) -> None:
        """Find out which described topics are ours already; the others stay in ``facts``, as themes of their own."""
        for iri in facts.of_type(_THEME):
            ours = iri if iri in self.known.themes else ""
            self._described[iri] = ours or iri
            if ours:
                del facts.said[iri]
                continue
            facts.add(iri, _TYPE, NamedNode(_CONCEPT))
            matches = [other for match in _MATCHES for other in facts.iris(iri, match)]
            for other in matches:
                above = other if other in self.known.themes else self.known.same.get(other, "")
                if above and above != iri:
                    facts.add(iri, _BROADER, NamedNode(above))
            for match in _MATCHES:
                # A match is a link to a concept elsewhere; a text is none.
                texts = [value for value in facts.said[iri].get(match, ()) if isinstance(value, Literal)]
                for text in texts:
                    facts.said[iri][match].pop(text)

    def theme(self, value: Value, subject: str, row: int, problems: Tells) -> list[str]:
        """The IRIs of the themes that a statement names: several where a text lists several."""
        if isinstance(value, NamedNode):
            iri = value.value
            found = self._described.get(iri) or (iri if iri in self.known.themes else self.known.same.get(iri, ""))
            if not found:
                problems.add("rdf-unknown-theme", iri, "", subject)
            return [found] if found else []
        text = value.value.strip()
        whole = self.known.themes.match(text)
        if whole.verdict is Verdict.CERTAIN:
            return [whole.iri]
        names = [name for name in _SEVERAL.split(text) if name]
        language = value.language or ("ru" if re.search("[\u0400-\u04ff]", text) else "und")
        return [self.entities.theme(name, "", "", "", row, language) for name in names]

    def finish(self, facts: Facts) -> None:
        """Every theme is in a list: one of the source where the file names none."""
        lacking = [iri for iri in facts.of_type(_THEME) if not facts.iris(iri, _IN)]
        scheme = f"{self.context.base}scheme/{self.context.source}-themes"
        for iri in lacking:
            facts.add(iri, _IN, NamedNode(scheme))
        if lacking:
            facts.add(scheme, _TYPE, NamedNode(_SCHEME))
            if not facts.values(scheme, _PREF):
                title = self.context.title or self.context.source
                facts.add(scheme, _PREF, Literal(title, language="und"))
        for scheme in facts.of_type(_SCHEME):
            if not facts.values(scheme, _PREF):
                facts.add(scheme, _PREF, Literal(scheme, language="und"))
