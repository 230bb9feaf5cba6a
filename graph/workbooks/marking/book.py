"""A workbook and its report: which cell each fault is in, and the sheet at the end that lists all of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl.utils import column_index_from_string, get_column_letter

from graph.ingest.marks import NOT_DATA
from graph.ingest.readers import Sheet
from graph.ingest.readers.workbook import read
from graph.workbooks.marking.notes import Mark, Place
from graph.workbooks.marking.package import Package
from graph.workbooks.marking.sheet import mark_sheet
from graph.workbooks.marking.styles import COLOURS, Styles
from graph.workbooks.marking.xml import Unmarkable, append, elements, escaped, prefix, splice

__all__ = ["Unmarkable", "mark"]

AUTHOR = "Common Ground"
_MENDED = {"en": "No fault here any more.", "ru": "Ошибки здесь больше нет."}
_NEAREST = {"en": "nearest valid value: {}", "ru": "ближайшее допустимое значение: {}"}
_LIST = {"en": "Faults", "ru": "Ошибки"}
_SEVERITY = {
    "en": {"violation": "must be mended", "warning": "should be looked at", "info": "for information"},
    "ru": {"violation": "нужно исправить", "warning": "стоит проверить", "info": "к сведению"},
}
_HEADINGS = {
    "en": ("Sheet", "Cell", "Column", "Value", "What is wrong", "Nearest valid value", "How bad"),
    "ru": ("Лист", "Ячейка", "Столбец", "Значение", "Что не так", "Ближайшее допустимое значение", "Важность"),
}
_WORKBOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
#: Cells that are marked, and faults that are listed; those beyond are in the report alone.
_MOST_MARKS, _MOST_LISTED = 5_000, 50_000
#: Characters of a cell, and of a sheet's name.
_LONGEST, _LONGEST_NAME = 32_767, 31


def mark(name: str, data: bytes, report: Sequence[Mapping[str, Any]], lang: str) -> bytes:
    """The workbook of that name with the faults that a report has for it. Raises Unmarkable; the file is read as any
    reader reads it, so this belongs where a hostile file may do harm to nobody."""
    package = Package.of(data)
    if not package.has(_WORKBOOK) or not package.has(_STYLES):
        raise Unmarkable("no-styles" if package.has(_WORKBOOK) else "other-format")
    if _MAIN.encode() not in package.read(_WORKBOOK)[:4_000]:
        raise Unmarkable("other-format")
    sheets = {sheet.name: sheet for sheet in read(name, data).sheets}
    faults = [one for one in report if one["file"] == name]
    # The report was made by reading it so.
    if not sheets or any(one["sheet"] and one["sheet"] not in sheets for one in faults):
        raise Unmarkable("damaged")
    paths = _paths(package)
    styles = Styles(package.read(_STYLES))
    by_sheet: dict[str, dict[Place, Mark]] = {}
    places = [_place(one, sheets) for one in faults]
    marked = 0
    for fault, place in zip(faults, places, strict=True):
        if place is None or fault["sheet"] not in paths or fault["severity"] not in COLOURS or marked >= _MOST_MARKS:
            continue
        marks = by_sheet.setdefault(fault["sheet"], {})
        if place not in marks:
            marks[place] = Mark(fault["severity"])
            marked += 1
        if fault["severity"] == "violation":
            marks[place].severity = "violation"
        marks[place].sentences.append(_sentence(fault, lang))
    for sheet, marks in by_sheet.items():
        mark_sheet(package, paths[sheet], marks, styles.marked, AUTHOR, _MENDED[lang])
    _list(package, faults[:_MOST_LISTED], places, paths.keys(), styles, lang)
    package.write(_STYLES, styles.data)
    return package.saved()


def _paths(package: Package) -> dict[str, str]:
    """The part of each worksheet, by the sheet's name."""
    targets = {one.id: one.target for one in package.relations(_WORKBOOK) if one.kind == "worksheet"}
    found = {}
    for one in elements(package.read(_WORKBOOK), lambda name, depth, _: name == "sheet" and depth == 2):
        relation = next((v for k, v in one.attributes.items() if k.rpartition(":")[2] == "id"), "")
        if relation in targets:
            found[one.attributes.get("name", "")] = targets[relation]
    return found


