"""A recipe guessed from a sheet: from its HXL tags, from headings in several languages, from the values themselves.

Pure; what is known of names is asked through ``Known``.
"""

from __future__ import annotations

import csv
import functools
import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from graph.ingest.hxl import parse
from graph.ingest.readers import Sheet
from graph.ingest.recipes.known import Known
from graph.ingest.recipes.meanings import group_of, meaning_of, part_of
from graph.ingest.recipes.recipe import Recipe, Use
from graph.ingest.tables import fold

#: Different values of a column that are looked at.
_SAMPLE = 400
#: Of them the share that has to be known for a column to be taken for one of countries, themes, organisations.
_SHARES: Mapping[str, float] = {"#country+name": 0.7, "#sector+name": 0.6, "#org+impl+name": 0.6}
#: Columns that may hold several values in a cell without a column beside them.
_LISTS = ("#org", "#sector", "#subsector", "#country")
_SEPARATORS = ("\n", ";", "|")
_LANGUAGES: Mapping[str, str] = {
    "english": "en",
    "en": "en",
    "arabic": "ar",
    "ar": "ar",
    "french": "fr",
    "français": "fr",
    "fr": "fr",
    "spanish": "es",
    "español": "es",
    "es": "es",
    "russian": "ru",
    "русский": "ru",
    "ru": "ru",
    "portuguese": "pt",
}
_BRACKETS = re.compile(r"\(([^()]*)\)")
_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b")


