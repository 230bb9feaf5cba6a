"""The one sentence that says why a cell has its state, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph.coverage.state import Fact, State

#: More names than these make a sentence nobody reads; the evidence lists them all.
_MOST_NAMES = 4

_SENTENCES: dict[str, dict[str, str]] = {
    "covered": {"en": "Stated: {names}.", "ru": "Указано: {names}."},
    "covered-by-one": {"en": "Stated: {names}.", "ru": "Указано: {names}."},
    "combination-not-stated": {
        "en": "Stated for several themes and several places together, not for this pair: {names}.",
        "ru": "Указано для нескольких тем и мест вместе, но не для этой пары: {names}.",
    },
    "regional-only": {
        "en": "Only for a region that contains it: {names}.",
        "ru": "Только для региона, в который входит это место: {names}.",
    },
    "inferred-only": {"en": "Only inferred, not stated: {names}.", "ru": "Не указано, только выведено: {names}."},
    "lapsed": {
        "en": "Only work that has ended or was last stated more than five years before: {names}.",
        "ru": "Только завершённая или более пяти лет не подтверждавшаяся работа: {names}.",
    },
    "nobody": {
        "en": "{who} says that nobody works on it here{when}.",
        "ru": "{who}: никто не работает по этой теме в этом месте{when}.",
    },
    "not-needed": {
        "en": "{who} says that it is not needed here{when}.",
        "ru": "{who}: в этом месте это не требуется{when}.",
    },
    "complete": {
        "en": "{who} lists all partners for it here and names none{when}.",
        "ru": "{who} перечисляет всех партнёров по этой теме в этом месте и не называет ни одного{when}.",
    },
    "unknown": {"en": "No source has looked.", "ru": "Ни один источник этого не рассматривал."},
    "unknown-itself": {
        "en": "No source speaks of just this; what is narrower, inside or of the same family is not counted here.",
        "ru": "Ни один источник не говорит именно об этом; более узкое и входящее в это здесь не учтено.",
    },
    "proposed": {"en": "Only proposed: {names}.", "ru": "Только предложено: {names}."},
    "old-statement": {
        "en": "What {who} said of it is more than five years old{when}; no source has looked since.",
        "ru": "То, что об этом говорит {who}, старше пяти лет{when}; с тех пор ни один источник этого не рассматривал.",
    },
    "weak-statement": {
        "en": "That nobody works on it here is inferred, not stated; no source has looked.",
        "ru": "То, что здесь никто не работает, выведено, а не указано; ни один источник этого не рассматривал.",
    },
}


def listed(names: Iterable[str], lang: str, more: int = 0) -> str:
    """Names in alphabetical order, parted by semicolons (names have commas inside); of many, the first few. ``more``
    are there whose names are not given.

    >>> listed(["B", "A"], "en")
    'A; B'
    """
    ordered = sorted(set(names), key=lambda name: (name.casefold(), name))
    rest = max(len(ordered) - _MOST_NAMES, 0) + more
    others = "" if not rest else f" и ещё {rest}" if lang == "ru" else f" and {rest} more"
    return "; ".join(ordered[:_MOST_NAMES]) + others


def reason(state: State, label: Callable[[str], str], lang: str = "en", more: int = 0, *, apart: bool = False) -> str:
    """The sentence for a state; ``label`` gives the name of an organisation's IRI, ``more`` organisations are there
    that the state does not name. ``apart``: something that is counted together otherwise was not."""
    if state.name in ("known-absence", "none-listed"):
        key = "nobody" if any(f.fact == "nobody" for f in state.because) else state.because[0].fact
        return _sentence(key, [f for f in state.because if f.fact == key], label, lang)
    if state.name == "unknown":
        for key in ("proposed", "old-statement", "weak-statement"):
            because = [f for f in state.because if f.fact == key]
            if because:
                return _sentence(key, because, label, lang, more)
        if apart:
            return _sentence("unknown-itself", (), label, lang)
    return _sentence(state.name, state.because, label, lang, more)


def _sentence(key: str, facts: Iterable[Fact], label: Callable[[str], str], lang: str, more: int = 0) -> str:
    facts = tuple(facts)
    text = _SENTENCES[key].get(lang, _SENTENCES[key]["en"])
    names = listed((label(f.organisation) for f in facts if f.organisation), lang, more)
    if "{who}" not in text:  # As it is of nearly all of very many cells.
        return text.format(names=names)
    dates = sorted({f.said_on for f in facts if f.said_on})
    return text.format(
        who=listed((f.who for f in facts if f.who), lang) or ("источник" if lang == "ru" else "A source"),
        when=f" ({dates[-1]})" if dates else "",
    )
