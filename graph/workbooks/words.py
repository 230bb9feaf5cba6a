"""How a cell says a thing: by a name in the reader's language where that is certain to be read back as the same thing,
else by its code, else by its IRI."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pyoxigraph import Literal, NamedNode, Quad

from graph.errors import GraphError
from graph.ingest.layout import Column
from graph.ingest.lookup import References
from graph.ingest.values import Term, parse
from graph.names import Names
from graph.terms import CODE, REFERENCE_BASE

#: Characters of a cell in a workbook.
LONGEST = 32_767
#: What XML cannot hold, and what spreadsheet programs take for an escape of it.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_BOOLEAN = {"en": {"true": "true", "false": "false"}, "ru": {"true": "да", "false": "нет"}}


def safe(text: str) -> bool:
    """Whether a cell gives back exactly this text: readers remove blanks around it."""
    return bool(text) and text == text.strip() and len(text) <= LONGEST and not _UNSAFE.search(text)


class Words:
    """The words for things in one language. ``own`` are the quads of the source, ``others`` all other quads."""

    def __init__(self, own: Iterable[Quad], others: Iterable[Quad], lang: str) -> None:
        own, others = tuple(own), tuple(others)
        self.references = References(own, others)
        self._names = Names.from_quads((*others, *own))
        self._lang = lang
        self._found: dict[tuple[str, str], str] = {}

    def thing(self, kind: str, iri: str) -> str:
        """The word for a thing of a kind (``code:<list>`` for a code); empty where no word is read back as it.

        What the vocabulary names - themes, places, codes - is called by its label. Everything else is called by its
        code: its name may be edited in the same workbook.
        """
        if (kind, iri) not in self._found:
            label = self._names.labels(iri).get(self._lang, "") if iri.startswith(REFERENCE_BASE) else ""
            if not (kind.startswith("code:") or kind in ("theme", "place")):
                label = ""
            choices = (label, iri.rstrip("/").rpartition("/")[2], iri)
            self._found[kind, iri] = next((c for c in choices if self._means(kind, c, iri)), "")
        return self._found[kind, iri]

    def _means(self, kind: str, text: str, iri: str) -> bool:
        if not safe(text) or ";" in text:
            return False
        try:
            return self.references.resolve(kind, text) == iri
        except GraphError:
            return False

    def value(self, column: Column, term: object) -> str:
        """The text of a cell part that is read back as the term; empty where there is none."""
        text = self._text(column, term)
        if not safe(text) or (column.separator and column.separator in text):
            return ""
        return text

    def _text(self, column: Column, term: object) -> str:
        if isinstance(term, NamedNode):
            if column.values:
                return next((word for word, iri in column.values.items() if iri == term.value), "")
            if column.refers_to:
                return self.thing(column.refers_to, term.value)
        if not isinstance(term, NamedNode | Literal) or column.values or column.refers_to:
            return ""
        if not column.datatype:
            return term.value if _parsed(column, term.value) == term else ""
        if _parsed(column, term.value) != term:
            return ""
        return _BOOLEAN[self._lang].get(term.value, "") if column.datatype == "boolean" else term.value

    def codes(self, name: str) -> tuple[str, ...]:
        """IRIs of the codes of a list, in their order."""
        inside = f"{CODE}{name}/"
        return tuple(sorted((i for i in self._names.iris() if i.startswith(inside)), key=_by_number))

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Words for all things of a kind, by name."""
        words = (self.thing(kind, thing.iri) for thing in self._names.all(kind, self._lang))
        return tuple(sorted(filter(None, words), key=str.casefold))


def _by_number(iri: str) -> tuple[int, str]:
    code = iri.rpartition("/")[2]
    return (int(code), "") if code.isdigit() else (0, code)


def _parsed(column: Column, text: str) -> Term | None:
    found = parse(column.datatype, column.lang, text)
    return found if isinstance(found, NamedNode | Literal) else None
