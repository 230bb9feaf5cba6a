"""The things that a sheet names: organisations, themes, places. Each distinct wording is looked up once.

What is certain is taken; what is new gets an IRI that its name or code decides, so that the next file of the source
finds it again; what is likely is new too, and proposed. Pure.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.recipes.known import Known
from graph.ingest.records import Context
from graph.matching import Match, Verdict
from graph.matching.latin import latin
from graph.matching.placeholders import is_code_of_many
from graph.names_text import key
from graph.terms import CODE, node, slug

_TYPE, _PREF, _ALT = node("rdf:type"), node("skos:prefLabel"), node("skos:altLabel")
_NOTATION, _IDENTIFIER = node("skos:notation"), node("dcterms:identifier")
_BASIS, _STATED = node("cg:basis"), NamedNode(CODE + "basis/stated")
_SCHEME, _CONCEPT = node("skos:ConceptScheme"), node("skos:Concept")
_IN_SCHEME, _BROADER = node("skos:inScheme"), node("skos:broader")
_WITHIN = node("schema:containedInPlace")
#: OECD-DAC purpose codes in the ways in which IATI files name the list, and the address that its codes have as links.
_DAC = frozenset({"dac", "1", "dac-5", "oecd dac crs", "oecd development assistance committee", "dac-3", "2"})
_DAC_LINK = "http://reference.iatistandard.org/codelists/Sector/#"


@dataclass(slots=True)
class Problem:
    """What is wrong with a wording: a rule of ``messages``, where the value stands, and whether the row can stay."""

    rule: str
    meaning: str
    value: str
    nearest: str = ""
    blocks: bool = True


@dataclass(slots=True)
class Thing:
    """Something that the sheet names and nobody has described yet; ``names`` are (text, language)."""

    iri: str
    kind: str
    names: dict[tuple[str, str], None] = field(default_factory=dict)
    codes: dict[str, None] = field(default_factory=dict)
    types: dict[str, None] = field(default_factory=dict)
    broader: dict[str, None] = field(default_factory=dict)
    links: dict[str, None] = field(default_factory=dict)
    scheme: str = ""
    row: int = 0
    proposal: Match | None = None


@dataclass(slots=True)
class Entities:
    """All of them, by IRI, in the order in which they were met. ``title`` names the sheet's own list of themes."""

    context: Context
    known: Known
    lang: str
    title: str
    things: dict[str, Thing] = field(default_factory=dict)
    #: What was taken as known: IRI -> how many distinct wordings.
    taken: Counter[str] = field(default_factory=Counter)
    schemes: dict[str, str] = field(default_factory=dict)
    acronyms: dict[str, set[str]] = field(default_factory=dict)
    _wordings: dict[tuple[str, ...], str | Problem] = field(default_factory=dict)
    _generic: dict[str, bool] = field(default_factory=dict)
    _segments: dict[str, str] = field(default_factory=dict)

    # --- organisations --------------------------------------------------------------------------------------------

    def note_acronym(self, name: str, acronym: str) -> None:
        """The sheet writes these two beside each other: where it writes only the acronym, it means the name."""
        self.acronyms.setdefault(key(acronym), set()).add(name)

    def organisation(
        self, name: str, acronym: str, code: str, type_: str, meaning: str, row: int, countries: Sequence[str] = ()
    ) -> str | Problem:
        """The IRI of an organisation, or what is wrong with what it is called. ``countries`` are the row's: they tell
        one ministry of education from another."""
        text = name or acronym
        if not name:
            names = self.acronyms.get(key(acronym), set())
        else:
            names = self.acronyms.get(key(name), set()) if not acronym else set()
        if len(names) == 1:
            text, acronym = next(iter(names)), acronym or name
        told = "told" if code or type_ else ""
        code = "" if is_code_of_many(code) else code
        there = tuple(countries) if self._is_generic(text) else ()
        wording = ("organisation", key(text), acronym if text != acronym else "", code, told, *there)
        if wording not in self._wordings:
            match = self.known.organisations.match(
                text,
                codes=(code,) if code else (),
                acronym=acronym if text != acronym else "",
                countries=frozenset(there),
            )
            where = there[0] if len(there) == 1 and not code else ""
            self._wordings[wording] = self._organisation(text, match, meaning, row, bool(told), where)
        found = self._wordings[wording]
        if isinstance(found, Problem):
            return found
        thing = self.things.get(found)
        if thing is not None:
            thing.names.setdefault((text, self.lang))
            if acronym and acronym != text:
                thing.names.setdefault((acronym, self.lang))
            if code:
                thing.codes.setdefault(code)
            if type_ and (kind := self.known.organisation_type(type_)):
                thing.types.setdefault(kind)
        return found

    def _is_generic(self, text: str) -> bool:
        if text not in self._generic:
            self._generic[text] = self.known.organisations.is_generic(text)
        return self._generic[text]

    def _organisation(self, text: str, match: Match, meaning: str, row: int, told: bool, where: str) -> str | Problem:
        if match.verdict is Verdict.CERTAIN:
            self.taken[match.iri] += 1
            return match.iri
        # "Germany" with a code or a type is a government; alone it may have slipped into the wrong column.
        named = told and self.known.places.match(text).verdict is Verdict.CERTAIN
        if (match.verdict is Verdict.NOT_A_NAME and not named) or not key(text):
            return Problem("not-an-organisation", meaning, text, blocks=False)
        proposal = match if match.verdict is Verdict.LIKELY else None
        # The same generic name in another country is another organisation.
        country = where.rpartition("/")[2]
        segment = self.segment(f"{key(text)} {where}".strip(), f"{text} {country}".strip())
        return self._mint("organisation", f"organisation/{segment}", row, proposal)

    # --- themes ---------------------------------------------------------------------------------------------------

    def theme(self, name: str, code: str, vocabulary: str, broader: str, row: int, lang: str) -> str:
        """The IRI of a theme: one of ours where it is called so or linked to it, else in a list of its own."""
        coded = bool(code)
        wording = ("theme", key(name) if not coded else "", code, vocabulary)
        if wording not in self._wordings:
            self._wordings[wording] = self._theme(name, code, vocabulary, row)
        found = self._wordings[wording]
        assert isinstance(found, str)
        thing = self.things.get(found)
        if thing is not None:
            if name:
                thing.names.setdefault((name, lang or self.lang))
            if broader and broader != found:
                thing.broader.setdefault(broader)
        return found

    def _theme(self, name: str, code: str, vocabulary: str, row: int) -> str:
        dac = vocabulary.casefold() in _DAC and code.isdigit()
        link = _DAC_LINK + code if dac else ""
        if link in self.known.same:
            self.taken[self.known.same[link]] += 1
            return self.known.same[link]
        match = self.known.themes.match(name) if name else None
        if match is not None and match.verdict is Verdict.CERTAIN:
            self.taken[match.iri] += 1
            return match.iri
        proposal = match if match is not None and match.verdict is Verdict.LIKELY else None
        scheme, title = self._scheme(dac, vocabulary)
        iri = self._mint("theme", f"theme/{scheme}/{self.segment(code or key(name), code or name)}", row, proposal)
        thing = self.things.get(iri)
        if thing is not None:
            thing.scheme = f"{self.context.base}scheme/{scheme}"
            self.schemes.setdefault(thing.scheme, title)
            if code:
                thing.codes.setdefault(code)
                if not name:
                    thing.names.setdefault((f"{title} {code}", "en"))
            if link:
                thing.links.setdefault(link)
                thing.broader.update(dict.fromkeys(self.known.broader.get(link, ())))
        return iri

    def _scheme(self, dac: bool, vocabulary: str) -> tuple[str, str]:
        if dac:
            return "oecd-dac", "OECD-DAC purpose codes"
        if vocabulary:
            return (
                f"{self.context.source}-{self.segment('list:' + vocabulary, vocabulary)}",
                f"{self.title or 'Sectors'} ({vocabulary})",
            )
        return f"{self.context.source}-themes", self.title or "Sectors"

    # --- places ---------------------------------------------------------------------------------------------------

    def country(self, name: str, code: str) -> str | Problem:
        """The IRI of a country or of a region that we list."""
        wording = ("country", name, code)
        if wording not in self._wordings:
            self._wordings[wording] = self._country(name, code)
        return self._wordings[wording]

    def _country(self, name: str, code: str) -> str | Problem:
        meaning = "#country+name" if name else "#country+code"
        match = self.known.places.match(name or code, codes=(code,) if code else ())
        if match.verdict is Verdict.CERTAIN:
            self.taken[match.iri] += 1
            return match.iri
        close = match.candidates[0].label if match.candidates else ""
        if match.verdict is Verdict.NOT_A_NAME:
            return Problem("not-a-place" if close else "place-not-said", meaning, name or code, close, bool(close))
        return Problem("unknown-place", meaning, name or code, close)

    def region(self, name: str, code: str, vocabulary: str, row: int) -> str | Problem:
        """A region: one that we list where its name says so, else one of its source's own list."""
        wording = ("region", key(name), code, vocabulary)
        if wording not in self._wordings:
            match = self.known.places.match(name) if name else None
            if match is not None and match.verdict is Verdict.CERTAIN:
                self.taken[match.iri] += 1
                self._wordings[wording] = match.iri
            elif match is not None and match.verdict is Verdict.NOT_A_NAME and not match.candidates:
                self._wordings[wording] = Problem("place-not-said", "#region+name", name, blocks=False)
            else:
                scheme = f"{self.context.source}-regions"
                iri = self._mint("region", f"place/{scheme}/{self.segment(code or key(name), code or name)}", row, None)
                self._wordings[wording] = iri
                if thing := self.things.get(iri):
                    thing.scheme = f"{self.context.base}scheme/{scheme}"
                    self.schemes.setdefault(thing.scheme, "Regions")
                    thing.names.setdefault((name or f"Region {code}", self.lang))
                    if code:
                        thing.codes.setdefault(code)
        return self._wordings[wording]

    def part(self, above: str, name: str, code: str, meaning: str, row: int) -> str | Problem:
        """A part of a country, or of another part: known there by its code or name, else new."""
        wording = ("part", above, key(name), code)
        if wording not in self._wordings:
            self._wordings[wording] = self._part(above, name, code, meaning, row)
        found = self._wordings[wording]
        if isinstance(found, str) and (thing := self.things.get(found)) is not None and name:
            thing.names.setdefault((name, self.lang))
        return found

    def _part(self, above: str, name: str, code: str, meaning: str, row: int) -> str | Problem:
        if found := self.known.part(above, code, name):
            self.taken[found] += 1
            return found
        if not code:
            match = self.known.places.match(name)
            if match.verdict is Verdict.NOT_A_NAME and not match.candidates:
                return Problem("place-not-said", meaning, name, blocks=False)
        tail = above.rpartition("/")[2].lower()
        path = self.segment(code.lower(), code) if code else f"{tail}-{self.segment(tail + key(name), name)}"
        iri = self._mint("part", f"place/{path}", row, None)
        if thing := self.things.get(iri):
            thing.broader.setdefault(above)
            thing.scheme = f"{self.context.base}scheme/{self.context.source}-places"
            self.schemes.setdefault(thing.scheme, "Parts of countries")
            if code:
                thing.codes.setdefault(code)
            thing.names.setdefault((name or code, self.lang))
        return iri

    def kind_of_known(self, iri: str) -> str:
        """What kind of thing a known one was taken as."""
        if iri in self.known.organisations:
            return "organisation"
        if iri in self.known.themes:
            return "theme"
        return "region" if iri in self.known.places else "part"

    # --- all ------------------------------------------------------------------------------------------------------

    def _mint(self, kind: str, path: str, row: int, proposal: Match | None) -> str:
        iri = self.context.base + path
        if iri in self.known.subjects:
            # Somebody else's, of another name: ours is told apart by the source.
            iri = f"{iri}-{hashlib.sha256(self.context.source.encode()).hexdigest()[:6]}"
        if iri not in self.things:
            self.things[iri] = Thing(iri, kind, row=row, proposal=proposal)
        return iri

    def segment(self, identity: str, text: str) -> str:
        """A segment of an IRI; where two different texts would have the same one, the second carries a hash."""
        plain = (slug(text) or slug(latin(text)))[:80].strip("-")
        plain = plain or hashlib.sha256(text.encode()).hexdigest()[:12]
        if self._segments.setdefault(plain, identity) != identity:
            return f"{plain}-{hashlib.sha256(identity.encode()).hexdigest()[:6]}"
        return plain

    def quads(self, origin: str) -> Iterator[Quad]:
        """What the sheet says of the things that are new; ``origin`` + row number is where."""
        graph = self.context.graph
        for scheme, title in self.schemes.items():
            yield Quad(NamedNode(scheme), _TYPE, _SCHEME, graph)
            yield Quad(NamedNode(scheme), _PREF, Literal(title, language=self.lang), graph)
        derived = node("prov:wasDerivedFrom")
        for thing in self.things.values():
            subject = NamedNode(thing.iri)
            for type_ in _CLASSES[thing.kind]:
                yield Quad(subject, _TYPE, type_, graph)
            named: set[str] = set()
            for text, lang in thing.names:
                yield Quad(subject, _ALT if lang in named else _PREF, Literal(text, language=lang), graph)
                named.add(lang)
            for code in thing.codes:
                yield Quad(subject, _NOTATION if thing.scheme else _IDENTIFIER, Literal(code), graph)
            for kind in thing.types:
                yield Quad(subject, node("org:classification"), NamedNode(kind), graph)
            above = _WITHIN if thing.kind == "part" else _BROADER
            for iri in thing.broader:
                yield Quad(subject, above, NamedNode(iri), graph)
            for iri in thing.links:
                yield Quad(subject, node("skos:exactMatch"), NamedNode(iri), graph)
            if thing.scheme:
                yield Quad(subject, _IN_SCHEME, NamedNode(thing.scheme), graph)
            else:
                yield Quad(subject, _BASIS, _STATED, graph)
            yield Quad(subject, derived, NamedNode(f"{origin}{thing.row}"), graph)


_CLASSES = {
    "organisation": (node("org:Organization"),),
    "theme": (_CONCEPT, node("cg:Theme")),
    "part": (_CONCEPT, node("cg:Place"), node("cg:Subdivision")),
    "region": (_CONCEPT, node("cg:Place"), node("cg:Region")),
}
