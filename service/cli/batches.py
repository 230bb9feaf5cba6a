"""``batches``: what was brought, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from graph.batches import folder as places
from graph.batches import report as reports
from graph.batches.bench import LocalBench
from graph.batches.folder import Folders
from service import batch_output, output
from service.cli.options import (
    F,
    Group,
    base_option,
    data_dir_option,
    format_option,
    lang_option,
    show_progress,
)
from service.workspace import Workspace, now


@click.group("batches", cls=Group)
def batches_group() -> None:
    """See what was brought, take it in, undo it.

    While a service has the data folder open, decide on its page /batches instead; list and show work beside it.
    """


def _folders(data_dir: Path) -> Folders:
    return Folders(Workspace(data_dir).batches, now)


@contextmanager
def _bench(data_dir: Path, base: str) -> Iterator[LocalBench]:
    workspace = Workspace(data_dir)
    store = workspace.open(base, show_progress)
    try:
        bench = LocalBench(_folders(data_dir), workspace.files, store)
        bench.recover()
        yield bench
    finally:
        store.close()


def _decides(function: F) -> F:
    for option in (
        base_option,
        data_dir_option,
        click.option("--by", default="command line", show_default=True, help="Who decides; recorded with the batch."),
        click.argument("batch"),
    ):
        function = option(function)
    return function


@batches_group.command("list")
@click.option("--source", metavar="NAME", help="Only those of this source.")
@data_dir_option
@format_option
def list_command(source: str | None, data_dir: Path, fmt: str) -> None:
    """List what was brought, newest first."""
    records = [one for one in _folders(data_dir).all() if source in (None, one.source)]
    headings = ["Batch", "State", "Source", "Brought by", "When", "Rows", "Rejected", "New", "Changed", "Gone"]
    rows = [
        [
            one.id,
            one.state.value,
            one.source,
            one.by,
            one.received,
            *(
                [getattr(one.outcome, name) for name in ("rows", "rejected_rows", "created", "changed", "withdrawn")]
                if one.outcome
                else [""] * 5
            ),
        ]
        for one in records
    ]
    output.show(fmt, [one.to_json() for one in records], (headings, rows))
    if fmt == "table" and not rows:
        output.say("Nothing was brought yet.")


@batches_group.command("show")
@click.argument("batch")
@data_dir_option
@base_option
@lang_option
@format_option
def show_command(batch: str, data_dir: Path, base: str, lang: str, fmt: str) -> None:
    """Show one batch: what it changes, and what is at fault."""
    folders = _folders(data_dir)
    record = folders.load(batch)
    report = reports.from_rows(folders.read(batch, places.REPORT) or [])
    if fmt == "table":
        batch_output.preview(folders, record)
    output.show(fmt, batch_output.summary(folders, record, base, report), output.report_table(report, lang))
    click.echo(batch_output.sentence(record, base), err=True)


@batches_group.command("accept")
@_decides
@click.option("--replace", is_flag=True, help="What the files no longer have becomes history.")
def accept_command(batch: str, by: str, replace: bool, data_dir: Path, base: str) -> None:
    """Take a batch in that was only looked at."""
    with _bench(data_dir, base) as bench:
        record = bench.accept(bench.folders.load(batch), by, replace_source=replace, progress=show_progress)
    click.echo(batch_output.sentence(record, base), err=True)


@batches_group.command("withdraw")
@_decides
@click.option("--force", is_flag=True, help="Also where other sources speak of what it alone describes.")
def withdraw_command(batch: str, by: str, force: bool, data_dir: Path, base: str) -> None:
    """Undo a batch: its source says again exactly what it said before."""
    with _bench(data_dir, base) as bench:
        record = bench.withdraw(bench.folders.load(batch), by, force=force)
    click.echo(f"withdrawn: {record.title}", err=True)
