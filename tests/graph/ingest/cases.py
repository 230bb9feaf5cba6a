"""One faulty file for each rule of ``graph.ingest.messages``, and the one report row that was approved for it."""

from __future__ import annotations

from dataclasses import dataclass

#: Sound files that stand beside each faulty one, unless it has the same name.
ORGANISATIONS = (
    "id,name,kind\nblue-house,Blue House,organisation\nred-house,Red House,organisation\n"
    "twin-1,Twin House,organisation\ntwin-2,Twin House,organisation\n"
)
EVENTS = "id,name,kind\nmeeting-1,First meeting,meeting\n"
DOCUMENTS = "id,name\nreport,Report\n"


@dataclass(frozen=True)
class Case:
    """``data`` is the file; the rest is what the report says about it."""

    rule: str
    file: str
    data: str | bytes
    row: int
    column: str
    value: str
    nearest: str
    en: str
    ru: str


CASES = (
    Case(
        rule="empty-file",
        file="people.csv",
        data="\ufeff \n",
        row=1,
        column="",
        value="",
        nearest="",
        en="The file is empty: the first row must hold the column headings.",
        ru="Файл пуст: в первой строке должны быть заголовки столбцов.",
    ),
    Case(
        rule="no-rows",
        file="people.csv",
        data="id,name\n",
        row=1,
        column="",
        value="",
        nearest="",
        en="The table has headings and no rows.",
        ru="В таблице есть заголовки, но нет строк.",
    ),
    Case(
        rule="unknown-format",
        file="people.pdf",
        data=b"x",
        row=1,
        column="",
        value=".pdf",
        nearest="",
        en="“.pdf” is no format that can be read. Known are: .csv, .gz, .jsonld, .n3, .nq, .nt, .ods, .owl, .rdf, "
        ".trig, .tsv, .ttl, .xls, .xlsb, .xlsm, .xlsx, .xml.",
        ru="«.pdf» - неизвестный формат. Поддерживаются: .csv, .gz, .jsonld, .n3, .nq, .nt, .ods, .owl, .rdf, "
        ".trig, .tsv, .ttl, .xls, .xlsb, .xlsm, .xlsx, .xml.",
    ),
    Case(
        rule="nul-byte",
        file="people.csv",
        data=b"id,name\nanna,An\x00na\n",
        row=2,
        column="",
        value="",
        nearest="",
        en="Row 2 holds a NUL byte: the file is damaged or no text.",
        ru="В строке 2 есть нулевой байт: файл повреждён или это не текст.",
    ),
    Case(
        rule="unclosed-quote",
        file="people.csv",
        data='id,name\nanna,"Anna\nboris,Boris\n',
        row=2,
        column="",
        value="",
        nearest="",
        en="A quotation mark that opens in row 2 is never closed.",
        ru="Кавычка, открытая в строке 2, нигде не закрыта.",
    ),
    Case(
        rule="bad-quote",
        file="people.csv",
        data='id,name\nanna,"Anna" Blue\n',
        row=2,
        column="",
        value="",
        nearest="",
        en="Row 2 has text after a closing quotation mark. Double the quotation marks inside of a cell.",
        ru="В строке 2 после закрывающей кавычки есть текст. Внутри ячейки кавычки удваиваются.",
    ),
    Case(
        rule="cell-too-long",
        file="people.csv",
        data="id,name\nanna," + "a" * 140_000,
        row=2,
        column="",
        value="",
        nearest="",
        en="Row 2 has a cell of more than 131072 characters.",
        ru="В строке 2 есть ячейка длиннее 131072 знаков.",
    ),
    Case(
        rule="unknown-table",
        file="peeple.csv",
        data="shoe,size\nleft,42\n",
        row=1,
        column="",
        value="peeple",
        nearest="people",
        en="“peeple” is no table that we know, and its headings do not tell which one is meant.",
        ru="Таблица «peeple» неизвестна, и по заголовкам нельзя понять, какая имеется в виду.",
    ),
    Case(
        rule="wrong-table",
        file="talks.csv",
        data="id,name,kind\ngreen-house,Green House,organisation\n",
        row=1,
        column="",
        value="talks",
        nearest="organisations",
        en="The file is called “talks”, but its headings are those of the table “organisations”.",
        ru="Файл называется «talks», но заголовки в нём от таблицы «organisations».",
    ),
    Case(
        rule="missing-column",
        file="engagements.csv",
        data="organisations,places\nBlue House,Armenia\n",
        row=1,
        column="themes",
        value="",
        nearest="themes",
        en="The table “Engagements” needs a column “Themes”.",
        ru="В таблице «Участие» нужен столбец «Темы».",
    ),
    Case(
        rule="unknown-column",
        file="engagements.csv",
        data="organisations,themes,plases\nBlue House,deinstitutionalisation,Armenia\n",
        row=1,
        column="plases",
        value="plases",
        nearest="places",
        en="The table “Engagements” has no column “plases”; what stands in it would be lost.",
        ru="В таблице «Участие» нет столбца «plases»; его содержимое было бы потеряно.",
    ),
    Case(
        rule="column-without-heading",
        file="people.csv",
        data="id,name,\nanna,Anna,blue eyes\n",
        row=1,
        column="",
        value="3",
        nearest="",
        en="Column 3 has cells and no heading; what stands in it would be lost.",
        ru="В столбце 3 есть данные, но нет заголовка; они были бы потеряны.",
    ),
    Case(
        rule="duplicate-column",
        file="people.csv",
        data="id,name,Название\nanna,Anna,Анна\n",
        row=1,
        column="Название",
        value="Название",
        nearest="",
        en="The headings “Название” and “name” mean the same column “Name”.",
        ru="Заголовки «Название» и «name» обозначают один и тот же столбец «Название».",
    ),
    Case(
        rule="too-many-cells",
        file="people.csv",
        data="id,name\nanna,Anna,Blue\n",
        row=2,
        column="",
        value="Blue",
        nearest="",
        en="The row has 3 cells, the table has 2 columns; “Blue” stands outside of them.",
        ru="В строке ячеек: 3, а столбцов в таблице: 2; «Blue» стоит вне столбцов.",
    ),
    Case(
        rule="duplicate-record",
        file="people.csv",
        data="id,name\nanna,Anna\nanna,Anna Blue\n",
        row=3,
        column="id",
        value="anna",
        nearest="",
        en="“anna” is already described in people.csv, row 2.",
        ru="«anna» уже описано: people.csv, строка 2.",
    ),
    Case(
        rule="required",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,,deinstitutionalisation,Armenia,,\n",
        row=2,
        column="organisations",
        value="",
        nearest="",
        en="“Organisations” must not be empty.",
        ru="Ячейка «Организации» не должна быть пустой.",
    ),
    Case(
        rule="needs-column",
        file="engagements.csv",
        data="organisations,themes,quote\nBlue House,deinstitutionalisation,a phrase\n",
        row=2,
        column="document",
        value="",
        nearest="",
        en="“Quotation” is filled in, so “Document” must be filled in too.",
        ru="Ячейка «Цитата» заполнена, поэтому нужно заполнить и «Документ».",
    ),
    Case(
        rule="end-before-start",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,Blue House,deinstitutionalisation,Armenia,2010-05,2009\n",
        row=2,
        column="end",
        value="2009",
        nearest="2010-05",
        en="“End” (2009) is before “Start” (2010-05).",
        ru="«Окончание» (2009) раньше, чем «Начало» (2010-05).",
    ),
    Case(
        rule="bad-date",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,Blue House,deinstitutionalisation,Armenia,32.13.2010,\n",
        row=2,
        column="start",
        value="32.13.2010",
        nearest="2010-12-31",
        en="“32.13.2010” is no date. Write 2010, 2010-05, 2010-05-11 or 11.05.2010.",
        ru="«32.13.2010» - не дата. Пишите 2010, 2010-05, 2010-05-11 или 11.05.2010.",
    ),
    Case(
        rule="ambiguous-date",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,Blue House,deinstitutionalisation,Armenia,11/05/2010,\n",
        row=2,
        column="start",
        value="11/05/2010",
        nearest="2010-05-11",
        en="“11/05/2010” can be read as 2010-05-11 or as 2010-11-05. Write 2010, 2010-05, 2010-05-11 or 11.05.2010.",
        ru=(
            "«11/05/2010» можно понять как 2010-05-11 и как 2010-11-05. Пишите 2010, 2010-05, "
            "2010-05-11 или 11.05.2010."
        ),
    ),
    Case(
        rule="bad-boolean",
        file="statements.csv",
        data="id,kind,text,event,hedged\ns1,priority,More ramps,meeting-1,ture\n",
        row=2,
        column="hedged",
        value="ture",
        nearest="true",
        en="“ture” is neither true nor false.",
        ru="«ture» - это не true (да) и не false (нет).",
    ),
    Case(
        rule="bad-integer",
        file="events.csv",
        data="id,name,kind,number\nautumn,Autumn meeting,meeting,3.0\n",
        row=2,
        column="number",
        value="3.0",
        nearest="3",
        en="“3.0” is no whole number from 0 on.",
        ru="«3.0» - не целое неотрицательное число.",
    ),
    Case(
        rule="bad-decimal",
        file="observations.csv",
        data='indicator,place,value\nChildren,Armenia,"12,5"\n',
        row=2,
        column="value",
        value="12,5",
        nearest="12.5",
        en="“12,5” is no number. Write digits with a point before the decimals, as in 12.5.",
        ru="«12,5» - не число. Пишите цифры с точкой перед дробной частью, например 12.5.",
    ),
    Case(
        rule="bad-slug",
        file="people.csv",
        data="id,name\nAnna Blue,Anna Blue\n",
        row=2,
        column="id",
        value="Anna Blue",
        nearest="anna-blue",
        en="“Anna Blue” is no code: only the letters a to z, digits and single hyphens between them.",
        ru="«Anna Blue» не годится как код: допустимы строчные латинские буквы, цифры и одиночные дефисы между ними.",
    ),
    Case(
        rule="bad-sha256",
        file="documents.csv",
        data="id,name,sha256\nreport,Report,abc\n",
        row=2,
        column="sha256",
        value="abc",
        nearest="",
        en="“abc” is no SHA-256: 64 digits 0 to 9, a to f.",
        ru="«abc» - не SHA-256: нужно 64 знака из 0-9 и a-f.",
    ),
    Case(
        rule="bad-language",
        file="documents.csv",
        data="id,name,language\nreport,Report,english language\n",
        row=2,
        column="language",
        value="english language",
        nearest="en",
        en="“english language” is no language code such as en, ru or sr-Latn.",
        ru="«english language» - не код языка, такой как en, ru или sr-Latn.",
    ),
    Case(
        rule="bad-address",
        file="documents.csv",
        data="id,name,url\nreport,Report,www.example.org/report\n",
        row=2,
        column="url",
        value="www.example.org/report",
        nearest="https://www.example.org/report",
        en="“www.example.org/report” is no web address that begins with http:// or https://.",
        ru="«www.example.org/report» - не адрес в сети, начинающийся с http:// или https://.",
    ),
    Case(
        rule="bad-value",
        file="organisations-2.csv",
        data="id,name,kind\ngreen-house,Green House,organization\n",
        row=2,
        column="kind",
        value="organization",
        nearest="organisation",
        en="“organization” is not allowed in “Kind”. Allowed are: organisation, unit, network, group.",
        ru="«organization» нельзя указать в столбце «Вид». Можно: organisation, unit, network, group.",
    ),
    Case(
        rule="unknown-reference",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,Blue House,deinstitutonalisatoin,Armenia,,\n",
        row=2,
        column="themes",
        value="deinstitutonalisatoin",
        nearest="deinstitutionalisation",
        en="No theme is called “deinstitutonalisatoin”.",
        ru="Среди тем нет «deinstitutonalisatoin».",
    ),
    Case(
        rule="ambiguous-reference",
        file="engagements.csv",
        data="id,organisations,themes,places,start,end\n,Twin House,deinstitutionalisation,Armenia,,\n",
        row=2,
        column="organisations",
        value="Twin House",
        nearest="",
        en=(
            "“Twin House” is the name of several things: Twin House (twin-1); Twin House (twin-2). "
            "Write the code of the one you mean."
        ),
        ru=(
            "«Twin House» - название нескольких записей: Twin House (twin-1); Twin House (twin-2). "
            "Укажите код той, которая имеется в виду."
        ),
    ),
    Case(
        rule="unknown-record",
        file="evidence.csv",
        data="record,document,quote,quote_start,quote_end\norganisation/blue-hause,report,a phrase,10,18\n",
        row=2,
        column="record",
        value="organisation/blue-hause",
        nearest="organisation/blue-house",
        en="There is no record “organisation/blue-hause” to which the quotation could be added.",
        ru="Нет записи «organisation/blue-hause», к которой можно было бы добавить цитату.",
    ),
    Case(
        rule="not-data",
        file="guide.csv",
        data="How to fill it in,Common Ground,[not data]\nOne row is one record,,\n",
        row=1,
        column="",
        value="guide.csv",
        nearest="",
        en="The sheet “guide.csv” of our template explains or lists; it holds no data and was not read as such.",
        ru="Лист «guide.csv» нашего шаблона поясняет или перечисляет; данных в нём нет, и как данные он не прочитан.",
    ),
    Case(
        rule="example-row",
        file="people.csv",
        data="id,name,as_of\n[example] example-person,[example] Example Person,\nboris,Boris,2010\n",
        row=2,
        column="",
        value="",
        nearest="",
        en="Rows that are examples of our template were not read: 2.",
        ru="Строки-примеры из нашего шаблона не прочитаны: 2.",
    ),
    Case(
        rule="example-left",
        file="people.csv",
        data="id,name\nboris,[пример] Пример Примеров\n",
        row=2,
        column="name",
        value="[пример] Пример Примеров",
        nearest="",
        en=(
            "“[пример] Пример Примеров” is still the example of our template, while other cells of the row were filled "
            "in. Write your own value, or empty the cell."
        ),
        ru=(
            "«[пример] Пример Примеров» - всё ещё пример из нашего шаблона, хотя другие ячейки строки заполнены. "
            "Впишите своё значение или очистите ячейку."
        ),
    ),
    Case(
        rule="unreadable-statement",
        file="stays.csv",
        data="[stays as it is],Record,Property,Value\n,<https://example.org/a>,is about,theatre\n",
        row=2,
        column="",
        value="<https://example.org/a> is about theatre .",
        nearest="",
        en=(
            "This row is no statement as the export wrote it. Leave the rows of this sheet as they are, or delete them "
            "whole."
        ),
        ru=(
            "Это не то утверждение, которое было выгружено. Оставьте строки этого листа как есть или удаляйте их "
            "целиком."
        ),
    ),
    Case(
        rule="statement-gone",
        file="stays.csv",
        data='[остаётся как есть],a,b,c\n,<https://example.org/a>,<https://example.org/b>,"""c"""\n',
        row=2,
        column="",
        value='<https://example.org/a> <https://example.org/b> "c" .',
        nearest="",
        en=(
            'The source does not say this any more: “<https://example.org/a> <https://example.org/b> "c" .”. '
            "This sheet only keeps what is there; nothing was added."
        ),
        ru=(
            'Источник этого больше не утверждает: «<https://example.org/a> <https://example.org/b> "c" .». '
            "Этот лист только сохраняет имеющееся; ничего не добавлено."
        ),
    ),
)
