"""Saved recipes: ``{data_dir}/recipes/<name>.json``, each a CSVW table schema, found again by the shape of a file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from graph.durable import write_whole
from graph.errors import BadParameter, GraphError
from graph.ingest.recipes.recipe import Recipe, from_csvw, to_csvw
from graph.terms import slug

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class Shelf:
    """The recipes of one folder, which need not exist."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def all(self) -> list[Recipe]:
        """Every recipe that can be read, by name."""
        found = []
        for path in sorted(self.root.glob("*.json")) if self.root.is_dir() else ():
            if _NAME.fullmatch(path.stem):
                try:
                    found.append(self.load(path.stem))
                except GraphError:
                    continue  # Told where somebody asks for it by name.
        return found

    def load(self, name: str) -> Recipe:
        """Raises GraphError: ``not-found``, ``bad-recipe``."""
        if not _NAME.fullmatch(name) or not (self.root / f"{name}.json").is_file():
            known = ", ".join(path.stem for path in sorted(self.root.glob("*.json"))) or "none yet"
            raise GraphError("not-found", f"There is no recipe '{name[:60]}'.", f"Saved recipes: {known}.")
        return read(self.root / f"{name}.json", name)

    def save(self, recipe: Recipe, name: str) -> Recipe:
        """Keep a recipe under a name, in the place of one that has it. Raises BadParameter."""
        short = slug(name)[:60].strip("-")
        if not short:
            raise BadParameter("bad-name", f"'{name[:60]}' is no name for a recipe.", "Use Latin letters or digits.")
        named = Recipe(recipe.uses, short, recipe.lang, recipe.scheme)
        self.root.mkdir(parents=True, exist_ok=True)
        text = json.dumps(to_csvw(named), ensure_ascii=False, indent=1)
        write_whole(self.root / f"{short}.json", (text + "\n").encode())
        return named

    def remove(self, name: str) -> None:
        """Forget a recipe. Raises GraphError (``not-found``)."""
        self.load(name)
        (self.root / f"{name}.json").unlink()

    def find(self, headers: Sequence[str]) -> Recipe | None:
        """The saved recipe that fits a sheet best; None where none does."""
        fitting = [(recipe.fits(headers), recipe.name, recipe) for recipe in self.all()]
        best = max(fitting, key=lambda one: (one[0], one[1]), default=None)
        return best[2] if best and best[0] else None


def read(path: Path, name: str = "") -> Recipe:
    """The recipe of a file. Raises BadParameter (``bad-recipe``)."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadParameter(
            "bad-recipe", f"{path.name} cannot be read as a recipe ({type(error).__name__}).", "It is a JSON file."
        ) from None
    recipe = from_csvw(data)
    return Recipe(recipe.uses, name or recipe.name, recipe.lang, recipe.scheme)
