"""Whether a keyword of a query is a clause or just stands there: in a string, a comment, an IRI, a name.

That is for the engine's own parser to say: a second tokeniser would differ from it somewhere (it reads
``trueSERVICE<x>`` as two words, and a ``<`` as an operator where the grammar would see an IRI). So the word is
replaced everywhere by one that nobody can guess, and the text is parsed over an empty store. If it still parses, the
word was never the clause.
"""

from __future__ import annotations

import re
import secrets
import string
from dataclasses import dataclass

import pyoxigraph as ox

#: ``\\u0053`` and the like: SPARQL 1.1 reads escapes before anything else, section 19.2.
_ESCAPED_LETTER = re.compile(r"\\u00([46][1-9a-f]|[57][0-9a])|\\U000000([46][1-9a-f]|[57][0-9a])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Probe:
    """``parses`` without the word; else the parser's complaint about ``probe``. ``places`` are (start, end) of the
    word in ``plain``, the text without escaped letters."""

    plain: str
    probe: str
    places: tuple[tuple[int, int], ...]
    complaint: str

    @property
    def parses(self) -> bool:
        return not self.complaint


def without(word: str, query: str) -> Probe:
    """Parse ``query`` with every ``word`` replaced. A text that does not have the word is not parsed."""
    pattern = re.compile(word, re.IGNORECASE)
    plain = _ESCAPED_LETTER.sub(lambda m: chr(int(m[1] or m[2], 16)), query)
    places = tuple(match.span() for match in pattern.finditer(plain))
    if not places:
        return Probe(plain, plain, (), "")
    other = "".join(secrets.choice(string.ascii_lowercase) for _ in word)
    probe = pattern.sub(lambda m: _in_case_of(m[0], other), plain)
    try:
        ox.Store().query(probe)
    except SyntaxError as error:
        return Probe(plain, probe, places, str(error))
    except (ValueError, RuntimeError, OSError):
        pass  # It parsed, which is all that was to be found out.
    return Probe(plain, probe, places, "")


def has_dataset_clause(query: str) -> bool:
    """Whether a query names its own dataset with FROM: then the default graph is that, not the union of all."""
    return not without("from", query).parses


def _in_case_of(word: str, other: str) -> str:
    """``other`` in the letter case of ``word``, so that names differing in case still differ."""
    return "".join(new.upper() if old.isupper() else new for old, new in zip(word, other, strict=True))
