"""How the rules look at data: which nodes a change matters to, which statements are needed to judge a node."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
import rdflib
from rdflib import URIRef
from rdflib.namespace import RDF, RDFS, SH

from graph.direct.states import Changed, State
from graph.ingest.validation import load_shapes
from graph.shacl import Screen, compile_shapes
from graph.shacl.blocking import blocking
from graph.shacl.explain import Finding, explain
from graph.shacl.reach import Reach, reach
from graph.shacl.screen import Term

_TYPE, _SUBCLASS = ox.NamedNode(str(RDF.type)), ox.NamedNode(str(RDFS.subClassOf))


@dataclass(frozen=True, slots=True)
class Rules:
    """The shapes that can stand in the way of a write, compiled for screening, and what they read (None: it cannot be
    told). ``subclasses`` are those of the vocabulary, each with the class above it."""

    shapes: rdflib.Graph
    vocabulary: rdflib.Graph
    screen: Screen
    reach: Reach | None
    subclasses: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, shapes: rdflib.Graph, vocabulary: rdflib.Graph) -> Rules:
        """Compile a shapes graph, with the vocabulary that data are read with."""
        strict = blocking(shapes)
        screen = compile_shapes(strict)
        pairs = vocabulary.subject_objects(RDFS.subClassOf)
        subclasses = [(str(a), str(b)) for a, b in pairs if isinstance(a, URIRef) and isinstance(b, URIRef)]
        # With property shapes within property shapes a report on a node names other nodes.
        return cls(strict, vocabulary, screen, None if screen.nested else reach(strict), tuple(subclasses))


@functools.cache
def load_rules() -> Rules:
    """The rules of the ``ontology`` package, once a process."""
    loaded = load_shapes()
    return Rules.of(loaded.shapes, loaded.vocabulary)


@dataclass(slots=True)
class View:
    """How the rules look at data."""

    rules: Rules

    # --- which nodes ----------------------------------------------------------------------------------------------

    def nodes(self, state: State) -> set[Term]:
        """Everything that something is said of, or that is the value of something."""
        return {term for quad in state.quads() for term in (quad.subject, quad.object)} | {
            ox.NamedNode(str(one)) for one in self.rules.shapes.objects(None, SH.targetNode) if isinstance(one, URIRef)
        }

    def affected(self, before: State, after: State, change: Changed, wide: Reach) -> set[Term]:
        """The nodes that are to be judged: what was changed, and from where the shapes look at it."""
        # Where a statement is read only at the focus node itself, its subject is all that matters.
        afar = defaultdict[str, set[Term]](set)
        read_afar = {read.predicate for read in wide.reads if read.steps and read.predicate is not None}
        nodes, objects = set[Term](), set[Term]()
        for quad in change.quads():
            nodes.add(quad.subject)
            predicate = quad.predicate.value
            if predicate in read_afar:
                afar[predicate].add(quad.subject)
            if predicate in wide.objects_of:
                objects.add(quad.object)
            if quad.predicate == _SUBCLASS:
                for state in (before, after):
                    of_class = set(self._instances(state, quad.subject))
                    nodes |= of_class
                    afar[str(RDF.type)] |= of_class
        ways = defaultdict[str | None, set[tuple[str, ...]]](set)
        for read in wide.reads:
            if read.steps:
                ways[read.predicate].add(read.steps)
        # Walked in both states at once: in all that is there in either.
        either = State(before.store, before.book, Changed(added=change.added))
        everything = frozenset(nodes)
        for read_there, steps in ways.items():
            nodes |= _back(either, everything if read_there is None else afar.get(read_there, set()), steps)
        return nodes | objects

    def _instances(self, state: State, one: Term) -> Iterator[Term]:
        for kind in self.below(state, {one}):
            for quad in state.pointing(kind, _TYPE):
                yield quad.subject

    def below(self, state: State, classes: Collection[Term]) -> set[Term]:
        """Classes and all their subclasses, by the vocabulary and the data."""
        by_above = defaultdict[Term, set[Term]](set)
        for one, above in self.rules.subclasses:
            by_above[ox.NamedNode(above)].add(ox.NamedNode(one))
        found, edge = set(classes), set(classes)
        while edge:
            below = {quad.subject for one in edge for quad in state.pointing(one, _SUBCLASS)}
            edge = below.union(*(by_above[one] for one in edge)) - found
            found |= edge
        return found

    def targets(self, state: State, nodes: Iterable[Term], classes: Collection[Term], wide: Reach) -> list[Term]:
        """Those nodes that any shape speaks of."""
        named = {str(_TYPE.value), *wide.subjects_of, *wide.selected}
        found = list[Term]()
        for node in nodes:
            if isinstance(node, ox.NamedNode) and node.value in wide.nodes:
                found.append(node)
                continue
            for quad in state.about(node):
                predicate = quad.predicate.value
                if predicate not in named:
                    continue
                if predicate != _TYPE.value or quad.object in classes:
                    found.append(node)
                    break
            else:
                if wide.objects_of and any(q.predicate.value in wide.objects_of for q in state.pointing(node)):
                    found.append(node)
        return found

    # --- what the shapes say of them ------------------------------------------------------------------------------

    def suspects(self, state: State, nodes: Sequence[Term]) -> set[Term]:
        """Those nodes that may be at fault."""
        if not nodes:
            return set()
        data = ox.Store()
        data.bulk_extend(self._needed(state, nodes))
        odd = {quad.subject for quad in data if isinstance(quad.object, ox.Triple)}
        return set(nodes) & (self.rules.screen.suspects(data).nodes | odd)

    def explained(self, state: State, nodes: Iterable[Term]) -> list[Finding]:
        """pySHACL's results on nodes."""
        nodes = list(nodes)
        return list(explain(self._needed(state, nodes), nodes, self.rules.shapes, self.rules.vocabulary))

    def _needed(self, state: State, nodes: Iterable[Term]) -> Iterator[ox.Quad]:
        """All statements that are needed to judge nodes, in one graph, with the classes above theirs."""
        for quad in self._surroundings(state, nodes):
            yield ox.Quad(quad.subject, quad.predicate, quad.object)
        for one, above in self.rules.subclasses:
            yield ox.Quad(ox.NamedNode(one), _SUBCLASS, ox.NamedNode(above))

    def _surroundings(self, state: State, nodes: Iterable[Term]) -> Iterator[ox.Quad]:
        wide = self.rules.reach
        if wide is None:
            yield from state.quads()
            return
        types = set[Term]()
        places: dict[tuple[str, ...], set[Term]] = {(): set(nodes)}
        # What stands at a place, before what is a step further.
        by_place = defaultdict[tuple[str, ...], set[str | None]](set, {(): set()})
        for read in sorted(wide.reads, key=lambda read: len(read.steps)):
            by_place[read.steps].add(read.predicate)
        done = set[tuple[Term, str | None]]()
        for steps, predicates in by_place.items():
            # The focus nodes are read whole, as targets may ask for more than the constraints do.
            whole = None in predicates or not steps
            for node in places.get(steps, ()):
                for predicate in (None,) if whole else predicates:
                    again = (node, predicate) in done
                    done.add((node, predicate))
                    for quad in state.about(node, None if predicate is None else ox.NamedNode(predicate)):
                        further = (*steps, quad.predicate.value)
                        if further in by_place:
                            places.setdefault(further, set()).add(quad.object)
                        if quad.predicate == _TYPE:
                            types.add(quad.object)
                        if not again:
                            yield quad
            if not steps and wide.objects_of:
                for node in places[()]:
                    yield from (q for q in state.pointing(node) if q.predicate.value in wide.objects_of)
        seen = set[Term]()
        while types:
            seen |= types
            above = [quad for one in types for quad in state.about(one, _SUBCLASS)]
            yield from above
            types = {quad.object for quad in above} - seen


def _back(state: State, start: Collection[Term], ways: Collection[tuple[str, ...]]) -> set[Term]:
    """The nodes from which one of the ways leads to one of ``start``."""
    found = set(start) if () in ways else set[Term]()
    by_last = defaultdict[str, set[tuple[str, ...]]](set)
    for way in ways:
        if way:
            by_last[way[-1]].add(way[:-1])
    reached = defaultdict[str, set[Term]](set)
    # Once for each node: there are some fifty properties that lead to one, and most nodes are at the end of few.
    for node in start if by_last else ():
        for quad in state.pointing(node):
            if quad.predicate.value in by_last:
                reached[quad.predicate.value].add(quad.subject)
    return found.union(*(_back(state, nodes, by_last[step]) for step, nodes in reached.items()))
