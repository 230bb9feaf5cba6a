"""``template`` and ``workbook``: what is filled in, and what sources say in the same form."""

from __future__ import annotations

from pathlib import Path

import click

from graph.workbooks.exporting import export, sources
from graph.workbooks.sheets import template
from service.cli.options import Command, base_option, data_dir_option, lang_option, reading, url_option
from service.output import counted


@click.command("template", cls=Command)
@click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("template.xlsx"),
    show_default=True,
    help="File.",
)
@lang_option
def template_command(target: Path, lang: str) -> None:
    """Write an empty workbook to fill in: a sheet for each table, with notes, lists and examples."""
    target.write_bytes(template(lang))
    click.echo(f"{target}: fill it in, then: commonground ingest {target} --source NAME", err=True)


@click.command("workbook", cls=Command)
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--output",
    "-o",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="Folder. Default: the current one.",
)
@lang_option
@data_dir_option
@base_option
@url_option
def workbook_command(
    names: tuple[str, ...], folder: Path, lang: str, data_dir: Path, base: str, url: str | None
) -> None:
    """Write what sources say - all of them, or those named - as workbooks to edit and bring back.

    Each is SOURCE.xlsx. Brought back unchanged under the same source it changes nothing; an edited row changes its
    record alone.
    """
    store = reading(data_dir, base, url)
    try:
        for name in names or sources(store):
            made = export(store, name, lang)
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{name}.xlsx"
            path.write_bytes(made.data)
            rest = f", {counted(made.kept, 'statement')} that fit into no column" if made.kept else ""
            click.echo(f"{path}: {counted(made.rows, 'row')}{rest}", err=True)
    finally:
        store.close()
