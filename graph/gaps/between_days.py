"""What became of gaps between two days that the same data are asked for: rows are compared, and only those that differ
are put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from graph.gaps import find_rows, kinds
from graph.gaps.between import Between, between
from graph.gaps.found import LookedAt, Row, look_at
from graph.gaps.moved import differ
from graph.gaps.rows import worded
from graph.gaps.whatif import chosen_kinds, searched_of
from graph.model import Gap
from graph.names import Names
from graph.projection import Projection
from graph.store import Store

#: Gaps of a kind on one day; one that has more is not compared, as what is listed of it would depend on what is not.
MOST = 5_000
_Key = tuple[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """One of the two days: what was looked at, and how many gaps there are of the kinds compared."""

    looked_at: LookedAt
    gaps: int


@dataclass(frozen=True, slots=True)
class BetweenDays:
    """``found`` has the first of each list, of ``counts`` in all. The kinds in ``too_many`` have more than MOST gaps on
    one of the days and are not compared."""

    before: Look
    after: Look
    counts: Mapping[str, int]
    found: Between
    too_many: tuple[str, ...]


def between_days(
    store: Store,
    first: date,
    last: date,
    kind: str | None = None,
    parameters: Mapping[str, str] | None = None,
    *,
    names: Names,
    projection: Projection,
    lang: str = "en",
    limit: int | None = None,
) -> BetweenDays:
    """Which gaps opened, closed and changed. Raises as ``find_gaps`` does."""
    given = {name: text for name, text in (parameters or {}).items() if text and text.strip()}
    chosen = chosen_kinds(kind, given)
    searched = searched_of(chosen, kind, projection)
    sides: list[dict[_Key, Row]] = [{}, {}]
    too_many = []
    resolved = {name: names.resolve(name, text, lang) for name, text in given.items()}
    for name in searched:
        found_both = [
            find_rows(store, name, given, names=names, lang=lang, as_of=day, most=MOST + 1, projection=projection)
            for day in (first, last)
        ]
        if any(one.more or one.total > MOST for one in found_both):
            too_many.append(name)
            continue
        for side, one in zip(sides, found_both, strict=True):
            side.update({(name, row.subjects): row for row in one.rows})
    before, after = sides
    opened = [row for key, row in after.items() if key not in before]
    closed = [row for key, row in before.items() if key not in after]
    both = [(before[key], row) for key, row in after.items() if key in before]
    changed = [pair for pair in both if _differ(*pair)]

    def words(rows: Iterable[Row], day: date) -> list[Gap]:
        return list(worded(store, list(rows), names, lang, day))

    # Other records may be quoted with the same words, or with none.
    perhaps = [pair for pair in both if not _differ(*pair) and pair[0].records != pair[1].records]
    quoted = zip(words((one for one, _ in perhaps), first), words((other for _, other in perhaps), last), strict=True)
    changed += [pair for pair, (one, other) in zip(perhaps, quoted, strict=True) if one.evidence != other.evidence]
    changed.sort(key=lambda pair: pair[1].place)
    of_both = words((one for one, _ in changed[:limit]), first), words((other for _, other in changed[:limit]), last)
    found = between(*of_both)
    not_searched = tuple(name for name in chosen if name not in searched)
    left_out = () if kind else tuple(name for name in kinds() if name not in chosen)
    compared = tuple(name for name in searched if name not in too_many)

    def look(day: date) -> LookedAt:
        found = look_at(store, day, store.generation, compared, left_out, resolved, projection)
        return replace(found, not_searched=not_searched)

    return BetweenDays(
        before=Look(look(first), len(before)),
        after=Look(look(last), len(after)),
        counts={"opened": len(opened), "closed": len(closed), "changed": len(changed)},
        found=replace(
            found,
            opened=tuple(words(sorted(opened, key=lambda row: row.place)[:limit], last)),
            closed=tuple(words(sorted(closed, key=lambda row: row.place)[:limit], first)),
        ),
        too_many=tuple(too_many),
    )


def _differ(before: Row, after: Row) -> bool:
    remedies = before.kind.remedies
    return differ(before, after) or remedies[before.case] != remedies[after.case]
