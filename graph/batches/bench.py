"""The steps of a batch that need a store, one after the other, for whoever has it open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pyoxigraph import Literal, NamedNode, Quad

from graph.batches import accepting, orphans
from graph.batches import difference as differences
from graph.batches import folder as places
from graph.batches.accepting import Plan
from graph.batches.difference import Kept
from graph.batches.folder import Folders
from graph.batches.history import Origin
from graph.batches.record import Outcome, Record
from graph.batches.staging import prepare
from graph.batches.states import State
from graph.errors import GraphError
from graph.ingest import originals, provenance
from graph.ingest.arrivals import Progress
from graph.store import Change, Readable
from graph.store.embedded import EmbeddedStore
from graph.terms import node

T = TypeVar("T")

#: Steps of writing a batch: it is planned, its files are kept, it is in.
_WRITING = 3

MOVED = "The data have changed since this batch was looked at, and so has what it would change. Look at it again."


class Bench:
    """The library's steps over one data folder. ``keep`` is where original files are kept by their hash."""

    def __init__(self, folders: Folders, keep: Path) -> None:
        self.folders, self.keep = folders, keep

    # --- what follows staging -------------------------------------------------------------------------------------

    def staged(self, record: Record, outcome: Outcome, by: str, message: str = "") -> Record:
        """The batch as it stands after somebody has worked out what it would change."""
        state = State.WAITING if record.contributed else State.PREVIEWED
        if not outcome.conforms:
            state, message = State.REJECTED, "There are faults that stand in the way: see the report."
        elif not outcome.added and not outcome.removed:
            state, message = State.UNCHANGED, "The source says all of this already: nothing was written."
        return self.folders.turn(record, state, by, message, outcome=outcome)

    def ready(self, record: Record, *, replace_source: bool) -> None:
        """Whether it may be accepted now. Raises GraphError (``wrong-state``, ``would-withdraw``)."""
        if record.state not in (State.PREVIEWED, State.WAITING) or record.outcome is None:
            raise GraphError(
                "wrong-state",
                f"This batch is {record.state}: it cannot be accepted.",
                "Only one that was looked into and is still to be decided on can be.",
            )
        gone = record.outcome.withdrawn
        if gone and not (record.replace or replace_source):
            raise GraphError(
                "would-withdraw",
                f"{gone} records that the source '{record.title}' has now are not in these files; they would be "
                "withdrawn.",
                "If the files are a new version of the whole source, accept it as one that replaces it (--replace); if "
                "they are something else, bring them under a source name of their own.",
            )

    # --- plans ----------------------------------------------------------------------------------------------------

    def change(self, record: Record) -> Change:
        """The difference that was worked out. Raises GraphError where it is not there any more."""
        return self._read(record, lambda path: differences.kept(path).change())

    def _read(self, record: Record, work: Callable[[Path], T]) -> T:
        try:
            return work(self.folders.path(record.id) / places.DIFFERENCE)
        except (OSError, ValueError, SyntaxError) as error:
            raise GraphError(
                "batch-damaged", f"The difference of batch {record.id} cannot be read ({type(error).__name__})."
            ) from None

    def plan(self, store: Readable, generation: int, record: Record, by: str) -> Plan | None:
        """The write that takes a batch in; None where its source is not what it was when it was looked at."""
        digest = record.outcome.digest if record.outcome is not None else None
        change = self._read(record, lambda path: differences.kept(path, digest))
        now = provenance.instant(self.folders.clock)
        started = Literal(record.received, datatype=node("xsd:dateTime"))
        origins = self._origins(record, change)
        plan = accepting.to_accept(store, record, change, by, started, now, generation, origins)
        return plan if record.outcome is not None and plan.before == record.outcome.before else None

    def _origins(self, record: Record, change: Kept) -> dict[Quad, Origin]:
        """Which earlier batch made the statements that go: the last one whose difference has them."""
        wanted, found = set(change.removed), dict[Quad, Origin]()
        earlier = [one for one in self.folders.all() if one.source == record.source and one.state is State.ACCEPTED]
        for one in sorted(earlier, key=lambda one: (one.generation, one.id), reverse=True):
            if not wanted:
                break
            mine = wanted & self.change(one).added
            origin = NamedNode(one.activity), Literal(one.ended, datatype=node("xsd:dateTime"))
            found.update(dict.fromkeys(mine, origin))
            wanted -= mine
        return found

    def undoing(self, store: Readable, record: Record, by: str, *, force: bool = False) -> Plan:
        """The write that undoes a batch. Raises GraphError (``wrong-state``, ``newer-there``, and without ``force``
        ``would-orphan``, where other sources speak of what it alone describes)."""
        if record.state is not State.ACCEPTED:
            raise GraphError("wrong-state", f"This batch is {record.state}: there is nothing of it to withdraw.")
        undo = record.undo or f"{store.base}write/withdraw-{record.id}"
        change = self.change(record)
        plan = accepting.to_withdraw(store, record, change, by, provenance.instant(self.folders.clock), undo)
        if not force:
            orphans.refuse(orphans.orphans(store, record.graph, change), record.title)
        return plan

    # --- results --------------------------------------------------------------------------------------------------

    def accepting(self, record: Record, plan: Plan, by: str) -> Record:
        """Keep what is needed to find out afterwards whether the write went in; then it may be written."""
        originals.keep(self.folders.originals(record), self.keep)
        ended = next(
            (
                q.object.value
                for q in plan.change.added
                if q.subject == NamedNode(plan.activity)
                and q.predicate == node("prov:endedAtTime")
                and isinstance(q.object, Literal)
            ),
            "",
        )
        return self.folders.save(
            replace(record, activity=plan.activity, graph=plan.graph, after=plan.after, ended=ended, accepted_by=by)
        )

    def accepted(self, record: Record, generation: int, by: str) -> Record:
        """It is in."""
        return self.folders.turn(record, State.ACCEPTED, by, generation=generation)

    def settle(self, store: Readable, generation: int, record: Record) -> Record:
        """Find out what became of a batch whose writing was cut off: all of it is in, or nothing."""
        if record.state is State.ACCEPTING:
            if record.activity and accepting.is_in(store, record.activity):
                return self.accepted(record, generation, record.accepted_by)
            back = State.WAITING if record.contributed else State.PREVIEWED
            return self.folders.turn(
                record, back, "service", "The service ended while this was being written; nothing of it is in."
            )
        if record.state is State.ACCEPTED and record.undo and accepting.is_in(store, record.undo):
            return self.folders.turn(record, State.WITHDRAWN, "service", "Withdrawn before the service ended.")
        return record


