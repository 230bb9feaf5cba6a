"""The form in which people correct a recipe: columns by their number, and corrections of values. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from graph.ingest.recipes import Recipe, Use, from_csvw
from graph.ingest.recipes.meanings import MEANINGS
from graph.ingest.recipes.recipe import DATE_FORMATS

#: How separators are written in a form, where a line end cannot be typed.
SEPARATORS = {"": "", ";": ";", ",": ",", "|": "|", "/": "/", "line": "\n"}
#: Faults that a correction of the value can mend, or proposals that it can settle.
_CORRECTABLE = (
    "not-a-place",
    "unknown-place",
    "not-an-organisation",
    "place-not-said",
    "perhaps-known",
    "unknown-status",
)
_MOST_CORRECTIONS = 200


def recipe_of(before: Recipe, fields: Mapping[str, str]) -> Recipe:
    """The recipe as the form has changed it. Unknown words leave a column as it was."""
    uses = [_use(use, at, fields) for at, use in enumerate(before.uses)]
    for number in range(_MOST_CORRECTIONS):
        heading, value = fields.get(f"column-{number}", ""), fields.get(f"from-{number}")
        meant = fields.get(f"to-{number}", "").strip()
        if value is None or not (meant or fields.get(f"none-{number}")):
            continue
        for at, use in enumerate(uses):
            if use.heading == heading and use.meaning:
                uses[at] = replace(use, values={**use.values, value: meant})
    return Recipe(tuple(uses), before.name, fields.get("lang", before.lang).strip()[:12] or before.lang, before.scheme)


def _use(use: Use, at: int, fields: Mapping[str, str]) -> Use:
    meaning = fields.get(f"meaning-{at}", use.meaning)
    if meaning and meaning not in MEANINGS:
        meaning = use.meaning
    separator = (
        SEPARATORS.get(fields.get(f"separator-{at}", ""), use.separator) if f"separator-{at}" in fields else None
    )
    dates = fields.get(f"dates-{at}", use.dates)
    return replace(
        use,
        meaning=meaning,
        separator=use.separator if separator is None else separator,
        dates=dates if dates in DATE_FORMATS else use.dates,
        why=use.why if meaning == use.meaning else "chosen",
    )


def corrections(results: Iterable[Mapping[str, Any]], file: str, sheet: str) -> list[dict[str, Any]]:
    """Distinct values of a sheet that a correction could settle, with how many rows are concerned."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for one in results:
        if one["rule"] in _CORRECTABLE and one["value"] and (one["file"], one["sheet"]) == (file, sheet):
            entry = found.setdefault(
                (one["column"], one["value"]),
                {"column": one["column"], "value": one["value"], "nearest": one["nearest"], "rows": 0}
                | {"why": one["message"]},
            )
            entry["rows"] += 1
    return sorted(found.values(), key=lambda one: -one["rows"])[:_MOST_CORRECTIONS]


def sheets(used: Iterable[Mapping[str, Any]], results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The sheets of a batch for its page: columns with examples, and the values that are not clear."""
    results = list(results)
    written = {text: name for name, text in SEPARATORS.items()}
    found = []
    for one in used:
        recipe = from_csvw(one["recipe"])
        columns = [
            {
                "number": number,
                "heading": use.heading,
                "meaning": use.meaning,
                "separator": written.get(use.separator, ""),
                "dates": use.dates,
                "date": use.meaning.startswith("#date"),
                "why": column.get("cg:guessedFrom", ""),
                "examples": one["examples"].get(use.heading, []),
            }
            for number, (use, column) in enumerate(
                zip(recipe.uses, one["recipe"]["tableSchema"]["columns"], strict=True)
            )
        ]
        unclear = corrections(results, one["file"], one["sheet"])
        found.append(
            {
                **one,
                "columns": columns,
                "taken": sum(bool(column["meaning"]) for column in columns),
                "corrections": unclear,
                "open": not recipe.name,
            }
        )
    return found
