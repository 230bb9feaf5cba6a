"""Ingestion: files -> tables -> staged quads -> report -> one write of the source's graph, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath
from typing import Protocol

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches import history
from graph.errors import GraphError
from graph.ingest import originals, provenance, rdf
from graph.ingest.layout import layouts
from graph.ingest.lookup import References
from graph.ingest.mapping import Mapped, SourceMap, map_tables
from graph.ingest.messages import fault
from graph.ingest.originals import Original
from graph.ingest.readers import Sheet, Statements, reader_for, readers
from graph.ingest.recipes import Known, Recipe, build, guess
from graph.ingest.records import Context, declare
from graph.ingest.tables import Table, recognise
from graph.ingest.validation import Shapes, check, load_shapes, referred
from graph.model import Batch, CellRef, Severity, ValidationReport, ValidationResult
from graph.store import Change, Store, difference
from graph.terms import REFERENCE_BASE, node, slug

#: Called with a stage (read, map, validate, write), how much is done and of how much.
Progress = Callable[[str, int, int], None]
Paths = Path | str | Iterable[Path | str]
#: Which row: file, sheet, row number.
RowKey = tuple[str, str, int]
#: The recipe that somebody saved or chose for a sheet; None where it is to be guessed.
Recipes = Callable[[Sheet], Recipe | None]

_THEMES = NamedNode(REFERENCE_BASE + "theme")
_NOTHING = Mapped(frozenset(), SourceMap(), (), 0, frozenset())
_SEVERITY_ORDER = {severity: order for order, severity in enumerate(Severity)}


class Readable(Protocol):
    """What staging needs of a store: a ``Store``, or one immutable state of it (``graph.store.snapshot``)."""

    base: str

    def quads(self, graph: str | None = None) -> Iterator[Quad]:
        """All quads, or those of one named graph."""
        ...


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch that is read and checked and not written: what its source's graph would be."""

    context: Context
    originals: tuple[Original, ...]
    quads: frozenset[Quad]
    report: ValidationReport
    rows: Counter[str]  # by file name
    recipes: tuple[tuple[Sheet, Recipe], ...] = ()  # sheets that are none of ours, and how each was read


def ingest(
    store: Store,
    paths: Paths,
    *,
    source: str,
    by: str,
    clock: provenance.Clock,
    as_of: date | None = None,
    keep: Path | None = None,
    progress: Progress | None = None,
    shapes: Shapes | None = None,
    replace: bool = False,
) -> Batch:
    """Replace what ``source`` says by what the files say, in one write, or reject them and write nothing.

    ``paths`` are files or folders; all files of a source go in together. ``by`` is who brings them in, ``clock``
    tells the time with its zone, ``as_of`` is the day the source speaks of where a row does not say (without it
    such rows carry no day), ``keep`` a folder for the original files. Faults in the data are in ``Batch.report``;
    GraphError is raised only for what was asked wrongly: no such file, no reference data, a source without a name,
    or files that lack records which the source has now, where ``replace`` does not say that these are to go.
    """
    started = provenance.instant(clock)
    staged = stage(store, paths, source=source, as_of=as_of, progress=progress, shapes=shapes)
    context, files = staged.context, {o.name: o.sha256 for o in staged.originals}
    iri = provenance.batch_iri(context.base, context.source, files.values(), context.as_of)
    change = difference(store.quads(context.graph.value), staged.quads)

    def batch(status: str, generation: int, change: Change) -> Batch:
        return Batch(
            iri=iri,
            source=context.graph.value,
            status=status,
            files=files,
            report=staged.report,
            rows=staged.rows.total(),
            added=len(change.added),
            removed=len(change.removed),
            generation=generation,
        )

    if not staged.report.conforms:
        return batch("rejected", store.generation, Change())
    if not replace:
        _refuse_to_withdraw(change, staged.quads, source)
    if keep is not None:
        originals.keep(staged.originals, keep)
    if not change:
        return batch("unchanged", store.generation, change)
    _tell(progress, "write", 0, 1)
    known = frozenset(store.quads(context.base + "graph/provenance"))
    if any(quad.subject == NamedNode(iri) for quad in known):
        iri = provenance.batch_iri(context.base, context.source, files.values(), context.as_of, store.generation)
    counted = {name: (sha256, staged.rows[name]) for name, sha256 in files.items()}
    ended = provenance.instant(clock)
    said = provenance.describe(context.base, iri, context.graph, counted, by, started, ended)
    # What the source no longer says is history, and is kept as such.
    origins = history.first_of(known, context.graph, change.removed)
    gone = history.superseded(change.removed, context.graph, NamedNode(iri), ended, origins)
    generation = store.write(Change(change.removed, change.added | (frozenset(said) - known) | gone))
    _tell(progress, "write", 1, 1)
    return batch("accepted", generation, change)


