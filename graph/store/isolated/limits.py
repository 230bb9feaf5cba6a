"""What a query may use. One frozen record, told in the service description and the documentation."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in seconds, sizes in bytes.

    A query begins in the fast lane; one that needs longer than ``fast_seconds`` goes on, with low priority, in the
    slow lane if that has room, else where it is until somebody else wants the place. ``seconds`` is its whole time,
    waiting not counted.
    """

    seconds: float = 10.0
    fast_seconds: float = 0.5
    memory: int = 512 * 1024 * 1024
    result: int = 256 * 1024 * 1024
    fast_slots: int = 4
    slow_slots: int = 4
    #: How many queries may wait for a slot, and how long one waits before it is told to come back.
    queue: int = 128
    queue_seconds: float = 2.0
    #: What of one result is held for a client that reads slowly; past that the query waits for its client.
    buffer: int = 4 * 1024 * 1024
    #: A generation is also held in memory when it has at most so many quads (about 400 bytes each); 0: never.
    resident_quads: int = 2_000_000
    #: It is made when a generation has lasted so long: in a burst of writes each copy would be for nothing.
    resident_after: float = 0.3
    #: How long writing out the data for a download may take. The file is ours, so no client holds it up.
    file_seconds: float = 300.0
    #: What a guarded parse of an upload may use.
    parse_seconds: float = 120.0
    parse_memory: int = 1024 * 1024 * 1024
    #: Seconds for opening a published generation.
    publish_seconds: float = 60.0
    #: An update, which is somebody's text, and any other write, which is one big change at worst, may take so long.
    update_seconds: float = 30.0
    write_seconds: float = 600.0
    #: Trying a direct write out (an update has ``update_seconds`` for what it changes) and judging what came of it.
    rehearsal_seconds: float = 120.0
    rehearsal_memory: int = 2 * 1024 * 1024 * 1024
    #: Making writes durable and a checkpoint of them. A full disk does not always fail: the engine may wait for room.
    checkpoint_seconds: float = 60.0
    #: Memory of the writer beyond what it has at its start.
    writer_memory: int = 4 * 1024 * 1024 * 1024
    #: Writes that may wait, and how much text of theirs goes into one group.
    write_queue: int = 1000
    group_bytes: int = 32 * 1024 * 1024
    #: Bytes that have to be free on the disk for a write: what is there must still be able to be compacted.
    reserve: int = 64 * 1024 * 1024
    #: Whole results that are kept for the next asker of the same, all together and each at most; 0: none.
    cache: int = 64 * 1024 * 1024
    cached_result: int = 1024 * 1024
