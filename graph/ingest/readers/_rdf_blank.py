"""Names for blank nodes that depend on what is said of them only: the same file twice, in whatever order, gives the
same names, and a change elsewhere in it changes none.

The name of a node is a hash of what it says, downwards, and of who refers to it, upwards. Nodes that say exactly the
same and are referred to in exactly the same way are one: they state nothing different (a graph and its lean form entail
each other, RDF 1.1 Semantics, 5). Nodes that refer to each other in a circle are told apart by refining their colours
round by round; those that cannot be told apart that way are no case for guessing, and are refused. Linear but for
circles, which are bounded: RDF Dataset Canonicalization has to try permutations, and a hostile file makes it do so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pyoxigraph import BlankNode, NamedNode, Quad

#: Begins the IRI that stands for a blank node until the source is known.
BLANK = "urn:x-commonground:blank:"
#: Nodes that refer to each other in a circle.
LARGEST_CIRCLE = 500


class Circle(Exception):
    """Blank nodes refer to each other and cannot be told apart."""


#: (predicate, number of a node): a reference from a node, or to it.
_Links = list[tuple[str, int]]


def named(quads: Sequence[Quad]) -> list[Quad]:
    """The same statements, each in the default graph, with IRIs in place of blank nodes. Raises Circle."""
    names = _names(quads)
    made: list[Quad] = []
    for quad in quads:
        subject = names[quad.subject] if isinstance(quad.subject, BlankNode) else quad.subject
        value = names[quad.object] if isinstance(quad.object, BlankNode) else quad.object
        made.append(Quad(subject, quad.predicate, value))
    return made


def _names(quads: Sequence[Quad]) -> dict[BlankNode, NamedNode]:
    numbers: dict[BlankNode, int] = {}
    said: dict[int, set[tuple[str, str]]] = {}  # of a node, with other objects: (predicate, object)
    above: dict[int, set[tuple[str, str]]] = {}  # of a node: (subject with a name, predicate)
    links: set[tuple[int, str, int]] = set()
    for quad in quads:
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        if isinstance(subject, BlankNode):
            me = numbers.setdefault(subject, len(numbers))
            if isinstance(value, BlankNode):
                links.add((me, predicate, numbers.setdefault(value, len(numbers))))
            else:
                said.setdefault(me, set()).add((predicate, str(value)))
        elif isinstance(value, BlankNode):
            above.setdefault(numbers.setdefault(value, len(numbers)), set()).add((str(subject), predicate))
    down: list[_Links] = [[] for _ in numbers]
    up: list[_Links] = [[] for _ in numbers]
    for one, predicate, other in links:
        down[one].append((predicate, other))
        up[other].append((predicate, one))
    groups = _groups(down)
    inside = [0] * len(numbers)
    for at, group in enumerate(groups):
        for node in group:
            inside[node] = at

    nothing: set[tuple[str, str]] = set()
    below = [""] * len(numbers)
    for at, group in enumerate(groups):  # what a group refers to comes before it
        for node in group:
            outside = sorted((p, below[o]) for p, o in down[node] if inside[o] != at)
            below[node] = _hash("down", sorted(said.get(node, nothing)), outside)
        _refine(group, below, down, up, inside)
    final = [""] * len(numbers)
    for at, group in zip(range(len(groups) - 1, -1, -1), reversed(groups), strict=True):  # and what refers to it
        for node in group:
            outside = sorted((p, final[s]) for p, s in up[node] if inside[s] != at)
            final[node] = _hash("up", below[node], sorted(above.get(node, nothing)), outside)
        _refine(group, final, down, up, inside)
        if len(group) > 1 and len({final[node] for node in group}) < len(group):
            raise Circle
    return {blank: NamedNode(BLANK + final[node][:24]) for blank, node in numbers.items()}


def _refine(group: Sequence[int], colour: list[str], down: list[_Links], up: list[_Links], inside: list[int]) -> None:
    """Work the colours of the neighbours in a circle into those of its nodes, until no more of them are told apart."""
    at = inside[group[0]]
    if len(group) == 1 and all(other != group[0] for _, other in down[group[0]]):
        return
    if len(group) > LARGEST_CIRCLE:
        raise Circle
    kinds = 0
    while kinds < len({colour[node] for node in group}):
        kinds = len({colour[node] for node in group})
        new = [
            _hash(
                "circle",
                colour[node],
                sorted((p, colour[o]) for p, o in down[node] if inside[o] == at),
                sorted((p, colour[s]) for p, s in up[node] if inside[s] == at),
            )
            for node in group
        ]
        for node, text in zip(group, new, strict=True):
            colour[node] = text


def _groups(down: list[_Links]) -> list[list[int]]:
    """The strongly connected components (Tarjan, 1972), each after those that it refers to. Without recursion: a chain
    of a hundred thousand nodes is a file like any other."""
    unseen = -1
    number, lowest, on_stack = [unseen] * len(down), [0] * len(down), [False] * len(down)
    count = 0
    stack: list[int] = []
    groups: list[list[int]] = []
    for root in range(len(down)):
        if number[root] != unseen:
            continue
        number[root] = lowest[root] = count
        count += 1
        stack.append(root)
        on_stack[root] = True
        work = [(root, iter(down[root]))]
        while work:
            node, others = work[-1]
            for _, other in others:
                if number[other] == unseen:
                    number[other] = lowest[other] = count
                    count += 1
                    stack.append(other)
                    on_stack[other] = True
                    work.append((other, iter(down[other])))
                    break
                if on_stack[other]:
                    lowest[node] = min(lowest[node], number[other])
            else:
                work.pop()
                if work:
                    lowest[work[-1][0]] = min(lowest[work[-1][0]], lowest[node])
                if lowest[node] == number[node]:
                    group: list[int] = []
                    while not group or group[-1] != node:
                        group.append(stack.pop())
                        on_stack[group[-1]] = False
                    groups.append(group)
    return groups


def _hash(*parts: object) -> str:
    return hashlib.sha256(repr(parts).encode()).hexdigest()
