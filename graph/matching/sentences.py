"""Why a name was matched as it was, in words for people: one sentence for each case, in English and Russian. Data."""

from __future__ import annotations

from collections.abc import Mapping

_SENTENCES: dict[str, tuple[str, str]] = {
    # What a text is taken for.
    "label": ("This is its name.", "Это её название."),
    "alternative": ("This is another name of it.", "Это другое её название."),
    "hidden": ("A source is known to write it so.", "Известно, что источник пишет так."),
    "iri": ("This is its IRI.", "Это её IRI."),
    "code": ("It has the code {code}.", "У неё код {code}."),
    "acronym": ("Name and acronym {acronym} both fit.", "Подходят и название, и сокращение {acronym}."),
    "here": ("This is its name, and it is in that country.", "Это её название, и она в этой стране."),
    # What may be meant.
    "generic": (
        "Many countries have a '{text}', and nothing says that this one is meant.",
        "'{text}' есть во многих странах, и ничто не говорит, что имеется в виду именно эта организация.",
    ),
    "ambiguous": (
        "{count} things have this name.",
        "Это название носят несколько: {count}.",
    ),
    "conflict": (
        "The code says one thing and the name another.",
        "Код указывает на одно, название на другое.",
    ),
    "codes": ("The codes belong to different things.", "Коды принадлежат разным."),
    "code-as-name": (
        "'{text}' is its code, but was given as a name.",
        "'{text}' - её код, но дан как название.",
    ),
    "outside": ("It has this name, but is elsewhere.", "Название такое, но она в другом месте."),
    "spelling": ("Spelt nearly like '{label}'.", "Пишется почти как '{label}'."),
    "words": ("Most of the words of '{label}'.", "Большинство слов названия '{label}'."),
    "order": ("The words of '{label}' in another order.", "Слова названия '{label}' в другом порядке."),
    "script": ("Sounds like '{label}' in another alphabet.", "Звучит как '{label}' в другой азбуке."),
    "initials": ("The initials of '{label}'.", "Первые буквы названия '{label}'."),
    "initials-of": ("'{label}' are the initials of this.", "'{label}' - первые буквы этого названия."),
    "cut": ("The beginning of '{label}': cut off?", "Начало названия '{label}': обрезано?"),
    "person": ("Initials and family name of '{label}'.", "Инициалы и фамилия: '{label}'."),
    "family": (
        "'{text}' may be an office or unit of '{label}': an office is not its parent.",
        "'{text}' может быть отделением или подразделением '{label}': отделение - не головная организация.",
    ),
    "parent": (
        "'{label}' may be an office or unit of '{text}': an office is not its parent.",
        "'{label}' может быть отделением или подразделением '{text}': отделение - не головная организация.",
    ),
    "sibling": (
        "'{label}' may be another office of the same organisation.",
        "'{label}' может быть другим отделением той же организации.",
    ),
    "part": ("'{text}' may be a part of '{label}'.", "'{text}' может быть частью: '{label}'."),
    "named-in": ("Named in '{text}'.", "Названа в '{text}'."),
    "refused": ("Somebody has judged that it is not meant.", "Кто-то решил, что имеется в виду не она."),
    # What is done.
    "certain": ("'{text}' is '{label}'.", "'{text}' - это '{label}'."),
    "likely": ("'{text}' may be '{label}'.", "'{text}' - возможно, '{label}'."),
    "new": ("Nothing known is called '{text}'.", "Ничего с названием '{text}' не известно."),
    "nothing": ("There is no name.", "Названия нет."),
    "no-letters": ("'{text}' has no letters: it names nothing.", "В '{text}' нет букв: это не название."),
    "placeholder": (
        "'{text}' stands where a name should be, but names nobody and nothing in particular.",
        "'{text}' стоит на месте названия, но никого и ничего определённого не называет.",
    ),
    "combined": (
        "'{text}' names several at once: give each by itself.",
        "'{text}' называет сразу несколько: укажите каждое отдельно.",
    ),
    "situation": (
        "'{text}' is what happens in a place, not the name of one.",
        "'{text}' - происходящее где-то, а не название места.",
    ),
    "place-as-organisation": (
        "'{text}' is the name of a place, not of an organisation. Its government, perhaps?",
        "'{text}' - название места, а не организации. Возможно, его правительство?",
    ),
}
#: Longest that a text is quoted.
_QUOTED = 120


def why(case: str, **values: str) -> Mapping[str, str]:
    """The sentence of a case, by language."""
    english, russian = _SENTENCES[case]
    short = {name: value if len(value) <= _QUOTED else value[:_QUOTED] + "\u2026" for name, value in values.items()}
    return {"en": english.format(**short), "ru": russian.format(**short)}
