"""``recipes``: how others' sheets are read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from graph.errors import BadParameter
from graph.ingest import originals
from graph.ingest.arrivals import read as read_files
from graph.ingest.recipes import Known, guess, to_csvw
from graph.ingest.recipes.shelf import read
from service import output
from service.cli.options import Group, base_option, data_dir_option, format_option, reading
from service.workspace import Workspace


@click.group("recipes", cls=Group)
def recipes_group() -> None:
    """See, make and save how sheets are read that are not in our tables (docs/recipes.md)."""


@recipes_group.command("list")
@data_dir_option
@format_option
def list_command(data_dir: Path, fmt: str) -> None:
    """The saved recipes."""
    found = Workspace(data_dir).shelf.all()
    rows = [[one.name, str(sum(bool(use.meaning) for use in one.uses)), str(len(one.uses))] for one in found]
    output.show(fmt, {"recipes": [to_csvw(one) for one in found]}, (["Name", "Columns used", "Columns"], rows))


@recipes_group.command("show")
@click.argument("name")
@data_dir_option
def show_command(name: str, data_dir: Path) -> None:
    """One of them, as a CSVW table schema."""
    click.echo(json.dumps(to_csvw(Workspace(data_dir).shelf.load(name)), ensure_ascii=False, indent=1))


@recipes_group.command("guess")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--sheet", type=click.IntRange(1), default=1, show_default=True, help="Which sheet that is not ours.")
@data_dir_option
@base_option
def guess_command(file: Path, sheet: int, data_dir: Path, base: str) -> None:
    """How a FILE would be read; write it into a .json file, correct it, and use that with ingest --recipe."""
    store = reading(data_dir, base, None)
    try:
        known = Known.from_quads(list(store.quads()))
    finally:
        store.close()
    sheets = [found for found, _ in read_files(originals.load(file)).foreign]
    if len(sheets) < sheet:
        raise BadParameter("no-sheet", f"{file.name} has {len(sheets)} sheets that are none of our tables.")
    click.echo(json.dumps(to_csvw(guess(sheets[sheet - 1], known)), ensure_ascii=False, indent=1))


@recipes_group.command("save")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("name")
@data_dir_option
def save_command(file: Path, name: str, data_dir: Path) -> None:
    """Keep the recipe of a FILE (.json) under a NAME: files of that shape are then read by it."""
    saved = Workspace(data_dir).shelf.save(read(file), name)
    click.echo(f"saved: {saved.name}", err=True)


@recipes_group.command("remove")
@click.argument("name")
@data_dir_option
def remove_command(name: str, data_dir: Path) -> None:
    """Forget a saved recipe."""
    Workspace(data_dir).shelf.remove(name)
    click.echo(f"removed: {name}", err=True)
