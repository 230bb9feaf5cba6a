"""What the vocabulary and the shapes say about the columns of a layout: examples of values, and the rule in the words
that a report would use."""

from __future__ import annotations

import functools
import itertools
from collections import defaultdict
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

import pyoxigraph as ox
from pyoxigraph import Literal, NamedNode, RdfFormat

from graph.ingest.layout import Column, TableSchema
from graph.ingest.reference import reference_quads
from graph.terms import DEFAULT_BASE, PREFIXES, expand, node
from graph.workbooks.words import Words

_TYPE = expand("rdf:type")
#: What a thing is called is no example for another kind of thing.
_NAMES = frozenset(expand(curie) for curie in ("skos:prefLabel", "skos:altLabel", "skos:hiddenLabel"))
#: What a column without an example of its own is shown with, by its kind of value: forms, not facts.
_FORMS: Mapping[str, str] = {
    "cg:PartialDate": "2010-05-11",
    "cg:Slug": "example-code",
    "cg:Sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "boolean": "true",
    "nonNegativeInteger": "1",
    "decimal": "12.5",
    "language": "en",
    "anyURI": "https://example.org/",
}


def classes_of(schema: TableSchema) -> tuple[str, ...]:
    """The classes that a row's record may have, the most particular first."""
    of_kind = [iri for c in schema.columns if c.property == _TYPE for iri in c.values.values()]
    fixed = [v.value for v in schema.virtual if v.property == _TYPE and not v.about and "{" not in v.value]
    return tuple(dict.fromkeys([*of_kind, *fixed]))


@functools.cache
def _examples() -> tuple[tuple[ox.Quad, ...], ...]:
    """The examples of our own terms, each as its statements."""
    head = f"@base <{DEFAULT_BASE}> .\n" + "".join(f"@prefix {p}: <{iri}> .\n" for p, iri in PREFIXES.items())
    found = []
    for quad in sorted(reference_quads(), key=str):
        if quad.predicate == node("skos:example") and isinstance(quad.object, Literal):
            found.append(tuple(ox.parse((head + quad.object.value).encode(), format=RdfFormat.TURTLE)))
    return tuple(found)


class Examples:
    """Example cells of the layouts, in the words of one language."""

    def __init__(self, words: Words, lang: str) -> None:
        self._words, self._lang = words, lang
        self._values: dict[tuple[str, str], list[object]] = defaultdict(list)  # kind of thing, property -> values
        self._things: dict[str, str] = {}  # kind of thing -> code
        for said in _examples():
            for quad in said:
                assert isinstance(quad.subject, NamedNode)
                kind = _kind(quad.subject.value)
                self._values[kind, quad.predicate.value].append(quad.object)
                self._values["", quad.predicate.value].append(quad.object)
                for term in (quad.subject, quad.object):
                    if isinstance(term, NamedNode) and term.value.startswith(DEFAULT_BASE):
                        self._things.setdefault(_kind(term.value), term.value.rpartition("/")[2])

    def row(self, schema: TableSchema) -> dict[str, str]:
        """An example for each column."""
        return {column.name: self.cell(schema, column) for column in schema.columns}

    def cell(self, schema: TableSchema, column: Column) -> str:
        """An example of what a column holds: the vocabulary's, or the form that its values have."""
        if column.name == schema.record_column:
            return f"engagement/example/{self._things.get('engagement', 'e1')}"
        if column.name == "id":
            return self._things.get(schema.kind, f"example-{schema.kind}")
        known = [*self._values.get((schema.kind, column.property), ())]
        if column.property not in _NAMES:
            known += self._values.get(("", column.property), ())
        for value in known:
            if text := self._text(column, value):
                return text
        if column.values:
            return next(iter(column.values))
        if column.refers_to.startswith("code:"):
            codes = self._words.codes(column.refers_to.removeprefix("code:"))
            return self._words.thing(column.refers_to, codes[0]) if codes else ""
        if column.refers_to:
            return self._things.get(column.refers_to, f"example-{column.refers_to}")
        return _FORMS.get(column.datatype, column.titles[column.lang if column.lang in column.titles else self._lang])

    def _text(self, column: Column, value: object) -> str:
        own = (
            column.refers_to and not column.refers_to.startswith("code:") and column.refers_to not in ("theme", "place")
        )
        if own and isinstance(value, NamedNode):
            return value.value.rpartition("/")[2] if _kind(value.value) == column.refers_to else ""
        return self._words.value(column, value)


def _kind(iri: str) -> str:
    return iri.removeprefix(DEFAULT_BASE).partition("/")[0] if iri.startswith(DEFAULT_BASE) else ""


@functools.cache
def _rules() -> Mapping[tuple[str, str, str], frozenset[str]]:
    """What the property shapes say, by class, path and language."""
    quads: set[ox.Quad] = set()
    for path in sorted((Path(str(files("ontology"))) / "shapes").glob("*.ttl")):
        quads |= set(ox.parse(path=str(path), format=RdfFormat.TURTLE))
    by: dict[tuple[str, str], list[object]] = defaultdict(list)
    for quad in quads:
        by[str(quad.subject), quad.predicate.value].append(quad.object)
    found: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == node("sh:targetClass") and isinstance(quad.object, NamedNode):
            for shape in by[str(quad.subject), expand("sh:property")]:
                for path_of, message in itertools.product(
                    by[str(shape), expand("sh:path")], by[str(shape), expand("sh:message")]
                ):
                    if isinstance(path_of, NamedNode) and isinstance(message, Literal):
                        found[quad.object.value, path_of.value, message.language or ""].add(message.value)
    return {key: frozenset(texts) for key, texts in found.items()}


def rules(schema: TableSchema, column: Column, lang: str) -> tuple[str, ...]:
    """What the shapes ask of a column of a layout, in their own words."""
    if not column.property or column.about:
        return ()
    return tuple(
        sorted({text for name in classes_of(schema) for text in _rules().get((name, column.property, lang), ())})
    )


@functools.cache
def reference_words(lang: str) -> Words:
    """The words of the vocabulary alone: for a template that knows no store."""
    return Words((), reference_quads(), lang)
