"""A what-if as plain data, for JSON and for tables. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from graph.answer_format import thing_to_data
from graph.gaps.assumptions import Assumption
from graph.gaps.format import gap_to_dict
from graph.gaps.ties import BestTies
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
    """Ready for JSON. Gaps are as in ``gaps_to_dict``; a changed one is ``{"before", "after"}``, and one that opens has
    ``instead_of``, the IRI of the gap of the same subject that closes, or null. ``counts`` are of all gaps, of which
    the worst are shown."""
    return {
        "counts": {outcome: found.counts[outcome] for outcome in OUTCOMES},
        "assumed": [assumption_to_dict(one, lang) for one in found.assumed],
        "closed": [gap_to_dict(gap) for gap in found.closed],
        "opened": [gap_to_dict(gap) | {"instead_of": found.instead.get(gap.iri)} for gap in found.opened],
        "changed": [{"before": gap_to_dict(one.before), "after": gap_to_dict(one.after)} for one in found.changed],
        "noticed": [gap_to_dict(gap) for gap in found.noticed],
        "kinds": list(found.kinds),
        "partly": list(found.partly),
        "not_searched": list(found.not_searched),
        "as_of": found.as_of.isoformat(),
        "generation": found.generation,
    }


def what_if_table(data: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of what ``what_if_to_dict`` gave. Texts are raw: who writes them for a spreadsheet has to
    neutralise formulas. A gap that is opened has no severity and reason before, one that is closed none after."""
    rows = []
    for outcome in OUTCOMES:
        for one in data[outcome]:
            before, after = (one["before"], one["after"]) if outcome == "changed" else (one, one)
            told = [*_told(before if outcome != "opened" else None), *_told(after if outcome != "closed" else None)]
            rows.append([outcome, after["kind"], *told, after["remedy"], after["iri"]])
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


_TOLD = {
    "en": {
        "none": "There is no gap here that a single tie is known to close.",
        "one": "This tie closes {closed} of {gaps} gaps. No other of the {considered} ties that were looked at closes "
        "more than {at_most}.",
        "some": "These {taken} ties close {closed} of {gaps} gaps. No {k} of the {considered} ties that were looked at "
        "close more than {at_most}.",
        "all": " To close all {all_closed} that such ties can close, it takes {all_ties} ties this way, and no fewer "
        "than {all_at_least}.",
        "opened": " Together they open {opened} other gaps, {instead} of them in place of one that they close.",
    },
    "ru": {
        "none": "Здесь нет пробелов, о которых известно, что их закроет одна связь.",
        "some": "Новых связей: {taken}; они закрывают пробелов: {closed} из {gaps}. Никакие {k} из рассмотренных "
        "связей ({considered}) не закроют больше, чем {at_most}.",
        "all": " Чтобы закрыть все пробелы, которые такие связи могут закрыть ({all_closed}), этим способом нужно "
        "связей: {all_ties}; меньше, чем {all_at_least}, не хватит.",
        "opened": " Вместе они открывают других пробелов: {opened}, из них на месте закрытых: {instead}.",
    },
}


def best_ties_to_dict(found: BestTies, lang: str = "en") -> dict[str, Any]:
    """Ready for JSON. ``told`` says in a sentence how good the choice is; ``together`` is a what-if of all of it."""
    numbers = {
        "k": found.k,
        "gaps": found.gaps,
        "closable": found.closable,
        "considered": found.considered,
        "closed": found.closed,
        "at_most": found.at_most,
        "all_ties": found.all_ties,
        "all_closed": found.all_closed,
        "all_at_least": found.all_at_least,
    }
    texts = _TOLD[lang]
    taken = len(found.ties)
    said = texts["none"] if not taken else texts["one" if taken == 1 and "one" in texts else "some"]
    opened, instead = (found.together.counts["opened"], found.together.replaced) if found.together else (0, 0)
    said += (texts["opened"] if opened else "") + (texts["all"] if taken else "")
    told = said.format_map(numbers | {"taken": taken, "opened": opened, "instead": instead})
    return {
        "told": told,
        **numbers,
        "ties": [
            {
                "assumed": assumption_to_dict(new.tie, lang),
                "number": new.number,
                "closes": [gap_to_dict(gap) for gap in new.closes],
            }
            for new in found.ties
        ],
        "together": None if found.together is None else what_if_to_dict(found.together, lang),
        "kinds": list(found.kinds),
        "worst_of": list(found.worst_of),
        "not_searched": list(found.not_searched),
        "as_of": found.as_of.isoformat(),
        "generation": found.generation,
    }


def best_ties_table(data: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """Headings and rows of what ``best_ties_to_dict`` gave: one row for each gap that a tie closes. Texts are raw."""
    rows = [
        [str(number), new["assumed"]["sentence"], gap["kind"], f"{gap['severity']:.2f}", gap["reason"], gap["iri"]]
        for number, new in enumerate(data["ties"], start=1)
        for gap in new["closes"]
    ]
    return ["number", "tie", "kind", "severity", "reason", "iri"], rows
