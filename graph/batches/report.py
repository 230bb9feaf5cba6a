"""The faults of a batch as rows, for pages and files. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.ingest.messages import SENTENCES
from graph.model import CellRef, Severity, ValidationReport, ValidationResult
from graph.terms import NS

_VOCABULARY = NS.removesuffix("#")


def explanation(rule: str) -> str:
    """Path of the place that explains a rule, of a shape or of the layouts; empty for a shape without a name."""
    if rule.startswith(f"{_VOCABULARY}/shapes"):
        return "/ns" + rule.removeprefix(_VOCABULARY)
    return f"/ns/rules#{rule}" if rule in SENTENCES else ""


def to_rows(results: Iterable[ValidationResult]) -> list[dict[str, Any]]:
    """Each fault as JSON keeps it: severity, rule, explained (a path), message by language, file, sheet, row, column,
    value, nearest, focus, component, path, term. ``row`` is None where the fault is in no row."""
    return [
        {
            "severity": one.severity.value,
            "rule": one.rule,
            "explained": explanation(one.rule),
            "message": dict(one.message),
            "file": one.ref.file if one.ref else "",
            "sheet": one.ref.sheet if one.ref else "",
            "row": (one.ref.row or None) if one.ref else None,
            "column": one.ref.column if one.ref else "",
            "value": one.value,
            "nearest": one.nearest,
            "focus": one.focus,
            "component": one.component,
            "path": one.path,
            "term": one.term,
        }
        for one in results
    ]


def from_rows(rows: Iterable[dict[str, Any]]) -> ValidationReport:
    """The report of its rows: for a format that wants one."""
    return ValidationReport(
        tuple(
            ValidationResult(
                Severity(row["severity"]),
                row["rule"],
                row["message"],
                CellRef(row["file"], row["sheet"], row["row"] or 0, row["column"]) if row["file"] else None,
                row["value"],
                row["nearest"],
                row["focus"],
                # Reports of earlier versions do not have these.
                row.get("component", ""),
                row.get("path", ""),
                row.get("term", ""),
            )
            for row in rows
        )
    )


def table(rows: Iterable[dict[str, Any]], lang: str) -> tuple[list[str], list[list[Any]]]:
    """Headings and rows in one language, for CSV."""
    headings = {
        "en": ["Severity", "File", "Sheet", "Row", "Column", "Value", "Fault", "Nearest valid value", "Rule"],
        "ru": [
            "Серьёзность",
            "Файл",
            "Лист",
            "Строка",
            "Столбец",
            "Значение",
            "Ошибка",
            "Ближайшее значение",
            "Правило",
        ],
    }[lang]
    return headings, [
        [
            row["severity"],
            row["file"],
            row["sheet"],
            row["row"],
            row["column"],
            row["value"],
            row["message"].get(lang) or row["message"].get("en", ""),
            row["nearest"],
            row["rule"],
        ]
        for row in rows
    ]
