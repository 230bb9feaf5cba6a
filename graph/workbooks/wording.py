"""The sentences of our workbooks, in English and in Russian, and what a column holds, said of its layout."""

from __future__ import annotations

from collections.abc import Mapping

from graph.ingest.layout import Column
from graph.kinds import KINDS

Text = Mapping[str, str]

LANGUAGES = ("en", "ru")

GUIDE: Text = {"en": "Read this first", "ru": "Сначала прочтите"}
LISTS: Text = {"en": "Lists", "ru": "Списки"}
OTHER: Text = {"en": "Other statements", "ru": "Прочие утверждения"}
TITLE: Text = {"en": "How to fill in this workbook", "ru": "Как заполнять эту книгу"}
HOUSE = "Common Ground"

STEPS: Mapping[str, tuple[str, ...]] = {
    "en": (
        "Each sheet is one table, each row one record. Fill in the sheets you need and leave the others empty.",
        "Columns with an asterisk (*) and a dark heading must be filled in; the others may stay empty.",
        "Point at a heading to read what belongs there. Where a cell offers a list, choose from it; in cells that take "
        "several values, write them with a semicolon between them.",
        "The ID of a record is a short code of your choice: letters a to z, digits, hyphens. Other sheets name the "
        "record by it. Do not change it later: with another ID it is another record.",
        "Write days as 2010, 2010-05 or 2010-05-11, no more exactly than you know.",
        "The grey row under the headings is an example. It is never read as data, as long as all of its cells begin "
        "with {example}. You may delete it.",
        "Do not rename sheets and headings. This sheet and the sheet “{lists}” are not read.",
        "Bring the workbook back under the name of its source, on the page “Bring data” or with: commonground ingest. "
        "You see what it would change before anything is changed.",
    ),
    "ru": (
        "Каждый лист - таблица, каждая строка - запись. Заполните нужные листы, остальные оставьте пустыми.",
        "Столбцы со звёздочкой (*) и тёмным заголовком обязательны; остальные можно не заполнять.",
        "Наведите указатель на заголовок, чтобы прочитать, что сюда вписывать. Где ячейка предлагает список, выбирайте "
        "из него; где можно несколько значений, разделяйте их точкой с запятой.",
        "Код записи - короткое обозначение по вашему выбору: латинские буквы от a до z, цифры, дефисы. По нему на "
        "запись ссылаются другие листы. Не меняйте его потом: с другим кодом это другая запись.",
        "Даты пишите как 2010, 2010-05 или 2010-05-11, не точнее, чем вам известно.",
        "Серая строка под заголовками - пример. Он не читается как данные, пока все его ячейки начинаются с {example}. "
        "Её можно удалить.",
        "Не переименовывайте листы и заголовки. Этот лист и лист «{lists}» не читаются.",
        "Верните книгу под именем её источника на странице «Bring data» или командой commonground ingest. Прежде чем "
        "что-либо изменится, вы увидите, что именно.",
    ),
}
FILLED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "This workbook holds what the source “{source}” says. Bring it back under that name: unchanged, it changes "
        "nothing; an edited row changes its record; a row that you delete withdraws its record, which you are asked to "
        "confirm; a new row adds one.",
        "{rows} rows; {kept} statements that fit into no column are on the sheet “{other}” and stay as they are. Leave "
        "that sheet as it is: what you delete there is taken out of the source.",
    ),
    "ru": (
        "В книге - то, что утверждает источник «{source}». Верните её под этим именем: без правок она ничего не "
        "изменит; правка в строке изменит её запись; удалённая строка отзовёт запись, и вас попросят это подтвердить; "
        "новая строка добавит запись.",
        "Строк: {rows}; утверждений, для которых нет столбца: {kept}; они на листе «{other}» и остаются как есть. Не "
        "меняйте этот лист: что вы там удалите, будет изъято из источника.",
    ),
}
HEADINGS: Mapping[str, tuple[str, ...]] = {
    "en": ("Sheet", "Column", "Must be filled in", "What belongs there", "Example"),
    "ru": ("Лист", "Столбец", "Обязателен", "Что вписывать", "Пример"),
}
STATEMENT: Mapping[str, tuple[str, ...]] = {
    "en": ("Record", "Property", "Value"),
    "ru": ("Запись", "Свойство", "Значение"),
}
YES: Text = {"en": "yes", "ru": "да"}
REQUIRED: Text = {"en": "Must be filled in.", "ru": "Обязательно."}
KNOWN: Text = {
    "en": "An ID of the sheet “{sheet}”, or the code or name of one that is known already.",
    "ru": "Код с листа «{sheet}» либо код или название уже известной записи.",
}
CHOOSE: Text = {"en": "Choose from the list.", "ru": "Выберите из списка."}
SEVERAL: Text = {"en": "Several: separate them by “{separator}”.", "ru": "Несколько: через «{separator}»."}
EMPTY: Text = {"en": "If empty: {default}.", "ru": "Если пусто: {default}."}
DAY_OF_BATCH: Text = {"en": "the day given when the file is brought", "ru": "день, указанный при передаче файла"}
NOT_VALID: Text = {"en": "Is this right?", "ru": "Всё верно?"}

_TYPES: Mapping[str, Text] = {
    "cg:PartialDate": {
        "en": "A day, month or year: 2010-05-11, 2010-05 or 2010.",
        "ru": "День, месяц или год: 2010-05-11, 2010-05 или 2010.",
    },
    "cg:Slug": {
        "en": "A code: letters a to z, digits, hyphens.",
        "ru": "Код: латинские буквы от a до z, цифры, дефисы.",
    },
    "cg:Sha256": {"en": "64 digits 0 to 9, a to f.", "ru": "64 знака: 0-9, a-f."},
    "boolean": {"en": "true or false.", "ru": "да или нет."},
    "nonNegativeInteger": {"en": "A whole number from 0 on.", "ru": "Целое число от 0."},
    "decimal": {"en": "A number.", "ru": "Число."},
    "language": {"en": "A language code such as en or ru.", "ru": "Код языка, например en или ru."},
    "anyURI": {"en": "A web address that begins with https://", "ru": "Адрес в сети, начинающийся с https://"},
}
_TEXT: Text = {"en": "Text.", "ru": "Текст."}
_OF_LIST: Text = {"en": "One of the list “{kind}”.", "ru": "Значение из списка «{kind}»."}


def holds(column: Column, lang: str, sheet: str = "") -> str:
    """What a column takes, in sentences: of its layout's own words first. ``sheet`` is the title of the sheet whose
    records it names, if one has them."""
    found = [column.about_text.get(lang, "")]
    kind = column.refers_to
    if column.values or kind.startswith("code:"):
        found.append(CHOOSE[lang])
    elif kind and sheet:
        found.append(KNOWN[lang].format(sheet=sheet))
    elif kind:
        found.append(_OF_LIST[lang].format(kind=KINDS[kind].plural[lang]))
    else:
        found.append(_TYPES.get(column.datatype, _TEXT)[lang])
    if column.separator:
        found.append(SEVERAL[lang].format(separator=column.separator))
    if column.default:
        default = DAY_OF_BATCH[lang] if column.default == "{as_of}" else column.default
        found.append(EMPTY[lang].format(default=default))
    return " ".join(filter(None, found))
