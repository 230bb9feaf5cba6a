"""The shares that the terms of a severity have: those of the kind's file, or some that a reader gives. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rapidfuzz import process

from graph.errors import BadParameter
from graph.model import GapKind

#: Larger numbers say nothing that smaller ones do not: only the shares count.
LARGEST = 1_000_000.0


def read_weights(text: str) -> dict[str, float]:
    """Terms and numbers as people type them.

    >>> read_weights("sure:0.7, apart:0.2")
    {'sure': 0.7, 'apart': 0.2}

    Raises BadParameter (``bad-weights``).
    """
    found: dict[str, float] = {}
    for part in text.split(","):
        name, colon, number = (piece.strip() for piece in part.partition(":"))
        if not name or not colon:
            raise _bad(f"'{part.strip()}' is no term with a number.")
        if name in found:
            raise _bad(f"The term '{name}' is given twice.")
        try:
            found[name] = float(number)
        except ValueError:
            raise _bad(f"'{number}' is no number.") from None
    return found


def shares(kinds: Sequence[GapKind], given: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """By kind, the share of each of its terms; they add up to 1.

    A number given goes before that of the kind's file, terms not given keep theirs, and all of a kind are then divided
    by their sum. Raises BadParameter: ``unknown-weight`` for a term that none of the kinds has, with the nearest;
    ``bad-weights`` for a number below 0, none at all, or a kind left with nothing.
    """
    known = sorted({term.name for kind in kinds for term in kind.severity})
    for name, number in given.items():
        if name not in known:
            near = tuple(match for match, _, _ in process.extract(name, known, limit=3, score_cutoff=50))
            hint = (f"Did you mean {near[0]}? " if near else "") + f"There are {', '.join(known)}."
            raise BadParameter("unknown-weight", f"No severity here has a term '{name}'.", hint, near or tuple(known))
        if not math.isfinite(number) or not 0 <= number <= LARGEST:
            raise _bad(f"The weight of '{name}' is {number:g}; it has to be a number from 0 to {LARGEST:,.0f}.")
    found: dict[str, dict[str, float]] = {}
    for kind in kinds:
        raw = {term.name: given.get(term.name, term.weight) for term in kind.severity}
        total = sum(raw.values())
        if not total:
            raise _bad(f"All terms of '{kind.name}' are 0: nothing is left to rank by.")
        # Untouched ones stay as the file has them, to the last digit.
        own = not raw.keys() & given.keys()
        found[kind.name] = raw if own else {name: number / total for name, number in raw.items()}
    return found


def _bad(message: str) -> BadParameter:
    return BadParameter("bad-weights", message, "Give terms and numbers as sure:0.7,apart:0.2.")