def _place(fault: Mapping[str, Any], sheets: Mapping[str, Sheet]) -> Place | None:
    """The cell of a fault: by its heading; a fault of a whole row is shown in the row's first cell that is filled."""
    sheet, row, column = sheets.get(fault["sheet"]), fault["row"], fault["column"]
    if sheet is None or not row:
        return None
    if column in sheet.headers and column:
        return row, sheet.headers.index(column) + 1
    if (found := _CELL.fullmatch(column)) and int(found[2]) == row:
        return row, column_index_from_string(found[1])
    cells = sheet.headers if row == sheet.header_row else dict(sheet.rows).get(row, ())
    return row, next((at for at, cell in enumerate(cells, start=1) if cell), 1)


def _sentence(fault: Mapping[str, Any], lang: str) -> str:
    text: str = fault["message"].get(lang) or fault["message"].get("en", "")
    return f"{text} ({_NEAREST[lang].format(fault['nearest'])})" if fault["nearest"] else text


# --- the list ---------------------------------------------------------------------------------------------------------


def _list(
    package: Package,
    faults: Sequence[Mapping[str, Any]],
    places: Sequence[Place | None],
    names: Any,
    styles: Styles,
    lang: str,
) -> None:
    text, wrapped = styles.text(), styles.text(wrap=True)
    head = styles.marked(text, "violation")
    rows = [_row(1, [(heading, head) for heading in (*_HEADINGS[lang], NOT_DATA[lang])])]
    links = []
    for number, (fault, place) in enumerate(zip(faults, places, strict=False), start=2):
        cell = f"{get_column_letter(place[1])}{place[0]}" if place else ""
        if cell and fault["sheet"] in names:
            links.append((number, f"'{fault['sheet'].replace(chr(39), chr(39) * 2)}'!{cell}"))
        told = fault["message"].get(lang) or fault["message"].get("en", "")
        severity = _SEVERITY[lang].get(fault["severity"], fault["severity"])
        values = (fault["sheet"], cell, fault["column"], fault["value"], told, fault["nearest"], severity)
        rows.append(_row(number, [(value, wrapped if at == 4 else text) for at, value in enumerate(values)]))
    widths = "".join(f'<col min="{n}" max="{n}" width="{w}" customWidth="1"/>' for n, w in enumerate(_WIDTHS, start=1))
    hyperlinks = "".join(f'<hyperlink ref="B{number}" location="{escaped(at)}"/>' for number, at in links)
    data = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetViews>'
        '<sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
        f"</sheetView></sheetViews><cols>{widths}</cols><sheetData>{''.join(rows)}</sheetData>"
        f"{f'<hyperlinks>{hyperlinks}</hyperlinks>' if links else ''}</worksheet>"
    )
    path = package.new_path("xl/worksheets/marked{}.xml")
    package.write(path, data.encode())
    package.declare(path, _SHEET)
    relation = package.relate(_WORKBOOK, "worksheet", path)
    book = package.read(_WORKBOOK)
    found = elements(book, lambda name, depth, _: depth == 0 or name in ("sheets", "sheet"))
    listed = next((one for one in found if one.name == "sheets"), None)
    if listed is None:
        raise Unmarkable("damaged")
    known = [one.attributes for one in found if one.name == "sheet" and one.depth == 2]
    number = max((int(one["sheetId"]) for one in known if one.get("sheetId", "").isdigit()), default=0) + 1
    title = _free(_LIST[lang], {one.get("name", "").casefold() for one in known})
    p = prefix(book, found[-1])
    line = (
        f'<{p}sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'name="{escaped(title)}" sheetId="{number}" r:id="{relation}"/>'
    )
    package.write(_WORKBOOK, splice(book, [append(book, listed, line.encode())]))


_WIDTHS = (24, 10, 26, 30, 80, 30, 22, 12)


def _row(number: int, values: Sequence[tuple[str, int]]) -> str:
    cells = "".join(
        f'<c r="{get_column_letter(at)}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">'
        f"{escaped(value[:_LONGEST])}</t></is></c>"
        for at, (value, style) in enumerate(values, start=1)
        if value
    )
    return f'<row r="{number}">{cells}</row>'


def _free(wanted: str, taken: set[str]) -> str:
    names = (wanted, *(f"{wanted} {n}" for n in range(2, 1_000)))
    return next(name for name in names if name.casefold() not in taken)[:_LONGEST_NAME]
