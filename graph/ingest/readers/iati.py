"""IATI activity XML (International Aid Transparency Initiative, standard 1.01 to 2.03): one sheet, one row for each
activity, numbered in the order of the file from 2 on, since the headings are row 1. Read one activity at a time."""

from __future__ import annotations

from collections.abc import Iterator

from graph.ingest.messages import fault
from graph.ingest.readers import Reading, Sheet, Tell, silent
from graph.ingest.readers._grid import Interned
from graph.ingest.readers._iati_activity import Told, cells
from graph.ingest.readers._iati_columns import COLUMNS
from graph.ingest.readers._xml import Refused, root_of, stream
from graph.model import CellRef, Severity, ValidationResult

SUFFIXES = (".xml",)
SIGNATURES = (b"<iati-activities",)
#: The only sheet.
SHEET = "activities"
#: Bytes in one file.
LARGEST = 512 * 1024 * 1024
#: Elements and attributes that are named in one sentence.
_NAMED = 100
_ROOT = "iati-activities"
_VERSIONS = ("1.01", "1.02", "1.03", "1.04", "1.05", "2.01", "2.02", "2.03")


def recognises(data: bytes) -> bool:
    """Whether the root says that it is IATI, whatever stands before it."""
    return root_of(data) == _ROOT


def read(name: str, data: bytes, tell: Tell = silent) -> Reading:
    """The sheet of activities, and what is to be said of it; or why it cannot be read."""
    try:
        return _read(name, data, tell)
    except Refused as refused:
        words = {"row": refused.line, **refused.words}
        return Reading(faults=(fault(refused.rule, CellRef(name, "", refused.line), words=words),))


def _read(name: str, data: bytes, tell: Tell) -> Reading:
    if not data.strip():
        raise Refused("empty-xml")
    if len(data) > LARGEST:
        raise Refused("file-too-large", limit=LARGEST // 1024**2)
    elements = stream(data, tell)
    root = next(elements, None)
    if not isinstance(root, tuple):
        raise Refused("empty-xml")
    tag, attributes = root
    local = tag.rpartition("}")[2]
    if tag != _ROOT:
        rule = "iati-organisations" if tag == "iati-organisations" else "xml-of-something-else"
        return Reading(faults=(fault(rule, CellRef(name, "", 1), value=local, words={"root": local}),))
    version = attributes.get("version", "").strip()
    major = version[:1] if version in _VERSIONS or version[:2] in ("1.", "2.") else ""
    told, same = Told(), Interned()
    told.left.update(f"@{each.rpartition('}')[2]}" for each in attributes if each != "version")
    rows: list[tuple[int, tuple[str, ...]]] = []
    for element in elements:
        if isinstance(element, tuple):
            continue
        if element.tag != "iati-activity":
            told.left[element.tag.rpartition("}")[2]] += 1
            continue
        number = len(rows) + 2
        rows.append((number, tuple(map(same, cells(element, number, major, told)))))
    if not rows:
        raise Refused("iati-without-activities")
    sheet = Sheet(name, SHEET, 1, tuple(COLUMNS), tuple(rows), tuple(COLUMNS.values()))
    return Reading((sheet,), tuple(_notes(name, version, told)))


def _notes(name: str, version: str, told: Told) -> Iterator[ValidationResult]:
    top = CellRef(name, SHEET, 1)
    if version not in _VERSIONS:
        rule = "iati-version" if version else "iati-no-version"
        yield fault(rule, top, value=version, severity=Severity.INFO, words={"known": ", ".join(_VERSIONS)})
    if told.dates:
        row, kind, text, date = told.dates[0]
        words = {"date": date, "count": len(told.dates)}
        ref = CellRef(name, SHEET, row, kind)
        yield fault("iati-dates-differ", ref, value=text, severity=Severity.INFO, words=words)
    if told.from_transactions:
        words = {"count": told.from_transactions}
        yield fault("iati-from-transactions", top, severity=Severity.INFO, words=words)
    if told.personal:
        yield fault("iati-personal", top, severity=Severity.INFO, words={"count": told.personal})
    if told.left:
        named = sorted(told.left.items(), key=lambda each: (-each[1], each[0]))[:_NAMED]
        names = ", ".join(f"{path} ({count})" for path, count in sorted(named))
        names += f", … (+{len(told.left) - _NAMED})" if len(told.left) > _NAMED else ""
        yield fault("iati-not-held", top, severity=Severity.INFO, words={"names": names})
