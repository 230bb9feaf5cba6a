"""The day that an answer speaks of when nobody names one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from graph.projection import Projection
from graph.store import Store

_NEWEST = """PREFIX cg: <https://w3id.org/commonground/ns#>
SELECT (MAX(STR(?day)) AS ?newest) WHERE { ?record cg:statedOn ?day }"""


def newest_statement(
    store: Store, clock: Callable[[], date] = date.today, projection: Projection | None = None
) -> date:
    """The newest ``cg:statedOn`` (of a partial date its last day); the clock's day where nothing is dated. The
    ``projection`` of this state knows it without a query."""
    if projection is not None:
        text = projection.newest
    else:
        newest = next(iter(store.select(_NEWEST)))["newest"]
        text = newest.value if newest is not None else ""
    return last_day(text) if text else clock()


def last_day(text: str) -> date:
    """The last day of a year, month or day. Raises ValueError where there is no such day.

    >>> last_day("2010-02").isoformat()
    '2010-02-28'
    """
    year, month, day = ([int(part) for part in text.split("-")] + [0, 0])[:3]
    if day or not year:
        return date(year, month, day)  # Of a year 0, as of any day that there is not, this raises ValueError.
    following = date(year + 1, 1, 1) if month in (0, 12) else date(year, month + 1, 1)
    return following - timedelta(days=1)
