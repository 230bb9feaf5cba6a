"""What a column of somebody else's sheet can mean to us, as HXL tags, and how others' tags come down to these. Pure.

Tags and attributes are those of the HXL standard (https://hxlstandard.org) where it has them; roles of organisations
are IATI's.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.ingest.hxl import Tag

#: Roles of organisations, and the code of the IATI list of organisation roles that each has there, if any.
ROLES: Mapping[str, str] = {
    "impl": "4",
    "lead": "",
    "extending": "3",
    "accountable": "2",
    "funding": "1",
    "reporting": "",
    "other": "",
}
#: Attributes that others use for the same role.
_ROLE_WORDS: Mapping[str, str] = {
    "impl": "impl",
    "implementing": "impl",
    "partner": "impl",
    "lead": "lead",
    "leader": "lead",
    "prog": "extending",
    "programming": "extending",
    "extending": "extending",
    "accountable": "accountable",
    "funder": "funding",
    "funding": "funding",
    "donor": "funding",
    "reporting": "reporting",
    "reported": "reporting",
    "other": "other",
}
_PARTS: Mapping[str, str] = {
    "code": "code",
    "ref": "code",
    "id": "code",
    "acronym": "acronym",
    "abbr": "acronym",
    "type": "type",
    "name": "name",
}

#: Meaning -> (English, Russian), in the order in which people choose. The property that each fills is in ``recipe``.
MEANINGS: dict[str, tuple[str, str]] = {
    "#org+impl+name": ("Organisation that does the work: name", "Организация, которая ведёт работу: название"),
    "#org+impl+acronym": ("Organisation that does the work: acronym", "Организация, которая ведёт работу: сокращение"),
    "#org+impl+code": ("Organisation that does the work: code", "Организация, которая ведёт работу: код"),
    "#org+impl+type": ("Organisation that does the work: type", "Организация, которая ведёт работу: тип"),
    "#org+lead+name": ("Lead organisation: name", "Ведущая организация: название"),
    "#org+lead+acronym": ("Lead organisation: acronym", "Ведущая организация: сокращение"),
    "#org+lead+code": ("Lead organisation: code", "Ведущая организация: код"),
    "#org+lead+type": ("Lead organisation: type", "Ведущая организация: тип"),
    "#org+funding+name": ("Funding organisation: name", "Финансирующая организация: название"),
    "#org+funding+acronym": ("Funding organisation: acronym", "Финансирующая организация: сокращение"),
    "#org+funding+code": ("Funding organisation: code", "Финансирующая организация: код"),
    "#org+funding+type": ("Funding organisation: type", "Финансирующая организация: тип"),
    "#org+accountable+name": ("Accountable organisation: name", "Подотчётная организация: название"),
    "#org+accountable+code": ("Accountable organisation: code", "Подотчётная организация: код"),
    "#org+accountable+type": ("Accountable organisation: type", "Подотчётная организация: тип"),
    "#org+extending+name": ("Extending organisation: name", "Распределяющая организация: название"),
    "#org+extending+code": ("Extending organisation: code", "Распределяющая организация: код"),
    "#org+extending+type": ("Extending organisation: type", "Распределяющая организация: тип"),
    "#org+reporting+name": ("Reporting organisation: name", "Отчитывающаяся организация: название"),
    "#org+reporting+code": ("Reporting organisation: code", "Отчитывающаяся организация: код"),
    "#org+reporting+type": ("Reporting organisation: type", "Отчитывающаяся организация: тип"),
    "#org+other+name": ("Organisation in another role: name", "Организация в иной роли: название"),
    "#org+other+code": ("Organisation in another role: code", "Организация в иной роли: код"),
    "#org+other+type": ("Organisation in another role: type", "Организация в иной роли: тип"),
    "#sector+name": ("Theme or sector: name", "Тема или сектор: название"),
    "#sector+code": ("Theme or sector: code", "Тема или сектор: код"),
    "#sector+vocabulary": ("Theme or sector: whose list", "Тема или сектор: чей список"),
    "#sector+percentage": ("Theme or sector: percentage (only splits the cell)", "Тема или сектор: доля"),
    "#subsector+name": ("Narrower theme: name", "Более узкая тема: название"),
    "#subsector+code": ("Narrower theme: code", "Более узкая тема: код"),
    "#country+name": ("Country: name", "Страна: название"),
    "#country+code": ("Country: code", "Страна: код"),
    "#country+percentage": ("Country: percentage (only splits the cell)", "Страна: доля"),
    "#region+name": ("Region: name", "Регион: название"),
    "#region+code": ("Region: code", "Регион: код"),
    "#region+vocabulary": ("Region: whose list", "Регион: чей список"),
    "#region+percentage": ("Region: percentage (only splits the cell)", "Регион: доля"),
    "#adm1+name": ("First level inside the country: name", "Первый уровень внутри страны: название"),
    "#adm1+code": ("First level inside the country: code", "Первый уровень внутри страны: код"),
    "#adm2+name": ("Second level: name", "Второй уровень: название"),
    "#adm2+code": ("Second level: code", "Второй уровень: код"),
    "#adm3+name": ("Third level: name", "Третий уровень: название"),
    "#adm3+code": ("Third level: code", "Третий уровень: код"),
    "#project+iati": ("Project: IATI identifier", "Проект: идентификатор IATI"),
    "#project+code": ("Project: the source's own code", "Проект: код источника"),
    "#project+name": ("Project: title", "Проект: название"),
    "#project+description": ("Project: description", "Проект: описание"),
    "#activity+name": ("Activity: title", "Мероприятие: название"),
    "#activity+description": ("Activity: description", "Мероприятие: описание"),
    "#status": ("Status (planned, under way, finished ...)", "Состояние (планируется, идёт, завершено ...)"),
    "#date+start+actual": ("Start", "Начало"),
    "#date+start+planned": ("Start as planned", "Начало по плану"),
    "#date+end+actual": ("End", "Окончание"),
    "#date+end+planned": ("End as planned", "Окончание по плану"),
    "#date+reported": ("Day on which the row was true", "День, на который верна строка"),
    "#meta+lang": ("Language of the row's texts", "Язык текстов строки"),
}


def meaning_of(tag: Tag) -> str:
    """What somebody's HXL tag means to us; empty where nothing.

    >>> from graph.ingest.hxl import parse
    >>> meaning_of(parse("#org+funder")), meaning_of(parse("#adm1 +name +i_es")), meaning_of(parse("#reached +f"))
    ('#org+funding+name', '#adm1+name', '')
    """
    has = tag.attributes
    part = next((_PARTS[a] for a in ("code", "ref", "acronym", "abbr", "type", "name") if a in has), "name")
    found = ""
    if tag.name == "org":
        role = next((_ROLE_WORDS[a] for a in sorted(has) if a in _ROLE_WORDS), "impl")
        found = f"#org+{role}+{part}"
    elif tag.name in ("sector", "cluster", "theme", "subsector"):
        kind = "subsector" if tag.name == "subsector" else "sector"
        special = next((a for a in ("vocabulary", "percentage") if a in has), "")
        found = f"#{kind}+{special or part}" if "vocabulary_uri" not in has else ""
    elif tag.name in ("country", "region", "adm1", "adm2", "adm3"):
        special = next((a for a in ("vocabulary", "percentage") if a in has), "")
        found = f"#{tag.name}+{special or part}"
    elif tag.name == "project":
        found = "#project+code" if part == "code" and "name" not in has and "code_name" not in has else "#project+name"
        if "description" in has:
            found = "#project+description"
    elif tag.name == "activity":
        found = _activity(has)
    elif tag.name == "status":
        found = "#status"
    elif tag.name == "date":
        found = _date(has)
    return found if found in MEANINGS else ""


def _activity(has: frozenset[str]) -> str:
    if has & {"related", "indicator", "i18n"}:
        return ""
    if "id" in has:
        return "#project+iati"
    if "title" in has:
        return "#project+name"
    if has & {"description", "comments"}:
        return "#activity+description"
    return "#activity+name" if has <= {"name", "selected"} else ""


def _date(has: frozenset[str]) -> str:
    how = "planned" if "planned" in has else "actual"
    if "start" in has:
        return f"#date+start+{how}"
    if "end" in has:
        return f"#date+end+{how}"
    return "#date+reported" if not has or has & {"updated", "reported", "month"} else ""


def group_of(meaning: str) -> str:
    """Columns of one group say parts of the same things, in parallel: ``#org+impl``, ``#sector``.

    >>> group_of("#org+impl+name"), group_of("#sector+code"), group_of("#date+start+actual")
    ('#org+impl', '#sector', '')
    """
    name, _, rest = meaning.partition("+")
    if name == "#org":
        return f"#org+{rest.partition('+')[0]}"
    return name if name in ("#sector", "#subsector", "#country", "#region") else ""


def part_of(meaning: str) -> str:
    """The part that a column says: name, code, acronym, type ..."""
    return meaning.rpartition("+")[2]
