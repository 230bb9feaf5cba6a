"""From the text of a cell to an RDF term. Pure; every literal is written the way stores keep it.

Stores rewrite what is not canonical (``005`` becomes ``5``, ``xsd:nonNegativeInteger`` becomes ``xsd:integer``), and
then the same file would seem to change the graph each time. So only types and forms that survive are made.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from graph.terms import node, slug


@dataclass(frozen=True, slots=True)
class Bad:
    """Why a text is no value of its type: a rule of ``messages``, the nearest valid value, words of the sentence."""

    rule: str
    nearest: str = ""
    words: Mapping[str, str] = field(default_factory=dict)


Term = Literal | NamedNode

_YEAR, _MONTH, _DAY = "xsd:gYear", "xsd:gYearMonth", "xsd:date"
_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_NUMBERS = re.compile(r"\d+")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(
    r"https?://[^\s/?#<>\"{}|\\^`\x00-\x20\x7f-\x9f]+(?:[/?#][^\s<>\"{}|\\^`\x00-\x20\x7f-\x9f]*)?", re.IGNORECASE
)
# 18 digits fit the 64-bit integers and the fixed-point decimals of the engine.
_INTEGER = re.compile(r"[0-9]{1,18}")
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,18}(?:\.[0-9]{0,18})?|\.[0-9]{1,18})")
_TRUE = frozenset({"true", "yes", "1", "да", "истина"})
_FALSE = frozenset({"false", "no", "0", "нет", "ложь"})


def partial_date(text: str) -> Literal | Bad:
    """A year, a month or a day; as precise as written and no more.

    >>> partial_date("11.05.2010").value, partial_date("2010-05").value
    ('2010-05-11', '2010-05')
    >>> partial_date("32.13.2010").nearest
    '2010-12-31'
    """
    if found := _ISO.fullmatch(text):
        year, month, day = (int(part) if part else 0 for part in found.groups())
        return _date(year, month, day, parts=sum(part is not None for part in found.groups()))
    if found := _DOTTED.fullmatch(text):
        day, month, year = (int(part) for part in found.groups())
        return _date(year, month, day)
    if found := _SLASHED.fullmatch(text):
        # Day first in most of the world, month first in the United States: only where one of them is no date.
        first, second, year = (int(part) for part in found.groups())
        readings = {r.value for r in (_date(year, second, first), _date(year, first, second)) if isinstance(r, Literal)}
        if len(readings) == 2:
            one, other = (f"{year:04}-{m:02}-{d:02}" for m, d in ((second, first), (first, second)))
            return Bad("ambiguous-date", one, {"one": one, "other": other})
        if readings:
            return Literal(readings.pop(), datatype=node(_DAY))
        return _date(year, second, first)
    return Bad("bad-date", _nearest_date(text))


def _date(year: int, month: int, day: int, parts: int = 3) -> Literal | Bad:
    valid_month = min(max(month, 1), 12)
    valid_year = max(year, 1000)
    valid_day = min(max(day, 1), calendar.monthrange(valid_year, valid_month)[1])
    text = f"{valid_year:04}-{valid_month:02}-{valid_day:02}"[: (0, 4, 7, 10)[parts]]
    given = (year, month, day)[:parts]
    if given != (valid_year, valid_month, valid_day)[:parts]:
        return Bad("bad-date", text)
    return Literal(text, datatype=node((_YEAR, _MONTH, _DAY)[parts - 1]))


def _nearest_date(text: str) -> str:
    """What a text that is no date may have meant: its numbers in the order year, month, day or the reverse."""
    numbers = [int(n) for n in _NUMBERS.findall(text) if n.isascii() and len(n) <= 4][:3]
    years = [n for n in numbers if 1000 <= n <= 9999]
    if len(years) != 1 or years[0] not in (numbers[0], numbers[-1]):
        return str(years[0]) if len(years) == 1 else ""
    ordered = numbers if numbers[0] == years[0] else numbers[::-1]
    year, month, day = [*ordered, 0, 0][:3]
    guess = _date(year, month, day, parts=len(ordered))
    return guess.nearest if isinstance(guess, Bad) else guess.value


def _boolean(text: str) -> Literal | Bad:
    folded = text.casefold()
    if folded in _TRUE | _FALSE:
        return Literal(folded in _TRUE)
    likely = {
        "t": "true",
        "y": "true",
        "f": "false",
        "n": "false",
        "д": "true",
        "и": "true",
        "н": "false",
        "л": "false",
    }
    return Bad("bad-boolean", likely.get(folded[:1], ""))


def _integer(text: str) -> Literal | Bad:
    if _INTEGER.fullmatch(text):
        return Literal(str(int(text)), datatype=node("xsd:integer"))
    # 12.0 is what spreadsheets make of 12; 1 200 or 1,200 is 1200.
    whole = re.sub(r"[\s,']", "", re.sub(r"\.0+$", "", text))
    return Bad("bad-integer", str(int(whole)) if _INTEGER.fullmatch(whole) else "")


def _decimal(text: str) -> Literal | Bad:
    if _DECIMAL.fullmatch(text):
        sign = "-" if text.startswith("-") else ""
        whole, _, fraction = text.lstrip("+-").partition(".")
        whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
        canonical = f"{whole}.{fraction}" if fraction else whole
        return Literal(canonical if canonical == "0" else sign + canonical, datatype=node("xsd:decimal"))
    guess = re.sub(r"\s", "", text).replace(",", ".")
    return Bad("bad-decimal", guess if _DECIMAL.fullmatch(guess) else "")


def _slug(text: str) -> Literal | Bad:
    return Literal(text) if _SLUG.fullmatch(text) else Bad("bad-slug", slug(text))


def _sha256(text: str) -> Literal | Bad:
    lower = text.lower()
    return Literal(lower) if _SHA256.fullmatch(lower) else Bad("bad-sha256")


def _language(text: str) -> Literal | Bad:
    if _LANGUAGE.fullmatch(text):
        return Literal(text)
    guess = text[:2].lower()
    return Bad("bad-language", guess if _LANGUAGE.fullmatch(guess) else "")


def _address(text: str) -> NamedNode | Bad:
    if found := _web_address(text):
        return found
    guess = _web_address("https://" + text) if "." in text and ":" not in text else None
    return Bad("bad-address", guess.value if guess else "")


def _web_address(text: str) -> NamedNode | None:
    if not _ADDRESS.fullmatch(text):
        return None
    try:
        return NamedNode(text)
    except ValueError:
        return None


_TYPES: Mapping[str, Callable[[str], Literal | NamedNode | Bad]] = {
    "cg:PartialDate": partial_date,
    "cg:Slug": _slug,
    "cg:Sha256": _sha256,
    "boolean": _boolean,
    "nonNegativeInteger": _integer,
    "decimal": _decimal,
    "language": _language,
    "anyURI": _address,
}


def parse(datatype: str, lang: str, text: str) -> Term | Bad:
    """The term that a text is as ``datatype`` (empty: text, in the language ``lang`` if given). Never raises for
    the text; an unknown datatype is a fault of a layout and raises KeyError."""
    if datatype:
        return _TYPES[datatype](text)
    return Literal(text, language=lang) if lang else Literal(text)


def before(one: str, other: str) -> bool:
    """Whether a partial date (or whole number) is surely before another: 2010-05 is not before 2010.

    >>> before("2009", "2010-05"), before("2010", "2010-05"), before("9", "10")
    (True, False, True)
    """
    if one.isdigit() and other.isdigit() and not (len(one) == len(other) == 4):
        return int(one) < int(other)
    shorter = min(len(one), len(other))
    return one[:shorter] < other[:shorter]
