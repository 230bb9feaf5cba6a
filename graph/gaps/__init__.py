"""Gaps: where collaboration is missing. One kind a ``.rq`` file beside this one; its header is read by ``header``.

A kind is defined by its query alone. What is done here is the same for all: find the rows, name the things, fill the
sentence, weigh the severity, and write the query that gives the one row of each gap.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path

from pyoxigraph import NamedNode, QuerySolution
from rapidfuzz import process

from graph import catalogue
from graph.coverage.asof import newest_statement
from graph.errors import BadParameter
from graph.gaps import columns
from graph.gaps.filters import keeps, passes, reached, reached_in
from graph.gaps.found import FoundGaps, FoundRows, Row, look_at
from graph.gaps.header import Filter, read_kind
from graph.gaps.rows import dated, shares_of, values_of, weighed, worded
from graph.gaps.weights import shares
from graph.model import Gap, GapKind, Thing
from graph.names import Names
from graph.projection import Projection
from graph.question_file import bind, bind_each
from graph.store import Store

__all__ = [
    "FoundGaps",
    "FoundRows",
    "Row",
    "filtering",
    "filters_of",
    "find_gap",
    "find_gaps",
    "find_rows",
    "kinds",
    "rows_of",
]

_HERE = Path(__file__).parent
#: Engagements up to which kinds that are only found by their query are looked for unasked: it takes seconds then.
MOST_QUERIED = 5_000


@cache
def _read(folder: Path = _HERE) -> Mapping[str, tuple[GapKind, Mapping[str, Filter]]]:
    return {name: read_kind(path) for name, path in catalogue.files(folder, ".rq").items()}


def filters_of(kind: str) -> Mapping[str, Filter]:
    """What the gaps of a kind can be filtered by."""
    return _read()[kind][1]


def kinds() -> Mapping[str, GapKind]:
    """All kinds of gap by name. Raises GraphError (``bad-question-file``) for a file that breaks the format."""
    return {name: kind for name, (kind, _) in _read().items()}


def find_gaps(
    store: Store,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    weights: Mapping[str, float] | None = None,
    limit: int | None = None,
    offset: int = 0,
    projection: Projection | None = None,
) -> FoundGaps:
    """The gaps of one kind or of all, most severe first, equal ones by the IRIs of their subjects.

    ``parameters`` are texts as people type them (IRI, code, label) for what the kind can be filtered by; an empty text
    counts as not given. A theme includes its narrower ones, a place what it contains, an organisation its units.
    Without a kind, those that cannot be filtered so are left out: a part of the network lies in no one place.
    ``weights`` go before the shares that terms of severity have in the kinds' files (see ``weights.shares``).
    ``limit`` gaps after the first ``offset`` are worded; all are counted, unless ``FoundGaps.more``. With the
    ``projection`` of this state, kinds that can are found over columns, the others by their query; of very many
    engagements these are only looked for where they are asked for (``LookedAt.not_searched``).

    Raises BadParameter for a kind, parameter or weight that there is not, with the nearest; UnknownName for a value.
    """
    names = names or Names.of(store)
    found = find_rows(
        store,
        kind,
        parameters,
        lang=lang,
        as_of=as_of,
        names=names,
        weights=weights,
        most=None if limit is None else offset + limit,
        projection=projection,
    )
    shown = found.rows[offset:] if limit is None else found.rows[offset : offset + limit]
    return FoundGaps(
        gaps=tuple(worded(store, shown, names, lang, found.looked_at.as_of)),
        by_kind=found.by_kind,
        more=found.more,
        offset=offset,
        weights=found.weights,
        looked_at=found.looked_at,
    )


def find_rows(
    store: Store,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    names: Names,
    lang: str = "en",
    as_of: date | None = None,
    weights: Mapping[str, float] | None = None,
    most: int | None = None,
    projection: Projection | None = None,
) -> FoundRows:
    """The same as rows that are not worded: all, or at least the ``most`` worst."""
    chosen, given = _chosen(kind), _given(kind, parameters)
    fitting = {name: both for name, both in chosen.items() if given.keys() <= both[1].keys()}
    share = shares([gap_kind for gap_kind, _ in chosen.values()], weights or {})
    generation = store.generation
    resolved = {name: names.resolve(name, text, lang) for name, text in given.items()}
    day = as_of or newest_statement(store, projection=projection)
    rows: list[Row] = []
    by_kind: dict[str, int] = {}
    more = False
    not_searched: list[str] = []
    for name, (gap_kind, filters) in fitting.items():
        chosen_filters = {n: filters[n] for n in given}
        if projection is not None and columns.known(gap_kind):
            allowed = reached_in(projection, chosen_filters, resolved)
            found = columns.find(gap_kind, columns.Asked(projection, day, allowed, share[name], most))
            rows += [weighed(gap_kind, row, share[name], names, lang) for row in found.rows]
            by_kind[name], more = found.total, more or found.more
        elif kind is None and projection is not None and len(projection.records) > MOST_QUERIED:
            not_searched.append(name)
        else:
            asked = [*_rows(store, gap_kind, chosen_filters, resolved, names, lang, day, share[name])]
            rows += asked
            by_kind[name] = len(asked)
    rows.sort(key=lambda row: row.place)
    return FoundRows(
        rows=tuple(rows),
        by_kind=by_kind,
        more=more,
        weights={name: share[name] for name in fitting},
        looked_at=replace(
            look_at(
                store,
                day,
                generation,
                [name for name in fitting if name not in not_searched],
                [n for n in chosen if n not in fitting],
                resolved,
                projection,
            ),
            not_searched=tuple(not_searched),
        ),
    )


def _chosen(kind: str | None) -> Mapping[str, tuple[GapKind, Mapping[str, Filter]]]:
    known = _read()
    if not kind:
        return known
    if kind not in known:
        raise _unknown("unknown-gap-kind", f"There is no kind of gap '{kind}'.", kind, list(known))
    return {kind: known[kind]}


def _unknown(code: str, message: str, text: str, known: Sequence[str]) -> BadParameter:
    near = tuple(match for match, _, _ in process.extract(text, known, limit=3, score_cutoff=50))
    hint = (f"Did you mean {near[0]}? " if near else "") + f"There are {', '.join(known)}."
    return BadParameter(code, message, hint, near or tuple(known))


def filtering(
    store: Store,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    lang: str = "en",
    names: Names | None = None,
) -> Callable[[str, Mapping[str, Sequence[str]]], bool]:
    """Whether a gap of a kind, whose columns are lists of IRIs, is one that ``find_gaps`` would find for the same kind
    and parameters. Raises what that raises."""
    chosen, given = _chosen(kind), _given(kind, parameters)
    names = names or Names.of(store)
    resolved = {name: names.resolve(name, text, lang) for name, text in given.items()}
    fitting = {name: filters for name, (_, filters) in chosen.items() if given.keys() <= filters.keys()}
    allowed = {
        (name, touching): reached(store, name, thing.iri, touching)
        for name, thing in resolved.items()
        for touching in {filters[name].touching for filters in fitting.values()}
    }

    def keep(kind: str, columns: Mapping[str, Sequence[str]]) -> bool:
        filters = fitting.get(kind)
        return filters is not None and all(
            passes(filters[name], allowed[name, filters[name].touching], columns) for name in given
        )

    return keep


def _given(kind: str | None, parameters: Mapping[str, str] | None) -> dict[str, str]:
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    known = sorted({name for _, filters in _chosen(kind).values() for name in filters})
    for name in given:
        if name not in known:
            raise _unknown("unknown-parameter", f"Gaps cannot be filtered by '{name}'.", name, known)
    return given


def _rows(
    store: Store,
    kind: GapKind,
    filters: Mapping[str, Filter],
    resolved: Mapping[str, Thing],
    names: Names,
    lang: str,
    day: date,
    share: Mapping[str, float],
) -> Iterator[Row]:
    allowed = {name: reached(store, name, resolved[name].iri, f.touching) for name, f in filters.items()}
    for row in store.select(_narrowed(kind, filters, allowed, day)):
        values = values_of(kind, row, names, lang)
        if all(keeps(f, allowed[name], values) for name, f in filters.items()):
            yield weighed(kind, row, share, names, lang, values)


def rows_of(
    store: Store,
    kind: GapKind,
    names: Names,
    day: date,
    *,
    filters: Mapping[str, Thing] | None = None,
    lang: str = "en",
    projection: Projection | None = None,
    most: int | None = None,
) -> Iterator[Row]:
    """The gaps of one kind that pass the filters: what is compared, not what is read. Of more than ``most`` some
    ``most`` are given."""
    resolved, share = filters or {}, shares_of(kind)
    chosen = {name: filters_of(kind.name)[name] for name in resolved}
    if projection is None or not columns.known(kind):
        return islice(_rows(store, kind, chosen, resolved, names, lang, day, share), most)
    allowed = reached_in(projection, chosen, resolved)
    found = columns.find(kind, columns.Asked(projection, day, allowed, share, most))
    return islice((weighed(kind, row, share, names, lang) for row in found.rows), most)


def find_gap(
    store: Store,
    kind: str,
    subjects: Sequence[str],
    *,
    lang: str = "en",
    as_of: date | None = None,
    names: Names | None = None,
    projection: Projection | None = None,
) -> Gap | None:
    """The one gap of a kind that is about these IRIs, in the order of the kind's ``subject``; None where there is none
    on that day. Raises BadParameter for a kind that there is not, ValueError for what is no IRI."""
    ((gap_kind, filters),) = _chosen(kind).values()
    names, day = names or Names.of(store), as_of or newest_statement(store, projection=projection)
    bound = {name: NamedNode(iri) for name, iri in zip(gap_kind.subject, subjects, strict=True)}
    share = shares_of(gap_kind)
    found: Iterable[QuerySolution | columns.Row]
    if projection is not None and columns.known(gap_kind):
        about = dict(zip(gap_kind.subject, subjects, strict=True))
        allowed = {name: frozenset({iri}) for name, iri in about.items() if name in filters}
        found = columns.find(gap_kind, columns.Asked(projection, day, allowed, share, None)).rows
    else:
        found = store.select(bind(gap_kind.question, bound | dated(gap_kind, day)))
    rows = (weighed(gap_kind, row, share, names, lang) for row in found)
    row = next((row for row in rows if row.subjects == tuple(subjects)), None)
    return None if row is None else next(worded(store, [row], names, lang, day))


def _narrowed(kind: GapKind, filters: Mapping[str, Filter], allowed: Mapping[str, frozenset[str]], day: date) -> str:
    """The query for everything that may pass. Where a filter's one column is a parameter, the query is bound to all it
    allows, one row each: a kind may then look at more than it does unasked."""
    bindable = {p.name for p in kind.question.parameters}
    pushed = {
        f.columns[0]: sorted(allowed[name])
        for name, f in filters.items()
        if not f.touching and len(f.columns) == 1 and f.columns[0] in bindable
    }
    of_day = dated(kind, day)
    combinations = itertools.product(*(map(NamedNode, iris) for iris in pushed.values()))
    rows = [of_day | dict(zip(pushed, combination, strict=True)) for combination in combinations]
    return bind_each(kind.question, rows)
