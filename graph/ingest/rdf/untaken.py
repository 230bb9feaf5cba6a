"""What alignments did not take up of a file, by property and class: so that nothing is lost silently. Pure.

A statement counts as taken up where an alignment names its property and its value is found again in what was made of
its subject, or of the things that refer to its subject (an address is a part of whoever has it). In doubt it counts as
not taken up: rather told in vain than lost.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.rdf.facts import Facts
from graph.ingest.rdf.model import TYPE

#: How far up the things that refer to a subject are looked through.
_STEPS = 3


def untaken(
    rest: Sequence[Quad], facts: Facts, terms: frozenset[str], files: Mapping[Quad, str]
) -> tuple[Counter[tuple[str, str]], Counter[tuple[str, str]]]:
    """(file, property) and (file, class) -> how often. ``rest`` are the statements that are not ours, ``facts`` what
    the alignments made of them, ``terms`` what these name, ``files`` says where each statement stands."""
    made = _values(facts)
    above: dict[str, set[str]] = defaultdict(set)
    for quad in rest:
        if isinstance(quad.object, NamedNode) and quad.predicate.value in terms and quad.predicate.value != TYPE:
            above[quad.object.value].add(quad.subject.value)  # type: ignore[union-attr]
    of: dict[str, frozenset[str]] = {}
    taken: set[Quad] = set()
    # Things between two records, of which the records say that they come from them.
    subjects = {thing for found in facts.origins.values() for thing in found} - facts.said.keys()
    links: list[Quad] = []
    for quad in rest:
        subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object  # type: ignore[union-attr]
        if predicate not in terms or predicate == TYPE:
            continue
        if subject not in of:
            of[subject] = _seen_from(subject, made, above)
        if _found(value, of[subject]):
            taken.add(quad)
            subjects.add(subject)
        elif isinstance(value, NamedNode):
            links.append(quad)
    for _ in range(_STEPS):
        # A link to a node of which something was taken up is a part of the way there.
        for quad in links:
            if quad not in taken and quad.object.value in subjects:  # type: ignore[union-attr]
                taken.add(quad)
                subjects.add(quad.subject.value)  # type: ignore[union-attr]
    subjects |= made.keys()
    properties: Counter[tuple[str, str]] = Counter()
    classes: Counter[tuple[str, str]] = Counter()
    for quad in rest:
        if quad.predicate.value == TYPE and isinstance(quad.object, NamedNode):
            if quad.subject.value not in subjects:  # type: ignore[union-attr]
                classes[files[quad], quad.object.value] += 1
        elif quad not in taken:
            properties[files[quad], quad.predicate.value] += 1
    return properties, classes


def _values(facts: Facts) -> dict[str, set[str]]:
    """Thing of the file -> the texts and IRIs in what was made of it."""
    found: dict[str, set[str]] = defaultdict(set)
    for subject, properties in facts.said.items():
        values = {value.value for of in properties.values() for value in of}
        for thing in {subject, *facts.origins.get(subject, ())}:
            found[thing] |= values | {subject}
    # A period or a seat is a part of the record that refers to it.
    for thing in list(found):
        for value in list(found[thing]):
            if value in facts.said and value not in facts.origins:
                found[thing] |= {one.value for of in facts.said[value].values() for one in of}
    return found


def _seen_from(subject: str, made: Mapping[str, set[str]], above: Mapping[str, set[str]]) -> frozenset[str]:
    values = set(made.get(subject, ()))
    if values:
        return frozenset(values)
    ahead: Iterable[str] = {subject}
    for _ in range(_STEPS):
        ahead = {one for other in ahead for one in above.get(other, ())}
        values.update(*(made.get(one, ()) for one in ahead))
    return frozenset(values)


def _found(value: object, values: frozenset[str]) -> bool:
    if isinstance(value, NamedNode):
        return value.value in values
    if not isinstance(value, Literal):
        return False
    return value.value in values or any(value.value in one for one in values)
