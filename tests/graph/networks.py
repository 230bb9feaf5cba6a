"""Small networks of partners drawn at random, for properties that hold of every graph. All names are invented."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from graph.store import Change
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE, DEFAULT_BASE, PLACE, REFERENCE_BASE, THEME, node

SOURCE = NamedNode(DEFAULT_BASE + "source/drawn")
SCHEME = NamedNode(REFERENCE_BASE + "theme")
#: The name of one begins like that of another: "-" is before what stands behind an IRI.
ORGANISATIONS = [
    f"{DEFAULT_BASE}organisation/{name}" for name in ("o0", "o1", "o1-office", "o2", "o3", "o4", "o5", "o6")
]
THEMES = [f"{THEME}t{n}" for n in range(5)]
#: A world, two regions in it, three countries and a part of one.
WORLD, NORTH, SOUTH, A, B, C, PART = (PLACE + code for code in ("m49-001", "north", "south", "AA", "BB", "CC", "AA-1"))
PLACES = [WORLD, NORTH, SOUTH, A, B, C, PART]
SAID = ("Challenge", "Priority", "NextStep", "Claim", "Recommendation", "Goal")
LANGUAGES = ("en", "en-GB", "ru", "RU", "de", "de-AT", "hy")
BASES = ["stated"] * 5 + ["inferred-session", "inferred-name", "proposed"]
DAYS = [("2009", "gYear"), ("2010-05", "gYearMonth"), ("2010-05-12", "date"), ("2003-01-01", "date")]


class Drawn:
    """The statements of one network; ``chance`` decides. ``bridged``: in two halves that mostly one pair connects."""

    def __init__(self, chance: Random, engagements: Sequence[int] = (1, 3, 5, 8, 12), *, bridged: bool = False) -> None:
        self.chance = chance
        self.quads: set[Quad] = set()
        #: Who may be tied with whom: all, or in two halves that nothing connects.
        halves = [ORGANISATIONS[:4], ORGANISATIONS[4:]]
        self.circles = halves if bridged else chance.choice(([ORGANISATIONS], halves))
        self._scheme()
        for number in range(chance.choice(engagements)):
            self.engagement(f"e{number}")
        for number in range(chance.randrange(4)):
            self._statement(f"a{number}")
        for number in range(chance.randrange(5)):
            self._wish(f"w{number}")
        self._ties()
        #: Languages that resources are in: now and then all that are in question.
        self.languages = chance.choice((LANGUAGES, LANGUAGES[:4]))
        for number in range(chance.choice((0, 2, 5))):
            self._resource(f"r{number}")
        self._definitions()
        themes, places = chance.choice(((THEMES, PLACES), (THEMES[:2], PLACES[3:4])))
        for number in range(chance.choice((0, 4, 10))):
            self._observation(f"n{number}", themes, places)
        self._documents()
        if bridged:
            self._bridge()

    def say(self, subject: str, predicate: str, value: str | Literal, graph: NamedNode = SOURCE) -> None:
        about = NamedNode(value) if isinstance(value, str) else value
        self.quads.add(Quad(NamedNode(subject), node(predicate), about, graph))

    def some(self, things: list[str], most: int = 2) -> list[str]:
        return self.chance.sample(things, self.chance.randrange(1, most + 1))

    def circle(self) -> list[str]:
        return self.chance.choice(self.circles)

    def _is(self, subject: str, *kinds: str) -> None:
        for kind in kinds:
            self.say(subject, "rdf:type", node(kind).value)

    def _scheme(self) -> None:
        for at, theme in enumerate(THEMES):
            self._is(theme, "skos:Concept")
            self.say(theme, "skos:prefLabel", Literal(f"T{at}", language="en"))
            self.say(theme, "skos:inScheme", REFERENCE_BASE + "theme")
            for parent in self.chance.sample(THEMES[:at], min(at, self.chance.choice((0, 1, 1, 2)))):
                self.say(theme, "skos:broader", parent)
        for place in PLACES:
            kind = "cg:Subdivision" if place == PART else "cg:Country" if place in (A, B, C) else "cg:Region"
            self._is(place, kind, "skos:Concept")
            self.say(place, "skos:prefLabel", Literal(place.rpartition("/")[2], language="en"))
        inside = [(NORTH, WORLD), (SOUTH, WORLD), (A, NORTH), (B, NORTH), (C, SOUTH), (PART, A)]
        for one, other in [*inside, *([(A, SOUTH)] if self.chance.random() < 0.3 else [])]:
            self.say(one, "schema:containedInPlace", other)
        for at, organisation in enumerate(ORGANISATIONS):
            self._is(organisation, "org:FormalOrganization")
            self.say(organisation, "skos:prefLabel", Literal(f"O{at}", language="en"))

    def _dated(self, record: str) -> None:
        if self.chance.random() < 0.8:
            text, kind = self.chance.choice(DAYS)
            self.say(record, "cg:statedOn", Literal(text, datatype=node(f"xsd:{kind}")))

    def engagement(self, name: str, *carried_by: str) -> str:
        record = f"{DEFAULT_BASE}engagement/drawn/{name}"
        partners = [*carried_by] or self.some(self.circle(), self.chance.choice((1, 1, 2, 3)))
        self._is(record, "cg:Collaboration" if len(partners) > 1 else "cg:Engagement")
        for partner in partners:
            self.say(record, "cg:partner", partner)
        for theme in self.some(THEMES) if self.chance.random() < 0.9 else []:
            self.say(record, "cg:theme", theme)
        for place in self.some(PLACES[1:]) if self.chance.random() < 0.9 else []:
            self.say(record, "cg:place", place)
        self.say(record, "cg:basis", f"{CODE}basis/{self.chance.choice(BASES)}")
        self._dated(record)
        if self.chance.random() < 0.2:
            self.say(record, "dcterms:temporal", record + "#period")
            for bound in self.some(["dcat:startDate", "dcat:endDate"]):
                text, kind = self.chance.choice(DAYS)
                self.say(record + "#period", bound, Literal(text, datatype=node(f"xsd:{kind}")))
        if self.chance.random() < 0.15:
            circle = next(at for at, circle in enumerate(self.circles) if partners[0] in circle)
            self.say(record, "cg:project", f"{DEFAULT_BASE}project/p{circle}{self.chance.randrange(2)}")
        if self.chance.random() < 0.1:
            self.say(record, "cg:unnamedPartners", Literal("some schools", language="en"))
        return record

    def _statement(self, name: str) -> None:
        record = f"{DEFAULT_BASE}statement/drawn/{name}"
        absence = self.chance.random() < 0.5
        self._is(record, "cg:AbsenceStatement" if absence else "cg:CompletenessStatement")
        if absence:
            self.say(record, "cg:absence", f"{CODE}absence/{self.chance.choice(('nobody', 'not-needed'))}")
        for theme in self.some(THEMES):
            self.say(record, "cg:theme", theme)
        for place in self.some(PLACES[1:]):
            self.say(record, "cg:place", place)
        self.say(record, "cg:basis", f"{CODE}basis/{self.chance.choice(BASES)}")
        self.say(record, "dcterms:creator", Literal('Somebody "who" knows'))
        self._dated(record)

    def _wish(self, name: str) -> None:
        record = f"{DEFAULT_BASE}statement/drawn/{name}"
        self._is(record, "cg:MeetingStatement", f"cg:{self.chance.choice(SAID)}")
        self.say(record, "skos:prefLabel", Literal(f"Wish {name}.", language="en"))
        for theme in self.some(THEMES) if self.chance.random() < 0.8 else []:
            self.say(record, "cg:theme", theme)
        for place in self.some(PLACES[1:]) if self.chance.random() < 0.5 else []:
            self.say(record, "cg:place", place)
        if self.chance.random() < 0.3:
            self.say(record, "cg:hedged", Literal(True))

    def _ties(self) -> None:
        chance = self.chance
        for _ in range(chance.randrange(3)):
            one, other = sorted(chance.sample(self.circle(), 2))
            self.say(other, "org:unitOf", one)
        for at in range(chance.randrange(3)):
            membership = f"{DEFAULT_BASE}membership/drawn/m{at}"
            member, network = chance.sample(self.circle(), 2)
            self._is(membership, "org:Membership")
            self.say(membership, "org:member", member)
            self.say(membership, "org:organization", network)
        if chance.random() < 0.15:
            silent = f"{DEFAULT_BASE}membership/drawn/silent"
            self._is(silent, "org:Membership")
            self.say(silent, "org:organization", chance.choice(ORGANISATIONS))
            self.say(silent, "cg:unnamedPartners", Literal("its members", language="en"))
        if chance.random() < 0.3:
            participation = f"{DEFAULT_BASE}participation/drawn"
            self._is(participation, "cg:Participation")
            self.say(participation, "cg:partner", chance.choice(self.circles[0]))
            self.say(participation, "cg:project", f"{DEFAULT_BASE}project/p00")
            self.say(participation, "cg:basis", f"{CODE}basis/stated")
        if chance.random() < 0.2:
            one, other = chance.sample(self.circle(), 2)
            self.say(one, "org:linkedTo", other)
        event = DEFAULT_BASE + "event/meeting"
        session = DEFAULT_BASE + "session/first"
        self.say(session, "schema:superEvent", event)
        if chance.random() < 0.5:
            self.say(event, "schema:organizer", chance.choice(ORGANISATIONS))
        for at in range(chance.choice((0, 1, 3, 12))):
            talk = f"{DEFAULT_BASE}talk/drawn/k{at}"
            self._is(talk, "cg:Talk")
            self.say(talk, "schema:superEvent", chance.choice((session, event)))
            self.say(talk, "cg:onBehalfOf", chance.choice(ORGANISATIONS))
            self.say(talk, "cg:theme", chance.choice(THEMES))
            if chance.random() < 0.3:
                self.say(talk, "cg:delivery", f"{CODE}delivery/presenter-absent")
        if chance.random() < 0.5:
            self._person(self.some(self.circle()))

    def _bridge(self) -> None:
        """Two ends, each tied with some of its half and the one with the other; at times two others across as well."""
        ends = [self.chance.choice(circle) for circle in self.circles]
        self._tie("across", *ends)
        if self.chance.random() < 0.2:
            self._tie("past", *(self.chance.choice(circle) for circle in self.circles))
        for end, circle in zip(ends, self.circles, strict=True):
            others = [one for one in circle if one != end]
            for other in self.chance.sample(others, self.chance.choice((1, 2, 2, 3))):
                self._tie(f"{end.rpartition('/')[2]}-{other.rpartition('/')[2]}", end, other)

    def _tie(self, name: str, one: str, other: str) -> None:
        """One of the ways in which two can be connected."""
        how = self.chance.choice(("work", "work", "work", "project", "network", "member", "person", "link"))
        if how == "work":
            self.engagement(name, one, other)
        elif how == "project":
            for end in (one, other):
                record = self.engagement(f"{name}-{end.rpartition('/')[2]}", end)
                self.say(record, "cg:project", f"{DEFAULT_BASE}project/{name}")
        elif how == "link":
            self.say(one, "org:linkedTo", other)
        else:
            person, network = f"{DEFAULT_BASE}person/{name}", f"{DEFAULT_BASE}organisation/net-{name}"
            if how == "person":
                self._is(person, "foaf:Person")
            members = {
                "member": [(one, other)],
                "person": [(person, one), (person, other)],
                "network": [(one, network), (other, network)],
            }
            for at, (member, organization) in enumerate(members[how]):
                membership = f"{DEFAULT_BASE}membership/drawn/{name}{at}"
                self._is(membership, "org:Membership")
                self.say(membership, "org:member", member)
                self.say(membership, "org:organization", organization)

    def _resource(self, name: str) -> None:
        record = f"{DEFAULT_BASE}resource/drawn/{name}"
        self._is(record, "schema:CreativeWork")
        self.say(record, "skos:prefLabel", Literal(f"Resource {name}", language="en"))
        self.say(record, "cg:availability", f"{CODE}availability/{self.chance.choice(('existing', 'proposed'))}")
        self.say(record, "cg:basis", f"{CODE}basis/{self.chance.choice(BASES)}")
        for theme in self.some(THEMES):
            self.say(record, "cg:theme", theme)
        for tag in self.some([*self.languages]) if self.chance.random() < 0.7 else []:
            self.say(record, "schema:inLanguage", Literal(tag))
        if self.chance.random() < 0.5:
            self.say(record, "schema:creator", self.chance.choice(ORGANISATIONS))
        else:
            self.say(record, "cg:resultOf", f"{DEFAULT_BASE}engagement/drawn/e{self.chance.randrange(2)}")

    def _documents(self) -> None:
        for kind in ("foaf:Document", "cg:Source"):
            if self.chance.random() < 0.3:
                document = f"{DEFAULT_BASE}document/drawn/{kind[-6:]}"
                self._is(document, kind)
                self.say(document, "dcterms:language", Literal(self.chance.choice((*LANGUAGES, "fr", "it-CH"))))

    def _definitions(self) -> None:
        """By nobody, by one, by several; of themes, and of what is none; some of two themes, some that nobody asks."""
        chance = self.chance
        most = chance.choice((1, 2, 2, 6))
        for at, about in enumerate([*THEMES, A]):
            self.say(about, "skos:definition", Literal("Our own.", language="en"))
            for number in range(chance.randrange(most + 1)):
                definition = f"{THEME}definition/{chance.choice((at, at, 9))}-{number}"
                self.say(about, "skos:definition", definition)
                for source in self.some([f"{DEFAULT_BASE}book/b{n}" for n in range(6)], chance.choice((1, 1, 2))):
                    if chance.random() < 0.9:
                        self.say(definition, "dcterms:source", source, chance.choice((SOURCE, SCHEME)))
        # Themes by which a meeting asks for a definition begin so; a code of another type is no text.
        for theme in THEMES[1:]:
            if chance.random() < 0.6:
                kind = {} if chance.random() < 0.8 else {"datatype": node("xsd:token")}
                code = chance.choice(("defining-something", "defining-something", "refining-something", "defin"))
                self.say(theme, "skos:notation", Literal(code, **kind))
        self.say(DEFAULT_BASE + "superseded/drawn", "dcterms:source", SOURCE.value)

    def _observation(self, name: str, themes: list[str], places: list[str]) -> None:
        """With everything that the shape wants, and with more or less."""
        chance = self.chance
        record = f"{DEFAULT_BASE}observation/drawn/{name}"
        self._is(record, "qb:Observation")
        for theme in self.some(themes) if chance.random() < 0.9 else []:
            self.say(record, "cg:theme", theme)
        for place in self.some(places, min(len(places), 2)) if chance.random() < 0.9 else []:
            self.say(record, "cg:place", place)
        for text in chance.sample(("3", "-0.5"), chance.choice((0, 1, 1, 1, 1, 2))):
            self.say(record, "cg:value", Literal(text, datatype=node("xsd:decimal")))
        no_text = Literal("5", datatype=node("xsd:token"))
        units = (Literal("per 1,000"), Literal("percent", language="en"), no_text, Literal("%"))
        for unit in chance.sample(units, chance.choice((0, 0, 1, 1, 2))):
            self.say(record, "cg:unit", unit)
        words = (("Children", "en"), ("Children", "EN-gb"), ("Pupils", "en"), ("Дети", "ru"), ("Дети", "ru-KZ"))
        words += (("Ученики", "ru"), ('"Enfants"\n', "fr"), ("Englisc", "enm"), ("Children", None))
        for word, language in chance.sample(words, chance.choice((0, 1, 2, 2, 3, 5))):
            self.say(record, "cg:indicator", Literal(word, language=language))
        for basis in chance.sample(("stated", "stated", *BASES), chance.choice((1, 1, 1, 1, 0, 2))):
            self.say(record, "cg:basis", f"{CODE}basis/{basis}")
        self._dated(record)

    def _person(self, organisations: list[str]) -> None:
        person = DEFAULT_BASE + "person/somebody"
        self._is(person, "foaf:Person")
        for at, organisation in enumerate(organisations):
            membership = f"{DEFAULT_BASE}membership/drawn/person{at}"
            self._is(membership, "org:Membership")
            self.say(membership, "org:member", person)
            self.say(membership, "org:organization", organisation)


def drawn(seed: int) -> EmbeddedStore:
    """A store with one network; the same seed gives the same."""
    return _stored(Drawn(Random(seed)))


def crowded(seed: int) -> EmbeddedStore:
    """The same of a network where so much is done that most places have several themes and partners."""
    return _stored(Drawn(Random(seed), (20, 40)))


def bridged(seed: int) -> EmbeddedStore:
    """The same of a network in two circles that mostly one pair alone connects, which is rare in others."""
    return _stored(Drawn(Random(seed), bridged=True))


def _stored(network: Drawn) -> EmbeddedStore:
    store = EmbeddedStore()
    store.write(Change(added=frozenset(network.quads)))
    return store


NETWORKS = st.integers(0, 2**32 - 1)
