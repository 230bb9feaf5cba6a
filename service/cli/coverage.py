"""``coverage``: how well each theme is covered in each place."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import click

from graph.coverage import STATES, coverage
from graph.coverage.format import coverage_table, coverage_to_dict
from graph.coverage.rollup import read_roll_up
from service import output
from service.cli.gaps import format_option, output_option, print_rows
from service.cli.options import Command, as_of_option, reading, store_options


@click.command("coverage", cls=Command)
@click.option("--theme", help="Only this theme and its narrower ones.")
@click.option("--place", help="Only this country, or the countries of this region.")
@as_of_option
@click.option(
    "--roll-up",
    default="",
    metavar="NAMES",
    help="What is counted together, of themes,places,families: themes with their narrower ones, places with what they "
    "contain, organisations as families. All of it unless given; none of it with 'none'.",
)
@output_option("coverage.xlsx")
@store_options
@format_option
def coverage_command(
    theme: str | None,
    place: str | None,
    as_of: date | None,
    roll_up: str,
    target: Path,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
) -> None:
    """Show how well each theme is covered in each country: by whom, since when, and how sure that is. The table for
    people leaves out the cells of which nothing is known and says how many there are; the other formats have all."""
    together = read_roll_up(roll_up)
    store = reading(data_dir, base, url)
    try:
        found = coverage(store, theme=theme, place=place, lang=lang, as_of=as_of, roll_up=together)
    finally:
        store.close()
    known = [cell for cell in found.cells if cell.state != "unknown"]
    headings = ["Theme", "Place", "State", "Organisations", "Known since", "Why"]
    people = [
        [cell.theme.label, cell.place.label, cell.label, cell.organisations or "", cell.since, cell.reason]
        for cell in known
    ]
    print_rows(fmt, target, coverage_to_dict(found), coverage_table(found), (headings, people), "coverage")
    counts = Counter(cell.state for cell in found.cells)
    states = ", ".join(f"{state} {counts[state]}" for state in STATES if counts[state])
    click.echo(
        f"{output.counted(len(found.themes), 'theme')}, {output.counted(len(found.places), 'place')}: "
        f"{states or 'no cell'}. Looked at: {output.counted(found.looked_at['engagements'], 'engagement')}, "
        f"{output.counted(found.looked_at['statements'], 'statement')}, "
        f"{output.counted(found.looked_at['sources'], 'source')}, "
        f"as of {found.as_of} (generation {found.generation}).",
        err=True,
    )
