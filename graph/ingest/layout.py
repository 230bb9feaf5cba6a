"""Table layouts: the CSVW files of ``ontology/tables`` as data, and which layout a sheet has.

The files are W3C CSVW table schemas (Tabular Metadata, 2015) with few additions of ours, prefixed ``cg:``; see
``docs/how-to-ingest.md``.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from graph.terms import expand

#: A variable of a URI template: ``{name}`` or ``{+name}``.
VARIABLE = re.compile(r"\{\+?(\w+)\}")
_ADDS = re.compile(r"\{\+base\}\{\+(\w+)\}")
#: Order of a layout that gives none.
LAST = 1_000_000
#: Variables of a template that are not columns.
_CONTEXT = frozenset({"base", "source", "about", "_row"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a layout. IRIs are expanded; ``about`` and ``value`` are URI templates, ``about`` empty for the
    row's own record. A virtual column has no cells: it says the same for every row for which one of ``when``
    (or no such condition) is filled in."""

    name: str
    titles: Mapping[str, str]
    about_text: Mapping[str, str]
    property: str
    value: str
    about: str
    virtual: bool
    required: bool
    datatype: str
    lang: str
    separator: str
    default: str
    refers_to: str
    values: Mapping[str, str]
    when: tuple[str, ...]

    def words(self, prefix: str = "column") -> dict[str, str]:
        """Its titles as words of a sentence."""
        return {prefix: self.titles["en"], f"{prefix}_ru": self.titles["ru"]}


@dataclass(frozen=True, slots=True)
class TableSchema:
    """One table layout. ``kind`` is the kind of thing a row describes, as its IRI names it (organisation, talk ...)."""

    name: str
    titles: Mapping[str, str]
    about_text: Mapping[str, str]
    about: str
    columns: tuple[Column, ...]  # with cells
    virtual: tuple[Column, ...]
    #: Where its sheet stands in a workbook.
    order: int = LAST

    @property
    def kind(self) -> str:
        return self.about.removeprefix("{+base}").partition("/")[0]

    @property
    def record_column(self) -> str:
        """The column that names a record of another table to which the rows add; empty in most layouts."""
        found = _ADDS.fullmatch(self.about)
        return found[1] if found else ""

    @property
    def names_itself(self) -> bool:
        """Whether the record's IRI depends on no other record."""
        return set(variables(self.about)) <= {"id"} and not self.record_column

    def words(self) -> dict[str, str]:
        """Its titles as words of a sentence."""
        return {"table": self.titles["en"], "table_ru": self.titles["ru"]}

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)


def variables(template: str) -> tuple[str, ...]:
    """The names of columns in a URI template, ``{+x_iri}`` as ``x``.

    >>> variables("{+base}site/{organisation}-{place}"), variables("{+parent_iri}")
    (('organisation', 'place'), ('parent',))
    """
    found = (name.removesuffix("_iri") for name in VARIABLE.findall(template) if name not in _CONTEXT)
    return tuple(dict.fromkeys(found))


@functools.cache
def layouts(folder: Path | None = None) -> Mapping[str, TableSchema]:
    """All layouts by name; by default those of the ``ontology`` package. Reads files only."""
    root = Path(str(files("ontology"))) / "tables" if folder is None else folder
    groups = {path.stem: _json(path)["columns"] for path in sorted((root / "groups").glob("*.json"))}
    found: dict[str, TableSchema] = {}
    for path in sorted(root.glob("*.json")):
        raw = _json(path)
        columns = [*raw["columns"], *(c for name in raw.get("cg:use", ()) for c in groups[name])]
        made = tuple(_column(column) for column in columns)
        found[path.stem] = TableSchema(
            name=raw["name"],
            titles=raw["dc:title"],
            about_text=raw["dc:description"],
            about=raw["aboutUrl"],
            columns=tuple(c for c in made if not c.virtual),
            virtual=tuple(c for c in made if c.virtual),
            order=raw.get("cg:order", LAST),
        )
    return found


def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _column(raw: Mapping[str, Any]) -> Column:
    value = raw.get("valueUrl", "")
    return Column(
        name=raw.get("name", ""),
        titles=raw.get("titles", {}),
        about_text=raw.get("dc:description", {}),
        property=expand(raw["propertyUrl"]) if "propertyUrl" in raw else "",
        value=value if value.startswith("{") or not value else expand(value),
        about=raw.get("aboutUrl", ""),
        virtual=raw.get("virtual", False),
        required=raw.get("required", False),
        datatype=raw.get("datatype", ""),
        lang=raw.get("lang", ""),
        separator=raw.get("separator", ""),
        default=raw.get("default", ""),
        refers_to=raw.get("cg:refersTo", ""),
        values={text: expand(iri) for text, iri in raw.get("cg:values", {}).items()},
        when=tuple(raw.get("cg:when", ())),
    )
