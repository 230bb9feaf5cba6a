"""One alphabet for names in two: Cyrillic letters by the Latin ones that people write for them. Pure.

The table follows the practice of passports and news (ICAO 9303, BGN/PCGN), not a standard that can be turned back: it
is only ever used to compare.
"""

from __future__ import annotations

import re
from functools import lru_cache

from graph.names_text import fold

_LETTERS = str.maketrans(
    dict(
        zip(
            "абвгдежзийклмнопрстуфхцчшщъыьэюяґєіїўјљњћђџәғқңөұүһ",
            "a b v g d e zh z i i k l m n o p r s t u f kh ts ch sh shch - y - e iu ia g ie i i u j lj nj c dj dz a g "
            "k n o u u h".replace("-", "\u0000").split(" "),
            strict=True,
        )
    )
)
_CYRILLIC = re.compile("[\u0400-\u04ff]")
#: Spellings of one sound, longest first. Only used across alphabets: within one, they tell names apart.
_SOUNDS = (
    ("shch", "sh"),
    ("sch", "sh"),
    ("kh", "h"),
    ("ph", "f"),
    ("ck", "k"),
    ("th", "t"),
    ("tz", "ts"),
    ("x", "ks"),
    ("q", "k"),
    ("w", "v"),
    ("ch", "4"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("c", "k"),
    ("j", "i"),
    ("y", "i"),
    ("iu", "u"),
    ("ia", "a"),
    ("ie", "e"),
)
_TWICE = re.compile(r"(.)\1+")


def is_cyrillic(text: str) -> bool:
    """Whether any of its letters is Cyrillic."""
    return _CYRILLIC.search(text) is not None


@lru_cache(maxsize=8192)
def latin(text: str) -> str:
    """``fold`` with Cyrillic letters written as Latin ones.

    >>> latin("Красный Крест")
    'krasnyi krest'
    """
    folded = fold(text)
    if folded.isascii():
        return folded
    plain = folded.translate(_LETTERS).replace("\u0000", "")
    return plain.replace("iz", "is").replace("yz", "ys")


def sound(text: str) -> str:
    """About how a name sounds, for comparing names that are written in two alphabets: no blanks.

    >>> sound("ЮНИСЕФ") == sound("UNICEF")
    True
    """
    text = latin(text).replace(" ", "")
    for written, heard in _SOUNDS:
        text = text.replace(written, heard)
    return _TWICE.sub(r"\1", text)
