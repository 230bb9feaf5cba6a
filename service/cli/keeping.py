"""``serve``, ``backup`` and ``restore``: running the service and keeping its data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from graph.errors import StoreBusy
from graph.store import Store
from graph.store.backup import backup, backup_running, restore
from graph.store.embedded import EmbeddedStore
from graph.store.engine import PLAIN, UNION
from service.cli.options import Command, base_option, data_dir_option, show_progress
from service.cli.serving import edge_options, split_limits
from service.settings import Settings
from service.workspace import Workspace


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@data_dir_option
@base_option
@click.option(
    "--default-graph",
    type=click.Choice([UNION, PLAIN]),
    default=UNION,
    show_default=True,
    help="What a SPARQL query without a dataset sees: all graphs together, or a default graph kept apart.",
)
@click.option("--empty", is_flag=True, help="Start a new data folder without reference data and the roundtable.")
@edge_options
def serve(host: str, port: int, data_dir: Path, base: str, default_graph: str, empty: bool, **edge: Any) -> None:
    """Run the service: pages, JSON, SPARQL.

    The first start makes the data folder and loads the reference data and the roundtable of 2010 into it;
    later starts keep what is there. Stop it with Ctrl+C.
    """
    from service.app import create_app
    from service.server import run

    workspace = Workspace(data_dir)
    edge, limits = split_limits(edge)
    store = _engine(workspace, base, empty, limits)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}"
    workspace.announce(url)
    click.echo(f"Common Ground answers at {url}  (data in {data_dir}; stop with Ctrl+C)", err=True)
    try:
        settings = Settings(host=host, port=port, data_dir=data_dir, base=base, default_graph=default_graph, **edge)
        run(create_app(settings, store), settings)
    finally:
        workspace.withdraw()
        store.close()


def _engine(workspace: Workspace, base: str, empty: bool, limits: dict[str, Any]) -> Store:
    """The store to serve: behind the isolated engine where this system has its guards."""
    store = workspace.open(base, show_progress, empty=empty)
    if not sys.platform.startswith("linux"):
        return _unguarded(store)
    from graph.store.isolated import IsolatedStore, Limits, supported

    if not supported():
        return _unguarded(store)
    store.close()
    return IsolatedStore(workspace.store, workspace.run, base, Limits(**limits))


def _unguarded(store: EmbeddedStore) -> EmbeddedStore:
    click.echo(
        "On this system queries run inside the service: a hostile one can stop it. Let only people you trust ask.",
        err=True,
    )
    return store


@click.command("backup", cls=Command)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
@base_option
def backup_command(target: Path, data_dir: Path, base: str) -> None:
    """Write everything - facts, provenance, original files, batches, recipes - into one archive TARGET (.tar.gz).

    Tokens are not in it.
    """
    workspace = Workspace(data_dir)
    try:
        store = workspace.open(base, show_progress)
    except StoreBusy:
        # A service has it open: then from the newest state that it shows to its readers.
        manifest = backup_running(workspace.store, workspace.run, base, data_dir, target)
    else:
        try:
            manifest = backup(store, data_dir, target)
        finally:
            store.close()
    click.echo(f"{target}: {manifest.quads} facts, generation {manifest.generation}", err=True)


@click.command("restore", cls=Command)
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@data_dir_option
def restore_command(archive: Path, data_dir: Path) -> None:
    """Put an archive back into an empty or missing data folder; a damaged archive is refused."""
    manifest = restore(archive, data_dir)
    Workspace(data_dir).mark(manifest.base)
    click.echo(f"{data_dir}: {manifest.quads} facts, generation {manifest.generation}", err=True)
