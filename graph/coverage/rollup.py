"""What is counted together: themes with their narrower ones, places with what they contain, organisations as families.

Only this leads from parts to a whole. What is said of a whole - work for a region, a statement that nobody works on a
theme - stays what it is in its parts: it is told as regional, or holds there, whatever is counted together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from rapidfuzz import process

from graph.errors import BadParameter

THEMES, PLACES, FAMILIES = "themes", "places", "families"
#: All that can be counted together; what is, unless somebody says otherwise.
ROLL_UP = (THEMES, PLACES, FAMILIES)
NOTHING = "none"


def read_roll_up(text: str) -> tuple[str, ...]:
    """Names of ``ROLL_UP`` with commas or blanks between them, or ``none``; an empty text is all of them. Raises
    BadParameter.

    >>> read_roll_up("families, themes")
    ('themes', 'families')
    """
    given = [word for word in re.split(r"[\s,;]+", text.strip().lower()) if word]
    for word in given:
        if word not in (*ROLL_UP, NOTHING):
            near = tuple(match for match, _, _ in process.extract(word, ROLL_UP, limit=1, score_cutoff=60))
            raise BadParameter(
                "unknown-roll-up",
                f"'{word[:100]}' is nothing that could be counted together.",
                (f"Did you mean {near[0]}? " if near else "") + f"There are {', '.join(ROLL_UP)}, and {NOTHING}.",
                near or (*ROLL_UP, NOTHING),
            )
    return tuple(one for one in ROLL_UP if one in given) if given else ROLL_UP


def apart(roll_up: Collection[str]) -> bool:
    """Whether something is not counted together that could be."""
    return len(roll_up) < len(ROLL_UP)


def roll_up_text(roll_up: Sequence[str]) -> str:
    """As ``read_roll_up`` reads it.

    >>> roll_up_text(())
    'none'
    """
    return ",".join(roll_up) or NOTHING
