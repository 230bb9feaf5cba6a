"""The words of matching: what is found for one name, how sure that is, and why."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """What is to be done with a name: taken, proposed, created, or reported."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NEW = "new"
    NOT_A_NAME = "not-a-name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One known thing that a name may mean. ``score`` is 0 to 100; ``why`` has a sentence for "en" and "ru"."""

    iri: str
    label: str
    score: float
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """What a name was found to mean. ``candidates`` come best first."""

    text: str
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    why: Mapping[str, str]

    @property
    def iri(self) -> str:
        """The thing, where that is certain; otherwise empty."""
        return self.candidates[0].iri if self.verdict is Verdict.CERTAIN else ""
