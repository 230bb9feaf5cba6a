"""Initials of names, and names that are written with their acronym. Pure."""

from __future__ import annotations

import re

from graph.matching.latin import latin
from graph.matching.words import linking

#: "Name (ACR)", "ACR - Name", "Name - ACR".
_BRACKETS = re.compile(r"^(?P<name>[^()]{4,}?)\s*\((?P<acronym>[^()\s]{2,12})\)$")
_BEFORE = re.compile(r"^(?P<acronym>[^\W\d_]{2,12})\s+[-\u2013\u2014:]\s+(?P<name>.{4,})$")
_AFTER = re.compile(r"^(?P<name>.{4,}?)\s+[-\u2013\u2014]\s+(?P<acronym>[^\W\d_]{2,12})$")
_CAPITALS = 0.6


def initials(text: str) -> frozenset[str]:
    """The acronyms that a name of two words or more may have: of all its words, and without "of", "the" and the like.

    >>> sorted(initials("World Council of Examples"))
    ['wce', 'wcoe']
    """
    words = latin(text).split()
    if len(words) < 2:
        return frozenset()
    telling = [word for word in words if not linking(word)]
    found = {"".join(word[0] for word in words), "".join(word[0] for word in telling)}
    return frozenset(one for one in found if 2 <= len(one) <= 12)


def is_acronym(text: str) -> bool:
    """Whether a text looks like one: one word of 2 to 12 letters, most of them capital."""
    letters = [c for c in text if c.isalpha()]
    return (
        2 <= len(letters) <= 12
        and len(text.split()) == 1
        and sum(c.isupper() for c in letters) >= _CAPITALS * len(letters)
    )


def apart(text: str) -> tuple[str, str]:
    """A name and the acronym that it is written with; the whole text and nothing where there is none.

    >>> apart("World Council of Examples (WCE)"), apart("Examples (Norway)")
    (('World Council of Examples', 'WCE'), ('Examples (Norway)', ''))
    """
    for form in (_BRACKETS, _BEFORE, _AFTER):
        found = form.match(text.strip())
        if found and is_acronym(found["acronym"]):
            return found["name"].strip(), found["acronym"]
    return text, ""
