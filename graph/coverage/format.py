"""The coverage matrix as plain data, for JSON and for tables. Pure."""

from __future__ import annotations

from typing import Any

from graph.answer_format import SEPARATOR, thing_to_data
from graph.model import Cell, Coverage


def coverage_to_dict(coverage: Coverage) -> dict[str, Any]:
    """Ready for JSON: themes (with their depth in the scheme), places, and the cells row by row, which name both by
    IRI."""
    return {
        "themes": [thing_to_data(t) | {"depth": coverage.depth.get(t.iri, 0)} for t in coverage.themes],
        "places": [thing_to_data(place) for place in coverage.places],
        "cells": [_cell(cell) for cell in coverage.cells],
        "query": coverage.query,
        "generation": coverage.generation,
        "as_of": coverage.as_of.isoformat(),
        "roll_up": list(coverage.roll_up),
        "looked_at": dict(coverage.looked_at),
    }


def coverage_table(coverage: Coverage) -> tuple[list[str], list[list[str]]]:
    """Headings and rows, one row a cell: a table that can be filtered and counted in a spreadsheet.

    Texts are raw: who writes them for a spreadsheet has to neutralise formulas.
    """
    headings = ["theme", "theme_label", "place", "place_label", "state", "label", "organisations", "since"]
    headings += ["partners", "reason"]
    rows = [
        [
            cell.theme.iri,
            cell.theme.label,
            cell.place.iri,
            cell.place.label,
            cell.state,
            cell.label,
            str(cell.organisations),
            cell.since,
            SEPARATOR.join(partner.label for partner in cell.partners),
            cell.reason,
        ]
        for cell in coverage.cells
    ]
    return headings, rows


def _cell(cell: Cell) -> dict[str, Any]:
    return {
        "theme": cell.theme.iri,
        "place": cell.place.iri,
        "state": cell.state,
        "label": cell.label,
        "reason": cell.reason,
        "organisations": cell.organisations,
        "since": cell.since,
        "organisations_by_grade": dict(cell.organisations_by_grade),
        "partners": [thing_to_data(partner) for partner in cell.partners],
        "evidence": list(cell.evidence),
    }
