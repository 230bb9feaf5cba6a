"""What one row of somebody else's sheet means: who, on what, where, when, and what is wrong with it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from graph.ingest.recipes.entities import Entities, Problem
from graph.ingest.recipes.known import Known
from graph.ingest.recipes.meanings import ROLES
from graph.ingest.recipes.rows import Cells, Layout
from graph.ingest.values import Bad, before, parse

_LEVELS = ("#adm1", "#adm2", "#adm3")
_DAYS = (
    *("#date+start+actual", "#date+start+planned", "#date+end+actual", "#date+end+planned"),
    "#date+reported",
)
_TIME = re.compile(r"(?<=\d)[T ]+\d{1,2}:\d{2}.*$")
_PARTS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(slots=True)
class Row:
    """One row as far as it is understood: organisations by role, themes, places, and what is wrong with it."""

    number: int
    organisations: dict[str, list[str]] = field(default_factory=dict)
    themes: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    dates: dict[str, Literal] = field(default_factory=dict)
    status: str = ""

    @property
    def blocked(self) -> bool:
        return any(problem.blocks for problem in self.problems)


@dataclass(slots=True)
class Understanding:
    """Reads rows of one sheet; each distinct wording is looked up once."""

    layout: Layout
    entities: Entities
    known: Known
    _dates: dict[tuple[str, str], Literal | Bad] = field(default_factory=dict)
    #: Of what a row may say, that for which the sheet has a column: most of it no sheet has.
    _roles: tuple[str, ...] = ()
    _levels: tuple[str, ...] = ()
    _days: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        groups, single = self.layout.groups, self.layout.single
        self._roles = tuple(role for role in ROLES if f"#org+{role}" in groups)
        self._levels = tuple(level for level in _LEVELS if f"{level}+name" in single or f"{level}+code" in single)
        self._days = tuple(meaning for meaning in _DAYS if meaning in single)

    def row(self, number: int, cells: Cells) -> Row:
        """One row of the sheet."""
        row = Row(number)
        countries, unclear = self._countries(cells)
        for role in self._roles:
            group = f"#org+{role}"
            for thing in self.layout.things(group, cells):
                name, acronym = thing.get("name", ""), thing.get("acronym", "")
                if not (name or acronym):
                    continue  # A code alone is no name: it is in the original.
                meaning = f"{group}+{'name' if name else 'acronym'}"
                found = self.entities.organisation(
                    name, acronym, thing.get("code", ""), thing.get("type", ""), meaning, number, countries
                )
                self._take(found, row.organisations.setdefault(role, []), row)
        lang = self.layout.text("#meta+lang", cells).lower()
        self._themes(row, cells, lang)
        row.problems += unclear
        self._places(row, cells, countries)
        for meaning in self._days:
            self._date(row, cells, meaning)
        if text := self.layout.text("#status", cells):
            row.status = self.known.status(text)
            if not row.status:
                row.problems.append(Problem("unknown-status", "#status", text, blocks=False))
        self._check(row, cells)
        return row

    @staticmethod
    def _take(found: str | Problem, into: list[str], row: Row) -> None:
        if isinstance(found, Problem):
            row.problems.append(found)
        elif found not in into:
            into.append(found)

    def _themes(self, row: Row, cells: Cells, lang: str) -> None:
        def themes(group: str, broader: str) -> list[str]:
            found: list[str] = []
            for thing in self.layout.things(group, cells):
                name, code = thing.get("name", ""), thing.get("code", "")
                if name or code:
                    vocabulary = thing.get("vocabulary", "")
                    self._take(
                        self.entities.theme(name, code, vocabulary, broader, row.number, lang),
                        found,
                        row,
                    )
            return found

        sectors = themes("#sector", "")
        narrower = themes("#subsector", sectors[0] if len(sectors) == 1 else "")
        row.themes = narrower or sectors

    def _countries(self, cells: Cells) -> tuple[list[str], list[Problem]]:
        read = Row(0)
        for thing in self.layout.things("#country", cells):
            if thing.get("name") or thing.get("code"):
                self._take(self.entities.country(thing.get("name", ""), thing.get("code", "")), read.places, read)
        return read.places, read.problems

    def _places(self, row: Row, cells: Cells, countries: list[str]) -> None:
        place = countries[0] if len(countries) == 1 else ""
        for level in self._levels:
            name, code = self.layout.text(f"{level}+name", cells), self.layout.text(f"{level}+code", cells)
            if not (name or code):
                continue
            if not place:
                if not row.problems:
                    row.problems.append(Problem("part-without-country", f"{level}+name", name or code, blocks=False))
                break
            found = self.entities.part(place, name, code, f"{level}+name", row.number)
            if isinstance(found, Problem):
                row.problems.append(found)
                break
            place = found
        row.places = [place] if place else countries
        for thing in self.layout.things("#region", cells):
            name, code = thing.get("name", ""), thing.get("code", "")
            # A region beside countries is the region that they lie in.
            if (name or code) and not row.places:
                regions: list[str] = []
                self._take(self.entities.region(name, code, thing.get("vocabulary", ""), row.number), regions, row)
                row.places.extend(regions)

    def _date(self, row: Row, cells: Cells, meaning: str) -> None:
        for text, use in self.layout.texts(meaning, cells)[:1]:
            if (text, use.dates) not in self._dates:
                self._dates[text, use.dates] = _parsed(text, use.dates)
            value = self._dates[text, use.dates]
            if isinstance(value, Bad):
                row.problems.append(Problem(value.rule, meaning, text, value.nearest, blocks=False))
            else:
                row.dates[meaning] = value

    def _check(self, row: Row, cells: Cells) -> None:
        start, end = either(row, "start"), either(row, "end")
        if start is not None and end is not None and before(end.value, start.value):
            row.problems.append(Problem("ends-before-start", "#date+end+actual", end.value, start.value))
        project = bool(self.layout.project(cells))
        if not any(row.organisations.values()) and not project:
            row.problems.append(Problem("no-organisation", "#org+impl+name", "", blocks=True))
        if not row.themes:
            row.problems.append(Problem("no-theme", "#sector+name", "", blocks=not project))


def either(row: Row, which: str) -> Literal | None:
    """The date as it was, or else as planned."""
    return row.dates.get(f"#date+{which}+actual") or row.dates.get(f"#date+{which}+planned")


def _parsed(text: str, order: str) -> Literal | Bad:
    """A date as exact as it is written; a time of day is left out."""
    day = _TIME.sub("", text)
    if found := _PARTS.fullmatch(day):
        first, second, year = int(found[1]), int(found[2]), found[3]
        # One of the two that is no month tells by itself.
        if second > 12 >= first or (order == "mdy" and first <= 12):
            day = f"{year}-{first:02}-{second:02}"
        elif first > 12 or order == "dmy":
            day = f"{year}-{second:02}-{first:02}"
    value = parse("cg:PartialDate", "", day)
    assert not isinstance(value, NamedNode)
    return value
