"""The syntaxes of RDF: which one a file is in, and its statements with the lines where they stand. Nothing is fetched:
contexts of JSON-LD are taken from the file itself, or are one of a few that are known here.

Parsed with the engine's parsers, which keep literals as they are written.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from pyoxigraph import DefaultGraph, Quad, RdfFormat, Triple, parse

from graph.ingest.messages import fault
from graph.ingest.readers import Tell, silent
from graph.ingest.readers._rdf_guards import guard_json, guard_triples, guard_xml, xml_in_utf8
from graph.ingest.readers._xml import Refused
from graph.model import CellRef, ValidationResult

BY_SUFFIX: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".trig": RdfFormat.TRIG,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".n3": RdfFormat.N3,
    ".rdf": RdfFormat.RDF_XML,
    ".owl": RdfFormat.RDF_XML,
    ".jsonld": RdfFormat.JSON_LD,
}
#: Stands for the address of the file, which nobody knows; relative addresses begin with it.
RELATIVE = "http://relative.invalid/"
#: Bytes in one file, and statements: what a machine holds in memory several times over.
LARGEST = 512 * 1024 * 1024
MOST_STATEMENTS = 1_000_000
#: Faults of syntax that are told one by one.
_TOLD = 20
#: Statements between two words on how far it is.
_PACE = 5_000
_HEAD = 64 * 1024
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_ROOT = re.compile(rb"<(?:[\w.-]+:)?RDF[\s>]")
_JSON_WORDS = (b'"@context"', b'"@id"', b'"@graph"', b'"@type"')
_DIRECTIVE = re.compile(rb"^[ \t]*(?:@prefix|@base|prefix|base)[ \t]+\S", re.IGNORECASE | re.MULTILINE)
_STATEMENT = re.compile(rb"\s*(?:<[^<>\s]+>|_:\S+)[ \t]+<[^<>\s]+>[ \t]+[<\"_]")
_COMMENTS = re.compile(rb"\A(?:\s*#[^\n]*\n)+")
_SCHEMA_ORG = re.compile(r"https?://(?:www\.)?schema\.org(?:/docs/jsonldcontext\.json(?:ld)?)?/?")
#: What the context of schema.org says, as far as it matters here: its names, and which values are addresses.
_SCHEMA_CONTEXT = {
    "@vocab": "https://schema.org/",
    "id": "@id",
    "type": "@type",
    "sameAs": {"@type": "@id"},
    "url": {"@type": "@id"},
}
#: Where each installation serves the context of its own exports.
_OWN_CONTEXT = "/ns/context.jsonld"
_REMOTE = re.compile(rb'"@context"\s*:\s*(?:\[[^\]{]*)?"|"@import"')


@dataclass(slots=True)
class Parsed:
    """Statements in the order of the file with their lines (0 where the syntax does not tell), what was left out and
    how often, and faults of syntax."""

    format: RdfFormat
    quads: list[Quad] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    left_out: dict[str, int] = field(default_factory=dict)
    faults: list[ValidationResult] = field(default_factory=list)


def format_of(data: bytes) -> RdfFormat | None:
    """The syntax that a file's content shows; None where it shows none. Of two that look alike, the larger."""
    head = data[:_HEAD].removeprefix(b"\xef\xbb\xbf")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head[: len(head) // 2 * 2].decode("utf-16", "replace").encode()
    head = head.lstrip()
    if head.startswith(b"<") and _RDF.encode() in head and _ROOT.search(head):
        return RdfFormat.RDF_XML
    if head.startswith((b"{", b"[")) and any(word in head for word in _JSON_WORDS):
        return RdfFormat.JSON_LD
    bare = _COMMENTS.sub(b"", head)
    if _DIRECTIVE.match(bare.lstrip()):
        return RdfFormat.TRIG
    return RdfFormat.N_QUADS if _STATEMENT.match(bare) else None


def read(name: str, data: bytes, syntax: RdfFormat, tell: Tell = silent) -> Parsed:
    """All statements of a file. Faults are in ``Parsed.faults``; raises Refused for a file that is not let in."""
    if len(data) > LARGEST:
        raise Refused("file-too-large", limit=LARGEST // 1024**2)
    if syntax == RdfFormat.RDF_XML:
        data = xml_in_utf8(data)
        guard_xml(data)
    else:
        data = _utf8(data)
        if syntax == RdfFormat.JSON_LD:
            guard_json(data)
            data = _with_contexts(data)
        else:
            guard_triples(data)
    found = Parsed(syntax)
    tells_lines = syntax != RdfFormat.JSON_LD
    lines = _Lines(data)
    for at, quad in enumerate(_statements(name, lines, found), start=1):
        if not at % _PACE:
            tell(lines.position, len(data))
        if len(found.quads) >= MOST_STATEMENTS:
            raise Refused("rdf-too-many", lines.number, limit=f"{MOST_STATEMENTS:,}")
        if isinstance(quad.object, Triple) or isinstance(quad.subject, Triple):
            _count(found.left_out, "triple")
        elif syntax == RdfFormat.N3 and not isinstance(quad.graph_name, DefaultGraph):
            # What stands in a formula is quoted, and not said.
            _count(found.left_out, "formula")
        else:
            found.quads.append(quad)
            found.lines.append(lines.number if tells_lines else 0)
    return found


def _count(counts: dict[str, int], key: str) -> None:
    counts[key] = counts.get(key, 0) + 1


def _statements(name: str, lines: _Lines, found: Parsed) -> Iterator[Quad]:
    """Goes on after a fault, so that several are told at once."""
    parser = parse(lines, format=found.format, base_iri=RELATIVE)  # type: ignore[arg-type]
    while True:
        try:
            yield next(parser)
        except StopIteration:
            return
        except SyntaxError as error:
            found.faults.append(_fault(name, error, lines.number, found.format))
            if len(found.faults) >= _TOLD:
                return
        except (ValueError, OSError) as error:
            found.faults.append(_fault(name, SyntaxError(str(error)), lines.number, found.format))
            return


def _fault(name: str, error: SyntaxError, line: int, syntax: RdfFormat) -> ValidationResult:
    row, position = error.lineno or line or 1, error.offset or 1
    reason = str(error.msg or error)
    reason = re.sub(r"^Parser error at line \d+ (?:between )?columns? \d+(?: and \d+)?: ", "", reason)
    words = {"row": row, "position": position, "reason": reason, "syntax": syntax.name}
    if "LoadDocumentCallback" in reason:
        return fault("rdf-remote-context", CellRef(name, "", 1), value="")
    rule = "rdf-bad-iri" if "IRI" in reason and "valid" in reason else "rdf-syntax"
    return fault(rule, CellRef(name, "", row), value=reason, words=words)


class _Lines(io.RawIOBase):
    """Hands out one line at a time, so that the number of lines handed out is where the parser is."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self.number = 0

    @property
    def position(self) -> int:
        """Bytes that were handed out."""
        return self._data.tell()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        line = self._data.readline(size)
        # A long line comes in pieces: it is one all the same.
        if line and (self.number == 0 or self._ended):
            self.number += 1
        self._ended = line.endswith(b"\n")
        return line

    _ended = True


def _utf8(data: bytes) -> bytes:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return data.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise Refused("rdf-not-utf8") from None
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused("rdf-not-utf8", 1 + data.count(b"\n", 0, error.start)) from None
    return data


def _with_contexts(data: bytes) -> bytes:
    """The same JSON with the contexts that are known here in place of their addresses. Raises Refused for others."""
    if not _REMOTE.search(data):
        return data
    try:
        document = json.loads(data)
    except json.JSONDecodeError as error:
        words = {"position": error.colno, "reason": error.msg, "syntax": "JSON-LD"}
        raise Refused("rdf-syntax", error.lineno, **words) from None
    return json.dumps(_replaced(document), ensure_ascii=False).encode()


def _replaced(value: Any) -> Any:
    # Depth is bounded already.
    if isinstance(value, list):
        return [_replaced(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: _context(one) if key == "@context" else _replaced(one) for key, one in value.items()}


def _context(value: Any) -> Any:
    if isinstance(value, list):
        return [_context(one) for one in value]
    if isinstance(value, dict) and "@import" in value:
        raise Refused("rdf-remote-context", value=str(value["@import"]))
    if not isinstance(value, str):
        return value
    if _SCHEMA_ORG.fullmatch(value):
        return _SCHEMA_CONTEXT
    if urlsplit(value).path.endswith(_OWN_CONTEXT):
        return json.loads((files("ontology") / "context.jsonld").read_bytes())["@context"]
    raise Refused("rdf-remote-context", value=value)
