"""How the command line tells of a batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from graph.batches import folder as places
from graph.batches.difference import MOST_IN_FULL
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.batches.states import State
from graph.model import ValidationReport
from service import output

#: Records of a difference that are shown.
_SHOWN = 40
_SIGNS = {"created": "+", "changed": "~", "withdrawn": "-"}


def summary(folders: Folders, record: Record, base: str, report: ValidationReport) -> dict[str, Any]:
    """A batch as JSON: what became of it, what it changes by record (the first of very many), and the report."""
    outcome = record.outcome
    difference = folders.read(record.id, places.PREVIEW) or []
    return {
        "status": record.state,
        "id": record.id,
        "source": f"{base}source/{record.source}",
        "batch": record.activity,
        "files": dict(record.files),
        "rows": outcome.rows if outcome else 0,
        "added": outcome.added if outcome else 0,
        "removed": outcome.removed if outcome else 0,
        "generation": record.generation or (outcome.generation if outcome else 0),
        "message": record.message,
        "outcome": asdict(outcome) if outcome else None,
        "difference": difference[:MOST_IN_FULL],
        "difference_total": len(difference),
        "report": output.report_to_dict(report),
    }


def preview(folders: Folders, record: Record) -> None:
    """What a batch would change, by record."""
    rows = folders.read(record.id, places.PREVIEW) or []
    shown = [[_SIGNS[row["what"]], row["kind"], row["label"], _changes(row)] for row in rows[:_SHOWN]]
    output.show("table", None, (["", "Kind", "Record", "Change"], shown))
    if len(rows) > _SHOWN:
        output.say(f"... and {len(rows) - _SHOWN} more.")


def _changes(row: dict[str, Any]) -> str:
    if row["what"] != "changed":
        return ""
    return "; ".join(
        f"{one['label']}: {', '.join(one['old']) or 'nothing'} -> {', '.join(one['new']) or 'nothing'}"
        for one in row["properties"]
    )


def sentence(record: Record, base: str) -> str:
    """What became of it, in one line."""
    outcome = record.outcome
    if outcome is None:
        return f"{record.state}: {record.title}. {record.message}".strip()
    rows = f"{outcome.rows} rows of {base}source/{record.source}"
    if outcome.rejected_rows and outcome.accepted_rows:
        rows = f"{outcome.accepted_rows} of {rows} ({outcome.rejected_rows} rejected)"
    records = f"{outcome.created} records new, {outcome.changed} changed, {outcome.withdrawn} gone"
    if record.state is State.PREVIEWED:
        return (
            f"previewed: {rows}; {records}. {record.message}\n"
            f"Nothing was changed. Take it in with: commonground batches accept {record.id}"
        )
    done = record.state is State.ACCEPTED
    added, removed = (outcome.added, outcome.removed) if done else (0, 0)
    generation = record.generation or outcome.generation
    return f"{record.state}: {rows}; {added} facts added, {removed} taken out (generation {generation})"
