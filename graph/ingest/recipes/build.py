"""From the rows of somebody else's sheet to statements: who works on what, where, since when.

Rows that say the same make one engagement, which rests on all of them. A row that cannot be understood says nothing
and is told why; nothing is guessed from what it does not say. Pure.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.mapping import Mapped, SourceMap
from graph.ingest.readers import Sheet
from graph.ingest.recipes.entities import Entities, Problem
from graph.ingest.recipes.facts import Engagement, Origins, Participation, Project
from graph.ingest.recipes.known import Known
from graph.ingest.recipes.meanings import ROLES
from graph.ingest.recipes.recipe import Recipe
from graph.ingest.recipes.rows import Cells, Layout
from graph.ingest.recipes.told import Told
from graph.ingest.records import Context
from graph.ingest.values import Bad, before, parse
from graph.model import CellRef
from graph.names_text import key

#: Who carries the work of a project that names nobody as implementing: the first of these roles that it names.
_INSTEAD = ("extending", "accountable", "reporting", "other", "funding")
_ROLE_CODES = {"impl": "implementation", "lead": "coordination", "funding": "funding"}
_LEVELS = ("#adm1", "#adm2", "#adm3")
#: The shape that wants a day for every engagement.
UNDATED = "https://w3id.org/commonground/ns/shapes#Engagement-dated"
_EVERY = 2_000  # rows between two words on how far it is
Advance = Callable[[int, int], None]


_TIME = re.compile(r"(?<=\d)[T ]+\d{1,2}:\d{2}.*$")
_PARTS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Built:
    """What a sheet says by a recipe. ``mapped`` is as that of tables of our own; ``explained`` are the shapes (IRIs)
    whose fault is told once for the whole sheet."""

    recipe: Recipe
    mapped: Mapped
    explained: frozenset[str] = frozenset()


def build(sheet: Sheet, recipe: Recipe, context: Context, known: Known, advance: Advance | None = None) -> Built:
    """All statements of a sheet and all that is to be told of its cells. ``recipe`` must be usable."""
    return _Builder(sheet, recipe, context, known).run(advance)


@dataclass(slots=True)
class _Row:
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


class _Builder:
    def __init__(self, sheet: Sheet, recipe: Recipe, context: Context, known: Known) -> None:
        self.sheet, self.recipe, self.context, self.known = sheet, recipe, context, known
        self.layout = Layout.of(recipe, sheet.headers)
        title = f"{recipe.scheme} ({context.title})" if recipe.scheme and context.title else recipe.scheme
        self.entities = Entities(context, known, recipe.lang, title)
        self.told = Told(sheet, recipe)
        self.engagements: dict[tuple[object, ...], Engagement] = {}
        self.projects: dict[str, Project] = {}
        self.participations: dict[tuple[str, str, str], Participation] = {}
        self.rejected: set[CellRef] = set()
        self.dates: dict[tuple[str, str], Literal | Bad] = {}

    def run(self, advance: Advance | None) -> Built:
        self._note_acronyms()
        rows = self.sheet.rows
        for done, (number, cells) in enumerate(rows):
            if advance is not None and done % _EVERY == 0:
                advance(done, len(rows))
            row = self._read(number, cells)
            self.told.problems(row.number, row.problems)
            if row.blocked:
                self.rejected.add(CellRef(self.sheet.file, self.sheet.name, number))
            else:
                self._state(row, cells)
        origins = Origins(f"{self.context.base}file/{self.context.files[self.sheet.file]}#row=")
        subjects: dict[str, CellRef] = {}
        quads = list(self._quads(origins, subjects))
        undated = [one for one in self.engagements.values() if one.day is None]
        if undated:
            self.told.undated(undated[0].rows[0], len(undated))
        return Built(
            self.recipe,
            explained=frozenset({UNDATED} if undated else ()),
            mapped=Mapped(
                quads=frozenset(quads),
                source_map=SourceMap(rows=subjects),
                faults=(*self.told.results, *self.told.summary(self.layout, self.entities)),
                rows=len(rows),
                rejected=frozenset(self.rejected),
            ),
        )

    def _quads(self, origins: Origins, subjects: dict[str, CellRef]) -> Iterator[Quad]:
        file, name, graph = self.sheet.file, self.sheet.name, self.context.graph
        yield from self.entities.quads(origins.prefix)
        for iri, thing in self.entities.things.items():
            subjects[iri] = CellRef(file, name, thing.row)
        records: tuple[Engagement | Project | Participation, ...] = (
            *self.projects.values(),
            *self.engagements.values(),
            *self.participations.values(),
        )
        for made in records:
            subjects[made.iri] = subjects[made.iri + "#period"] = CellRef(file, name, made.rows[0])
            yield from made.quads(graph, origins)

    def _note_acronyms(self) -> None:
        for group in self.layout.groups:
            if group.startswith("#org"):
                for _, cells in self.sheet.rows:
                    for thing in self.layout.things(group, cells):
                        if thing.get("name") and thing.get("acronym") and thing["name"] != thing["acronym"]:
                            self.entities.note_acronym(thing["name"], thing["acronym"])

    # --- one row --------------------------------------------------------------------------------------------------

    def _read(self, number: int, cells: Cells) -> _Row:
        row = _Row(number)
        for role in ROLES:
            group = f"#org+{role}"
            for thing in self.layout.things(group, cells):
                name, acronym = thing.get("name", ""), thing.get("acronym", "")
                if not (name or acronym):
                    continue  # A code alone is no name: it is in the original.
                meaning = f"{group}+{'name' if name else 'acronym'}"
                found = self.entities.organisation(
                    name, acronym, thing.get("code", ""), thing.get("type", ""), meaning, number
                )
                self._take(found, row.organisations.setdefault(role, []), row)
        lang = self.layout.text("#meta+lang", cells).lower()
        self._themes(row, cells, lang)
        self._places(row, cells)
        for meaning in ("#date+start+actual", "#date+start+planned", "#date+end+actual", "#date+end+planned"):
            self._date(row, cells, meaning)
        self._date(row, cells, "#date+reported")
        if text := self.layout.text("#status", cells):
            row.status = self.known.status(text)
            if not row.status:
                row.problems.append(Problem("unknown-status", "#status", text, blocks=False))
        self._check(row, cells)
        return row

    @staticmethod
    def _take(found: str | Problem, into: list[str], row: _Row) -> None:
        if isinstance(found, Problem):
            row.problems.append(found)
        elif found not in into:
            into.append(found)

    def _themes(self, row: _Row, cells: Cells, lang: str) -> None:
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

    def _places(self, row: _Row, cells: Cells) -> None:
        countries: list[str] = []
        for thing in self.layout.things("#country", cells):
            if thing.get("name") or thing.get("code"):
                self._take(self.entities.country(thing.get("name", ""), thing.get("code", "")), countries, row)
        place = countries[0] if len(countries) == 1 else ""
        for level in _LEVELS:
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

    def _date(self, row: _Row, cells: Cells, meaning: str) -> None:
        for text, use in self.layout.texts(meaning, cells)[:1]:
            if (text, use.dates) not in self.dates:
                self.dates[text, use.dates] = _parsed(text, use.dates)
            value = self.dates[text, use.dates]
            if isinstance(value, Bad):
                row.problems.append(Problem(value.rule, meaning, text, value.nearest, blocks=False))
            else:
                row.dates[meaning] = value

    def _check(self, row: _Row, cells: Cells) -> None:
        start, end = _either(row, "start"), _either(row, "end")
        if start is not None and end is not None and before(end.value, start.value):
            row.problems.append(Problem("ends-before-start", "#date+end+actual", end.value, start.value))
        project = bool(self._project_text(cells))
        if not any(row.organisations.values()) and not project:
            row.problems.append(Problem("no-organisation", "#org+impl+name", "", blocks=True))
        if not row.themes:
            row.problems.append(Problem("no-theme", "#sector+name", "", blocks=not project))

    # --- what it states -------------------------------------------------------------------------------------------

    def _project_text(self, cells: Cells) -> str:
        return (
            self.layout.text("#project+iati", cells)
            or self.layout.text("#project+code", cells)
            or self.layout.text("#project+name", cells)
        )

    def _state(self, row: _Row, cells: Cells) -> None:
        project = self._project(row, cells)
        reported = row.dates.get("#date+reported")
        day = reported or (parse("cg:PartialDate", "", self.context.as_of) if self.context.as_of else None)
        assert not isinstance(day, Bad | NamedNode)
        if project is not None:
            for role, code in ROLES.items():
                for organisation in row.organisations.get(role, ()) if code else ():
                    pair = project.iri, organisation, code
                    known = self.participations.get(pair)
                    if known is None:
                        self.participations[pair] = known = Participation(
                            _participation(self.context.base, *pair), project.iri, organisation, code
                        )
                    known.rows.append(row.number)
        if not row.themes:
            return
        for role, organisations, inferred in self._carriers(row, project):
            for organisation in organisations:
                self._engagement(row, cells, project, organisation, role, inferred, day)

    def _carriers(self, row: _Row, project: Project | None) -> Iterator[tuple[str, Sequence[str], bool]]:
        found = row.organisations
        done: list[str] = []
        for role in ("impl", "lead"):
            names = [iri for iri in found.get(role, ()) if iri not in done]
            if names:
                yield role, names, False
                done += names
        if project is None and found.get("funding"):
            yield "funding", found["funding"], False
            done += found["funding"]
        if not done:
            role = next((role for role in _INSTEAD if found.get(role)), "")
            if role:
                yield role, found[role], role != "funding"

    def _engagement(
        self,
        row: _Row,
        cells: Cells,
        project: Project | None,
        organisation: str,
        role: str,
        inferred: bool,
        day: Literal | None,
    ) -> None:
        names = self.layout.texts("#activity+name", cells)
        start, end = _either(row, "start"), _either(row, "end")
        title = names[0] if names else ("", None)
        said = (
            organisation,
            tuple(row.themes),
            tuple(row.places),
            project.iri if project else "",
            role,
            inferred,
            row.status,
            key(title[0]),
            start.value if start is not None else "",
            end.value if end is not None else "",
        )
        known = self.engagements.get(said)
        if known is None:
            seed = "\x1f".join(map(str, (*said[:2], *said[2:])))
            iri = (
                f"{self.context.base}engagement/{self.context.source}/{hashlib.sha256(seed.encode()).hexdigest()[:12]}"
            )
            known = self.engagements[said] = Engagement(
                iri=iri,
                organisation=organisation,
                themes=row.themes,
                places=row.places,
                project=project.iri if project else "",
                role=_ROLE_CODES.get(role, ""),
                inferred=role if inferred else "",
                status=row.status.rpartition("/")[2],
                start=start,
                end=end,
            )
            if title[0] and title[1] is not None:
                known.title = Literal(title[0], language=title[1].lang or self.recipe.lang)
        known.rows.append(row.number)
        known.confirm(day)
        if project is None or not self.recipe.has("#project+iati"):
            for text, use in self.layout.texts("#activity+description", cells):
                known.descriptions.setdefault(Literal(text, language=use.lang or self.recipe.lang))

    def _project(self, row: _Row, cells: Cells) -> Project | None:
        text = self._project_text(cells)
        if not text:
            return None
        iati = self.layout.text("#project+iati", cells)
        owner = "" if iati else f"{self.context.source}-"
        identity = f"project:{text if iati or self.layout.text('#project+code', cells) else key(text)}"
        known = self.projects.get(identity)
        if known is None:
            path = f"project/{owner}{self.entities._segment(identity, text)}"
            code = iati or self.layout.text("#project+code", cells)
            known = self.projects[identity] = Project(self.context.base + path, identifier=code)
        known.rows.append(row.number)
        lang = self.layout.text("#meta+lang", cells).lower() or self.recipe.lang
        name = self.layout.text("#project+name", cells) or text
        known.names.setdefault(Literal(name, language=lang))
        if iati:
            known.status = row.status
            known.start, known.end = _either(row, "start"), _either(row, "end")
            known.day = row.dates.get("#date+reported")
        described = [("#project+description", cells)] + ([("#activity+description", cells)] if iati else [])
        for meaning, where in described:
            for one, use in self.layout.texts(meaning, where):
                known.descriptions.setdefault(Literal(one, language=lang or use.lang))
        known.themes.update(dict.fromkeys(row.themes))
        known.places.update(dict.fromkeys(row.places))
        return known


def _either(row: _Row, which: str) -> Literal | None:
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


def _participation(base: str, project: str, organisation: str, role: str) -> str:
    def tail(iri: str) -> str:
        return iri.rstrip("/").rpartition("/")[2]

    return f"{base}participation/{tail(project)}/{tail(organisation)}-{role}"
