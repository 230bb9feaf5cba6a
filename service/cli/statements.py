"""``state``: what people state of a theme in a place, or confirm of work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import click

from graph.errors import BadParameter
from graph.names import Names
from graph.projection import projection_of
from graph.statements import Book, FaultyStatement, cautions, read, record, withdraw
from service import output
from service.cli.options import (
    F,
    Group,
    base_option,
    data_dir_option,
    format_option,
    lang_option,
    reading,
    show_progress,
)
from service.statement_view import WORDS, as_json, engagements_of
from service.workspace import Workspace, now


@click.group("state", cls=Group)
def state_group() -> None:
    """Record what somebody told you of a theme in a place, with who said it and when (docs/statements.md).

    While a service has the data folder open, record it on its page /statements instead; list shows it beside it.
    """


_by_option = click.option("--by", default="command line", show_default=True, help="Who records it.")


def _says(function: F) -> F:
    for option in (
        base_option,
        data_dir_option,
        lang_option,
        _by_option,
        click.option("--note", metavar="TEXT", default="", help="A word on it."),
        click.option("--source", metavar="TEXT", default="", help="A document or web address that says so."),
        click.option("--day", metavar="DATE", required=True, help="The day it holds: 2026-11-25, 2026-11 or 2026."),
        click.option("--who", metavar="NAME", required=True, help="Who says so; everybody can read it."),
    ):
        function = option(function)
    return function


def _of_a_cell(function: F) -> F:
    for option in (
        click.option("--place", metavar="TEXT", required=True, multiple=True, help="Where; may be repeated."),
        click.option("--theme", metavar="TEXT", required=True, multiple=True, help="On what; may be repeated."),
    ):
        function = option(function)
    return function


def _record(say: str, data_dir: Path, base: str, lang: str, by: str, **asked: str | tuple[str, ...]) -> None:
    fields = {name: [text] if isinstance(text, str) else [*text] for name, text in asked.items() if text}
    store = Workspace(data_dir).open(base, show_progress)
    try:
        names, projection = Names.of(store), projection_of(store)
        # East of us it may be tomorrow.
        today = (now() + timedelta(hours=14)).date()
        try:
            said = read(store, names, projection, {**fields, "say": [say]}, today, lang)
        except FaultyStatement as error:
            raise BadParameter(error.code, error.sentence(lang), error.hint, error.suggestions) from None
        for one in cautions(store, names, projection, said, lang):
            click.echo(one.message[lang], err=True)
        iri, change = record(store, said, by=by, clock=now)
        store.write(change)
    finally:
        store.close()
    click.echo(f"recorded: {iri}" if change else f"stated already: {iri}", err=True)


def _command(name: str, say: str, about: str) -> None:
    def command(**given: object) -> None:
        _record(say, **given)  # type: ignore[arg-type]

    decorated: Callable[..., None] = _of_a_cell(_says(command))
    decorated.__doc__ = about
    state_group.command(name)(decorated)


_command("absence", "absence", "Nobody works on a theme in a place.")
_command("not-needed", "not-needed", "A theme is not needed in a place.")
_command("complete", "complete", "A source names everybody for a theme in a place.")


@state_group.command("confirm")
@click.option("--engagement", metavar="IRI", multiple=True, help="What still goes on; may be repeated.")
@click.option("--organisation", metavar="TEXT", default="", help="All of this organisation's that are about to lapse.")
@click.option("--theme", metavar="TEXT", default="", help="With --place: all there that are about to lapse.")
@click.option("--place", metavar="TEXT", default="")
@_says
def confirm_command(**given: object) -> None:
    """Work that was last stated long ago still goes on. What has ended stays ended."""
    _record("confirm", **given)  # type: ignore[arg-type]


@state_group.command("list")
@data_dir_option
@base_option
@lang_option
@format_option
def list_command(data_dir: Path, base: str, lang: str, fmt: str) -> None:
    """What was stated, the newest first, withdrawn statements included."""
    store = reading(data_dir, base, None)
    try:
        names, book = Names.of(store), Book.of_store(store)
        engagements = engagements_of(store, book.all)
        told = [as_json(one, names, engagements, lang) for one in book.all]
    finally:
        store.close()
    headings = ["Statement", "What", "Of", "Who says so", "As of", "Recorded by", "When", "Withdrawn"]
    rows = [
        [
            one["id"],
            WORDS[one["say"]].title,
            "; ".join(thing["label"] for kind in ("themes", "places", "engagements") for thing in one[kind]),
            *(one[name] for name in ("who", "day", "by", "at", "withdrawn")),
        ]
        for one in told
    ]
    output.show(fmt, {"statements": told}, (headings, rows))
    if fmt == "table" and not rows:
        output.say("Nothing was stated yet.")


@state_group.command("withdraw")
@click.argument("statement")
@_by_option
@data_dir_option
@base_option
def withdraw_command(statement: str, by: str, data_dir: Path, base: str) -> None:
    """Withdraw a STATEMENT (its ID of list): the data are as if it had never been made; history keeps it."""
    store = Workspace(data_dir).open(base, show_progress)
    try:
        iri = Book.of_store(store).iri_of(statement)
        store.write(withdraw(store, iri, by=by, clock=now))
    finally:
        store.close()
    click.echo(f"withdrawn: {iri}", err=True)
