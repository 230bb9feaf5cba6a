"""The rows that stay out, as the workbook or the table they came in, each with its faults beside it. Pure.

What a spreadsheet would run as a formula is written as plain text (OWASP: CSV injection).
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from graph.ingest.marks import NOT_DATA

_ROW = {"en": "Row in your file", "ru": "Строка в вашем файле"}
_REASON = {"en": "What is wrong", "ru": "Что не так"}
_ABOUT = {"en": "About this file", "ru": "Об этом файле"}
_NEAREST = {"en": "nearest valid value: {}", "ru": "ближайшее допустимое значение: {}"}
_NOTHING = {"en": "No row was rejected.", "ru": "Ни одна строка не отклонена."}
_MARK = PatternFill("solid", fgColor="FBE6E4")
_HEAD = PatternFill("solid", fgColor="14504A")
#: Characters of a cell and of a sheet's name in a workbook.
_LONGEST, _LONGEST_NAME = 32_767, 31

Faults = Mapping[tuple[str, str, int], Sequence[dict[str, Any]]]


def faults_by_row(report: Sequence[dict[str, Any]]) -> Faults:
    """The faults of each row, worst first as the report has them."""
    found: dict[tuple[str, str, int], list[dict[str, Any]]] = defaultdict(list)
    for fault in report:
        if fault["row"]:
            found[fault["file"], fault["sheet"], fault["row"]].append(fault)
    return found


def sentence(fault: dict[str, Any], lang: str) -> str:
    """What is wrong with a cell, and what would be right where that is known."""
    text: str = fault["message"].get(lang) or fault["message"].get("en", "")
    if fault["column"]:
        text = f"{fault['column']}: {text}"
    return f"{text} ({_NEAREST[lang].format(fault['nearest'])})" if fault["nearest"] else text


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def as_csv(sheet: dict[str, Any], report: Sequence[dict[str, Any]], lang: str) -> str:
    """One table with its faults in two more columns. The rows can be mended and brought again as they are: columns
    that nobody knows are told, and taken out first."""
    faults = faults_by_row(report)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*map(harmless, sheet["headers"]), _ROW[lang], _REASON[lang]])
    width = len(sheet["headers"])
    for row in sheet["rows"]:
        cells = [*row["cells"], *[""] * width][: max(width, len(row["cells"]))]
        reasons = [sentence(fault, lang) for fault in faults.get((sheet["file"], sheet["sheet"], row["row"]), ())]
        writer.writerow([*map(harmless, cells), row["row"], harmless(" | ".join(reasons))])
    return out.getvalue()


def as_workbook(
    sheets: Sequence[dict[str, Any]], report: Sequence[dict[str, Any]], lang: str, *, note: str = ""
) -> bytes:
    """All tables as sheets of one workbook: faulty cells are coloured and have a comment, and the last two columns say
    where the row stood and what is wrong with it. A ``note`` stands on a sheet of its own before them."""
    faults = faults_by_row(report)
    book = Workbook(write_only=True)
    names: set[str] = set()
    if note:
        page = book.create_sheet(_sheet_name({"sheet": _ABOUT[lang], "file": ""}, names))
        page.column_dimensions["A"].width = 100
        page.append([_cell(page, text, head=True) for text in (_ABOUT[lang], "Common Ground", NOT_DATA[lang])])
        page.append([_cell(page, note)])
    for sheet in sheets:
        page = book.create_sheet(_sheet_name(sheet, names))
        page.freeze_panes = "A2"
        headers = list(sheet["headers"])
        for at in range(len(headers)):
            page.column_dimensions[get_column_letter(at + 1)].width = 22
        page.column_dimensions[get_column_letter(len(headers) + 1)].width = 12
        page.column_dimensions[get_column_letter(len(headers) + 2)].width = 70
        page.append([_cell(page, name, head=True) for name in [*headers, _ROW[lang], _REASON[lang]]])
        for row in sheet["rows"]:
            found = faults.get((sheet["file"], sheet["sheet"], row["row"]), ())
            by_column: dict[str, list[str]] = defaultdict(list)
            for fault in found:
                by_column[fault["column"]].append(sentence(fault, lang))
            cells = [*row["cells"], *[""] * len(headers)][: len(headers)]
            line = [
                _cell(page, text, by_column.get(headers[at], ()) if headers[at] else ())
                for at, text in enumerate(cells)
            ]
            where = WriteOnlyCell(page, value=row["row"])
            why = _cell(page, "\n".join(sentence(fault, lang) for fault in found))
            why.alignment = Alignment(wrap_text=True, vertical="top")
            page.append([*line, where, why])
    if not sheets and not note:
        book.create_sheet("-").append([_NOTHING[lang]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, text: str, faults: Sequence[str] = (), *, head: bool = False) -> Any:
    cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text)[:_LONGEST])
    # A string is a string here, whatever it begins with: the type says so, and Excel then runs nothing.
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
    if head:
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD
    if faults:
        cell.fill = _MARK
        comment = Comment("\n".join(faults)[:_LONGEST], "Common Ground")
        comment.width, comment.height = 360, 120
        cell.comment = comment
    return cell


def _sheet_name(sheet: dict[str, Any], names: set[str]) -> str:
    wanted = sheet["sheet"] or sheet["file"].rpartition("/")[2].rpartition(".")[0] or "sheet"
    plain = "".join("_" if c in "[]:*?/\\'" or not c.isprintable() else c for c in wanted)[:_LONGEST_NAME] or "sheet"
    name, number = plain, 2
    while name.casefold() in names:
        name = f"{plain[: _LONGEST_NAME - 3]}_{number}"
        number += 1
    names.add(name.casefold())
    return name
