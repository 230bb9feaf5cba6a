"""Which terms the project uses, and where: from its data files, queries, table layouts, code and pages."""

from __future__ import annotations

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from graph.terms import PREFIXES

REPOSITORY = Path(__file__).parents[2]

#: Prefixes of vocabularies; the others are of instances (themes, places, codes).
VOCABULARIES = {p: PREFIXES[p] for p in PREFIXES if p not in {"theme", "place", "basis", "grade", "state"}}
_CURIE = re.compile(rf"(?<![\w:/#-])({'|'.join(VOCABULARIES)}):([A-Za-z][A-Za-z0-9_]*)\b(?!:)")
_IRI = re.compile(rf"(?:{'|'.join(map(re.escape, VOCABULARIES.values()))})[A-Za-z][A-Za-z0-9_]*\b")


def terms_in_use() -> dict[str, set[str]]:
    """Full IRI of a term of one of the vocabularies -> the files that use it."""
    found: dict[str, set[str]] = defaultdict(set)
    for path, term in _all():
        found[term].add(str(path.relative_to(REPOSITORY)))
    return found


def _all() -> Iterator[tuple[Path, str]]:
    for path in [*sorted((REPOSITORY / "ontology").rglob("*.ttl")), REPOSITORY / "tests" / "graph" / "example.trig"]:
        yield from ((path, term) for term in _of_rdf(path))
    for path in sorted((REPOSITORY / "graph").rglob("*.rq")):
        yield from ((path, term) for term in _of_query(path.read_text(encoding="utf-8")))
    for path in sorted((REPOSITORY / "ontology" / "tables").rglob("*.json")):
        yield from ((path, term) for term in _of_text(" ".join(_strings(json.loads(path.read_text(encoding="utf-8"))))))
    for folder in ("ontology", "graph", "service"):
        for path in sorted((REPOSITORY / folder).rglob("*.py")):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            texts = (n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str))
            yield from ((path, term) for text in texts for term in _of_text(text))
    pages = [*(REPOSITORY / "docs").glob("*.md"), *(REPOSITORY / "service").rglob("*.html")]
    for path in sorted(pages):
        yield from ((path, term) for term in _of_text(path.read_text(encoding="utf-8")))


def _of_rdf(path: Path) -> Iterator[str]:
    for quad in ox.parse(path=str(path)):
        for term in (quad.subject, quad.predicate, quad.object):
            if isinstance(term, ox.NamedNode) and _IRI.fullmatch(term.value):
                yield term.value


def _of_query(text: str) -> Iterator[str]:
    """With the prefixes that the query itself declares; without comments and strings."""
    body = re.sub(r'"[^"\n]*"|(?m:^\s*#.*$)', "", text)
    prefixes = dict(re.findall(r"(?i)PREFIX\s+([\w-]*):\s*<([^>]*)>", body))
    for prefix, name in re.findall(r"(?<![\w:/#<-])([\w-]*):([A-Za-z_][\w-]*)", re.sub(r"<[^>]*>", "", body)):
        iri = prefixes.get(prefix, f"unknown prefix {prefix}:") + name
        if _IRI.fullmatch(iri) or prefix not in prefixes:
            yield iri
    yield from (iri for iri in re.findall(r"<([^>]*)>", body) if _IRI.fullmatch(iri))


def _of_text(text: str) -> Iterator[str]:
    yield from (VOCABULARIES[prefix] + name for prefix, name in _CURIE.findall(text))
    yield from _IRI.findall(text)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)