@functools.cache
def headings() -> Mapping[str, tuple[tuple[str, str], ...]]:
    """Folded heading -> (meaning, language) pairs, from ``headings.csv``; one heading can stand in two languages."""
    found: dict[str, list[tuple[str, str]]] = {}
    with (Path(__file__).parent / "headings.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            for heading in row["headings"].split("|"):
                found.setdefault(fold(heading), []).append((row["tag"], row["lang"]))
    return {heading: tuple(pairs) for heading, pairs in found.items()}


def guess(sheet: Sheet, known: Known) -> Recipe:
    """What the columns of a sheet most likely mean. Look at ``Recipe.usable`` before anything is made of it."""
    columns = _columns(sheet)
    uses: list[Use] = []
    languages: dict[str, float] = defaultdict(float)
    for position, heading in enumerate(sheet.headers):
        tag = sheet.tags[position] if position < len(sheet.tags) else ""
        use, langs = _by_words(heading, tag)
        # A heading that two languages share says little of the language.
        for lang in langs:
            languages[lang] += 1.0 / len(langs)
        uses.append(use if columns[position] else replace(use, meaning="", why=""))
    uses = _by_values(columns, uses, known)
    uses = _once(uses)
    uses = _identity(columns, uses, len(sheet.rows))
    lang = _language(languages)
    uses = [
        replace(u, lang=u.lang or (lang if _has_text(u.meaning) else ""), dates=_dates(columns[at], u, lang))
        for at, u in enumerate(uses)
    ]
    scheme = next((u.heading for u in uses if u.meaning == "#sector+name"), "")
    return Recipe(_separators(sheet, uses), lang=lang, scheme=scheme)


def _columns(sheet: Sheet) -> list[list[str]]:
    """The different values of each column, as they come; not more than a sample."""
    found: list[dict[str, None]] = [{} for _ in sheet.headers]
    open_ = set(range(len(found)))
    for _, cells in sheet.rows:
        for at in list(open_):
            if at < len(cells) and cells[at]:
                found[at][cells[at]] = None
                if len(found[at]) >= _SAMPLE:
                    open_.discard(at)
        if not open_:
            break
    return [list(values) for values in found]


def _by_words(heading: str, tag: str) -> tuple[Use, set[str]]:
    """What a column's HXL tag and its heading say. Where both speak of the same thing, the heading may be more exact:
    "Acronym" over ``#org +impl``."""
    folded = fold(heading)
    pairs = headings().get(folded, ())
    lang = ""
    if not pairs and (bracket := _BRACKETS.search(heading)):
        pairs = headings().get(fold(_BRACKETS.sub(" ", heading)), ())
        lang = _LANGUAGES.get(bracket[1].strip().casefold(), "")
    langs = {language for _, language in pairs}
    by_heading = pairs[0][0] if pairs else ""
    parsed = parse(tag) if tag else None
    by_tag = meaning_of(parsed) if parsed else ""
    if parsed:
        lang = lang or next((a[2:] for a in sorted(parsed.attributes) if re.fullmatch(r"i_[a-z]{2}", a)), "")
    if by_tag:
        if by_heading and group_of(by_heading) == group_of(by_tag) != "" and part_of(by_tag) == "name":
            by_tag = by_heading
        return Use(heading, by_tag, lang=lang, why="hxl"), langs
    return Use(heading, by_heading, lang=lang, why="heading" if by_heading else ""), langs


def _by_values(columns: Sequence[list[str]], uses: list[Use], known: Known) -> list[Use]:
    """Columns that nothing is known of yet: one whose values are countries is a column of countries."""
    for meaning, share in _SHARES.items():
        if any(group_of(u.meaning) == group_of(meaning) for u in uses):
            continue
        best, at = 0.0, -1
        for position, values in enumerate(columns):
            words = [v for v in values if any(c.isalpha() for c in v)]
            if uses[position].meaning or len(words) < len(values) or not words:
                continue
            found = sum(known.is_called(meaning, value) for value in words) / len(words)
            if found > best:
                best, at = found, position
        if at >= 0 and best >= share:
            uses[at] = replace(uses[at], meaning=meaning, why="values")
    return uses


def _once(uses: list[Use]) -> list[Use]:
    """One column for each meaning but of texts: of two, a tagged one, else the first."""
    chosen: dict[str, int] = {}
    for at, use in enumerate(uses):
        first = chosen.setdefault(use.meaning, at)
        if use.meaning and first != at and uses[first].why != "hxl" and use.why == "hxl":
            chosen[use.meaning] = at
    several = ("#activity+description", "#project+description")
    return [
        use
        if not use.meaning or use.meaning in several or chosen[use.meaning] == at
        else replace(use, meaning="", why="")
        for at, use in enumerate(uses)
    ]


def _identity(columns: Sequence[list[str]], uses: list[Use], rows: int) -> list[Use]:
    """An identifier of activities is one only where every row has its own; else it is of a kind of activity."""
    for at, use in enumerate(uses):
        if use.meaning == "#project+iati" and len(columns[at]) < min(rows, _SAMPLE):
            uses[at] = replace(use, meaning="", why="")
    return uses


def _language(languages: Mapping[str, float]) -> str:
    return max(sorted(languages), key=lambda lang: (languages[lang], lang == "en"), default="en")


def _has_text(meaning: str) -> bool:
    return part_of(meaning) in ("name", "description") or meaning == "#activity+name"


def _dates(values: Sequence[str], use: Use, lang: str) -> str:
    """Day or month first, where one of the values or the heading tells."""
    if not use.meaning.startswith("#date"):
        return ""
    found = [match for value in values if (match := _DATE.match(value))]
    if not found:
        return ""
    if any(int(m[1]) > 12 for m in found):
        return "dmy"
    if any(int(m[2]) > 12 for m in found):
        return "mdy"
    heading = use.heading.casefold()
    return "dmy" if lang != "en" or "dd/mm" in heading or any("." in m[0] for m in found) else ""


def _separators(sheet: Sheet, uses: Sequence[Use]) -> tuple[Use, ...]:
    groups: dict[str, list[int]] = {}
    for at, use in enumerate(uses):
        if group := group_of(use.meaning):
            groups.setdefault(group, []).append(at)
    found = list(uses)
    for group, members in groups.items():
        rows = Counter(tuple(cells[at] for at in members if at < len(cells) and cells[at]) for _, cells in sheet.rows)
        for separator in _SEPARATORS:
            if _separates(rows, separator, alone=group.startswith(_LISTS)):
                for at in members:
                    found[at] = replace(found[at], separator=separator)
                break
    return tuple(found)


def _separates(rows: Mapping[tuple[str, ...], int], separator: str, *, alone: bool) -> bool:
    """Whether the columns of a group hold lists: as many parts in each, or, in a column that stands alone, parts that
    stand alone in other cells too. ``rows`` counts the rows by the texts of the group."""
    seen, beside, even, whole = 0, 0, 0, set[str]()
    parts: Counter[str] = Counter()
    for texts, count in rows.items():
        if not any(separator in text for text in texts):
            whole.update(texts)
            continue
        seen += count
        beside += count * (len(texts) > 1)
        even += count * (len(texts) > 1 and len({text.count(separator) for text in texts}) == 1)
        for part in texts[0].split(separator):
            parts[part.strip()] += count
    if not seen:
        return False
    if separator == "\n":
        return True
    if beside:
        # Not all, since the separator may stand within a name too.
        return even >= 0.9 * beside
    if not alone:
        return False
    repeated = sum(part in whole or count > 1 for part, count in parts.items())
    return 2 * repeated >= len(parts)
