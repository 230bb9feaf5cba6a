"""The template has what the layouts, code lists and shapes have, can be filled in, and its examples are no data."""

from __future__ import annotations

import io
import json
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook import Workbook
from python_calamine import CalamineWorkbook

from graph.ingest import ingest, load_reference, validate
from graph.ingest.layout import TableSchema, layouts
from graph.ingest.marks import EXAMPLE, NOT_DATA
from graph.store.embedded import EmbeddedStore
from graph.terms import CODE
from graph.workbooks import sheets, vocabulary, wording
from graph.workbooks.sheets import sheet_names, statement_cells, template
from graph.workbooks.words import LONGEST

LANGUAGES = ("en", "ru")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    """Nothing here changes it but the last test, which has a source of its own."""
    store = EmbeddedStore()
    load_reference(store)
    return store


@pytest.fixture(scope="module", params=LANGUAGES)
def made(request: pytest.FixtureRequest) -> tuple[str, Workbook]:
    return request.param, openpyxl.load_workbook(io.BytesIO(template(request.param)))


def saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pages(made: tuple[str, Workbook]) -> Iterator[tuple[TableSchema, Any]]:
    names = sheet_names(layouts().values(), made[0])
    for schema in layouts().values():
        yield schema, made[1][names[schema.name]]


def test_there_is_a_sheet_for_each_layout_in_their_order(made: tuple[str, Workbook]) -> None:
    lang, book = made
    names = sheet_names(layouts().values(), lang)
    ordered = sorted(layouts().values(), key=lambda schema: (schema.order, schema.name))
    assert book.sheetnames == [wording.GUIDE[lang], *(names[s.name] for s in ordered), wording.LISTS[lang]]
    assert len({schema.order for schema in ordered}) == len(ordered), "every layout says where it stands"
    assert all(schema.titles[lang] == names[schema.name] for schema in ordered)


def test_headings_notes_and_rules_are_those_of_the_layouts_and_shapes(made: tuple[str, Workbook]) -> None:
    lang, _ = made
    ruled = 0
    for schema, page in pages(made):
        for at, column in enumerate(schema.columns, start=1):
            head = page.cell(1, at)
            assert head.value == column.titles[lang] + (" *" if column.required else "")
            note = head.comment.text
            assert note.startswith(wording.REQUIRED[lang]) == column.required
            assert column.about_text.get(lang, "") in note
            for rule in vocabulary.rules(schema, column, lang):
                assert rule in note
                ruled += 1
    assert ruled > 50


def test_every_cell_of_data_has_its_message_and_choices_where_there_are_any(made: tuple[str, Workbook]) -> None:
    _, book = made
    for schema, page in pages(made):
        by_column = {
            str(v.sqref).partition(":")[0].rstrip("0123456789"): v for v in page.data_validations.dataValidation
        }
        for at, column in enumerate(schema.columns, start=1):
            found = by_column[get_column_letter(at)]
            assert found.prompt
            assert len(found.prompt) <= 255
            assert len(found.promptTitle) <= 32
            if column.values or column.refers_to or column.datatype == "boolean":
                assert found.type == "list"
                assert found.formula1 in book.defined_names
                # Several values are no choice from a list.
                assert bool(found.showErrorMessage) is not bool(column.separator)
            elif column.datatype == "cg:PartialDate":
                assert found.type == "custom"
                assert len(found.formula1) <= 255
                assert page.column_dimensions[get_column_letter(at)].number_format == "@"


