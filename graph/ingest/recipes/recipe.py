"""A recipe as data, and as the CSVW table schema that is kept, shown and corrected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.errors import BadParameter
from graph.ingest.recipes.meanings import MEANINGS
from graph.ingest.tables import fold, nearest

#: Orders of day, month and year in dates; empty for ISO dates and for columns that hold none.
DATE_FORMATS: Mapping[str, str] = {"dmy": "dd/MM/yyyy", "mdy": "MM/dd/yyyy", "": ""}
#: Which property of ours a column fills, for readers of the CSVW. The first word of a meaning decides.
_PROPERTIES: Mapping[str, str] = {
    "#org": "cg:partner",
    "#sector": "cg:theme",
    "#subsector": "cg:theme",
    "#country": "cg:place",
    "#region": "cg:place",
    "#adm1": "cg:place",
    "#adm2": "cg:place",
    "#adm3": "cg:place",
    "#project": "cg:project",
    "#activity": "skos:prefLabel",
    "#status": "cg:status",
    "#meta": "dcterms:language",
}
_DATES: Mapping[str, str] = {"start": "dcat:startDate", "end": "dcat:endDate", "reported": "cg:statedOn"}
_CONTEXT = "http://www.w3.org/ns/csvw"
_NOTHING: Mapping[str, str] = {}
_MOST_COLUMNS, _MOST_VALUES = 20_000, 20_000


@dataclass(frozen=True, slots=True)
class Use:
    """What is made of one column. ``meaning`` is a key of MEANINGS, or empty: it stays in the original only.
    ``values`` are corrections: what stands in a cell -> what is meant (empty: nothing). ``why`` tells what the guess
    went by: hxl, heading, values, or chosen where somebody said so."""

    heading: str
    meaning: str = ""
    separator: str = ""
    lang: str = ""
    dates: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recipe:
    """``name`` is empty for a guess that nobody has saved. ``lang`` is the language of the sheet's texts, ``scheme``
    the title of the list that its themes come from, where they are not ours."""

    uses: tuple[Use, ...]
    name: str = ""
    lang: str = "en"
    scheme: str = ""

    def has(self, *meanings: str) -> bool:
        """Whether some column has one of these meanings."""
        return any(use.meaning in meanings for use in self.uses)

    @property
    def usable(self) -> bool:
        """Whether anything can be said of who works on what: it needs organisations, and themes or projects."""
        organisations = any(
            u.meaning.startswith("#org+") and u.meaning.endswith(("name", "acronym")) for u in self.uses
        )
        subject = any(u.meaning.startswith(("#sector", "#subsector", "#project")) for u in self.uses)
        return organisations and subject

    def fits(self, headers: Sequence[str]) -> int:
        """How well it fits a sheet: how many of its headings are there; 0 where one that means something is not."""
        there = {fold(heading) for heading in headers if heading}
        if not all(fold(use.heading) in there for use in self.uses if use.meaning):
            return 0
        return sum(fold(use.heading) in there for use in self.uses)


def to_csvw(recipe: Recipe) -> dict[str, Any]:
    """As a CSVW table schema (W3C Tabular Metadata, 2015): ``cg:tag`` is a column's meaning, ``cg:values`` corrects
    what stands in its cells, ``suppressOutput`` marks what stays in the original only."""
    return {
        "@context": _CONTEXT,
        "name": recipe.name,
        "lang": recipe.lang,
        "cg:scheme": recipe.scheme,
        "tableSchema": {"columns": [_column(use) for use in recipe.uses]},
    }


def _column(use: Use) -> dict[str, Any]:
    made: dict[str, Any] = {"titles": use.heading}
    if not use.meaning:
        made["suppressOutput"] = True
    else:
        made["cg:tag"] = use.meaning
        made["propertyUrl"] = _property(use.meaning)
    if use.separator:
        made["separator"] = use.separator
    if use.lang:
        made["lang"] = use.lang
    if use.dates:
        made["datatype"] = {"base": "date", "format": DATE_FORMATS[use.dates]}
    if use.values:
        made["cg:values"] = dict(use.values)
    if use.why:
        made["cg:guessedFrom"] = use.why
    return made


def _property(meaning: str) -> str:
    name, _, rest = meaning.partition("+")
    if name == "#date":
        return _DATES[rest.partition("+")[0]]
    return _PROPERTIES[name]


def from_csvw(data: object) -> Recipe:
    """The recipe that a CSVW table schema is. Raises BadParameter (``bad-recipe``) that names what is wrong."""
    if not isinstance(data, Mapping) or not isinstance(data.get("tableSchema"), Mapping):
        raise _bad("it is no object with a tableSchema")
    columns = data["tableSchema"].get("columns")
    if not isinstance(columns, list) or len(columns) > _MOST_COLUMNS:
        raise _bad("its tableSchema has no list of columns")
    uses = tuple(_use(column) for column in columns)
    return Recipe(uses, _text(data, "name"), _text(data, "lang") or "en", _text(data, "cg:scheme"))


def _use(column: object) -> Use:
    if not isinstance(column, Mapping):
        raise _bad("a column is no object")
    heading, meaning = _text(column, "titles"), _text(column, "cg:tag")
    if meaning and meaning not in MEANINGS:
        raise _bad(f"'{meaning[:40]}' (column '{heading[:40]}') is no meaning", _nearest(meaning, MEANINGS))
    if column.get("suppressOutput") is True:
        meaning = ""
    datatype = column.get("datatype", {})
    written = datatype.get("format", "") if isinstance(datatype, Mapping) else ""
    dates = next((order for order, text in DATE_FORMATS.items() if text == written), None)
    if dates is None:
        raise _bad(f"'{str(written)[:40]}' is no format of dates", "Write dd/MM/yyyy or MM/dd/yyyy.")
    values = column.get("cg:values", _NOTHING)
    if (
        not isinstance(values, Mapping)
        or len(values) > _MOST_VALUES
        or not all(isinstance(text, str) for pair in values.items() for text in pair)
    ):
        raise _bad(f"cg:values of the column '{heading[:40]}' is no object of texts")
    return Use(heading, meaning, _text(column, "separator"), _text(column, "lang"), dates, dict(values), "chosen")


def _text(data: Mapping[str, Any], key: str) -> str:
    found = data.get(key, "")
    if isinstance(found, list) and len(found) == 1:
        found = found[0]
    if not isinstance(found, str):
        raise _bad(f"'{key}' is no text")
    return found


def _nearest(text: str, choices: Iterable[str]) -> str:
    close = nearest(text, choices)
    return f"Did you mean '{close}'?" if close else "The meanings are listed in docs/recipes.md."


def _bad(what: str, hint: str = "") -> BadParameter:
    return BadParameter("bad-recipe", f"This is no recipe: {what}.", hint or "See docs/recipes.md.")
