"""Works out what a batch would change, and puts it into the batch's folder. Reads a store, writes to none."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import date
from itertools import chain
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from pyoxigraph import Quad

from graph.batches import difference as differences
from graph.batches import folder as places
from graph.batches import report as reports
from graph.batches.difference import About
from graph.batches.reading import recipes_for, used
from graph.batches.record import GOOD_ROWS, Outcome, Record
from graph.durable import whole, write_whole
from graph.ingest.arrivals import Progress, RowKey
from graph.ingest.originals import Original
from graph.ingest.pipeline import Recipes, Staged, stage
from graph.ingest.rdf import as_sheet
from graph.ingest.readers import reader_for
from graph.model import Severity, ValidationResult
from graph.names import Names
from graph.store import Change, Readable, difference
from graph.store.fingerprint import fingerprint
from graph.uncollected import uncollected

#: Rounds in which rows are taken out; each takes at least one, and what refers to it goes in the next.
_MOST_ROUNDS = 50
#: Bytes that are copied at a time.
_COPIED = 1024 * 1024


@uncollected()
def prepare(
    path: Path, record: Record, files: tuple[Original, ...], store: Readable, generation: int, progress: Progress
) -> Outcome:
    """Stage a batch against one state of a store. Its findings are in its folder when this returns; ``outcome.json``
    is written last, so where that is there everything is. Raises GraphError for what could not be looked into."""
    for marked in path.glob(f"{places.MARKED}*"):
        marked.unlink(missing_ok=True)
    staged, rejected, results = _stage(record, files, store, progress, recipes_for(path, record))
    conforms = not any(one.severity is Severity.VIOLATION for one in staged.report.results)
    progress("compare", 0, 1)
    rows = sum(staged.rows.values())
    out = len(rejected) if conforms else rows
    assert rows >= out, "a row that is rejected is a row that came"
    before = staged.before
    after = staged.quads if conforms else before
    # Of a source that is new all that it says comes in.
    change = difference(before, after) if before else Change(added=after)
    old, new = differences.about(before), differences.about(after)
    names = Names.from_quads(chain(staged.others, before, change.added))
    removed = differences.about(change.removed)
    added = new if len(change.added) == len(after) else differences.about(change.added)
    # First by record, then line by line.
    records_of, lines_of = len(old.keys() | new.keys()), len(removed) + len(added) + 1

    def tell(done: int) -> None:
        progress("compare", done, records_of + lines_of)

    counted, records = differences.by_record(old, new, names, tell)
    _put(path / places.PREVIEW, records)
    del records, names
    digest = _keep(path, staged.quads, removed, added, lambda done: tell(records_of + min(done, lines_of - 1)))
    faulty = {key for one in results if one.severity is Severity.VIOLATION if (key := _key(one)) is not None}
    returned = faulty_rows(files, rejected or faulty)
    by_severity = Counter(one.severity for one in results)
    outcome = Outcome(
        generation=generation,
        digest=digest,
        before=fingerprint(before),
        rows=rows,
        accepted_rows=rows - out,
        rejected_rows=out,
        faulty_rows=sum(len(sheet["rows"]) for sheet in returned),
        conforms=conforms,
        added=len(change.added),
        removed=len(change.removed),
        created=counted.created,
        changed=counted.changed,
        withdrawn=counted.withdrawn,
        unchanged=counted.unchanged,
        violations=by_severity[Severity.VIOLATION],
        warnings=by_severity[Severity.WARNING],
        infos=by_severity[Severity.INFO],
        rows_by_file=dict(staged.rows),
    )
    _put(path / places.REPORT, reports.to_rows(results))
    _put(path / places.REJECTED, returned)
    _put(path / places.RECIPES, used(staged.recipes))
    _put(path / places.OUTCOME, asdict(outcome))
    progress("compare", 1, 1)
    return outcome


def _stage(
    record: Record, files: tuple[Original, ...], store: Readable, progress: Progress, recipes: Recipes
) -> tuple[Staged, frozenset[RowKey], list[ValidationResult]]:
    """The staged batch, the rows that stay out of it, and every fault: of those rows too."""
    as_of = date.fromisoformat(record.as_of) if record.as_of else None

    def once(skip: frozenset[RowKey]) -> Staged:
        return stage(store, files, source=record.title, as_of=as_of, progress=progress, skip=skip, recipes=recipes)

    staged = once(frozenset())
    skip: frozenset[RowKey] = frozenset()
    of_skipped: list[ValidationResult] = []
    mendable = True
    for _ in range(_MOST_ROUNDS):
        violations = [one for one in staged.report.results if one.severity is Severity.VIOLATION]
        if record.policy != GOOD_ROWS or not violations:
            break
        keys = {_key(one) for one in violations}
        bad = {key for key in keys if key is not None} - skip
        if not bad or None in keys:
            # A fault of a heading or a whole file: no row that could stay out would mend it.
            mendable = False
            break
        of_skipped += [one for one in staged.report.results if _key(one) in bad]
        skip |= bad
        del staged  # A large batch would be held twice.
        staged = once(skip)
    rows = frozenset(_data_rows(files, skip))
    if skip and (rows != skip or len(rows) == sum(staged.rows.values()) or not staged.report.conforms):
        mendable = False
    if not mendable:
        staged = once(frozenset()) if skip else staged
        return staged, frozenset(), list(staged.report.results)
    return staged, skip, sorted([*of_skipped, *staged.report.results], key=_place)


def _key(one: ValidationResult) -> RowKey | None:
    return (one.ref.file, one.ref.sheet, one.ref.row) if one.ref is not None and one.ref.row else None


def _place(one: ValidationResult) -> tuple[str, str, int, str, str]:
    ref = one.ref
    return (ref.file, ref.sheet, ref.row, ref.column, one.rule) if ref else ("", "", 0, "", one.rule)


def _data_rows(files: Iterable[Original], wanted: frozenset[RowKey]) -> Iterable[RowKey]:
    for sheet in faulty_rows(files, wanted) if wanted else ():
        for row in sheet["rows"]:
            yield sheet["file"], sheet["sheet"], row["row"]


def faulty_rows(files: Iterable[Original], wanted: Iterable[RowKey]) -> list[dict[str, Any]]:
    """Those rows as they stood in their files: for each sheet its headings and rows, cells in their order."""
    keys = set(wanted)
    found: list[dict[str, Any]] = []
    for original in files if keys else ():
        reader = reader_for(PurePath(original.name).suffix.lower(), original.data)
        if reader is None:
            continue
        reading = reader.read(original.name, original.data)
        sheets = reading.sheets
        if reading.statements is not None:
            wanted_here = {row for file, _, row in keys if file == original.name}
            sheets = (as_sheet(reading.statements, wanted_here),)
        for sheet in sheets:
            rows = [
                {"row": number, "cells": list(cells)}
                for number, cells in sheet.rows
                if (original.name, sheet.name, number) in keys
            ]
            if rows:
                found.append({"file": original.name, "sheet": sheet.name, "headers": list(sheet.headers), "rows": rows})
    return found


def _put(path: Path, content: Any) -> None:
    write_whole(path, (json.dumps(content, ensure_ascii=False) + "\n").encode())


def _keep(path: Path, staged: AbstractSet[Quad], removed: About, added: About, advance: Callable[[int], None]) -> str:
    """Write what the source's graph would be, and the difference; returns the name of the difference."""
    with whole(path / places.DIFFERENCE) as file:
        digest = differences.digest_of(_written(differences.to_pieces(removed, added), file, advance))
    with whole(path / places.STAGED) as file:
        # Where nothing stays as it was both have the same lines, and they are made once.
        same = len(staged) == sum(map(len, added.values()))
        lines = differences.kept(path / places.DIFFERENCE).added.pieces(_COPIED) if same else ()
        for piece in lines or differences.sorted_lines(differences.about(staged)):
            file.write(piece)
    return digest


def _written(pieces: Iterable[bytes], file: BinaryIO, advance: Callable[[int], None]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces):
        file.write(piece)
        yield piece
        advance(number * differences.SUBJECTS)
