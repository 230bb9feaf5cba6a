"""What rows add up to: engagements, projects, participations, and the quads that say so. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.values import before
from graph.terms import CODE, node

_TYPE, _PARTNER, _THEME, _PLACE = node("rdf:type"), node("cg:partner"), node("cg:theme"), node("cg:place")
_PROJECT, _ROLE, _BASIS, _NOTE = node("cg:project"), node("cg:role"), node("cg:basis"), node("cg:basisNote")
_STATED_ON, _DERIVED = node("cg:statedOn"), node("prov:wasDerivedFrom")
_PREF, _DESCRIPTION = node("skos:prefLabel"), node("dcterms:description")
_TEMPORAL, _PERIOD = node("dcterms:temporal"), node("dcterms:PeriodOfTime")
_START, _END = node("dcat:startDate"), node("dcat:endDate")
_ENGAGEMENT, _PARTICIPATION = node("cg:Engagement"), node("cg:Participation")
_PROJECT_CLASS = node("cg:Project")
_STATED, _PROPOSED = NamedNode(CODE + "basis/stated"), NamedNode(CODE + "basis/proposed")
_INFERRED = NamedNode(CODE + "basis/inferred-project")
#: Codes of the IATI list of statuses: not begun, or called off; under way; ended.
_NOT_BEGUN, _UNDER_WAY, _ENDED = {"1": "It is planned.", "5": "It was cancelled."}, "2", ("3", "4")
_NOT_BEGUN_RU = {"1": "Это запланировано.", "5": "Это отменено."}


@dataclass(slots=True)
class Origins:
    """IRIs of rows: ``prefix`` is that of the file; each row's node is made once, and that of each thing that many
    rows name."""

    prefix: str
    _rows: dict[int, NamedNode] = field(default_factory=dict)
    _things: dict[str, NamedNode] = field(default_factory=dict)

    def row(self, number: int) -> NamedNode:
        """The IRI of a row of the file."""
        found = self._rows.get(number)
        if found is None:
            found = self._rows[number] = NamedNode(f"{self.prefix}{number}")
        return found

    def thing(self, iri: str) -> NamedNode:
        """A thing by its IRI."""
        found = self._things.get(iri)
        if found is None:
            found = self._things[iri] = NamedNode(iri)
        return found


@dataclass(slots=True)
class Engagement:
    """One organisation's work, as all ``rows`` say it. ``inferred`` is the role in a project from which the work is
    concluded, empty where the source states it."""

    iri: str
    organisation: str
    themes: list[str]
    places: list[str]
    project: str
    role: str
    inferred: str
    status: str
    start: Literal | None
    end: Literal | None
    planned: Literal | None = None  # end
    title: Literal | None = None
    day: Literal | None = None
    descriptions: dict[Literal, None] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)

    def confirm(self, day: Literal | None) -> None:
        """It was still so on a day: the newest one counts."""
        if day is not None and (self.day is None or day.value > self.day.value):
            self.day = day

    def quads(self, graph: NamedNode, origins: Origins) -> Iterator[Quad]:
        """Its statements."""
        me = NamedNode(self.iri)
        yield Quad(me, _TYPE, _ENGAGEMENT, graph)
        yield Quad(me, _PARTNER, origins.thing(self.organisation), graph)
        for theme in self.themes:
            yield Quad(me, _THEME, origins.thing(theme), graph)
        for place in self.places:
            yield Quad(me, _PLACE, origins.thing(place), graph)
        if self.project:
            yield Quad(me, _PROJECT, origins.thing(self.project), graph)
        if self.role:
            yield Quad(me, _ROLE, NamedNode(f"{CODE}engagement-role/{self.role}"), graph)
        yield from self._basis(me, graph)
        if self.title is not None:
            yield Quad(me, _PREF, self.title, graph)
        for text in self.descriptions:
            yield Quad(me, _DESCRIPTION, text, graph)
        if self.day is not None:
            yield Quad(me, _STATED_ON, self.day, graph)
        end = ends(self.end, self.planned, self.status, self.day)
        if end is None and self.status in _ENDED:
            end = self.day
        yield from period(self.iri, me, self.start, end, graph)
        for row in self.rows:
            yield Quad(me, _DERIVED, origins.row(row), graph)

    def _basis(self, me: NamedNode, graph: NamedNode) -> Iterator[Quad]:
        notes: list[tuple[str, str]] = []
        if self.status in _NOT_BEGUN:
            basis = _PROPOSED
            notes.append((_NOT_BEGUN[self.status], _NOT_BEGUN_RU[self.status]))
        elif self.inferred:
            basis = _INFERRED
            notes.append(
                (
                    f"The project names no implementing organisation; this one is named as {self.inferred}.",
                    f"Исполняющая организация проекта не названа; эта названа в роли {self.inferred}.",
                )
            )
        else:
            basis = _STATED
        end = ends(self.end, self.planned, self.status, self.day)
        if self.status in _ENDED and end is None and self.day is not None:
            notes.append(
                (
                    f"It is said to be finished on {self.day.value}; when it ended is not said.",
                    f"На {self.day.value} сказано, что завершено; когда именно, не сказано.",
                )
            )
        if self.status == _UNDER_WAY and end is None and self.planned is not None and self.day is not None:
            planned = self.planned.value
            notes.append(
                (
                    f"It is said to be under way on {self.day.value}, after its planned end ({planned}).",
                    f"На {self.day.value} сказано, что работа идёт, хотя по плану закончилась ({planned}).",
                )
            )
        yield Quad(me, _BASIS, basis, graph)
        if notes:
            yield Quad(me, _NOTE, Literal(" ".join(en for en, _ in notes), language="en"), graph)
            yield Quad(me, _NOTE, Literal(" ".join(ru for _, ru in notes), language="ru"), graph)


@dataclass(slots=True)
class Project:
    """A titled undertaking, as its rows add up."""

    iri: str
    identifier: str = ""
    names: dict[Literal, None] = field(default_factory=dict)
    descriptions: dict[Literal, None] = field(default_factory=dict)
    themes: dict[str, None] = field(default_factory=dict)
    places: dict[str, None] = field(default_factory=dict)
    status: str = ""
    start: Literal | None = None
    end: Literal | None = None
    planned: Literal | None = None  # end
    day: Literal | None = None
    rows: list[int] = field(default_factory=list)

    def quads(self, graph: NamedNode, origins: Origins) -> Iterator[Quad]:
        """Its statements."""
        me = NamedNode(self.iri)
        yield Quad(me, _TYPE, _PROJECT_CLASS, graph)
        named: set[str] = set()
        for name in self.names:
            lang = name.language or ""
            yield Quad(me, node("skos:altLabel") if lang in named else _PREF, name, graph)
            named.add(lang)
        if self.identifier:
            yield Quad(me, node("dcterms:identifier"), Literal(self.identifier), graph)
        if self.status:
            yield Quad(me, node("cg:status"), NamedNode(self.status), graph)
        for theme in self.themes:
            yield Quad(me, _THEME, NamedNode(theme), graph)
        for place in self.places:
            yield Quad(me, _PLACE, NamedNode(place), graph)
        for text in self.descriptions:
            yield Quad(me, _DESCRIPTION, text, graph)
        yield Quad(me, _BASIS, _STATED, graph)
        if self.day is not None:
            yield Quad(me, _STATED_ON, self.day, graph)
        end = ends(self.end, self.planned, self.status.rpartition("/")[2], self.day)
        yield from period(self.iri, me, self.start, end, graph)
        for row in self.rows:
            yield Quad(me, _DERIVED, origins.row(row), graph)


@dataclass(slots=True)
class Participation:
    """An organisation takes part in a project, in an IATI role."""

    iri: str
    project: str
    organisation: str
    role: str
    rows: list[int] = field(default_factory=list)

    def quads(self, graph: NamedNode, origins: Origins) -> Iterator[Quad]:
        """Its statements."""
        me = NamedNode(self.iri)
        yield Quad(me, _TYPE, _PARTICIPATION, graph)
        yield Quad(me, _PROJECT, NamedNode(self.project), graph)
        yield Quad(me, _PARTNER, NamedNode(self.organisation), graph)
        yield Quad(me, _ROLE, NamedNode(f"{CODE}organisation-role/{self.role}"), graph)
        yield Quad(me, _BASIS, _STATED, graph)
        for row in self.rows:
            yield Quad(me, _DERIVED, origins.row(row), graph)


def ends(end: Literal | None, planned: Literal | None, status: str, day: Literal | None) -> Literal | None:
    """When work ended or is to end, as true on ``day``. A plan counts as far as the status lets it: what is finished
    does not go on until its planned end, and what is under way has not ended with it."""
    if end is not None or planned is None or day is None:
        return end or planned
    outdated = (status in _ENDED and before(day.value, planned.value)) or (
        status == _UNDER_WAY and before(planned.value, day.value)
    )
    return None if outdated else planned


def period(iri: str, me: NamedNode, start: Literal | None, end: Literal | None, graph: NamedNode) -> Iterator[Quad]:
    """When something began and ended, as far as that is known."""
    if start is None and end is None:
        return
    node_ = NamedNode(iri + "#period")
    yield Quad(me, _TEMPORAL, node_, graph)
    yield Quad(node_, _TYPE, _PERIOD, graph)
    if start is not None:
        yield Quad(node_, _START, start, graph)
    if end is not None:
        yield Quad(node_, _END, end, graph)
