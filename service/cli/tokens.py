"""``token``: who may do more than read."""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from service.cli.options import Group, data_dir_option
from service.tokens import Role, TokenBook
from service.workspace import now


def book_of(data_dir: Path) -> TokenBook:
    return TokenBook(data_dir / "tokens.json")


@click.group("token", cls=Group)
def token_group() -> None:
    """Give out, list and take back tokens: keys that let programs do more than read.

    A running service takes notice at once. Programs send a token in the header 'Authorization: Bearer TOKEN'.
    """


@token_group.command("add")
@click.argument("name")
@click.option(
    "--role",
    type=click.Choice([role.word for role in Role]),
    required=True,
    help="read: ask without a client's limits. contribute: bring data of one's own. curate: change all data. "
    "admin: everything.",
)
@data_dir_option
def add(name: str, role: str, data_dir: Path) -> None:
    """Make a token for NAME and print it: this once, alone on standard output. Only its hash is kept."""
    token = book_of(data_dir).add(name, Role.of(role), now())
    click.echo(f"'{name}' has the role {role}. The token is shown this once:", err=True)
    click.echo(token)


@token_group.command("list")
@data_dir_option
def list_tokens(data_dir: Path) -> None:
    """List who has a token, with which role, since when."""
    tokens = book_of(data_dir).tokens()
    table = Table("name", "role", "made", box=None, pad_edge=False)
    for token in tokens:
        table.add_row(token.name, token.role.word, token.created)
    if tokens:
        Console(highlight=False, markup=False, soft_wrap=True).print(table)
    click.echo(f"{len(tokens)} tokens", err=True)


@token_group.command("remove")
@click.argument("name")
@data_dir_option
def remove(name: str, data_dir: Path) -> None:
    """Make the token of NAME void."""
    book_of(data_dir).remove(name)
    click.echo(f"The token of '{name}' is void.", err=True)
