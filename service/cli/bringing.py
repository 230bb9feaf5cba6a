"""``ingest`` and ``validate``: tables go in, or are told what is wrong with them."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import click

from graph.ingest import ingest, validate
from graph.terms import slug
from service import output
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
    help="The files are a new version of the whole source: what they no longer have is withdrawn.",
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
    data_dir: Path,
    base: str,
    lang: str,
    fmt: str,
) -> None:
    """Take tables in: all rows of all PATHS (files or folders), or, where a row is at fault, none.

    A table is recognised by its file name or its column headings (see docs/how-to-ingest.md). The same bytes
    again change nothing; a changed file of the same source replaces what it said before. Records that are
    missing from it are withdrawn only with --replace.
    """
    workspace = Workspace(data_dir)
    store = workspace.open(base, show_progress)
    try:
        batch = ingest(
            store,
            list(paths),
            source=source_name(paths, source),
            by=by,
            clock=now,
            as_of=as_of,
            keep=workspace.files,
            replace=replace,
            progress=show_progress,
        )
    finally:
        store.close()
    summary = {
        "status": batch.status,
        "source": batch.source,
        "batch": batch.iri,
        "files": dict(batch.files),
        "rows": batch.rows,
        "added": batch.added,
        "removed": batch.removed,
        "generation": batch.generation,
        "report": output.report_to_dict(batch.report),
    }
    output.show(fmt, summary, output.report_table(batch.report, lang))
    click.echo(
        f"{batch.status}: {batch.rows} rows of {batch.source}; {batch.added} facts added, "
        f"{batch.removed} taken out (generation {batch.generation})",
        err=True,
    )
    if not batch.report.conforms:
        click.echo("Nothing was changed. Correct the cells named above and run the command again.", err=True)
        sys.exit(1)


@click.command("validate", cls=Command)
@takes_files
@read_options
def validate_command(
    paths: tuple[Path, ...],
    source: str | None,
    as_of: date | None,
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
    output.show(fmt, output.report_to_dict(report), output.report_table(report, lang))
    click.echo(output.verdict(report), err=True)
    if not report.conforms:
        sys.exit(1)