def test_lists_hold_every_code_theme_and_place_in_the_words_of_the_language(
    made: tuple[str, Workbook], store: EmbeddedStore
) -> None:
    lang, book = made
    lists = book[wording.LISTS[lang]]
    words = vocabulary.reference_words(lang)
    seen = 0
    for name, defined in book.defined_names.items():
        found = re.fullmatch(r"'(.+)'!\$([A-Z]+)\$(\d+):\$[A-Z]+\$(\d+)", defined.attr_text)
        if found is None:
            # Of the sheets themselves: rows are added there.
            assert defined.attr_text.startswith("OFFSET('")
            continue
        assert found[1] == lists.title
        values = [lists[f"{found[2]}{row}"].value for row in range(int(found[3]), int(found[4]) + 1)]
        assert all(values)
        assert len(set(values)) == len(values)
        if name in ("cg_theme", "cg_place"):
            assert len(values) == len(words._names.all(name.removeprefix("cg_")))
        elif name.startswith("cg_list_"):
            code = name.removeprefix("cg_list_").replace("_", "-")
            graph = f"{CODE}{code}"
            concepts = {q.subject for q in store.quads(graph) if str(q.object).endswith("#Concept>")}
            assert len(values) == len(concepts)
            assert {words.references.resolve(f"code:{code}", str(value)) for value in values} == {
                concept.value
                for concept in concepts  # type: ignore[union-attr]
            }
        seen += 1
    assert seen > 12


def test_the_empty_template_holds_no_data(store: EmbeddedStore, made: tuple[str, Workbook], tmp_path: Path) -> None:
    _, book = made
    (tmp_path / "template.xlsx").write_bytes(saved(book))
    report = validate(store, tmp_path / "template.xlsx")
    assert report.conforms
    rules = [one.rule for one in report.results if one.rule != "no-rows"]
    assert rules.count("example-row") == len(layouts())
    assert rules.count("not-data") == 2
    assert len(rules) == len(layouts()) + 2


def test_each_example_is_marked_and_would_be_valid_without_the_mark(made: tuple[str, Workbook]) -> None:
    """Otherwise it would teach something wrong. What it names are invented records that nobody has."""
    lang, _ = made
    words = vocabulary.reference_words(lang)
    for schema, page in pages(made):
        cells = [page.cell(2, at).value for at in range(1, len(schema.columns) + 1)]
        assert all(cell is None or cell.startswith(EXAMPLE[lang]) for cell in cells)
        for column, cell in zip(schema.columns, cells, strict=True):
            assert not column.required or cell
            text = (cell or "").removeprefix(EXAMPLE[lang])
            if column.values:
                assert text in column.values
            elif column.refers_to.startswith("code:") or column.refers_to in ("theme", "place"):
                assert words.references.resolve(column.refers_to, text)


