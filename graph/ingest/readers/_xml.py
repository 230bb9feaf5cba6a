"""XML from anywhere, streamed and guarded: no entity of any kind, nothing fetched, bounded depth and size; and elements
whose contents are taken out piece by piece, so that what nobody took can be told."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from graph.ingest.readers import Tell, silent

#: Elements inside of each other. What programs exchange is a few levels deep; a parser's stack is not endless.
DEEPEST = 100
#: Elements inside of one child of the root: all that is in memory at a time.
MOST_ELEMENTS = 500_000
_PIECE = 256 * 1024
#: Bytes in which the root has begun in any honest file.
_HEAD = 64 * 1024
_LANGUAGE = "http://www.w3.org/XML/1998/namespace}lang"


class Refused(Exception):
    """A file that is not read: ``rule`` of ``messages``, the line where (from 1), and its words."""

    def __init__(self, rule: str, line: int = 1, **words: object) -> None:
        super().__init__(rule)
        self.rule, self.line, self.words = rule, line, words


@dataclass(slots=True)
class _Stream:
    """What the parser found since it was last asked."""

    root: tuple[str, dict[str, str]] | None = None
    ready: list[Element] = field(default_factory=list)
    depth: int = 0
    size: int = 0
    builder: TreeBuilder | None = None


def _parser(stream: _Stream) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True

    def entity(*_: object) -> None:
        # One that the file defines may be a bomb; one that it does not would leave a hole in the text.
        raise Refused("entities-in-xml", parser.CurrentLineNumber)

    def start(name: str, attributes: dict[str, str]) -> None:
        stream.depth += 1
        if stream.depth > DEEPEST:
            raise Refused("xml-too-deep", parser.CurrentLineNumber, limit=DEEPEST)
        if stream.depth == 1:
            stream.root = name, attributes
            return
        if stream.depth == 2:
            stream.builder, stream.size = TreeBuilder(), 0
        stream.size += 1
        if stream.size > MOST_ELEMENTS:
            raise Refused("xml-too-many", parser.CurrentLineNumber, limit=f"{MOST_ELEMENTS:,}")
        if stream.builder is not None:
            stream.builder.start(name, attributes)

    def text(piece: str) -> None:
        if stream.builder is not None:
            stream.builder.data(piece)

    def end(name: str) -> None:
        stream.depth -= 1
        if stream.builder is not None:
            stream.builder.end(name)
            if stream.depth == 1:
                stream.ready.append(stream.builder.close())
                stream.builder = None

    parser.EntityDeclHandler = entity
    parser.SkippedEntityHandler = entity
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    return parser


def root_of(data: bytes) -> str:
    """The name of the root element (``namespace}name`` where it has a namespace); empty where the beginning of the
    file is no XML that may be read."""
    stream = _Stream()
    with contextlib.suppress(expat.ExpatError, ValueError, LookupError, Refused):
        _parser(stream).Parse(data[:_HEAD], False)
    return stream.root[0] if stream.root else ""


def stream(data: bytes, tell: Tell = silent) -> Iterator[tuple[str, dict[str, str]] | Element]:
    """First the root's name and attributes, then each of its children, whole. Raises Refused, also in the middle."""
    found = _Stream()
    parser = _parser(found)
    told = False
    for at in range(0, max(len(data), 1), _PIECE):
        piece = data[at : at + _PIECE]
        try:
            parser.Parse(piece, at + _PIECE >= len(data))
        except expat.ExpatError as error:
            words = {"reason": expat.ErrorString(error.code), "position": error.offset + 1}
            raise Refused("damaged-xml", error.lineno, **words) from None
        except (ValueError, LookupError):
            # The encoding that it names is none, or none that the parser can use.
            raise Refused("xml-encoding") from None
        if found.root is not None and not told:
            told = True
            yield found.root
        yield from found.ready
        found.ready.clear()
        tell(min(at + _PIECE, len(data)), len(data))


class Part:
    """An element whose contents are taken out piece by piece. Text comes with single blanks, so without line ends."""

    __slots__ = ("_attributes", "_children", "_taken", "_text", "path")

    def __init__(self, path: str, element: Element) -> None:
        self.path = path
        self._attributes = dict(element.attrib)
        # Text behind a child is text of this element.
        self._text = " ".join([element.text or "", *(child.tail for child in element if child.tail)])
        self._children: dict[str, list[Element]] = {}
        self._taken: list[Part] = []
        for child in element:
            self._children.setdefault(child.tag, []).append(child)

    def attribute(self, name: str) -> str:
        return _clean(self._attributes.pop(name, ""))

    def text(self) -> str:
        text, self._text = self._text, ""
        return _clean(text)

    def parts(self, name: str) -> list[Part]:
        """The children of this name; in a second call none."""
        made = [Part(f"{self.path}/{name}" if self.path else name, child) for child in self._children.pop(name, ())]
        self._taken += made
        return made

    def language(self, otherwise: str = "") -> str:
        return self.attribute(_LANGUAGE) or otherwise

    def texts(self, language: str) -> list[tuple[str, str]]:
        """(language, text) of the element itself and of its ``narrative`` children; ``language`` where none is said."""
        own = self.language(language)
        found = [(own, self.text())]
        found += [(part.language(own), part.text()) for part in self.parts("narrative")]
        return [(language, text) for language, text in found if text]

    def readable(self, language: str) -> str:
        """All that is left in it, for people: ``3000, currency=EUR, period-start=2014-01-01``."""
        pieces = [text if lang == language else f"{lang}: {text}" for lang, text in self.texts(language)]
        attributes = [(name.rpartition("}")[2], self.attribute(name)) for name in list(self._attributes)]
        children = [(name, part.readable(language)) for name in list(self._children) for part in self.parts(name)]
        if not pieces and not children and len(attributes) == 1:
            return attributes[0][1]
        pieces += [f"{name}={value}" for name, value in attributes]
        pieces += [f"{name}({text})" if "=" in text or ", " in text else f"{name}={text}" for name, text in children]
        return ", ".join(pieces)

    def left(self) -> Iterator[str]:
        """The paths of what nobody took: elements as a whole, attributes, text."""
        here = f"{self.path}/" if self.path else ""
        yield from (f"{here}@{name.rpartition('}')[2]}" for name in self._attributes)
        if self._text.strip():
            yield f"{here}text()"
        for name, children in self._children.items():
            for _ in children:
                yield f"{here}{name.rpartition('}')[2]}"
        for part in self._taken:
            yield from part.left()


def _clean(text: str) -> str:
    return " ".join(text.split())
