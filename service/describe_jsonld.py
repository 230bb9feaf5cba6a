"""RDF as JSON-LD with the short names of our context (JSON-LD 1.1, compacted form). Pure.

Not the general compaction algorithm: it starts from triples, not from JSON, and what it writes expands to the very
same triples (a test reads it back with two parsers). One node object a subject, flat, in ``@graph``.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from graph.terms import expand

_TYPE = expand("rdf:type")
_STRING, _INTEGER, _BOOLEAN = expand("xsd:string"), expand("xsd:integer"), expand("xsd:boolean")
#: Beyond it a JSON number is not exact in every reader (RFC 8259, section 6).
_EXACT = 2**53
#: A compact IRI may start with a plain name only if that ends like a namespace (JSON-LD 1.1, section 9.15.1).
_NAMESPACE_END = re.compile(r"[:/?#\[\]@]$")

Json = dict[str, Any]


class NotExpressible(Exception):
    """A triple that JSON-LD cannot carry without being read as another one."""


@dataclass(frozen=True, slots=True)
class Term:
    """A short name: the property it stands for, and the form of the values that it can have."""

    name: str
    iri: str
    type: str
    container: str


class Context:
    """A JSON-LD context of the kinds of definitions that ours has."""

    def __init__(self, definitions: Mapping[str, Any]) -> None:
        self.definitions = definitions
        self.prefixes = {
            name: iri for name, iri in definitions.items() if isinstance(iri, str) and _NAMESPACE_END.search(iri)
        }
        self.by_property: dict[str, list[Term]] = defaultdict(list)
        for name, given in definitions.items():
            told: Mapping[str, str] = {"@id": given} if isinstance(given, str) else given if given else {}
            iri = told.get("@id", "") if isinstance(told, Mapping) else ""
            if name not in self.prefixes and not name.startswith("@") and iri and not iri.startswith("@"):
                term = Term(name, self._full(iri), told.get("@type", ""), told.get("@container", ""))
                self.by_property[term.iri].append(term)

    def _full(self, iri: str) -> str:
        prefix, colon, local = iri.partition(":")
        return self.prefixes[prefix] + local if colon and prefix in self.prefixes else iri

    def part(self, names: Iterable[str]) -> Json:
        """The definitions of these names and of the prefixes they lean on, in the order of the whole."""
        wanted = {"@version", "id", "type", *names}
        for name in [*wanted]:
            given = self.definitions.get(name)
            told = [given] if isinstance(given, str) else [*given.values()] if isinstance(given, Mapping) else []
            wanted |= {text.partition(":")[0] for text in told if text.partition(":")[0] in self.prefixes}
        return {name: given for name, given in self.definitions.items() if name in wanted}


class _Writer:
    """One document; ``used`` collects the names of the context that it leans on."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.used: set[str] = set()

    def node(self, subject: NamedNode | BlankNode, said: Iterable[tuple[str, Any]]) -> Json:
        by_key: dict[str, Any] = {}
        types: list[str] = []
        for prop, value in said:
            if prop == _TYPE and isinstance(value, NamedNode | BlankNode):
                types.append(self.vocabulary(value.value) if isinstance(value, NamedNode) else str(value))
                continue
            key, form = self.key(prop, value)
            if isinstance(form, tuple):  # A map by language.
                _add(by_key.setdefault(key, {}), *form)
            else:
                _add(by_key, key, form)
        found: Json = {"id": self.reference(subject)}
        if types:
            found["type"] = types[0] if len(types) == 1 else types
        return found | {key: by_key[key] for key in sorted(by_key)}

    def key(self, prop: str, value: Any) -> tuple[str, Any]:
        """The shortest name for a property that can carry this value, and the value in its form."""
        for term in self.context.by_property.get(prop, ()):
            form = self.fitting(term, value)
            if form is not None:
                self.used.add(term.name)
                return term.name, form
        return self.compact(prop), self.explicit(value)

    def fitting(self, term: Term, value: Any) -> Any:
        """The value as a term with a form of its own writes it; None where it cannot."""
        if isinstance(value, NamedNode | BlankNode):
            if term.type == "@id":
                return self.reference(value)
            return self.explicit(value) if not (term.type or term.container) else None
        if not isinstance(value, Literal):
            raise NotExpressible(str(value))
        if term.container == "@language":
            plain = value.language and not getattr(value, "direction", None)
            return (value.language, value.value) if plain else None
        if not term.type:
            return self.explicit(value)
        datatype = self.context._full(term.type)
        if value.language or value.datatype.value != datatype:
            return None
        if datatype == _BOOLEAN and value.value in ("true", "false"):
            return value.value == "true"
        if datatype == _INTEGER and re.fullmatch(r"0|-?[1-9]\d{0,15}", value.value) and abs(int(value.value)) < _EXACT:
            return int(value.value)
        return value.value

    def explicit(self, value: Any) -> Any:
        if isinstance(value, NamedNode | BlankNode):
            return {"id": self.reference(value)}
        if not isinstance(value, Literal):
            raise NotExpressible(str(value))
        if value.language:
            found = {"@language": value.language, "@value": value.value}
            direction = getattr(value, "direction", None)
            return found if direction is None else found | {"@direction": str(getattr(direction, "value", direction))}
        if value.datatype.value == _STRING:
            return value.value
        return {"@type": self.vocabulary(value.datatype.value), "@value": value.value}

    def vocabulary(self, iri: str) -> str:
        """A class or datatype by its name, else as a compact IRI, else in full."""
        for term in self.context.by_property.get(iri, ()):
            self.used.add(term.name)
            return term.name
        return self.compact(iri)

    def compact(self, iri: str) -> str:
        for prefix, namespace in self.context.prefixes.items():
            local = iri.removeprefix(namespace)
            short = f"{prefix}:{local}"
            if local != iri and local and not local.startswith("//") and short not in self.context.definitions:
                self.used.add(prefix)
                return short
        return self.full(iri)

    def reference(self, node: NamedNode | BlankNode) -> str:
        return self.full(node.value) if isinstance(node, NamedNode) else str(node)

    def full(self, iri: str) -> str:
        scheme, _, rest = iri.partition(":")
        if scheme in self.context.definitions and not rest.startswith("//"):
            # An IRI such as <schema:x> would be read as https://schema.org/x.
            raise NotExpressible(iri)
        return iri


def _add(into: Json, key: str, value: Any) -> None:
    if key not in into:
        into[key] = value
    elif isinstance(into[key], list):
        into[key].append(value)
    else:
        into[key] = [into[key], value]


def document(triples: Sequence[Triple], context: Context, address: str | None) -> bytes:
    """The triples, their subjects in the order in which they first come. ``address`` of the context is what the
    document names; with None it carries the part it needs, for readers that load nothing from the net.

    Raises NotExpressible, with the term that JSON-LD cannot carry.
    """
    said: dict[NamedNode | BlankNode, list[tuple[str, Any]]] = {}
    for triple in triples:
        if not isinstance(triple.subject, NamedNode | BlankNode):
            raise NotExpressible(str(triple.subject))
        said.setdefault(triple.subject, []).append((triple.predicate.value, triple.object))
    writer = _Writer(context)
    nodes = [writer.node(subject, pairs) for subject, pairs in said.items()]
    named: Any = address if address is not None else context.part(writer.used)
    whole = {"@context": named, "@graph": nodes}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"