class LocalBench(Bench):
    """The same for a store that this process has open: every step at once."""

    def __init__(self, folders: Folders, keep: Path, store: EmbeddedStore) -> None:
        super().__init__(folders, keep)
        self.store = store

    def stage(self, record: Record, progress: Progress) -> Record:
        """Look into a batch. Raises GraphError; the batch has then failed and says why."""
        record = self.folders.turn(record, State.STAGING, record.by)
        try:
            outcome = prepare(
                self.folders.path(record.id),
                record,
                self.folders.originals(record),
                self.store,
                self.store.generation,
                progress,
            )
        except GraphError as error:
            self.folders.turn(record, State.FAILED, record.by, f"{error.message} {error.hint}".strip())
            raise
        return self.staged(record, outcome, record.by)

    def accept(self, record: Record, by: str, *, replace_source: bool, progress: Progress) -> Record:
        """Take a batch in. Raises GraphError as ``ready``; where the data moved on so that it would change something
        else than was shown, it is previewed again."""
        self.ready(record, replace_source=replace_source)
        record = self.folders.turn(record, State.ACCEPTING, by, activity="")
        seen = record.outcome
        if seen is None or seen.generation != self.store.generation:
            files = self.folders.originals(record)
            path = self.folders.path(record.id)
            outcome = prepare(path, record, files, self.store, self.store.generation, progress)
            if seen is None or outcome.digest != seen.digest:
                return self.staged(record, outcome, by, MOVED)
            record = replace(record, outcome=outcome)
        progress("write", 0, _WRITING)
        plan = self.plan(self.store, self.store.generation, record, by)
        assert plan is not None
        progress("write", 1, _WRITING)
        record = self.accepting(record, plan, by)
        progress("write", 2, _WRITING)
        generation = self.store.write(plan.change)
        progress("write", _WRITING, _WRITING)
        return self.accepted(record, generation, by)

    def withdraw(self, record: Record, by: str, *, force: bool = False) -> Record:
        """Undo a batch. Raises GraphError as ``undoing``."""
        plan = self.undoing(self.store, record, by, force=force)
        record = self.folders.save(replace(record, undo=plan.activity))
        self.store.write(plan.change)
        return self.folders.turn(record, State.WITHDRAWN, by)

    def recover(self) -> None:
        """Finish what a process left that was killed: what was being written is settled."""
        self.folders.tidy()
        for record in self.folders.all():
            if record.state is State.ACCEPTING or record.undo:
                self.settle(self.store, self.store.generation, record)
