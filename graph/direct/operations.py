"""The operations of an update, one by one, each so that what it changes can be told.

An update is run on a copy of the data, and what it changed is wanted without comparing all of them. Of an operation
with templates (DELETE, INSERT) the engine itself writes a journal: what the templates say is put into one more graph
too, by the same solutions. That needs a few places of the text to be found, and so a tokeniser. Wherever that is not
sure to read a text as the engine does, it says so (``Unsure``), and everything is compared instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r\n]+|\#[^\r\n]*)
    | (?P<string>\"{3}(?:\"{0,2}(?:[^"\\]|\\.))*\"{3}|'{3}(?:'{0,2}(?:[^'\\]|\\.))*'{3}
        |"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*')
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<word>(?:[\w:\-%?$@]|\\[_~.\-!$&'()*+,;=/?\#@%]|\.(?=[\w:\-%\\]))+)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
#: An escape that stands for a letter, or a sign, of the language itself.
_ESCAPED_SIGN = re.compile(r"\\u00[0-7]|\\U000000[0-7]")
_OPEN, _CLOSE = "([{", ")]}"


class Unsure(Exception):
    """The text cannot be told apart for sure."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, IRI, string or sign, and where it begins."""

    kind: str
    text: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def keyword(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. ``name`` is its keyword, or "INSERT DATA", "DELETE DATA", "MODIFY". ``text`` can be run alone.
    Of a MODIFY ``text`` writes the journal too; of DELETE DATA it inserts instead: that is what is to be deleted.
    ``graphs`` of the others are the graphs named, as SPARQL writes them, or DEFAULT, NAMED, ALL."""

    name: str
    text: str
    graphs: tuple[str, ...] = ()
    prologue: str = ""


def operations(text: str, journal: str) -> list[Operation]:
    """An update whose declarations are all at its beginning, told apart. ``journal`` is the IRI of a graph that no
    text names. Raises Unsure."""
    tokens = list(_tokens(text))
    first = _after_prologue(tokens)
    prologue = text[: tokens[first].start] if first < len(tokens) else text
    found = []
    for piece in _pieces(tokens[first:]):
        if piece:
            found.append(_operation(text, prologue, piece, journal))
    return found


def _tokens(text: str) -> Iterator[Token]:
    stack: list[str] = []
    before: Token | None = None
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "mark"
        if kind == "blank":
            continue
        token = Token(kind, match[0], match.start())
        if kind == "mark":
            if token.text in "\"'\\" or (token.text == "<" and "\\" in text):
                raise Unsure("a string or an escape that does not end")
            if token.text in _OPEN:
                stack.append(token.text)
            elif token.text in _CLOSE and (not stack or _OPEN.index(stack.pop()) != _CLOSE.index(token.text)):
                raise Unsure("brackets that do not match")
        elif kind == "string" and _ESCAPED_SIGN.search(token.text):
            raise Unsure("an escaped sign")
        elif kind == "iri" and "#" in token.text and stack[-1:] == ["("] and _is_operand(before):
            # In an expression it may be a comparison, and then a comment begins within it.
            raise Unsure("an IRI or a comparison")
        yield token
        before = token
    if stack:
        raise Unsure("brackets that do not match")


def _is_operand(token: Token | None) -> bool:
    if token is None:
        return False
    return token.text == ")" or token.kind == "string" or (token.kind == "word" and token.text[0] in "?$0123456789")


def _after_prologue(tokens: Sequence[Token]) -> int:
    at = 0
    while at < len(tokens) and tokens[at].keyword in ("PREFIX", "BASE"):
        at += 3 if tokens[at].keyword == "PREFIX" else 2
    return at


def _pieces(tokens: Sequence[Token]) -> Iterator[list[Token]]:
    depth = 0
    piece: list[Token] = []
    for token in tokens:
        if token.kind == "mark":
            depth += (token.text in _OPEN) - (token.text in _CLOSE)
            if token.text == ";" and not depth:
                yield piece
                piece = []
                continue
        piece.append(token)
    yield piece


def _operation(text: str, prologue: str, piece: Sequence[Token], journal: str) -> Operation:
    own = text[piece[0].start : piece[-1].end]
    words = [token.keyword for token in piece]
    match words[:2]:
        case ["INSERT", "DATA"]:
            return Operation("INSERT DATA", f"{prologue}\n{own}")
        case ["DELETE", "DATA"]:
            return Operation("DELETE DATA", f"{prologue}\nINSERT{own[len('DELETE') :]}")
        case ["DELETE", "WHERE"]:
            if _end(piece, 2) != len(piece) - 1:
                raise Unsure("more behind DELETE WHERE")
            pattern = text[piece[2].end : piece[-1].start]
            kept = f"GRAPH <{journal}> {{ {_flat(text, piece[2:])} }}"
            return Operation("MODIFY", f"{prologue}\nDELETE {{{pattern}}} INSERT {{ {kept} }} WHERE {{{pattern}}}")
        case [("WITH" | "DELETE" | "INSERT"), *_]:
            return Operation("MODIFY", prologue + "\n" + _journaled(text, piece, journal))
        case [("CLEAR" | "DROP" | "CREATE" | "COPY" | "MOVE" | "ADD") as name, *_]:
            named = [token.text for token in piece[1:] if token.keyword not in ("SILENT", "GRAPH", "TO")]
            if not named or len(named) > 2:
                raise Unsure("graphs that cannot be told apart")
            return Operation(name, f"{prologue}\n{own}", tuple(named), prologue)
    raise Unsure("an operation that is not known here")


def _journaled(text: str, piece: Sequence[Token], journal: str) -> str:
    """The operation with a journal of its templates."""
    at = 2 if piece[0].keyword == "WITH" else 0
    spans: dict[str, tuple[int, int]] = {}
    while at < len(piece) and piece[at].keyword in ("DELETE", "INSERT"):
        end = _end(piece, at + 1)
        spans[piece[at].keyword] = (at + 1, end)
        at = end + 1
    if not spans:
        raise Unsure("no template")
    kept = " . ".join(filter(None, (_flat(text, piece[open_ : end + 1]) for open_, end in spans.values())))
    entry = f" GRAPH <{journal}> {{ {kept} }} "
    if "INSERT" in spans:
        open_, end = spans["INSERT"]
        if any(token.kind == "mark" and token.text in "[(" for token in piece[open_:end]):
            # Written twice, what has no name would be two things.
            raise Unsure("blank nodes without a name")
        place = piece[end].start
    else:
        place, entry = piece[spans["DELETE"][1]].end, f" INSERT {{{entry}}} "
    return text[piece[0].start : place] + entry + text[place : piece[-1].end]


def _end(piece: Sequence[Token], at: int) -> int:
    """Where the brace closes that opens there."""
    if at >= len(piece) or piece[at].text != "{":
        raise Unsure("no template")
    depth = 0
    for place in range(at, len(piece)):
        if piece[place].kind == "mark":
            depth += (piece[place].text == "{") - (piece[place].text == "}")
            if not depth:
                return place
    raise Unsure("no end")


def _flat(text: str, piece: Sequence[Token]) -> str:
    """The triples of a template, from brace to brace, whatever graph they are in."""
    parts: list[str] = []
    begin = piece[0].end
    at = 1
    while at < len(piece) - 1:
        token = piece[at]
        if token.keyword == "GRAPH":
            parts.append(text[begin : token.start])
            end = _end(piece, at + 2)
            parts.append(text[piece[at + 2].end : piece[end].start])
            begin, at = piece[end].end, end
        elif token.kind == "mark" and token.text in "{}":
            raise Unsure("a brace that is none of GRAPH's")
        at += 1
    parts.append(text[begin : piece[-1].start])
    return " . ".join(filter(None, (_bare(part) for part in parts)))


def _bare(part: str) -> str:
    """Without a dot or blank at its ends. A comment would swallow what is put behind it."""
    if any(token.kind == "blank" and token.text.startswith("#") for token in _all(part)):
        part = "".join(" " if t.kind == "blank" else t.text for t in _all(part))
    return part.strip().strip(".").strip()


def _all(part: str) -> Iterator[Token]:
    for match in _TOKEN.finditer(part):
        yield Token(match.lastgroup or "mark", match[0], match.start())