def test_an_example_that_was_written_over_in_part_is_a_fault(store: EmbeddedStore, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template("en")))
    page = book["People"]
    page["A2"], page["B2"] = "anna", "Anna"
    (tmp_path / "people.xlsx").write_bytes(saved(book))
    report = validate(store, tmp_path / "people.xlsx")
    assert not report.conforms
    left = [one for one in report.results if one.rule == "example-left"]
    assert left
    assert all(one.ref and (one.ref.sheet, one.ref.row) == ("People", 2) and one.ref.column for one in left)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_can_be_filled_in_and_brought(store: EmbeddedStore, tmp_path: Path, lang: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template(lang)))
    names = sheet_names(layouts().values(), lang)
    words = vocabulary.reference_words(lang)

    def put(table: str, **cells: str) -> None:
        columns = [column.name for column in layouts()[table].columns]
        book[names[table]].append([cells.get(name) for name in columns])

    theme = words.of_kind("theme")[0]
    put("organisations", id=f"house-{lang}", name="House", kind="organisation")
    put("engagements", id="e1", organisations=f"house-{lang}", themes=theme, places="AM", as_of="2010-05", start="2009")
    (tmp_path / "filled.xlsx").write_bytes(saved(book))
    batch = ingest(
        store,
        tmp_path / "filled.xlsx",
        source=f"filled-{lang}",
        by="Anna",
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert batch.status == "accepted", batch.report
    assert batch.rows == 2
    said = {str(q.object) for q in store.quads(batch.source)}
    assert not [text for text in said if EXAMPLE[lang].strip() in text or "example" in text]


def test_a_second_reader_reads_it(made: tuple[str, Workbook]) -> None:
    lang, _ = made
    book = CalamineWorkbook.from_filelike(io.BytesIO(template(lang)))
    assert len(book.sheet_names) == len(layouts()) + 2
    guide = book.get_sheet_by_name(wording.GUIDE[lang]).to_python()
    assert guide[0][:3] == [wording.TITLE[lang], wording.HOUSE, NOT_DATA[lang]]
    told = {row[1] for row in guide if row[1]}
    assert {column.titles[lang] for schema in layouts().values() for column in schema.columns} <= told


def test_a_new_layout_and_a_new_column_appear_by_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "tables"
    shutil.copytree(Path(str(files("ontology"))) / "tables", folder)
    people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
    people["columns"].append(
        {"name": "motto", "titles": {"en": "Motto", "ru": "Девиз"}, "propertyUrl": "cg:note", "lang": "en"}
    )
    people |= {"name": "choirs", "dc:title": {"en": "Choirs", "ru": "Хоры"}, "aboutUrl": "{+base}choir/{id}"}
    people.pop("cg:order")
    (folder / "choirs.json").write_text(json.dumps(people), encoding="utf-8")
    more = layouts(folder)
    monkeypatch.setattr(sheets, "layouts", lambda: more)
    book = openpyxl.load_workbook(io.BytesIO(template("ru")))
    assert book.sheetnames[-2:] == ["Хоры", "Списки"]
    assert "Девиз" in [cell.value for cell in book["Хоры"][1]]


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        *((text, True) for text in ("2010", "2010-05", "2010-05-11", "11.05.2010", "1.5.2010")),
        *((text, False) for text in ("", "x", "201", "May 2010", "2010/05", "2010-5-1")),
    ],
)
def test_the_formula_for_dates_tells_dates(text: str, valid: bool) -> None:
    """Evaluated as a spreadsheet would: all parts at once, an error is no number."""

    def mid(given: str, start: int, size: int) -> str:
        return given[start - 1 : start - 1 + size] if start > 0 else "#VALUE!"

    functions = {
        "OR": lambda *given: any(given),
        "AND": lambda *given: all(given),
        "IF": lambda test, yes, no: yes if test else no,
        "LEN": len,
        "MID": mid,
        "SUBSTITUTE": str.replace,
        "VALUE": lambda given: int(given) if given.isdigit() else None,
        "ISNUMBER": lambda given: isinstance(given, int),
        "FALSE": False,
        "A3": text,
    }
    formula = re.sub(r"(?<![<>])=", "==", sheets.partial_date_formula("A3"))
    assert eval(formula, {"__builtins__": {}}, functions) is valid


def test_names_of_sheets_are_possible_and_different() -> None:
    class Odd:
        def __init__(self, name: str, title: str) -> None:
            self.name, self.titles = name, {"en": title}

    found = sheet_names(
        [Odd("a", "People"), Odd("b", "people"), Odd("c", "x" * 40), Odd("d", "a/b"), Odd("e", "Lists")], "en"
    )  # type: ignore[list-item]
    assert found == {"a": "People", "b": "b", "c": "c", "d": "d", "e": "e"}


@pytest.mark.parametrize(
    "make",
    [lambda n: '"' + "a b" * n + '"', lambda n: '"' + " " * n + '"', lambda n: "\x01\r\n_x0041_é\u2028" * n],
)
def test_a_long_statement_is_cut_where_it_can_be_joined(make: Callable[[int], str]) -> None:
    for n in (1, 5, 20_000, 70_000):
        value = make(n)
        cells = statement_cells(value)
        assert all(len(cell) <= LONGEST for cell in cells)
        joined = "".join(cell.strip() for cell in cells)
        undone = re.sub(r"\\u([0-9A-F]{4})", lambda found: chr(int(found[1], 16)), joined)
        assert undone == value
