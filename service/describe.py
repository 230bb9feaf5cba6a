"""Everything the graph says of one thing: its own facts, and the records that speak of it, each with its source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, QuerySolution, QueryTriples, Triple

from graph.ask import evidence_of
from graph.model import Evidence, Thing
from graph.names import Names
from graph.store import Store
from graph.terms import PREFIXES, expand

_TYPE = expand("rdf:type")
_PERIOD = expand("dcterms:temporal")
_FILE = expand("prov:wasDerivedFrom")
_LABELS = (expand("skos:prefLabel"), expand("skos:altLabel"), expand("skos:hiddenLabel"))
_BASIS, _NOTE, _STATED_ON = expand("cg:basis"), expand("cg:basisNote"), expand("cg:statedOn")
#: Shown in a form of their own, or of interest to programs only.
_ELSEWHERE = {_TYPE, _PERIOD, _FILE, *_LABELS, _BASIS, _NOTE, _STATED_ON} | {
    expand(curie)
    for curie in ("prov:hadPrimarySource", "skos:inScheme", "skos:topConceptOf", "skos:hasTopConcept", "rdf:predicate")
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

    def first(self, curie: str) -> Thing | Text | None:
        """The first value of a property."""
        wanted = expand(curie)
        return next((f.values[0] for f in self.facts if f.property.iri == wanted), None)


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one class that speak of the thing; ``plain`` ones are listed by name only."""

    class_iri: str
    heading: str
    note: str
    plain: bool
    records: tuple[Record, ...]
    total: int


#: Groups in the order of display: class, heading, what a reader must know.
_GROUPS: tuple[tuple[str, str, str], ...] = (
    ("cg:Appearance", "Who is named with it", ""),
    ("cg:Session", "Sessions", ""),
    ("cg:Talk", "Presentations", ""),
    ("cg:Engagement", "Records of work", ""),
    ("cg:Collaboration", "Collaborations", ""),
    ("cg:Participation", "Parts in projects", ""),
    ("org:Membership", "Memberships and roles", ""),
    ("rdf:Statement", "Ties to other organisations", ""),
    ("org:Site", "Seat", "An address says where an organisation sits. It says nothing about where it works."),
    ("cg:MeetingStatement", "What was said", ""),
    ("schema:CreativeWork", "Resources", ""),
    ("cg:Project", "Projects", ""),
    ("qb:Observation", "Figures", ""),
    (
        "cg:AbsenceStatement",
        "Stated absences",
        "Somebody says that nobody works on this here, or that it is not needed.",
    ),
    ("cg:CompletenessStatement", "Complete lists", "A source claims to list everybody for these themes and places."),
    ("foaf:Document", "Documents", ""),
    ("schema:Event", "Events", ""),
    ("org:OrganizationalUnit", "Units", ""),
    ("org:FormalOrganization", "Organisations", ""),
    ("cg:Region", "Regions", ""),
    ("cg:Country", "Countries and areas", ""),
    ("skos:Concept", "Narrower", ""),
    ("prov:Activity", "Ingested by", ""),
)
_PLAIN = {
    expand(curie)
    for curie in ("cg:Session", "foaf:Document", "schema:Event", "cg:Region", "cg:Country", "skos:Concept")
}
_GROUP_ORDER = [expand(curie) for curie, _, _ in _GROUPS]

#: Names of other people's properties where the vocabulary in the store gives none.
_PROPERTY_NAMES = {
    "org:unitOf": "Unit of",
    "org:linkedTo": "Linked to",
    "org:hasSite": "Seat",
    "org:siteOf": "Seat of",
    "org:member": "Member",
    "org:organization": "Organisation",
    "org:classification": "Type",
    "rdf:subject": "Organisation",
    "rdf:object": "Belongs to or linked with",
    "skos:broader": "Part of the wider theme",
    "skos:narrower": "Narrower themes",
    "skos:related": "Related",
    "skos:notation": "Codes",
    "skos:definition": "Definition",
    "skos:closeMatch": "Close match elsewhere",
    "skos:broadMatch": "Wider match elsewhere",
    "skos:exactMatch": "Same thing elsewhere",
    "skos:scopeNote": "Note",
    "schema:containedInPlace": "Lies in",
    "schema:location": "Held in",
    "schema:superEvent": "Part of",
    "schema:organizer": "Organised by",
    "schema:position": "Number",
    "schema:addressCountry": "Country",
    "schema:addressLocality": "Town",
    "schema:creator": "Made by",
    "schema:inLanguage": "Language",
    "dcterms:type": "Kind",
    "dcterms:issued": "Date",
    "dcterms:publisher": "Publisher",
    "dcterms:creator": "Who says so",
    "dcterms:description": "What is done",
    "dcterms:language": "Language",
    "dcterms:identifier": "Identifier",
    "foaf:page": "Web address",
    "foaf:homepage": "Website",
}
_PROPERTIES = {expand(curie): name for curie, name in _PROPERTY_NAMES.items()}


