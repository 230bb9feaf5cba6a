"""Texts that name nothing: "Other", "Various", "n/a"; and, of places, what is no single country. Pure."""

from __future__ import annotations

import re

from graph.names_text import fold

#: Folded words and phrases in which no name is given, in the languages of the sheets that we have seen.
_NOTHING = frozenset(
    fold(text)
    for text in (
        *("other", "others", "other etc", "various", "several", "multiple", "many", "different", "mixed", "all"),
        *("n/a", "na", "n.a.", "none", "no", "nil", "null", "unknown", "not known", "not available", "not applicable"),
        *("not specified", "unspecified", "not stated", "not reported", "tbd", "tbc", "tba", "to be determined", "-"),
        *("to be confirmed", "other organisations", "other organisation", "other partners", "various partners"),
        *("other partner", "partners", "partner", "organisation", "ngo", "ngos", "others specify", "misc", "test"),
        *("miscellaneous", "anonymous", "confidential", "private individuals", "individuals", "see above", "idem"),
        *("nationwide", "national", "whole country", "country wide", "countrywide", "all regions", "regional"),
        *("global", "worldwide", "international", "multi country", "multi-country", "bilateral", "headquarters"),
        *("otro", "otros", "otra", "otras", "varios", "varias", "desconocido", "ninguno", "ninguna", "sin datos"),
        *("no aplica", "no especificado", "sin especificar", "por definir", "por determinar", "todos", "nacional"),
        *("autre", "autres", "divers", "plusieurs", "inconnu", "aucun", "aucune", "non précisé", "à déterminer"),
        *("sans objet", "tous", "national", "другое", "другие", "прочее", "прочие", "разные", "различные", "иные"),
        *("нет", "не указано", "неизвестно", "нет данных", "не определено", "все", "несколько", "по стране"),
    )
)
_UNSPECIFIED = re.compile(r"\b(unspecified|not specified|unallocated|unknown|to be determined)\b")
#: What makes a name of a place one of an operation rather than of a country.
_OPERATION = re.compile(r"\b(situation|operation|response|crisis|emergency|corridor|border|route|refugees)\b")
#: How two places are written as one.
_BOTH = re.compile(r"\s*(?:[-/+&;,]|\band\b|\by\b|\bet\b|\bи\b)\s*", re.IGNORECASE)


def is_placeholder(text: str) -> bool:
    """Whether no name is given.

    >>> is_placeholder("Other."), is_placeholder("N/A"), is_placeholder("Other Worlds Foundation")
    (True, True, False)
    """
    folded = fold(text)
    return not folded or folded in _NOTHING or _UNSPECIFIED.search(folded) is not None


def is_operation(text: str) -> bool:
    """Whether it is called after a place and is none: "Mali Situation"."""
    return _OPERATION.search(fold(text)) is not None


def without_operation(text: str) -> str:
    """The place that it is called after."""
    return _OPERATION.sub(" ", fold(text)).strip()


def several(text: str) -> list[str]:
    """The parts of what may be several places written as one; empty where it is one.

    >>> several("Thailand-Myanmar"), several("Chad")
    (['Thailand', 'Myanmar'], [])
    """
    parts = [part for part in _BOTH.split(text) if part]
    return parts if len(parts) > 1 else []
