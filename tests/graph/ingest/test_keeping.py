"""A record that nothing but its row has changed of keeps the row it had, also where only what differs is looked at."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, NamedNode, Quad

from graph.ingest.keeping import ORIGIN, keep_origins, owner

GRAPH = NamedNode("urn:source")
RECORDS = [NamedNode(f"urn:r{n}") for n in range(3)]
EVIDENCE = [NamedNode(f"urn:x/evidence/e{n}") for n in range(2)]


def by_definition(before: frozenset[Quad], after: frozenset[Quad]) -> frozenset[Quad]:
    """Every record of both looked at as a whole."""

    def contents(quads: frozenset[Quad]) -> dict[str, tuple[set[Quad], set[Quad]]]:
        found: dict[str, tuple[set[Quad], set[Quad]]] = defaultdict(lambda: (set(), set()))
        for quad in quads:
            found[owner(quad)][quad.predicate == ORIGIN].add(quad)
        return found

    old, new = contents(before), contents(after)
    same = {record for record, (said, _) in new.items() if record in old and old[record][0] == said}
    kept = {
        record
        for record in same
        if all(
            quad.object.value.partition("#")[0] in same
            for quad in new[record][0]
            if isinstance(quad.object, NamedNode) and "/evidence/" in quad.object.value
        )
    }
    out = {quad for record in kept for quad in new[record][1]}
    return (after - out) | {quad for record in kept for quad in old[record][1]}


SUBJECTS = st.sampled_from([*RECORDS, *EVIDENCE, NamedNode("urn:r0#period"), NamedNode("urn:x/evidence/e0#part")])
QUADS = st.one_of(
    st.builds(lambda s, n: Quad(s, ORIGIN, NamedNode(f"urn:file#row={n}"), GRAPH), SUBJECTS, st.integers(1, 3)),
    st.builds(lambda s, n: Quad(s, NamedNode("urn:says"), Literal(str(n)), GRAPH), SUBJECTS, st.integers(1, 2)),
    st.builds(
        lambda s, o: Quad(s, NamedNode("urn:rests-on"), o, GRAPH),
        SUBJECTS,
        st.sampled_from([*EVIDENCE, NamedNode("urn:x/evidence/e0#part"), *RECORDS]),
    ),
)
SOURCES = st.frozensets(QUADS, max_size=12)


@given(common=SOURCES, before=SOURCES, after=SOURCES)
def test_it_is_what_looking_at_everything_gives(
    common: frozenset[Quad], before: frozenset[Quad], after: frozenset[Quad]
) -> None:
    old, new = common | before, common | after
    assert keep_origins(old, new) == by_definition(old, new)
