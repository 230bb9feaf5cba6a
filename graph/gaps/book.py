"""The book of gaps: what opened, closed or changed from one generation to the next, in a journal that only grows.

One line of JSON each, in the data folder. ``what`` is

``begins``        the first line: nothing is known of the time before it
``known``         a gap that was there when its kind began to be followed
``followed``      all gaps of a kind are known from here on, by the definition whose digest the line has
``redefined``     a newer version of the program finds a kind differently: that is no news, and its gaps are ``known``
                  anew
``not-followed``  a kind has more gaps than ``MOST``, or is too slow for so many engagements; it is not followed until
                  that has changed
``opened`` ``closed`` ``changed``  what became of a gap

What was last known is what the lines add up to, so that nothing else has to be kept: where a journal was cut off in the
middle of a generation, the next look adds what is missing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graph.coverage.asof import newest_statement
from graph.gaps import MOST_QUERIED, Row, columns, kinds, rows_of
from graph.gaps.addresses import iri_of
from graph.gaps.filters import iris
from graph.gaps.sentence import fill
from graph.model import GapKind, Thing, Value
from graph.names import Names
from graph.projection import projection_of
from graph.question_file import LANGUAGES
from graph.store import Store

#: The journal in a data folder.
NAME = "gaps.jsonl"
#: A kind with more gaps than these is not followed: nobody reads such a list of changes, and each is a line for ever.
MOST = 5_000
BEGINS, KNOWN, FOLLOWED = "begins", "known", "followed"
NOT_FOLLOWED, REDEFINED = "not-followed", "redefined"
OPENED, CLOSED, CHANGED = "opened", "closed", "changed"
#: What of a gap is compared. A label that changes is no change of the gap, nor is another record that says the same.
_COMPARED = ("case", "severity", "terms", "columns")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """What became of a gap, and the gap as it then was (for ``closed``: as it last was). ``at`` is when it was noticed
    (UTC); ``changed`` are the names of what differs, ``before`` the severity until then."""

    what: str
    at: str
    generation: int
    as_of: str
    gap: str
    kind: str
    subjects: tuple[str, ...]
    columns: Mapping[str, Sequence[str]]
    severity: float
    terms: Mapping[str, float]
    reason: Mapping[str, str]
    remedy: Mapping[str, str]
    changed: tuple[str, ...] = ()
    before: float | None = None

    @property
    def iri(self) -> str:
        """Of this event: the same for ever."""
        return f"{self.gap}#g{self.generation}-{self.what}"


def event_of(line: Line) -> Event:
    """Raises KeyError or TypeError where the line is about no gap."""
    fields = {name: line[name] for name in Event.__dataclass_fields__ if name in line}
    return Event(**fields | {name: tuple(fields.get(name, ())) for name in ("subjects", "changed")})


def lines_of(path: Path, start: int = 0) -> Iterator[tuple[int, int, Line]]:
    """The lines from a byte on, each with the byte at which it begins and the one after it. A last one without its end
    is not there yet; one that cannot be read is left out."""
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        file.seek(start)
        for raw in file:
            at, start = start, start + len(raw)
            if not raw.endswith(b"\n"):
                return
            try:
                line = json.loads(raw)
            except ValueError:
                continue
            if isinstance(line, dict) and isinstance(line.get("what"), str):
                yield at, start, line


def note(store: Store, path: Path, at: str, most: int = MOST) -> int:
    """Compare the gaps of a store with those last known, and add what differs to the journal: the number of lines.

    They are on the disk when this returns. One process at a time. ``at`` is the time now (ISO 8601, UTC).
    """
    known, definitions, begun = _added_up(path)
    names, day, generation = Names.of(store), newest_statement(store), store.generation
    stamp = {"at": at, "generation": generation, "as_of": day.isoformat()}
    projection = projection_of(store)
    lines: list[Line] = [] if begun else [{"what": BEGINS} | stamp]
    for name, kind in kinds().items():
        # What a search for all kinds does not look for, this does not either.
        slow = not columns.known(kind) and len(projection.records) > MOST_QUERIED
        rows = [] if slow else [*rows_of(store, kind, names, day, projection=projection, most=most + 1)]
        if slow or len(rows) > most:
            if definitions.get(name) != NOT_FOLLOWED:
                lines.append({"what": NOT_FOLLOWED} | stamp | {"kind": name, "most": most})
            continue
        now = {line["gap"]: line for line in (_told(store.base, row, names) for row in rows)}
        before, followed = known.get(name, {}), definitions.get(name)
        definition = _digest(kind)
        if followed not in (None, NOT_FOLLOWED, definition):
            lines.append({"what": REDEFINED} | stamp | {"kind": name})
            before, followed = {}, None
        lines += _differences(before, now, stamp, begun=followed == definition)
        if followed != definition:
            lines.append({"what": FOLLOWED} | stamp | {"kind": name, "definition": definition})
    if lines:
        _append(path, lines)
    return len(lines)


def _digest(kind: GapKind) -> str:
    """Another one where the kind finds or weighs other gaps."""
    terms = " ".join(f"{term.name}:{term.weight}" for term in kind.severity)
    return hashlib.sha256(f"{kind.question.query}\n{terms}".encode()).hexdigest()[:16]


def _added_up(path: Path) -> tuple[dict[str, dict[str, Line]], dict[str, str], bool]:
    """By kind the gaps last known, and the definition by which it is followed (or ``NOT_FOLLOWED``); whether there is a
    beginning."""
    known: dict[str, dict[str, Line]] = {}
    definitions: dict[str, str] = {}
    begun = False
    for _, _, line in lines_of(path):
        what, kind, gap = line["what"], line.get("kind"), line.get("gap")
        if what == BEGINS:
            begun = True
        elif what == FOLLOWED and isinstance(kind, str):
            definitions[kind] = str(line.get("definition"))
        elif what in (NOT_FOLLOWED, REDEFINED) and isinstance(kind, str):
            known.pop(kind, None)
            definitions.pop(kind, None)
            if what == NOT_FOLLOWED:
                definitions[kind] = NOT_FOLLOWED
        elif isinstance(kind, str) and isinstance(gap, str):
            if what == CLOSED:
                known.get(kind, {}).pop(gap, None)
            else:
                known.setdefault(kind, {})[gap] = line
    return known, definitions, begun


def _differences(before: Mapping[str, Line], now: Mapping[str, Line], stamp: Line, *, begun: bool) -> Iterator[Line]:
    for gap in sorted(before.keys() | now.keys()):
        old, new = before.get(gap), now.get(gap)
        if old is None:
            assert new is not None
            yield {"what": OPENED if begun else KNOWN} | stamp | new
        elif new is None:
            yield {"what": CLOSED} | {name: old[name] for name in old if name not in _OF_A_CHANGE} | stamp
        elif what := [name for name in _COMPARED if old.get(name) != new[name]]:
            yield {"what": CHANGED} | stamp | new | {"changed": what, "before": old.get("severity")}


_OF_A_CHANGE = ("what", "changed", "before")


def _told(base: str, row: Row, names: Names) -> Line:
    """A gap as a line has it: its sentences in every language, so that they can be read when the gap has gone."""
    labelled = {lang: {name: _in(value, names, lang) for name, value in row.values.items()} for lang in LANGUAGES}
    reasons, remedies = row.kind.reasons[row.case], row.kind.remedies[row.case]
    return {
        "gap": iri_of(base, row.kind.name, row.subjects),
        "kind": row.kind.name,
        "subjects": list(row.subjects),
        "columns": {name: sorted(found) for name, value in row.values.items() if (found := iris(value))},
        "case": row.case,
        "severity": row.severity,
        "terms": dict(row.terms),
        "reason": {lang: fill(reasons[lang], labelled[lang], lang) for lang in LANGUAGES},
        "remedy": {lang: fill(remedies[lang], labelled[lang], lang) for lang in LANGUAGES},
    }


def _in(value: Value, names: Names, lang: str) -> Value:
    if isinstance(value, Thing):
        return names.thing(value.iri, lang)
    return tuple(names.thing(thing.iri, lang) for thing in value) if isinstance(value, tuple) else value


def _append(path: Path, lines: Sequence[Line]) -> None:
    """Add lines to the journal; what an earlier life left of a last one goes first."""
    with path.open("a+b") as file:
        end = _end_of_lines(path)
        if end != file.seek(0, os.SEEK_END):
            file.truncate(end)
        text = "".join(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines)
        file.write(text.encode())
        file.flush()
        os.fsync(file.fileno())


def _end_of_lines(path: Path, piece: int = 1 << 16) -> int:
    """The byte after the last line end of a file."""
    with path.open("rb") as file:
        at = file.seek(0, os.SEEK_END)
        while at:
            start = max(0, at - piece)
            file.seek(start)
            found = file.read(at - start).rfind(b"\n")
            if found >= 0:
                return start + found + 1
            at = start
    return 0
