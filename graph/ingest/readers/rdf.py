"""RDF in Turtle, TriG, N-Triples, N-Quads, N3, RDF/XML and JSON-LD: the statements of a file, whatever it is called and
in whatever named graphs they are. What they mean is not this module's business (``graph.ingest.rdf``)."""

from __future__ import annotations

from pathlib import PurePath

from pyoxigraph import RdfFormat

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Statements, Tell, silent
from graph.ingest.readers import _rdf_syntax as syntaxes
from graph.ingest.readers._rdf_blank import BLANK, Circle, named
from graph.ingest.readers._rdf_syntax import BY_SUFFIX, Parsed, format_of
from graph.ingest.readers._xml import Refused
from graph.model import CellRef, Severity, ValidationResult

SUFFIXES = tuple(BY_SUFFIX)
SIGNATURES: tuple[bytes, ...] = ()
_PLAIN = {RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.N_TRIPLES, RdfFormat.N_QUADS, RdfFormat.N3}


def recognises(data: bytes) -> bool:
    """Whether the content shows one of the syntaxes."""
    return format_of(data) is not None


def read(name: str, data: bytes, tell: Tell = silent) -> Reading:
    """The statements of a file, or why it cannot be read."""
    if not data.strip():
        return _unreadable(name, Refused("empty-rdf"))
    by_name = BY_SUFFIX.get(PurePath(name.lower().removesuffix(".gz")).suffix)
    by_content = format_of(data)
    tries = list(dict.fromkeys(one for one in (by_name, by_content) if one is not None))
    failed: list[Reading] = []
    for syntax in tries:
        try:
            reading = _statements(name, syntaxes.read(name, data, syntax, tell))
        except Refused as why:
            reading = _unreadable(name, why)
        if reading.statements is None:
            failed.append(reading)
        else:
            if syntax != by_name and by_name is not None:
                words = {"syntax": syntax.name, "other": by_name.name}
                note = fault("rdf-other-syntax", CellRef(name, "", 1), severity=Severity.INFO, words=words)
                return Reading(faults=(note, *reading.faults), statements=reading.statements)
            return reading
    # Of the plain syntaxes each is a part of the next: the name says which was meant. Otherwise the content does.
    return failed[0] if {by_name, by_content} <= _PLAIN else failed[-1]


def _statements(name: str, parsed: Parsed) -> Reading:
    if parsed.faults:
        return Reading(faults=tuple(parsed.faults))
    try:
        quads = named(parsed.quads)
    except Circle:
        return _unreadable(name, Refused("rdf-circle"))
    notes: list[ValidationResult] = []
    top = CellRef(name, "", 1)
    for kind, count in sorted(parsed.left_out.items()):
        notes.append(fault(f"rdf-{kind}", top, severity=Severity.INFO, words={"count": count}))
    first: dict[str, int] = {}
    for quad, line in zip(quads, parsed.lines, strict=True):
        first.setdefault(quad.subject.value, line)  # type: ignore[union-attr]
    # A node without an address is written inside of what refers to it, and belongs to its row.
    addressed = [line for subject, line in first.items() if not subject.startswith(BLANK)]
    lines = len(set(addressed)) == len(addressed) and 0 not in first.values()
    rows = first if lines else {subject: at for at, subject in enumerate(first, start=1)}
    if not first:
        notes.append(fault("rdf-nothing", top, severity=Severity.WARNING))
    elif not lines:
        notes.append(fault("rdf-no-lines", top, severity=Severity.INFO))
    return Reading(faults=tuple(notes), statements=Statements(name, tuple(dict.fromkeys(quads)), rows, lines))


def _unreadable(name: str, refused: Refused) -> Reading:
    words = {"row": refused.line, **refused.words}
    ref = CellRef(name, "", refused.line)
    return Reading(faults=(fault(refused.rule, ref, value=str(refused.words.get("value", "")), words=words),))
