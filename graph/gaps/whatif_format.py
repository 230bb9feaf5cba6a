"""A what-if as plain data, for JSON and for tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.answer_format import thing_to_data
from graph.gaps.assumptions import Assumption
from graph.gaps.format import gap_to_dict
from graph.gaps.whatif import WhatIf

#: What may become of a gap, in the order in which it is told.
OUTCOMES = ("closed", "opened", "changed", "noticed")


def assumption_to_dict(one: Assumption, lang: str = "en") -> dict[str, Any]:
    """``text`` is what an address carries (``engagement=...``)."""
    return {
        "kind": one.kind,
        "sentence": one.sentence(lang),
        "text": one.text(),
        "partners": [thing_to_data(thing) for thing in one.partners],
        "themes": [thing_to_data(thing) for thing in one.themes],
        "places": [thing_to_data(thing) for thing in one.places],
    }


def what_if_to_dict(found: WhatIf, lang: str = "en") -> dict[str, Any]:
    """Ready for JSON. Gaps are as in ``gaps_to_dict``; a changed one is ``{"before", "after"}``."""
    data: dict[str, Any] = {
        "assumed": [assumption_to_dict(one, lang) for one in found.assumed],
        "closed": [gap_to_dict(gap) for gap in found.closed],
        "opened": [gap_to_dict(gap) for gap in found.opened],
        "changed": [{"before": gap_to_dict(one.before), "after": gap_to_dict(one.after)} for one in found.changed],
        "noticed": [gap_to_dict(gap) for gap in found.noticed],
        "kinds": list(found.kinds),
        "as_of": found.as_of.isoformat(),
        "generation": found.generation,
    }
    return {"counts": {outcome: len(data[outcome]) for outcome in OUTCOMES}, **data}


def what_if_table(data: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of what ``what_if_to_dict`` gave. Texts are raw: who writes them for a spreadsheet has to
    neutralise formulas. A gap that is opened has no severity and reason before, one that is closed none after."""
    rows = []
    for outcome in OUTCOMES:
        for one in data[outcome]:
            before = one["before"] if outcome == "changed" else one if outcome != "opened" else None
            after = one["after"] if outcome == "changed" else one if outcome != "closed" else None
            gap = after or before
            rows.append([outcome, gap["kind"], *_told(before), *_told(after), gap["remedy"], gap["iri"]])
    return [
        "outcome",
        "kind",
        "severity_before",
        "reason_before",
        "severity_after",
        "reason_after",
        "remedy",
        "iri",
    ], rows


def _told(gap: Mapping[str, Any] | None) -> list[str]:
    return [f"{gap['severity']:.2f}", gap["reason"]] if gap else ["", ""]
