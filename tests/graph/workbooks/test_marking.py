"""Somebody's own workbook comes back with its faults marked, and with all else as it was. All data are invented."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import Font, PatternFill
from openpyxl.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from python_calamine import CalamineWorkbook

from graph.batches.report import to_rows
from graph.ingest import load_reference, validate
from graph.ingest.readers.workbook import read
from graph.model import Severity
from graph.store.embedded import EmbeddedStore
from graph.workbooks.marking import Unmarkable, mark
from graph.workbooks.marking.styles import COLOURS
from graph.workbooks.sheets import template
from tests.material import shared

NAME = "houses.xlsx"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """Nothing here changes it."""
    store = EmbeddedStore()
    load_reference(store)
    return store


def rich() -> bytes:
    """A workbook with much in it that has to stay: formats, formulas, a chart, merged cells, comments, lists."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "Organisations"
    page.append(["id", "name", "kind", "homepage"])
    page.append(["blue-house", "Blue House", "organisation", "https://example.org/"])
    page.append(["red house", "Red House", "orgnization", None])
    page.append(["green-house", None, "unit", "example"])
    page["A3"].font, page["A3"].fill = Font(bold=True, color="0000FF"), PatternFill("solid", fgColor="FFFF00")
    page["C3"].number_format = "0.00"
    page["B2"].comment = Comment("Seen by Anna", "Anna")
    page["C3"].comment = Comment("Is this right?", "Anna")
    page.column_dimensions["B"].width = 47
    page.freeze_panes = "B2"
    rule = CellIsRule("equal", ["1"], fill=PatternFill("solid", bgColor="00FF00"))
    page.conditional_formatting.add("A2:A9", rule)
    words = DataValidation(type="list", formula1='"organisation,unit"')
    words.add("C2:C9")
    page.add_data_validation(words)
    more = book.create_sheet("Engagements")
    more.append(["organisations", "themes", "places"])
    more.append(["blue-house", "advocacy", "Armenia"])
    more.append([None, "advokasie", None])
    more.merge_cells("B3:B4")
    more["A4"] = "blue-house"
    sums = book.create_sheet("Sums")
    sums["A1"], sums["A2"], sums["A3"] = 1, 2, "=SUM(A1:A2)"
    chart = BarChart()
    chart.add_data(Reference(sums, min_col=1, min_row=1, max_row=2))
    sums.add_chart(chart, "C1")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def report_of(store: EmbeddedStore, data: bytes, folder: Path, name: str = NAME) -> list[dict[str, Any]]:
    (folder / name).write_bytes(data)
    return to_rows(validate(store, folder / name).results)


def opened(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def parts(data: bytes) -> Mapping[str, bytes]:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert len(set(archive.namelist())) == len(archive.namelist())
    return {name: archive.read(name) for name in archive.namelist()}


def colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)


@pytest.mark.parametrize("lang", ["en", "ru"])
def test_every_fault_is_marked_in_its_cell(store: EmbeddedStore, tmp_path: Path, lang: str) -> None:
    data = rich()
    report = report_of(store, data, tmp_path)
    book = opened(mark(NAME, data, report, lang))
    headings = {
        "id": "A",
        "name": "B",
        "kind": "C",
        "homepage": "D",
        "organisations": "A",
        "themes": "B",
        "places": "C",
    }
    bad = [one for one in report if one["severity"] == Severity.VIOLATION and one["sheet"] and one["column"]]
    assert {one["rule"] for one in bad} >= {"bad-slug", "bad-value", "required", "bad-address", "unknown-reference"}
    expected = set()
    for one in bad:
        cell = book[one["sheet"]][f"{headings[one['column']]}{one['row']}"]
        if one["sheet"] == "Engagements" and cell.coordinate == "B4":
            cell = book["Engagements"]["B3"]  # The one cell of a merged range that is shown.
        assert colour(cell) == COLOURS["violation"], one
        assert cell.comment is not None
        assert one["message"][lang] in cell.comment.text
        if one["nearest"]:
            assert one["nearest"] in cell.comment.text
        expected.add((one["sheet"], cell.coordinate))
    # No other cell was touched.
    red = COLOURS["violation"]
    found = {
        (p.title, c.coordinate) for p in book.worksheets[:3] for row in p.iter_rows() for c in row if colour(c) == red
    }
    assert found == expected | {("Sums", "A1")}, "a sheet that is no table is marked at its first cell"


