"""Alignments: what statements in other vocabularies say in ours. One file of ``graph/ingest/alignments`` each; a file
more is an alignment more.

A file is a SPARQL 1.1 Update with ``#+`` lines at its head. It reads the graph ``<urn:x-commonground:file>`` and writes
into ``<urn:x-commonground:aligned>``; run on a store with these two graphs it does the same anywhere. Literals are
passed on as they are: what they mean (a language, a date, the name of a country) is settled afterwards. Records that
are made anew have relative IRIs of the form ``engagement/<hash>``, and say with ``prov:wasDerivedFrom`` which thing of
the file they come from.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph import catalogue
from graph.errors import GraphError
from graph.terms import node

FILE, ALIGNED = ox.NamedNode("urn:x-commonground:file"), ox.NamedNode("urn:x-commonground:aligned")
_FOLDER = Path(__file__).parent.parent / "alignments"
_HEAD = re.compile(r"^#\+ (title|about)@(en|ru): (.+)$|^#\+ (vocabulary) (\S+)$", re.MULTILINE)
_PREFIX = re.compile(r"^PREFIX\s+([\w-]*):\s*<([^>]+)>", re.MULTILINE | re.IGNORECASE)
_IRI = re.compile(r"<([^<>\s]+)>")
_NAME = re.compile(r"\b([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")


@dataclass(frozen=True, slots=True)
class Alignment:
    """One file. ``vocabularies`` are the namespaces that it is for (none: it works on what the others made);
    ``terms`` the IRIs of classes and properties that it names."""

    name: str
    title: Mapping[str, str]
    about: Mapping[str, str]
    vocabularies: tuple[str, ...]
    terms: frozenset[str]
    update: str

    def concerns(self, terms: Iterable[str]) -> bool:
        """Whether a file with these classes and properties has something for it."""
        return not self.vocabularies or any(term.startswith(self.vocabularies) for term in terms)


@functools.cache
def alignments(folder: Path = _FOLDER) -> tuple[Alignment, ...]:
    """All of them, those without a vocabulary last. Raises GraphError (``bad-catalogue``) for one without a title."""
    found = [_read(name, path.read_text(encoding="utf-8")) for name, path in catalogue.files(folder, ".ru").items()]
    return tuple(sorted(found, key=lambda one: (not one.vocabularies, one.name)))


def _read(name: str, text: str) -> Alignment:
    title: dict[str, str] = {}
    about: dict[str, str] = {}
    vocabularies: list[str] = []
    for key, lang, said, vocabulary, iri in _HEAD.findall(text):
        if vocabulary:
            vocabularies.append(iri)
        else:
            (title if key == "title" else about)[lang] = said
    if {"en", "ru"} - title.keys() or {"en", "ru"} - about.keys():
        raise GraphError("bad-catalogue", f"The alignment {name} has no title or no about line in English and Russian.")
    prefixes = dict(_PREFIX.findall(text))
    bare = _PREFIX.sub("", text)
    terms = {iri for iri in _IRI.findall(bare) if iri not in (FILE.value, ALIGNED.value)}
    bare = _IRI.sub("", bare)
    terms |= {prefixes[prefix] + local for prefix, local in _NAME.findall(bare) if prefix in prefixes}
    return Alignment(name, title, about, tuple(vocabularies), frozenset(terms), text)


def align(quads: Iterable[ox.Quad], base: str, source: str) -> tuple[set[ox.Quad], frozenset[str]]:
    """What the alignments that concern them make of statements, and the IRIs that these alignments name. New records
    get IRIs under ``base``, named after their kind and the slug of the source."""
    store = ox.Store()
    store.bulk_extend(ox.Quad(quad.subject, quad.predicate, quad.object, FILE) for quad in quads)
    terms = {quad.predicate.value for quad in store}
    for quad in store.quads_for_pattern(None, node("rdf:type"), None):
        if isinstance(quad.object, ox.NamedNode):
            terms.add(quad.object.value)
    named: set[str] = set()
    place = f"{base}from/{source}/"
    for alignment in alignments():
        if alignment.concerns(terms):
            named |= alignment.terms
            store.update(alignment.update, base_iri=place)
    made = {
        ox.Quad(_own(quad.subject, place, base, source), quad.predicate, _own(quad.object, place, base, source))
        for quad in store.quads_for_pattern(None, None, None, ALIGNED)
    }
    return made, frozenset(named)


def _own(term: Any, place: str, base: str, source: str) -> Any:
    """``{base}from/{source}/engagement/1a2b`` -> ``{base}engagement/{source}/1a2b``, as our own tables name records."""
    if isinstance(term, ox.NamedNode) and term.value.startswith(place):
        kind, _, rest = term.value.removeprefix(place).partition("/")
        return ox.NamedNode(f"{base}{kind}/{source}/{rest}")
    return term
