"""The workbook itself: a sheet that explains, one for each layout, the lists to choose from.

Every cell of data is text, whatever it begins with: the cell's type says so, and no spreadsheet program runs it as a
formula (OWASP: CSV injection); read back, it is the same text.
"""

from __future__ import annotations

import io
import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from pyoxigraph import Quad

from graph.ingest.layout import Column, TableSchema, layouts
from graph.ingest.marks import EXAMPLE, KEPT, NOT_DATA
from graph.workbooks import wording
from graph.workbooks.filling import Filled
from graph.workbooks.vocabulary import Examples, reference_words, rules
from graph.workbooks.words import LONGEST, Words

_DARK, _LIGHT = PatternFill("solid", fgColor="14504A"), PatternFill("solid", fgColor="DCE9E6")
_GREY = PatternFill("solid", fgColor="F2F2F2")
_LAST_ROW = 1_048_576
#: Characters of a sheet's name, and of the parts of a message beside a cell, as Excel has them.
_NAME, _TITLE, _PROMPT = 31, 32, 255
#: A blank in N-Triples.
_BLANK = "\\u0020"
_NUMBERS = ("nonNegativeInteger", "decimal")
_WIDE = frozenset({"quote", "description", "text", "text_ru", "basis_note", "name", "name_ru"})


def template(lang: str) -> bytes:
    """The empty workbook with an example in each sheet. The same bytes only in what they say: a workbook carries the
    time at which it was made."""
    words = reference_words(lang)
    return _Book(lang, words).made()


def filled(found: Filled, source: str, lang: str, words: Words) -> bytes:
    """What a source says, as such a workbook. ``source`` is the name under which it is brought back."""
    return _Book(lang, words, found, source).made()


