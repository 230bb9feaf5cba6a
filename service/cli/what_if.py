"""``what-if``: which gaps would close and open, and which new ties would close most."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from graph.errors import BadParameter
from graph.gaps import kinds
from graph.gaps.assumptions import COLLABORATION, ENGAGEMENT, MOST, read
from graph.gaps.ties import MOST_GAPS, best_ties
from graph.gaps.whatif import what_if
from graph.gaps.whatif_format import best_ties_table, best_ties_to_dict, what_if_table, what_if_to_dict
from graph.names import Names
from graph.store import Store
from service import output
from service.cli.gaps import filter_options
from service.cli.options import Command, as_of_option, read_options, reading


@click.command("what-if", cls=Command)
@click.argument("kind", required=False, type=click.Choice(sorted(kinds())))
@click.option(
    "--engagement",
    "engagements",
    multiple=True,
    metavar="ORGANISATION|THEME|PLACE",
    help="That somebody starts something; several themes or places with ';' between them. Repeatable.",
)
@click.option(
    "--collaboration",
    "collaborations",
    multiple=True,
    metavar="ORGANISATION|ORGANISATION",
    help="That some work together; |theme:... and |place:... may follow. Repeatable.",
)
@click.option(
    "--best",
    "k",
    type=click.IntRange(1, MOST),
    metavar="NUMBER",
    help="Look for so many new ties that close most gaps.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=10_000,
    show_default=True,
    metavar="NUMBER",
    help="Gaps to show of each outcome, the worst first.",
)
@filter_options
@as_of_option
@read_options
def what_if_command(
    kind: str | None,
    engagements: Sequence[str],
    collaborations: Sequence[str],
    k: int | None,
    as_of: date | None,
    limit: int,
    data_dir: Path,
    base: str,
    url: str | None,
    lang: str,
    fmt: str,
    **given: str | None,
) -> None:
    """Try out what would become of the gaps: if somebody started something, if some worked together, or which new ties
    would close most. Nothing is recorded.

    \b
    commonground what-if --engagement "UNICEF Romania|deinstitutionalisation|Romania"
    commonground what-if --collaboration "RENINCO|Open Society Institute" missing-bridge
    commonground what-if --best 5 --place Armenia
    """
    if (k is None) != bool(engagements or collaborations):
        raise BadParameter(
            "nothing-assumed" if k is None else "both-given",
            "Nothing is assumed." if k is None else "--best goes without --engagement and --collaboration.",
            "Give --engagement or --collaboration to try something out, or --best to look for the best new ties.",
        )
    filters = {name: value for name, value in given.items() if value}
    store = reading(data_dir, base, url)
    try:
        if k is not None:
            _show_best(store, k, kind, filters, lang, as_of, limit, fmt)
            return
        names = Names.of(store)
        assumed = [
            read(one, text, names, lang)
            for one, texts in ((ENGAGEMENT, engagements), (COLLABORATION, collaborations))
            for text in texts
        ]
        found = what_if(store, assumed, kind, filters, lang=lang, as_of=as_of, names=names, limit=limit)
        data = what_if_to_dict(found, lang)
    finally:
        store.close()
    headings, rows = what_if_table(data)
    shown = ["outcome", "kind", "reason_before", "reason_after"]
    output.show(fmt, data, (headings, rows), (shown, [[row[headings.index(name)] for name in shown] for row in rows]))
    counts = ", ".join(f"{outcome} {number}" for outcome, number in data["counts"].items())
    click.echo(f"{counts} (as of {data['as_of']}, generation {data['generation']}).", err=True)
    _say("Of these kinds more gaps may change than were compared", data["partly"])
    _say("Not looked for, as it takes long; ask for each by its name", data["not_searched"])


def _show_best(
    store: Store, k: int, kind: str | None, filters: dict[str, str], lang: str, as_of: date | None, limit: int, fmt: str
) -> None:
    data = best_ties_to_dict(best_ties(store, k, kind, filters, lang=lang, as_of=as_of, limit=limit), lang)
    headings, rows = best_ties_table(data)
    output.show(fmt, data, (headings, rows), (headings[:-1], [row[:-1] for row in rows]))
    click.echo(data["told"], err=True)
    _say(f"Of these kinds only the worst {MOST_GAPS:,} gaps were looked at", data["worst_of"])
    _say("Not looked for, as it takes long; ask for each by its name", data["not_searched"])


def _say(what: str, of_kinds: Sequence[str]) -> None:
    if of_kinds:
        click.echo(f"{what}: {', '.join(of_kinds)}.", err=True)
