"""Judging, merging, and taking it back. Reads a store; makes changes, and writes none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graph.errors import BadParameter, GraphError
from graph.ingest import provenance
from graph.judgements.book import (
    AT,
    BEFORE,
    BY,
    ENDED,
    ENDED_BY,
    GRAPH,
    JUDGED,
    JUDGEMENT,
    NOTE,
    REPLACED,
    SAME,
    TYPE,
    VERDICT,
    VERDICTS,
    Judgements,
    iri_of,
)
from graph.names import Names
from graph.store import Change, Readable
from graph.terms import REFERENCE_BASE, node

_PREF, _ALT = node("skos:prefLabel"), node("skos:altLabel")
_UNIT = node("org:unitOf")
_LONGEST = 1_000
#: Between what a merge rewrote and what it would have added that was there.
_STAYED = "# there before\n"


def judge(
    store: Readable, left: str, right: str, verdict: str, *, by: str, clock: provenance.Clock, note: str = ""
) -> tuple[str, Change]:
    """The judgement's IRI and the write that keeps it; with "same" also the merge of ``left`` into ``right``.

    Raises BadParameter for what cannot be judged, GraphError (``cannot-merge``) for what cannot be one thing.
    """
    if verdict not in VERDICTS:
        raise BadParameter("bad-verdict", f"'{verdict[:40]}' is no verdict.", f"There are {', '.join(VERDICTS)}.")
    if left == right:
        raise BadParameter("same-thing", "A thing is judged against another one.")
    quads = list(store.quads())
    names = Names.from_quads(quads)
    kinds = []
    for iri in (left, right):
        if not names.labels(iri):
            raise BadParameter("unknown-thing", f"Nothing is described that has the IRI {iri[:200]}.")
        kinds.append(names.thing(iri).kind)
    if kinds[0] != kinds[1]:
        raise BadParameter("two-kinds", f"One is a {kinds[0]}, the other a {kinds[1]}: they are not one thing.")
    if verdict == SAME:
        _refuse(left, right, quads)
    graph = NamedNode(store.base + GRAPH)
    now = provenance.instant(clock)
    agent = NamedNode(provenance.agent_iri(store.base, by))
    iri = iri_of(store.base, left, right, now.value)
    me = NamedNode(iri)
    added = {
        Quad(me, TYPE, JUDGEMENT, graph),
        Quad(me, JUDGED, NamedNode(left), graph),
        Quad(me, JUDGED, NamedNode(right), graph),
        Quad(me, VERDICT, Literal(verdict), graph),
        Quad(me, BY, agent, graph),
        Quad(me, AT, now, graph),
        Quad(agent, TYPE, node("foaf:Agent"), graph),
        Quad(agent, _PREF, provenance.label(by), graph),
    }
    if note.strip():
        added.add(Quad(me, NOTE, provenance.label(note.strip()[:_LONGEST]), graph))
    removed: set[Quad] = set()
    earlier = Judgements.from_quads(quad for quad in quads if quad.graph_name == graph).of(left, right)
    if earlier is not None:
        if earlier.verdict == SAME:
            raise GraphError("merged-already", "These two are merged.", "Undo that judgement first.")
        # What is judged anew replaces what was judged; that stays readable.
        added |= _ended(NamedNode(earlier.iri), now, agent, graph)
    if verdict == SAME:
        gone = {q for q in quads if _touches(q, left) and _is_data(q, store.base)}
        made = redirected(gone, {left: right})
        removed |= gone
        added |= made
        text = _lines(gone) + _STAYED + _lines(made & set(quads))
        added |= {
            Quad(me, node("cg:merged"), NamedNode(left), graph),
            Quad(me, BEFORE, Literal(text), graph),
            Quad(NamedNode(left), REPLACED, NamedNode(right), graph),
        }
    present = set(quads)
    return iri, Change(frozenset(removed), frozenset(added - present))


def undo(store: Readable, iri: str, *, by: str, clock: provenance.Clock) -> Change:
    """The write that takes a judgement back; of a merge, everything that it rewrote is as it was, where it has not
    changed since. Raises GraphError (``not-found``, ``undone-already``, ``merged-on``)."""
    quads = set(store.quads())
    graph = NamedNode(store.base + GRAPH)
    book = Judgements.from_quads(quad for quad in quads if quad.graph_name == graph)
    found = next((one for one in book.all if one.iri == iri), None)
    if found is None:
        raise GraphError("not-found", f"There is no judgement {iri[:200]}.", "They are listed at /judgements.")
    if found.undone:
        raise GraphError("undone-already", f"That judgement was taken back on {found.undone}.")
    now, agent = provenance.instant(clock), NamedNode(provenance.agent_iri(store.base, by))
    added = _ended(NamedNode(iri), now, agent, graph)
    added |= {Quad(agent, TYPE, node("foaf:Agent"), graph), Quad(agent, _PREF, provenance.label(by), graph)}
    removed: set[Quad] = set()
    if found.verdict == SAME:
        if found.right in book.redirects:
            raise GraphError(
                "merged-on", "What it was merged into has been merged itself since.", "Undo that judgement first."
            )
        gone, stayed = (frozenset(_parsed(part)) for part in found.before.split(_STAYED))
        for quad in gone:
            # Where a source has come anew since, what it said before is not brought back.
            if redirected({quad}, {found.left: found.right}) <= quads:
                added.add(quad)
        removed |= redirected(gone, {found.left: found.right}) - stayed
        removed.add(Quad(NamedNode(found.left), REPLACED, NamedNode(found.right), graph))
    return Change(frozenset(removed & quads), frozenset(added - quads))


def _lines(quads: Iterable[Quad]) -> str:
    return "".join(sorted(f"{quad} .\n" for quad in quads))


def _parsed(text: str) -> Iterable[Quad]:
    return parse(text.encode(), format=RdfFormat.N_QUADS)


def redirected(quads: Iterable[Quad], redirects: Mapping[str, str]) -> frozenset[Quad]:
    """The quads with every merged IRI replaced by what it leads to. A preferred name comes as an alternative one, and a
    link of a thing to itself is none."""
    if not redirects:
        return frozenset(quads)
    found = set()
    for quad in quads:
        subject, value, predicate = quad.subject, quad.object, quad.predicate
        moved = False
        if isinstance(subject, NamedNode) and (to := leads(subject.value, redirects)) is not None:
            subject, moved = NamedNode(to), True
            if predicate == _PREF:
                predicate = _ALT
        if isinstance(value, NamedNode) and (to := leads(value.value, redirects)) is not None:
            value, moved = NamedNode(to), True
        if not moved:
            found.add(quad)
        elif subject != value:
            found.add(Quad(subject, predicate, value, quad.graph_name))
    return frozenset(found)


def leads(iri: str, redirects: Mapping[str, str]) -> str | None:
    """Where an IRI leads, or the part of a thing (``#period``) that it names; None for one that was not merged."""
    whole, mark, part = iri.partition("#")
    to = redirects.get(whole) if mark else redirects.get(iri)
    return None if to is None else f"{to}{mark}{part}"


def _touches(quad: Quad, iri: str) -> bool:
    return any(
        isinstance(term, NamedNode) and (term.value == iri or term.value.startswith(iri + "#"))
        for term in (quad.subject, quad.object)
    )


def _is_data(quad: Quad, base: str) -> bool:
    """Whether it is a statement of a source, and none of the service's own records."""
    graph = quad.graph_name
    return not (isinstance(graph, NamedNode) and graph.value.startswith(base + "graph/"))


def _ended(me: NamedNode, now: Literal, agent: NamedNode, graph: NamedNode) -> set[Quad]:
    return {Quad(me, ENDED, now, graph), Quad(me, ENDED_BY, agent, graph)}


def _refuse(left: str, right: str, quads: Iterable[Quad]) -> None:
    """What cannot be one thing. Raises GraphError."""
    ours = {NamedNode(REFERENCE_BASE + "theme"), NamedNode(REFERENCE_BASE + "place")}
    if any(quad.graph_name in ours and quad.subject == NamedNode(left) for quad in quads):
        raise GraphError("cannot-merge", "What our own lists describe is not merged away.", "Merge the other into it.")
    above: dict[str, set[str]] = defaultdict(set)
    for quad in quads:
        if quad.predicate == _UNIT and isinstance(quad.subject, NamedNode) and isinstance(quad.object, NamedNode):
            above[quad.subject.value].add(quad.object.value)
    for one, other in ((left, right), (right, left)):
        seen, edge = {one}, {one}
        while edge:
            edge = {up for iri in edge for up in above[iri]} - seen
            seen |= edge
        if other in seen:
            raise GraphError("cannot-merge", "One is a unit of the other: an office is not its parent.")
