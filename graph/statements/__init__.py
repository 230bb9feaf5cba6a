"""What people state of a theme in a place, or of an engagement: nobody works there, it is not needed, a source lists
everybody, the work still goes on. See ``docs/statements.md``.

``asking`` reads what somebody filled in, ``engagements`` finds what can be confirmed, ``cautions`` tells what a
statement does beside what is meant, ``book`` has all of them as data, ``recording`` makes the ``Change`` that records
or withdraws one. Nothing here writes.
"""

from graph.statements.asking import read
from graph.statements.book import Book, Recorded
from graph.statements.cautions import cautions
from graph.statements.engagements import Engagement, about, due
from graph.statements.recording import record, withdraw
from graph.statements.said import KINDS, SOURCE, Said
from graph.statements.wording import FaultyStatement, Remark

__all__ = [
    "KINDS",
    "SOURCE",
    "Book",
    "Engagement",
    "FaultyStatement",
    "Recorded",
    "Remark",
    "Said",
    "about",
    "cautions",
    "due",
    "read",
    "record",
    "withdraw",
]
