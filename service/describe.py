"""Everything the graph says of one thing: its own facts, and the records that speak of it, each with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from pyoxigraph import Literal, NamedNode, QuerySolution

from graph.ask import evidence_of
from graph.model import Evidence, Thing
from graph.names import Names
from graph.store import Store
from graph.terms import PREFIXES, expand
from service.describe_words import FACTS_FIRST, GROUP_ORDER, GROUPS, PLAIN, PROPERTIES, TITLES

_TYPE = expand("rdf:type")
_PERIOD = expand("dcterms:temporal")
_FILE = expand("prov:wasDerivedFrom")
_LABELS = (expand("skos:prefLabel"), expand("skos:altLabel"), expand("skos:hiddenLabel"))
_BASIS, _NOTE, _STATED_ON = expand("cg:basis"), expand("cg:basisNote"), expand("cg:statedOn")
#: Shown in a form of their own, or of interest to programs only.
_ELSEWHERE = {_TYPE, _PERIOD, _FILE, *_LABELS, _BASIS, _NOTE, _STATED_ON} | {
    expand(curie)
    for curie in (
        "prov:hadPrimarySource",
        "skos:inScheme",
        "skos:topConceptOf",
        "skos:hasTopConcept",
        "rdf:predicate",
        "org:hasSite",
        "skos:definition",
    )
}

#: More triples than these are a download, not a page.
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Text:
    """A literal with its language ("" where it has none)."""

    value: str
    lang: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One property with all its values."""

    property: Thing
    values: tuple[Thing | Text, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One definition, and who defines so; a theme may have several that do not agree."""

    text: Text
    source: Thing | None


@dataclass(frozen=True, slots=True)
class Record:
    """One subject: what it is, what it is called, what is said of it, and what that rests on."""

    thing: Thing
    classes: tuple[Thing, ...]
    preferred: tuple[Text, ...]
    alternative: tuple[Text, ...]
    as_written: tuple[Text, ...]
    facts: tuple[Fact, ...]
    period: str
    basis: Thing | None
    basis_note: str
    stated_on: str
    evidence: tuple[Evidence, ...]
    rows: tuple[str, ...]
    sources: tuple[Thing, ...]
    definitions: tuple[Definition, ...] = ()

    def first(self, curie: str) -> Thing | Text | None:
        """The first value of a property."""
        wanted = expand(curie)
        return next((f.values[0] for f in self.facts if f.property.iri == wanted), None)

    def title(self, page: str) -> Thing:
        """What to call the record on the page of ``page``: its name, or the first thing it is about besides."""
        if self.preferred:
            return self.thing
        about = (self.first(curie) for curie in TITLES)
        return next((thing for thing in about if isinstance(thing, Thing) and thing.iri != page), self.thing)


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one class that speak of the thing; ``plain`` ones are listed by name only, and what the
    answers above them have ``told`` already is folded away."""

    class_iri: str
    heading: str
    note: str
    plain: bool
    told: bool
    records: tuple[Record, ...]
    total: int


def record(store: Store, names: Names, iri: str, lang: str) -> Record:
    """What is said of the thing itself."""
    term = NamedNode(iri)
    rows = store.select(
        f"SELECT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {term} }} GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {LONGEST}"
    )
    found = _records(store, names, rows, lang, [iri])[0]
    return replace(found, definitions=_definitions(store, names, iri, lang))


def groups(store: Store, names: Names, iri: str, lang: str, told: Set[str] = frozenset()) -> tuple[Group, ...]:
    """The records that refer to the thing, by class, in the order of ``GROUPS``."""
    term = NamedNode(iri)
    rows = store.select(
        f"SELECT ?g ?s ?p ?o WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ ?s ?link {term} "
        f"FILTER(?link NOT IN (rdf:type, prov:generated)) FILTER(?s != {term}) }} }} GRAPH ?g {{ ?s ?p ?o }} }} "
        f"LIMIT {LONGEST}".replace("rdf:type", f"<{_TYPE}>").replace("prov:generated", f"<{expand('prov:generated')}>")
    )
    by_class: dict[str, list[Record]] = defaultdict(list)
    for found in _records(store, names, rows, lang):
        of = {c.iri for c in found.classes}
        known = next((c for c in GROUP_ORDER if c in of), "")
        if known:
            by_class[known].append(found)
    texts = {expand(curie): (heading, note) for curie, heading, note in GROUPS}
    return tuple(
        Group(c, *texts[c], c in PLAIN, c in told, tuple(sorted(by_class[c], key=_by_name)), len(by_class[c]))
        for c in GROUP_ORDER
        if c in by_class
    )


def _by_name(found: Record) -> tuple[str, str]:
    position = found.first("schema:position")
    return (
        f"{position.value:>6}" if isinstance(position, Text) else "",
        found.thing.label.casefold() + found.thing.iri,
    )


def _records(
    store: Store, names: Names, rows: Iterable[QuerySolution], lang: str, also: Sequence[str] = ()
) -> list[Record]:
    """Records of the subjects of ``rows`` (?g ?s ?p ?o), and of ``also`` even where nothing is said of them."""
    said: dict[str, dict[str, set[NamedNode | Literal]]] = {iri: defaultdict(set) for iri in also}
    graphs: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        subject, prop, value, graph = row["s"], row["p"], row["o"], row["g"]
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            continue
        assert isinstance(prop, NamedNode)
        assert isinstance(graph, NamedNode)
        said.setdefault(subject.value, defaultdict(set))[prop.value].add(value)
        graphs[subject.value].add(graph.value)
    evidence = evidence_of(store, names, list(said), lang)
    periods = _periods(store, [o.value for facts in said.values() for o in facts.get(_PERIOD, ())])
    return [
        _record(names, iri, facts, graphs[iri], tuple(evidence.get(iri, ())), periods, lang)
        for iri, facts in said.items()
    ]


def _record(
    names: Names,
    iri: str,
    said: Mapping[str, set[NamedNode | Literal]],
    graphs: set[str],
    evidence: tuple[Evidence, ...],
    periods: Mapping[str, str],
    lang: str,
) -> Record:
    def literals(prop: str) -> tuple[Text, ...]:
        found = [Text(v.value, v.language or "") for v in said.get(prop, ()) if isinstance(v, Literal)]
        return tuple(sorted(found, key=lambda t: (t.lang, t.value)))

    basis = [v.value for v in said.get(_BASIS, ())]
    facts = []
    for prop, values in said.items():
        shown = sorted((_value(names, v, lang) for v in _spoken(values, lang)), key=_value_order)
        if prop not in _ELSEWHERE and shown:
            facts.append(Fact(property_name(names, prop, lang), tuple(shown)))
    label = names.thing(iri, lang)
    classes = tuple(sorted((names.thing(v.value, lang) for v in said.get(_TYPE, ())), key=lambda t: t.iri))
    notes = literals(_NOTE)
    return Record(
        thing=label,
        classes=classes,
        preferred=literals(_LABELS[0]),
        alternative=literals(_LABELS[1]),
        as_written=literals(_LABELS[2]),
        facts=tuple(sorted(facts, key=_fact_order)),
        period=next((periods[v.value] for v in said.get(_PERIOD, ()) if v.value in periods), ""),
        basis=names.thing(basis[0], lang) if basis else None,
        basis_note=next((n.value for n in notes if n.lang == lang), notes[0].value if notes else ""),
        stated_on=", ".join(t.value for t in literals(_STATED_ON)),
        evidence=evidence,
        rows=tuple(sorted(v.value for v in said.get(_FILE, ()))),
        sources=tuple(sorted((names.thing(g, lang) for g in graphs), key=lambda t: t.iri)),
    )


def property_name(names: Names, iri: str, lang: str) -> Thing:
    """A property as people read it: the vocabulary's label, else our own word, else its last segment in words."""
    labels = names.labels(iri)
    label = labels.get(lang) or PROPERTIES.get(iri) or labels.get("en")
    if not label:
        segment = names.thing(iri, lang).label
        label = "".join(f" {c.lower()}" if c.isupper() else c for c in segment).strip()
    return Thing(iri, label[:1].upper() + label[1:])


def _value(names: Names, value: NamedNode | Literal, lang: str) -> Thing | Text:
    if isinstance(value, Literal):
        shown = {"true": "yes", "false": "no"}.get(value.value, value.value)
        return Text(shown if value.datatype.value.endswith("#boolean") else value.value, value.language or "")
    return names.thing(value.value, lang)


def _spoken(values: set[NamedNode | Literal], lang: str) -> list[NamedNode | Literal]:
    """Without the texts that say the same in another language than the reader's."""
    languages = {v.language for v in values if isinstance(v, Literal) and v.language}
    wanted = lang if lang in languages else "en"
    if wanted not in languages:
        return list(values)
    return [v for v in values if not isinstance(v, Literal) or v.language in (None, wanted)]


def _value_order(value: Thing | Text) -> tuple[str, str]:
    return (value.label.casefold(), value.iri) if isinstance(value, Thing) else (value.lang, value.value)


def _fact_order(fact: Fact) -> tuple[int, str]:
    iri = fact.property.iri
    return (FACTS_FIRST.index(iri) if iri in FACTS_FIRST else len(FACTS_FIRST), fact.property.label)


def _periods(store: Store, iris: Sequence[str]) -> dict[str, str]:
    """Periods in words: '2005 to 2008', 'since 2005', 'until 2008'. Partial dates stay partial."""
    if not iris:
        return {}
    values = " ".join(str(NamedNode(iri)) for iri in sorted(set(iris)))
    found = {}
    for row in store.select(
        f"PREFIX dcat: <{PREFIXES['dcat']}> SELECT ?p ?start ?end WHERE {{ VALUES ?p {{ {values} }} "
        "OPTIONAL { ?p dcat:startDate ?start } OPTIONAL { ?p dcat:endDate ?end } }"
    ):
        start, end = (v.value if isinstance(v := row[name], Literal) else "" for name in ("start", "end"))
        period = row["p"]
        assert isinstance(period, NamedNode)
        if start and end:
            found[period.value] = start if start == end else f"{start} to {end}"
        elif start or end:
            found[period.value] = f"since {start}" if start else f"until {end}"
    return found


def _definitions(store: Store, names: Names, iri: str, lang: str) -> tuple[Definition, ...]:
    """Definitions in the reader's language, or else in English; those of a named source after the common one."""
    found = []
    for row in store.select(
        f"PREFIX skos: <{PREFIXES['skos']}> PREFIX rdf: <{PREFIXES['rdf']}> PREFIX dcterms: <{PREFIXES['dcterms']}> "
        f"SELECT DISTINCT ?text ?source ?title WHERE {{ {NamedNode(iri)} skos:definition ?d "
        "OPTIONAL { ?d rdf:value ?value } OPTIONAL { ?d dcterms:source ?source OPTIONAL { ?source dcterms:title ?title "
        f"FILTER(LANG(?title) = '{lang}') }} }} BIND(COALESCE(?value, ?d) AS ?text) "
        "FILTER(isLiteral(?text)) }"
    ):
        text, source = row["text"], row["source"]
        assert isinstance(text, Literal)
        who = names.thing(source.value, lang) if isinstance(source, NamedNode) else None
        if who and isinstance(row["title"], Literal):
            who = replace(who, label=row["title"].value)
        found.append(Definition(Text(text.value, text.language or ""), who))
    spoken = {d.text.lang for d in found}
    wanted = lang if lang in spoken else "en"
    mine = [d for d in found if d.text.lang in (wanted, "")] or found
    return tuple(sorted(mine, key=lambda d: (d.source.label if d.source else "", d.text.value)))
