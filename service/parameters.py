"""Reading the parameters of an address: strict about names, kind about blanks. A form sends its empty fields too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from fastapi import Request
from rapidfuzz import process

from graph.coverage.asof import last_day
from graph.errors import BadParameter
from graph.model import Parameter
from service.site import LANGUAGES

#: Names of things are shorter, and comparing a very long text with every name takes long.
LONGEST = 500

LANG = "lang"
AS_OF = "as_of"
AS_KNOWN = "as_known"
_DATE = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_NUMBER = re.compile(r"[0-9]{1,9}")


def given(request: Request, allowed: Iterable[str], several: Sequence[str] = ()) -> dict[str, str]:
    """The values given, without blank ones and without ``lang``. Raises BadParameter for what nobody asked for.

    Those in ``several`` may be given more than once and are left to ``repeated``.
    """
    names = [*several, *allowed]
    values: dict[str, str] = {}
    for name, raw in request.query_params.multi_items():
        value = raw.strip()
        if name != LANG and name not in names:
            near = tuple(match for match, _, _ in process.extract(name[:100], names, limit=1, score_cutoff=60))
            raise BadParameter(
                "unknown-parameter",
                f"There is no parameter '{name[:100]}' here.",
                (f"Did you mean {near[0]}? " if near else "") + f"The parameters are {', '.join([*names, LANG])}.",
                near or tuple(names),
            )
        if len(value) > LONGEST:
            raise BadParameter("value-too-long", f"The value of '{name}' is longer than {LONGEST} characters.")
        if "\x00" in value:
            raise BadParameter("bad-value", f"The value of '{name}' has a character that no name has.")
        if name in several:
            continue
        if name in values and value and values[name] != value:
            raise BadParameter("repeated-parameter", f"The parameter '{name}' is given twice with different values.")
        if value:
            values[name] = value
    values.pop(LANG, None)
    return values


def repeated(request: Request, name: str, most: int) -> list[str]:
    """All values of one parameter, without blank ones. Raises BadParameter where there are too many."""
    values = [value for raw in request.query_params.getlist(name) if (value := raw.strip())]
    if len(values) > most:
        raise BadParameter("too-many-values", f"'{name}' is given more than {most} times.", "Ask in parts.")
    return values


def language(request: Request) -> str:
    """The language of the labels: ``lang``, by default English."""
    lang = request.query_params.get(LANG, "").strip() or "en"
    if lang not in LANGUAGES:
        raise BadParameter(
            "unknown-language",
            f"There are no labels in the language '{lang[:100]}'.",
            f"The languages are {', '.join(LANGUAGES)}.",
            tuple(LANGUAGES),
        )
    return lang


def day(values: Mapping[str, str], name: str = AS_OF) -> date | None:
    """A day, of a month or year its last one, or None where it is not given. Raises BadParameter."""
    text = values.get(name)
    if text is None:
        return None
    try:
        if not _DATE.fullmatch(text):
            raise ValueError(text)
        return last_day(text)
    except ValueError:
        raise BadParameter(
            "bad-date", f"'{text}' is not a day.", "Give a day, month or year as 2010-05-12, 2010-05 or 2010."
        ) from None


def known_day(values: Mapping[str, str], today: date) -> date | None:
    """``as_known`` as a date up to today; of a month or year its last day, of the present one today. Raises
    BadParameter."""
    text = values.get(AS_KNOWN)
    if text is None:
        return None
    if _DATE.fullmatch(text) and today.isoformat().startswith(text):
        return today
    found = day({AS_OF: text})
    assert found is not None
    if found > today:
        raise BadParameter(
            "bad-date",
            f"'{text}' is still to come: what will be known then nobody can say.",
            f"'{AS_KNOWN}' takes a day up to today, {today.isoformat()}; to speak of another day give it as '{AS_OF}'.",
        )
    return found


def number(values: Mapping[str, str], name: str, most: int, least: int = 0) -> int | None:
    """A whole number, or None where it is not given. Raises BadParameter."""
    text = values.get(name)
    if text is None:
        return None
    if not _NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise BadParameter("bad-number", f"'{name}' is '{text}'.", f"Give a whole number from {least} to {most}.")
    return int(text)


def documented(parameters: Iterable[Parameter]) -> list[dict[str, object]]:
    """The parameters of a question as OpenAPI describes them, with ``lang``."""
    shown: list[dict[str, object]] = [
        {
            "name": p.name,
            "in": "query",
            "required": p.required,
            "description": p.about["en"],
            # minLength keeps a blank out of what may be sent for a required one.
            "schema": {"type": "string", "maxLength": LONGEST, **({"minLength": 1} if p.required else {})}
            | ({"format": "date"} if p.kind == "date" else {}),
        }
        for p in parameters
    ]
    return [*shown, LANG_PARAMETER]


LANG_PARAMETER: dict[str, object] = {
    "name": LANG,
    "in": "query",
    "required": False,
    "description": "Language of the labels",
    "schema": {"type": "string", "enum": list(LANGUAGES), "default": "en"},
}
AS_OF_PARAMETER: dict[str, object] = {
    "name": AS_OF,
    "in": "query",
    "required": False,
    "description": "The day the answer speaks of; by default the newest day in the data",
    "schema": {"type": "string", "format": "date"},
}


AS_KNOWN_PARAMETER: dict[str, object] = {
    "name": AS_KNOWN,
    "in": "query",
    "required": False,
    "description": "Ask the data as they were known here at the end of that day (UTC), up to today: what batches did "
    "since is left out",
    "schema": {"type": "string", "format": "date"},
}


def text_parameter(name: str, about: str) -> dict[str, object]:
    """An optional parameter that takes a name, as OpenAPI describes it."""
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": {"type": "string", "maxLength": LONGEST},
    }


def day_parameter(name: str, about: str, required: bool = False) -> dict[str, object]:
    """A parameter that takes a day, as OpenAPI describes it."""
    schema = {"type": "string", "format": "date"} | ({"minLength": 1} if required else {})
    return {"name": name, "in": "query", "required": required, "description": about, "schema": schema}


def number_parameter(name: str, about: str, most: int, least: int = 0, default: int | None = None) -> dict[str, object]:
    """An optional parameter that takes a whole number, as OpenAPI describes it."""
    schema: dict[str, object] = {"type": "integer", "minimum": least, "maximum": most}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "description": about,
        "schema": schema | ({} if default is None else {"default": default}),
    }
