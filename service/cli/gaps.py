"""``gaps``: where collaboration is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from graph.gaps import find_gaps, kinds
from graph.gaps.format import gaps_table, gaps_to_dict
from graph.gaps.weights import read_weights
from graph.projection import projection_of
from service import output
from service.cli.options import Command, F, as_of_option, reading, store_options

_ABOUT = {
    "theme": "Only gaps of this theme and its narrower ones.",
    "place": "Only gaps of this place, or of the places in this region.",
    "organisation": "Only gaps of this organisation or its units.",
}
_FILTERS = dict.fromkeys([*_ABOUT, *sorted({p.name for kind in kinds().values() for p in kind.parameters})])


def filter_options(function: F) -> F:
    """An option for whatever some kind of gap can be filtered by."""
    for name in reversed(_FILTERS):
        function = click.option(
            f"--{name.replace('_', '-')}", name, help=_ABOUT.get(name, f"Only gaps of this {name}.")
        )(function)
    return function


format_option: Callable[[F], F] = click.option(
    "--format",
    "fmt",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    default="table",
    show_default=True,
    help="A table for people, JSON or CSV for programs, a workbook.",
)
output_option: Callable[[F], F] = click.option(
    "--output",
    "-o",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    default=Path("gaps.xlsx"),
    show_default=True,
    help="File for the workbook.",
)


@click.command(cls=Command)
@click.argument("kind", required=False, type=click.Choice(sorted(kinds())))
@filter_options
@as_of_option
@click.option("--weights", metavar="TERM:NUMBER,...", help="Shares of the terms of severity, as sure:0.7,apart:0.2.")
@click.option("--limit", type=click.IntRange(1), help="Show so many, the worst first.")
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many before the first shown.")
@output_option
@store_options
@format_option
def gaps(
    kind: str | None,
    as_of: date | None,
    weights: str | None,
    limit: int | None,
    offset: int,
    target: Path,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
    **given: str | None,
) -> None:
    """List where collaboration is missing: what, how badly, why we think so, what would close it."""
    store = reading(data_dir, base, url)
    try:
        found = find_gaps(
            store,
            kind,
            {name: value for name, value in given.items() if value},
            lang=lang,
            as_of=as_of,
            weights=read_weights(weights) if weights is not None else None,
            limit=limit,
            offset=offset,
            projection=projection_of(store),
        )
    finally:
        store.close()
    if fmt == "xlsx":
        target.write_bytes(output.to_xlsx(*gaps_table(found), "gaps"))
        click.echo(f"{target}: {output.counted(len(found), 'gap')}", err=True)
    else:
        output.show(fmt, gaps_to_dict(found), gaps_table(found), output.gaps_for_people(found))
    looked = found.looked_at
    filters = ", ".join(f"{name} {thing.label}" for name, thing in looked.filters.items())
    click.echo(
        f"{output.counted(found.total, 'gap')}"
        + (f", {len(found)} of them shown" if len(found) < found.total else "")
        + f". Looked at: {output.counted(looked.engagements, 'engagement')}, "
        f"{output.counted(looked.statements, 'statement')}, {output.counted(looked.sources, 'source')}, "
        f"as of {looked.as_of} (generation {looked.generation}){f', for {filters}' if filters else ''}.",
        err=True,
    )
    if looked.left_out:
        click.echo(f"Not looked for, because they cannot be filtered so: {', '.join(looked.left_out)}.", err=True)
