"""Makes the values of aligned statements ours: texts get a language, dates their type, names of places, themes and
organisations the IRI of the thing, where it is certain which one is meant. What cannot be settled is told, and left out
with the records that cannot be without it. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from graph.ingest.rdf.facts import Facts, Value
from graph.ingest.rdf.model import Model
from graph.ingest.rdf.places import Places
from graph.ingest.rdf.themes import Themes
from graph.ingest.recipes.entities import Entities
from graph.ingest.values import Bad, parse
from graph.terms import CODE, expand

_PREF, _ALT = expand("skos:prefLabel"), expand("skos:altLabel")
_TEXTS = frozenset(
    expand(p)
    for p in (
        *("skos:prefLabel", "skos:altLabel", "skos:definition", "dcterms:description"),
        *("cg:roleTitle", "cg:note", "cg:basisNote", "cg:unnamedPartners"),
    )
)
_PLAIN = frozenset(
    expand(p)
    for p in ("dcterms:identifier", "skos:notation", "schema:addressLocality", "schema:inLanguage", "cg:venue")
)
_PAGES = frozenset(expand(p) for p in ("foaf:homepage", "foaf:page"))
#: Dates, and which of several counts.
_DATES: dict[str, Callable[[Iterable[str]], str]] = {
    expand("dcat:startDate"): min,
    expand("dcat:endDate"): max,
    expand("cg:statedOn"): max,
    expand("dcterms:issued"): min,
}
_SINGLE = frozenset(
    expand(p)
    for p in (
        *("schema:location", "schema:addressCountry", "schema:addressLocality", "schema:superEvent"),
        *("cg:venue", "dcterms:temporal"),
    )
)
_COUNTRIES = frozenset(expand(p) for p in ("schema:location", "schema:addressCountry"))
_PLACE, _WITHIN, _THEME = expand("cg:place"), expand("schema:containedInPlace"), expand("cg:theme")
_ORGANISATIONS = frozenset(
    expand(p) for p in ("cg:partner", "org:organization", "org:siteOf", "schema:organizer", "schema:creator")
)
#: What has to be described, here or in what is known, to be referred to.
_REFERENCES = frozenset(
    expand(p)
    for p in (
        *("cg:partner", "cg:project", "cg:event", "org:organization", "org:member", "org:unitOf", "org:linkedTo"),
        *("org:hasSite", "org:siteOf", "org:memberDuring", "schema:organizer", "schema:creator", "schema:superEvent"),
        *("dcterms:temporal", "rdf:subject", "rdf:object", "skos:inScheme", "skos:broader"),
    )
)
_STATUS = expand("cg:status")
#: States of a project that only others' vocabularies name so.
_STATUSES = {"signed": CODE + "project-status/2", "terminated": CODE + "project-status/5"}
#: A day with a time or a zone, as XML Schema and ISO 8601 write it.
_TIMED = re.compile(r"(\d{4}(?:-\d\d(?:-\d\d)?)?)(?:T.*|Z|[+-]\d\d:\d\d)?")
_CYRILLIC = re.compile("[\u0400-\u04ff]")


def language_of(text: str) -> str:
    """Of a text that says none: Russian where it has Cyrillic letters, else undetermined (BCP 47: ``und``), since who
    takes it for English is often wrong."""
    return "ru" if _CYRILLIC.search(text) else "und"


@dataclass(slots=True)
class Problems:
    """What could not be settled: (rule, value) -> the subjects concerned; and counts by property or class."""

    found: dict[tuple[str, str, str], list[str]] = field(default_factory=dict)
    dangling: Counter[str] = field(default_factory=Counter)
    incomplete: Counter[str] = field(default_factory=Counter)

    def add(self, rule: str, value: str, nearest: str, subject: str) -> None:
        self.found.setdefault((rule, value, nearest), []).append(subject)


def settle(
    facts: Facts,
    places: Places,
    themes: Themes,
    entities: Entities,
    model: Model,
    known: Callable[[str], bool],
    row_of: Callable[[str], int],
    as_of: str,
) -> Problems:
    """Change ``facts`` until all of it is of our making. ``known`` says whether anything is said of an IRI elsewhere,
    ``row_of`` gives the number under which ``entities`` note a subject."""
    problems = Problems()
    places.settle(facts)
    themes.settle(facts)
    for subject in list(facts.said):
        for predicate in list(facts.said[subject]):
            values = list(facts.said[subject].pop(predicate))
            made = _settled(subject, predicate, values, places, themes, entities, problems, row_of)
            for value in made:
                facts.add(subject, predicate, value)
    _one_name_a_language(facts)
    _undated(facts, as_of)
    themes.finish(facts)
    _complete(facts, model, problems, lambda iri: known(iri) or iri in entities.things or iri in entities.schemes)
    return problems


def _settled(
    subject: str,
    predicate: str,
    values: list[Value],
    places: Places,
    themes: Themes,
    entities: Entities,
    problems: Problems,
    row_of: Callable[[str], int],
) -> list[Value]:
    if predicate in _TEXTS:
        return [_text(value) for value in values if isinstance(value, Literal) and value.value.strip()]
    if predicate in _DATES:
        return _date(subject, predicate, values, problems)
    if predicate in _PLAIN:
        plain = [Literal(value.value.strip()) for value in values if value.value.strip()]
        return list(plain[:1]) if predicate in _SINGLE else list(plain)
    if predicate in _PAGES:
        return [page for value in values if (page := parse_page(value.value)) is not None]
    if predicate == _PLACE or predicate in _COUNTRIES:
        found = (places.place(value, predicate in _COUNTRIES, subject, problems.add) for value in values)
        unique = list(dict.fromkeys(NamedNode(iri) for iri in found if iri))
        return list(unique[:1]) if predicate in _SINGLE else list(unique)
    if predicate == _THEME:
        return list(
            dict.fromkeys(
                NamedNode(iri) for value in values for iri in themes.theme(value, subject, row_of(subject), problems)
            )
        )
    if predicate == _STATUS:
        return _status(subject, values, entities, problems)[:1]
    if predicate in _ORGANISATIONS:
        return [one for value in values if (one := _organisation(value, subject, entities, problems, row_of))]
    return values[:1] if predicate in _SINGLE else values


def _text(value: Literal) -> Literal:
    text = value.value.strip()
    return Literal(text, language=value.language or language_of(text))


def _date(subject: str, predicate: str, values: list[Value], problems: Problems) -> list[Value]:
    made: dict[str, Literal] = {}
    for value in values:
        timed = _TIMED.fullmatch(value.value.strip())
        date = parse("cg:PartialDate", "", timed[1] if timed else value.value.strip())
        if isinstance(date, Bad) or not isinstance(date, Literal):
            problems.add("rdf-bad-date", value.value, "", subject)
        else:
            made[date.value] = date
    return [made[_DATES[predicate](made)]] if made else []


def parse_page(text: str) -> NamedNode | None:
    """A web address; None where it is none."""
    page = parse("anyURI", "", text.strip())
    return page if isinstance(page, NamedNode) else None


def _status(subject: str, values: list[Value], entities: Entities, problems: Problems) -> list[Value]:
    found: list[Value] = []
    for value in values:
        word = value.value.casefold().strip()
        iri = _STATUSES.get(word, "") or entities.known.status(word)
        if iri:
            found.append(NamedNode(iri))
        else:
            problems.add("rdf-unknown-status", value.value, "", subject)
    return found


def _organisation(
    value: Value, subject: str, entities: Entities, problems: Problems, row_of: Callable[[str], int]
) -> NamedNode | None:
    if isinstance(value, NamedNode):
        return value
    found = entities.organisation(value.value.strip(), "", "", "", "", row_of(subject))
    if isinstance(found, str):
        return NamedNode(found)
    problems.add("rdf-no-organisation", value.value, "", subject)
    return None


def _one_name_a_language(facts: Facts) -> None:
    """A thing has one preferred name in each language; the first of them, the others are names too."""
    for properties in facts.said.values():
        names = [value for value in properties.get(_PREF, ()) if isinstance(value, Literal)]
        taken: dict[str, Literal] = {}
        for name in names:
            taken.setdefault((name.language or "").lower(), name)
        for name in names:
            if name not in taken.values():
                properties[_PREF].pop(name)
                properties.setdefault(_ALT, {})[name] = None
        for name in taken.values():
            properties.get(_ALT, {}).pop(name, None)


def _undated(facts: Facts, as_of: str) -> None:
    day = parse("cg:PartialDate", "", as_of) if as_of else None
    if isinstance(day, Literal):
        for subject in facts.of_type(expand("cg:Engagement")):
            if not facts.values(subject, expand("cg:statedOn")):
                facts.add(subject, expand("cg:statedOn"), day)


def _complete(facts: Facts, model: Model, problems: Problems, known: Callable[[str], bool]) -> None:
    """Take out references to what nobody describes, and then the records that cannot be without them, until none is
    left."""
    made = set(facts.said)
    changed = True
    while changed:
        changed = False
        for properties in facts.said.values():
            for predicate in _REFERENCES & properties.keys():
                for value in list(properties[predicate]):
                    lost = not isinstance(value, NamedNode) or not (value.value in facts.said or known(value.value))
                    if lost:
                        properties[predicate].pop(value)
                        # What is taken out here is told as incomplete.
                        problems.dangling[predicate] += value.value not in made
                        changed = True
                if not properties[predicate]:
                    del properties[predicate]
        gone = facts.drop_incomplete(model)
        problems.incomplete.update(gone)
        changed = changed or bool(gone)
    problems.dangling = +problems.dangling
