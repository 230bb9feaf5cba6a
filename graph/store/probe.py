"""Whether a keyword of a text is a clause or just stands there: in a string, a comment, an IRI, a name.

That is for the engine's own parser to say: a second tokeniser would differ from it somewhere (it reads
``trueSERVICE<x>`` as two words, and a ``<`` as an operator where the grammar would see an IRI). So the word is
replaced everywhere by one that nobody can guess, and the text is parsed over an empty store. If it still parses, the
word was never the clause.

The parser is recursive: what comes from anybody is probed where a crash does no harm.
"""

from __future__ import annotations

import re
import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass

import pyoxigraph as ox

#: ``\\u0053`` and the like: SPARQL 1.1 reads escapes before anything else, section 19.2.
_ESCAPED_LETTER = re.compile(r"\\u00([46][1-9a-f]|[57][0-9a])|\\U000000([46][1-9a-f]|[57][0-9a])", re.IGNORECASE)
_POSITION = re.compile(r"\bat (\d+):(\d+)")
#: Any base makes relative IRIs parse.
_BASE = "https://example.org/"
#: What can follow a whole update, and cannot be a part of one that is cut short; then what can follow nothing.
_AFTER = ("CLEAR DEFAULT @", "@")


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


def query_complaint(text: str) -> str:
    """The parser's complaint about a query; empty where it reads it."""
    try:
        ox.Store().query(text, base_iri=_BASE)
    except SyntaxError as error:
        return str(error)
    except (ValueError, RuntimeError, OSError):
        pass  # It parsed, which is all that was to be found out.
    return ""


def update_complaint(text: str) -> str:
    """The parser's complaint about an update; empty where it reads it. Nothing is run (LOAD would reach the network).

    The engine has no parser without an evaluator. So a fault is put behind the text: where the complaint is about
    just that place, the parser had no fault to find before.
    """
    complaints = []
    for joint in ("\n;\n", "\n"):
        before = text + joint + _AFTER[0].removesuffix(_AFTER[1])
        try:
            ox.Store().update(before + _AFTER[1], base_iri=_BASE)
        except SyntaxError as error:
            place = _POSITION.search(str(error))
            if place is None:
                complaints.append(str(error))
            elif (int(place[1]), int(place[2])) == end_of(before):
                return ""
            else:
                complaints.append(str(error))
        else:
            raise AssertionError("a fault was read without complaint")
    return complaints[0]


def end_of(text: str) -> tuple[int, int]:
    """Line and column just behind a text, counted from 1."""
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1


def without(word: str, text: str, complaint: Callable[[str], str] = query_complaint) -> Probe:
    """Parse ``text`` with every ``word`` replaced. A text that does not have the word is not parsed."""
    pattern = re.compile(word, re.IGNORECASE)
    plain = _ESCAPED_LETTER.sub(lambda m: chr(int(m[1] or m[2], 16)), text)
    places = tuple(match.span() for match in pattern.finditer(plain))
    if not places:
        return Probe(plain, plain, (), "")
    other = _other(word)
    probe = pattern.sub(lambda m: _in_case_of(m[0], other), plain)
    return Probe(plain, probe, places, complaint(probe))


def has_escaped_letter(text: str) -> bool:
    """Whether a letter is written as an escape, so that a keyword may not look like one."""
    return _ESCAPED_LETTER.search(text) is not None


def is_keyword(text: str, start: int, end: int, complaint: Callable[[str], str]) -> bool:
    """Whether the word at one place of a text that parses is a keyword there."""
    word = text[start:end]
    return bool(complaint(text[:start] + _in_case_of(word, _other(word)) + text[end:]))


def has_dataset_clause(query: str) -> bool:
    """Whether a query names its own dataset with FROM: then the default graph is that, not the union of all."""
    return not without("from", query).parses


def _other(word: str) -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in word)


def _in_case_of(word: str, other: str) -> str:
    """``other`` in the letter case of ``word``, so that names differing in case still differ."""
    return "".join(new.upper() if old.isupper() else new for old, new in zip(word, other, strict=True))
