"""From the rows of somebody else's sheet to statements: who works on what, where, since when.

Rows that say the same make one engagement, which rests on all of them. A row that cannot be understood says nothing
and is told why; nothing is guessed from what it does not say. Pure.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.mapping import Mapped, SourceMap
from graph.ingest.readers import Sheet
from graph.ingest.recipes.entities import Entities
from graph.ingest.recipes.facts import Engagement, Origins, Participation, Project
from graph.ingest.recipes.known import Known
from graph.ingest.recipes.meanings import ROLES
from graph.ingest.recipes.recipe import Recipe
from graph.ingest.recipes.rows import Cells, Layout
from graph.ingest.recipes.told import Told
from graph.ingest.recipes.understanding import Row, Understanding, either
from graph.ingest.records import Context
from graph.ingest.values import Bad, parse
from graph.model import CellRef
from graph.names_text import key

#: Who carries the work of a project that names nobody as implementing: the first of these roles that it names. Who only
#: reports it comes last: that may be somebody who publishes the data of others.
_INSTEAD = ("extending", "accountable", "other", "funding", "reporting")
_ROLE_CODES = {"impl": "implementation", "lead": "coordination", "funding": "funding"}
_END, _PLANNED_END = "#date+end+actual", "#date+end+planned"
#: The shape that wants a day for every engagement.
UNDATED = "https://w3id.org/commonground/ns/shapes#Engagement-dated"
_EVERY = 2_000  # rows between two words on how far it is
Advance = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Built:
    """What a sheet says by a recipe. ``mapped`` is as that of tables of our own; ``explained`` are the shapes (IRIs)
    whose fault is told once for the whole sheet."""

    mapped: Mapped
    explained: frozenset[str] = frozenset()


def build(
    sheet: Sheet,
    recipe: Recipe,
    context: Context,
    known: Known,
    advance: Advance | None = None,
    there: Mapping[Quad, Quad] = MappingProxyType({}),
) -> Built:
    """All statements of a sheet and all that is to be told of its cells. ``recipe`` must be usable. A statement that is
    in ``there`` is taken from there: what the source has already is not held twice."""
    return _Builder(sheet, recipe, context, known).run(advance, there)


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
        self.understanding = Understanding(self.layout, self.entities, known)

    def run(self, advance: Advance | None, there: Mapping[Quad, Quad]) -> Built:
        self._note_acronyms()
        rows = self.sheet.rows
        for done, (number, cells) in enumerate(rows):
            if advance is not None and done % _EVERY == 0:
                advance(done, len(rows))
            row = self.understanding.row(number, cells)
            self.told.problems(row.number, row.problems)
            if row.blocked:
                self.rejected.add(CellRef(self.sheet.file, self.sheet.name, number))
            else:
                self._state(row, cells)
        origins = Origins(f"{self.context.base}file/{self.context.files[self.sheet.file]}#row=")
        subjects: dict[str, CellRef] = {}
        # In the order in which they were made, which is how they lie in memory: to walk over a million of them in
        # another order takes several times as long.
        quads = dict.fromkeys(there.get(quad, quad) for quad in self._quads(origins, subjects)).keys()
        undated = [one for one in self.engagements.values() if one.day is None]
        if undated:
            self.told.undated(undated[0].rows[0], len(undated))
        return Built(
            explained=frozenset({UNDATED} if undated else ()),
            mapped=Mapped(
                quads=quads,
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
                parts = {part.name for part in self.layout.groups[group]}
                for _, cells in self.sheet.rows if {"name", "acronym"} <= parts else ():
                    for thing in self.layout.things(group, cells):
                        if thing.get("name") and thing.get("acronym") and thing["name"] != thing["acronym"]:
                            self.entities.note_acronym(thing["name"], thing["acronym"])

    # --- what it states -------------------------------------------------------------------------------------------

    def _state(self, row: Row, cells: Cells) -> None:
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

    def _carriers(self, row: Row, project: Project | None) -> Iterator[tuple[str, Sequence[str], bool]]:
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
                yield role, found[role], True

    def _engagement(
        self,
        row: Row,
        cells: Cells,
        project: Project | None,
        organisation: str,
        role: str,
        inferred: bool,
        day: Literal | None,
    ) -> None:
        names = self.layout.texts("#activity+name", cells)
        start, end, planned = either(row, "start"), row.dates.get(_END), row.dates.get(_PLANNED_END)
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
            last.value if (last := end or planned) is not None else "",
        )
        known = self.engagements.get(said)
        if known is None:
            seed = "\x1f".join(map(str, said))
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
                planned=planned,
            )
            if title[0] and title[1] is not None:
                known.title = Literal(title[0], language=title[1].lang or self.recipe.lang)
        known.rows.append(row.number)
        known.confirm(day)
        if project is None or not self.recipe.has("#project+iati"):
            for text, use in self.layout.texts("#activity+description", cells):
                known.descriptions.setdefault(Literal(text, language=use.lang or self.recipe.lang))

    def _project(self, row: Row, cells: Cells) -> Project | None:
        text = self.layout.project(cells)
        if not text:
            return None
        iati = self.layout.text("#project+iati", cells)
        code = iati or self.layout.text("#project+code", cells)
        owner = "" if iati else f"{self.context.source}-"
        identity = f"project:{text if code else key(text)}"
        known = self.projects.get(identity)
        if known is None:
            path = f"project/{owner}{self.entities.segment(identity, text)}"
            known = self.projects[identity] = Project(self.context.base + path, identifier=code)
        known.rows.append(row.number)
        lang = self.layout.text("#meta+lang", cells).lower() or self.recipe.lang
        name = self.layout.text("#project+name", cells) or text
        known.names.setdefault(Literal(name, language=lang))
        if iati:
            known.status = row.status
            known.start = either(row, "start")
            known.end, known.planned = row.dates.get(_END), row.dates.get(_PLANNED_END)
            known.day = row.dates.get("#date+reported")
        for meaning in ("#project+description", *(("#activity+description",) if iati else ())):
            for one, use in self.layout.texts(meaning, cells):
                known.descriptions.setdefault(Literal(one, language=lang or use.lang))
        known.themes.update(dict.fromkeys(row.themes))
        known.places.update(dict.fromkeys(row.places))
        return known


def _participation(base: str, project: str, organisation: str, role: str) -> str:
    def tail(iri: str) -> str:
        return iri.rstrip("/").rpartition("/")[2]

    return f"{base}participation/{tail(project)}/{tail(organisation)}-{role}"