class _Book:
    def __init__(self, lang: str, words: Words, found: Filled | None = None, source: str = "") -> None:
        self.lang, self.words, self.found, self.source = lang, words, found, source
        self.schemas = sorted(layouts().values(), key=lambda schema: (schema.order, schema.name))
        self.names = sheet_names(self.schemas, lang)
        self.examples = Examples(reference_words(lang), lang)
        self.book = Workbook(write_only=True)
        self.first_row = 2 if found is not None else 3
        #: kind of thing -> the sheet whose records have an ID of their own
        self.sheets_of = {schema.kind: schema for schema in self.schemas if schema.names_itself}
        self.lists: dict[str, tuple[str, tuple[str, ...]]] = {}  # name of a range -> its heading, its words

    def made(self) -> bytes:
        self._guide()
        for schema in self.schemas:
            self._sheet(schema)
        if self.found is not None and self.found.kept:
            self._kept(self.found.kept)
        self._lists()
        for kind, schema in self.sheets_of.items():
            self._name(range_name(kind), self._ids(schema))
        out = io.BytesIO()
        self.book.save(out)
        return out.getvalue()

    # --- sheets -------------------------------------------------------------------------------------------------------

    def _guide(self) -> None:
        lang, page = self.lang, self.book.create_sheet(wording.GUIDE[self.lang])
        for letter, width in zip("ABCDE", (28, 28, 18, 70, 40), strict=True):
            page.column_dimensions[letter].width = width
        page.append([self._head(page, t) for t in (wording.TITLE[lang], wording.HOUSE, NOT_DATA[lang])])
        page.append([])
        lines = [step.format(example=EXAMPLE[lang].strip(), lists=wording.LISTS[lang]) for step in wording.STEPS[lang]]
        if self.found is not None:
            rows, kept = sum(map(len, self.found.rows.values())), len(self.found.kept)
            told = [
                line.format(source=self.source, rows=rows, kept=kept, other=wording.OTHER[lang])
                for line in wording.FILLED[lang]
            ]
            # There is no example in it, and no other sheet where nothing is left over.
            lines = [*told[: 2 if kept else 1], *(s for s in lines if EXAMPLE[lang].strip() not in s)]
        for number, line in enumerate(lines, start=1):
            page.append([self._text(page, f"{number}. {line}")])
        page.append([])
        page.append([self._head(page, t) for t in wording.HEADINGS[lang]])
        for schema in self.schemas:
            page.append(
                [self._bold(page, self.names[schema.name]), None, None, self._wrapped(page, schema.about_text[lang])]
            )
            for column in schema.columns:
                page.append(
                    [
                        None,
                        self._text(page, column.titles[lang]),
                        self._text(page, wording.YES[lang] if column.required else ""),
                        self._wrapped(page, self._holds(column)),
                        self._text(page, self.examples.cell(schema, column)),
                    ]
                )

    def _sheet(self, schema: TableSchema) -> None:
        page = self.book.create_sheet(self.names[schema.name])
        page.freeze_panes = "B2"
        for at, column in enumerate(schema.columns, start=1):
            dimension = page.column_dimensions[get_column_letter(at)]
            dimension.width = 40 if column.name in _WIDE else 22
            if column.datatype not in _NUMBERS:
                # Or a spreadsheet program makes the first of May of 2010-05.
                dimension.number_format = "@"
            self._validate(page, column, get_column_letter(at))
        page.append([self._heading(page, schema, column) for column in schema.columns])
        if self.found is None:
            example = self.examples.row(schema)
            page.append([self._example(page, example[column.name]) for column in schema.columns])
        for cells in self.found.rows.get(schema.name, ()) if self.found is not None else ():
            page.append([self._value(page, column, cells.get(column.name, "")) for column in schema.columns])

    def _kept(self, quads: Iterable[Quad]) -> None:
        page = self.book.create_sheet(wording.OTHER[self.lang])
        for letter, width in zip("ABCD", (24, 60, 60, 80), strict=True):
            page.column_dimensions[letter].width = width
        page.append([self._head(page, t) for t in (KEPT[self.lang], *wording.STATEMENT[self.lang])])
        for quad in quads:
            value = statement_cells(str(quad.object))
            page.append([None, *(self._text(page, t) for t in (str(quad.subject), str(quad.predicate), *value))])

    def _lists(self) -> None:
        page = self.book.create_sheet(wording.LISTS[self.lang])
        names = sorted(self.lists)
        for at in range(len(names) + 1):
            page.column_dimensions[get_column_letter(at + 1)].width = 30
        titles, words = [self.lists[name][0] for name in names], [self.lists[name][1] for name in names]
        # Three headings at least: a row of titles has fewer.
        page.append([self._head(page, t) for t in (NOT_DATA[self.lang], *titles, *["-"] * (2 - len(titles)))])
        for row in itertools.zip_longest(*words, fillvalue=""):
            page.append([None, *(self._text(page, word) for word in row)])
        for at, name in enumerate(names, start=2):
            letter = get_column_letter(at)
            last = max(2, len(self.lists[name][1]) + 1)
            self._name(name, f"{_quoted(wording.LISTS[self.lang])}!${letter}$2:${letter}${last}")

    # --- choices ------------------------------------------------------------------------------------------------------

    def _validate(self, page: Any, column: Column, letter: str) -> None:
        lang, title = self.lang, column.titles[self.lang]
        rule: dict[str, Any] = {"type": None, "errorStyle": "warning"}
        if (choices := self._choices(column)) is not None:
            rule |= {"type": "list", "formula1": choices}
            if column.values:
                rule["errorStyle"] = "stop"
        elif column.datatype == "cg:PartialDate":
            rule |= {"type": "custom", "formula1": partial_date_formula(f"{letter}{self.first_row}")}
        elif column.datatype == "nonNegativeInteger":
            rule |= {"type": "whole", "operator": "greaterThanOrEqual", "formula1": "0"}
        elif column.datatype == "decimal":
            rule |= {"type": "decimal", "operator": "between", "formula1": "-1E+15", "formula2": "1E+15"}
        made = DataValidation(allow_blank=True, **rule)
        text = f"{wording.REQUIRED[lang]} " if column.required else ""
        made.promptTitle, made.prompt = _cut(title, _TITLE), _cut(text + self._holds(column), _PROMPT)
        made.errorTitle, made.error = _cut(wording.NOT_VALID[lang], _TITLE), made.prompt
        made.showInputMessage = True
        # One who writes several values chooses from no list.
        made.showErrorMessage = rule["type"] is not None and not column.separator
        made.add(f"{letter}{self.first_row}:{letter}{_LAST_ROW}")
        page.data_validations.append(made)

    def _choices(self, column: Column) -> str | None:
        """The name of the range that a column's values are chosen from."""
        kind = column.refers_to
        if column.values:
            name = "cg_words_" + "_".join(column.values).replace("-", "_")[:100]
            return self._list(name, column, tuple(column.values))
        if column.datatype == "boolean":
            return self._list("cg_yes_no", column, {"en": ("true", "false"), "ru": ("да", "нет")}[self.lang])
        if kind.startswith("code:"):
            name = kind.removeprefix("code:")
            found = tuple(w for iri in self.words.codes(name) if (w := self.words.thing(kind, iri)))
            return self._list("cg_list_" + name.replace("-", "_"), column, found)
        if kind in self.sheets_of:
            return range_name(kind)
        return self._list(range_name(kind), column, self.words.of_kind(kind)) if kind else None

    def _list(self, name: str, column: Column, words: tuple[str, ...]) -> str | None:
        if words:
            self.lists.setdefault(name, (column.titles[self.lang], words))
        return name if words else None

    def _ids(self, schema: TableSchema) -> str:
        """The filled part of a sheet's ID column, as a formula: rows are added."""
        sheet, first = _quoted(self.names[schema.name]), self.first_row
        letter = get_column_letter([c.name for c in schema.columns].index("id") + 1)
        return f"OFFSET({sheet}!${letter}${first},0,0,MAX(1,COUNTA({sheet}!${letter}${first}:${letter}${_LAST_ROW})),1)"

    def _name(self, name: str, formula: str) -> None:
        self.book.defined_names[name] = DefinedName(name, attr_text=formula)

    def _holds(self, column: Column) -> str:
        sheet = self.names[self.sheets_of[column.refers_to].name] if column.refers_to in self.sheets_of else ""
        return wording.holds(column, self.lang, sheet)

    # --- cells --------------------------------------------------------------------------------------------------------

    def _heading(self, page: Any, schema: TableSchema, column: Column) -> Any:
        lang = self.lang
        cell = self._head(page, column.titles[lang] + (" *" if column.required else ""))
        if not column.required:
            cell.fill, cell.font = _LIGHT, Font(bold=True, color="14504A")
        lines = [wording.REQUIRED[lang]] if column.required else []
        lines += [self._holds(column), *rules(schema, column, lang)]
        cell.comment = Comment("\n\n".join(lines), wording.HOUSE, height=180, width=340)
        return cell

    def _head(self, page: Any, text: str) -> Any:
        cell = self._text(page, text)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _DARK
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def _bold(self, page: Any, text: str) -> Any:
        cell = self._text(page, text)
        cell.font = Font(bold=True)
        return cell

    def _wrapped(self, page: Any, text: str) -> Any:
        cell = self._text(page, text)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        return cell

    def _example(self, page: Any, text: str) -> Any:
        if not text:
            return None
        cell = self._text(page, EXAMPLE[self.lang] + text)
        cell.font, cell.fill = Font(italic=True, color="595959"), _GREY
        return cell

    def _value(self, page: Any, column: Column, text: str) -> Any:
        if not text:
            return None
        if column.datatype in _NUMBERS and _exact_number(text):
            return WriteOnlyCell(page, value=float(text) if "." in text else int(text))
        return self._text(page, text)

    def _text(self, page: Any, text: str) -> Any:
        if not text:
            return None
        cell = WriteOnlyCell(page, value=text[:LONGEST])
        cell.data_type = "s"
        cell.number_format = "@"
        cell.quotePrefix = text.startswith(("=", "+", "-", "@"))
        return cell