def test_all_else_is_as_it_was(store: EmbeddedStore, tmp_path: Path) -> None:
    data = rich()
    report = report_of(store, data, tmp_path)
    made = mark(NAME, data, report, "en")
    before, after = parts(data), parts(made)
    edited = {name for name in before if before[name] != after[name]}
    assert {re.sub(r"\d+", "", name) for name in edited} == {
        "[Content_Types].xml",
        "xl/_rels/workbook.xml.rels",
        "xl/comments/comment.xml",
        "xl/drawings/commentsDrawing.vml",
        "xl/styles.xml",
        "xl/workbook.xml",
        "xl/worksheets/sheet.xml",
    } | ({"xl/worksheets/_rels/sheet.xml.rels"} & {re.sub(r"\d+", "", name) for name in edited})
    assert before["xl/charts/chart1.xml"] == after["xl/charts/chart1.xml"]
    was, now = opened(data), opened(made)
    assert now.sheetnames == [*was.sheetnames, "Faults"]
    for page in was:
        same = now[page.title]
        for row in page.iter_rows():
            for cell in row:
                assert same[cell.coordinate].value == cell.value
        assert same.column_dimensions["B"].width == page.column_dimensions["B"].width
        assert same.freeze_panes == page.freeze_panes
        assert same.merged_cells.ranges == page.merged_cells.ranges
        assert same.data_validations.count == page.data_validations.count
        assert len(list(same.conditional_formatting)) == len(list(page.conditional_formatting))
    a3 = now["Organisations"]["A3"]
    assert (a3.font.b, a3.font.color.rgb) == (True, "000000FF")
    assert now["Organisations"]["C3"].number_format == "0.00"
    # What somebody else had said stays, with ours below it.
    assert now["Organisations"]["B2"].comment is not None
    assert now["Organisations"]["B2"].comment.text == "Seen by Anna"
    assert now["Organisations"]["C3"].comment is not None
    assert now["Organisations"]["C3"].comment.text.startswith("Is this right?\nCommon Ground: ")
    assert now["Sums"]["A3"].value == "=SUM(A1:A2)"
    assert len(now["Sums"]._charts) == 1  # type: ignore[attr-defined]


def test_a_second_reader_sees_the_same_values_and_the_list(store: EmbeddedStore, tmp_path: Path) -> None:
    data = rich()
    report = report_of(store, data, tmp_path)
    made = CalamineWorkbook.from_filelike(io.BytesIO(mark(NAME, data, report, "ru")))
    was = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in was.sheet_names:
        assert made.get_sheet_by_name(name).to_python() == was.get_sheet_by_name(name).to_python()
    rows = made.get_sheet_by_name("Ошибки").to_python()
    assert len(rows) == 1 + len(report)
    assert {row[4] for row in rows[1:]} == {one["message"]["ru"] for one in report}
    assert all(re.fullmatch(r"[A-Z]+\d+", str(row[1])) for row in rows[1:] if row[1])
    links = opened(mark(NAME, data, report, "ru"))["Ошибки"]
    assert links["B2"].hyperlink is not None
    assert links["B2"].hyperlink.location.startswith("'")


def test_it_can_be_mended_and_brought_again(store: EmbeddedStore, tmp_path: Path) -> None:
    data = rich()
    report = report_of(store, data, tmp_path)
    again = report_of(store, mark(NAME, data, report, "en"), tmp_path)
    told = {one["rule"] for one in again} - {one["rule"] for one in report}
    assert told == {"not-data"}, "the list of faults is no table"
    # Marked twice there are no two comments in one cell, and one that is mended says so.
    once = opened(mark(NAME, data, report, "en"))
    once["Organisations"]["A3"] = "red-house"
    out = io.BytesIO()
    once.save(out)
    mended = report_of(store, out.getvalue(), tmp_path)
    twice = opened(mark(NAME, out.getvalue(), mended, "en"))
    assert twice["Organisations"]["A3"].comment is not None
    assert twice["Organisations"]["A3"].comment.text == "No fault here any more."
    comment = twice["Organisations"]["B4"].comment
    assert comment is not None
    assert comment.text.count("must not be empty") == 1
    assert twice.sheetnames[-2:] == ["Faults", "Faults 2"]


def test_our_own_template_comes_back_too(store: EmbeddedStore, tmp_path: Path) -> None:
    book = opened(template("ru"))
    page = book["Организации"]
    page["A3"], page["B3"], page["D3"] = "Дом", "Дом", "organisation"
    out = io.BytesIO()
    book.save(out)
    report = report_of(store, out.getvalue(), tmp_path)
    made = opened(mark(NAME, out.getvalue(), report, "ru"))
    assert colour(made["Организации"]["A3"]) == COLOURS["violation"]
    assert made["Организации"].data_validations.count == page.data_validations.count
    # The notes at the headings stay beside the new one.
    assert made["Организации"]["A1"].comment is not None


