"""HXL hashtags (Humanitarian Exchange Language, standard 1.1, https://hxlstandard.org): what a column is, in a row of
its own. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_TAG = re.compile(r"#\s*([A-Za-z][A-Za-z0-9_]*)((?:\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*)\s*")
_ATTRIBUTE = re.compile(r"\+\s*([A-Za-z][A-Za-z0-9_]*)")
#: The standard: the tags are among the first 25 rows.
FIRST_ROWS = 25
#: Of the filled cells of a row, the share that has to be tags. The standard leaves room for some that are not.
_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Tag:
    """``#org +impl +name`` is the name "org" with the attributes "impl" and "name", in lower case."""

    name: str
    attributes: frozenset[str] = frozenset()

    def has(self, pattern: str) -> bool:
        """Whether it fits a tag pattern: ``#org``, ``#org+impl``, ``#org-funder``.

        >>> parse("#org +impl+name").has("#org+impl-funder")
        True
        """
        name, *attributes = re.split(r"(?=[+-])", pattern.removeprefix("#"))
        return self.name == name and all((a[1:] in self.attributes) == (a[0] == "+") for a in attributes)

    def __str__(self) -> str:
        return "#" + "".join([self.name, *(f"+{a}" for a in sorted(self.attributes))])


def parse(text: str) -> Tag | None:
    """The tag that a cell holds; None where it holds something else.

    >>> str(parse(" # Org + IMPL ")), parse("# of people")
    ('#org+impl', None)
    """
    found = _TAG.fullmatch(text.strip())
    if found is None:
        return None
    return Tag(found[1].lower(), frozenset(a.lower() for a in _ATTRIBUTE.findall(found[2])))


def is_tag_row(cells: Sequence[str]) -> bool:
    """Whether a row is the row of tags: most of its filled cells are tags."""
    filled = [cell for cell in cells if cell]
    tags = sum(cell.lstrip().startswith("#") and parse(cell) is not None for cell in filled)
    return tags > 0 and tags >= _SHARE * len(filled)