def sheet_names(schemas: Iterable[TableSchema], lang: str) -> Mapping[str, str]:
    """What the sheet of each layout is called: its title, where a sheet can be called so and no other is."""
    found: dict[str, str] = {}
    taken = {text.casefold() for text in (wording.GUIDE[lang], wording.LISTS[lang], wording.OTHER[lang])}
    for schema in schemas:
        title = schema.titles[lang]
        possible = len(title) <= _NAME and not set(title) & set("[]:*?/\\'") and title.casefold() not in taken
        found[schema.name] = title if possible else schema.name
        taken.add(found[schema.name].casefold())
    return found


def range_name(kind: str) -> str:
    """The name of the range of all things of a kind."""
    return f"cg_{kind}"


def partial_date_formula(cell: str) -> str:
    """A formula that is true for a year, a month or a day as text, and for a day that is one for the program. Excel
    takes no more than 255 characters here."""
    digits = f'ISNUMBER(VALUE(SUBSTITUTE(SUBSTITUTE({cell},"-",""),".","")))'
    forms = (
        f"LEN({cell})=4",
        f'AND(LEN({cell})=7,MID({cell},5,1)="-")',
        f'AND(LEN({cell})=10,MID({cell},8,1)="-")',
        f'MID({cell},LEN({cell})-4,1)="."',
    )
    return f"OR(ISNUMBER({cell}),IF(LEN({cell})<4,FALSE,AND(OR({','.join(forms)}),{digits})))"


def statement_cells(value: str) -> Sequence[str]:
    """A term in N-Triples as cells: without characters that a sheet cannot hold, and no longer than a cell."""
    text = "".join(c if c.isprintable() else _escaped(c) for c in value).replace("_x", "\\u005Fx")
    size = LONGEST - 2 * len(_BLANK)
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    # Readers remove blanks around a cell.
    return [re.sub("^ | $", lambda _: _BLANK, piece) for piece in pieces]


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04X}" if code < 0x10000 else f"\\U{code:08X}"


def _exact_number(text: str) -> bool:
    """Whether a number in a cell is read back as the same text."""
    if "." in text:
        return len(text) <= 15 and repr(float(text)) == text and not float(text).is_integer()
    return len(text.lstrip("-")) <= 15 and str(int(text)) == text


def _quoted(sheet: str) -> str:
    return "'" + sheet.replace("'", "''") + "'"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
