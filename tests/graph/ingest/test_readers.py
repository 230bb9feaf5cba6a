"""CSV as people save it, and the contract by which a further format is one more module."""

from __future__ import annotations

from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ingest.readers import Reading, csv, readers, workbook
from graph.model import Severity

ROWS = ("id", "name"), ((2, ("anna", "Anna, Blue")), (3, ("boris", 'Boris "Red"')))


@pytest.mark.parametrize(
    "text",
    [
        'id,name\nanna,"Anna, Blue"\nboris,"Boris ""Red"""\n',
        '\ufeffid,name\r\nanna,"Anna, Blue"\r\nboris,"Boris ""Red"""\r\n',
        'id;name\nanna;Anna, Blue\nboris;"Boris ""Red"""',
        'id\tname\nanna\t Anna, Blue \nboris\t"Boris ""Red"""\n',
        'id , name\ranna,"Anna, Blue"\rboris,"Boris ""Red"""\r',
    ],
    ids=["comma", "byte order mark and CRLF", "semicolon", "tab", "blanks and CR"],
)
def test_delimiters_line_ends_and_quotes(text: str) -> None:
    (sheet,) = csv.read("people.csv", text.encode()).sheets
    assert (sheet.headers, sheet.rows) == ROWS
    assert (sheet.file, sheet.name, sheet.header_row) == ("people.csv", "", 1)


def test_rows_are_numbered_as_a_spreadsheet_shows_them() -> None:
    text = '\nid,name\n\nanna,"Anna\nBlue"\n,,\nboris,Boris\n'
    (sheet,) = csv.read("people.csv", text.encode()).sheets
    assert sheet.header_row == 2
    assert sheet.rows == ((4, ("anna", "Anna\nBlue")), (6, ("boris", "Boris")))


def test_every_suffix_has_a_reader() -> None:
    assert set(readers()) >= {".csv", ".tsv", ".xlsx", ".ods"}
    assert readers()[".csv"] is csv


def test_a_module_without_the_contract_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.import_module", lambda _: ModuleType("empty"))
    with pytest.raises(TypeError, match="no reader"):
        readers.__wrapped__()


@given(st.binary(max_size=300))
def test_bytes_give_sheets_or_faults_never_an_exception(data: bytes) -> None:
    assert_understood(csv.read("people.csv", data))


@given(st.text(alphabet=st.sampled_from('a,;\t"\n\r\x1c\x85\u2028 \ufeffя'), max_size=60))
def test_text_gives_sheets_or_faults_never_an_exception(text: str) -> None:
    assert_understood(csv.read("people.csv", text.encode()))


@given(st.binary(max_size=300), st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"]))
def test_no_bytes_bring_the_reader_of_workbooks_down(data: bytes, begin: bytes) -> None:
    assert_understood(workbook.read("people.xlsx", begin + data))


def assert_understood(reading: Reading) -> None:
    """There is a sheet, or it is said why there is none."""
    assert reading.sheets or any(fault.severity is Severity.VIOLATION for fault in reading.faults)
