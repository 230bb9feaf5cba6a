"""Recipes: how the columns of somebody else's sheet are read.

A recipe says of every column what it means, as an HXL tag of ``meanings``; what has no meaning for us stays in the
original file, which is kept. ``guess`` makes one from a sheet, ``shelf`` keeps those that people have saved and finds
them again by the shape of a file, ``build`` turns the rows into what they say.
"""

from graph.ingest.recipes.build import Built, build
from graph.ingest.recipes.guess import guess
from graph.ingest.recipes.known import Known
from graph.ingest.recipes.recipe import Recipe, Use, from_csvw, to_csvw
from graph.ingest.recipes.shelf import Shelf

__all__ = ["Built", "Known", "Recipe", "Shelf", "Use", "build", "from_csvw", "guess", "to_csvw"]
