"""``serve``, ``backup`` and ``restore``: running the service and keeping its data."""

from __future__ import annotations

from pathlib import Path

import click

from graph.store.backup import backup, restore
from service.cli.options import Command, base_option, data_dir_option, show_progress
from service.settings import Settings
from service.workspace import Workspace


@click.command(cls=Command)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@data_dir_option
@base_option
def serve(host: str, port: int, data_dir: Path, base: str) -> None:
    """Run the service: pages, JSON, SPARQL.

    The first start makes the data folder and loads the reference data and the roundtable of 2010 into it;
    later starts keep what is there. Stop it with Ctrl+C.
    """
    import uvicorn

    from service.app import create_app

    workspace = Workspace(data_dir)
    store = workspace.open(base, show_progress)
    shown = f"[{host}]" if ":" in host else host
    url = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}"
    workspace.announce(url)
    click.echo(f"Common Ground answers at {url}  (data in {data_dir}; stop with Ctrl+C)", err=True)
    try:
        uvicorn.run(
            create_app(Settings(host=host, port=port, data_dir=data_dir, base=base), store),
            host=host,
            port=port,
            log_level="warning",
        )
    finally:
        workspace.withdraw()
        store.close()


@click.command("backup", cls=Command)
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@data_dir_option
@base_option
def backup_command(target: Path, data_dir: Path, base: str) -> None:
    """Write everything - facts, provenance, original files - into one archive TARGET (.tar.gz)."""
    store = Workspace(data_dir).open(base, show_progress)
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
