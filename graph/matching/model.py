"""What a matcher answers. Data only."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass


class Verdict(enum.StrEnum):
    """How sure it is: ``certain`` is taken, ``likely`` is proposed, ``new`` is none that is known, ``not-a-name`` is no
    name of such a thing at all."""

    CERTAIN = "certain"
    LIKELY = "likely"
    NEW = "new"
    NOT_A_NAME = "not-a-name"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something known. ``score`` is from 0 to 100; ``why`` is a sentence in English and Russian."""

    iri: str
    label: str
    score: float
    why: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Match:
    """What became of a text. ``candidates`` come best first; with ``new`` they are no proposals of identity but say
    what it may belong to (an office's parent)."""

    text: str
    verdict: Verdict
    candidates: tuple[Candidate, ...]
    why: Mapping[str, str]

    @property
    def iri(self) -> str:
        """Of the one that it certainly is; empty otherwise."""
        return self.candidates[0].iri if self.verdict is Verdict.CERTAIN else ""
