"""Writes the generated part of docs/vocabulary.md from the vocabulary, the table layouts and the shapes.

``python -m ontology.reference`` writes it; with ``--check`` it writes nothing and exits with 1 if it is out of date.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from rdflib import OWL, RDF, RDFS, SH, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from ontology import HERE

#: The page, in a checkout; an installed package has none.
TARGET = HERE.parent / "docs" / "vocabulary.md"
BEGIN, END = "<!-- generated: begin -->\n", "<!-- generated: end -->\n"

NS = "https://w3id.org/commonground/ns#"
_SHAPE = "https://w3id.org/commonground/ns/shapes#"


def generated() -> str:
    """The tables of terms and rules as Markdown."""
    vocabulary = Graph().parse(HERE / "vocabulary.ttl")
    ours = sorted(vocabulary.subjects(RDFS.isDefinedBy, URIRef(NS.removesuffix("#"))), key=str)
    lines: list[str] = []
    for title, kinds in (
        ("Classes", {OWL.Class}),
        ("Properties", {OWL.ObjectProperty, OWL.DatatypeProperty}),
        ("Words of the table layouts", {OWL.AnnotationProperty, RDFS.Datatype}),
    ):
        terms = [term for term in ours if vocabulary.value(term, RDF.type) in kinds]
        lines += [f"## {title}", "", *_terms(vocabulary, terms), ""]
    lines += ["## Reused terms", "", *_reused(vocabulary), "", "## Rules", "", *_rules()]
    return "\n".join(lines) + "\n"


def _terms(vocabulary: Graph, terms: Iterable[Node]) -> Iterator[str]:
    columns = _columns()
    yield "| term | name | meaning | kind of | in the tables |"
    yield "|---|---|---|---|---|"
    for term in terms:
        above = [*vocabulary.objects(term, RDFS.subClassOf), *vocabulary.objects(term, RDFS.subPropertyOf)]
        meaning = [_text(vocabulary, term, SKOS.definition), _text(vocabulary, term, SKOS.scopeNote)]
        yield _row(
            f"`{_curie(vocabulary, term)}`",
            _names(vocabulary, term),
            " ".join(filter(None, meaning)),
            ", ".join(f"`{_curie(vocabulary, a)}`" for a in sorted(above, key=str)),
            "; ".join(columns[_curie(vocabulary, term)]),
        )


def _reused(vocabulary: Graph) -> Iterator[str]:
    yield "| term | name | how it is used |"
    yield "|---|---|---|"
    for term in sorted(set(vocabulary.subjects(RDFS.isDefinedBy, None)), key=str):
        if not str(term).startswith(NS):
            note = _text(vocabulary, term, SKOS.scopeNote)
            yield _row(f"`{_curie(vocabulary, term)}`", _names(vocabulary, term), note)


def _rules() -> Iterator[str]:
    yield "| rule | on | severity | what is said |"
    yield "|---|---|---|---|"
    for path in sorted((HERE / "shapes").glob("*.ttl")):
        shapes = Graph().parse(path)
        closed = shapes.value(URIRef(_SHAPE + path.stem), SH.closed)
        if closed is not None:
            yield _row(
                f"`{path.stem}`", "any other property", "violation", _message(shapes, URIRef(_SHAPE + path.stem))
            )
        for shape in sorted(shapes.subjects(RDF.type, SH.PropertyShape), key=str):
            severity = str(shapes.value(shape, SH.severity)).rpartition("#")[2].lower()
            on = ", ".join(f"`{_curie(shapes, p)}`" for p in _path(shapes, shapes.value(shape, SH.path)))
            yield _row(f"`{str(shape).removeprefix(_SHAPE)}`", on, severity, _message(shapes, shape))


def _path(shapes: Graph, path: Node | None) -> list[Node]:
    """The properties that a path consists of, in its order."""
    if path is None or isinstance(path, URIRef):
        return [] if path is None else [path]
    branches = shapes.value(path, SH.alternativePath)
    return [p for part in shapes.items(path if branches is None else branches) for p in _path(shapes, part)]


def _columns() -> dict[str, list[str]]:
    """Term -> the tables and columns that say it: ``engagements: themes``."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((HERE / "tables").rglob("*.json")):
        layout = json.loads(path.read_text(encoding="utf-8"))
        table = f"group {layout['name']}" if path.parent.name == "groups" else layout["name"]
        for column in layout["columns"]:
            if column.get("virtual"):
                if column["propertyUrl"] == "rdf:type":
                    found[column["valueUrl"]].append(table)
                continue
            for term in {column.get("propertyUrl"), *column.get("cg:values", {}).values()} - {None, "rdf:type"}:
                found[term].append(f"{table}: {column['name']}")
    return found


def _message(shapes: Graph, shape: Node) -> str:
    return _text(shapes, shape, SH.message)


def _text(graph: Graph, subject: Node, predicate: URIRef, lang: str = "en") -> str:
    texts = (o for o in graph.objects(subject, predicate) if isinstance(o, Literal) and o.language == lang)
    return next(map(str, texts), "")


def _names(graph: Graph, term: Node) -> str:
    return " / ".join(_text(graph, term, RDFS.label, lang) for lang in ("en", "ru"))


def _curie(graph: Graph, term: Node) -> str:
    return term.n3(graph.namespace_manager) if isinstance(term, URIRef) else str(term)


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def page(text: str) -> str:
    """The page with its generated part made anew; raises ValueError where the two marks are missing."""
    before, _, rest = text.partition(BEGIN)
    _, mark, after = rest.partition(END)
    if not mark:
        raise ValueError(f"docs/vocabulary.md lacks {BEGIN.strip()} or {END.strip()}")
    return before + BEGIN + generated() + END + after


def main(arguments: list[str] | None = None, target: Path = TARGET) -> int:
    """Exit code: 0, or 1 where ``--check`` finds the page out of date."""
    parser = argparse.ArgumentParser(prog="python -m ontology.reference", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if the page is out of date")
    check = parser.parse_args(arguments).check
    old = target.read_text(encoding="utf-8")
    new = page(old)
    if old == new:
        return 0
    if check:
        sys.stderr.write(f"{target} is out of date: run `python -m ontology.reference`.\n")
        return 1
    target.write_text(new, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
