"""Filling a sentence's ``{column}`` placeholders with the names of what stands there. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from graph.gaps.columns.asked import MOST_LISTED
from graph.model import Thing, Value

#: More names than these make a sentence nobody reads; the gap lists them all.
_MOST_NAMES = 4


def fill(template: str, values: Mapping[str, Value], lang: str = "en") -> str:
    """The sentence. Nothing becomes a dash, so that a missing name is seen.

    >>> fill("Ask {who}.", {"who": (Thing("b", "B"), Thing("a", "A"))})
    'Ask A and B.'
    """
    return template.format_map({name: words(value, lang) for name, value in values.items()})


def words(value: Value, lang: str = "en") -> str:
    """A value as a part of a sentence; of many names the first few in alphabetical order.

    Names are parted by semicolons, since they have commas inside.
    """
    if not isinstance(value, tuple):
        if isinstance(value, Thing):
            # A statement is a sentence with its full stop, which has no place within another.
            return value.label.removesuffix(".") if value.kind == "statement" else value.label
        return "-" if value is None or value == "" else str(value)
    # So many are listed at most: there may be more.
    least = ("не менее " if lang == "ru" else "at least ") if len(value) >= MOST_LISTED else ""
    names = sorted({thing.label for thing in value}, key=lambda name: (name.casefold(), name))
    both = " и " if lang == "ru" else " and "
    if len(names) > _MOST_NAMES:
        rest = len(names) - _MOST_NAMES
        return "; ".join(names[:_MOST_NAMES]) + both + (f"ещё {least}{rest}" if lang == "ru" else f"{least}{rest} more")
    return both.join(["; ".join(names[:-1]), names[-1]] if len(names) > 1 else names) or "-"
