"""How the command line prints: a table for people, JSON or CSV for programs."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Sequence

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from rich import box
from rich.console import Console
from rich.table import Table

from graph.answer_format import value_to_text
from graph.model import Answer, Gap, ValidationReport

#: Width of a table where standard output is no terminal: wide enough that sentences stay readable in a file.
FILE_WIDTH = 160
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_csv(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """RFC 4180 text with LF line ends; what a spreadsheet would run as a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headers)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue()


def harmless(cell: object) -> object:
    """A text that starts like a formula, made plain text (OWASP: CSV injection). Numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return "" if cell is None else cell


def to_xlsx(headers: Sequence[str], rows: Iterable[Sequence[object]], title: str) -> bytes:
    """The same as a workbook of one sheet, with the headings in sight. Cells are as harmless as those of ``to_csv``."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for row in ([*headers], *rows):
        cells = (harmless(cell) for cell in row)
        sheet.append([ILLEGAL_CHARACTERS_RE.sub("", cell) if isinstance(cell, str) else cell for cell in cells])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


#: Headings and rows.
Rows = tuple[Sequence[str], Sequence[Sequence[object]]]


def show(fmt: str, data: object, full: Rows, people: Rows | None = None) -> None:
    """Print one result: ``data`` as JSON, ``full`` as CSV, ``people`` (else ``full``) as a table."""
    if fmt == "json":
        json.dump(data, sys.stdout, ensure_ascii=False, indent=2)
        sys.stdout.write("\n")
    elif fmt == "csv":
        sys.stdout.write(to_csv(*full))
    else:
        headers, rows = people or full
        if not rows:
            return
        table = Table(*map(str, headers), box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
        for row in rows:
            table.add_row(*("" if cell is None else _plain(str(cell)) for cell in row))
        console().print(table)


def say(text: str) -> None:
    """A sentence on standard output, wrapped to the terminal."""
    console().print(_plain(text), highlight=False)


def console() -> Console:
    """Standard output as rich sees it; never colours in a file."""
    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else FILE_WIDTH, markup=False, highlight=False, soft_wrap=False)


def _plain(text: str) -> str:
    """Without control characters: what comes from data must not steer the reader's terminal."""
    return "".join(
        c if c.isprintable() or c == "\n" else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text
    )


def answer_for_people(answer: Answer, lang: str) -> Rows:
    """An answer without IRIs and without columns that are empty throughout, each row with its first quotation."""
    shown = [
        name
        for name in answer.question.columns
        if any(row.values.get(name) not in (None, "", ()) for row in answer.rows)
    ]
    headings = [answer.question.columns[name].get(lang) or answer.question.columns[name]["en"] for name in shown]
    rows: list[list[object]] = []
    for row in answer.rows:
        cells: list[object] = [value_to_text(row.values.get(name)) for name in shown]
        quoted = [one for one in row.evidence if one.quote]
        more = f" (+{len(quoted) - 1})" if len(quoted) > 1 else ""
        rows.append([*cells, f"{quoted[0].quote}{more}" if quoted else ""])
    return [*headings, {"en": "In the source's words", "ru": "Словами источника"}[lang]], rows


def gaps_for_people(gaps: Sequence[Gap]) -> Rows:
    """Gaps as sentences: how bad, what, why, what would close it."""
    return ["Severity", "Kind", "Gap", "What would close it"], [
        [f"{gap.severity:.2f}", gap.kind, gap.reason, gap.remedy] for gap in gaps
    ]


def report_table(report: ValidationReport, lang: str) -> tuple[list[str], list[list[object]]]:
    """A validation report as headers and rows, in the report's order."""
    headers = ["File", "Row", "Column", "Severity", "Fault", "Value", "Nearest valid value"]
    rows: list[list[object]] = [
        [
            result.ref.file if result.ref else "",
            (result.ref.row or "") if result.ref else "",
            result.ref.column if result.ref else "",
            result.severity.value,
            result.message.get(lang) or result.message.get("en", ""),
            result.value,
            result.nearest,
        ]
        for result in report.results
    ]
    return headers, rows


def counted(number: int, noun: str) -> str:
    """``1 gap``, ``2 gaps``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def verdict(report: ValidationReport) -> str:
    """Whether the tables would go in, which is what a person wants to know of a report."""
    if not report.results:
        return "No findings: it would go in."
    found = counted(len(report.results), "finding")
    if report.conforms:
        return f"{found}, none of which stands in the way: it would go in."
    return f"{found}: nothing of it would go in before the violations are corrected."


def report_to_dict(report: ValidationReport) -> dict[str, object]:
    """A validation report as JSON-ready data, sentences in every language."""
    return {
        "conforms": report.conforms,
        "results": [
            {
                "severity": r.severity.value,
                "rule": r.rule,
                "message": dict(r.message),
                "file": r.ref.file if r.ref else None,
                "sheet": r.ref.sheet if r.ref else None,
                "row": r.ref.row if r.ref else None,
                "column": r.ref.column if r.ref else None,
                "value": r.value,
                "nearest": r.nearest,
                "focus": r.focus,
            }
            for r in report.results
        ],
    }
