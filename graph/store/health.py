"""Whether an engine can do its work, part by part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Health:
    """``parts`` is by name: what is wrong with it, as a sentence, or nothing.

    ``reading``: a query was answered. ``writing``: there is a process that writes. ``disk``: there is room for a
    write. ``data``: everything that was ever confirmed is there.
    """

    generation: int
    parts: Mapping[str, str]

    @property
    def sound(self) -> bool:
        return not any(self.parts.values())