def exists(store: Store, iri: str) -> bool:
    """Whether anything is said of an IRI, as subject or as object."""
    term = NamedNode(iri)
    return bool(store.query(f"ASK {{ {{ {term} ?p ?o }} UNION {{ ?s ?q {term} }} }}"))


def triples(store: Store, iri: str) -> list[Triple]:
    """All triples with the IRI as subject or object, and what its own fragments (period, quotation) say."""
    term = NamedNode(iri)
    result = store.query(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {{ BIND({term} AS ?s) ?s ?p ?o }} UNION {{ BIND({term} AS ?o) ?s ?p ?o }} "
        f'UNION {{ {term} ?q ?s . FILTER(STRSTARTS(STR(?s), "{iri}#")) ?s ?p ?o }} }}'
    )
    assert isinstance(result, QueryTriples)
    found = {str(triple): triple for triple in result}
    return [found[key] for key in sorted(found)]


def record(store: Store, names: Names, iri: str, lang: str) -> Record:
    """What is said of the thing itself."""
    term = NamedNode(iri)
    rows = store.select(
        f"SELECT ?g ?s ?p ?o WHERE {{ VALUES ?s {{ {term} }} GRAPH ?g {{ ?s ?p ?o }} }} LIMIT {LONGEST}"
    )
    return _records(store, names, rows, lang, [iri])[0]


def groups(store: Store, names: Names, iri: str, lang: str) -> tuple[Group, ...]:
    """The records that refer to the thing, by class, in the order of ``_GROUPS``."""
    term = NamedNode(iri)
    rows = store.select(
        f"SELECT ?g ?s ?p ?o WHERE {{ {{ SELECT DISTINCT ?s WHERE {{ ?s ?link {term} "
        f"FILTER(?link NOT IN (rdf:type, prov:generated)) FILTER(?s != {term}) }} }} GRAPH ?g {{ ?s ?p ?o }} }} "
        f"LIMIT {LONGEST}".replace("rdf:type", f"<{_TYPE}>").replace("prov:generated", f"<{expand('prov:generated')}>")
    )
    by_class: dict[str, list[Record]] = defaultdict(list)
    for found in _records(store, names, rows, lang):
        of = {c.iri for c in found.classes}
        known = next((c for c in _GROUP_ORDER if c in of), "")
        if known:
            by_class[known].append(found)
    texts = {expand(curie): (heading, note) for curie, heading, note in _GROUPS}
    return tuple(
        Group(c, *texts[c], c in _PLAIN, tuple(sorted(by_class[c], key=_by_name)), len(by_class[c]))
        for c in _GROUP_ORDER
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
        shown = sorted((_value(names, v, lang) for v in values), key=_value_order)
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
    label = labels.get(lang) or _PROPERTIES.get(iri) or labels.get("en")
    if not label:
        segment = names.thing(iri, lang).label
        label = "".join(f" {c.lower()}" if c.isupper() else c for c in segment).strip()
    return Thing(iri, label[:1].upper() + label[1:])


def _value(names: Names, value: NamedNode | Literal, lang: str) -> Thing | Text:
    if isinstance(value, Literal):
        shown = {"true": "yes", "false": "no"}.get(value.value, value.value)
        return Text(shown if value.datatype.value.endswith("#boolean") else value.value, value.language or "")
    return names.thing(value.value, lang)


def _value_order(value: Thing | Text) -> tuple[str, str]:
    return (value.label.casefold(), value.iri) if isinstance(value, Thing) else (value.lang, value.value)


def _fact_order(fact: Fact) -> tuple[int, str]:
    first = [
        expand(curie)
        for curie in (
            "skos:definition",
            "dcterms:description",
            "cg:partner",
            "cg:person",
            "cg:onBehalfOf",
            "cg:theme",
            "cg:place",
            "cg:role",
            "cg:delivery",
            "cg:attendance",
            "cg:note",
        )
    ]
    iri = fact.property.iri
    return (first.index(iri) if iri in first else len(first), fact.property.label)


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
