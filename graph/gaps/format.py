"""Gaps as plain data, for JSON and for tables. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from graph.answer_format import evidence_to_data, value_to_data, value_to_text
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
        "query": gap.query,
    }


def gaps_to_dict(gaps: Sequence[Gap]) -> dict[str, Any]:
    """A list of gaps with its length, in the order given."""
    return {"count": len(gaps), "gaps": [gap_to_dict(gap) for gap in gaps]}


def gaps_table(gaps: Sequence[Gap]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows, the same headings for all kinds; a table for people, the whole is in ``gaps_to_dict``.

    Texts are raw: who writes them for a spreadsheet has to neutralise formulas.
    """
    rows = [
        [
            f"{gap.severity:.2f}",
            gap.kind,
            *(value_to_text(gap.subjects.get(name)) for name in _SHARED),
            gap.reason,
            gap.remedy,
            gap.iri,
        ]
        for gap in gaps
    ]
    return ["severity", "kind", *_SHARED, "reason", "remedy", "iri"], rows
