"""What the commands share: options, how errors are told, and which store is asked."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from graph.coverage.asof import last_day
from graph.errors import BadParameter, GraphError, UnknownName
from graph.store import Store
from graph.store.remote import RemoteStore
from graph.terms import DEFAULT_BASE
from service.workspace import Workspace, default_data_dir

F = TypeVar("F", bound=Callable[..., Any])

LANGUAGES = ["en", "ru"]


class Command(click.Command):
    """Turns the library's errors into sentences and exit codes."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except GraphError as error:
            fail(error)


class Group(click.Group):
    command_class = Command


def fail(error: GraphError) -> NoReturn:
    """Say what went wrong and what to do next; leave with 2 for wrong usage, 1 for everything else."""
    click.echo(f"commonground: {error.message}", err=True)
    if error.hint:
        click.echo(error.hint, err=True)
    if len(error.suggestions) > 1:
        click.echo("Nearest: " + "; ".join(error.suggestions), err=True)
    sys.exit(2 if isinstance(error, BadParameter | UnknownName) else 1)


def show_progress(stage: str, done: int, total: int) -> None:
    """One line a stage on standard error; on a terminal it says in the meantime how far that is."""
    if not done:
        click.echo(f"{stage} ...", err=True)
    elif done < total:
        if sys.stderr.isatty():
            # The next line is written over it.
            click.echo(f"{stage}: {100 * done // total} %\r", err=True, nl=False)
    elif total > 1:
        amount = f"{total / 1_000_000:.1f} MB" if stage == "read" else total
        click.echo(f"{stage}: {amount} done", err=True)


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


def last_day_of(_context: click.Context, _parameter: click.Parameter, text: str | None) -> date | None:
    """A day as people write it, of a month or year its last one."""
    try:
        return None if text is None else last_day(text)
    except ValueError:
        raise click.BadParameter(f"'{text}' is no date; write 2010, 2010-05 or 2010-05-12.") from None


as_of_option = click.option(
    "--as-of",
    callback=last_day_of,
    metavar="DATE",
    help="The day to speak of: 2010-05-12, or the last day of 2010-05 or 2010.",
)

as_known_option = click.option(
    "--as-known",
    callback=last_day_of,
    metavar="DATE",
    help="Ask the data as they were known here at the end of that day: what batches did since is left out.",
)


def store_options(function: F) -> F:
    """Which store is asked, in which language."""
    for option in (lang_option, url_option, base_option, data_dir_option):
        function = option(function)
    return function


def read_options(function: F) -> F:
    """The options of every command that only reads."""
    return store_options(format_option(function))


def reading(data_dir: Path, base: str, url: str | None) -> Store:
    """What a reading command asks: an endpoint, the folder, or the running service that has it open."""
    if url:
        return RemoteStore(url, base)
    return Workspace(data_dir).open_for_reading(base, show_progress)