def _refuse_to_withdraw(change: Change, after: frozenset[Quad], source: str) -> None:
    """Another file under the name of a source, or a part of it, must not wipe out the rest unnoticed."""
    typed = node("rdf:type")
    still = {quad.subject for quad in after if quad.predicate == typed}
    # Periods, evidence and its selectors belong to records: counting them as well would only puzzle.
    gone = {
        quad.subject
        for quad in change.removed
        if quad.predicate == typed
        and quad.subject not in still
        and isinstance(quad.subject, NamedNode)
        and "#" not in quad.subject.value
        and "/evidence/" not in quad.subject.value
    }
    if gone:
        raise GraphError(
            "would-withdraw",
            f"{len(gone)} records that the source '{source}' has now are not in these files; they would be withdrawn.",
            "If the files are a new version of the whole source, ask for it to be replaced (--replace); "
            "if they are something else, give them a name of their own (--source).",
        )


def validate(
    store: Store,
    paths: Paths,
    *,
    source: str = "preview",
    as_of: date | None = None,
    progress: Progress | None = None,
    shapes: Shapes | None = None,
) -> ValidationReport:
    """The report that ``ingest`` would give. Writes nothing."""
    return stage(store, paths, source=source, as_of=as_of, progress=progress, shapes=shapes).report


def stage(
    store: Readable,
    paths: Paths | tuple[Original, ...],
    *,
    source: str,
    as_of: date | None = None,
    progress: Progress | None = None,
    shapes: Shapes | None = None,
    skip: frozenset[RowKey] = frozenset(),
    recipes: Recipes | None = None,
) -> Staged:
    """Read, map and check files against what the store has; writes nothing.

    ``paths`` are files or folders, or files that were read already. ``skip`` names rows (file, sheet, row) that are
    left out as if they were not in their file; they still count in ``Staged.rows``. A sheet that is none of our tables
    is read by the recipe that ``recipes`` has for it, or by one that is guessed. Raises GraphError as ``ingest``.
    """
    shapes = shapes or load_shapes()
    name = slug(source)
    if not name:
        raise GraphError("bad-source", f"'{source}' is no name for a source.", "Use Latin letters or digits.")
    files = _files(paths)
    context = Context(
        store.base,
        name,
        {o.name: o.sha256 for o in files},
        as_of.isoformat() if as_of is not None else "",
        source.strip(),
    )
    read = _read(files, progress, skip)
    faults = read.faults
    # One pass over the store: what the batch may refer to is everything but the version that it replaces.
    graph = context.graph
    others = [quad for quad in store.quads() if quad.graph_name != graph]
    if not any(quad.graph_name == _THEMES for quad in others):
        raise GraphError(
            "no-reference-data", "The store has no themes, places and codes yet.", "Call load_reference first."
        )
    tables = read.tables
    _tell(progress, "map", 0, len(tables))
    mapped = map_tables(tables, context, References(declare(tables, context), others)) if tables else _NOTHING
    _tell(progress, "map", len(tables), len(tables))
    faults += mapped.faults
    quads, source_map = set(mapped.quads), mapped.source_map
    used: list[tuple[Sheet, Recipe]] = []
    known: Known | None = None
    for sheet, why in read.foreign:
        known = known or Known.from_quads(others)
        recipe = (recipes(sheet) if recipes is not None else None) or guess(sheet, known)
        if not recipe.usable:
            faults += why
            continue
        built = build(sheet, recipe, context, known, lambda done, of: _tell(progress, "map", done, of))
        used.append((sheet, recipe))
        quads |= built.mapped.quads
        faults += built.mapped.faults
        source_map = SourceMap(source_map.cells, {**built.mapped.source_map.rows, **source_map.rows})
        if not tables:
            shapes = shapes.without(built.explained)
    if read.statements:
        known = known or Known.from_quads(others)
        _tell(progress, "map", 0, 1)
        stated = rdf.build(read.statements, context, known, others, shapes, skip)
        _tell(progress, "map", 1, 1)
        quads |= stated.mapped.quads
        faults += stated.mapped.faults
        source_map = SourceMap(
            {**stated.mapped.source_map.cells, **source_map.cells}, {**stated.mapped.source_map.rows, **source_map.rows}
        )
        if not tables:
            shapes = shapes.without(stated.explained)
    quads |= frozenset(_describe_source(context, source))
    _tell(progress, "validate", 0, 1)
    faults += check(quads, referred(quads, others), shapes, source_map, explained=faults)
    _tell(progress, "validate", 1, 1)
    results = tuple(sorted(faults, key=_order))
    return Staged(context, files, frozenset(quads), ValidationReport(results), read.rows, tuple(used))


