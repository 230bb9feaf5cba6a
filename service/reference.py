"""Writes docs/reference.md: every command, question, gap kind, map, format and route, from the code.

python -m service.reference            # write it anew
python -m service.reference --check    # exit 1 where it is out of date
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from graph.ask import questions
from graph.exports import formats
from graph.gaps import kinds
from graph.maps import maps
from graph.model import Question
from graph.store.embedded import EmbeddedStore
from service.app import create_app
from service.cli import main
from service.settings import Settings

TARGET = Path(__file__).parent.parent / "docs" / "reference.md"


def commands(command: click.Command, path: str) -> Iterator[tuple[str, str]]:
    """Every command with its help text, a group before its members."""
    # As if called below ``main``, whose settings its members inherit; click keeps the first help option it makes.
    context = click.Context(command, info_name=path, terminal_width=100, **main.context_settings)
    yield path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from commands(command.commands[name], f"{path} {name}")


def question_section(question: Question) -> Iterator[str]:
    yield f"### `{question.name}`"
    yield ""
    yield f"{question.title['en']}. {question.about.get('en', '')}"
    yield ""
    if question.parameters:
        yield "| parameter | kind | required | |"
        yield "|---|---|---|---|"
        for p in question.parameters:
            yield f"| `{p.name}` | {p.kind} | {'yes' if p.required else 'no'} | {p.about.get('en', '')} |"
        yield ""
    yield "Columns: " + ", ".join(f"`{name}`" for name in question.columns) + "."
    yield ""


def lines() -> Iterator[str]:
    yield "# Reference"
    yield ""
    yield "Written by `python -m service.reference`; do not edit by hand."
    yield ""
    yield "## Commands"
    for path, text in commands(main, "commonground"):
        yield from ("", f"### `{path}`", "", "```text", *(line.rstrip() for line in text.splitlines()), "```")
    yield from (
        "",
        "## Questions",
        "",
        "`commonground ask <question>`, `GET /ask/<question>` (page), `.json`, `.csv`.",
        "",
    )
    for question in questions().values():
        yield from question_section(question)
    yield from ("## Kinds of gap", "", "`commonground gaps <kind>`, `GET /gaps?kind=<kind>`.", "")
    for name, kind in sorted(kinds().items()):
        yield f"- `{name}`: {kind.title['en']}. {kind.about.get('en', '')}"
    yield from ("", "## Network maps", "", "`commonground export <map>`, `GET /export/<map>.<format>`.", "")
    for name, network_map in sorted(maps().items()):
        yield f"- `{name}`: {network_map.title['en']}. {network_map.about.get('en', '')}"
    yield from ("", "## Export formats", "")
    for name, fmt in sorted(formats().items()):
        yield f"- `{name}`: {fmt.title} (`{fmt.media_type}`)"
    yield from ("", "## Routes", "", "| route | method | |", "|---|---|---|")
    app = create_app(Settings(data_dir=Path("data-dir")), EmbeddedStore())
    for path, operations in sorted(app.openapi()["paths"].items()):
        for method, operation in sorted(operations.items()):
            yield f"| `{path}` | {method.upper()} | {operation.get('summary', '')} |"


def reference() -> str:
    """The text of docs/reference.md."""
    return "\n".join(lines()) + "\n"


if __name__ == "__main__":
    text = reference()
    if "--check" in sys.argv:
        if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != text:
            sys.exit(f"{TARGET.name} is out of date: run `python -m service.reference`.")
    else:
        TARGET.write_text(text, encoding="utf-8")
