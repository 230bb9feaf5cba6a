"""``gaps``: where collaboration is missing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from graph.batches.folder import Folders
from graph.gaps import FoundGaps, find_gaps, kinds
from graph.gaps.between import between
from graph.gaps.format import between_table, between_to_dict, gaps_table, gaps_to_dict
from graph.gaps.known import known_on
from graph.gaps.weights import read_weights
from graph.projection import projection_of
from graph.store import Store
from service import output
from service.cli.options import Command, F, as_of_option, last_day_of, reading, store_options
from service.workspace import Workspace, now

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


def output_option(name: str) -> Callable[[F], F]:
    """Where the workbook goes; ``name`` is its file's unless somebody says otherwise."""
    return click.option(
        "--output",
        "-o",
        "target",
        type=click.Path(dir_okay=False, path_type=Path),
        default=Path(name),
        show_default=True,
        help="File for the workbook.",
    )


@click.command(cls=Command)
@click.argument("kind", required=False, type=click.Choice(sorted(kinds())))
@filter_options
@as_of_option
@click.option("--weights", metavar="TERM:NUMBER,...", help="Shares of the terms of severity, as sure:0.7,apart:0.2.")
@click.option("--limit", type=click.IntRange(1), help="Show so many, the worst first.")
@click.option("--from", "first", callback=last_day_of, metavar="DATE", help="What became of gaps since that day.")
@click.option("--to", "last", callback=last_day_of, metavar="DATE", help="The day up to which, with --from.")
@click.option(
    "--by",
    type=click.Choice(["validity", "knowledge"]),
    default="validity",
    show_default=True,
    help="Compare days spoken of, or what was known here at the end of days.",
)
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many before the first shown.")
@output_option("gaps.xlsx")
@store_options
@format_option
def gaps(
    kind: str | None,
    as_of: date | None,
    weights: str | None,
    limit: int | None,
    offset: int,
    first: date | None,
    last: date | None,
    by: str,
    target: Path,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
    **given: str | None,
) -> None:
    """List where collaboration is missing: what, how badly, why we think so, what would close it. With --from and --to:
    which gaps opened, closed and changed between two days."""
    asked: dict[str, Any] = {
        "kind": kind,
        "parameters": {name: value for name, value in given.items() if value},
        "lang": lang,
        "weights": read_weights(weights) if weights is not None else None,
    }
    if (first is None) != (last is None):
        raise click.UsageError("--from and --to belong together.")
    store = reading(data_dir, base, url)
    try:
        if first is not None and last is not None:
            if first > last:
                raise click.UsageError("--from is after --to.")
            if limit or offset or (by == "validity" and as_of):
                raise click.UsageError("--limit, --offset and --as-of are for the gaps of one day.")
            folders = Folders(Workspace(data_dir).batches, now)
            _compare(fmt, target, by, *_looks(store, folders, by, (first, last), asked | {"as_of": as_of}))
            return
        found = find_gaps(store, **asked, as_of=as_of, limit=limit, offset=offset, projection=projection_of(store))
    finally:
        store.close()
    print_rows(fmt, target, gaps_to_dict(found), gaps_table(found), output.gaps_for_people(found))
    looked = found.looked_at
    filters = ", ".join(f"{name} {thing.label}" for name, thing in looked.filters.items())
    click.echo(
        ("At least " if found.more else "")
        + f"{output.counted(found.total, 'gap')}"
        + (f", {len(found)} of them shown" if len(found) < found.total else "")
        + f". Looked at: {output.counted(looked.engagements, 'engagement')}, "
        f"{output.counted(looked.statements, 'statement')}, {output.counted(looked.sources, 'source')}, "
        f"as of {looked.as_of} (generation {looked.generation}){f', for {filters}' if filters else ''}.",
        err=True,
    )
    if looked.left_out:
        click.echo(f"Not looked for, because they cannot be filtered so: {', '.join(looked.left_out)}.", err=True)


def _looks(
    store: Store, folders: Folders, by: str, days: tuple[date, date], asked: dict[str, Any]
) -> tuple[FoundGaps, FoundGaps]:
    if by == "knowledge":
        before, after = (known_on(store, folders, day, **asked) for day in days)
    else:
        projection = projection_of(store)
        before, after = (find_gaps(store, **asked | {"as_of": day}, projection=projection) for day in days)
    return before, after


def _compare(fmt: str, target: Path, by: str, before: FoundGaps, after: FoundGaps) -> None:
    found = between(before, after)
    people: list[list[object]] = []
    for what, gaps_so in (("opened", found.opened), ("closed", found.closed)):
        people += [[what, f"{gap.severity:.2f}", gap.kind, gap.reason] for gap in gaps_so]
    for change in found.changed:
        severity = f"{change.before.severity:.2f} -> {change.after.severity:.2f}"
        people.append([f"changed: {', '.join(change.what)}", severity, change.after.kind, change.after.reason])
    headings = ["Change", "Severity", "Kind", "Gap"]
    print_rows(fmt, target, between_to_dict(before, after, by), between_table(found), (headings, people))
    click.echo(
        f"{len(found.opened)} opened, {len(found.closed)} closed, {len(found.changed)} changed: "
        f"{output.counted(before.total, 'gap')} as of {before.looked_at.as_of}, "
        f"{after.total} as of {after.looked_at.as_of}.",
        err=True,
    )


def print_rows(
    fmt: str, target: Path, data: object, full: output.Rows, people: output.Rows, title: str = "gaps"
) -> None:
    """Print as JSON, CSV or a table for people, or write the workbook ``target`` with a sheet of that ``title``."""
    if fmt == "xlsx":
        target.write_bytes(output.to_xlsx(*full, title))
        click.echo(f"{target}: {output.counted(len(full[1]), 'row')}", err=True)
    else:
        output.show(fmt, data, full, people)
