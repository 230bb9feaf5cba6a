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
        "Это файл организаций IATI: в нём бюджеты организаций, но не сказано, кто, чем и где занимается. Возьмите файл "
        "мероприятий того же издателя, который начинается с «iati-activities».",
    ),
    "iati-without-activities": (
        "The file is an IATI activity file and holds no activity.",
        "Это файл мероприятий IATI, в котором нет ни одного мероприятия.",
    ),
    "iati-no-version": (
        "The file does not say which version of the IATI standard it follows. Each activity was read as 2.0x where its "
        "title stands in a narrative element, and as 1.0x otherwise.",
        "В файле не указана версия стандарта IATI. Мероприятие прочитано как 2.0x, если его название стоит в элементе "
        "narrative, иначе как 1.0x.",
    ),
    "iati-version": (
        "“{value}” is no version of the IATI standard that we know; the file was read as the one that it looks "
        "like. Known are: {known}.",
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
}
