"""A difference between two states of a source: as quads, and by record as people look at it. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from pyoxigraph import NamedNode, Quad, RdfFormat, parse

from graph.names import Names
from graph.store import Change, Lines
from graph.terms import node

_TYPE = node("rdf:type")
#: Says where a record stood in the file. Another file moves all of them without changing what is said.
ORIGIN = node("prov:wasDerivedFrom")
_SOURCE = node("cg:Source")

_REMOVED, _ADDED = b"# removed\n", b"# added\n"
#: Subjects whose lines are made together.
SUBJECTS = 1_000
#: Records that are created, or withdrawn, with every word of theirs; of the rest their names.
MOST_IN_FULL = 2_000


@dataclass(frozen=True, slots=True)
class Counted:
    """Records by what becomes of them."""

    created: int
    changed: int
    withdrawn: int
    unchanged: int


#: Quads by their subject.
About = Mapping[Any, list[Quad]]


def about(quads: Iterable[Quad]) -> About:
    """Quads by their subject, which several steps need."""
    found: dict[Any, list[Quad]] = defaultdict(list)
    for quad in quads:
        found[quad.subject].append(quad)
    return found


def to_pieces(removed: About, added: About) -> Iterator[bytes]:
    """A change as N-Quads: what goes out, a comment, what comes in; sorted: the same change is the same text."""
    yield _REMOVED
    yield from sorted_lines(removed)
    yield _ADDED
    yield from sorted_lines(added)


def sorted_lines(quads: About) -> Iterator[bytes]:
    """Quads as sorted lines of N-Quads, in pieces of some subjects: sorting by subject first is much less work, and few
    lines are held at a time. (No subject's text begins another's: an IRI ends with a bracket, a blank node with a
    space.)"""
    ordered = iter(sorted((str(subject), group) for subject, group in quads.items()))
    while piece := list(islice(ordered, SUBJECTS)):
        yield "".join([line for _, group in piece for line in sorted([f"{quad} .\n" for quad in group])]).encode()


def digest_of(pieces: Iterable[bytes]) -> str:
    """A name for a change, by its text."""
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class Kept:
    """A change as it is kept in a file: what comes in stays there."""

    removed: frozenset[Quad]
    added: Lines

    def change(self) -> Change:
        """It as quads. Raises OSError, SyntaxError."""
        return Change(self.removed, frozenset(self.added.quads()))


def kept(path: Path, digest: str | None = None) -> Kept:
    """The change of a file that has the text of one. Raises OSError, SyntaxError, and ValueError for what is no such
    file, or not the one of a ``digest``."""
    gone: list[bytes] = []
    with path.open("rb") as file:
        if digest is not None and hashlib.file_digest(file, "sha256").hexdigest() != digest:
            raise ValueError("It is another change.")
        file.seek(0)
        for line in file:
            if line == _ADDED:
                return Kept(frozenset(parse(b"".join(gone), format=RdfFormat.N_QUADS)), Lines(path, file.tell()))
            gone.append(line)
    raise ValueError("It has no part for what comes in.")


def by_record(
    before: About, after: About, names: Names, advance: Callable[[int], None] = lambda _: None
) -> tuple[Counted, list[dict[str, Any]]]:
    """What becomes of each record, as rows ready for JSON; unchanged records are only counted.

    A row has ``what`` (created, changed, withdrawn), ``iri``, ``label``, ``kind`` and ``properties``, each with its
    values ``old`` and ``new`` that differ. What belongs to a record without being one (a period) counts as its own;
    quotations are not listed, only that a record rests on them. A record whose only change is the row it stands in is
    unchanged. Past ``MOST_IN_FULL`` records that are new, or gone, rows have no ``properties``.
    ``advance`` is told now and then how many records were looked at.
    """
    old, new = _by_record(before), _by_record(after)
    found = _Labels(names)
    rows: list[dict[str, Any]] = []
    counts = dict.fromkeys(("created", "changed", "withdrawn"), 0)
    unchanged = 0
    for done, subject in enumerate(sorted(old.keys() | new.keys())):
        if done and done % SUBJECTS == 0:
            advance(done)
        was, now = _said(old.get(subject, ())), _said(new.get(subject, ()))
        if was == now:
            unchanged += bool(now) and not _is_source(now)
            continue
        if _is_source(was) or _is_source(now):
            continue
        what = "changed" if was and now else "created" if now else "withdrawn"
        counts[what] += 1
        row: dict[str, Any] = {
            "what": what,
            "iri": subject,
            "label": found.of_record(subject, now or was),
            "kind": names.thing(subject).kind or _class(now or was),
        }
        # Of very many that are all new, or all gone, nobody reads every word here: what is staged has it.
        if what == "changed" or counts[what] <= MOST_IN_FULL:
            row["properties"] = _properties(was, now, found)
        rows.append(row)
    order = {"withdrawn": 0, "changed": 1, "created": 2}
    rows.sort(key=lambda row: (order[row["what"]], row["kind"], row["label"].casefold(), row["iri"]))
    return Counted(**counts, unchanged=unchanged), rows


Said = frozenset[tuple[NamedNode, Any]]


def _is_source(said: Said) -> bool:
    return (_TYPE, _SOURCE) in said


def _by_record(about: About) -> Mapping[str, list[Quad]]:
    """The quads by the record that they belong to: as tuples of terms they would take twice the memory."""
    found: dict[str, list[Quad]] = {}
    parts: list[tuple[str, list[Quad]]] = []
    for subject, quads in about.items():
        if isinstance(subject, NamedNode) and "/evidence/" not in (iri := subject.value):
            # A period or the like belongs to the record that its IRI begins with.
            record, _, part = iri.partition("#")
            if part:
                parts.append((record, [quad for quad in quads if quad.predicate != _TYPE]))
            else:
                found[record] = quads
    for record, quads in parts:
        found[record] = [*found.get(record, ()), *quads]
    return found


def _said(quads: Iterable[Quad]) -> Said:
    return frozenset((predicate, quad.object) for quad in quads if (predicate := quad.predicate) != ORIGIN)


#: What a record without a name is called by, in this order.
_ABOUT = dict.fromkeys(
    node(curie)
    for curie in (
        "cg:partner",
        "cg:person",
        "org:member",
        "rdf:subject",
        "cg:theme",
        "cg:place",
        "org:organization",
        "rdf:object",
    )
)


class _Labels:
    """What things are called, each looked up once."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._known: dict[str, str] = {}

    def __call__(self, iri: str) -> str:
        found = self._known.get(iri)
        if found is None:
            found = self._known[iri] = self.names.thing(iri).label
        return found

    def of_record(self, subject: str, said: Said) -> str:
        """A record's name; of one without, what it is about."""
        if not self.names.labels(subject):
            about: dict[NamedNode, list[str]] = defaultdict(list)
            for name, value in said:
                if name in _ABOUT and isinstance(value, NamedNode):
                    about[name].append(value.value)
            if about:
                return ", ".join([self(iri) for name in _ABOUT for iri in sorted(about.get(name, ()))][:6])
        return self(subject)


def _class(said: Said) -> str:
    return min((str(v.value) for p, v in said if p == _TYPE), default="").replace("#", "/").rpartition("/")[2]


def _properties(was: Said, now: Said, labels: _Labels) -> list[dict[str, Any]]:
    old, new = _texts(was - now, labels), _texts(now - was, labels)
    return [
        {
            "property": name,
            "label": labels(name),
            "old": sorted(old.get(name, ())),
            "new": sorted(new.get(name, ())),
        }
        for name in sorted(old.keys() | new.keys())
    ]


def _texts(said: Iterable[tuple[NamedNode, Any]], labels: _Labels) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, value in said:
        text = labels(value.value) if isinstance(value, NamedNode) else value.value
        found[name.value].append(text)
    return found
