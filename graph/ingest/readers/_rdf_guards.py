"""What an RDF file may not be, looked at before a parser is let at it: measured, the engine's parsers abort the process
(entities in XML, JSON and quoted triples nested deep), or take time without end (elements nested deep)."""

from __future__ import annotations

import re
from xml.parsers import expat

from graph.ingest.readers._xml import Refused

#: Elements inside of each other: RDF/XML made by programs is a few levels deep.
DEEPEST_XML = 1000
#: Brackets inside of each other in JSON; triples inside of each other in RDF 1.2.
DEEPEST_JSON, DEEPEST_TRIPLES = 200, 500
#: Entities that a file may define for parts of addresses, and how long each may be.
MOST_ENTITIES, LONGEST_ENTITY = 500, 300
#: What entities may make of a file, times its size, beyond a first MB.
GROWTH = 10
_PIECE = 256 * 1024
_JSON_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{}]', re.DOTALL)
_TRIPLE_TOKEN = re.compile(rb"<<|>>")
_XML_ENCODING = re.compile(rb"""^(<\?xml[^>]*?encoding\s*=\s*["'])([A-Za-z0-9._-]+)""")


def guard_xml(data: bytes) -> None:
    """Raises Refused at the line. Addresses shortened by entities (``&xsd;``) are usual in RDF/XML and harmless as long
    as no entity is made of others."""
    depth = entities = 0
    room = 1024 * 1024 + GROWTH * len(data)

    def entity(_name: str, parameter: bool, value: str | None, *_rest: object) -> None:
        nonlocal entities
        entities += 1
        plain = value is not None and not parameter and "&" not in value and len(value) <= LONGEST_ENTITY
        if not plain or entities > MOST_ENTITIES:
            raise Refused("entities-in-xml", parser.CurrentLineNumber)

    def skipped(*_: object) -> None:
        raise Refused("entities-in-xml", parser.CurrentLineNumber)

    def start(_name: str, attributes: list[str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST_XML:
            raise Refused("xml-too-deep", parser.CurrentLineNumber, limit=DEEPEST_XML)
        grow(sum(map(len, attributes)))

    def end(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def text(piece: str) -> None:
        grow(len(piece))

    def grow(size: int) -> None:
        nonlocal room
        room -= size
        if room < 0:
            raise Refused("entities-in-xml", parser.CurrentLineNumber)

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.ordered_attributes = True
    parser.EntityDeclHandler, parser.SkippedEntityHandler = entity, skipped
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    try:
        for at in range(0, max(len(data), 1), _PIECE):
            parser.Parse(data[at : at + _PIECE], at + _PIECE >= len(data))
    except expat.ExpatError as error:
        words = {"reason": expat.ErrorString(error.code), "position": error.offset + 1}
        raise Refused("damaged-xml", error.lineno, **words) from None
    except (ValueError, LookupError):
        raise Refused("xml-encoding") from None


def xml_in_utf8(data: bytes) -> bytes:
    """The same XML in UTF-8, the only encoding that the parser knows. Raises Refused."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding, found = "utf-16", None
    else:
        found = _XML_ENCODING.match(data.lstrip(b"\xef\xbb\xbf"))
        encoding = found[2].decode("ascii") if found else "utf-8"
    try:
        text = data.decode("utf-8-sig" if encoding.lower() in ("utf-8", "utf8", "us-ascii") else encoding)
    except (UnicodeDecodeError, LookupError):
        raise Refused("xml-encoding") from None
    return re.sub(r"""^<\?xml[^>]*\?>""", '<?xml version="1.0"?>', text, count=1).encode()


def guard_json(data: bytes) -> None:
    """Raises Refused at the line where brackets are nested too deep."""
    depth = 0
    for token in _JSON_TOKEN.finditer(data):
        match token[0]:
            case b"{" | b"[":
                depth += 1
                if depth > DEEPEST_JSON:
                    line = 1 + data.count(b"\n", 0, token.start())
                    raise Refused("rdf-too-deep", line, limit=DEEPEST_JSON)
            case b"}" | b"]":
                depth -= 1


def guard_triples(data: bytes) -> None:
    """Raises Refused at the line where quoted triples are nested too deep. What stands in texts counts too: nobody
    opens hundreds of these marks and closes none."""
    depth = 0
    for token in _TRIPLE_TOKEN.finditer(data):
        depth = depth + 1 if token[0] == b"<<" else max(0, depth - 1)
        if depth > DEEPEST_TRIPLES:
            line = 1 + data.count(b"\n", 0, token.start())
            raise Refused("rdf-too-deep", line, limit=DEEPEST_TRIPLES)
