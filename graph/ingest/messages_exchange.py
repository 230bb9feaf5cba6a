"""Sentences about the formats in which programs exchange data: XML, IATI, RDF. Part of ``messages.SENTENCES``."""

from __future__ import annotations

from collections.abc import Mapping

#: rule -> (English, Russian)
OF_EXCHANGE: Mapping[str, tuple[str, str]] = {
    # XML and IATI
    "empty-xml": (
        "The file is empty, or holds no XML element. Send it again.",
        "Файл пуст или не содержит элементов XML. Отправьте его заново.",
    ),
    "damaged-xml": (
        "The file is no well-formed XML from line {row}, position {position} on ({reason}). It may have been cut off: "
        "get it again from where it was made.",
        "Со строки {row}, позиции {position}, файл - не правильный XML ({reason}). Возможно, он обрезан: получите его "
        "заново из источника.",
    ),
    "xml-encoding": (
        "The file names an encoding that is none, or is not in the one that it names. Save it as UTF-8.",
        "В файле указана несуществующая кодировка или не та, в которой он записан. Сохраните его в UTF-8.",
    ),
    "entities-in-xml": (
        "Line {row} defines or uses an entity of the file's own. Such files are not read, since a few lines of them "
        "can stand for any amount of text. Save it without a DOCTYPE, with the texts themselves.",
        "В строке {row} определена или использована собственная сущность (entity). Такие файлы не читаются: несколько "
        "строк могут обозначать сколько угодно текста. Сохраните файл без DOCTYPE, с самими текстами.",
    ),
    "xml-too-deep": (
        "In line {row} elements are nested more than {limit} deep; no honest file is. Make the file anew.",
        "В строке {row} вложенность элементов больше {limit}; так не бывает в обычных файлах. Создайте файл заново.",
    ),
    "xml-too-many": (
        "By line {row} a single record has more than {limit} elements. Split it, or leave out what is not needed.",
        "К строке {row} в одной записи больше {limit} элементов. Разделите её или уберите лишнее.",
    ),
    "xml-of-something-else": (
        "This is XML with the root element “{root}”, and no IATI activity file, which begins with “iati-activities”. "
        "Export the data as IATI activities, as RDF, or as a table.",
        "Это XML с корневым элементом «{root}», а не файл мероприятий IATI, который начинается с «iati-activities». "
        "Выгрузите данные как мероприятия IATI, как RDF или как таблицу.",
    ),
    "iati-organisations": (
        "This is an IATI organisation file: it tells the budgets of organisations and nothing of who works on what "
        "where. Bring the publisher's activity file, which begins with “iati-activities”.",
        "Это файл организаций IATI: в нём бюджеты организаций, но не сказано, кто, чем и где занимается. Возьмите "
        "файл мероприятий того же издателя, который начинается с «iati-activities».",
    ),
    "iati-without-activities": (
        "The file is an IATI activity file and holds no activity.",
        "Это файл мероприятий IATI, в котором нет ни одного мероприятия.",
    ),
    "iati-no-version": (
        "The file does not say which version of the IATI standard it follows. Each activity was read as 2.0x where "
        "its title stands in a narrative element, and as 1.0x otherwise.",
        "В файле не указана версия стандарта IATI. Мероприятие прочитано как 2.0x, если его название стоит в элементе "
        "narrative, иначе как 1.0x.",
    ),
    "iati-version": (
        "“{value}” is no version of the IATI standard that we know; the file was read as the one that it looks like. "
        "Known are: {known}.",
        "«{value}» - неизвестная версия стандарта IATI; файл прочитан как та, на которую похож. Известны: {known}.",
    ),
    "iati-dates-differ": (
        "The text of a date says “{value}” and its iso-date {date}; the iso-date was taken, the text is kept beside "
        "it. Dates of this kind: {count}.",
        "Текст даты «{value}» расходится с iso-date {date}; взята iso-date, текст сохранён рядом. Таких дат: {count}.",
    ),
    "iati-from-transactions": (
        "Activities whose sectors, countries or regions stand with their transactions alone: {count}. They were taken "
        "from there, each once and without a percentage.",
        "Мероприятий, у которых секторы, страны или регионы указаны только в операциях: {count}. Они взяты оттуда, "
        "каждый по одному разу и без процентов.",
    ),
    "iati-personal": (
        "Details of contact persons (name, position, telephone, e-mail, address) are personal data and were not taken "
        "over: {count}.",
        "Сведения о контактных лицах (имя, должность, телефон, эл. почта, адрес) - персональные данные и не "
        "перенесены: {count}.",
    ),
    "iati-not-held": (
        "Not taken over, since no column holds it (how often): {names}. The file itself is kept as it came.",
        "Не перенесено, так как для этого нет столбца (сколько раз): {names}. Сам файл хранится в исходном виде.",
    ),
    # RDF
    "empty-rdf": (
        "The file is empty. Send it again.",
        "Файл пуст. Отправьте его заново.",
    ),
    "rdf-syntax": (
        "Line {row}, position {position}: this is no {syntax} ({reason}). Correct it there, or save the file anew.",
        "Строка {row}, позиция {position}: это не {syntax} ({reason}). Исправьте там или сохраните файл заново.",
    ),
    "rdf-bad-iri": (
        "Line {row}, position {position}: an address (IRI) is written wrongly ({reason}). Blanks and other odd "
        "characters in it are written as %20 and the like.",
        "Строка {row}, позиция {position}: адрес (IRI) записан неправильно ({reason}). Пробелы и другие особые знаки "
        "в нём пишутся как %20 и т. п.",
    ),
    "rdf-not-utf8": (
        "Line {row} is not in UTF-8, in which RDF is written. Save the file as UTF-8.",
        "Строка {row} не в UTF-8, а RDF записывается в этой кодировке. Сохраните файл в UTF-8.",
    ),
    "rdf-remote-context": (
        "The file needs a context from elsewhere ({value}); nothing is fetched. Put the context into the file, or "
        "save it as expanded JSON-LD or Turtle.",
        "Файлу нужен контекст с другого адреса ({value}); ничего не загружается. Вставьте контекст в файл или "
        "сохраните его как развёрнутый JSON-LD или Turtle.",
    ),
    "rdf-too-deep": (
        "In line {row} something is nested more than {limit} deep; no honest file is. Make the file anew.",
        "В строке {row} вложенность больше {limit}; так не бывает в обычных файлах. Создайте файл заново.",
    ),
    "rdf-too-many": (
        "By line {row} the file has more than {limit} statements. Split it into several sources.",
        "К строке {row} в файле больше {limit} утверждений. Разделите его на несколько источников.",
    ),
    "rdf-circle": (
        "Nodes without an address refer to each other in a circle and cannot be told apart. Give them addresses "
        "(IRIs).",
        "Узлы без адреса ссылаются друг на друга по кругу и неразличимы. Дайте им адреса (IRI).",
    ),
    "rdf-other-syntax": (
        "The file is written in {syntax}, although its name says {other}; it was read all the same.",
        "Файл записан в {syntax}, хотя по имени это {other}; он тоже прочитан.",
    ),
    "rdf-nothing": (
        "The file states nothing.",
        "В файле нет утверждений.",
    ),
    "rdf-no-lines": (
        "Rows of this file are its things in their order, since several of them stand in a line or its syntax has no "
        "lines.",
        "Строки этого файла - его вещи по порядку: несколько из них стоят в одной строке или в его синтаксисе нет "
        "строк.",
    ),
    "rdf-triple": (
        "Statements about statements (RDF 1.2) cannot be kept and were left out: {count}.",
        "Утверждения об утверждениях (RDF 1.2) не сохраняются и пропущены: {count}.",
    ),
    "rdf-formula": (
        "What stands in braces (N3 formulas, rules) is quoted and not said; left out: {count} statements.",
        "Записанное в фигурных скобках (формулы и правила N3) цитируется, а не утверждается; пропущено утверждений: "
        "{count}.",
    ),
    "rdf-properties": (
        "{count} statements were not taken over, since nothing here holds them. Their properties (how often): "
        "{names}. The file itself is kept as it came.",
        "Не перенесено утверждений: {count}; для них здесь нет места. Их свойства (сколько раз): {names}. Сам файл "
        "хранится в исходном виде.",
    ),
    "rdf-classes": (
        "Not taken over, since nothing here holds things of these kinds (how often): {names}. The file itself is kept "
        "as it came.",
        "Не перенесены вещи, для которых здесь нет места; их классы (сколько раз): {names}. Сам файл хранится в "
        "исходном виде.",
    ),
    "rdf-known": (
        "Statements of our own lists and vocabulary, known already and left out: {count}.",
        "Утверждения наших списков и словаря уже известны и пропущены: {count}.",
    ),
    "rdf-reference": (
        "Statements about themes, places and codes of our own lists, which a source cannot change, were left out: "
        "{count}. To say something of your own, use a theme or place with your own address and match it to ours.",
        "Пропущены утверждения о темах, местах и кодах наших списков, которые источник менять не может: {count}. "
        "Чтобы сказать своё, заведите тему или место со своим адресом и укажите соответствие нашим.",
    ),
    "rdf-unknown-place": (
        "It is not certain which place “{value}” is (times: {count}); it was left out. Name the country as in the "
        "list of places, or by its two-letter code.",
        "Неясно, какое место - «{value}» (раз: {count}); оно пропущено. Назовите страну как в списке мест или её "
        "двухбуквенным кодом.",
    ),
    "rdf-unknown-theme": (
        "The file does not say what {value} is called (times: {count}); it was left out. Add its name "
        "(skos:prefLabel).",
        "В файле не сказано, как называется {value} (раз: {count}); тема пропущена. Добавьте её название "
        "(skos:prefLabel).",
    ),
    "rdf-no-organisation": (
        "“{value}” names no organisation (times: {count}); it was left out.",
        "«{value}» не называет организацию (раз: {count}); пропущено.",
    ),
    "rdf-bad-date": (
        "“{value}” is no date (times: {count}); it was left out. Write 2010, 2010-05 or 2010-05-11.",
        "«{value}» - не дата (раз: {count}); пропущено. Пишите 2010, 2010-05 или 2010-05-11.",
    ),
    "rdf-dangling": (
        "References to things that neither the files nor the data describe were left out. Properties (how often): "
        "{names}. Bring the files that describe them as well.",
        "Пропущены ссылки на вещи, не описанные ни в файлах, ни в данных. Свойства (сколько раз): {names}. Добавьте и "
        "те файлы, где они описаны.",
    ),
    "rdf-incomplete": (
        "Records that could not be made, since something that they need is missing (how often): {names}.",
        "Не созданы записи, которым не хватает необходимого (сколько раз): {names}.",
    ),
    "rdf-no-day": (
        "{count} engagements have no date, so nobody can tell whether they still hold. Bring the files again "
        "and say for which day they are true (--as-of).",
        "У записей об участии ({count}) нет даты, и неизвестно, действуют ли они. Загрузите файлы "
        "снова и укажите, на какой день они верны (--as-of).",
    ),
    "rdf-unknown-status": (
        "“{value}” is no state of a project that we know (times: {count}); it was left out. Write one of the IATI "
        "list, such as “Implementation”.",
        "«{value}» - неизвестное состояние проекта (раз: {count}); пропущено. Напишите состояние из списка IATI, "
        "например «Implementation».",
    ),
}
