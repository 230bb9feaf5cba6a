"""Forms of a name in which spellings meet: words, Latin letters for Cyrillic ones, initials. Pure."""

from __future__ import annotations

import functools
import re

from graph.names_text import fold

#: Cyrillic to Latin, after the romanisation of passports (ICAO Doc 9303): one way for all, since two spellings only
#: have to meet. Doubled and silent letters that romanisations disagree about are taken out afterwards.
_LATIN = {
    **dict(zip("абвгдезийклмнопрстуфыэ", "abvgdeziiklmnoprstufye", strict=True)),
    **{"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "iu", "я": "ia"},
    **{"ё": "e", "і": "i", "ї": "i", "є": "e", "ґ": "g", "ў": "u"},
}
_TABLE = str.maketrans(_LATIN)
_SAME = ((re.compile("[yj]"), "i"), (re.compile("kh"), "h"), (re.compile("x"), "ks"), (re.compile(r"(.)\1"), r"\1"))
#: Words that tell little: they are not counted among initials, and weigh little by being frequent.
_SMALL = frozenset(
    (
        *("a", "an", "and", "for", "in", "of", "on", "the", "de", "del", "des", "du", "et", "la", "las", "le", "les"),
        *("los", "y", "der", "und", "и", "в", "на", "по", "о", "для"),
    )
)


@functools.lru_cache(maxsize=200_000)
def words(text: str) -> tuple[str, ...]:
    """Folded words of a name.

    >>> words("Médecins Sans Frontières - F")
    ('medecins', 'sans', 'frontieres', 'f')
    """
    return tuple(fold(text).split())


def latin(text: str) -> str:
    """A key in which a name meets its romanisations.

    >>> latin("Надежда"), latin("Nadezhda"), latin("Мария Хачатрян") == latin("Mariya Khachatryan")
    ('nadezhda', 'nadezhda', True)
    """
    folded = fold(text).replace(" ", "").translate(_TABLE)
    for pattern, plain in _SAME:
        folded = pattern.sub(plain, folded)
    return folded


def romanised(text: str) -> str:
    """Folded words in Latin letters, for IRIs that people can read.

    >>> romanised("Синий дом")
    'sinii dom'
    """
    return fold(text).translate(_TABLE)


def cyrillic(text: str) -> bool:
    """Whether a name has Cyrillic letters."""
    return re.search("[\u0400-\u04ff]", text) is not None


def initials(text: str) -> str:
    """First letters of the words that count; empty for fewer than two.

    >>> initials("Norwegian Refugee Council"), initials("Ministry of Education"), initials("UNICEF")
    ('nrc', 'me', '')
    """
    letters = [word[0] for word in words(text) if word not in _SMALL]
    return "".join(letters) if len(letters) > 1 else ""


def is_acronym(text: str) -> bool:
    """Whether a text looks like an acronym: one word, mostly capitals, short."""
    plain = text.replace(".", "").replace(" ", "") if "." in text else text
    return 2 <= len(plain) <= 10 and plain.isalnum() and sum(c.isupper() for c in plain) * 2 > len(plain)


def trigrams(word: str) -> frozenset[str]:
    """Three letters each, with marks of beginning and end."""
    marked = f"^{word}$"
    return frozenset(marked[at : at + 3] for at in range(len(marked) - 2))
