"""What is told of a batch: as JSON for programs, and the same for pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from graph.batches import folder as places
from graph.batches.desk import Desk
from graph.batches.marked import workbook
from graph.batches.record import Record
from graph.batches.states import BUSY, State
from service.access import Caller
from service.tokens import Role

#: What a state is to a reader: a word, and whether it is good, bad, or neither.
WORDS: Mapping[State, tuple[str, str]] = {
    State.RECEIVED: ("Received", "busy"),
    State.STAGING: ("Being looked into", "busy"),
    State.PREVIEWED: ("To be decided", "open"),
    State.WAITING: ("Waiting for a curator", "open"),
    State.ACCEPTING: ("Being written", "busy"),
    State.ACCEPTED: ("Accepted", "good"),
    State.UNCHANGED: ("Nothing new", "plain"),
    State.REJECTED: ("Rejected", "bad"),
    State.RETURNED: ("Returned", "bad"),
    State.WITHDRAWN: ("Withdrawn", "plain"),
    State.CANCELLED: ("Cancelled", "plain"),
    State.FAILED: ("Failed", "bad"),
}

#: Records on one page.
PAGE = 50


def actions(record: Record, caller: Caller) -> tuple[str, ...]:
    """What this caller may do with a batch now."""
    curates, own = caller.may(Role.CURATE), caller.name == record.by
    found = []
    if curates and record.state in (State.PREVIEWED, State.WAITING):
        found.append("accept")
    if curates and record.state is State.WAITING:
        found.append("return")
    if curates and record.state is State.ACCEPTED:
        found.append("withdraw")
    if (curates or own) and record.state in (State.REJECTED, State.FAILED):
        found.append("stage")
    cancellable = (State.RECEIVED, State.STAGING, State.PREVIEWED, State.WAITING, State.REJECTED, State.FAILED)
    if (curates or own) and record.state in cancellable:
        found.append("cancel")
    return tuple(found)


def as_json(desk: Desk, record: Record, caller: Caller) -> dict[str, Any]:
    """One batch: its state, what it would change or has changed, and what may be done with it."""
    here = f"/batches/{record.id}"
    told: dict[str, Any] = {
        "id": record.id,
        "state": record.state,
        "message": record.message,
        "source": record.graph or f"{desk.base}source/{record.source}",
        "title": record.title,
        "by": record.by,
        "received": record.received,
        "as_of": record.as_of,
        "policy": record.policy,
        "replace": record.replace,
        "contributed": record.contributed,
        "recipe": record.recipe,
        "files": [
            {
                "name": name,
                "sha256": sha256,
                "href": f"{here}/files/{at}",
                "marked": f"{here}/files/{at}/marked" if workbook(name) else "",
            }
            for at, (name, sha256) in enumerate(sorted(record.files.items()))
        ],
        "outcome": asdict(record.outcome) if record.outcome else None,
        "activity": record.activity,
        "generation": record.generation,
        "accepted_by": record.accepted_by,
        "notes": list(record.notes),
        "events": [asdict(event) for event in record.events],
        "actions": list(actions(record, caller)),
        "links": {
            "page": here,
            "difference": f"{here}/difference.json",
            "report": f"{here}/report.json",
            "report_shacl": f"{here}/report.ttl",
            "rejected": f"{here}/report.xlsx",
        },
    }
    if record.state in BUSY:
        told["progress"] = desk.progress(record)
    return told


def records_page(desk: Desk, record: Record, what: str, page: int) -> dict[str, Any]:
    """One page of the difference by record: ``total`` of those asked for, ``page`` of ``pages`` from 1, ``records``."""
    rows = desk.folders.read(record.id, places.PREVIEW) or []
    found = [row for row in rows if not what or row["what"] == what]
    pages = max(1, -(-len(found) // PAGE))
    page = min(max(page, 1), pages)
    outcome = record.outcome
    counts = {
        name: getattr(outcome, name) if outcome else 0 for name in ("created", "changed", "withdrawn", "unchanged")
    }
    return {
        "counts": counts,
        "total": len(found),
        "page": page,
        "pages": pages,
        "records": found[(page - 1) * PAGE : page * PAGE],
    }


def grouped(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Faults for a page: one entry for the same fault of the same value in many rows, with ``rows`` (their numbers, as
    a reader writes them) and ``count``; the worst and the most frequent first. Remarks are no faults."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in results:
        if one["severity"] == "info":
            continue
        same = one["file"], one["sheet"], one["column"], one["rule"], one["value"], one["message"]["en"]
        entry = found.setdefault(same, {**one, "numbers": [], "count": 0})
        entry["count"] += 1
        if one["row"]:
            entry["numbers"].append(one["row"])
    for entry in found.values():
        entry["rows"] = runs(entry.pop("numbers"))
    return sorted(found.values(), key=lambda one: (one["severity"] != "violation", -one["count"], one["row"] or 0))


def runs(numbers: Iterable[int], most: int = 6) -> str:
    """Row numbers as a reader writes them.

    >>> runs([2, 3, 4, 9]), runs(range(1, 40, 2), most=2)
    ('2-4, 9', '1, 3, ...')
    """
    parts: list[list[int]] = []
    for number in sorted(set(numbers)):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    texts = [str(first) if first == last else f"{first}-{last}" for first, last in parts[:most]]
    return ", ".join([*texts, *(["..."] if len(parts) > most else [])])


def report(desk: Desk, record: Record) -> dict[str, Any]:
    """The faults: ``conforms``, how many of each severity, and each with its cell."""
    rows = desk.folders.read(record.id, places.REPORT) or []
    counts = {name: sum(row["severity"] == name for row in rows) for name in ("violation", "warning", "info")}
    return {"conforms": record.outcome.conforms if record.outcome else None, "counts": counts, "results": rows}
