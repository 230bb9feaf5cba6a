"""The data as they were known on a day: every question can be asked of them, unchanged.

"As of" in a question is the day that its answer speaks of: what had ended by then is history. What was *known* on a day
is another matter: a source may since have been replaced, or a batch withdrawn. That is put together here, by undoing
what came later, batch by batch and statement by statement; so it is exact, and the store itself holds nothing old that
an answer could take for current. What was written in another way (SPARQL updates, whole graphs) is not undone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches import difference as differences
from graph.batches import folder as places
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.batches.states import State
from graph.statements.book import Book
from graph.store import Change, Readable
from graph.store.embedded import EmbeddedStore
from graph.terms import node


def as_known(store: Readable, folders: Folders, day: date) -> EmbeddedStore:
    """A store in memory with what the sources said at the end of a day (UTC). Reference data are today's.

    Takes about 400 bytes of memory a statement, and as long as copying them.
    """
    at = f"{day.isoformat()}T23:59:59Z"
    quads = set(store.quads())
    own = store.base + "graph/provenance"
    unknown = _unknown(quads, own, at)
    for _, change in sorted(_later(folders, at), key=lambda step: step[0], reverse=True):
        quads -= change.added
        quads |= change.removed
    change = Book.of_store(store).since(store.base, at)
    quads -= change.removed
    quads |= change.added
    quads = {quad for quad in quads if quad.graph_name not in unknown}
    past = EmbeddedStore(base=store.base)
    past.engine.extend(quads)
    return past


def _later(folders: Folders, at: str) -> Iterator[tuple[tuple[str, int], Change]]:
    """What was done to sources after a time, as (when, change)."""
    for record in folders.all():
        if record.state not in (State.ACCEPTED, State.WITHDRAWN) or not record.ended:
            continue
        change = differences.kept(folders.path(record.id) / places.DIFFERENCE).change()
        undone = _withdrawn(record)
        if record.ended > at:
            yield (record.ended, record.generation), change
        if undone > at:
            yield (undone, record.generation + 1), Change(change.added, change.removed)


def _withdrawn(record: Record) -> str:
    return next((event.at for event in reversed(record.events) if event.state == State.WITHDRAWN), "")


def _unknown(quads: Iterable[Quad], own: str, at: str) -> set[NamedNode]:
    """The sources that came only after a time, by the times of their batches."""
    ended: dict[NamedNode, str] = {}
    made: dict[NamedNode, list[NamedNode]] = {}
    for quad in quads:
        if quad.graph_name != NamedNode(own) or not isinstance(quad.subject, NamedNode):
            continue
        if quad.predicate == node("prov:endedAtTime") and isinstance(quad.object, Literal):
            ended[quad.subject] = quad.object.value
        elif quad.predicate == node("prov:generated") and isinstance(quad.object, NamedNode):
            made.setdefault(quad.object, []).append(quad.subject)
    return {source for source, batches in made.items() if all(ended.get(batch, "") > at for batch in batches)}
