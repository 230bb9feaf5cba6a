"""``ingest`` and ``validate``: tables go in, or are told what is wrong with them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import click

from graph.batches import folder as places
from graph.batches import report as reports
from graph.batches import returning
from graph.batches.bench import LocalBench
from graph.batches.folder import Folders, plain_name
from graph.batches.marked import mark_beside, workbook
from graph.batches.reading import choose
from graph.batches.record import ALL, GOOD_ROWS
from graph.batches.states import State
from graph.ingest import originals, validate
from graph.ingest.recipes.shelf import read as read_recipe
from graph.terms import slug
from service import batch_output, output
from service.cli.options import (
    Command,
    F,
    as_of_option,
    base_option,
    data_dir_option,
    format_option,
    lang_option,
    read_options,
    reading,
    show_progress,
)
from service.workspace import Workspace, now

ingest_options = [
    click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)),
    click.option(
        "--source",
        metavar="NAME",
        help="Short name of the source; its facts are replaced together. Default: the file's name.",
    ),
    as_of_option,
]


def takes_files(function: F) -> F:
    for option in reversed(ingest_options):
        function = option(function)
    return function


def source_name(paths: tuple[Path, ...], source: str | None) -> str:
    return slug(source or paths[0].resolve().stem) or "source"


@click.command("ingest", cls=Command)
@takes_files
@click.option("--by", default="command line", show_default=True, help="Who brings the data; recorded with the batch.")
@click.option(
    "--replace",
    is_flag=True,
    help="The files are a new version of the whole source: what they no longer have becomes history.",
)
@click.option(
    "--good-rows", is_flag=True, help="Take the rows without a fault; without this a fault stops all of them."
)
@click.option(
    "--accept/--preview",
    "accept",
    default=None,
    help="Take it in without asking, or only show what would change. Default: ask on a terminal, otherwise take it in.",
)
@click.option(
    "--rejected",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the rejected rows into this workbook (.xlsx), each fault beside its cell.",
)
@click.option(
    "--recipe",
    metavar="NAME",
    default="",
    help="Read sheets that are not in our tables by this recipe: a saved one, or a file (.json). Default: a saved one "
    "that fits, else a guess.",
)
@click.option(
    "--marked",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write your own workbooks (.xlsx, .xlsm) into this folder, with the faults marked in them.",
)
@data_dir_option
@base_option
@lang_option
@format_option
def ingest_command(
    paths: tuple[Path, ...],
    source: str | None,
    as_of: date | None,
    by: str,
    replace: bool,
    good_rows: bool,
    accept: bool | None,
    rejected: Path | None,
    recipe: str,
    marked: Path | None,
    data_dir: Path,
    base: str,
    lang: str,
    fmt: str,
) -> None:
    """Take tables in: all rows of all PATHS (files or folders), or, where a row is at fault, none.

    Shows what would change, then takes it in: on a terminal it asks first. A table is recognised by its file name or
    its column headings (see docs/how-to-ingest.md); any other sheet is read by a recipe (see docs/recipes.md). The same
    bytes again change nothing; a changed file of the same source replaces what it said before. Records that are missing
    from it are withdrawn only with --replace.
    """
    workspace = Workspace(data_dir)
    by_file = read_recipe(Path(recipe)) if recipe.endswith(".json") else None
    if recipe and by_file is None:
        workspace.shelf.load(recipe)
    store = workspace.open(base, show_progress)
    try:
        bench = LocalBench(Folders(workspace.batches, now), workspace.files, store)
        bench.recover()
        record = bench.folders.receive(
            originals.load(list(paths)),
            source=source_name(paths, source),
            by=by,
            as_of=as_of.isoformat() if as_of else "",
            policy=GOOD_ROWS if good_rows else ALL,
            replace_source=replace,
            recipe="" if by_file else recipe,
        )
        if by_file is not None:
            choose(bench.folders.path(record.id), by_file)
        record = bench.stage(record, show_progress)
        if record.state is State.PREVIEWED:
            if accept is None and sys.stdin.isatty() and sys.stdout.isatty():
                batch_output.preview(bench.folders, record)
                accept = click.confirm("Take it in?", default=True, err=True)
            if accept is not False:
                record = bench.accept(record, by, replace_source=replace, progress=show_progress)
    finally:
        store.close()
    rows = bench.folders.read(record.id, places.REPORT) or []
    if rejected is not None:
        sheets = bench.folders.read(record.id, places.REJECTED) or []
        rejected.write_bytes(returning.as_workbook(sheets, rows, lang))
    if marked is not None:
        mark_files(marked, bench.folders.originals(record), rows, lang)
    report = reports.from_rows(rows)
    if fmt == "table" and record.state is State.PREVIEWED and not sys.stdin.isatty():
        batch_output.preview(bench.folders, record)
    output.show(fmt, batch_output.summary(bench.folders, record, base, report), output.report_table(report, lang))
    click.echo(batch_output.sentence(record, base), err=True)
    if record.state is State.REJECTED:
        click.echo("Nothing was changed. Correct the cells named above and run the command again.", err=True)
        sys.exit(1)


def mark_files(folder: Path, files: tuple[originals.Original, ...], rows: list[dict[str, Any]], lang: str) -> None:
    """Write those of the files that are workbooks, with their faults marked."""
    folder.mkdir(parents=True, exist_ok=True)
    for original in files:
        if workbook(original.name):
            path = Path(plain_name(original.name))
            target = folder / f"{path.stem}-marked{path.suffix}"  # Never over the file itself.
            why = mark_beside(target, original.name, original.data, rows, lang)
            click.echo(f"{original.name}: not marked. {why}" if why else f"{target}: the faults are marked", err=True)


@click.command("validate", cls=Command)
@takes_files
@click.option(
    "--marked",
    metavar="FOLDER",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write your own workbooks (.xlsx, .xlsm) into this folder, with the faults marked in them.",
)
@read_options
def validate_command(
    paths: tuple[Path, ...],
    source: str | None,
    as_of: date | None,
    marked: Path | None,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
) -> None:
    """Say what is wrong in tables, cell by cell, and change nothing."""
    store = reading(data_dir, base, url)
    try:
        report = validate(store, list(paths), source=source_name(paths, source), as_of=as_of)
    finally:
        store.close()
    if marked is not None:
        mark_files(marked, originals.load(list(paths)), reports.to_rows(report.results), lang)
    output.show(fmt, output.report_to_dict(report), output.report_table(report, lang))
    click.echo(output.verdict(report), err=True)
    if not report.conforms:
        sys.exit(1)
