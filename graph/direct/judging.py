"""What the shapes newly complain of after a change: violations of nodes that it may have touched, less those that were
there before. Nothing else of the data is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

import pyoxigraph as ox

from graph.direct.states import Changed, State
from graph.direct.view import Rules, View
from graph.ingest.validation import result_of
from graph.model import ValidationResult
from graph.shacl.explain import Finding
from graph.shacl.screen import Term

#: Nodes that are screened at a time, suspects that pySHACL gets at a time, results that are told.
_SCREENED, _EXPLAINED, MOST = 5_000, 200, 1_000

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """New violations, sorted; ``more``: nodes that may be at fault too and were not looked at one by one."""

    results: tuple[ValidationResult, ...] = ()
    more: int = 0


def judge(before: State, after: State, change: Changed, rules: Rules) -> Judged:
    """The violations after a change that were not there before it."""
    view = View(rules)
    if rules.reach is None:
        everything = [view.explained(state, view.nodes(state)) for state in (after, before)]
        old = Counter(_kind(one) for one in everything[1])
        return _judged(_beyond(everything[0], old), 0)
    touched = view.affected(before, after, change, rules.reach)
    known = _Old(view, before, [node for node in touched if isinstance(node, ox.BlankNode)])
    found = list[Finding]()
    more = 0
    classes = view.below(after, {ox.NamedNode(one) for one in rules.reach.classes})
    for piece in _pieces(sorted(touched, key=str), _SCREENED):
        suspects = sorted(view.suspects(after, view.targets(after, piece, classes, rules.reach)), key=str)
        for few in _pieces(suspects, _EXPLAINED):
            if len(found) >= MOST:
                more += len(few)
            else:
                found += known.beyond(view.explained(after, few))
    return _judged(found, more)


def _judged(found: Iterable[Finding], more: int) -> Judged:
    rows = {_key(one): result_of(one) for one in found}
    return Judged(tuple(rows[key] for key in sorted(rows)), more)


def _beyond(now: Iterable[Finding], old: Counter[Key]) -> list[Finding]:
    """The findings beyond the old ones, which are used up: of one kind as many as there are more."""
    new = []
    for one in sorted(now, key=_key):
        if old[_kind(one)]:
            old[_kind(one)] -= 1
        else:
            new.append(one)
    return new


@dataclass(slots=True)
class _Old:
    """The findings of the state before, as far as they are asked for."""

    view: View
    before: State
    blank: Sequence[Term]
    left: Counter[Key] = field(default_factory=Counter)

    def beyond(self, now: Sequence[Finding]) -> list[Finding]:
        """Those findings that were not there before."""
        foci = {one.focus for one in now}
        asked: list[Term] = [node for node in foci if not isinstance(node, ox.BlankNode)]
        if len(asked) < len(foci):
            # Which blank node was which cannot be told, so all of them are asked for, once.
            asked, self.blank = [*asked, *self.blank], ()
        if asked:
            self.left.update(_kind(one) for one in self.view.explained(self.before, asked))
        return _beyond(now, self.left)


def _key(one: Finding) -> Key:
    return str(one.focus), one.shape, one.component, *one.steps, "" if one.value is None else str(one.value)


def _kind(one: Finding) -> Key:
    """What makes two findings the same. A blank node has no name that lasts."""
    return tuple("_:" if part.startswith("_:") else part for part in _key(one))


def _pieces(nodes: Iterable[Term], size: int) -> Iterator[list[Term]]:
    rest = iter(nodes)
    while piece := list(islice(rest, size)):
        yield piece
