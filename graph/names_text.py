"""Folding of names, so that spellings people type meet the spellings that are stored. Pure."""

from __future__ import annotations

import functools
import re
import unicodedata

#: Letters that Unicode does not decompose although readers take them for a variant of a plain one.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ı": "i",
        "ə": "e",
        "&": " and ",
    }
)
_APOSTROPHES = re.compile("['\u2018\u2019\u201b\u02bc\u02b9`\u00b4\u2032]")
_OTHER = re.compile(r"[\W_]+")


@functools.lru_cache(maxsize=100_000)
def fold(text: str) -> str:
    """Lower-case words without diacritics or punctuation, one blank between them.

    British and American -is-/-iz- spellings become the same. Cyrillic letters stay what they are (й is no и),
    but ё, as most people write it, is е.

    >>> fold("  De\u00adinstitutionali\u00adzation\u00a0– 'Côte d’Ivoire'")
    'deinstitutionalisation cote divoire'
    >>> fold("Ещё й")
    'еще й'
    """
    if text.isascii():
        # Most names: nothing to decompose.
        text = text.lower().replace("&", " and ")
    else:
        text = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
        text = "".join(_strip(c) for c in text if unicodedata.category(c) != "Cf")
    text = _OTHER.sub(" ", _APOSTROPHES.sub("", text)).strip()
    return text.replace("iz", "is").replace("yz", "ys")


def key(text: str) -> str:
    """``fold`` without blanks: "inter-agency", "inter agency" and "interagency" are one key."""
    return fold(text).replace(" ", "")


def _strip(character: str) -> str:
    if "\u0400" <= character <= "\u04ff":
        return "е" if character == "ё" else character
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(c for c in decomposed if not unicodedata.combining(c))
