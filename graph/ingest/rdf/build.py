"""From the statements of files to what a source says: ours as they are, others by alignment, and what is taken neither
way told by name and number, so that nothing is lost silently. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

from graph.ingest.mapping import Mapped, SourceMap
from graph.ingest.messages import fault
from graph.ingest.rdf import aligning
from graph.ingest.rdf.facts import Facts
from graph.ingest.rdf.model import TYPE, Model
from graph.ingest.rdf.names import curie
from graph.ingest.rdf.places import Places
from graph.ingest.rdf.settling import Problems, settle
from graph.ingest.rdf.themes import Themes
from graph.ingest.rdf.untaken import untaken
from graph.ingest.readers import Statements
from graph.ingest.readers._rdf_blank import BLANK
from graph.ingest.readers._rdf_syntax import RELATIVE
from graph.ingest.recipes.entities import Entities
from graph.ingest.recipes.known import Known
from graph.ingest.records import Context
from graph.ingest.validation import Shapes
from graph.model import CellRef, Severity, ValidationResult
from graph.terms import CODE, NS, PLACE, PREFIXES, THEME, expand, node

_DERIVED = node("prov:wasDerivedFrom")
#: Parts of records, which need no origin of their own.
_PARTS = frozenset(
    expand(c)
    for c in (
        *("dcterms:PeriodOfTime", "oa:SpecificResource", "oa:TextQuoteSelector", "oa:TextPositionSelector"),
        "skos:ConceptScheme",
    )
)
_ROW = "urn:x-commonground:row:"
_HTTP, _HTTPS = "http://schema.org/", PREFIXES["schema"]
#: Properties, classes or values that are named in one sentence.
_NAMED = 60
_REFERENCE_GRAPHS = (NS.removesuffix("#"), THEME.removesuffix("/"), PLACE.removesuffix("/"))
_UNDATED = "https://w3id.org/commonground/ns/shapes#Engagement-dated"


@dataclass(frozen=True, slots=True)
class Built:
    """``mapped`` is as that of tables of our own; ``explained`` are the shapes (IRIs) whose fault is told once for
    all."""

    mapped: Mapped
    explained: frozenset[str] = frozenset()


def build(
    files: Sequence[Statements],
    context: Context,
    known: Known,
    others: Sequence[Quad],
    shapes: Shapes,
    skip: frozenset[tuple[str, str, int]] = frozenset(),
) -> Built:
    """All that the files say together. ``others`` are the quads that they may refer to, ``skip`` rows (file, "", row)
    that are left out as if they were not there."""
    return _Builder(files, context, known, others, shapes, skip).run()


@dataclass(slots=True)
class _Untaken:
    """What is not taken over: (file, property or class) -> how often."""

    properties: Counter[tuple[str, str]] = field(default_factory=Counter)
    classes: Counter[tuple[str, str]] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    reference: Counter[str] = field(default_factory=Counter)


class _Builder:
    def __init__(
        self,
        files: Sequence[Statements],
        context: Context,
        known: Known,
        others: Sequence[Quad],
        shapes: Shapes,
        skip: frozenset[tuple[str, str, int]],
    ) -> None:
        self.context, self.known, self.others = context, known, others
        self.model = Model.of(shapes)
        self.refs: dict[str, CellRef] = {}
        self.origins: dict[str, set[str]] = {}  # subject -> IRIs of rows
        self.files: dict[Quad, str] = {}  # statement -> the first file that makes it
        self.untaken = _Untaken()
        self.faults: list[ValidationResult] = []
        for statements in files:
            self._take(statements, skip)

    def _take(self, statements: Statements, skip: frozenset[tuple[str, str, int]]) -> None:
        file = statements.file
        prefix = f"{self.context.base}file/{self.context.files[file]}#row="
        # Through a store: it rewrites some literals, and what it would rewrite later must not look like a change.
        memory = ox.Store()
        memory.bulk_extend(self._local(q) for q in statements.quads if (file, "", self._row(statements, q)) not in skip)
        for quad in memory:
            self.files.setdefault(quad, file)
        for subject, row in statements.rows.items():
            if (file, "", row) not in skip:
                iri = self._local_iri(subject)
                self.refs.setdefault(iri, CellRef(file, "", row))
                self.origins.setdefault(iri, set()).add(f"{prefix}{row}")

    @staticmethod
    def _row(statements: Statements, quad: Quad) -> int:
        return statements.rows[quad.subject.value]  # type: ignore[union-attr]

    def _local(self, quad: Quad) -> Quad:
        subject, predicate, value = quad.subject, quad.predicate, quad.object
        if isinstance(value, NamedNode):
            value = NamedNode(self._local_iri(value.value))
        return Quad(NamedNode(self._local_iri(subject.value)), NamedNode(_https(predicate.value)), value)  # type: ignore[union-attr]

    def _local_iri(self, iri: str) -> str:
        """Nodes without an address get one of the source; schema.org is the same with and without an s."""
        if iri.startswith((BLANK, RELATIVE)):
            rest = iri.removeprefix(BLANK).removeprefix(RELATIVE)
            return f"{self.context.base}node/{self.context.source}/{rest}"
        return _https(iri)

    # --- taking ---------------------------------------------------------------------------------------------------

    def run(self) -> Built:
        quads = self._without_reference()
        types: dict[str, set[str]] = {}
        for quad in quads:
            if quad.predicate.value == TYPE and isinstance(quad.object, NamedNode):
                types.setdefault(quad.subject.value, set()).add(quad.object.value)  # type: ignore[union-attr]
        # A file with any term of our vocabulary is in it: classes that we share with others are then ours.
        own_files = {self.files[q] for q in quads if q.predicate.value.startswith(NS) or _is_ours(q)}
        own = frozenset(
            s for s, of in types.items() if self.refs.get(s) and self.refs[s].file in own_files and self.model.knows(of)
        )
        graph = self.context.graph
        taken: set[Quad] = set()
        rest: list[Quad] = []
        for quad in quads:
            subject = quad.subject.value  # type: ignore[union-attr]
            if subject not in own:
                rest.append(quad)
            elif quad.predicate.value in self.model.may_say(types[subject]) or self.model.is_ours(quad.predicate.value):
                taken.add(Quad(quad.subject, quad.predicate, quad.object, graph))
            else:
                self.untaken.properties[self.files[quad], quad.predicate.value] += 1
        subjects = {s: self.refs[s] for s in own}
        explained = self._align(quads, own, rest, taken, subjects)
        for subject in own:
            if not types[subject] & _PARTS:
                taken.update(self._derived(subject, [subject]))
        self._tell()
        cells = {
            (q.subject.value, q.predicate.value): self._cell(q)  # type: ignore[union-attr]
            for q in taken
            if q.subject.value in self.refs  # type: ignore[union-attr]
        }
        mapped = Mapped(frozenset(taken), SourceMap(cells, subjects), tuple(self.faults), len(self.refs), frozenset())
        return Built(mapped, explained)

    def _without_reference(self) -> list[Quad]:
        """Statements about reference data that are known already are left out; others are not for a source to make."""
        reference = [
            q
            for q in self.others
            if isinstance(q.graph_name, NamedNode)
            and (q.graph_name.value in _REFERENCE_GRAPHS or q.graph_name.value.startswith(CODE))
        ]
        said = {Quad(q.subject, q.predicate, q.object) for q in reference}
        subjects = {q.subject.value for q in reference if isinstance(q.subject, NamedNode)}
        quads: list[Quad] = []
        for quad in self.files:
            # Of itself a source says what the service writes.
            if quad in said or quad.subject == self.context.graph:
                self.untaken.known[self.files[quad]] += 1
            elif quad.subject.value in subjects or quad.subject.value.startswith(NS):  # type: ignore[union-attr]
                self.untaken.reference[self.files[quad]] += 1
            else:
                quads.append(quad)
        return quads

    def _align(
        self,
        quads: list[Quad],
        own: frozenset[str],
        rest: list[Quad],
        taken: set[Quad],
        subjects: dict[str, CellRef],
    ) -> frozenset[str]:
        """Add what the alignments make of the statements that are not ours."""
        if not rest:
            return frozenset()
        made, terms = aligning.align(quads, self.context.base, self.context.source)
        facts = Facts.of(made, own)
        del made  # as large as the facts
        facts.forget(own)
        properties, classes = untaken(rest, facts, terms, self.files)
        self.untaken.properties.update(properties)
        self.untaken.classes.update(classes)
        entities = Entities(self.context, self.known, "und", self.context.title)
        refs = list(self.refs)
        numbers = {subject: at for at, subject in enumerate(refs)}
        locate = {subject: self._origin_of(facts, subject) for subject in facts.said}

        def row_of(subject: str) -> int:
            return numbers.get(locate.get(subject) or subject, 0)

        def known(iri: str) -> bool:
            return iri in self.known.subjects or iri in own

        problems = settle(
            facts,
            Places.of(self.context, self.known, self.others),
            Themes(self.context, self.known, entities),
            entities,
            self.model,
            known,
            row_of,
            self.context.as_of,
        )
        taken.update(facts.quads(self.context.graph))
        for quad in entities.quads(_ROW):
            if quad.predicate == _DERIVED and isinstance(quad.object, NamedNode):
                thing = quad.subject.value  # type: ignore[union-attr]
                at = refs[int(quad.object.value.removeprefix(_ROW))]
                subjects[thing] = self.refs[at]
                taken.update(self._derived(thing, [at]))
            else:
                taken.add(quad)
        for subject in facts.said:
            origin = locate.get(subject, "")
            if origin:
                subjects[subject] = self.refs[origin]
            if not set(facts.types(subject)) & _PARTS:
                found = facts.origins.get(subject, set()) & self.refs.keys()
                taken.update(self._derived(subject, found or {origin} - {""}))
        self._tell_problems(problems, locate)
        return self._undated(facts, subjects)

    def _origin_of(self, facts: Facts, subject: str) -> str:
        """The thing of the file that a statement about a subject comes from."""
        if subject in self.refs:
            return subject
        found = sorted(facts.origins.get(subject, set()) & self.refs.keys(), key=lambda s: self.refs[s].row)
        return found[0] if found else ""

    def _derived(self, subject: str, of: Iterable[str]) -> Iterator[Quad]:
        for one in of:
            for row in self.origins.get(one, ()):
                yield Quad(NamedNode(subject), _DERIVED, NamedNode(row), self.context.graph)

    def _cell(self, quad: Quad) -> CellRef:
        ref = self.refs[quad.subject.value]  # type: ignore[union-attr]
        return CellRef(ref.file, ref.sheet, ref.row, curie(quad.predicate.value))

    # --- telling --------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        for rule, counts in (("rdf-properties", self.untaken.properties), ("rdf-classes", self.untaken.classes)):
            for file in sorted({file for file, _ in counts}):
                of_file = {name: count for (of, name), count in counts.items() if of == file}
                self._note(rule, file, names=_names(of_file), count=sum(of_file.values()))
        for rule, by_file in (("rdf-known", self.untaken.known), ("rdf-reference", self.untaken.reference)):
            for file, count in sorted(by_file.items()):
                severity = Severity.WARNING if rule == "rdf-reference" else Severity.INFO
                self._note(rule, file, severity, count=count)

    def _note(self, rule: str, file: str, severity: Severity = Severity.INFO, **words: object) -> None:
        self.faults.append(fault(rule, CellRef(file, "", 1), severity=severity, words=words))

    def _tell_problems(self, problems: Problems, locate: dict[str, str]) -> None:
        for (rule, value, nearest), subjects in sorted(problems.found.items()):
            places = [self.refs[origin] for s in subjects if (origin := locate.get(s, s)) in self.refs]
            ref = min(places, key=lambda r: (r.file, r.row), default=CellRef(next(iter(self.context.files)), "", 1))
            near = {"count": len(subjects), "near": nearest}
            self.faults.append(fault(rule, ref, value=value, nearest=nearest, severity=Severity.WARNING, words=near))
        file = min((ref.file for ref in self.refs.values()), default="")
        if problems.dangling:
            self._note("rdf-dangling", file, Severity.WARNING, names=_names(problems.dangling))
        if problems.incomplete:
            self._note("rdf-incomplete", file, Severity.WARNING, names=_names(problems.incomplete))

    def _undated(self, facts: Facts, subjects: dict[str, CellRef]) -> frozenset[str]:
        undated = [s for s in facts.of_type(expand("cg:Engagement")) if not facts.values(s, expand("cg:statedOn"))]
        if not undated:
            return frozenset()
        ref = min((subjects[s] for s in undated if s in subjects), key=lambda r: (r.file, r.row))
        self.faults.append(fault("rdf-no-day", ref, severity=Severity.WARNING, words={"count": len(undated)}))
        return frozenset({_UNDATED})


def _is_ours(quad: Quad) -> bool:
    return quad.predicate.value == TYPE and isinstance(quad.object, NamedNode) and quad.object.value.startswith(NS)


def _https(iri: str) -> str:
    return _HTTPS + iri.removeprefix(_HTTP) if iri.startswith(_HTTP) else iri


def _names(counts: dict[str, int] | Counter[str]) -> str:
    most = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    named = ", ".join(f"{curie(name)} ({count})" for name, count in sorted(most[:_NAMED]))
    return named + (f", … (+{len(most) - _NAMED})" if len(most) > _NAMED else "")
