"""What somebody who writes is told when it does not go well: always what is known of the fate of the write."""

from __future__ import annotations

from graph.errors import DiskFull, GraphError, NotVisible, QueryTimeout, WriterLost
from graph.store.isolated.writer_process import Gone

RESTORE = "Restore a backup into another folder."

_ROOM = "Make room and write again."
_LOG = "Look at the service's log."


def disk_full() -> GraphError:
    return DiskFull("disk-full", "The disk is full; nothing was written.", _ROOM)


def stopping() -> GraphError:
    return WriterLost("stopping", "The service is not running, or is just stopping; nothing was written.")


def not_kept(gone: Gone) -> GraphError:
    """The write was not begun, or has certainly gone with its writer."""
    match gone.code:
        case "disk-full":
            return disk_full()
        case "write-failed":
            return WriterLost("write-failed", f"The write failed, nothing was kept: {gone.message}", _LOG)
    return WriterLost("writer-lost", "The writer ended; nothing of this write was kept.", "Write it again.")


def ended_in(gone: Gone) -> GraphError:
    """The writer ended while it was at this write, of which nothing is left."""
    match gone.code:
        case "write-timeout":
            return QueryTimeout(
                "write-timeout",
                "The write took longer than it may; it was ended, and nothing of it was kept.",
                "Write less at once.",
            )
        case "writer-lost":
            return WriterLost(
                "writer-lost",
                "The writer ended while it was at this write; nothing of it was kept.",
                "Write it again; if that ends the same way, it is too large or too deep: write less at once.",
            )
    return not_kept(gone)


def unsure(gone: Gone) -> GraphError:
    """The writer has ended and no other can be started to look."""
    kind = DiskFull if gone.code == "disk-full" else WriterLost
    return kind(
        gone.code,
        "The writer ended before the write was confirmed. It may or may not have been kept.",
        "Ask whether it is there as soon as the service can write again, and write it again if not.",
    )


def not_visible(generation: int) -> GraphError:
    """The write is durable, but its generation could not be opened for readers."""
    return NotVisible(
        "not-visible-yet",
        f"The write is kept as generation {generation}, but cannot be shown yet. Do not write it again.",
        "Ask for it in a moment.",
    )
