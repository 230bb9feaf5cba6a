"""Formats of marked cells: each is what the cell had, with another background (``xl/styles.xml``)."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.workbooks.marking.xml import Element, Unmarkable, append, elements, prefix, splice, with_attributes

#: Backgrounds by severity: of a fault that stands in the way, and of one that does not.
COLOURS = {"violation": "FFFBD5D1", "warning": "FFFFF2CC"}
#: Formats that Excel holds.
_MOST = 64_000


@dataclass(slots=True)
class Styles:
    """The formats of one workbook. ``marked`` gives the number of a format; ``data`` is the part with all of them."""

    original: bytes
    _fills: Element = field(init=False)
    _formats: Element = field(init=False)
    _known: list[Element] = field(init=False)
    _first_fill: int = field(init=False)
    _prefix: str = field(init=False)
    _new: list[bytes] = field(default_factory=list)
    _numbers: dict[tuple[int, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        found = elements(self.original, lambda name, depth, _: depth < 3 and name in _NAMES)
        by_name = {one.name: one for one in found if one.depth < 2}
        try:
            self._fills, self._formats, root = by_name["fills"], by_name["cellXfs"], by_name["styleSheet"]
        except KeyError:
            raise Unmarkable("no-styles") from None
        inside = range(self._formats.start, self._formats.end)
        self._known = [one for one in found if one.name == "xf" and one.start in inside]
        self._first_fill = sum(one.name == "fill" and self._fills.start < one.start < self._fills.end for one in found)
        self._prefix = prefix(self.original, root)

    def marked(self, style: int, severity: str) -> int:
        """The number of a cell's format with the background of a severity."""
        if (style, severity) not in self._numbers:
            if not 0 <= style < len(self._known):
                style = 0
            known = self._known[style] if self._known else None
            raw = self.original[known.start : known.end] if known else f"<{self._prefix}xf/>".encode()
            size = known.inside - known.start if known else len(raw)
            fill = self._first_fill + list(COLOURS).index(severity)
            tag = with_attributes(raw[:size], {"fillId": str(fill), "applyFill": "1"})
            self._numbers[style, severity] = self._add(tag + raw[size:])
        return self._numbers[style, severity]

    def text(self, *, wrap: bool = False) -> int:
        """The number of a format for text."""
        key = (-1, "wrap" if wrap else "")
        if key not in self._numbers:
            p, alignment = self._prefix, 'wrapText="1" vertical="top"' if wrap else 'vertical="top"'
            self._numbers[key] = self._add(
                f'<{p}xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1" '
                f'applyNumberFormat="1" applyAlignment="1"><{p}alignment {alignment}/></{p}xf>'.encode()
            )
        return self._numbers[key]

    def _add(self, raw: bytes) -> int:
        number = len(self._known) + len(self._new)
        if number >= _MOST:
            raise Unmarkable("too-large")
        self._new.append(raw)
        return number

    @property
    def data(self) -> bytes:
        p = self._prefix
        fills = "".join(
            f'<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{colour}"/><{p}bgColor indexed="64"/>'
            f"</{p}patternFill></{p}fill>"
            for colour in COLOURS.values()
        )
        return splice(
            self.original,
            [
                *_grown(self.original, self._fills, fills.encode(), self._first_fill + len(COLOURS)),
                *_grown(self.original, self._formats, b"".join(self._new), len(self._known) + len(self._new)),
            ],
        )


_NAMES = frozenset({"styleSheet", "fills", "fill", "cellXfs", "xf"})


def _grown(data: bytes, element: Element, new: bytes, count: int) -> list[tuple[int, int, bytes]]:
    """The edits that put more into a list, and count it anew."""
    if element.empty:
        raise Unmarkable("no-styles")
    tag = with_attributes(data[element.start : element.inside], {"count": str(count)})
    return [(element.start, element.inside, tag), append(data, element, new)]
