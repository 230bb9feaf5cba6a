"""IATI activities as rows: nothing of a file is lost silently, and what is in the rows is what the file says."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter

import pytest

from graph.ingest import hxl
from graph.ingest.readers import Sheet, iati
from tests.graph.ingest.odd_xml import NEW, OLD
from tests.graph.ingest.odd_xml import iati as made
from tests.material import folder, shared

REAL = ("iati_1.04_UgandaAIMS_GeocodedResearchRelease.xml", "activity-standard-example-annotated.xml")
GROUPS = ("#org+reporting", "#org+funding", "#org+implementing", "#org+other", "#sector", "#country", "#region", "#loc")


def sheet_of(data: bytes) -> Sheet:
    (sheet,) = iati.read("a.xml", data).sheets
    return sheet


def row(sheet: Sheet, number: int = 2) -> dict[str, str]:
    """Filled cells by tag, by heading where there is none."""
    cells = dict(sheet.rows)[number]
    return {t or h: c for h, t, c in zip(sheet.headers, sheet.tags, cells, strict=True) if c.strip()}


def test_an_activity_of_1_0x() -> None:
    assert row(sheet_of(OLD)) == {
        "#activity+id": "XX-1-A",
        "#activity+title": "Школа для всех",
        "#activity+title+i18n": "en: School for all",
        "#status+code": "2",
        "#date+start+planned": "2010-05-11",
        "#date+end+planned": "2012-01-31",
        "#date+end+actual": "2013-02-01",
        "#org+reporting+name": "Синий дом",
        "#org+reporting+code": "XX-1",
        "#org+reporting+type": "22",
        "#org+funding+name": "Министерство",
        "#org+funding+code": "XX-2",
        "#org+funding+type": "10",
        "#org+implementing+name": "Красный дом\n",
        "#org+implementing+code": "\nXX-4",
        "#org+other+name": "Зелёный дом",
        "#org+other+role": "Observer",
        "#sector+vocabulary": "DAC\nRO",
        "#sector+code": "11220\n",
        "#sector+name": "Начальное образование\nШколы",
        "#sector+percentage": "60\n40",
        "#country+code": "AM",
        "#country+name": "Армения",
        "#country+percentage": "100",
        "#loc+name": "Гюмри",
        "#loc+country": "AM",
        "#loc+adm1": "AM-SH",
        "#loc+code": "616635",
        "#loc+vocabulary": "GEO",
        "#geo+lat": "40.79",
        "#geo+lon": "43.84",
        "#activity+related+ref": "XX-1-B",
        "#activity+related+type": "1",
        "language": "ru",
        "activity-status (text)": "Implementation",
        "activity-date (text)": "end-planned: 31.12.2012",
        "location (more)": "Ширак, coordinates=2",
        "related-activity (text)": "Большая программа",
        "transaction": "Disbursement, code=D: 1000.50 + about 5 EUR (2, 2010-06-01/2010-06-01)",
        "default-currency": "EUR",
    }


def test_sectors_and_places_that_stand_with_transactions_only() -> None:
    found = row(sheet_of(NEW))
    assert (found["#activity+title"], found["#activity+title+i18n"]) == ("School", "fr: Ecole")
    assert (found["#sector+vocabulary"], found["#sector+code"]) == ("1", "11220")
    assert found["#country+code"] == "AM\nGE"
    assert "#country+percentage" not in found
    assert found["taken from transactions"] == "sector\nrecipient-country"
    assert found["contact-info (organisation)"] == "organisation=Red House"
    assert "omebody" not in "".join(dict(sheet_of(NEW).rows)[2])


def real(name: str) -> bytes:
    return shared("datasets", "iati", name).read_bytes()


def test_columns_of_a_group_have_as_many_lines_as_each_other() -> None:
    there = (path for name in REAL if (path := folder("datasets", "iati", name)).is_file())
    for data in (OLD, NEW, *(path.read_bytes() for path in there)):
        sheet = sheet_of(data)
        for prefix in GROUPS:
            at = [n for n, tag in enumerate(sheet.tags) if tag.startswith(prefix)]
            assert len(at) > 2
            for _, cells in sheet.rows:
                assert len({cells[n].count("\n") for n in at}) == 1, (prefix, [cells[n] for n in at])


def test_tags_are_tags_and_headings_are_few() -> None:
    sheet = sheet_of(NEW)
    assert all(hxl.parse(tag) for tag in sheet.tags if tag)
    assert len(set(sheet.headers)) == len(sheet.headers) == len(sheet.rows[0][1])
    assert len({tag for tag in sheet.tags if tag}) == sum(map(bool, sheet.tags))


def test_rows_are_numbered_as_the_activities_are() -> None:
    inside = "</iati-activity><iati-activity><iati-identifier>B</iati-identifier>"
    assert [(n, cells[0]) for n, cells in sheet_of(made(inside)).rows] == [(2, "XX-1-A"), (3, "B")]


def test_an_amount_that_would_be_a_mile_long() -> None:
    text = "<transaction><transaction-type code='1'/><value currency='EUR'>1E999999999</value></transaction>"
    assert row(sheet_of(made(text)))["transaction"] == "1: 0 + 1E999999999 EUR (1)"


@pytest.mark.parametrize("name", REAL)
def test_real_files_against_an_independent_reading(name: str) -> None:
    """Every attribute and text of the file is in a cell, or is counted as not held, or is a person's."""
    data = real(name)
    reading = iati.read("a.xml", data)
    (sheet,) = reading.sheets
    activities = ElementTree.fromstring(data).findall("iati-activity")
    assert len(sheet.rows) == len(activities)
    said = next(fault.message["en"] for fault in reading.faults if fault.rule == "iati-not-held")
    held, lost = Counter[str](), Counter[str]()
    for activity, (_, cells) in zip(activities, sheet.rows, strict=True):
        text = "\n".join(cells)
        for path, value in _values(activity, ""):
            if path.startswith("contact-info/"):
                continue
            # Amounts are added up; the word of a status or role has become a column or a code.
            added = path.startswith("transaction/") and path.split("/")[1] in (
                "value",
                "transaction-date",
                "value-date",
            )
            named = path.endswith(
                ("participating-org/@role", "activity-date/@type", "description/@type", "point/@srsName")
            )
            if all(word in text for word in ([value] if "pos" not in path else value.split())) or added or named:
                held[path] += 1
            elif not any(f"{part} (" in said for part in _prefixes(path)):
                lost[path] += 1
    assert not lost
    assert held.total() > 40


def _values(element: ElementTree.Element, path: str) -> list[tuple[str, str]]:
    found = [(f"{path}/@{name.rpartition('}')[2]}".lstrip("/"), " ".join(v.split())) for name, v in element.items()]
    if text := " ".join((element.text or "").split()):
        found.append((path.lstrip("/"), text))
    return found + [pair for child in element for pair in _values(child, f"{path}/{child.tag}")]


def _prefixes(path: str) -> list[str]:
    parts = path.split("/")
    return ["/".join(parts[: n + 1]) for n in range(len(parts))]


def test_totals_of_real_transactions() -> None:
    """Two numbers that were counted by other means."""
    sheet = sheet_of(real(REAL[0]))
    rows = [row(sheet, number) for number, _ in sheet.rows]
    assert (
        sum(found.get("#org+funding+name", "").count("\n") + ("#org+funding+name" in found) for found in rows) == 1977
    )
    assert sum(len(found["#loc+name"].split("\n")) for found in rows if "#loc+name" in found) == 2426
