"""One IATI activity as the cells of a row. Codes stay as they are given; what is to be known of the standard to read it
(https://iatistandard.org, 1.01 to 2.03) is here.

Several values stand in a cell in lines of their own. Columns of one group (vocabulary, code, name, percentage of
sectors) have as many lines as each other, an empty one where a value is missing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from xml.etree.ElementTree import Element

from graph.ingest.readers._iati_columns import AS_READ, ATTRIBUTES, COLUMNS, DATES, DESCRIPTIONS, ROLES
from graph.ingest.readers._xml import Part

#: Names of the code list ActivityStatus in 1.0x and 2.0x: some files have only the name.
_STATUSES = {
    "pipeline/identification": "1",
    "implementation": "2",
    "completion": "3",
    "finalisation": "3",
    "post-completion": "4",
    "closed": "4",
    "cancelled": "5",
    "suspended": "6",
}
#: What contacts say of persons.
_PERSONAL = ("person-name", "job-title", "telephone", "email", "mailing-address")
_WGS84 = "http://www.opengis.net/def/crs/EPSG/0/4326"
_AMOUNT = re.compile(r"[+-]?\d{1,20}(\.\d{1,12})?")
_ISO = re.compile(r"(\d{4}(-\d\d(-\d\d)?)?)(T.*|Z|[+-]\d\d:\d\d)?")


@dataclass(slots=True)
class Told:
    """What is to be said of all activities of a file together: ``left`` are paths that no column holds -> how often,
    ``personal`` counts contacts' details of persons, ``dates`` are (row, heading, text, date) where the two differ,
    ``from_transactions`` activities whose sectors or places stand with their transactions only."""

    left: Counter[str] = field(default_factory=Counter)
    personal: int = 0
    dates: list[tuple[int, str, str, str]] = field(default_factory=list)
    from_transactions: int = 0


def cells(element: Element, row: int, major: str, told: Told) -> tuple[str, ...]:
    """The cells of an ``iati-activity`` in the order of ``COLUMNS``. ``major`` is the version's first digit, ``1`` or
    ``2``; empty where the file does not say: then it is told from the activity's own texts."""
    activity = _Activity(element, row, major, told)
    return tuple("\n".join(activity.values[heading]) for heading in COLUMNS)


