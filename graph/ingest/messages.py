"""Every sentence that ingestion says about a fault, in English and in Russian. One rule, one pair.

A sentence names the value and the rule; where it happened is in the ``CellRef``, what to write instead in
``nearest``. ``{value}``, ``{column}`` ... are filled in as plain text.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.ingest.messages_exchange import OF_EXCHANGE
from graph.ingest.messages_recipes import OF_RECIPES
from graph.model import CellRef, Severity, ValidationResult

#: rule -> (English, Russian)
SENTENCES: Mapping[str, tuple[str, str]] = {
    **OF_RECIPES,
    # Files
    "empty-file": (
        "The file is empty: the first row must hold the column headings.",
        "Файл пуст: в первой строке должны быть заголовки столбцов.",
    ),
    "no-rows": (
        "The table has headings and no rows.",
        "В таблице есть заголовки, но нет строк.",
    ),
    "unknown-format": (
        "“{value}” is no format that can be read. Known are: {known}.",
        "«{value}» - неизвестный формат. Поддерживаются: {known}.",
    ),
    "encoding-guessed": (
        "Nothing in the file says how its letters are encoded; it was read as {encoding}. Look whether names with "
        "special letters are right; if not, save it as “CSV UTF-8”.",
        "В файле не указана кодировка; он прочитан как {encoding}. Проверьте, правильно ли выглядят буквы; если нет, "
        "сохраните его как «CSV UTF-8».",
    ),
    "mixed-encodings": (
        "Row {row} is in another encoding than the rest of the file, so its letters cannot be told. Correct the row, "
        "or save the file as “CSV UTF-8” from where it was made.",
        "Строка {row} в другой кодировке, чем остальной файл, и её буквы не определить. Исправьте строку или сохраните "
        "исходный файл как «CSV UTF-8».",
    ),
    "damaged-text": (
        "The file is no text in any encoding that we know. Save it as “CSV UTF-8”.",
        "Файл не является текстом ни в одной известной кодировке. Сохраните его как «CSV UTF-8».",
    ),
    "damaged-archive": (
        "The packed file is damaged and cannot be unpacked. Send it again, or send it unpacked.",
        "Сжатый файл повреждён и не распаковывается. Отправьте его заново или без сжатия.",
    ),
    "packed-twice": (
        "The packed file holds another packed file. Unpack it and send what is in it.",
        "В сжатом файле лежит ещё один сжатый файл. Распакуйте его и отправьте содержимое.",
    ),
    "file-too-large": (
        "The file holds more than {limit} MB. Split it into several.",
        "В файле больше {limit} МБ. Разделите его на части.",
    ),
    "html-table": (
        "This is a web page, whatever its name says. Open it in a spreadsheet program and save it as .xlsx.",
        "Это веб-страница, несмотря на имя файла. Откройте её в табличном редакторе и сохраните как .xlsx.",
    ),
    "too-many-columns": (
        "Row {row} has more than {limit} columns. Remove those that hold nothing of use.",
        "В строке {row} больше {limit} столбцов. Удалите ненужные.",
    ),
    "control-character": (
        "The cell holds a character that cannot be shown ({code}); delete it.",
        "В ячейке есть непечатаемый знак ({code}); удалите его.",
    ),
    "decimal-comma": (
        "The numbers of this column have a decimal comma, as in {value}.",
        "В числах этого столбца десятичная запятая, например {value}.",
    ),
    "rows-above-headings": (
        "Row {rows} stands above the headings in row {heading} and is no part of the table: “{value}”.",
        "Строка {rows} стоит над заголовками (строка {heading}) и не входит в таблицу: «{value}».",
    ),
    "no-workbook": (
        "This is no workbook, whatever its name says. Save it as .xlsx, .ods or “CSV UTF-8”.",
        "Это не книга электронных таблиц, несмотря на имя файла. Сохраните её как .xlsx, .ods или «CSV UTF-8».",
    ),
    "damaged-workbook": (
        "The workbook is damaged. Open it in a spreadsheet program and save it anew.",
        "Файл книги повреждён. Откройте его в табличном редакторе и сохраните заново.",
    ),
    "password": (
        "The workbook is protected by a password. Save a copy without one.",
        "Книга защищена паролем. Сохраните копию без пароля.",
    ),
    "packed-too-much": (
        "The workbook would unpack to far more than a table of its size holds (more than {limit} MB, or nothing but "
        "repetition). Save it anew, with the sheets that are needed.",
        "При распаковке книга оказалась бы несоразмерно велика (более {limit} МБ или одни повторения). Сохраните её "
        "заново, только с нужными листами.",
    ),
    "entities-in-workbook": (
        "The workbook holds definitions that no spreadsheet program writes; it is not read. Save it anew.",
        "В книге есть определения, которых не пишет ни один табличный редактор; она не читается. Сохраните её заново.",
    ),
    "sheet-too-large": (
        "A sheet reaches to row {rows} and column {columns}: more than {cells} cells. Delete the empty rows and "
        "columns at its end, or split it.",
        "Лист доходит до строки {rows} и столбца {columns}: больше {cells} ячеек. Удалите пустые строки и столбцы в "
        "конце или разделите лист.",
    ),
    "macros": (
        "The workbook holds macros; they are not run.",
        "В книге есть макросы; они не выполняются.",
    ),
    "hidden-sheet": (
        "The sheet “{value}” is hidden; it was read all the same.",
        "Лист «{value}» скрыт; он тоже прочитан.",
    ),
    "hidden-rows": (
        "Hidden rows were read too: {rows}.",
        "Скрытые строки тоже прочитаны: {rows}.",
    ),
    "hidden-columns": (
        "Hidden columns were read too: {count}.",
        "Скрытые столбцы тоже прочитаны: {count}.",
    ),
    "merged-cells": (
        "Merged cells: {count}. Each cell of a merged range was given its value: {places}.",
        "Объединённых диапазонов: {count}. Значение записано в каждую их ячейку: {places}.",
    ),
    "formula-error": (
        "The formula of this cell gives an error ({value}). Correct the formula, or write the value.",
        "Формула в ячейке даёт ошибку ({value}). Исправьте формулу или впишите значение.",
    ),
    "formula-without-value": (
        "The file does not hold the value of this cell's formula; the cell counts as empty. Open the file in a "
        "spreadsheet program and save it.",
        "В файле нет значения формулы этой ячейки; ячейка считается пустой. Откройте файл в табличном редакторе и "
        "сохраните его.",
    ),
    "not-data": (
        "The sheet “{value}” of our template explains or lists; it holds no data and was not read as such.",
        "Лист «{value}» нашего шаблона поясняет или перечисляет; данных в нём нет, и как данные он не прочитан.",
    ),
    "example-row": (
        "Rows that are examples of our template were not read: {rows}.",
        "Строки-примеры из нашего шаблона не прочитаны: {rows}.",
    ),
    "example-left": (
        "“{value}” is still the example of our template, while other cells of the row were filled in. Write your own "
        "value, or empty the cell.",
        "«{value}» - всё ещё пример из нашего шаблона, хотя другие ячейки строки заполнены. Впишите своё значение или "
        "очистите ячейку.",
    ),
    "unreadable-statement": (
        "This row is no statement as the export wrote it. Leave the rows of this sheet as they are, or delete them "
        "whole.",
        "Это не то утверждение, которое было выгружено. Оставьте строки этого листа как есть или удаляйте их целиком.",
    ),
    "statement-gone": (
        "The source does not say this any more: “{value}”. This sheet only keeps what is there; nothing was added.",
        "Источник этого больше не утверждает: «{value}». Этот лист только сохраняет имеющееся; ничего не добавлено.",
    ),
    "nul-byte": (
        "Row {row} holds a NUL byte: the file is damaged or no text.",
        "В строке {row} есть нулевой байт: файл повреждён или это не текст.",
    ),
    "unclosed-quote": (
        "A quotation mark that opens in row {row} is never closed.",
        "Кавычка, открытая в строке {row}, нигде не закрыта.",
    ),
    "bad-quote": (
        "Row {row} has text after a closing quotation mark. Double the quotation marks inside of a cell.",
        "В строке {row} после закрывающей кавычки есть текст. Внутри ячейки кавычки удваиваются.",
    ),
    "cell-too-long": (
        "Row {row} has a cell of more than {limit} characters.",
        "В строке {row} есть ячейка длиннее {limit} знаков.",
    ),
    **OF_EXCHANGE,
    # Tables
    "unknown-table": (
        "“{value}” is no table that we know, and its headings do not tell which one is meant.",
        "Таблица «{value}» неизвестна, и по заголовкам нельзя понять, какая имеется в виду.",
    ),
    "wrong-table": (
        "The file is called “{value}”, but its headings are those of the table “{other}”.",
        "Файл называется «{value}», но заголовки в нём от таблицы «{other}».",
    ),
    "missing-column": (
        "The table “{table}” needs a column “{column}”.",
        "В таблице «{table_ru}» нужен столбец «{column_ru}».",
    ),
    "unknown-column": (
        "The table “{table}” has no column “{value}”; what stands in it would be lost.",
        "В таблице «{table_ru}» нет столбца «{value}»; его содержимое было бы потеряно.",
    ),
    "column-without-heading": (
        "Column {value} has cells and no heading; what stands in it would be lost.",
        "В столбце {value} есть данные, но нет заголовка; они были бы потеряны.",
    ),
    "duplicate-column": (
        "The headings “{value}” and “{other}” mean the same column “{column}”.",
        "Заголовки «{value}» и «{other}» обозначают один и тот же столбец «{column_ru}».",
    ),
    # Rows
    "too-many-cells": (
        "The row has {cells} cells, the table has {headers} columns; “{value}” stands outside of them.",
        "В строке ячеек: {cells}, а столбцов в таблице: {headers}; «{value}» стоит вне столбцов.",
    ),
    "duplicate-record": (
        "“{value}” is already described in {file}, row {row}.",
        "«{value}» уже описано: {file}, строка {row}.",
    ),
    "required": (
        "“{column}” must not be empty.",
        "Ячейка «{column_ru}» не должна быть пустой.",
    ),
    "needs-column": (
        "“{other}” is filled in, so “{column}” must be filled in too.",
        "Ячейка «{other_ru}» заполнена, поэтому нужно заполнить и «{column_ru}».",
    ),
    "end-before-start": (
        "“{column}” ({value}) is before “{other}” ({start}).",
        "«{column_ru}» ({value}) раньше, чем «{other_ru}» ({start}).",
    ),
    # Cells
    "bad-date": (
        "“{value}” is no date. Write 2010, 2010-05, 2010-05-11 or 11.05.2010.",
        "«{value}» - не дата. Пишите 2010, 2010-05, 2010-05-11 или 11.05.2010.",
    ),
    "ambiguous-date": (
        "“{value}” can be read as {one} or as {other}. Write 2010, 2010-05, 2010-05-11 or 11.05.2010.",
        "«{value}» можно понять как {one} и как {other}. Пишите 2010, 2010-05, 2010-05-11 или 11.05.2010.",
    ),
    "bad-boolean": (
        "“{value}” is neither true nor false.",
        "«{value}» - это не true (да) и не false (нет).",
    ),
    "bad-integer": (
        "“{value}” is no whole number from 0 on.",
        "«{value}» - не целое неотрицательное число.",
    ),
    "bad-decimal": (
        "“{value}” is no number. Write digits with a point before the decimals, as in 12.5.",
        "«{value}» - не число. Пишите цифры с точкой перед дробной частью, например 12.5.",
    ),
    "bad-slug": (
        "“{value}” is no code: only the letters a to z, digits and single hyphens between them.",
        "«{value}» не годится как код: допустимы строчные латинские буквы, цифры и одиночные дефисы между ними.",
    ),
    "bad-sha256": (
        "“{value}” is no SHA-256: 64 digits 0 to 9, a to f.",
        "«{value}» - не SHA-256: нужно 64 знака из 0-9 и a-f.",
    ),
    "bad-language": (
        "“{value}” is no language code such as en, ru or sr-Latn.",
        "«{value}» - не код языка, такой как en, ru или sr-Latn.",
    ),
    "bad-address": (
        "“{value}” is no web address that begins with http:// or https://.",
        "«{value}» - не адрес в сети, начинающийся с http:// или https://.",
    ),
    "bad-value": (
        "“{value}” is not allowed in “{column}”. Allowed are: {known}.",
        "«{value}» нельзя указать в столбце «{column_ru}». Можно: {known}.",
    ),
    "unknown-reference": (
        "No {kind} is called “{value}”.",
        "Среди {kind_ru} нет «{value}».",
    ),
    "ambiguous-reference": (
        "“{value}” is the name of several things: {known}. Write the code of the one you mean.",
        "«{value}» - название нескольких записей: {known}. Укажите код той, которая имеется в виду.",
    ),
    "unknown-record": (
        "There is no record “{value}” to which the quotation could be added.",
        "Нет записи «{value}», к которой можно было бы добавить цитату.",
    ),
    "more-faults": (
        "Up to {count} more records may be at fault; they were not looked at one by one. Correct those above first: "
        "most faults repeat.",
        "Ещё не проверены по одной записи, в которых могут быть ошибки: {count}. Сначала исправьте указанные выше: "
        "ошибки обычно повторяются.",
    ),
    # What a shape says without a sentence of its own.
    "shape": (
        "The record breaks a rule of its shape.",
        "Запись нарушает правило для записей этого вида.",
    ),
}

#: What an unknown thing is called in a sentence: kind -> (English, Russian genitive plural).
KIND_WORDS: Mapping[str, tuple[str, str]] = {
    "organisation": ("organisation", "организаций"),
    "person": ("person", "людей"),
    "event": ("event", "событий"),
    "talk": ("presentation", "выступлений"),
    "project": ("project", "проектов"),
    "document": ("document", "документов"),
    "resource": ("resource", "ресурсов"),
    "collaboration": ("collaboration", "записей о сотрудничестве"),
    "theme": ("theme", "тем"),
    "place": ("place", "мест"),
    "code": ("code of this list", "кодов этого списка"),
}
_NOTHING: Mapping[str, object] = {}
#: Long cell texts are cut in a sentence; the whole value is in ``ValidationResult.value``.
_LONGEST = 80


def fault(
    rule: str,
    ref: CellRef,
    *,
    value: str = "",
    nearest: str = "",
    focus: str = "",
    severity: Severity = Severity.VIOLATION,
    words: Mapping[str, object] = _NOTHING,
) -> ValidationResult:
    """One report row with its two sentences. A rule without sentences raises KeyError: our own fault."""
    english, russian = SENTENCES[rule]
    filled = {"value": _short(value), **words}
    return ValidationResult(
        severity=severity,
        rule=rule,
        message={"en": english.format_map(filled), "ru": russian.format_map(filled)},
        ref=ref,
        value=value,
        nearest=nearest,
        focus=focus,
    )


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