def _files(given: Paths | tuple[Original, ...]) -> tuple[Original, ...]:
    if isinstance(given, str | Path):
        return originals.load(given)
    read = [one for one in given if isinstance(one, Original)]
    if read:
        return tuple(sorted(read, key=lambda original: original.name))
    return originals.load([one for one in given if not isinstance(one, Original)])


@dataclass(slots=True)
class _Read:
    """What files hold: tables of ours, sheets that are none of them (and why), faults, and rows by file name."""

    tables: list[Table] = field(default_factory=list)
    foreign: list[tuple[Sheet, tuple[ValidationResult, ...]]] = field(default_factory=list)
    statements: list[Statements] = field(default_factory=list)
    faults: list[ValidationResult] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)


def _read(files: tuple[Original, ...], progress: Progress | None, skip: frozenset[RowKey]) -> _Read:
    found = _Read()
    for done, original in enumerate(files):
        _tell(progress, "read", done, len(files))
        suffix = PurePath(original.name).suffix.lower()
        reader = reader_for(suffix, original.data)
        if reader is None:
            words = {"known": ", ".join(sorted(readers()))}
            found.faults.append(fault("unknown-format", CellRef(original.name, "", 1), value=suffix, words=words))
            continue
        reading = reader.read(original.name, original.data)
        found.faults += reading.faults
        if reading.statements is not None:
            found.statements.append(reading.statements)
            found.rows[original.name] += len(set(reading.statements.rows.values()))
        for sheet in reading.sheets:
            found.rows[original.name] += len(sheet.rows)
            if skip:
                kept = tuple(row for row in sheet.rows if (original.name, sheet.name, row[0]) not in skip)
                sheet = replace(sheet, rows=kept)
            recognised = recognise(sheet, layouts())
            if any(one.rule == "unknown-table" for one in recognised.faults):
                found.foreign.append((sheet, recognised.faults))
                continue
            found.faults += recognised.faults
            if recognised.table is not None:
                found.tables.append(recognised.table)
    _tell(progress, "read", len(files), len(files))
    return found


def foreign_sheets(files: tuple[Original, ...]) -> list[Sheet]:
    """The sheets of files that are none of our tables: those for which a recipe is needed."""
    return [sheet for sheet, _ in _read(files, None, frozenset()).foreign]


def _describe_source(context: Context, source: str) -> tuple[Quad, ...]:
    graph = context.graph
    label: Literal = provenance.label(source.strip())
    return (
        Quad(graph, node("rdf:type"), node("cg:Source"), graph),
        Quad(graph, node("skos:prefLabel"), label, graph),
    )


def _order(result: ValidationResult) -> tuple[str, str, int, int, str, str, str, str]:
    """Where it is, worst first at one place; the same report whatever the order of work."""
    ref = result.ref or CellRef("", "", 0)
    order = _SEVERITY_ORDER[result.severity]
    return ref.file, ref.sheet, ref.row, order, ref.column, result.rule, result.value, result.message["en"]


def _tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)
