"""``ask`` and ``export``: answers, network maps."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from graph.answer_format import to_dict, to_table
from graph.ask import ask, questions
from graph.batches.folder import Folders
from graph.batches.past import as_known as known_on
from graph.exports import formats
from graph.maps import build, maps
from graph.model import Question
from service import output
from service.cli.options import (
    Command,
    Group,
    as_known_option,
    base_option,
    data_dir_option,
    lang_option,
    read_options,
    reading,
    url_option,
)
from service.workspace import Workspace, now


@click.group("ask", cls=Group)
def ask_group() -> None:
    """Ask a question. Each has its own --help.

    Themes, places, organisations are named by label in any language, by code (AM, ARM), or by IRI.
    """


def ask_command(question: Question) -> click.Command:
    """The command of one question, its options taken from the question's header."""

    @read_options
    @as_known_option
    def run(
        data_dir: Path, base: str, url: str | None, lang: str, fmt: str, as_known: date | None, **given: str | None
    ) -> None:
        store = reading(data_dir, base, url)
        try:
            asked = store if as_known is None else known_on(store, Folders(Workspace(data_dir).batches, now), as_known)
            answer = ask(asked, question.name, {k: v for k, v in given.items() if v is not None}, lang=lang)
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
    return Command(
        question.name,
        callback=run,
        params=[*options, *getattr(run, "__click_params__", [])[::-1]],
        short_help=question.title["en"],
        help=f"{question.title['en']}.\n\n{question.about.get('en', '')}",
    )


for _question in questions().values():
    ask_group.add_command(ask_command(_question))


@click.command(cls=Command)
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
