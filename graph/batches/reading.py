"""How the sheets of a batch are read: by the recipe chosen for it, else by a saved one that fits, else by a guess.

``chosen.json`` in the batch's folder is what somebody chose, ``recipes.json`` what was used: lists of
``{"file", "sheet", "recipe"}``, where an empty file stands for every sheet that the recipe fits.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from graph.batches import folder as places
from graph.batches.record import Record
from graph.durable import write_whole
from graph.errors import BadParameter
from graph.ingest.pipeline import Recipes
from graph.ingest.readers import Sheet
from graph.ingest.recipes import Recipe, Shelf, from_csvw, to_csvw

#: Different values of a column that are shown, and how long each may be.
_EXAMPLES, _LONGEST = 4, 80


def shelf_of(batches: Path) -> Shelf:
    """The saved recipes of the data folder in which the batches are."""
    return Shelf(batches.parent / "recipes")


def recipes_for(folder: Path, record: Record) -> Recipes:
    """Which recipe a sheet of the batch has. Raises GraphError (``not-found``, ``bad-recipe``)."""
    chosen = [(one["file"], one["sheet"], from_csvw(one["recipe"])) for one in _read(folder / places.CHOSEN)]
    shelf = shelf_of(folder.parent)
    asked = shelf.load(record.recipe) if record.recipe else None

    def find(sheet: Sheet) -> Recipe | None:
        for file, name, recipe in chosen:
            if (file, name) == (sheet.file, sheet.name) or (not file and recipe.fits(sheet.headers)):
                return recipe
        if asked is not None and asked.fits(sheet.headers):
            return asked
        return shelf.find(sheet.headers)

    return find


def choose(folder: Path, recipe: Recipe, file: str = "", sheet: str = "") -> None:
    """Have a sheet of the batch (or each that it fits) read by a recipe from now on."""
    kept = [one for one in _read(folder / places.CHOSEN) if (one["file"], one["sheet"]) != (file, sheet)]
    kept.append({"file": file, "sheet": sheet, "recipe": to_csvw(recipe)})
    write_whole(folder / places.CHOSEN, (json.dumps(kept, ensure_ascii=False) + "\n").encode())


def used(sheets: Iterable[tuple[Sheet, Recipe]]) -> list[dict[str, Any]]:
    """What is kept of how sheets were read, with some values of each column to look at."""
    return [
        {"file": sheet.file, "sheet": sheet.name, "recipe": to_csvw(recipe), "examples": _examples(sheet)}
        for sheet, recipe in sheets
    ]


def _examples(sheet: Sheet) -> dict[str, list[str]]:
    found: dict[str, dict[str, None]] = {heading: {} for heading in sheet.headers}
    for _, cells in sheet.rows[:2_000]:
        for heading, cell in zip(sheet.headers, cells, strict=False):
            if cell and len(found[heading]) < _EXAMPLES:
                found[heading].setdefault(cell[:_LONGEST])
    return {heading: list(values) for heading, values in found.items()}


def used_recipe(folder: Path, number: int) -> tuple[str, str, Recipe]:
    """File, sheet and recipe of one of the sheets, counted from 0. Raises BadParameter."""
    sheets = _read(folder / places.RECIPES)
    if not 0 <= number < len(sheets):
        raise BadParameter("no-sheet", f"The batch has no sheet {number} that a recipe reads.")
    one = sheets[number]
    return one["file"], one["sheet"], from_csvw(one["recipe"])


def _read(path: Path) -> list[dict[str, Any]]:
    found = places.read_json(path)
    return found if isinstance(found, list) else []