def test_a_fault_of_a_cell_that_the_file_does_not_have(store: EmbeddedStore, tmp_path: Path) -> None:
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "people"
    for row in (["note", "id", "name", "as_of"], [None, "anna", None, None], [None, None, None, "2010"]):
        page.append(row)
    page["A1"] = "as_written"
    out = io.BytesIO()
    book.save(out)
    report = report_of(store, out.getvalue(), tmp_path)
    made = opened(mark(NAME, out.getvalue(), report, "en"))["people"]
    assert [c.coordinate for row in made.iter_rows(min_row=2) for c in row if colour(c) in COLOURS.values()] == [
        "C2",
        "B3",
        "C3",
    ]


def repacked(data: bytes, **changes: bytes | None) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in parts(data).items():
            key = name.rpartition("/")[2].replace(".xml", "").replace("[", "").replace("]", "")
            new = changes.get(key, content)
            if new is not None:
                target.writestr(name, new)
    return out.getvalue()


@pytest.mark.parametrize("hostile", ["no zip", "bomb", "strict", "entities", "no styles", "cut off", "utf-16"])
def test_what_cannot_be_marked_says_why(store: EmbeddedStore, tmp_path: Path, hostile: str) -> None:
    data = rich()
    report = report_of(store, data, tmp_path)
    sheet = parts(data)["xl/worksheets/sheet1.xml"]
    made = {
        "no zip": lambda: b"PK\x03\x04 and nothing else",
        "bomb": lambda: repacked(data, sheet1=sheet.replace(b"<sheetData>", b"<sheetData>" + b" " * 20_000_000)),
        "strict": lambda: repacked(
            data,
            workbook=parts(data)["xl/workbook.xml"].replace(
                b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                b"http://purl.oclc.org/ooxml/spreadsheetml/main",
            ),
        ),
        "entities": lambda: repacked(data, sheet1=b'<!DOCTYPE a [<!ENTITY b "c">]>' + sheet),
        "no styles": lambda: repacked(data, styles=None),
        "cut off": lambda: repacked(data, sheet1=sheet[: len(sheet) // 2]),
        "utf-16": lambda: repacked(data, sheet1=sheet.decode().encode("utf-16")),
    }[hostile]()
    with pytest.raises(Unmarkable) as error:
        mark(NAME, made, report, "en")
    from graph.batches.marked import _WHY

    assert str(error.value) in _WHY


def test_texts_of_the_report_are_only_texts(store: EmbeddedStore, tmp_path: Path) -> None:
    """What stood in a cell is written back as a text, whatever it begins with or looks like."""
    data = rich()
    evil = '=HYPERLINK("https://example.org") </t></is></c> & \x00 ]]>'
    report = [
        one | {"value": evil, "message": {"en": evil, "ru": evil}, "nearest": evil}
        for one in report_of(store, data, tmp_path)
    ]
    book = opened(mark(NAME, data, report, "en"))
    cells = [cell for row in book["Faults"].iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells if str(cell.value).startswith("=")} == {evil.replace("\x00", "\ufffd")}


def test_the_345w_of_colombia_comes_back(store: EmbeddedStore) -> None:
    """A real workbook of another house's, whose one sheet is no table of ours, and in which cells are at fault."""
    path = shared("datasets", "hxl3w", "whowhatwhere_345wdata_43.xlsx")
    data = path.read_bytes()
    (sheet,) = read(path.name, data).sheets
    report = to_rows(validate(store, path).results)
    at = {"file": path.name, "sheet": sheet.name, "value": "x", "nearest": "", "severity": "violation"}
    text = {"en": "Not a place.", "ru": "Не место."}
    report += [at | {"row": row, "column": sheet.headers[3], "message": text} for row, _ in sheet.rows[:300]]
    made = mark(path.name, data, report, "en")
    was, now = (CalamineWorkbook.from_filelike(io.BytesIO(d)).get_sheet_by_name(sheet.name) for d in (data, made))
    assert now.to_python() == was.to_python()
    page = opened(made)[sheet.name]
    marked = [c for row in page.iter_rows(min_row=sheet.rows[0][0], min_col=4, max_col=4) for c in row if c.comment]
    assert len(marked) == 300
    assert {colour(cell) for cell in marked} == {COLOURS["violation"]}
    before, after = opened(data)[sheet.name], page
    for (cell,) in before.iter_rows(min_col=4, max_col=4, max_row=200):
        assert after[cell.coordinate].number_format == cell.number_format
        assert repr(after[cell.coordinate].font) == repr(cell.font)
