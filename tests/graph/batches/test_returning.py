"""Rejected rows come back: the same cells, marked, and nothing in them runs. All data are invented."""

from __future__ import annotations

import csv
import io
from typing import Any

import openpyxl
import pytest

from graph.batches.returning import as_csv, as_workbook

SHEET: dict[str, Any] = {
    "file": "a.csv",
    "sheet": "",
    "headers": ["id", "=name", ""],
    "rows": [
        {"row": 3, "cells": ["one", '=HYPERLINK("http://evil.example")', "x"]},
        {"row": 7, "cells": ["+two", "\x0bplain", "", "too many"]},
        {"row": 9, "cells": ["short"]},
    ],
}


def fault(row: int | None, column: str, nearest: str = "") -> dict[str, Any]:
    message = {"en": f"Wrong in {column}.", "ru": f"Ошибка в {column}."}
    return {"file": "a.csv", "sheet": "", "row": row, "column": column, "message": message, "nearest": nearest}


REPORT = [fault(3, "=name", "Name"), fault(3, "id"), fault(7, "id"), fault(None, "")]


@pytest.mark.parametrize(("lang", "reason"), [("en", "What is wrong"), ("ru", "Что не так")])
def test_a_workbook_has_every_row_with_its_faults(lang: str, reason: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([SHEET], REPORT, lang)))
    page = book["a"]
    rows = list(page.iter_rows())
    assert [cell.value for cell in rows[0]][-1] == reason
    assert [cell.value for row in rows[1:] for cell in [row[3]]] == [3, 7, 9]
    for row in rows:
        assert all(cell.data_type != "f" for cell in row), "a cell of theirs is never a formula"
    assert rows[1][1].value == '=HYPERLINK("http://evil.example")', "what they wrote is what they get"
    marked = rows[1][1].comment
    assert marked is not None
    assert REPORT[0]["message"][lang] in marked.text
    assert "Name" in marked.text
    assert rows[1][2].comment is None
    assert str(rows[1][4].value).count("\n") == 1


def test_a_table_has_every_row_with_its_faults_and_no_formula() -> None:
    rows = list(csv.reader(io.StringIO(as_csv(SHEET, REPORT, "en"))))
    assert rows[0] == ["id", "'=name", "", "Row in your file", "What is wrong"]
    assert rows[1][:2] == ["one", '\'=HYPERLINK("http://evil.example")']
    assert [row[0] for row in rows[1:]] == ["one", "'+two", "short"]
    assert "too many" in rows[2]
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


def test_names_of_sheets_are_valid_and_differ() -> None:
    sheets = [{**SHEET, "file": f"{'long ' * 10}[{n}].csv"} for n in range(3)]
    book = openpyxl.load_workbook(io.BytesIO(as_workbook(sheets, REPORT, "en")))
    assert len(set(book.sheetnames)) == 3
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_without_a_rejected_row_the_workbook_says_so() -> None:
    book = openpyxl.load_workbook(io.BytesIO(as_workbook([], [], "en")))
    assert book.worksheets[0]["A1"].value == "No row was rejected."
