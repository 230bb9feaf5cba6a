"""Gaps as plain data, for JSON and for tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.answer_format import evidence_to_data, thing_to_data, value_to_data, value_to_text
from graph.gaps.between import Between, between
from graph.gaps.between_days import BetweenDays
from graph.gaps.found import FoundGaps, LookedAt
from graph.model import Gap

#: What a table of gaps of any kind can be sorted and filtered by; empty where a kind does not have it.
_SHARED = ("theme", "place", "organisation")


def gap_to_dict(gap: Gap) -> dict[str, Any]:
    """Ready for JSON. ``subjects`` has every column of the kind's query: things are ``{"iri", "label"}``, several of
    them a list, what is not known null."""
    return {
        "kind": gap.kind,
        "iri": gap.iri,
        "reason": gap.reason,
        "severity": gap.severity,
        "severity_terms": dict(gap.severity_terms),
        "remedy": gap.remedy,
        "subjects": {name: value_to_data(value) for name, value in gap.subjects.items()},
        "evidence": [evidence_to_data(one) for one in gap.evidence],
        "records": gap.records,
        "records_is_at_least": gap.more_records,
        "query": gap.query,
    }


def gaps_to_dict(found: FoundGaps) -> dict[str, Any]:
    """What a search found: how many in all (or at least), those shown, what was looked at, the weights they are ranked
    by."""
    return {
        "count": found.total,
        "count_is_at_least": found.more,
        "count_by_kind": dict(found.by_kind),
        "shown": len(found),
        "offset": found.offset,
        "looked_at": looked_at_to_dict(found.looked_at),
        "weights": {kind: dict(terms) for kind, terms in found.weights.items()},
        "gaps": [gap_to_dict(gap) for gap in found],
    }


def between_to_dict(before: FoundGaps, after: FoundGaps, by: str, limit: int | None = None) -> dict[str, Any]:
    """What became of gaps between two looks, the first ``limit`` of each kind of change; ``by`` says what the two
    differ in (``validity`` or ``knowledge``)."""
    found = between(before, after)
    return {
        "by": by,
        "from": looked_at_to_dict(before.looked_at) | {"gaps": before.total},
        "to": looked_at_to_dict(after.looked_at) | {"gaps": after.total},
        "counts": {"opened": len(found.opened), "closed": len(found.closed), "changed": len(found.changed)},
        "too_many": [],
        **_moves(found, limit),
    }


def between_days_to_dict(found: BetweenDays) -> dict[str, Any]:
    """The same of two days by validity; ``too_many`` are the kinds that are not compared."""
    return {
        "by": "validity",
        "from": looked_at_to_dict(found.before.looked_at) | {"gaps": found.before.gaps},
        "to": looked_at_to_dict(found.after.looked_at) | {"gaps": found.after.gaps},
        "counts": dict(found.counts),
        "too_many": list(found.too_many),
        **_moves(found.found),
    }


def _moves(found: Between, limit: int | None = None) -> dict[str, Any]:
    return {
        "opened": [gap_to_dict(gap) for gap in found.opened[:limit]],
        "closed": [gap_to_dict(gap) for gap in found.closed[:limit]],
        "changed": [
            {
                "kind": change.after.kind,
                "iri": change.after.iri,
                "what": list(change.what),
                "before": gap_to_dict(change.before),
                "after": gap_to_dict(change.after),
            }
            for change in found.changed[:limit]
        ],
    }


def between_table(found: Between) -> tuple[list[str], list[list[str | float]]]:
    """The same as a table: the columns of ``gaps_table``, before them what became of the gap."""
    headings, opened = gaps_table(found.opened)
    _, closed = gaps_table(found.closed)
    _, changed = gaps_table([change.after for change in found.changed])
    told = [f"changed: {', '.join(change.what)}" for change in found.changed]
    rows: list[list[str | float]] = [["opened", *row] for row in opened]
    rows += [["closed", *row] for row in closed]
    rows += [[what, *row] for what, row in zip(told, changed, strict=True)]
    return ["change", *headings], rows


def looked_at_to_dict(looked: LookedAt) -> dict[str, Any]:
    """How much was searched, and for what."""
    return {
        "engagements": looked.engagements,
        "statements": looked.statements,
        "sources": looked.sources,
        "as_of": looked.as_of.isoformat(),
        "generation": looked.generation,
        "kinds": list(looked.kinds),
        "left_out": list(looked.left_out),
        "not_searched": list(looked.not_searched),
        "filters": {name: thing_to_data(thing) for name, thing in looked.filters.items()},
    }


def gaps_table(gaps: Sequence[Gap]) -> tuple[list[str], list[list[str | float]]]:
    """Headings and rows, the same headings for all kinds; a table for people, the whole is in ``gaps_to_dict``.

    Texts are raw: who writes them for a spreadsheet has to neutralise formulas.
    """
    rows: list[list[str | float]] = [
        [
            gap.severity,
            gap.kind,
            *(value_to_text(gap.subjects.get(name)) for name in _SHARED),
            gap.reason,
            gap.remedy,
            gap.iri,
        ]
        for gap in gaps
    ]
    return ["severity", "kind", *_SHARED, "reason", "remedy", "iri"], rows
