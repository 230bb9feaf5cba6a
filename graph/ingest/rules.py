"""The rules of the table layouts as RDF: what their IRIs, which reports name, stand for. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from pyoxigraph import Literal, NamedNode, Triple

from graph.ingest.messages import SENTENCES
from graph.terms import RULES, node


def describe_rules() -> Iterator[Triple]:
    """What each rule says, in English and in Russian; in braces what a report fills in."""
    whole = NamedNode(RULES.removesuffix("#"))
    for rule, sentences in sorted(SENTENCES.items()):
        it = NamedNode(RULES + rule)
        yield Triple(it, node("rdfs:isDefinedBy"), whole)
        yield Triple(it, node("skos:notation"), Literal(rule))
        for language, sentence in zip(("en", "ru"), sentences, strict=True):
            yield Triple(it, node("skos:definition"), Literal(sentence, language=language))
