"""From the rows of any grid of text to a sheet: where its headings are, which row has HXL tags, what stands above."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain, islice

from graph.ingest import hxl
from graph.ingest.messages import fault
from graph.ingest.readers import Sheet
from graph.model import CellRef, Severity, ValidationResult

Cells = tuple[str, ...]


def sheet(file: str, name: str, rows: Iterable[tuple[int, Cells]]) -> tuple[Sheet, list[ValidationResult]] | None:
    """A sheet made of (row number, cells), and what is to be told of it. Rows without any text do not count; where
    there are no others there is no sheet."""
    filled = ((number, cells) for number, cells in rows if any(cells))
    top = list(islice(filled, hxl.FIRST_ROWS))
    if not top:
        return None
    notes: list[ValidationResult] = []
    first = [cells for _, cells in top]
    tagged = next((at for at, cells in enumerate(first) if hxl.is_tag_row(cells)), None)
    heading = _heading(first, tagged)
    tags: Cells = () if tagged is None else top[tagged][1]
    headers = top[heading][1]
    skipped = [number for number, _ in top[:heading]]
    if skipped:
        ref = CellRef(file, name, skipped[0])
        words = {"rows": ", ".join(map(str, skipped)), "heading": top[heading][0]}
        value = next(cell for cell in top[0][1] if cell)
        notes.append(fault("rows-above-headings", ref, value=value, severity=Severity.INFO, words=words))
    body = tuple(chain(top[(heading if tagged is None else tagged) + 1 :], filled))
    found = Sheet(file, name, top[heading][0], headers, body, tags, 0 if tagged is None else top[tagged][0])
    return found, notes


def _heading(rows: Sequence[Cells], tagged: int | None) -> int:
    """Which of the first rows holds the headings: the one above the tags; else the first that is about as wide as the
    table. What comes before it are titles."""
    if tagged is not None:
        return max(0, tagged - 1)
    widths = [sum(map(bool, cells)) for cells in rows]
    # A title has a cell or two; a table of two columns has no narrower rows.
    wide = max(widths)
    return next(at for at, width in enumerate(widths) if width > 2 or width * 2 >= wide)


#: Texts that are remembered: a column whose values are all different is not to be held twice.
_REMEMBERED = 100_000


class Interned:
    """The same text many times is one object: a column has few different values, and memory many."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        return self._known.setdefault(text, text)
