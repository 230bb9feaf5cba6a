"""The constraints of SHACL Core (section 4) as SPARQL conditions that hold for the nodes which break them. Pure.

A condition speaks of a variable that holds a node. It may hold for one node too many - the screen's promise is only to
miss nothing - and then it is not ``exact``, and what is built on its contrary (``sh:not``) takes every node.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rdflib import Graph, Literal, URIRef
from rdflib.collection import Collection
from rdflib.namespace import RDF, SH, XSD
from rdflib.term import Node

from graph.shacl.paths import Unsupported, path_text

#: Counting is done by naming so many different values; for more every node counts as failing.
_MOST_COUNTED = 4
_DEEPEST = 20
#: What no condition of ours can say.
_BEYOND: dict[Node, str] = {SH.sparql: "sh:sparql", SH.js: "scripts", SH.rule: "rules", SH.expression: "expressions"}
#: Types whose values the engine can be asked to make of a text: where it cannot, the text is ill-formed.
CASTS = {
    XSD[name]
    for name in [
        *("boolean", "integer", "decimal", "float", "double", "string", "dateTime", "date", "time", "gYear"),
        *("gYearMonth", "gMonth", "gDay", "gMonthDay", "duration", "dayTimeDuration", "yearMonthDuration"),
    ]
}
#: Regular expressions that mean the same in every dialect: no ``$``, which in Python also stands before a last line
#: end, no groups with a question mark, no escapes but of punctuation.
_PLAIN = re.compile(r"(?:[^\\$(]|\\[^A-Za-z0-9]|\((?!\?))*")
_BLANK, _IRI, _LITERAL = "isBlank({0})", "isIRI({0})", "isLiteral({0})"
_KINDS: dict[Node, tuple[str, ...]] = {
    SH.BlankNode: (_BLANK,),
    SH.IRI: (_IRI,),
    SH.Literal: (_LITERAL,),
    SH.BlankNodeOrIRI: (_BLANK, _IRI),
    SH.BlankNodeOrLiteral: (_BLANK, _LITERAL),
    SH.IRIOrLiteral: (_IRI, _LITERAL),
}


@dataclass(frozen=True, slots=True)
class Failing:
    """``condition`` is a SPARQL expression, true for a node that fails; empty where none can. It is never an error."""

    condition: str = ""
    exact: bool = True

    @property
    def never(self) -> bool:
        return not self.condition

    @property
    def conforms(self) -> str:
        """A condition for the nodes that do not fail; where this one is not exact it holds too seldom."""
        return f"!({self.condition})" if self.condition else "true"


#: Every node fails, as far as anybody knows.
ALWAYS = Failing("true", exact=False)
NEVER = Failing()


def any_of(parts: Iterable[Failing]) -> Failing:
    """What fails where one of them does."""
    found = [part for part in parts if not part.never]
    if not found:
        return NEVER
    return Failing(" || ".join(f"({part.condition})" for part in found), all(part.exact for part in found))


@dataclass(slots=True)
class Compiler:
    """``shapes`` is the shapes graph. ``unsupported`` tells by shape what could not be expressed."""

    shapes: Graph
    unsupported: dict[str, str] = field(default_factory=dict)
    _names: int = 0
    _within: list[Node] = field(default_factory=list)
    _custom: frozenset[Node] = frozenset()

    def __post_init__(self) -> None:
        """Parameters of the constraint components that the shapes graph defines itself (section 6)."""
        self._custom = frozenset(
            path
            for parameter in self.shapes.objects(None, SH.parameter)
            for path in self.shapes.objects(parameter, SH.path)
        )

    def shape(self, shape: Node, focus: str) -> Failing:
        """When the node in the variable ``focus`` fails a shape."""
        if (shape, SH.deactivated, Literal(True)) in self.shapes:
            return NEVER
        if shape in self._within or len(self._within) > _DEEPEST:
            return self._not_told(shape, "a shape that refers to itself")
        self._within.append(shape)
        try:
            return self._shape(shape, focus)
        except Unsupported as reason:
            return self._not_told(shape, str(reason))
        finally:
            self._within.pop()

    def _not_told(self, shape: Node, reason: str) -> Failing:
        self.unsupported.setdefault(str(shape), reason)
        return ALWAYS

    def _new(self, stem: str) -> str:
        self._names += 1
        return f"?{stem}{self._names}"

    def _all(self, shape: Node, predicate: Node) -> list[Node]:
        return sorted(self.shapes.objects(shape, predicate), key=lambda node: node.n3())

    def _shape(self, shape: Node, focus: str) -> Failing:
        for predicate in self.shapes.predicates(shape):
            if predicate in _BEYOND or predicate in self._custom:
                raise Unsupported(_BEYOND.get(predicate, "a constraint component of its own"))
        path = self.shapes.value(shape, SH.path)
        if path is None:
            return any_of(self._constraints(shape, focus, focus, ""))
        text = path_text(self.shapes, path)
        value = self._new("v")
        of_values = any_of(self._constraints(shape, focus, value, text))
        parts = list(self._of_path(shape, focus, text))
        if not of_values.never:
            found = f"EXISTS {{ {focus} {text} {value} FILTER({of_values.condition}) }}"
            parts.append(Failing(found, of_values.exact))
        return any_of(parts)

    # --- constraints on each value --------------------------------------------------------------------------------

    def _constraints(self, shape: Node, focus: str, value: str, path: str) -> Iterable[Failing]:
        for predicate, make in self._makers().items():
            for parameter in self._all(shape, predicate):
                yield make(parameter, value)
        yield from self._patterns(shape, value)
        for predicate, name in ((SH["or"], "or"), (SH["and"], "and"), (SH.xone, "xone")):
            for parameter in self._all(shape, predicate):
                members = [self.shape(member, value) for member in Collection(self.shapes, parameter)]
                yield self._logical(name, members)
        if not path:
            yield from self._pairs(shape, focus, "")
            for parameter in self._all(shape, SH.hasValue):
                yield Failing(f"!sameTerm({value}, {_term(parameter)})")
        if (shape, SH.closed, Literal(True)) in self.shapes:
            yield self._closed(shape, value)

    def _makers(self) -> dict[Node, Callable[[Node, str], Failing]]:
        return {
            SH["class"]: _of_class,
            SH.datatype: _of_datatype,
            SH.nodeKind: _of_kind,
            SH.minExclusive: lambda bound, v: _beyond(v, ">", bound),
            SH.minInclusive: lambda bound, v: _beyond(v, ">=", bound),
            SH.maxExclusive: lambda bound, v: _beyond(v, "<", bound),
            SH.maxInclusive: lambda bound, v: _beyond(v, "<=", bound),
            SH.minLength: lambda bound, v: Failing(f"isBlank({v}) || STRLEN(STR({v})) < {int(str(bound))}"),
            SH.maxLength: lambda bound, v: Failing(f"isBlank({v}) || STRLEN(STR({v})) > {int(str(bound))}"),
            SH.languageIn: self._in_language,
            SH["in"]: self._in_list,
            SH["not"]: lambda shape, v: _negated(self.shape(shape, v)),
            SH.node: self.shape,
            SH.property: self.shape,
        }

    def _patterns(self, shape: Node, value: str) -> Iterable[Failing]:
        flags = str(self.shapes.value(shape, SH.flags) or "")
        for expression in self._all(shape, SH.pattern):
            given = f", {Literal(flags).n3()}" if flags else ""
            match = f"REGEX(STR({value}), {Literal(str(expression)).n3()}{given})"
            # Expressions of other dialects than the engine's are errors, and then every value counts as failing.
            exact = not flags and _PLAIN.fullmatch(str(expression)) is not None
            yield Failing(f"isBlank({value}) || !COALESCE({match}, false)", exact)

    def _in_language(self, parameter: Node, value: str) -> Failing:
        ranges = [str(one) for one in Collection(self.shapes, parameter)]
        matches = " || ".join(f"langMatches(lang({value}), {Literal(one).n3()})" for one in ranges) or "false"
        return Failing(f"!isLiteral({value}) || !({matches})")

    def _in_list(self, parameter: Node, value: str) -> Failing:
        same = " || ".join(f"sameTerm({value}, {_term(one)})" for one in Collection(self.shapes, parameter))
        return Failing(f"!({same or 'false'})")

    def _logical(self, name: str, members: list[Failing]) -> Failing:
        exact = all(member.exact for member in members)
        if name == "and":
            return any_of(members)
        if name == "or":
            if any(member.never for member in members):
                return NEVER
            return Failing(" && ".join(f"({member.condition})" for member in members) or "true", exact)
        if not exact:
            return ALWAYS
        # Not exactly one: some pair conforms, or all fail.
        pairs = [
            f"({one.conforms} && {other.conforms})" for at, one in enumerate(members) for other in members[at + 1 :]
        ]
        none = " && ".join(f"({member.condition or 'false'})" for member in members) or "true"
        return Failing(" || ".join([*pairs, f"({none})"]))

    def _closed(self, shape: Node, value: str) -> Failing:
        allowed = {
            path
            for part in self.shapes.objects(shape, SH.property)
            if isinstance(path := self.shapes.value(part, SH.path), URIRef)
        }
        for ignored in self._all(shape, SH.ignoredProperties):
            allowed |= {one for one in Collection(self.shapes, ignored) if isinstance(one, URIRef)}
        predicate, other = self._new("p"), self._new("o")
        known = ", ".join(sorted(one.n3() for one in allowed))
        bound = f" FILTER({predicate} NOT IN ({known}))" if known else ""
        return Failing(f"EXISTS {{ {value} {predicate} {other}{bound} }}")

    # --- constraints on all values together -----------------------------------------------------------------------

    def _of_path(self, shape: Node, focus: str, path: str) -> Iterable[Failing]:
        for bound in self._all(shape, SH.minCount):
            yield self._fewer(focus, path, int(str(bound)))
        for bound in self._all(shape, SH.maxCount):
            yield self._more(focus, path, int(str(bound)))
        for wanted in self._all(shape, SH.hasValue):
            yield Failing(f"NOT EXISTS {{ {focus} {path} {_term(wanted)} }}")
        if (shape, SH.uniqueLang, Literal(True)) in self.shapes:
            one, other = self._new("v"), self._new("v")
            yield Failing(
                f"EXISTS {{ {focus} {path} {one} . {focus} {path} {other} FILTER(isLiteral({one}) && "
                f"isLiteral({other}) && !sameTerm({one}, {other}) && lang({one}) != '' && "
                f"LCASE(lang({one})) = LCASE(lang({other}))) }}"
            )
        yield from self._pairs(shape, focus, path)
        yield from self._qualified(shape, focus, path)

    def _fewer(self, focus: str, path: str, least: int, condition: Callable[[str], str] = lambda _: "") -> Failing:
        """Fewer than ``least`` values (for which the condition holds)."""
        if least <= 0:
            return NEVER
        if least > _MOST_COUNTED:
            raise Unsupported("counting so far")
        return Failing(f"NOT EXISTS {{ {self._different(focus, path, least, condition)} }}")

    def _more(self, focus: str, path: str, most: int, condition: Callable[[str], str] = lambda _: "") -> Failing:
        if most >= _MOST_COUNTED:
            raise Unsupported("counting so far")
        return Failing(f"EXISTS {{ {self._different(focus, path, most + 1, condition)} }}")

    def _different(self, focus: str, path: str, count: int, condition: Callable[[str], str]) -> str:
        values = [self._new("v") for _ in range(count)]
        patterns = [f"{focus} {path} {value} . {condition(value)}" for value in values]
        pairs = [f"!sameTerm({one}, {other})" for at, one in enumerate(values) for other in values[at + 1 :]]
        return " ".join(patterns) + (f" FILTER({' && '.join(pairs)})" if pairs else "")

    def _pairs(self, shape: Node, focus: str, path: str) -> Iterable[Failing]:
        """sh:equals and its like compare all values with those of another property."""

        for other in self._all(shape, SH.equals):
            prop, mine, theirs = _iri(other), self._new("v"), self._new("o")
            if path:
                yield Failing(
                    f"EXISTS {{ {focus} {path} {mine} FILTER NOT EXISTS {{ {focus} {prop} {mine} }} }} || "
                    f"EXISTS {{ {focus} {prop} {theirs} FILTER NOT EXISTS {{ {focus} {path} {theirs} }} }}"
                )
            else:
                yield Failing(
                    f"NOT EXISTS {{ {focus} {prop} {focus} }} || "
                    f"EXISTS {{ {focus} {prop} {theirs} FILTER(!sameTerm({theirs}, {focus})) }}"
                )
        for other in self._all(shape, SH.disjoint):
            mine = self._new("v")
            yield Failing(
                f"EXISTS {{ {focus} {path} {mine} . {focus} {_iri(other)} {mine} }}"
                if path
                else f"EXISTS {{ {focus} {_iri(other)} {focus} }}"
            )
        for predicate, operator in ((SH.lessThan, "<"), (SH.lessThanOrEquals, "<=")):
            for other in self._all(shape, predicate):
                mine, theirs = self._new("v"), self._new("o")
                yield Failing(
                    f"EXISTS {{ {focus} {path or '<urn:none>'} {mine} . {focus} {_iri(other)} {theirs} "
                    f"FILTER(!COALESCE({mine} {operator} {theirs}, false)) }}",
                    exact=False,
                )

    def _qualified(self, shape: Node, focus: str, path: str) -> Iterable[Failing]:
        for qualified in self._all(shape, SH.qualifiedValueShape):
            least, most = (self.shapes.value(shape, bound) for bound in (SH.qualifiedMinCount, SH.qualifiedMaxCount))
            if (shape, SH.qualifiedValueShapesDisjoint, Literal(True)) in self.shapes:
                raise Unsupported("sh:qualifiedValueShapesDisjoint")
            probe = self.shape(qualified, "?probe")

            def fits(value: str, of: Node = qualified) -> str:
                return f"FILTER({self.shape(of, value).conforms})"

            if least is not None:
                found = self._fewer(focus, path, int(str(least)), fits)
                yield Failing(found.condition, found.exact and probe.exact)
            if most is not None:
                yield self._more(focus, path, int(str(most)), fits) if probe.exact else ALWAYS


def _negated(part: Failing) -> Failing:
    return Failing(part.conforms) if part.exact else ALWAYS


def _of_class(parameter: Node, value: str) -> Failing:
    type_of = f"{RDF.type.n3()}/<http://www.w3.org/2000/01/rdf-schema#subClassOf>*"
    # A literal has no class, and cannot be asked for one.
    return Failing(f"isLiteral({value}) || NOT EXISTS {{ {value} {type_of} {_iri(parameter)} }}")


def _of_datatype(parameter: Node, value: str) -> Failing:
    other = f"!isLiteral({value}) || datatype({value}) != {_iri(parameter)}"
    if parameter in CASTS:
        # A text that is none of the type's is made nothing of.
        other += f" || !COALESCE(isLiteral({_iri(parameter)}(STR({value}))), false)"
    return Failing(other, exact=parameter in CASTS or parameter == RDF.langString)


def _of_kind(parameter: Node, value: str) -> Failing:
    kinds = _KINDS.get(parameter)
    if kinds is None:
        raise Unsupported("a kind of node that does not exist")
    return Failing(f"!({' || '.join(kind.format(value) for kind in kinds)})")


def _beyond(value: str, operator: str, bound: Node) -> Failing:
    return Failing(f"!COALESCE({value} {operator} {_term(bound)}, false)", exact=False)


def _iri(node: Node) -> str:
    if not isinstance(node, URIRef):
        raise Unsupported("a blank node where an IRI is needed")
    return node.n3()


def _term(node: Node) -> str:
    if not isinstance(node, URIRef | Literal):
        raise Unsupported("a blank node as a value")
    return node.n3()
