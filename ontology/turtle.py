"""Writes the Turtle of our generated reference data: sorted, one property a line, no blank nodes.

A serialiser of our own, because the files are read by people and compared byte by byte: the order of subjects and
properties is the one that the caller gives, and does not change with the version of a library.
"""

from collections.abc import Iterable, Mapping, Sequence

PREFIXES: Mapping[str, str] = {
    "cg": "https://w3id.org/commonground/ns#",
    "place": "https://w3id.org/commonground/id/place/",
    "basis": "https://w3id.org/commonground/id/code/basis/",
    "dcterms": "http://purl.org/dc/terms/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

#: Objects that do not fit into a line of this many characters stand one below the other.
WIDTH = 110
#: Property and its objects, both as Turtle text.
Properties = Sequence[tuple[str, Sequence[str]]]


def iri(value: str) -> str:
    """An absolute IRI as Turtle text."""
    return f"<{value}>"


def text(value: str, lang: str | None = None) -> str:
    """A literal, with or without a language, as Turtle text."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"' + (f"@{lang}" if lang else "")


def typed(value: str, datatype: str) -> str:
    """A typed literal as Turtle text; ``datatype`` is a prefixed name."""
    return f'"{value}"^^{datatype}'


def block(subject: str, properties: Properties) -> str:
    """One subject with its properties; those without objects are left out."""

    def line(name: str, objects: Sequence[str]) -> str:
        short = f"  {name} {', '.join(objects)}"
        return short if len(short) <= WIDTH or len(objects) == 1 else f"  {name}\n    " + ",\n    ".join(objects)

    lines = [line(name, objects) for name, objects in properties if objects]
    return subject + "\n" + " ;\n".join(lines) + " .\n"


def document(comment: str, blocks: Iterable[str]) -> str:
    """A whole file: comment, those prefixes that occur, blocks in the order given."""
    body = "\n".join(blocks)
    used = [name for name in PREFIXES if f" {name}:" in body or f"^^{name}:" in body or f"\n{name}:" in "\n" + body]
    head = "".join(f"# {line}\n" for line in comment.splitlines())
    return head + "".join(f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in used) + "\n" + body
