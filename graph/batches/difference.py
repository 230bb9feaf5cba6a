"""A difference between two states of a source: as quads, and by record as people look at it. Pure."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, parse

from graph.names import Names
from graph.store import Change
from graph.terms import node

_TYPE = node("rdf:type")
#: Says where a record stood in the file. Another file moves all of them without changing what is said.
ORIGIN = node("prov:wasDerivedFrom")
_SOURCE = node("cg:Source")

_MARK = "# added\n"


@dataclass(frozen=True, slots=True)
class Counted:
    """Records by what becomes of them."""

    created: int
    changed: int
    withdrawn: int
    unchanged: int


def to_text(change: Change) -> str:
    """A change as N-Quads: what goes out, a comment, what comes in; sorted: the same change is the same text."""
    return "".join(
        (
            "# removed\n",
            *sorted(f"{quad} .\n" for quad in change.removed),
            _MARK,
            *sorted(f"{quad} .\n" for quad in change.added),
        )
    )


def from_text(text: str) -> Change:
    """The change of its text."""
    removed, _, added = text.partition("\n" + _MARK)
    return Change(_quads(removed + "\n"), _quads(added))


def _quads(text: str) -> frozenset[Quad]:
    return frozenset(parse(text.encode(), format=RdfFormat.N_QUADS))


def digest_of(change: Change) -> str:
    """A name for a change."""
    return hashlib.sha256(to_text(change).encode()).hexdigest()


def by_record(before: Iterable[Quad], after: Iterable[Quad], names: Names) -> tuple[Counted, list[dict[str, Any]]]:
    """What becomes of each record, as rows ready for JSON; unchanged records are only counted.

    A row has ``what`` (created, changed, withdrawn), ``iri``, ``label``, ``kind`` and ``properties``, each with its
    values ``old`` and ``new`` that differ. What belongs to a record without being one (a period) counts as its own;
    quotations are not listed, only that a record rests on them. A record whose only change is the row it stands in is
    unchanged.
    """
    old, new = _by_subject(before), _by_subject(after)
    rows: list[dict[str, Any]] = []
    unchanged = 0
    for subject in sorted(old.keys() | new.keys()):
        was, now = old.get(subject, frozenset()), new.get(subject, frozenset())
        if _SOURCE in {value for name, value in was | now if name == _TYPE}:
            continue
        if was == now:
            unchanged += 1
            continue
        what = "changed" if was and now else "created" if now else "withdrawn"
        rows.append(
            {
                "what": what,
                "iri": subject,
                "label": _label(subject, now or was, names),
                "kind": names.thing(subject).kind or _class(was | now),
                "properties": _properties(was, now, names),
            }
        )
    counts = {what: sum(row["what"] == what for row in rows) for what in ("created", "changed", "withdrawn")}
    order = {"withdrawn": 0, "changed": 1, "created": 2}
    rows.sort(key=lambda row: (order[row["what"]], row["kind"], row["label"].casefold(), row["iri"]))
    return Counted(**counts, unchanged=unchanged), rows


Said = frozenset[tuple[NamedNode, Any]]


def _by_subject(quads: Iterable[Quad]) -> Mapping[str, Said]:
    found: dict[str, set[tuple[NamedNode, Any]]] = defaultdict(set)
    for quad in quads:
        if isinstance(quad.subject, NamedNode) and quad.predicate != ORIGIN and "/evidence/" not in quad.subject.value:
            # A period or the like belongs to the record that its IRI begins with.
            record, _, part = quad.subject.value.partition("#")
            if not (part and quad.predicate == _TYPE):
                found[record].add((quad.predicate, quad.object))
    return {subject: frozenset(said) for subject, said in found.items()}


#: What a record without a name is called by, in this order.
_ABOUT = tuple(
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


def _label(subject: str, said: Said, names: Names) -> str:
    """A record's name; of one without, what it is about."""
    if not names.labels(subject):
        about = [
            names.thing(value.value).label
            for prop in _ABOUT
            for name, value in sorted(said, key=str)
            if name == prop and isinstance(value, NamedNode)
        ]
        if about:
            return ", ".join(about[:6])
    return names.thing(subject).label


def _class(said: Said) -> str:
    return next((str(v.value).replace("#", "/").rpartition("/")[2] for p, v in sorted(said, key=str) if p == _TYPE), "")


def _properties(was: Said, now: Said, names: Names) -> list[dict[str, Any]]:
    found = []
    for name in sorted({p.value for p, _ in was ^ now}):
        found.append(
            {
                "property": name,
                "label": names.thing(name).label,
                "old": sorted(_text(v, names) for p, v in was - now if p.value == name),
                "new": sorted(_text(v, names) for p, v in now - was if p.value == name),
            }
        )
    return found


def _text(value: Any, names: Names) -> str:
    if isinstance(value, NamedNode):
        return names.thing(value.value).label
    assert isinstance(value, Literal)
    return value.value
