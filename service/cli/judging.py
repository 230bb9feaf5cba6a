"""``judge``: which things may be the same, what was judged of that, and taking it back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from graph.judgements import Judgements, Search, judge, undo
from graph.judgements.book import VERDICTS
from graph.names import Names
from service import output
from service.cli.options import Command, Group, base_option, data_dir_option, read_options, reading, show_progress
from service.workspace import Workspace, now

_KIND = click.option(
    "--kind",
    type=click.Choice(["organisation", "theme", "place", "person"]),
    default="organisation",
    show_default=True,
    help="Kind of things.",
)
_BY = click.option("--by", default="command line", show_default=True, help="Who judges; kept with the judgement.")


@click.group("judge", cls=Group)
def judge_group() -> None:
    """Say which things are the same and which are not, and take it back.

    While a service has the data folder open, judge on its page /judgements; pairs and list work beside it.
    """


@judge_group.command("pairs", cls=Command)
@_KIND
@click.option(
    "--seconds", type=click.FloatRange(min=0), default=60.0, show_default=True, help="Longest time to compare."
)
@read_options
def pairs_command(kind: str, seconds: float, data_dir: Path, base: str, url: str | None, lang: str, fmt: str) -> None:
    """List pairs that may be the same and that nobody has judged, likeliest first."""
    store = reading(data_dir, base, url)
    try:
        book, search = Judgements.of_store(store), Search.of(kind, store.quads())
    finally:
        store.close()
    search.go_on(book, seconds)
    found = search.pairs(book)
    told = [
        {"left": one.left, "right": one.right, "labels": [one.left_label, one.right_label], "score": one.score}
        | {"why": dict(one.why)}
        for one in found
    ]
    rows: list[list[Any]] = [
        [one.left_label, one.right_label, round(one.score), one.why[lang], one.left, one.right] for one in found
    ]
    output.show(fmt, told, (["Left", "Right", "Score", "Why", "IRI of the left", "IRI of the right"], rows))
    click.echo(f"Compared {search.done} of {search.total}; {len(found)} pairs.", err=True)


@judge_group.command("list", cls=Command)
@read_options
def list_command(data_dir: Path, base: str, url: str | None, lang: str, fmt: str) -> None:
    """List what was judged, newest first."""
    store = reading(data_dir, base, url)
    try:
        book, names = Judgements.of_store(store), Names.of(store)
    finally:
        store.close()
    headings = ["judgement", "verdict", "left", "right", "by", "at", "note", "undone"]
    rows = [
        [one.iri, one.verdict, one.left, one.right, names.thing(one.by, lang).label, one.at, one.note, one.undone]
        for one in reversed(book.all)
    ]
    output.show(fmt, [dict(zip(headings, row, strict=True)) for row in rows], (headings, rows))


@judge_group.command("make", cls=Command)
@click.argument("verdict", type=click.Choice(VERDICTS))
@click.argument("left")
@click.argument("right")
@_KIND
@click.option("--note", default="", help="Why, if that helps others.")
@_BY
@data_dir_option
@base_option
def make_command(verdict: str, left: str, right: str, kind: str, note: str, by: str, data_dir: Path, base: str) -> None:
    """Judge whether LEFT and RIGHT (names, codes or IRIs) are the same. "same" merges LEFT into RIGHT."""
    store = Workspace(data_dir).open(base, show_progress)
    try:
        names = Names.of(store)
        one, other = names.resolve(kind, left).iri, names.resolve(kind, right).iri
        made, change = judge(store, one, other, verdict, by=by, clock=now, note=note)
        store.write(change)
    finally:
        store.close()
    click.echo(f"{verdict}: {made}", err=True)


@judge_group.command("undo", cls=Command)
@click.argument("judgement")
@_BY
@data_dir_option
@base_option
def undo_command(judgement: str, by: str, data_dir: Path, base: str) -> None:
    """Take a judgement back, by its IRI: what was merged is apart again, as it was."""
    store = Workspace(data_dir).open(base, show_progress)
    try:
        store.write(undo(store, judgement, by=by, clock=now))
    finally:
        store.close()
    click.echo(f"undone: {judgement}", err=True)