class _Activity:
    def __init__(self, element: Element, row: int, major: str, told: Told) -> None:
        self.row, self.told = row, told
        self.values: dict[str, list[str]] = {heading: [] for heading in COLUMNS}
        whole = Part("", element)
        self.language = whole.language()
        major = major or whole.attribute("version")[:1] or ("2" if element.find("title/narrative") is not None else "1")
        self.two = major == "2"
        whole.attribute("version")
        self.put("language", self.language)
        for name in ("last-updated-datetime", *ATTRIBUTES):
            self.put(name, whole.attribute(name))
        for part in whole.parts("iati-identifier"):
            self.put("iati-identifier", part.text())
        self.titles(whole)
        self.descriptions(whole)
        self.status(whole)
        self.dates(whole)
        self.organisations(whole)
        self.sectors_and_places(whole)
        for part in whole.parts("location"):
            self.location(part)
        for part in whole.parts("related-activity"):
            name = self.name(part, "related-activity")
            self.group("related-activity", ref=part.attribute("ref"), type=part.attribute("type"), **{"(text)": name})
        for part in whole.parts("result"):
            kind = part.attribute("type")
            titles = self.names(part.parts("title"), "result")
            inside = [self.names(one.parts("title"), "indicator") for one in part.parts("indicator")]
            self.put("result", f"{kind}: {titles}" + (f" ({'; '.join(filter(None, inside))})" if any(inside) else ""))
        for part in whole.parts("contact-info"):
            self.contact(part)
        for name in AS_READ:
            for part in whole.parts(name):
                self.put(name, part.readable(self.language))
        told.left.update(whole.left())

    def put(self, heading: str, value: str) -> None:
        """A value of a column that is in no group: an empty one does not count."""
        if value:
            self.values[heading].append(value)

    def group(self, heading: str, own: str | None = None, **more: str) -> None:
        """One line in each column of a group: ``heading`` itself for ``own``, ``heading name`` for the others."""
        if own is not None:
            self.values[heading].append(own)
        for name, value in more.items():
            self.values[f"{heading} {name.replace('_', '-')}"].append(value)

    def best(self, texts: Sequence[tuple[str, str]]) -> int:
        """Which of (language, text) is in the activity's language, else the first."""
        return next((at for at, (lang, _) in enumerate(texts) if lang == self.language), 0)

    def names(self, parts: Sequence[Part], what: str) -> str:
        """The text in the activity's language; those in others go into a column of their own."""
        texts = [text for part in parts for text in part.texts(self.language)]
        best = self.best(texts)
        for at, (lang, text) in enumerate(texts):
            if at != best:
                self.put("names (other languages)", f"{what}, {lang}: {text}")
        return texts[best][1] if texts else ""

    def name(self, part: Part, what: str) -> str:
        return self.names([part], what)

    def titles(self, whole: Part) -> None:
        # 1.0x repeats the element for each language, 2.0x has narratives.
        texts = [text for part in whole.parts("title") for text in part.texts(self.language)]
        best = self.best(texts)
        for at, (lang, text) in enumerate(texts):
            self.put(*(("title", text) if at == best else ("title (other languages)", f"{lang}: {text}")))

    def descriptions(self, whole: Part) -> None:
        texts: dict[str, list[tuple[str, str]]] = {}
        for part in whole.parts("description"):
            heading = DESCRIPTIONS.get(part.attribute("type"), "description (other kinds)")
            texts.setdefault(heading, []).extend(part.texts(self.language))
        for heading, found in texts.items():
            main = found[self.best(found)][0] if found else ""
            for lang, text in found:
                if lang == main:
                    self.put(heading, text)
                else:
                    self.put("description (other languages)", f"{heading}, {lang}: {text}")

    def status(self, whole: Part) -> None:
        for part in whole.parts("activity-status"):
            code, text = part.attribute("code"), self.name(part, "activity-status")
            self.put("activity-status", code or _STATUSES.get(text.casefold(), text))
            self.put("activity-status (text)", text)

    def dates(self, whole: Part) -> None:
        for part in whole.parts("activity-date"):
            given = part.attribute("type")
            kind = DATES.get(given, given.casefold())
            date, text = _date(part.attribute("iso-date")), self.name(part, "activity-date")
            if kind not in DATES.values():
                self.put("activity-date (text)", f"{given}: {date} {text}".strip())
                continue
            self.put(kind, date or _date(text))
            if text and date and _date(text) != date:
                self.put("activity-date (text)", f"{kind}: {text}")
                if any(character.isdigit() for character in text):
                    self.told.dates.append((self.row, kind, text, date))

    def organisations(self, whole: Part) -> None:
        for part in whole.parts("reporting-org"):
            self.organisation(part, "reporting-org")
            self.put("reporting-org secondary-reporter", part.attribute("secondary-reporter"))
        for part in whole.parts("participating-org"):
            given = part.attribute("role")
            role = ROLES.get(given, given.casefold())
            role = role if role in ROLES.values() else "other"
            name = self.organisation(part, f"participating-org ({role})")
            if role == "other":
                self.values["participating-org (other) role"].append(given)
            more = [f"{a}={value}" for a in ("activity-id", "crs-channel-code") if (value := part.attribute(a))]
            self.put("participating-org (activities, channels)", f"{name}: {', '.join(more)}" if more else "")

    def organisation(self, part: Part, heading: str) -> str:
        reference, kind = part.attribute("ref"), part.attribute("type")
        name = self.name(part, heading)
        self.group(heading, name, ref=reference, type=kind)
        return name or reference

    def sectors_and_places(self, whole: Part) -> None:
        """Of the activity, or, where it has none, those of its transactions, each once: the standard leaves the choice,
        and there they have no percentages."""
        transactions = whole.parts("transaction")
        taken: list[str] = []
        kinds: tuple[tuple[str, Callable[[Part], dict[str, str]]], ...] = (
            ("sector", self.sector),
            ("recipient-country", self.country),
            ("recipient-region", self.region),
        )
        # A transaction has a country or a region: with one of them stated for the activity, both are.
        placed = False
        for name, take in kinds:
            found = [take(part) for part in whole.parts(name)]
            if name != "sector":
                placed = placed or bool(found)
            of_transactions = [take(part) for one in transactions for part in one.parts(name)]
            if of_transactions and not found and not (placed and name != "sector"):
                found = list({tuple(each.items()): each for each in of_transactions}.values())
                taken.append(name)
            elif of_transactions:
                self.told.left[f"transaction/{name}"] += len(of_transactions)
            for each in found:
                own = each.pop("")
                self.group(name, own, **each)
        self.values["taken from transactions"] += taken
        self.told.from_transactions += bool(taken)
        self.transactions(transactions)

    def sector(self, part: Part) -> dict[str, str]:
        return {
            "vocabulary": part.attribute("vocabulary") or ("1" if self.two else "DAC"),
            "code": part.attribute("code"),
            "": self.name(part, "sector"),
            "percentage": part.attribute("percentage"),
            "vocabulary_uri": part.attribute("vocabulary-uri"),
        }

    def country(self, part: Part) -> dict[str, str]:
        name = self.name(part, "recipient-country")
        return {"code": part.attribute("code"), "": name, "percentage": part.attribute("percentage")}

    def region(self, part: Part) -> dict[str, str]:
        return {
            "vocabulary": part.attribute("vocabulary") or "1",
            "code": part.attribute("code"),
            "": self.name(part, "recipient-region"),
            "percentage": part.attribute("percentage"),
            "vocabulary_uri": part.attribute("vocabulary-uri"),
        }

    def location(self, part: Part) -> None:
        found = dict.fromkeys(("country", "adm1", "adm2", "code", "vocabulary", "latitude", "longitude"), "")
        own = self.names(part.parts("name"), "location")
        more: list[str] = []
        for one in part.parts("location-id"):
            code, vocabulary = one.attribute("code"), one.attribute("vocabulary")
            if vocabulary == "A4":  # ISO 3166-1
                found["country"] = found["country"] or code
            if found["code"]:
                more.append(f"location-id={vocabulary} {code}")
            else:
                found["code"], found["vocabulary"] = code, vocabulary
        for one in part.parts("gazetteer-entry"):  # up to 1.03
            found["code"], found["vocabulary"] = one.text(), one.attribute("gazetteer-ref")
        for one in part.parts("administrative"):
            level, code, vocabulary = (one.attribute(name) for name in ("level", "code", "vocabulary"))
            if level in ("1", "2"):
                found[f"adm{level}"] = found[f"adm{level}"] or code
            if code:
                more.append(f"administrative={vocabulary} {level} {code}")
            # Up to 1.03 the element has all three as attributes, and their names as text.
            found["country"] = one.attribute("country") or found["country"]
            found["adm1"] = one.attribute("adm1") or found["adm1"]
            found["adm2"] = one.attribute("adm2") or found["adm2"]
            more.append(rest) if (rest := one.readable(self.language)) else None
        for one in part.parts("coordinates"):
            found["latitude"], found["longitude"] = one.attribute("latitude"), one.attribute("longitude")
            more.append(f"coordinates={rest}") if (rest := one.readable(self.language)) else None
        for one in part.parts("point"):
            system = one.attribute("srsName")
            text = " ".join(pos.text() for pos in one.parts("pos")).split()
            if len(text) == 2 and system in ("", _WGS84):
                found["latitude"], found["longitude"] = text
            else:
                more.append(f"point={system} {' '.join(text)}")
        more.append(part.readable(self.language))
        self.group("location", own, **found, **{"(more)": ", ".join(filter(None, more))})

    def transactions(self, parts: Sequence[Part]) -> None:
        """A line for each kind and currency: ``D: 1736565.70723 USD (2, 2006-01-01/2007-01-01)``."""
        currency = next(iter(self.values["default-currency"]), "")
        totals: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for part in parts:
            kind = " ".join(one.readable(self.language) for one in part.parts("transaction-type"))
            date = " ".join(_date(one.attribute("iso-date")) for one in part.parts("transaction-date"))
            for one in part.parts("value"):
                given = one.attribute("currency") or currency
                totals.setdefault((kind, given), []).append((one.text().replace(",", ""), date))
                one.attribute("value-date")
        for (kind, given), found in totals.items():
            amounts = [Decimal(amount) for amount, _ in found if _AMOUNT.fullmatch(amount)]
            odd = [amount for amount, _ in found if not _AMOUNT.fullmatch(amount)]
            days = sorted(day for _, day in found if day)
            span = f", {days[0]}/{days[-1]}" if days else ""
            rest = f" + {', '.join(odd)}" if odd else ""
            self.put("transaction", f"{kind}: {sum(amounts, Decimal()):f}{rest} {given} ({len(found)}{span})")

    def contact(self, part: Part) -> None:
        for name in _PERSONAL:
            for one in part.parts(name):
                self.told.personal += bool(one.readable(self.language))
        self.put("contact-info (organisation)", part.readable(self.language))


def _date(text: str) -> str:
    """A date without the time and zone that XML Schema allows; other text as it is.

    >>> _date("2010-05-11Z"), _date("2010-05-11T00:00:00"), _date("May 2010")
    ('2010-05-11', '2010-05-11', 'May 2010')
    """
    found = _ISO.fullmatch(text)
    return found[1] if found else text
