"""The command line: the same questions, gaps and maps as the service, over the same data folder.

Results go to standard output, progress and complaints to standard error. Exit status: 0 done, 1 the data or
the store are at fault, 2 the command was used wrongly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from graph.answer_format import to_dict, to_table
from graph.ask import ask, questions
from graph.errors import BadParameter, GraphError, UnknownName
from graph.exports import formats
from graph.gaps import find_gaps, kinds
from graph.gaps.format import gaps_table, gaps_to_dict
from graph.ingest import ingest, validate
from graph.maps import build, maps
from graph.model import Question
from graph.store import Store
from graph.store.backup import backup, restore
from graph.store.remote import RemoteStore
from graph.terms import DEFAULT_BASE
from service import output
from service.settings import Settings
from service.workspace import Workspace, default_data_dir, now

F = TypeVar("F", bound=Callable[..., Any])

LANGUAGES = ["en", "ru"]


class _Command(click.Command):
    """Turns the library's errors into sentences and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GraphError as error:
            fail(error)


class _Group(click.Group):
    command_class = _Command


def fail(error: GraphError) -> NoReturn:
    """Say what went wrong and what to do next; leave with 2 for wrong usage, 1 for everything else."""
    click.echo(f"commonground: {error.message}", err=True)
    if error.hint:
        click.echo(error.hint, err=True)
    if len(error.suggestions) > 1:
        click.echo("Nearest: " + "; ".join(error.suggestions), err=True)
    sys.exit(2 if isinstance(error, BadParameter | UnknownName) else 1)


def show_progress(stage: str, done: int, total: int) -> None:
    """One line a stage on standard error."""
    if not done:
        click.echo(f"{stage} ...", err=True)
    elif done == total and total > 1:
        click.echo(f"{stage}: {total} done", err=True)


data_dir_option = click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_data_dir,
    envvar="COMMONGROUND_DATA_DIR",
    show_default="your user data folder",
    help="Folder of the store; made, with the roundtable data in it, where it is missing.",
)
base_option = click.option(
    "--base",
    default=DEFAULT_BASE,
    envvar="COMMONGROUND_BASE",
    metavar="IRI",
    help="Base of the IRIs minted for what is ingested; ends with a slash, fixed when the folder is made.",
)
url_option = click.option(
    "--url",
    metavar="ENDPOINT",
    help="Ask this SPARQL endpoint (http://127.0.0.1:8000/sparql) instead of a folder.",
)
lang_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="en", help="Language of labels and sentences."
)
format_option = click.option(
    "--format",
    "fmt",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="A table for people, JSON or CSV for programs.",
)
as_of_option = click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day to answer for. Default: the newest day that a source in the graph speaks of.",
)


def day(moment: datetime | None) -> date | None:
    """click has no date type: the date of its datetime."""
    return moment.date() if moment else None


def read_options(function: F) -> F:
    """The options of every command that only reads."""
    for option in (format_option, lang_option, url_option, base_option, data_dir_option):
        function = option(function)
    return function


def reading(data_dir: Path, base: str, url: str | None) -> Store:
    """What a reading command asks: an endpoint, the folder, or the running service that has it open."""
    if url:
        return RemoteStore(url, base)
    return Workspace(data_dir).open_for_reading(base, show_progress)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="commonground")
def main() -> None:
    """Who works on what, where, with whom - and where collaboration is missing.

    \b
    Start the service and open http://127.0.0.1:8000 :
        commonground serve
    Ask on the command line (in a second terminal, or without the service):
        commonground ask who-works-on --theme deinstitutionalisation
        commonground ask who-works-on --theme "inclusive education" --place Bulgaria --format json
        commonground gaps not-collaborating --place Armenia
    Bring your own table (columns: see docs/how-to-ingest.md):
        commonground validate engagements.csv
        commonground ingest engagements.csv --source my-3w-2026
    """


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@data_dir_option
@base_option
def serve(host: str, port: int, data_dir: Path, base: str) -> None:
    """Run the service: pages, JSON, SPARQL.

    The first start makes the data folder and loads the reference data and the roundtable of 2010 into it;
    later starts keep what is there. Stop it with Ctrl+C.
    """
    import uvicorn

    from service.app import create_app

    workspace = Workspace(data_dir)
    store = workspace.open(base, show_progress)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}"
    workspace.announce(url)
    click.echo(f"Common Ground answers at {url}  (data in {data_dir}; stop with Ctrl+C)", err=True)
    try:
        uvicorn.run(
            create_app(Settings(host=host, port=port, data_dir=data_dir, base=base), store),
            host=host,
            port=port,
            log_level="warning",
        )
    finally:
        workspace.withdraw()
        store.close()


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
    from graph.terms import slug

    return slug(source or paths[0].resolve().stem) or "source"


