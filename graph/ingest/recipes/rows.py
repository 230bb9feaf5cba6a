"""The rows of a sheet, read by a recipe: which texts belong together, corrected and split. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from graph.ingest.recipes.meanings import group_of, part_of
from graph.ingest.recipes.recipe import Recipe, Use
from graph.ingest.tables import fold

Cells = tuple[str, ...]
#: By what a project is known, the surest first.
_PROJECT = ("#project+iati", "#project+code", "#project+name")


@dataclass(frozen=True, slots=True)
class Part:
    """One column of a group: where it stands, what part of the thing it says, how it is used."""

    position: int
    name: str
    use: Use


@dataclass(slots=True)
class Layout:
    """A recipe bound to the columns of one sheet."""

    groups: dict[str, list[Part]]
    single: dict[str, list[Part]]
    left: list[tuple[str, int]]  # headings that stay in the original only, and where
    _split: dict[tuple[str, Cells], tuple[dict[str, str], ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, recipe: Recipe, headers: Sequence[str]) -> Layout:
        """Columns are found by their headings, whatever their order."""
        places: dict[str, list[int]] = {}
        for position, heading in enumerate(headers):
            places.setdefault(fold(heading), []).append(position)
        groups: dict[str, list[Part]] = {}
        single: dict[str, list[Part]] = {}
        used: set[int] = set()
        for use in recipe.uses:
            found = places.get(fold(use.heading), [])
            if not found:
                continue
            position = found.pop(0)
            if use.meaning:
                used.add(position)
                group = group_of(use.meaning)
                home = groups.setdefault(group, []) if group else single.setdefault(use.meaning, [])
                home.append(Part(position, part_of(use.meaning), use))
        left = [(heading, at) for at, heading in enumerate(headers) if at not in used]
        return cls(groups, single, left)

    def things(self, group: str, cells: Cells) -> tuple[dict[str, str], ...]:
        """The things that a group names in one row: of each its parts. Parallel columns are split alike; where they do
        not have as many parts each, only the first column is split and the others say nothing."""
        parts = self.groups.get(group)
        if not parts:
            return ()
        raw = tuple(cells[p.position] if p.position < len(cells) else "" for p in parts)
        known = self._split.get((group, raw))
        if known is None:
            known = self._split[group, raw] = _split(parts, raw) if any(raw) else ()
        return known

    def texts(self, meaning: str, cells: Cells) -> list[tuple[str, Use]]:
        """The texts of columns that say one thing each, corrected."""
        found: list[tuple[str, Use]] = []
        for part in self.single.get(meaning, ()):
            if part.position < len(cells) and cells[part.position]:
                text = corrected(part.use, cells[part.position])
                if text:
                    found.append((text, part.use))
        return found

    def text(self, meaning: str, cells: Cells) -> str:
        """The first of them, or empty."""
        found = self.texts(meaning, cells)
        return found[0][0] if found else ""

    def project(self, cells: Cells) -> str:
        """What identifies the row's project: an IATI identifier, else a code, else its title; or empty."""
        for meaning in _PROJECT:
            if meaning in self.single and (text := self.text(meaning, cells)):
                return text
        return ""


def corrected(use: Use, text: str) -> str:
    """What is meant by a text: itself, unless the recipe corrects it."""
    return use.values.get(text, text).strip() if use.values else text


def _split(parts: Sequence[Part], raw: Cells) -> tuple[dict[str, str], ...]:
    lists = [
        [" ".join(piece.split()) for piece in text.split(part.use.separator)]
        if part.use.separator and text
        else [" ".join(text.split())] * bool(text)
        for part, text in zip(parts, raw, strict=True)
    ]
    longest = max(map(len, lists))
    even = [pieces for pieces in lists if pieces]
    if any(len(pieces) != longest for pieces in even):
        # Not parallel after all: the names alone are sure.
        first = next((at for at, part in enumerate(parts) if part.name == "name" and lists[at]), -1)
        lists = [pieces if at == first else [] for at, pieces in enumerate(lists)] if first >= 0 else lists
        longest = max(map(len, lists))
    made: dict[tuple[tuple[str, str], ...], None] = {}
    for at in range(longest):
        thing: Mapping[str, str] = {
            part.name: text
            for part, pieces in zip(parts, lists, strict=True)
            if at < len(pieces) and (text := corrected(part.use, pieces[at]))
        }
        if thing:
            made[tuple(thing.items())] = None
    return tuple(dict(thing) for thing in made)
