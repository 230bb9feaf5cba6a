"""Ingestion: files -> tables -> staged quads -> report -> one write of the source's graph, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path

from pyoxigraph import NamedNode, Quad

from graph.batches import history
from graph.errors import GraphError
from graph.ingest import keeping, originals, provenance, rdf
from graph.ingest.arrivals import Progress, RowKey, read
from graph.ingest.lookup import References
from graph.ingest.mapping import Mapped, SourceMap, map_tables
from graph.ingest.originals import Original
from graph.ingest.readers import Sheet
from graph.ingest.recipes import Known, Recipe, build, guess
from graph.ingest.records import Context, declare
from graph.ingest.validation import Shapes, check, load_shapes, referred
from graph.judgements import GRAPH as JUDGEMENTS
from graph.judgements import Judgements, redirected
from graph.model import Batch, CellRef, Severity, ValidationReport, ValidationResult
from graph.store import Change, Readable, Store, difference
from graph.terms import REFERENCE_BASE, node, slug

Paths = Path | str | Iterable[Path | str]
#: The recipe that somebody saved or chose for a sheet; None where it is to be guessed.
Recipes = Callable[[Sheet], Recipe | None]

_THEMES = NamedNode(REFERENCE_BASE + "theme")
_NOTHING = Mapped(frozenset(), SourceMap(), (), 0, frozenset())
_SEVERITY_ORDER = {severity: order for order, severity in enumerate(Severity)}


@dataclass(frozen=True, slots=True)
class Staged:
    """A batch that is read and checked and not written: what its source's graph would be (``quads``), what it is now
    (``before``), and all else that the store has."""

    context: Context
    originals: tuple[Original, ...]
    quads: AbstractSet[Quad]
    before: frozenset[Quad]
    others: list[Quad]
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
    change = difference(staged.before, staged.quads)

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


def _refuse_to_withdraw(change: Change, after: AbstractSet[Quad], source: str) -> None:
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
    came = read(files, progress, skip)
    faults = came.faults
    # One pass over the store: what the batch may refer to is everything but the version that it replaces.
    graph = context.graph
    others: list[Quad] = []
    own: dict[Quad, Quad] = {}
    for quad in store.quads():
        if quad.graph_name == graph:
            own[quad] = quad
        else:
            others.append(quad)
    before = frozenset(own)
    if not any(quad.graph_name == _THEMES for quad in others):
        raise GraphError(
            "no-reference-data", "The store has no themes, places and codes yet.", "Call load_reference first."
        )
    tables = came.tables
    _tell(progress, "map", 0, len(tables))
    judgements = NamedNode(context.base + JUDGEMENTS)
    judged = Judgements.from_quads(quad for quad in others if quad.graph_name == judgements)
    kept = keeping.statements(came.lines, before, graph)
    mapped = _NOTHING
    if tables:
        mapped = map_tables(tables, context, References((*declare(tables, context), *kept.quads), others))
    _tell(progress, "map", len(tables), len(tables))
    faults += [*kept.faults, *mapped.faults]
    quads, source_map = dict.fromkeys(mapped.quads), mapped.source_map
    used: list[tuple[Sheet, Recipe]] = []
    known: Known | None = None
    for sheet, why in came.foreign:
        known = known or _known(others, before, judged, judgements)
        recipe = (recipes(sheet) if recipes is not None else None) or guess(sheet, known)
        if not recipe.usable:
            faults += why
            continue
        built = build(sheet, recipe, context, known, lambda done, of: _tell(progress, "map", done, of), own)
        used.append((sheet, recipe))
        quads |= dict.fromkeys(built.mapped.quads)
        faults += built.mapped.faults
        source_map = SourceMap(source_map.cells, {**built.mapped.source_map.rows, **source_map.rows})
        if not tables:
            shapes = shapes.without(built.explained)
        del built  # What it has of many statements is in the way of what follows.
    if came.statements:
        known = known or _known(others, before, judged, judgements)
        _tell(progress, "map", 0, 1)
        stated = rdf.build(came.statements, context, known, others, shapes, skip)
        _tell(progress, "map", 1, 1)
        quads |= dict.fromkeys(stated.mapped.quads)
        faults += stated.mapped.faults
        source_map = SourceMap(
            {**stated.mapped.source_map.cells, **source_map.cells}, {**stated.mapped.source_map.rows, **source_map.rows}
        )
        if not tables:
            shapes = shapes.without(stated.explained)
    quads |= dict.fromkeys(_describe_source(context, source, before))
    # What was merged does not come back under its old IRI.
    said = redirected(quads, judged.redirects) if judged.redirects else quads.keys()
    del quads, mapped
    stays = keeping.with_their_records(kept.quads, said, before)
    _tell(progress, "validate", 0, 1)
    # What stays was there already and is not judged again; what refers to it is.
    faults += check(
        said,
        referred(said, [*others, *stays]),
        shapes,
        source_map,
        explained=faults,
        advance=lambda done, of: _tell(progress, "validate", done, of),
    )
    _tell(progress, "validate", 1, 1)
    results = tuple(sorted(faults, key=_order))
    after = keeping.keep_origins(before, said | stays if stays else said)
    return Staged(context, files, after, before, others, ValidationReport(results), came.rows, tuple(used))


def _known(others: list[Quad], before: frozenset[Quad], judged: Judgements, judgements: NamedNode) -> Known:
    # That something leads elsewhere does not describe it.
    told = [quad for quad in others if quad.graph_name != judgements]
    return Known.from_quads(told, judged.apart(chain(others, before)))


def _files(given: Paths | tuple[Original, ...]) -> tuple[Original, ...]:
    if isinstance(given, str | Path):
        return originals.load(given)
    loaded = [one for one in given if isinstance(one, Original)]
    if loaded:
        return tuple(sorted(loaded, key=lambda original: original.name))
    return originals.load([one for one in given if not isinstance(one, Original)])


def _describe_source(context: Context, source: str, before: frozenset[Quad]) -> frozenset[Quad]:
    graph = context.graph
    names = keeping.name_of_source(before, graph, provenance.label(source.strip()), context.source)
    called = {Quad(graph, node("skos:prefLabel"), name, graph) for name in names}
    return frozenset({Quad(graph, node("rdf:type"), node("cg:Source"), graph), *called})


def _order(result: ValidationResult) -> tuple[str, str, int, int, str, str, str, str]:
    """Where it is, worst first at one place; the same report whatever the order of work."""
    ref = result.ref or CellRef("", "", 0)
    order = _SEVERITY_ORDER[result.severity]
    return ref.file, ref.sheet, ref.row, order, ref.column, result.rule, result.value, result.message["en"]


def _tell(progress: Progress | None, stage: str, done: int, total: int) -> None:
    if progress is not None:
        progress(stage, done, total)
