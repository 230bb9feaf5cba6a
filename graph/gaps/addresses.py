"""The IRI of a gap: which one it has, and what it is about. Pure."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Sequence

from graph.model import GapKind
from graph.terms import REFERENCE_BASE


def iri_of(base: str, kind: str, subjects: Sequence[str]) -> str:
    """The IRI of the gap of a kind that is about these IRIs: the same in every generation."""
    return f"{base}gap/{kind}/{_segment(base, subjects)}"


def subjects_of(base: str, kind: GapKind, segment: str) -> tuple[tuple[str, ...], ...]:
    """What the last segment of a gap's IRI can stand for: lists of IRIs that would have given it. None for a hash, from
    which nothing leads back."""
    codes = segment.split("--")
    if len(codes) != len(kind.subject):
        return ()
    kinds_of = {parameter.name: parameter.kind.split("|") for parameter in kind.question.parameters}
    choices = [
        [
            f"{root}{thing}/{shape}"
            for root in dict.fromkeys((base, REFERENCE_BASE))
            for thing in kinds_of[name]
            for shape in dict.fromkeys((code, code.replace(".", "/")))
        ]
        for name, code in zip(kind.subject, codes, strict=True)
    ]
    return tuple(found for found in itertools.product(*choices) if _segment(base, found) == segment)


def _segment(base: str, subjects: Sequence[str]) -> str:
    """The last segment of a gap's IRI: the codes of its subjects where all are ours, else a hash of their IRIs."""
    codes = []
    for iri in subjects:
        ours = next((b for b in (base, REFERENCE_BASE) if iri.startswith(b)), None)
        if ours is None:
            break
        codes.append(iri.removeprefix(ours).partition("/")[2].replace("/", "."))
    else:
        readable = "--".join(codes)
        if len(readable) <= 120:
            return readable
    return hashlib.sha256(" ".join(subjects).encode()).hexdigest()[:16]
