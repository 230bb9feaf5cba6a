"""A workbook of a batch as it came, with the faults marked in it: made where a hostile file harms nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from graph.batches import folder as places
from graph.batches import returning
from graph.batches.folder import Folders
from graph.batches.record import Record
from graph.errors import GraphError
from graph.workbooks import child

#: Seconds that marking a file may take, and how many are marked at once.
SECONDS = 60.0
#: Files in which faults are marked where they stand. The others come back as the rows at fault.
SUFFIXES = (".xlsx", ".xlsm")

_WHY: Mapping[str, Mapping[str, str]] = {
    "damaged": {
        "en": "Its parts do not fit together; saving it anew in a spreadsheet program may help.",
        "ru": "Её части не согласуются; может помочь сохранение заново в табличном редакторе.",
    },
    "other-format": {
        "en": "It is saved in another format than usual (strict Open XML, or no XML at all); save it as .xlsx.",
        "ru": "Она сохранена в необычном формате (строгий Open XML или не XML); сохраните её как .xlsx.",
    },
    "encoding": {
        "en": "Its text is not in UTF-8; saving it anew in a spreadsheet program may help.",
        "ru": "Её текст не в UTF-8; может помочь сохранение заново в табличном редакторе.",
    },
    "no-styles": {
        "en": "It has no formats to which a mark could be added; save it anew in a spreadsheet program.",
        "ru": "В ней нет форматов, к которым можно добавить пометку; сохраните её заново в табличном редакторе.",
    },
    "too-large": {"en": "It is too large for that.", "ru": "Она слишком велика."},
    "ended": {
        "en": "It took more time or memory than that may take.",
        "ru": "На это ушло бы больше времени или памяти, чем отведено.",
    },
    "table": {
        "en": "Only workbooks (.xlsx, .xlsm) come back as they are.",
        "ru": "Как есть возвращаются только книги .xlsx и .xlsm.",
    },
}
_INSTEAD = {
    "en": "The faults could not be marked in your own file. {why} Here are the rows at fault instead.",
    "ru": "Ошибки не удалось пометить в вашем файле. {why} Вместо этого здесь строки с ошибками.",
}


def workbook(name: str) -> bool:
    """Whether a file can come back as it is, going by its name."""
    return PurePath(name).suffix.lower() in SUFFIXES


def instead(
    name: str, why: str, sheets: Sequence[dict[str, Any]], report: Sequence[dict[str, Any]], lang: str
) -> bytes:
    """A new workbook with the rows at fault, which says why it is not the file itself."""
    note = _INSTEAD[lang].format(why=_WHY.get(why, _WHY["ended"])[lang])
    own = [sheet for sheet in sheets if sheet["file"] == name]
    return returning.as_workbook(own, [one for one in report if one["file"] == name], lang, note=note)


async def marked(folders: Folders, record: Record, number: int, lang: str, *, guarded: bool) -> tuple[bytes, bool]:
    """The file of that number with its faults marked, and whether it is the file itself: where that cannot be done it
    is a new workbook that says why."""
    name = sorted(record.files)[number]
    path = folders.path(record.id)
    target = path / f"{places.MARKED}{number}-{lang}"
    why = "table"
    if workbook(name):
        try:
            if not target.exists():
                given = name, str(path / "files" / str(number)), str(path / places.REPORT), lang, str(target)
                await child.run("mark", *given, guarded=guarded, seconds=SECONDS)
            return await asyncio.to_thread(target.read_bytes), True
        except GraphError as error:
            why = error.message if error.code == "unmarkable" else "ended"
        except OSError:
            why = "ended"
    sheets, report = folders.read(record.id, places.REJECTED) or [], folders.read(record.id, places.REPORT) or []
    return await asyncio.to_thread(instead, name, why, sheets, report, lang), False


def mark_beside(target: Path, name: str, data: bytes, report: Sequence[dict[str, Any]], lang: str) -> str:
    """The same for whoever runs a command on his own file: writes ``target``; returns why it could not, or nothing."""
    from graph.workbooks.marking import Unmarkable, mark

    try:
        target.write_bytes(mark(name, data, report, lang))
    except Unmarkable as error:
        return _WHY.get(str(error), _WHY["ended"])[lang]
    return ""
