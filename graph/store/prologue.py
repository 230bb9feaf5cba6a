"""Declarations in the middle of an update, moved to its beginning: the engine reads them only there.

SPARQL 1.1 (rules 29 and 4 to 6) lets each operation after a ``;`` have a prologue of its own. Where exactly one
begins the engine's parser says itself: it complains of the word at that place. Found out by parsing, so to be called
where a crash does no harm.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from graph.errors import QueryError

_BLANK = r"(?:[ \t\r\n]|#[^\r\n]*[\r\n])*"
_IRI = r"<([^<>\"{}|^`\\\x00-\x20]*)>"
_DECLARATION = re.compile(rf"{_BLANK}(?:(BASE){_BLANK}{_IRI}|(PREFIX){_BLANK}([^\s:<>\"']*:){_BLANK}{_IRI})", re.I)
_POSITION = re.compile(r"\bat (\d+):(\d+)")
#: Each is found by parsing the text again. More of them are a program's, which can declare its prefixes once.
_MOST = 100


def with_one_prologue(text: str, complaint: Callable[[str], str]) -> str:
    """The update with all its declarations at the beginning; lines stay where they are.

    A text that has none elsewhere, or another fault, comes back as it is. Raises QueryError where the same prefix, or
    the base, is declared in two ways: to move such a declaration would change what came before it.
    """
    for _ in range(_MOST):
        at = _declared_at(text, offset(text, complaint(text)))
        if at < 0:
            return text
        head, first = _prologue(text, 0)
        end, later = _prologue(text, at)
        if end <= head:
            return text
        for name, iri in later.items():
            known = first.get(name)
            if known != iri and (known is not None or not name):
                raise QueryError(
                    "declared-twice",
                    f"This update declares {f'the prefix {name}' if name else 'BASE'} again in its middle, as another "
                    "IRI. Here a declaration holds for the whole update.",
                    "Use another prefix, or send the operations one after the other.",
                )
        added = "".join(f" PREFIX {name} <{iri}>" for name, iri in later.items() if name and name not in first)
        blanked = re.sub(r"[^\r\n]", " ", text[at:end])
        text = f"{text[:head]}{added} {text[head:at]}{blanked}{text[end:]}"
    return text


def _declared_at(text: str, at: int) -> int:
    """Where the declaration begins that the parser complains about at a place: it may have read the keyword; or -1."""
    if at < 0:
        return -1
    places = (at - len(keyword) for keyword in ("", "BASE", "PREFIX"))
    return next((place for place in places if place > 0 and _DECLARATION.match(text, place)), -1)


def _prologue(text: str, start: int) -> tuple[int, dict[str, str]]:
    """Where the declarations that begin at ``start`` end, and what they declare: prefix with its colon, or nothing
    for the base."""
    found: dict[str, str] = {}
    while match := _DECLARATION.match(text, start):
        found[match[4] or ""] = match[2] if match[1] else match[5]
        start = match.end()
    return start, found


def offset(text: str, message: str) -> int:
    """The place in a text that a complaint of the parser is about; -1 where it names none."""
    match = _POSITION.search(message)
    if match is None:
        return -1
    lines = text.split("\n")
    line = min(int(match[1]), len(lines))
    return sum(len(before) + 1 for before in lines[: line - 1]) + int(match[2]) - 1
