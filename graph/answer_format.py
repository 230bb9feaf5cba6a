"""An answer as plain data: every format - JSON, CSV, tables, pages - is made of the one ``Answer``. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from graph.model import Answer, AnswerRow, Cell, Evidence, Thing, Value
from graph.terms import CODE

#: Between several values in one cell of a table.
SEPARATOR = "; "


def to_dict(answer: Answer, lang: str = "en") -> dict[str, Any]:
    """Ready for JSON. Things are ``{"iri", "label"}``, codes (grade, basis ...) ``{"code", "label", "iri"}``,
    several of them a list, what is not known null. Headings are in ``lang``."""
    question = answer.question
    return {
        "question": question.name,
        "title": _in(question.title, lang),
        "about": _in(question.about, lang),
        "parameters": {name: value_to_data(value) for name, value in answer.parameters.items()},
        "as_of": answer.as_of.isoformat(),
        "generation": answer.generation,
        "looked_at": dict(answer.looked_at),
        "cell": None if answer.cell is None else cell_to_data(answer.cell),
        "columns": [{"name": name, "label": _in(label, lang)} for name, label in question.columns.items()],
        "rows": [
            {name: value_to_data(value) for name, value in row.values.items()}
            | {"evidence": [evidence_to_data(one) for one in row.evidence]}
            for row in answer.rows
        ],
        "query": answer.query,
    }


def to_table(answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Headings and rows for CSV. The headings depend on the question only, never on the rows.

    A column of things becomes two, ``organisation`` (label) and ``organisation_iri``. Behind them stand the
    quotations with their positions ("10-30") and documents, in the same order. Texts are raw: who writes them for a
    spreadsheet has to neutralise formulas.
    """
    types = answer.question.column_types
    headings: list[str] = []
    for name in answer.question.columns:
        headings += [name] if types[name] == "value" else [name, f"{name}_iri"]
    headings += ["quotation", "position", "document", "table_row"]
    return headings, [_table_row(row, types) for row in answer.rows]


def value_to_data(value: Value) -> Any:
    """One value as in ``to_dict``."""
    if isinstance(value, Thing):
        return thing_to_data(value)
    if isinstance(value, tuple):
        return [thing_to_data(thing) for thing in value]
    return value


def thing_to_data(thing: Thing) -> dict[str, str]:
    if thing.iri.startswith(CODE):
        return {"code": thing.iri.rpartition("/")[2], "label": thing.label, "iri": thing.iri}
    return {"iri": thing.iri, "label": thing.label}


def evidence_to_data(evidence: Evidence) -> dict[str, Any]:
    """As JSON has it; who says so, when, and with which note, only where that is somebody's statement."""
    said = {"who": evidence.who, "said_on": evidence.said_on, "note": evidence.note} if evidence.who else {}
    return {
        "iri": evidence.iri,
        "quote": evidence.quote,
        "start": evidence.start,
        "end": evidence.end,
        "document": None if evidence.document is None else thing_to_data(evidence.document),
        "row": evidence.row,
    } | said


def cell_to_data(cell: Cell) -> dict[str, Any]:
    return {
        "theme": thing_to_data(cell.theme),
        "place": thing_to_data(cell.place),
        "state": {"code": cell.state, "label": cell.label},
        "reason": cell.reason,
        "organisations": cell.organisations,
        "since": cell.since,
        "organisations_by_grade": dict(cell.organisations_by_grade),
        "partners": [thing_to_data(thing) for thing in cell.partners],
        "evidence": list(cell.evidence),
    }


def value_to_text(value: Value) -> str:
    """One value as people read it: labels, several joined by "; ", nothing as an empty text."""
    if isinstance(value, Thing):
        return value.label
    if isinstance(value, tuple):
        return SEPARATOR.join(thing.label for thing in value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _table_row(row: AnswerRow, types: Mapping[str, str]) -> list[str]:
    cells: list[str] = []
    for name, value in row.values.items():
        cells.append(value_to_text(value))
        if types[name] != "value":
            cells.append(_iris(value))
    quoted = [one for one in row.evidence if one.quote]
    return [
        *cells,
        " | ".join(one.quote for one in quoted),
        " | ".join(_position(one) for one in quoted),
        " | ".join(one.document.label if one.document else "" for one in quoted),
        SEPARATOR.join(_unique(iri for one in row.evidence for iri in one.row.split())),
    ]


def _iris(value: Value) -> str:
    if isinstance(value, Thing):
        return value.iri
    return SEPARATOR.join(thing.iri for thing in value) if isinstance(value, tuple) else ""


def _position(evidence: Evidence) -> str:
    return "" if evidence.start is None else f"{evidence.start}-{evidence.end}"


def _unique(texts: Any) -> Sequence[str]:
    return list(dict.fromkeys(texts))


def _in(texts: Mapping[str, str], lang: str) -> str:
    return texts.get(lang) or texts["en"]
