"""What became of gaps between two looks: which opened, which closed, which changed and in what. Pure.

The query of a gap is not compared: it names the day that it speaks of.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.model import Gap

#: What of a gap can change while it stays the same gap.
COMPARED = ("reason", "severity", "severity_terms", "remedy", "subjects", "evidence")


@dataclass(frozen=True, slots=True)
class Changed:
    """One gap at both looks; ``what`` are the names in ``COMPARED`` that differ, one at least."""

    before: Gap
    after: Gap
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """Each in the order of the list that it is from; those that changed in the order of the later one."""

    opened: tuple[Gap, ...]
    closed: tuple[Gap, ...]
    changed: tuple[Changed, ...]

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed or self.changed)


def between(before: Iterable[Gap], after: Iterable[Gap]) -> Between:
    """What turns one list of gaps into the other. In neither may an IRI stand twice."""
    old, new = {gap.iri: gap for gap in before}, {gap.iri: gap for gap in after}
    changed = []
    for iri, gap in new.items():
        if iri in old and (what := tuple(name for name in COMPARED if getattr(old[iri], name) != getattr(gap, name))):
            changed.append(Changed(old[iri], gap, what))
    return Between(
        opened=tuple(gap for iri, gap in new.items() if iri not in old),
        closed=tuple(gap for iri, gap in old.items() if iri not in new),
        changed=tuple(changed),
    )


def applied(difference: Between, gaps: Iterable[Gap]) -> tuple[Gap, ...]:
    """The gaps of the later look, made of those of the earlier one: what ``between`` says is all that differs. Those
    that did not change come first, with the query of the earlier day."""
    gone = {gap.iri for gap in difference.closed} | {change.after.iri for change in difference.changed}
    stayed = tuple(gap for gap in gaps if gap.iri not in gone)
    return (*stayed, *(change.after for change in difference.changed), *difference.opened)