@main.command("ingest")
@takes_files
@click.option("--by", default="command line", show_default=True, help="Who brings the data; recorded with the batch.")
@data_dir_option
@base_option
@lang_option
@format_option
def ingest_command(
    paths: tuple[Path, ...],
    source: str | None,
    as_of: datetime | None,
    by: str,
    data_dir: Path,
    base: str,
    lang: str,
    fmt: str,
) -> None:
    """Take tables in: all rows of all PATHS (files or folders), or, where a row is at fault, none.

    A table is recognised by its file name or its column headings (see docs/how-to-ingest.md). The same bytes
    again change nothing; a changed file of the same source replaces what it said before.
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
            as_of=day(as_of),
            keep=workspace.files,
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


@main.command("validate")
@takes_files
@read_options
def validate_command(
    paths: tuple[Path, ...],
    source: str | None,
    as_of: datetime | None,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
) -> None:
    """Say what is wrong in tables, cell by cell, and change nothing."""
    store = reading(data_dir, base, url)
    try:
        report = validate(store, list(paths), source=source_name(paths, source), as_of=day(as_of))
    finally:
        store.close()
    output.show(fmt, output.report_to_dict(report), output.report_table(report, lang))
    click.echo(f"{len(report.results)} findings" if report.results else "No findings: it would go in.", err=True)
    if not report.conforms:
        sys.exit(1)


@main.group("ask", cls=_Group)
def ask_group() -> None:
    """Ask a question. Each has its own --help.

    Themes, places, organisations are named by label in any language, by code (AM, ARM), or by IRI.
    """


def ask_command(question: Question) -> click.Command:
    """The command of one question, its options taken from the question's header."""

    @read_options
    def run(data_dir: Path, base: str, url: str | None, lang: str, fmt: str, **given: str | None) -> None:
        store = reading(data_dir, base, url)
        try:
            answer = ask(store, question.name, {k: v for k, v in given.items() if v is not None}, lang=lang)
        finally:
            store.close()
        output.show(fmt, to_dict(answer, lang), to_table(answer), output.answer_for_people(answer, lang))
        if fmt == "table":
            if not answer.rows:
                output.say("Nothing is recorded.")
            if answer.cell:
                cell = answer.cell
                output.say(f"{cell.theme.label} - {cell.place.label}: {cell.label}. {cell.reason}")
            looked_at = ", ".join(f"{what} {count}" for what, count in sorted(answer.looked_at.items()))
            output.say(f"As of {answer.as_of}; looked at: {looked_at} (generation {answer.generation}).")

    options = [
        click.Option(
            [f"--{parameter.name.replace('_', '-')}", parameter.name],
            required=parameter.required,
            metavar=parameter.kind.upper(),
            help=parameter.about.get("en", ""),
        )
        for parameter in question.parameters
    ]
    return _Command(
        question.name,
        callback=run,
        params=[*options, *getattr(run, "__click_params__", [])[::-1]],
        short_help=question.title["en"],
        help=f"{question.title['en']}.\n\n{question.about.get('en', '')}",
    )


for _question in questions().values():
    ask_group.add_command(ask_command(_question))


@main.command()
@click.argument("kind", required=False, type=click.Choice(sorted(kinds())))
@click.option("--theme", help="Only gaps of this theme and its narrower ones.")
@click.option("--place", help="Only gaps of this place, or of the places in this region.")
@as_of_option
@read_options
def gaps(
    kind: str | None,
    theme: str | None,
    place: str | None,
    as_of: datetime | None,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
) -> None:
    """List where collaboration is missing: what, how badly, why we think so, what would close it."""
    store = reading(data_dir, base, url)
    given = {name: value for name, value in (("theme", theme), ("place", place)) if value}
    try:
        found = find_gaps(store, kind, given, lang=lang, as_of=day(as_of))
    finally:
        store.close()
    output.show(fmt, gaps_to_dict(found), gaps_table(found), output.gaps_for_people(found))
    click.echo(f"{len(found)} gaps", err=True)


@main.command()
@click.argument("map_name", metavar="MAP", type=click.Choice(sorted(maps())))
@click.option("--format", "fmt", type=click.Choice(sorted(formats())), default="gexf", show_default=True)
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File. Default: MAP.FORMAT",
)
@lang_option
@data_dir_option
@base_option
@url_option
def export(map_name: str, fmt: str, target: Path | None, lang: str, data_dir: Path, base: str, url: str | None) -> None:
    """Write a network map as a file for Gephi, Cytoscape, Kumu or a spreadsheet."""
    store = reading(data_dir, base, url)
    try:
        network = build(store, map_name, lang=lang)
    finally:
        store.close()
    chosen = formats()[fmt]
    path = target or Path(f"{map_name}{chosen.suffix}")
    path.write_bytes(chosen.write(network))
    click.echo(f"{path}: {len(network.nodes)} nodes, {len(network.edges)} edges", err=True)


@main.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
@base_option
def backup_command(target: Path, data_dir: Path, base: str) -> None:
    """Write everything - facts, provenance, original files - into one archive TARGET (.tar.gz)."""
    store = Workspace(data_dir).open(base, show_progress)
    try:
        manifest = backup(store, data_dir, target)
    finally:
        store.close()
    click.echo(f"{target}: {manifest.quads} facts, generation {manifest.generation}", err=True)


@main.command("restore")
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_dir_option
def restore_command(archive: Path, data_dir: Path) -> None:
    """Put an archive back into an empty or missing data folder; a damaged archive is refused."""
    manifest = restore(archive, data_dir)
    Workspace(data_dir).mark(manifest.base)
    click.echo(f"{data_dir}: {manifest.quads} facts, generation {manifest.generation}", err=True)
